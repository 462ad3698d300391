"""What the App made before the connection: counted per type, sent only when an admin says so.

Owns sync-rules 3 on earlier transactions, whose choices are the preference `earlier_transactions`.
It must not know how a record is sent; that QuickBooks is asked for the same one first is
`lookups.py`'s.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select, update

from qbxml.entities import BY_RESOURCE, ENTITIES
from store.changes import State
from store.context import Sync
from store.ledger import TABLES
from store.preferences import ALL, HOLD, NEVER, Preferences, earlier_choice
from store.syncing import change
from store.tenants import load


def release(sync: Sync) -> None:
    """Let go what the admin wants to be sent; all else waits or stays for ever."""
    for entity in ENTITIES:
        choice = earlier_choice(sync.preferences.earlier_transactions, entity.resource)
        if entity.dated is None or choice in (HOLD, NEVER) or not sync.pushes(entity):
            continue
        table = TABLES[entity.resource]
        chosen = select(table.c.id).where(table.c.company_id == sync.company_id)
        if choice != ALL:
            chosen = chosen.where(table.c[entity.dated] >= date.fromisoformat(choice))
        sync.conn.execute(
            update(change)
            .where(
                change.c.company_id == sync.company_id,
                change.c.resource == entity.resource,
                change.c.state == State.NOT_SYNCED,
                change.c.finished_at.is_(None),
                change.c.record_id.in_(chosen),
            )
            .values(state=State.PENDING)
        )


def counts(conn: Connection, company_id: str) -> dict[str, dict[str, Any]]:
    """What waits per type: `{"records", "first", "last", "choice"}`, days ISO; empty types not."""
    preferences = Preferences.from_json(load(conn, company_id).preferences)
    waiting = conn.execute(
        select(change.c.resource, func.count().label("records"))
        .where(
            change.c.company_id == company_id,
            change.c.state == State.NOT_SYNCED,
            change.c.finished_at.is_(None),
        )
        .group_by(change.c.resource)
        .order_by(change.c.resource)
    ).all()
    found: dict[str, dict[str, Any]] = {}
    for row in waiting:
        entity, table = BY_RESOURCE[row.resource], TABLES[row.resource]
        if entity.dated is None:
            continue
        day = table.c[entity.dated]
        span = conn.execute(
            select(func.min(day).label("first"), func.max(day).label("last"))
            .join(
                change,
                (change.c.company_id == table.c.company_id) & (change.c.record_id == table.c.id),
            )
            .where(
                table.c.company_id == company_id,
                change.c.state == State.NOT_SYNCED,
                change.c.finished_at.is_(None),
            )
        ).one()
        found[row.resource] = {
            "records": row.records,
            "first": span.first.isoformat(),
            "last": span.last.isoformat(),
            "choice": earlier_choice(preferences.earlier_transactions, row.resource),
        }
    return found
