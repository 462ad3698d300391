"""Whether a document's lines add up to QuickBooks' total; where not, it is flagged (sync-rules 5).

Owns which lines count. QuickBooks' total stands in any case. It must not write anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from qbxml.parse import Record
from store.changes import chunks
from store.context import Sync
from store.ledger import TABLES, item
from store.rows import Values
from store.syncing import link
from store.totals import TOTALS

FLAG = "total_differs"
# Their amounts repeat what stands above, or stand in the total of the tax.
_NOT_ADDED = frozenset(("ItemSubtotal", "ItemSalesTax", "ItemSalesTaxGroup"))


def note(sync: Sync, records: Iterable[Record]) -> None:
    """Set the flag in the values of documents that have one; unread lines leave it as it was."""
    doubtful = []
    for record in records:
        adding = TOTALS.get(record.entity.resource)
        if adding is None or FLAG not in TABLES[record.entity.resource].c:
            continue
        if any(name not in record.values for name in (adding.column, *adding.lines)):
            continue
        record.values[FLAG] = not _adds_up(record, {})
        if record.values[FLAG]:
            doubtful.append(record)
    kinds = _item_kinds(sync, doubtful)
    for record in doubtful:
        record.values[FLAG] = not _adds_up(record, kinds)


def _lines(record: Record) -> list[Values]:
    adding = TOTALS[record.entity.resource]
    return [line for name in adding.lines for line in record.values[name] or ()]


def _adds_up(record: Record, kinds: dict[str, Any]) -> bool:
    added = sum(
        (
            Decimal(line["amount"])
            for line in _lines(record)
            if line["amount"] is not None and kinds.get(_item(line)) not in _NOT_ADDED
        ),
        Decimal(0),
    )
    return added == Decimal(record.values[TOTALS[record.entity.resource].column] or 0)


def _item(line: Values) -> str:
    return (line.get("item") or {}).get("id") or ""


def _item_kinds(sync: Sync, records: Iterable[Record]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ids in chunks({_item(line) for record in records for line in _lines(record)} - {""}):
        rows = sync.conn.execute(
            select(link.c.quickbooks_id, item.c.kind)
            .join(item, and_(item.c.company_id == link.c.company_id, item.c.id == link.c.record_id))
            .where(
                link.c.company_id == sync.company_id,
                link.c.noun == "Item",
                link.c.quickbooks_id.in_(ids),
            )
        )
        found |= {row.quickbooks_id: row.kind for row in rows}
    return found
