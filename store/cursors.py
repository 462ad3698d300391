"""Cursors: up to which moment of QuickBooks' wall clock each list has been read.

Owns sync-rules 8 on cursors: greatest TimeModified, an overlap, a clock that runs ahead. Times are
QuickBooks' own wall-clock texts, never converted (qbxml.md 4: its offsets are wrong in summer).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Executable, bindparam, case, delete, insert, or_, select

from store.context import Cursor, Sync
from store.problems import Problem, open_problem
from store.syncing import cursor
from store.upserting import Upsert

overlap_hours = 2
ahead_hours_max = 26
_WALL = "%Y-%m-%dT%H:%M:%S"
CLOCK = "quickbooks-clock"


def read_all(sync: Sync) -> dict[str, str | None]:
    """Where the next read of each name begins; a name without entry was never read."""
    return {
        name: _earlier(row.read_to) for name, row in known(sync).items() if row.read_at is not None
    }


_ROWS = select(*(cursor.c[one.name] for one in fields(Cursor))).where(
    cursor.c.company_id == bindparam("company")
)


def rows(conn: Connection, company_id: str) -> dict[str, Cursor]:
    """All of the company's, by name, as they stand in the database."""
    return {row.name: Cursor(*row) for row in conn.execute(_ROWS, {"company": company_id})}


def known(sync: Sync) -> dict[str, Cursor]:
    """The same as this step knows them: read once, with what it has moved itself."""
    if sync.cursors is None:
        sync.cursors = rows(sync.conn, sync.company_id)
        for name, read_to in sync.moved.items():
            sync.cursors[name] = _moved(sync, name, read_to)
    return sync.cursors


def _moved(sync: Sync, name: str, read_to: str) -> Cursor:
    """As `keep` is going to write it."""
    before = (sync.cursors or {}).get(name)
    if before is None:
        return Cursor(name, read_to or None, sync.now, sync.now)
    return replace(before, read_to=max(read_to, before.read_to or "") or None, read_at=sync.now)


def changed(sync: Sync, names: Iterable[str]) -> None:
    """These were forgotten or noted in mid-step: where it moved them to counts no more."""
    for name in names:
        sync.moved.pop(name, None)
    sync.cursors = None


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
    return _behind(known(sync)[name].first_read_at or sync.now)


def surely_passed(sync: Sync) -> str:
    """A wall-clock text that QuickBooks' clock has passed, wherever it is and however far behind.

    What that clock said of the last change, unless it was ahead then.
    """
    read = [row for row in known(sync).values() if row.read_at is not None]
    seen = [row.read_to for row in read if row.read_to is not None]
    return min(_behind(sync.now), _earlier(max(seen, default=None)) or _behind(sync.now))


def _behind(moment: datetime) -> str:
    return (moment.astimezone(UTC) - timedelta(hours=ahead_hours_max)).strftime(_WALL)


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


def move(sync: Sync, name: str, read_to: str) -> None:
    """A read was complete: the next one begins where it ended. A cursor never moves back.

    It is written when the step ends, see `keep`: in the transaction that stores what was read.
    """
    sync.moved[name] = max(read_to, sync.moved.get(name, ""))
    if sync.cursors is not None:
        sync.cursors[name] = _moved(sync, name, read_to)


def _move(insert: Any) -> Executable:
    made = insert(cursor)
    further = or_(cursor.c.read_to.is_(None), made.excluded.read_to > cursor.c.read_to)
    to = case((further, made.excluded.read_to), else_=cursor.c.read_to)
    moved: Executable = made.on_conflict_do_update(
        index_elements=[cursor.c.company_id, cursor.c.name],
        set_={"read_to": to, "read_at": made.excluded.read_at},
    )
    return moved


_MOVE = Upsert(_move)


def keep(sync: Sync) -> None:
    """A step ends: write the cursors that it moved."""
    if not sync.moved:
        return
    moments = {"first_read_at": sync.now, "read_at": sync.now}
    moved = [
        {"company_id": sync.company_id, "name": name, "read_to": read_to or None, **moments}
        for name, read_to in sync.moved.items()
    ]
    sync.conn.execute(_MOVE.on(sync.conn), moved)
    sync.moved.clear()
