"""What a person does about a problem: try again, leave the record out, or say that it is done.

Owns these acts and their audit rows. It must not decide what is a problem.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from store import feed, problems
from store.changes import State
from store.errors import NotFound, Refused
from store.people import audit_row
from store.syncing import change, problem


def find(conn: Connection, number: int, company_id: str | None = None) -> Row[Any]:
    """The problem of that number; numbers count per company, so one may have to be named."""
    query = select(problem).where(problem.c.number == number)
    if company_id is not None:
        query = query.where(problem.c.company_id == company_id)
    rows = conn.execute(query.order_by(problem.c.company_id)).all()
    if not rows:
        raise NotFound("There is no problem of that number. `webconnector problems` lists them.")
    if len(rows) > 1:
        raise Refused("Several companies have a problem of that number. Name one by --company.")
    return rows[0]


def retry(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """Send the record again at the next session; also the way back from `skip`."""
    moved = _change(
        conn,
        found,
        state=State.PENDING,
        attempts=0,
        try_after=None,
        looked_up_in=None,
        waits_for=None,
        waits_for_id=None,
    )
    _require(moved)
    _resolve(conn, found, "retry", now)
    _noted(conn, found, "retry", who, now)


def skip(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """Do not sync this record until somebody says `retry`."""
    _require(_change(conn, found, state=State.SKIPPED))
    _resolve(conn, found, "skip", now)
    _noted(conn, found, "skip", who, now)


def done(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """It was done by hand in QuickBooks: what was still to be sent is dropped."""
    if found.resolved_at is None:
        _change(conn, found, state=State.DROPPED, finished_at=now)
    _resolve(conn, found, "done", now)
    _noted(conn, found, "done", who, now)


def _require(moved: int) -> None:
    if not moved:
        raise Refused(
            "Nothing of a record waits behind this problem. It ends by itself when its cause is"
            " gone; `webconnector problem done` closes it."
        )


def _change(conn: Connection, found: Row[Any], **values: Any) -> int:
    """Move the standing change of the problem's record; how many there were."""
    if found.record_id is None:
        return 0
    moved = conn.execute(
        update(change)
        .where(
            change.c.company_id == found.company_id,
            change.c.record_id == found.record_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SENT,
        )
        .values(**values)
    )
    return int(moved.rowcount)


def _resolve(conn: Connection, found: Row[Any], how: str, now: datetime) -> None:
    mine = (
        problem.c.company_id == found.company_id,
        problem.c.record_id == found.record_id
        if found.record_id is not None
        else problem.c.id == found.id,
    )
    feed.publish(conn, found.company_id, problems.resolve(conn, mine, how, now), now)


def _noted(conn: Connection, found: Row[Any], act: str, who: str, now: datetime) -> None:
    detail = {"problem": found.number, "record": found.record_id}
    audit_row(conn, found.company_id, who, f"problem.{act}", detail, now)


ACTS: dict[str, Callable[[Connection, Row[Any], str, datetime], None]] = {
    "retry": retry,
    "skip": skip,
    "done": done,
}
"""What a person or a program can do about a problem, by the word for it."""
