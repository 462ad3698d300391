"""The preview of the first sync: what was linked and created here, what would go, what is held.

Owns these counts (sync-rules 3). It must not change anything.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select, union_all

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
    waiting, origins = _waiting(conn, company_id), _origins(conn, company_id)
    found: dict[str, dict[str, int]] = {}
    for entity in ENTITIES:
        resource = entity.resource
        of_type = {
            "linked": origins.get((resource, "app"), 0),
            "created_in_cashflow": origins.get((resource, "quickbooks"), 0),
            "to_create_in_quickbooks": _sum(waiting, resource, _GOES) if entity.push.new else 0,
            "held": _sum(waiting, resource, _HELD),
        }
        if any(of_type.values()):
            found[resource] = of_type
    return found


def _origins(conn: Connection, company_id: str) -> dict[tuple[str, str], int]:
    """Linked records by resource and where they were made; one query for all types."""
    parts = []
    for entity in ENTITIES:
        table = TABLES[entity.resource]
        parts.append(
            select(link.c.resource, table.c.origin, func.count().label("records"))
            .select_from(table)
            .join(
                link, (link.c.company_id == table.c.company_id) & (link.c.record_id == table.c.id)
            )
            .where(table.c.company_id == company_id, link.c.resource == entity.resource)
            .group_by(link.c.resource, table.c.origin)
        )
    return {(row.resource, row.origin): row.records for row in conn.execute(union_all(*parts))}


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
