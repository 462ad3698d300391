"""Documents that moved without their own modification time: payments tell, and so does time.

Owns sync-rules 5 on that: which invoices a payment in QuickBooks makes worth another look, and
which open ones are looked at once a day. It must not ask QuickBooks itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from qbxml.parse import Record
from store import cursors
from store.changes import chunks
from store.context import Sync
from store.ledger import invoice
from store.syncing import link

looked_at_every_hours = 24
OPEN_INVOICES = "Open Invoice"
_INVOICE = "Invoice"


def paid_otherwise(sync: Sync, payments: Iterable[Record]) -> list[str]:
    """QuickBooks' ids of our invoices whose balance these payments show to be another."""
    told: dict[str, str | None] = {
        one["id"]: one["balance"]
        for payment in payments
        for one in payment.linked
        if one["type"] == _INVOICE and one["id"]
    }
    found: list[str] = []
    for ids in chunks(told):
        rows = sync.conn.execute(
            select(link.c.quickbooks_id, invoice.c.balance_remaining)
            .join(
                invoice,
                (invoice.c.company_id == link.c.company_id) & (invoice.c.id == link.c.record_id),
            )
            .where(
                link.c.company_id == sync.company_id,
                link.c.noun == _INVOICE,
                link.c.quickbooks_id.in_(ids),
                link.c.gone_at.is_(None),
            )
        )
        for row in rows:
            balance = told[row.quickbooks_id]
            if balance is None or row.balance_remaining != Decimal(balance):
                found.append(row.quickbooks_id)
    return found


def due(sync: Sync) -> list[str]:
    """QuickBooks' ids of all open invoices, once a day; credit memos move them too."""
    known = cursors.rows(sync.conn, sync.company_id).get(OPEN_INVOICES)
    pause = timedelta(hours=looked_at_every_hours)
    if known is not None and known.read_at is not None and known.read_at + pause > sync.now:
        return []
    cursors.move(sync, OPEN_INVOICES, "")
    if known is None:
        return []
    rows = sync.conn.execute(
        select(link.c.quickbooks_id)
        .join(
            invoice,
            (invoice.c.company_id == link.c.company_id) & (invoice.c.id == link.c.record_id),
        )
        .where(
            link.c.company_id == sync.company_id,
            link.c.noun == _INVOICE,
            link.c.gone_at.is_(None),
            invoice.c.balance_remaining > 0,
        )
    )
    return list(rows.scalars())
