"""Money moved without an invoice or bill: transfers, journal entries, deposits.

Owns their completion and postings. Only transfers are known on the wire; the others are the
bookkeeper's.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.sales import UNDEPOSITED, named_account
from webconnector.rehearsal.values import ZERO, Fields, amount, as_list, money

_JOURNAL = (("JournalDebitLine", 1), ("JournalCreditLine", -1))


def draft(
    register: Register,
    kind: str,
    fields: Fields,
    before: Record | None,
    *,
    touched: Collection[str],  # noqa: ARG001 - one signature for all families
    wire: bool,  # noqa: ARG001 - as above
) -> Fields:
    """The fields of a movement, complete. Raises StatusError."""
    result = {name: value for name, value in fields.items() if value not in (None, "")}
    result.setdefault("TxnDate", register.today())
    if kind == "Transfer":
        _check_transfer(result)
    elif kind == "JournalEntry":
        sides = [
            sum((amount(line, "Amount") for line in as_list(result, table)), ZERO)
            for table, _ in _JOURNAL
        ]
        if sides[0] != sides[1]:
            raise refusals.saving_failed(kind, "Debits and credits differ.")
        for table, _ in _JOURNAL:
            _number_lines(register, result, table)
    else:
        _check_deposit(register, result, before)
    return result


def _number_lines(register: Register, result: Fields, table: str) -> None:
    for line in as_list(result, table):
        if not line.get("TxnLineID"):
            line["TxnLineID"] = register.new_id("line")


def _check_transfer(result: Fields) -> None:
    for name in ("TransferFromAccountRef", "TransferToAccountRef", "Amount"):
        if not result.get(name):
            raise refusals.missing(name)
    if result["TransferFromAccountRef"] == result["TransferToAccountRef"]:
        raise refusals.saving_failed("Transfer", "The two accounts must differ.")
    if amount(result, "Amount") <= ZERO:
        raise refusals.invalid_value("Amount", result["Amount"], "The amount must be positive.")


def _check_deposit(register: Register, result: Fields, before: Record | None) -> None:
    if not result.get("DepositToAccountRef"):
        raise refusals.missing("DepositToAccountRef")
    total = ZERO
    own = before.id if before is not None else ""
    for line in as_list(result, "DepositLine"):
        if payment_id := line.get("PaymentTxnID"):
            payment = register.txn("ReceivePayment", payment_id)
            if deposit_of(register, payment_id) not in ("", own):
                raise refusals.not_found(payment_id)
            if payment.fields["DepositToAccountRef"]["ListID"] != named_account(
                register, UNDEPOSITED
            ):
                raise refusals.not_found(payment_id)
            line["Amount"] = payment.fields["TotalAmount"]
        elif not line.get("AccountRef"):
            raise refusals.missing("AccountRef")
        total += amount(line, "Amount")
    _number_lines(register, result, "DepositLine")
    result["DepositTotal"] = money(total)


def deposit_of(register: Register, payment_id: str) -> str:
    """The TxnID of the deposit a payment sits in; empty when it sits in none."""
    for deposit in register.of_kind["Deposit"].values():
        if any(
            line.get("PaymentTxnID") == payment_id
            for line in as_list(deposit.fields, "DepositLine")
        ):
            return deposit.id
    return ""


def postings(register: Register, record: Record) -> list[Posting]:
    """What a movement debits and credits."""
    fields = record.fields
    if record.kind == "Transfer":
        value = amount(fields, "Amount")
        return [
            Posting(fields["TransferFromAccountRef"]["ListID"], -value),
            Posting(fields["TransferToAccountRef"]["ListID"], value),
        ]
    if record.kind == "JournalEntry":
        return [
            Posting(
                line["AccountRef"]["ListID"],
                sign * amount(line, "Amount"),
                (line.get("EntityRef") or {}).get("ListID", ""),
            )
            for table, sign in _JOURNAL
            for line in as_list(fields, table)
        ]
    found = [
        Posting(
            named_account(register, UNDEPOSITED)
            if line.get("PaymentTxnID")
            else line["AccountRef"]["ListID"],
            -amount(line, "Amount"),
        )
        for line in as_list(fields, "DepositLine")
    ]
    whole = sum((p.amount for p in found), Decimal(0))
    return [*found, Posting(fields["DepositToAccountRef"]["ListID"], -whole)]
