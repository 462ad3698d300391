"""Payments and transfers go on their date: before that they are scheduled.

Owns sync-rules 1 on when a record goes. The day is the calendar day in the company's time zone. It
must not know how a record is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Entity
from store.changes import Action, State, chunks
from store.context import Sync
from store.ledger import TABLES
from store.syncing import change, company


def local_day(zone: str, moment: datetime) -> date:
    """The calendar day of a moment in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def place(
    conn: Connection, company_id: str, entity: Entity, record_ids: Sequence[str], now: datetime
) -> None:
    """These records were made or changed: they wait for their day, or may go."""
    if entity.scheduled:
        asked = select(company.c.time_zone).where(company.c.id == company_id)
        today = local_day(conn.execute(asked).scalar_one(), now)
        for ids in chunks(record_ids):
            _move(conn, company_id, entity, today, ids)


# What may wait for its day. Made once: each session asks it, and mostly there is nothing.
_STANDING = (
    select(change.c.resource)
    .where(
        change.c.company_id == bindparam("company"),
        change.c.resource.in_([entity.resource for entity in ENTITIES if entity.scheduled]),
        change.c.finished_at.is_(None),
        change.c.action == Action.ADD,
        change.c.state.in_((State.PENDING, State.SCHEDULED)),
    )
    .distinct()
)


def wake(sync: Sync) -> None:
    """A session begins: what was scheduled up to today may go."""
    today = local_day(sync.time_zone, sync.now)
    for resource in sync.conn.execute(_STANDING, {"company": sync.company_id}).scalars().all():
        _move(sync.conn, sync.company_id, BY_RESOURCE[resource], today, None)


def _move(
    conn: Connection, company_id: str, entity: Entity, today: date, ids: Sequence[str] | None
) -> None:
    table = TABLES[entity.resource]
    day = table.c[str(entity.dated)]
    turns = (
        (State.PENDING, State.SCHEDULED, day > today),
        (State.SCHEDULED, State.PENDING, day <= today),
    )
    for before, after, due in turns:
        chosen = select(table.c.id).where(table.c.company_id == company_id, due)
        if ids is not None:
            chosen = chosen.where(table.c.id.in_(ids))
        conn.execute(
            update(change)
            .where(
                change.c.company_id == company_id,
                change.c.resource == entity.resource,
                change.c.finished_at.is_(None),
                change.c.action == Action.ADD,
                change.c.state == before,
                change.c.record_id.in_(chosen),
            )
            .values(state=after)
        )
