"""The outbox: what the App changed and QuickBooks has not confirmed.

Owns the `change` rows: one open row per record says what is still to be sent, a second one may be
`sent` (its answer is owed). It must not know how a change is written in qbXML.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, exists, insert, or_, select, update

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity, Family
from store.syncing import change, company, link, problem
from store.types import new_key

ids_per_query_max = 500


class State(StrEnum):
    """Where a change stands; the words of the API's `sync.state` but for the last two."""

    PENDING = "pending"
    SCHEDULED = "scheduled"  # its day has not come
    WAITING = "waiting"  # for a record it refers to
    SENT = "sent"  # answer owed or outcome unknown
    FAILED = "failed"  # an open problem says why
    SKIPPED = "skipped"  # a person said: do not sync this record
    NOT_SYNCED = "not_synced"  # made before the connection, nobody has decided yet
    DONE = "done"
    DROPPED = "dropped"  # taken back before it was sent


class Action(StrEnum):
    """What is to be done in QuickBooks."""

    ADD = "add"
    MOD = "mod"
    DELETE = "delete"
    VOID = "void"


# What an open change becomes when the same record changes again; None: nothing is left to send.
_MERGED: dict[tuple[Action, Action], Action | None] = {
    (Action.ADD, Action.MOD): Action.ADD,
    (Action.ADD, Action.DELETE): None,
    (Action.ADD, Action.VOID): None,
    (Action.MOD, Action.MOD): Action.MOD,
    (Action.MOD, Action.DELETE): Action.DELETE,
    (Action.MOD, Action.VOID): Action.VOID,
    (Action.DELETE, Action.MOD): Action.DELETE,
    (Action.DELETE, Action.DELETE): Action.DELETE,
    (Action.VOID, Action.MOD): Action.VOID,
    (Action.VOID, Action.VOID): Action.VOID,
    (Action.VOID, Action.DELETE): Action.DELETE,
}

# Editing a record is a person's answer to its failure: it is tried again.
_AFTER_EDIT = {
    State.FAILED: State.PENDING,
    State.WAITING: State.PENDING,
}


def chunks(ids: Iterable[str]) -> Iterable[list[str]]:
    """The ids in portions that fit any database's limit of parameters."""
    listed = list(ids)
    for start in range(0, len(listed), ids_per_query_max):
        yield listed[start : start + ids_per_query_max]


def record(
    conn: Connection,
    company_id: str,
    entity: Entity,
    record_ids: Sequence[str],
    action: Action,
    now: datetime,
) -> None:
    """Note that the App made, changed, deleted or voided these records, in its transaction.

    Nothing is noted for what never goes to QuickBooks (sync-rules 1). `action` is the App's act:
    an edit of a record that QuickBooks does not have yet is still an `add`.
    """
    if not _goes(entity, action):
        return
    held = entity.family is Family.TXN and not _connected(conn, company_id)
    fresh: list[dict[str, Any]] = []
    for ids in chunks(record_ids):
        rows = _open_rows(conn, company_id, ids)
        linked = _linked(conn, company_id, ids)
        for record_id in ids:
            standing = [row for row in rows.get(record_id, ()) if row.state != State.SENT]
            adding = any(row.action == Action.ADD for row in rows.get(record_id, ()))
            if standing:
                _merge(conn, company_id, standing[0], action, now)
                continue
            known = record_id in linked or adding
            if action is not Action.ADD and not known:
                if action is not Action.MOD:
                    continue  # QuickBooks never had it
                act = Action.ADD
            else:
                act = Action.MOD if action is Action.ADD and known else action
            fresh.append(
                {
                    "company_id": company_id,
                    "id": new_key(),
                    "resource": entity.resource,
                    "record_id": record_id,
                    "action": act,
                    "state": State.NOT_SYNCED if held else State.PENDING,
                    "version": 0,
                    "made_at": now,
                    "attempts": 0,
                }
            )
    if fresh:
        conn.execute(insert(change), fresh)


def _goes(entity: Entity, action: Action) -> bool:
    flow = entity.push
    return {
        Action.ADD: flow.new,
        Action.MOD: flow.edited or flow.new,
        Action.DELETE: flow.deleted or flow.new,  # a deletion may take back an unsent add
        Action.VOID: flow.deleted or flow.new,
    }[action]


def _connected(conn: Connection, company_id: str) -> bool:
    found = conn.execute(select(company.c.connected_at).where(company.c.id == company_id))
    return found.scalar_one() is not None


_OPEN = select(change).where(
    change.c.company_id == bindparam("company"),
    change.c.record_id.in_(bindparam("ids", expanding=True)),
    change.c.finished_at.is_(None),
)


def _open_rows(conn: Connection, company_id: str, ids: Sequence[str]) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for row in conn.execute(_OPEN, {"company": company_id, "ids": list(ids)}):
        rows.setdefault(row.record_id, []).append(row)
    return rows


def _linked(conn: Connection, company_id: str, ids: Sequence[str]) -> set[str]:
    return set(
        conn.execute(
            select(link.c.record_id).where(
                link.c.company_id == company_id, link.c.record_id.in_(ids)
            )
        ).scalars()
    )


def _merge(conn: Connection, company_id: str, row: Any, action: Action, now: datetime) -> None:
    if action is Action.ADD:
        action = Action.MOD
    merged = _MERGED[Action(row.action), action]
    if merged is None and row.values is not None:
        merged = action  # QuickBooks may have it: it is looked for, and taken back there
    values: dict[str, Any]
    if merged is None:
        values = {"state": State.DROPPED, "finished_at": now}
    else:
        state = State(row.state)
        # What may be in QuickBooks already is taken back there now, whatever its date.
        back = state is State.SCHEDULED and merged in (Action.DELETE, Action.VOID)
        values = {
            "action": merged,
            "state": State.PENDING if back else _AFTER_EDIT.get(state, state),
            "looked_up_in": None,
            "waits_for": None,
            "waits_for_id": None,
        }
        if state is State.FAILED:
            values |= {"attempts": 0, "try_after": None}
    conn.execute(
        update(change)
        .where(change.c.company_id == company_id, change.c.id == row.id)
        .values(**values)
    )


def sync_objects(
    conn: Connection, company_id: str, versions: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    """The `sync` object of each record (interfaces.md), in a bounded number of queries.

    `versions`: the present version of each record, by its id.
    `synced` is said only when QuickBooks confirmed the record's present version.
    """
    found: dict[str, dict[str, Any]] = {}
    for ids in chunks(versions):
        links = {
            row.record_id: row
            for row in conn.execute(
                select(link).where(link.c.company_id == company_id, link.c.record_id.in_(ids))
            )
        }
        changes = _open_rows(conn, company_id, ids)
        problems = {
            row.record_id: {
                "number": row.number,
                "title": row.title,
                "text": row.text,
                "advice": row.advice,
                "code": row.code,
            }
            for row in conn.execute(
                select(problem)
                .where(
                    problem.c.company_id == company_id,
                    problem.c.record_id.in_(ids),
                    problem.c.resolved_at.is_(None),
                )
                .order_by(problem.c.number.desc())
            )
        }
        for record_id in ids:
            found[record_id] = sync_object(
                versions[record_id],
                links.get(record_id),
                changes.get(record_id, []),
                problems.get(record_id),
            )
    return found


def sync_object(
    version: int | None, linked: Any, changes: Sequence[Any], trouble: dict[str, Any] | None
) -> dict[str, Any]:
    """The `sync` object of one record of its version, link, open changes and open problem."""
    sent = [row for row in changes if row.state == State.SENT]
    standing = [row for row in changes if row.state != State.SENT]
    if sent:
        state: str = State.SENT
    elif standing:
        state = standing[0].state
    elif linked is not None and linked.synced_version == version:
        state = "synced"
    elif linked is not None:
        state = State.PENDING  # changed, and its change is being merged in this session
    else:
        state = State.NOT_SYNCED
    return {
        "state": str(state),
        "waits_for": standing[0].waits_for if standing and not sent else None,
        "quickbooks_id": _quickbooks_id(linked),
        "last_synced_at": linked.synced_at.isoformat() if linked is not None else None,
        "problem": trouble,
    }


def _quickbooks_id(linked: Any) -> str | None:
    """None also where QuickBooks did what was asked and kept no record: see `covered.py`."""
    known = linked.quickbooks_id if linked is not None else None
    return None if known is None or known == linked.record_id else str(known)


def can_go(
    company_id: str | ColumnElement[str], now: datetime | ColumnElement[datetime]
) -> tuple[ColumnElement[bool], ...]:
    """The changes that could go now: nothing they wait for is missing, no pause is running."""
    arrived = exists(link.c.id).where(
        link.c.company_id == change.c.company_id,
        link.c.record_id == change.c.waits_for_id,
        link.c.gone_at.is_(None),
    )
    return (
        change.c.company_id == company_id,
        change.c.finished_at.is_(None),
        or_(change.c.state == State.PENDING, (change.c.state == State.WAITING) & arrived),
        or_(change.c.try_after.is_(None), change.c.try_after <= now),
    )


def any_waiting(conn: Connection, company_id: str, now: datetime) -> bool:
    """Whether some App change could go now."""
    found = conn.execute(select(change.c.id).where(*can_go(company_id, now)).limit(1))
    return found.first() is not None


def open_changes(conn: Connection, company_id: str, record_ids: Sequence[str]) -> dict[str, Any]:
    """The standing (not sent) open change of each record, where there is one."""
    found: dict[str, Any] = {}
    for ids in chunks(record_ids):
        for record_id, rows in _open_rows(conn, company_id, ids).items():
            for row in rows:
                if row.state != State.SENT:
                    found[record_id] = row
    return found


def close_record(
    conn: Connection, company_id: str, record_ids: Sequence[str], now: datetime
) -> None:
    """Drop what was still to be sent for these records: their other side is gone."""
    for ids in chunks(record_ids):
        conn.execute(
            update(change)
            .where(
                change.c.company_id == company_id,
                change.c.record_id.in_(ids),
                change.c.finished_at.is_(None),
                change.c.state != State.SENT,
            )
            .values(state=State.DROPPED, finished_at=now)
        )


def find(conn: Connection, company_id: str, change_id: str) -> Any | None:
    """One change of the company."""
    return conn.execute(
        select(change).where(change.c.company_id == company_id, change.c.id == change_id)
    ).first()


def end_doubt(conn: Connection, company_id: str, change_id: str) -> None:
    """What left did not arrive: it is as one that never left."""
    conn.execute(
        update(change)
        .where(change.c.company_id == company_id, change.c.id == change_id)
        .values(values=None, left_after=None)
    )


def fail(conn: Connection, company_id: str, change_id: str) -> None:
    """It waits for a person; the caller opens the problem that says why."""
    conn.execute(
        update(change)
        .where(change.c.company_id == company_id, change.c.id == change_id)
        .values(state=State.FAILED)
    )


def entity_of(resource: str) -> Entity:
    """The record type of a change."""
    return BY_RESOURCE[resource]


def reopen(
    conn: Connection,
    company_id: str,
    row: Any,
    now: datetime,
    *,
    unknown: bool = False,
    **values: Any,
) -> bool:
    """What was sent is to be sent again; False when a newer change of the record takes it over.

    `unknown`: QuickBooks may have it after all, so what was sent is kept, to be looked for.
    """
    mine = (change.c.company_id == company_id, change.c.id == row.id)
    newer = conn.execute(
        select(change).where(
            change.c.company_id == company_id,
            change.c.record_id == row.record_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SENT,
            change.c.id != row.id,
        )
    ).first()
    values |= {
        "values": row.values if unknown else None,
        "left_after": row.left_after if unknown else None,
    }
    if newer is None:
        again = {"state": State.PENDING, "exchange_id": None, **values}
        conn.execute(update(change).where(*mine).values(**again))
        return True
    conn.execute(update(change).where(*mine).values(state=State.DROPPED, finished_at=now))
    taken: dict[str, Any] = {}
    if row.action == Action.ADD:  # QuickBooks does not have it yet, as far as we know
        merged = _MERGED[Action.ADD, Action(newer.action)]
        taken = {"action": merged, "version": row.version}
        if merged is None:
            # A deletion of what may be there is looked for first, see asking.py.
            taken = {} if unknown else {"state": State.DROPPED, "finished_at": now}
    if values or taken:
        conn.execute(
            update(change)
            .where(change.c.company_id == company_id, change.c.id == newer.id)
            .values(**values, **taken)
        )
    return False
