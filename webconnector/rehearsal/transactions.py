"""Adding, changing, voiding and deleting transactions of every kind.

Owns what all kinds share: EditSequence, closed periods, identity, the order of steps. Each
family (purchases, sales, payments, movements) completes and posts its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from webconnector.rehearsal import movements, orders, payments, purchases, refusals, sales
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.clock import edit_sequence
from webconnector.rehearsal.kinds import NOT_DELETABLE, NOT_VOIDABLE, TXN_KINDS
from webconnector.rehearsal.lines import void_lines
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import ZERO, Fields, clean_copy, merged

VOID_MARK = "VOID: "
_NEVER_EMPTY = frozenset(
    (
        "VendorRef",
        "CustomerRef",
        "PayeeEntityRef",
        "APAccountRef",
        "ARAccountRef",
        "BankAccountRef",
        "CreditCardAccountRef",
        "TxnDate",
        "AccountRef",
        "ItemRef",
        "Amount",
        "Quantity",
    )
)
# A line's customer may go, and its billable status with it; a document's own never.
_CLEARABLE_IN_LINES = frozenset(("CustomerRef",))
_IDENTITY = ("PayeeEntityRef", "VendorRef", "CustomerRef", "APAccountRef", "ARAccountRef")
_CLEARS = {"ClearExpenseLines": ("ExpenseLine",), "ClearItemLines": ("ItemLine", "ItemGroupLine")}
_TOTALS = (
    "AmountDue",
    "CreditAmount",
    "Amount",
    "TotalAmount",
    "Subtotal",
    "SalesTaxTotal",
    "DepositTotal",
)


@dataclass(frozen=True)
class Family:
    """How one family of transactions is completed and posted."""

    draft: Callable[..., Fields]
    postings: Callable[[Register, Record], list[Posting]]


FAMILIES = {
    "purchase": Family(purchases.draft, purchases.postings),
    "sale": Family(sales.draft, sales.postings),
    "movement": Family(movements.draft, movements.postings),
    "order": Family(orders.draft, orders.postings),
}


def add(register: Register, kind: str, fields: Fields, *, wire: bool) -> Record:
    """A new transaction. Raises StatusError; then nothing has changed but ids used up.

    A bill payment made of credits alone leaves no transaction: its Record has an empty id.
    """
    row = TXN_KINDS[kind]
    sent = register.bind({k: v for k, v in fields.items() if v != ""}, kind)
    sent = {k: v for k, v in sent.items() if v != ""}
    ordered = _ordered(register, kind, sent, wire=wire)
    set_credits = sent.pop("SetCredit", []) if row.family == "sale" else []
    now, txn_id = register.now(), register.new_id("txn")
    if row.family == "payment":
        return _add_payment(register, Record(kind, txn_id, sent, now, now), wire=wire)
    complete = FAMILIES[row.family].draft(register, kind, sent, None, touched=row.lines, wire=wire)
    _check_period(register, kind, complete["TxnDate"], wire=wire)
    record = Record(kind, txn_id, complete, now, now, register.next_number())
    _post(register, record)
    orders.tie(register, record, ordered)
    if set_credits:
        _set_credits(register, record, set_credits)
    return record


def _ordered(register: Register, kind: str, sent: Fields, *, wire: bool) -> list[Record]:
    """The orders a bill is tied to: that is made when it is added, and by the bookkeeper only."""
    order_ids = sent.pop("LinkToTxnID", [])
    for order_id in order_ids if wire or kind != "Bill" else ():
        raise refusals.not_found(order_id)
    return orders.wanted(register, order_ids, sent.get("VendorRef", {})) if order_ids else []


def _add_payment(register: Register, record: Record, *, wire: bool) -> Record:
    made = payments.plan(register, record.kind, record.fields, record.id)
    _check_period(register, record.kind, made.fields["TxnDate"], wire=wire)
    own = [link for link in made.links if link.source == record.id]
    if not own and record.kind != "ReceivePayment":
        payments.make_links(register, (replace(link, via="") for link in made.links))
        return replace(record, id="", fields=made.fields)
    record = replace(record, fields=made.fields, number=register.next_number())
    payments.make_links(register, made.links)
    _post(register, record)
    return record


def _set_credits(register: Register, invoice: Record, set_credits: list[Fields]) -> None:
    receipt = {
        "CustomerRef": invoice.fields["CustomerRef"],
        "ARAccountRef": invoice.fields["ARAccountRef"],
        "AppliedToTxn": [{"TxnID": invoice.id, "SetCredit": set_credits}],
    }
    try:
        made = payments.plan(register, "ReceivePayment", receipt, "")
    except StatusError:
        register.drop_txn(invoice, register.now())
        register.txn_deletions.pop()
        raise
    payments.make_links(register, made.links)


def _post(register: Register, record: Record) -> None:
    family = TXN_KINDS[record.kind].family
    post = payments.postings if family == "payment" else FAMILIES[family].postings
    register.keep_txn(record, post(register, record))


def change(
    register: Register, kind: str, txn_id: str, fields: Fields, *, edit: str | None
) -> Record:
    """A changed transaction. `edit` is the EditSequence sent; None for the bookkeeper.

    On the wire, one line sent makes the lines sent the whole list, of all tables. For the
    bookkeeper each table stands for itself.
    """
    old, row, wire = register.txn(kind, txn_id), TXN_KINDS[kind], edit is not None
    _check_writable(register, old, wire=wire)
    if wire and edit != edit_sequence(old.modified):
        raise refusals.stale_edit_sequence()
    _check_period(register, kind, old.fields["TxnDate"], wire=wire)
    sent = register.bind(fields, kind)
    _check_not_emptied(sent)
    tables = {name: sent.pop(name) for name in row.lines if name in sent}
    touched = set(row.lines) if wire and tables else set(tables)
    for switch, cleared in _CLEARS.items():
        if sent.pop(switch, "false") == "true":
            if any(tables.get(name) for name in cleared):
                raise refusals.saving_failed(kind, f"{switch} and lines exclude each other.")
            touched |= set(cleared)
    base = merged(clean_copy(old.fields), sent)
    for name in touched:
        base[name] = tables.get(name, [])
    if row.family == "payment":
        return _change_payment(register, old, base, reapplied="AppliedToTxn" in touched)
    if (
        row.family == "purchase"
        and kind == "Bill"
        and "TermsRef" in sent
        and ("DueDate" not in sent)
    ):
        base.pop("DueDate", None)
    new = FAMILIES[row.family].draft(register, kind, base, old, touched=touched, wire=wire)
    _check_period(register, kind, new["TxnDate"], wire=wire)
    record = replace(old, fields=new, modified=register.now())
    _check_settled(register, old, record)
    _post(register, record)
    orders.loosen(register, old, record)
    return record


def _change_payment(register: Register, old: Record, base: Fields, *, reapplied: bool) -> Record:
    now = register.now()
    if not reapplied:
        if old.kind != "ReceivePayment":
            base["Amount"] = old.fields["Amount"]  # the sum of what it pays
        record = replace(old, fields=base, modified=now)
        _check_settled(register, old, record)
        _post(register, record)
        return record
    before = register.links.out_of(old.id) + register.links.set_by(old.id)
    register.links.drop(before)
    if old.kind != "ReceivePayment":
        base.pop("Amount", None)
    try:
        made = payments.plan(register, old.kind, base, old.id)
    except StatusError:
        payments.make_links(register, before)
        raise
    payments.make_links(register, made.links)
    record = replace(old, fields=made.fields, modified=now)
    _post(register, record)
    return record


def apply_credit(
    register: Register, kind: str, credit_id: str, document_id: str, value: Decimal
) -> None:
    """Set a credit from its own window: no payment comes of it, and the credit is an edited one."""
    credit = register.txn(kind, credit_id)
    payments.set_credit(register, credit, document_id, value)
    _post(register, replace(credit, modified=register.now()))


def _check_not_emptied(sent: Fields, never_empty: frozenset[str] = _NEVER_EMPTY) -> None:
    for name, value in sent.items():
        if value == "" and name in never_empty:
            raise refusals.cannot_clear(name)
        if isinstance(value, list):
            for line in value:
                if isinstance(line, dict) and "TxnLineID" in line:
                    _check_not_emptied(line, _NEVER_EMPTY - _CLEARABLE_IN_LINES)


def _check_settled(register: Register, old: Record, new: Record) -> None:
    settled = register.links.settled(old.id) + register.links.used(old.id)
    if settled == ZERO:
        return
    if any(old.fields.get(name) != new.fields.get(name) for name in _IDENTITY):
        raise refusals.cannot_modify(
            old.kind, "Payments or credits are applied: its name and account cannot change."
        )
    if payments.total(new) < settled:
        raise refusals.cannot_modify(old.kind, "More than the new amount is already applied.")


def _check_writable(register: Register, record: Record, *, wire: bool) -> None:
    if wire and record.id in register.prefs.in_use:
        raise refusals.in_use(record.kind, record.id)
    if record.kind == "ReceivePayment" and movements.deposit_of(register, record.id):
        raise refusals.saving_failed(
            record.kind,
            "You need to delete this transaction from the deposit before you can "
            "edit its name or amount.",
        )


def _check_period(register: Register, kind: str, txn_date: str, *, wire: bool) -> None:
    if not wire:
        return
    day, prefs = date.fromisoformat(txn_date), register.prefs
    if prefs.closing_date is not None and day <= prefs.closing_date:
        raise refusals.period_closed(kind)
    if prefs.accountant_copy_until is not None and day <= prefs.accountant_copy_until:
        raise refusals.cannot_modify(
            kind, "The date is on or before the dividing date of the accountant's copy."
        )


def void(register: Register, kind: str, txn_id: str, *, wire: bool) -> Record:
    """The same transaction worth nothing, its memo marked. Payments let go of what they paid."""
    old, row = register.txn(kind, txn_id), TXN_KINDS[kind]
    _check_writable(register, old, wire=wire)
    _check_period(register, kind, old.fields["TxnDate"], wire=wire)
    memo = str(old.fields.get("Memo", ""))
    if kind in NOT_VOIDABLE or memo.startswith(VOID_MARK.strip()):
        raise StatusError(3185, f'Cannot void the object specified by the id = "{txn_id}".')
    is_payment = row.family == "payment"
    if wire and not is_payment and _is_linked(register, old):
        raise StatusError(
            3185,
            f'Cannot void the object specified by the id = "{txn_id}".  '
            "QuickBooks error message: Payments or credits are applied.",
        )
    payments.unlink(register, old, credits_too=False)
    fields = clean_copy(old.fields)
    for name in _TOTALS:
        if name in fields:
            fields[name] = "0.00"
    for table in row.lines:
        if table in fields:
            fields[table] = void_lines(fields[table])
    fields["Memo"] = VOID_MARK + memo if memo else VOID_MARK.strip()
    record = replace(old, fields=fields, modified=register.now())
    _post(register, record)
    return record


def delete(register: Register, kind: str, txn_id: str, *, wire: bool) -> Record:
    """Take a transaction away, and with a payment the credits it had set."""
    record = register.txn(kind, txn_id)
    _check_writable(register, record, wire=wire)
    _check_period(register, kind, record.fields["TxnDate"], wire=wire)
    is_payment = TXN_KINDS[kind].family == "payment"
    if (wire and kind in NOT_DELETABLE) or (
        wire and not is_payment and _is_linked(register, record)
    ):
        raise refusals.cannot_delete(txn_id, "This transaction is linked to others.")
    payments.unlink(register, record, credits_too=is_payment)
    register.drop_txn(record, register.now())
    return record


def _is_linked(register: Register, record: Record) -> bool:
    return bool(register.links.onto(record.id) or register.links.out_of(record.id))
