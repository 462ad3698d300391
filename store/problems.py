"""The problem inbox: one open row per cause, in the user's words.

Owns opening, counting and resolving. It must not decide what is a problem; the callers do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from store import feed
from store.changes import chunks
from store.context import Sync
from store.feed import Happened, Notice
from store.syncing import problem
from store.types import new_key

DELETE_AGAINST_EDIT = "delete_against_edit"
"""This kind is about a deletion: that the record itself was synced later does not end it."""

SEND_BUNDLE = (
    "If it happens again, open Sessions here, choose Bundle for support and send the file to "
    "CashFlow support."
)
"""The advice where only the program's makers can help."""

DUPLICATES = ("duplicate", "possible_duplicate")
"""These kinds have candidates in QuickBooks to compare with."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What happened, to which record, and what to do; `cause` is what makes it one problem."""

    cause: str
    kind: str
    title: str
    text: str
    advice: str
    code: str | None = None
    quickbooks_text: str | None = None
    resource: str | None = None
    record_id: str | None = None


def open_problem(sync: Sync, found: Problem) -> None:
    """Open it, or count it once more when it is open already; its words become the newest."""
    sync.tally.problems += 1
    open_causes(sync).add(found.cause)
    sync.notices += _open(sync.conn, sync.company_id, sync.session_id, found, sync.now)


def open_apart(conn: Connection, company_id: str, found: Problem, now: datetime) -> None:
    """The same, outside of any session."""
    feed.publish(conn, company_id, _open(conn, company_id, None, found, now), now)


def _open(
    conn: Connection, company_id: str, session_id: str | None, found: Problem, now: datetime
) -> list[Notice]:
    where = (
        problem.c.company_id == company_id,
        problem.c.cause == found.cause,
        problem.c.resolved_at.is_(None),
    )
    words: dict[str, Any] = {
        "title": found.title,
        "text": found.text,
        "advice": found.advice,
        "code": found.code,
        "quickbooks_text": found.quickbooks_text,
        "session_id": session_id,
        "last_seen_at": now,
    }
    counted = conn.execute(update(problem).where(*where).values(count=problem.c.count + 1, **words))
    if counted.rowcount:
        return []
    highest = conn.execute(
        select(func.coalesce(func.max(problem.c.number), 0)).where(
            problem.c.company_id == company_id
        )
    ).scalar_one()
    conn.execute(
        insert(problem).values(
            company_id=company_id,
            id=new_key(),
            number=highest + 1,
            cause=found.cause,
            kind=found.kind,
            resource=found.resource,
            record_id=found.record_id,
            count=1,
            opened_at=now,
            **words,
        )
    )
    return [Notice(Happened.PROBLEM_OPENED, "problems", str(highest + 1))]


def resolve_apart(conn: Connection, company_id: str, cause: str, now: datetime) -> None:
    """What caused this problem is no more, outside of any session."""
    mine = (problem.c.company_id == company_id, problem.c.cause == cause)
    feed.publish(conn, company_id, resolve(conn, mine, "by_itself", now), now)


def resolve_records(sync: Sync, record_ids: Sequence[str], how: str = "by_itself") -> None:
    """A later sync of these records succeeded: their problems are over."""
    for ids in chunks(record_ids):
        mine = (
            problem.c.company_id == sync.company_id,
            problem.c.record_id.in_(ids),
            problem.c.kind != DELETE_AGAINST_EDIT,
        )
        sync.notices += resolve(sync.conn, mine, how, sync.now)


def open_causes(sync: Sync) -> set[str]:
    """The causes of what is open; asked once, since nearly every session has nothing to end."""
    if sync.open_causes is None:
        sync.open_causes = set(
            sync.conn.execute(_OPEN_CAUSES, {"company": sync.company_id}).scalars()
        )
    return sync.open_causes


_OPEN_CAUSES = select(problem.c.cause).where(
    problem.c.company_id == bindparam("company"), problem.c.resolved_at.is_(None)
)


def resolve_cause(
    sync: Sync, *causes: str, how: str = "by_itself", unless_seen_now: bool = False
) -> None:
    """What caused these problems is no more; `unless_seen_now`: unless this session met it."""
    if open_causes(sync).isdisjoint(causes):
        return
    where = [
        problem.c.company_id == sync.company_id,
        problem.c.cause.in_(causes),
    ]
    if unless_seen_now:
        where.append(problem.c.session_id != sync.session_id)
    sync.notices += resolve(sync.conn, where, how, sync.now)


def resolve(
    conn: Connection, where: Sequence[ColumnElement[bool]], how: str, now: datetime
) -> list[Notice]:
    """End the open problems that meet the conditions; gives what the change feed is to tell."""
    ended = conn.execute(
        update(problem)
        .where(*where, problem.c.resolved_at.is_(None))
        .values(resolved_at=now, resolution=how)
        .returning(problem.c.number)
    ).scalars()
    return [Notice(Happened.PROBLEM_RESOLVED, "problems", str(number)) for number in sorted(ended)]
