"""Payments of bills and invoices, and the credits and discounts they set.

Owns what may be applied to what and the postings of a payment. The documents paid are not
touched: paying moves neither their TimeModified nor their EditSequence here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from webconnector.rehearsal import refusals, sales
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.kinds import TXN_KINDS
from webconnector.rehearsal.links import Link
from webconnector.rehearsal.purchases import default_account
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import (
    ZERO,
    Fields,
    amount,
    as_list,
    is_true,
    money,
    number,
)


@dataclass(frozen=True)
class Side:
    """What one kind of payment deals with."""

    document: str
    credit: str
    account_type: str
    source_account: str
    sign: int


SIDES = {
    "BillPaymentCheck": Side("Bill", "VendorCredit", "AccountsPayable", "BankAccountRef", 1),
    "BillPaymentCreditCard": Side(
        "Bill", "VendorCredit", "AccountsPayable", "CreditCardAccountRef", 1
    ),
    "ReceivePayment": Side(
        "Invoice", "CreditMemo", "AccountsReceivable", "DepositToAccountRef", -1
    ),
}


@dataclass
class Plan:
    """A payment thought through but not yet made."""

    fields: Fields
    links: list[Link] = field(default_factory=list)

    def onto(self, target: str) -> Decimal:
        return sum((k.amount + k.discount for k in self.links if k.target == target), ZERO)

    def out_of(self, source: str) -> Decimal:
        return sum((k.amount for k in self.links if k.source == source), ZERO)


def total(record: Record) -> Decimal:
    """The whole amount of a bill, invoice, credit or payment."""
    if record.kind == "Invoice":
        return sales.total(record.fields)
    return amount(record.fields, TXN_KINDS[record.kind].total)


def open_amount(register: Register, document: Record) -> Decimal:
    """What is left to pay of a bill or invoice."""
    return total(document) - register.links.settled(document.id)


def unused(register: Register, source: Record) -> Decimal:
    """What is left to apply of a credit or payment."""
    return total(source) - register.links.used(source.id)


def plan(register: Register, kind: str, fields: Fields, txn_id: str) -> Plan:
    """Judge a payment. Raises StatusError; changes nothing."""
    side, row = SIDES[kind], TXN_KINDS[kind]
    result = {name: value for name, value in fields.items() if value not in (None, "")}
    if not result.get(row.party):
        raise refusals.missing(row.party)
    result.setdefault(row.account, default_account(register, side.account_type))
    result.setdefault("TxnDate", register.today())
    if kind == "ReceivePayment":
        result.setdefault(
            side.source_account, {"ListID": sales.named_account(register, sales.UNDEPOSITED)}
        )
    elif not result.get(side.source_account):
        raise refusals.missing(side.source_account)
    if kind == "BillPaymentCheck":
        result.setdefault("IsToBePrinted", "false" if result.get("RefNumber") else "true")
    applied = as_list(result, "AppliedToTxn")
    auto = result.pop("IsAutoApply", None)
    result.pop("AppliedToTxn", None)
    made = Plan(result)
    for application in applied:
        _apply(register, made, kind, application, txn_id)
    paid = sum((k.amount for k in made.links if k.source == txn_id), ZERO)
    given = number(result, row.total)
    if kind == "ReceivePayment" and given is not None:
        if paid > given or given < ZERO:
            raise refusals.invalid_value(
                "TotalAmount", money(given), "You cannot apply more than the amount received."
            )
        paid = given
    result[row.total] = money(paid)
    if auto == "true":
        _apply_automatically(register, made, kind, txn_id)
    if not made.links and (kind != "ReceivePayment" or not paid):
        raise refusals.saving_failed(kind, "The transaction is empty.")
    return made


def _apply(register: Register, made: Plan, kind: str, sent: Fields, txn_id: str) -> None:
    side = SIDES[kind]
    document = _payable(register, made, kind, str(sent.get("TxnID", "")))
    payment, discount = amount(sent, "PaymentAmount"), amount(sent, "DiscountAmount")
    set_credits = as_list(sent, "SetCredit")
    if not (payment or discount or set_credits):
        raise refusals.saving_failed(kind, "The transaction is empty.")
    if discount and not sent.get("DiscountAccountRef"):
        raise refusals.missing("DiscountAccountRef")
    left = open_amount(register, document) - made.onto(document.id)
    spent = payment + discount + sum((amount(c, "AppliedAmount") for c in set_credits), ZERO)
    if min(payment, discount) < ZERO or spent > left:
        raise refusals.invalid_value(
            "AppliedToTxnAdd payment amount",
            money(payment),
            "You cannot pay more than the amount due.",
        )
    account = (sent.get("DiscountAccountRef") or {}).get("ListID", "")
    group = (sent.get("DiscountClassRef") or {}).get("ListID", "")
    if payment or discount:
        made.links.append(
            Link(txn_id, document.id, payment, "", discount, account if discount else "", group)
        )
    for credit in set_credits:
        source = _usable(register, made, kind, str(credit["CreditTxnID"]))
        value = amount(credit, "AppliedAmount")
        if value <= ZERO or value > unused(register, source) - made.out_of(source.id):
            raise refusals.invalid_value(
                "SetCredit applied amount",
                money(value),
                f"You cannot apply more than the {side.credit} has left.",
            )
        made.links.append(Link(source.id, document.id, value, txn_id))


def _payable(register: Register, made: Plan, kind: str, txn_id: str) -> Record:
    """The open document to pay: same party, same account; everything else "cannot be found"."""
    document = register.txn(SIDES[kind].document, txn_id)
    if not _same_side(made, kind, document) or (
        open_amount(register, document) - made.onto(txn_id) <= ZERO
    ):
        raise refusals.not_found(txn_id)
    return document


def _usable(register: Register, made: Plan, kind: str, txn_id: str) -> Record:
    credit = register.txn(SIDES[kind].credit, txn_id)
    if not _same_side(made, kind, credit):
        raise refusals.not_found(txn_id)
    return credit


def _same_side(made: Plan, kind: str, document: Record) -> bool:
    payer, theirs = TXN_KINDS[kind], TXN_KINDS[document.kind]
    return bool(
        made.fields[payer.party] == document.fields[theirs.party]
        and made.fields[payer.account] == document.fields[theirs.account]
        and not is_true(document.fields, "IsPending")
    )


def _apply_automatically(register: Register, made: Plan, kind: str, txn_id: str) -> None:
    """To the document of exactly this amount, else to the oldest ones first."""
    row, side = TXN_KINDS[kind], SIDES[kind]
    party = made.fields[row.party]["ListID"]
    open_ones = [
        record
        for key in register.by_party.get((side.document, party), {})
        if _same_side(made, kind, record := register.txns[key])
        and open_amount(register, record) > ZERO
    ]
    open_ones.sort(key=lambda record: (record.fields["TxnDate"], record.number))
    left = amount(made.fields, row.total)
    exact = [record for record in open_ones if open_amount(register, record) == left]
    for document in exact[:1] or open_ones:
        value = min(left, open_amount(register, document))
        if value > ZERO:
            made.links.append(Link(txn_id, document.id, value))
            left -= value


def postings(register: Register, record: Record) -> list[Posting]:
    """A bill payment debits the payable; a receipt credits the receivable."""
    row, side = TXN_KINDS[record.kind], SIDES[record.kind]
    party = record.fields[row.party]["ListID"]
    paid = amount(record.fields, row.total)
    discounts = [link for link in register.links.out_of(record.id) if link.discount]
    whole = paid + sum((link.discount for link in discounts), ZERO)
    found = [
        Posting(record.fields[row.account]["ListID"], side.sign * whole, party),
        Posting(record.fields[side.source_account]["ListID"], -side.sign * paid),
    ]
    found += [Posting(link.discount_account, -side.sign * link.discount) for link in discounts]
    return found


def set_credit(register: Register, credit: Record, document_id: str, value: Decimal) -> None:
    """Apply some of a credit to an open document of the same party and account."""
    payer = next(kind for kind, side in SIDES.items() if side.credit == credit.kind)
    row, theirs = TXN_KINDS[payer], TXN_KINDS[credit.kind]
    who = {row.party: credit.fields[theirs.party], row.account: credit.fields[theirs.account]}
    document = _payable(register, Plan(who), payer, document_id)
    if not ZERO < value <= min(unused(register, credit), open_amount(register, document)):
        raise refusals.invalid_value(
            "SetCredit applied amount", money(value), "You cannot apply more than there is."
        )
    register.links.add(Link(credit.id, document_id, value))


def make_links(register: Register, links: Iterable[Link]) -> None:
    """Apply what a plan says."""
    for link in links:
        register.links.add(link)


def unlink(register: Register, record: Record, *, credits_too: bool) -> None:
    """Take a document's or payment's applications away and mend the postings they touched."""
    dropped = register.links.out_of(record.id) + register.links.onto(record.id)
    if credits_too:
        dropped += register.links.set_by(record.id)
    register.links.drop(dropped)
    for link in dropped:
        source = register.txns.get(link.source)
        if source is not None and source.kind in SIDES:
            register.books.post(source.id, postings(register, source))
