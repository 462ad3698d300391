"""The change feed: what QuickBooks changed and confirmed, in order and without gaps, per company.

Owns the numbers. They are given at the end of a transaction, under the lock of the company's
counter, which is held until the commit: so a number is never seen before a smaller one, and a
transaction that is taken back leaves no gap. It must not know who reads the feed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from store.errors import Gone
from store.syncing import company, event, feed
from store.upserting import Upsert

kept_days = 90


class Happened(StrEnum):
    """The kinds of events, as the API says them."""

    RECORD_CHANGED = "record.changed"
    RECORD_SYNCED = "record.synced"
    PROBLEM_OPENED = "problem.opened"
    PROBLEM_RESOLVED = "problem.resolved"
    SESSION_FINISHED = "session.finished"


class Notice(NamedTuple):
    """Something that happened to a resource of the API; `id` as its address has it."""

    kind: Happened
    resource: str
    id: str


def publish(conn: Connection, company_id: str, notices: Iterable[Notice], now: datetime) -> None:
    """Give the notices their numbers; the last thing of a transaction, for it takes a lock."""
    listed = list(dict.fromkeys(notices))
    if not listed:
        return
    first = _counted(conn, company_id, len(listed)) - len(listed) + 1
    rows = [
        {
            "company_id": company_id,
            "number": first + place,
            "kind": notice.kind,
            "resource": notice.resource,
            "subject": notice.id,
            "at": now,
        }
        for place, notice in enumerate(listed)
    ]
    conn.execute(insert(event), rows)


_COUNT = Upsert(
    lambda insert: (
        (made := insert(feed))
        .on_conflict_do_update(
            index_elements=[feed.c.company_id],
            set_={"last_number": feed.c.last_number + made.excluded.last_number},
        )
        .returning(feed.c.last_number)
    )
)


def _counted(conn: Connection, company_id: str, count: int) -> int:
    """The company's counter after `count` more; it stays locked until the commit."""
    values = {"company_id": company_id, "last_number": count}
    number: int = conn.execute(_COUNT.on(conn), values).scalar_one()
    return number


def read(
    conn: Connection,
    company_id: str,
    *,
    after: int,
    limit: int,
    kinds: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """The events after that number; Gone when some of them are no longer kept."""
    query = select(event).where(event.c.company_id == company_id, event.c.number > after)
    if kinds:
        query = query.where(event.c.kind.in_(kinds))
    rows = conn.execute(query.order_by(event.c.number).limit(limit)).all()
    # After the reading: what is forgotten in between must not look like a gap.
    if after < oldest(conn, company_id) - 1:
        raise Gone(
            f"Events are kept for {kept_days} days, and some after this one are gone. Read the"
            f" lists anew, then go on after {last_number(conn, company_id)}."
        )
    return [_shown(row) for row in rows]


def oldest(conn: Connection, company_id: str) -> int:
    """The number of the first event that is kept, or that of the next one to come.

    One statement: between two, the first event of all could come, and would look forgotten.
    """
    kept = select(func.min(event.c.number)).where(event.c.company_id == company_id)
    given = select(feed.c.last_number).where(feed.c.company_id == company_id)
    number: int = conn.execute(
        select(func.coalesce(kept.scalar_subquery(), given.scalar_subquery() + 1, 1))
    ).scalar_one()
    return number


def last_number(conn: Connection, company_id: str) -> int:
    """The number of the latest event, kept or not; 0 when there was none."""
    found: int | None = conn.execute(
        select(feed.c.last_number).where(feed.c.company_id == company_id)
    ).scalar_one_or_none()
    return found or 0


def _shown(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "resource": row.resource,
        "id": row.subject,
        "at": row.at.isoformat(),
    }


def sweep(conn: Connection, now: datetime) -> int:
    """Forget the events that are older than `kept_days`; gives how many."""
    count = 0
    for company_id in conn.execute(select(company.c.id)).scalars().all():
        count += conn.execute(
            delete(event).where(
                event.c.company_id == company_id, event.c.at <= now - timedelta(days=kept_days)
            )
        ).rowcount
    return count
