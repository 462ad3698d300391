"""Bills and vendor credits.

Owns their defaults, line tables, totals and postings. Payments of them are made in `payments`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.dates import due_date
from webconnector.rehearsal.kinds import TXN_KINDS
from webconnector.rehearsal.lines import (
    bring_up_to_date,
    check_billable,
    expand_group,
    item_account,
    item_side,
    priced,
    wanted_item,
)
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import ZERO, Fields, amount, as_list, money, number

_ITEMS = (
    "ItemService",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemFixedAsset",
)
_BILLABLE_BY_DEFAULT = frozenset(("Expense", "CostOfGoodsSold", "OtherExpense"))
_SIGN = {"Bill": 1, "VendorCredit": -1}


def default_account(register: Register, wanted: str) -> Fields:
    """A reference to the first active account of a type."""
    for account in register.of_kind["Account"].values():
        if account.fields["AccountType"] == wanted and account.is_active:
            return {"ListID": account.id}
    raise refusals.bad_reference("Account", wanted, "transaction")


def draft(
    register: Register,
    kind: str,
    fields: Fields,
    before: Record | None,
    *,
    touched: Collection[str],
    wire: bool,
) -> Fields:
    """The fields of a bill or credit, complete.

    `fields` are bound and merged; `touched` names the line tables that were sent.
    """
    result = dict(fields)
    vendor = register.referred(result, "VendorRef")
    if vendor is None:
        raise refusals.missing("VendorRef")
    result.pop("CurrencyRef", None)  # it is always the vendor's
    if vendor.fields.get("CurrencyRef"):
        result["CurrencyRef"] = vendor.fields["CurrencyRef"]
    result.setdefault("APAccountRef", None)
    result["APAccountRef"] = result["APAccountRef"] or default_account(register, "AccountsPayable")
    result.setdefault("TxnDate", register.today())
    if kind == "Bill":
        if before is None:
            result.setdefault("TermsRef", vendor.fields.get("TermsRef"))
            result.setdefault("VendorAddress", vendor.fields.get("VendorAddress"))
        if not result.get("DueDate"):
            result["DueDate"] = due_date(
                date.fromisoformat(result["TxnDate"]),
                register.referred(result, "TermsRef"),
                register.prefs.bills_due_days,
            ).isoformat()
    old = before.fields if before is not None else {}
    _lines(register, kind, result, old, touched, wire=wire)
    total = _total(result)
    if total < ZERO:
        raise refusals.saving_failed(kind, "The total amount cannot be negative.")
    result[TXN_KINDS[kind].total] = money(total)
    return {name: value for name, value in result.items() if value not in (None, "", [])}


def _lines(
    register: Register,
    kind: str,
    result: Fields,
    old: Fields,
    touched: Collection[str],
    *,
    wire: bool,
) -> None:
    def expense(line: Fields, before: Fields) -> Fields:
        return _expense_line(register, line, before, kind, wire=wire)

    def item(line: Fields, before: Fields) -> Fields:
        return _item_line(register, line, before, kind, wire=wire)

    def group(line: Fields, before: Fields) -> Fields:
        return expand_group(register, line, before, item, "ItemLine", wire=wire)

    makers = {"ExpenseLine": expense, "ItemLine": item, "ItemGroupLine": group}
    for table, make in makers.items():
        if table in touched:
            result[table] = bring_up_to_date(
                register, as_list(old, table), as_list(result, table), make, wire=wire
            )
    if not any(result.get(table) for table in makers):
        raise refusals.saving_failed(kind, "The transaction must have at least one line.")


def _expense_line(
    register: Register, line: Fields, before: Fields, kind: str, *, wire: bool
) -> Fields:
    account = register.referred(line, "AccountRef")
    if account is None:
        raise refusals.missing("AccountRef")
    check_billable(line, before, kind, wire=wire)
    result = {**line, "Amount": money(amount(line, "Amount"))}
    if line.get("CustomerRef"):
        usual = account.fields["AccountType"] in _BILLABLE_BY_DEFAULT
        result.setdefault("BillableStatus", "Billable" if usual else "NotBillable")
    return result


def _item_line(
    register: Register, line: Fields, before: Fields, kind: str, *, wire: bool
) -> Fields:
    if line.get("LinkToTxn"):
        raise refusals.not_found(line["LinkToTxn"]["TxnID"])
    item = wanted_item(register, line, _ITEMS)
    check_billable(line, before, kind, wire=wire)
    if item is None:
        return line
    item_account(register, line, item, buying=True)
    fields, price, _ = item_side(item, buying=True)
    result = priced(line, "Cost", number(fields, price) or Decimal(0))
    result.setdefault("Desc", fields.get("PurchaseDesc") or fields.get("Desc"))
    if line.get("CustomerRef"):
        result.setdefault("BillableStatus", "Billable")
    return result


def _total(fields: Fields) -> Decimal:
    singles = (
        amount(line, "Amount")
        for table in ("ExpenseLine", "ItemLine")
        for line in as_list(fields, table)
    )
    groups = (amount(line, "TotalAmount") for line in as_list(fields, "ItemGroupLine"))
    return sum(singles, ZERO) + sum(groups, ZERO)


def postings(register: Register, record: Record) -> list[Posting]:
    """A bill credits the payable and debits its lines; a vendor credit the other way round."""
    fields, sign = record.fields, _SIGN[record.kind]
    found = [
        Posting(line["AccountRef"]["ListID"], sign * amount(line, "Amount"))
        for line in as_list(fields, "ExpenseLine")
    ]
    items = [*as_list(fields, "ItemLine")]
    for group in as_list(fields, "ItemGroupLine"):
        items += as_list(group, "ItemLine")
    for line in items:
        item = register.referred(line, "ItemRef")
        if item is not None:
            found.append(
                Posting(
                    item_account(register, line, item, buying=True), sign * amount(line, "Amount")
                )
            )
    total = sum((p.amount for p in found), ZERO)
    found.append(Posting(fields["APAccountRef"]["ListID"], -total, fields["VendorRef"]["ListID"]))
    return found
