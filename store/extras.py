"""The few things a record type needs beyond its table row: one named function each, per entity.

Owns what the general code cannot know: totals, approval, sales tax codes. At most one function
before a push and one after a pull per entity (architecture.md).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from qbxml.entity import Entity
from qbxml.parse import Record
from store import adding_up, default_accounts, paying, paying_bills, tokens
from store.context import Sync
from store.rows import Loaded, Values
from store.undoing import VOIDED_MEMO

# Columns that only the App knows, for a record that came from QuickBooks.
FRESH: dict[str, dict[str, Any]] = {
    "bills": {
        "approval": "needs_approval",
        "paid_outside": "0.00",
        "purchase_orders": [],
        adding_up.FLAG: False,
    },
    "invoices": {adding_up.FLAG: False},
}
# What was added to a record's values when it arrived; see `open_documents.note` and `adding_up`.
_NOTED = ("paid_outside", "purchase_orders", adding_up.FLAG)


def _invoice_total(row: Values, record: Record) -> Values:
    """QuickBooks sends no total: it is subtotal plus tax (qbxml.md 2.8)."""
    subtotal, tax = record.values.get("subtotal"), record.values.get("tax_total")
    row["subtotal"] = subtotal or "0.00"
    row["total"] = str(Decimal(subtotal or 0) + Decimal(tax or 0))
    return row


def _amount(row: Values, record: Record) -> Values:
    row["amount"] = record.values.get("amount") or "0.00"
    return row


def _without_token(row: Values, _record: Record) -> Values:
    if "memo" in row:
        row["memo"] = tokens.take_out(row["memo"])
    return row


_AFTER_PULL: dict[str, Callable[[Values, Record], Values]] = {
    "invoices": _invoice_total,
    "bills": _amount,
    "vendor-credits": _amount,
    "bill-payments": _amount,
    "funds-transfers": _without_token,
}


def after_pull(entity: Entity, row: Values, record: Record) -> Values:
    """Complete the columns of a record that arrived."""
    complete = _AFTER_PULL.get(entity.resource)
    row |= {name: record.values[name] for name in _NOTED if name in record.values}
    return complete(row, record) if complete else row


def void_mark(
    entity: Entity, row: Values, current: Values, record: Record, now: datetime
) -> Values:
    """Whether QuickBooks voided an invoice: nothing in it says so but its amount (sync-rules 7).

    `current` is the record as it was, empty for a new one. Gone to zero it is void when its memo
    says so or every line went to zero too; else it is a zero invoice.
    """
    if entity.resource != "invoices" or "lines" not in record.values:
        return {}
    if Decimal(row.get("total") or 0) != 0:
        return {"voided_at": None}
    if current.get("voided_at") is not None:
        return {}
    told = (record.values.get("memo") or "").startswith(VOIDED_MEMO)
    was_more = Decimal(current.get("total") or current.get("subtotal") or 0) != 0
    emptied = all(not Decimal(line["amount"] or 0) for line in record.values["lines"])
    return {"voided_at": now} if told or (was_more and emptied) else {}


# What a person approved of: when QuickBooks changes it, the approval is taken back.
_APPROVED_OF: dict[str, frozenset[str]] = {
    "bills": frozenset({"vendor_id", "due_date", "amount"}),
}


def approval_taken_back(entity: Entity, new: Values, current: Values) -> Values:
    """The columns that change because QuickBooks edited what was approved (sync-rules 4)."""
    approved_of = _APPROVED_OF.get(entity.resource, frozenset())
    if current.get("approval") == "approved" and not approved_of.isdisjoint(new):
        return {"approval": "needs_approval"}
    return {}


def _invoice_tax_codes(sync: Sync, values: Values, loaded: Loaded, record_id: str) -> Values:
    """`taxable` becomes QuickBooks' default code; without sales tax no code may be sent."""
    codes = {
        True: sync.quickbooks.get("taxable_code"),
        False: sync.quickbooks.get("non_taxable_code"),
        None: None,
    }
    rows = loaded.lines.get(("lines", record_id), ())
    for line, row in zip(values["lines"], rows, strict=True):
        line["sales_tax_code"] = codes[row.taxable] if sync.quickbooks.get("sales_tax") else None
    return default_accounts.fill(sync, loaded.entity, values)


def _transfer_token(_sync: Sync, values: Values, _loaded: Loaded, record_id: str) -> Values:
    """QuickBooks keeps no id of ours for a transfer: its memo carries one (sync-rules 9)."""
    return {**values, "memo": tokens.put(values["memo"], record_id)}


def _with_accounts(sync: Sync, values: Values, loaded: Loaded, _record_id: str) -> Values:
    return default_accounts.fill(sync, loaded.entity, values)


def _fitting(sync: Sync, values: Values, _loaded: Loaded, _record_id: str) -> Values:
    return paying.deposit_account(sync, paying.fit_invoices(sync, values))


BEFORE_PUSH: dict[str, Callable[[Sync, Values, Loaded, str], Values]] = {
    "bills": _with_accounts,
    "vendor-credits": _with_accounts,
    "invoices": _invoice_tax_codes,
    "bill-payments": paying_bills.prepare,
    "invoice-payments": _fitting,
    "funds-transfers": _transfer_token,
}
