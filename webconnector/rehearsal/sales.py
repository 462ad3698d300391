"""Invoices, credit memos and estimates (which post nowhere).

Owns their defaults, lines, subtotals, discounts, sales tax, totals and postings.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.dates import due_date
from webconnector.rehearsal.kinds import ITEM_KINDS, TXN_KINDS
from webconnector.rehearsal.lines import (
    bring_up_to_date,
    expand_group,
    item_account,
    item_side,
    plain,
    priced,
    wanted_item,
)
from webconnector.rehearsal.purchases import default_account
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import (
    ZERO,
    Fields,
    amount,
    as_list,
    cents,
    is_true,
    money,
    number,
)

TAX_PAYABLE = "Sales Tax Payable"
UNDEPOSITED = "Undeposited Funds"
_SIGN = {"Invoice": 1, "CreditMemo": -1, "Estimate": 0}
_HUNDRED = Decimal(100)
_ITEMS = tuple(k for k in ITEM_KINDS if k not in ("ItemSalesTax", "ItemSalesTaxGroup", "ItemGroup"))
_FROM_CUSTOMER = (
    ("TermsRef", "TermsRef"),
    ("BillAddress", "BillAddress"),
    ("ShipAddress", "ShipAddress"),
    ("SalesRepRef", "SalesRepRef"),
    ("ItemSalesTaxRef", "ItemSalesTaxRef"),
    ("CustomerSalesTaxCodeRef", "SalesTaxCodeRef"),
)
_OWN_FLAG = {"Invoice": ("IsFinanceCharge", "false"), "Estimate": ("IsActive", "true")}
_FLAGS = ("IsPending", "IsToBePrinted", "IsToBeEmailed")


def draft(
    register: Register,
    kind: str,
    fields: Fields,
    before: Record | None,
    *,
    touched: Collection[str],
    wire: bool,
) -> Fields:
    """The fields of an invoice, credit memo or estimate, complete.

    `fields` are bound and merged; `touched` names the line tables that were sent.
    """
    result = {name: value for name, value in fields.items() if value not in (None, "")}
    customer = register.referred(result, "CustomerRef")
    if customer is None:
        raise refusals.missing("CustomerRef")
    result.pop("CurrencyRef", None)  # it is always the customer's
    if customer.fields.get("CurrencyRef"):
        result["CurrencyRef"] = customer.fields["CurrencyRef"]
    if before is None:
        for mine, theirs in _FROM_CUSTOMER:
            if customer.fields.get(theirs):
                result.setdefault(mine, customer.fields[theirs])
    if account := TXN_KINDS[kind].account:
        result[account] = result.get(account) or default_account(register, "AccountsReceivable")
    result.setdefault("TxnDate", register.today())
    if not result.get("DueDate"):
        result["DueDate"] = due_date(
            date.fromisoformat(result["TxnDate"]), register.referred(result, "TermsRef"), 0
        ).isoformat()
    for flag in _FLAGS:
        result.setdefault(flag, "false")
    if kind in _OWN_FLAG:
        result.setdefault(*_OWN_FLAG[kind])
    if is_true(result, "IsToBeEmailed") and not customer.fields.get("Email"):
        raise refusals.saving_failed(kind, "The customer has no e-mail address.")
    old = before.fields if before is not None else {}
    _lines(register, kind, result, old, touched, wire=wire)
    _reckon(register, kind, result)
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
    line_table, group_table = f"{kind}Line", f"{kind}LineGroup"

    def single(line: Fields, _before: Fields) -> Fields:
        return _line(register, line)

    def group(line: Fields, before: Fields) -> Fields:
        return expand_group(register, line, before, single, line_table, wire=wire)

    for table, make in ((line_table, single), (group_table, group)):
        if table in touched:
            result[table] = bring_up_to_date(
                register, as_list(old, table), as_list(result, table), make, wire=wire
            )
    if not result.get(line_table) and not result.get(group_table):
        raise refusals.saving_failed(kind, "The transaction must have at least one line.")


def _line(register: Register, line: Fields) -> Fields:
    if line.get("LinkToTxn"):
        raise refusals.not_found(line["LinkToTxn"]["TxnID"])
    if line.get("PriceLevelRef"):
        raise refusals.not_enabled()
    item = wanted_item(register, line, _ITEMS)
    if item is None:
        return line
    result = dict(line)
    result.setdefault("Desc", _description(item))
    if item.fields.get("SalesTaxCodeRef") and register.prefs.sales_tax:
        result.setdefault("SalesTaxCodeRef", item.fields["SalesTaxCodeRef"])
    if item.kind in ("ItemSubtotal", "ItemDiscount"):
        return result  # worth what the lines above are worth: _reckon
    if item.kind == "ItemPayment":
        return {**result, "Amount": money(-abs(amount(line, "Amount")))}
    item_account(register, line, item, buying=False)
    fields, price, _ = item_side(item, buying=False)
    if line.get("RatePercent"):
        result["Amount"] = money(amount(line, "Amount"))
        return result
    return priced(result, "Rate", number(fields, price) or Decimal(0))


def _description(item: Record) -> Any:
    fields, _, _ = item_side(item, buying=False)
    return (
        fields.get("SalesDesc")
        or fields.get("Desc")
        or item.fields.get("ItemDesc")
        or item.fields.get("AssetDesc")
    )


def _reckon(register: Register, kind: str, result: Fields) -> None:
    """Subtotals, discounts, tax and totals, from top to bottom."""
    subtotal = since_subtotal = taxable = last = ZERO
    last_taxed = False
    lines = [*as_list(result, f"{kind}Line")]
    for group in as_list(result, f"{kind}LineGroup"):
        lines += as_list(group, f"{kind}Line")
    for line in lines:
        item = register.referred(line, "ItemRef")
        if item is None:
            continue
        if item.kind == "ItemSubtotal":
            last, last_taxed = since_subtotal, False
            line["Amount"] = money(since_subtotal)
            since_subtotal = ZERO
            continue
        if item.kind == "ItemDiscount":
            line["Amount"] = money(_discount(item, line, last))
        value = amount(line, "Amount")
        taxed = _is_taxed(register, result, line)
        if item.kind == "ItemDiscount" and not line.get("SalesTaxCodeRef"):
            taxed = last_taxed
        subtotal, since_subtotal, last, last_taxed = (
            subtotal + value,
            since_subtotal + value,
            value,
            taxed,
        )
        taxable += value if taxed else ZERO
    if subtotal < ZERO:
        raise refusals.saving_failed(kind, "The total amount cannot be negative.")
    rate = _tax_rate(register, result)
    result["Subtotal"] = money(subtotal)
    if register.prefs.sales_tax:
        result["SalesTaxPercentage"] = plain(rate)
        result["SalesTaxTotal"] = money(cents(taxable * rate / _HUNDRED))
    if element := TXN_KINDS[kind].total:
        result[element] = money(total(result))


def _discount(item: Record, line: Fields, above: Decimal) -> Decimal:
    if (percent := number(item.fields, "DiscountRatePercent")) is not None:
        line["RatePercent"] = plain(-percent)
        return cents(-above * percent / _HUNDRED)
    if number(line, "Amount") is not None:
        return -abs(amount(line, "Amount"))
    rate = number(item.fields, "DiscountRate") or Decimal(0)
    line["Rate"] = plain(-rate)
    return cents(-rate)


def _is_taxed(register: Register, document: Fields, line: Fields) -> bool:
    customer_code = register.referred(document, "CustomerSalesTaxCodeRef")
    if customer_code is not None and not is_true(customer_code.fields, "IsTaxable"):
        return False
    code = register.referred(line, "SalesTaxCodeRef")
    return code is not None and is_true(code.fields, "IsTaxable")


def _tax_rate(register: Register, document: Fields) -> Decimal:
    if not register.prefs.sales_tax:
        return Decimal(0)
    if not document.get("ItemSalesTaxRef") and register.prefs.default_tax_item:
        tax = register.named(("ItemSalesTax", "ItemSalesTaxGroup"), register.prefs.default_tax_item)
        if tax is not None:
            document["ItemSalesTaxRef"] = {"ListID": tax.id}
    tax = register.referred(document, "ItemSalesTaxRef")
    if tax is None:
        return Decimal(0)
    parts = [tax]
    if tax.kind == "ItemSalesTaxGroup":
        parts = [
            register.element("ItemSalesTax", ref["ListID"])
            for ref in as_list(tax.fields, "ItemSalesTaxRef")
        ]
    return sum((number(part.fields, "TaxRate") or Decimal(0) for part in parts), Decimal(0))


def total(fields: Fields) -> Decimal:
    """There is no total element: subtotal and tax make it."""
    return amount(fields, "Subtotal") + amount(fields, "SalesTaxTotal")


def postings(register: Register, record: Record) -> list[Posting]:
    """An invoice debits the receivable and credits income and tax; a credit memo the other way."""
    fields, sign, kind = record.fields, _SIGN[record.kind], record.kind
    if is_true(fields, "IsPending") or not sign:
        return []
    lines = [*as_list(fields, f"{kind}Line")]
    for group in as_list(fields, f"{kind}LineGroup"):
        lines += as_list(group, f"{kind}Line")
    found = []
    for line in lines:
        item = register.referred(line, "ItemRef")
        if item is None or item.kind == "ItemSubtotal":
            continue
        found.append(Posting(_account(register, line, item), -sign * amount(line, "Amount")))
    if tax := amount(fields, "SalesTaxTotal"):
        found.append(Posting(named_account(register, TAX_PAYABLE), -sign * tax))
    found.append(
        Posting(
            fields["ARAccountRef"]["ListID"], sign * total(fields), fields["CustomerRef"]["ListID"]
        )
    )
    return found


def _account(register: Register, line: Fields, item: Record) -> str:
    if item.kind == "ItemDiscount":
        return str(item.fields["AccountRef"]["ListID"])
    if item.kind == "ItemPayment":
        ref = item.fields.get("DepositToAccountRef")
        return str(ref["ListID"]) if ref else named_account(register, UNDEPOSITED)
    return item_account(register, line, item, buying=False)


def named_account(register: Register, name: str) -> str:
    """The ListID of one of QuickBooks' own accounts."""
    account = register.named(("Account",), name)
    if account is None:
        raise refusals.bad_reference("Account", name, "transaction")
    return account.id
