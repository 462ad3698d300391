"""The few things a record type needs beyond its table row: one named function each, per entity.

Owns what the general code cannot know: totals, approval, sales tax codes. At most one function
before a push and one after a pull per entity (architecture.md).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from qbxml.entity import Entity
from qbxml.parse import Record
from store import paying, paying_bills, tokens
from store.context import Sync
from store.rows import Loaded, Values

# Columns that only the App knows, for a record that came from QuickBooks.
FRESH: dict[str, dict[str, Any]] = {"bills": {"approval": "needs_approval"}}


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
    return complete(row, record) if complete else row


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
    return values


def _transfer_token(_sync: Sync, values: Values, _loaded: Loaded, record_id: str) -> Values:
    """QuickBooks keeps no id of ours for a transfer: its memo carries one (sync-rules 9)."""
    return {**values, "memo": tokens.put(values["memo"], record_id)}


def _fitting(sync: Sync, values: Values, _loaded: Loaded, _record_id: str) -> Values:
    return paying.deposit_account(sync, paying.fit_invoices(sync, values))


BEFORE_PUSH: dict[str, Callable[[Sync, Values, Loaded, str], Values]] = {
    "invoices": _invoice_tax_codes,
    "bill-payments": paying_bills.prepare,
    "invoice-payments": _fitting,
    "funds-transfers": _transfer_token,
}
