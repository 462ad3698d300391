"""The preview of the first sync: what was linked and created here, what would go, what is held.

Owns these counts (sync-rules 3). It must not change anything.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from qbxml.entities import ENTITIES
from store.changes import Action, State
from store.ledger import TABLES
from store.syncing import change, link

_GOES = (State.PENDING, State.WAITING, State.SCHEDULED)
_HELD = (State.FAILED, State.NOT_SYNCED)


def first_sync(conn: Connection, company_id: str) -> dict[str, dict[str, int]]:
    """Per resource `linked`, `created_in_cashflow`, `to_create_in_quickbooks` and `held`.

    Resources without anything are left out.
    """
    waiting = _waiting(conn, company_id)
    found: dict[str, dict[str, int]] = {}
    for entity in ENTITIES:
        table = TABLES[entity.resource]
        origins = {
            row.origin: row.records
            for row in conn.execute(
                select(table.c.origin, func.count().label("records"))
                .select_from(table)
                .join(
                    link,
                    (link.c.company_id == table.c.company_id) & (link.c.record_id == table.c.id),
                )
                .where(table.c.company_id == company_id, link.c.resource == entity.resource)
                .group_by(table.c.origin)
            )
        }
        goes = entity.push.new
        of_type = {
            "linked": origins.get("app", 0),
            "created_in_cashflow": origins.get("quickbooks", 0),
            "to_create_in_quickbooks": _sum(waiting, entity.resource, _GOES) if goes else 0,
            "held": _sum(waiting, entity.resource, _HELD),
        }
        if any(of_type.values()):
            found[entity.resource] = of_type
    return found


def _waiting(conn: Connection, company_id: str) -> dict[tuple[str, str], int]:
    """Records that QuickBooks does not have, by resource and state."""
    return {
        (row.resource, row.state): row.records
        for row in conn.execute(
            select(change.c.resource, change.c.state, func.count().label("records"))
            .where(
                change.c.company_id == company_id,
                change.c.finished_at.is_(None),
                change.c.action == Action.ADD,
            )
            .group_by(change.c.resource, change.c.state)
        )
    }


def _sum(waiting: dict[tuple[str, str], int], resource: str, states: tuple[State, ...]) -> int:
    return sum(waiting.get((resource, state), 0) for state in states)
