"""Cursors: up to which moment of QuickBooks' wall clock each list has been read.

Owns sync-rules 8 on cursors: greatest TimeModified, an overlap, a clock that runs ahead. Times are
QuickBooks' own wall-clock texts, never converted (qbxml.md 4: its offsets are wrong in summer).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from store.context import Sync
from store.problems import Problem, open_problem
from store.syncing import cursor

overlap_hours = 2
ahead_hours_max = 26
_WALL = "%Y-%m-%dT%H:%M:%S"
CLOCK = "quickbooks-clock"


def read_all(sync: Sync) -> dict[str, str | None]:
    """Where the next read of each name begins; a name without entry was never read."""
    return {
        name: _earlier(row.read_to)
        for name, row in rows(sync.conn, sync.company_id).items()
        if row.read_at is not None
    }


def rows(conn: Connection, company_id: str) -> dict[str, Any]:
    """The rows as they are, by name."""
    return {
        row.name: row
        for row in conn.execute(select(cursor).where(cursor.c.company_id == company_id))
    }


def forget(conn: Connection, company_id: str, names: Sequence[str] | None = None) -> None:
    """These reads begin from the start again; None: all."""
    mine = [cursor.c.company_id == company_id]
    if names is not None:
        mine.append(cursor.c.name.in_(names))
    conn.execute(delete(cursor).where(*mine))


def note(conn: Connection, company_id: str, name: str, read_to: str | None = None) -> None:
    """Note that something of that name is to be read, once, in the next session."""
    forget(conn, company_id, [name])
    conn.execute(insert(cursor).values(company_id=company_id, name=name, read_to=read_to))


def _earlier(read_to: str | None) -> str | None:
    """Begin earlier than we ended: an hour repeats each autumn, stamps have whole seconds."""
    if read_to is None:
        return None
    begins = datetime.strptime(read_to, _WALL) - timedelta(hours=overlap_hours)  # noqa: DTZ007
    return begins.strftime(_WALL)


def hours_between(earlier: str, later: str) -> float:
    """The hours from one wall-clock text to another, negative when the first is the later one."""
    first, last = (datetime.strptime(text, _WALL) for text in (earlier, later))  # noqa: DTZ007
    return (last - first).total_seconds() / 3600


def since_first_read(sync: Sync, name: str) -> str:
    """A wall-clock text before the first read of that name, wherever QuickBooks' clock is."""
    first = rows(sync.conn, sync.company_id)[name].first_read_at or sync.now
    return (first.astimezone(UTC) - timedelta(hours=ahead_hours_max)).strftime(_WALL)


def wall_clock(moment: datetime | None, time_zone: str) -> str | None:
    """The moment as a clock on the wall shows it in that zone, in the form of QuickBooks' times."""
    return None if moment is None else moment.astimezone(ZoneInfo(time_zone)).strftime(_WALL)


def greatest(sync: Sync, seen: str, times: list[str]) -> str:
    """The greatest of the times that can be true; a clock far ahead never moves a cursor."""
    latest = sync.now.astimezone(UTC) + timedelta(hours=ahead_hours_max)
    limit = latest.strftime(_WALL)
    ahead = [moment for moment in times if moment > limit]
    if ahead:
        open_problem(
            sync,
            Problem(
                cause=CLOCK,
                kind="clock",
                title="The clock of the QuickBooks computer is wrong",
                text=f"QuickBooks reports a change at {max(ahead)}, which is in the future.",
                advice=(
                    "Set date and time of that computer right. Until then changes made there are "
                    "read again each time, and nothing is lost."
                ),
            ),
        )
    return max([seen, *(moment for moment in times if moment <= limit)])


# Made once: each session moves every cursor.
_MOVE = (
    update(cursor)
    .where(cursor.c.company_id == bindparam("company"), cursor.c.name == bindparam("moved"))
    .values(read_to=bindparam("to"), read_at=bindparam("at"))
)


def move(sync: Sync, name: str, read_to: str) -> None:
    """A read was complete: the next one begins where it ended. A cursor never moves back."""
    if sync.cursor_rows is None:
        sync.cursor_rows = rows(sync.conn, sync.company_id)
    known = sync.cursor_rows.get(name)
    to = max(read_to, (known.read_to if known is not None else None) or "") or None
    moved = {"company": sync.company_id, "moved": name, "to": to, "at": sync.now}
    if known is not None and sync.conn.execute(_MOVE, moved).rowcount:
        return
    values = {"company_id": sync.company_id, "name": name, "read_to": read_to or None}
    moments = {"first_read_at": sync.now, "read_at": sync.now}
    sync.conn.execute(insert(cursor).values(**values, **moments))
    sync.cursor_rows = None
