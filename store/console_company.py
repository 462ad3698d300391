"""One company as its page shows it: health, progress per record type, latest sessions, problems.

Owns these readings, each in one query however many records there are. It must not change
anything, and is only called after the company was reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from qbxml.entities import ENTITIES
from store import wrong_passwords
from store.changes import State
from store.console_overview import Health, health, why
from store.ledger import account
from store.preferences import Preferences
from store.syncing import change, company, connector, cursor, link, problem, session

sessions_shown = 8
problems_shown = 5

_WAITING: Final = (State.PENDING, State.WAITING, State.SCHEDULED)


def state_of(conn: Connection, company_id: str, now: datetime) -> dict[str, Any]:
    """The company's health and everything that its connector knows of itself."""
    row = conn.execute(
        select(
            connector,
            company.c.state,
            company.c.preview,
            company.c.start_date,
            company.c.connected_at,
            company.c.time_zone,
            health(now).label("health"),
        )
        .join(connector, connector.c.company_id == company.c.id)
        .where(company.c.id == company_id)
    ).one()
    facts = row._asdict()
    facts.pop("password_hash")
    expected = None
    if row.last_call_at is not None and row.state == "active":
        expected = row.last_call_at + timedelta(minutes=row.every_minutes)
    return facts | {
        "why": why(row),
        "held_seconds": wrong_passwords.held_seconds(conn, row, now),
        "expected_at": expected,
        "overdue": row.health == Health.LATE,
        "quickbooks": row.quickbooks or {},
    }


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the records of one type are."""

    resource: str
    synced: int
    waiting: int
    sent: int
    failed: int
    held: int
    comes: bool
    """Whether QuickBooks' records of this type come over at all."""
    first_read_at: datetime | None
    read_at: datetime | None
    records_left: int = 0
    """What QuickBooks said is still to come, while a session reads this type page by page."""

    @property
    def percent(self) -> int:
        """How far the first load is."""
        whole = self.synced + self.records_left
        return 100 * self.synced // whole if whole else 0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.synced or self.waiting or self.sent or self.failed or self.held)


def progress(
    conn: Connection, company_id: str, preferences: Preferences, running: Row[Any] | None = None
) -> list[Progress]:
    """Per record type, in the order of syncing; 3 queries. `running`: the session under way."""
    reads = running.plan.get("reads", ()) if running is not None else ()
    left = {read["name"]: read.get("remaining", 0) for read in reads}
    linked = {
        row.resource: row.records
        for row in conn.execute(
            select(link.c.resource, func.count().label("records"))
            .where(link.c.company_id == company_id, link.c.gone_at.is_(None))
            .group_by(link.c.resource)
        )
    }
    open_changes: dict[tuple[str, str], int] = {
        (resource, state): count
        for resource, state, count in conn.execute(
            select(change.c.resource, change.c.state, func.count())
            .where(change.c.company_id == company_id, change.c.finished_at.is_(None))
            .group_by(change.c.resource, change.c.state)
        )
    }
    cursors = {
        row.name: row
        for row in conn.execute(select(cursor).where(cursor.c.company_id == company_id))
    }
    found = []
    for entity in ENTITIES:
        switch = entity.pull.switch
        read = cursors.get(entity.query_noun)

        def counted(*states: State, resource: str = entity.resource) -> int:
            return sum(open_changes.get((resource, state), 0) for state in states)

        found.append(
            Progress(
                resource=entity.resource,
                synced=linked.get(entity.resource, 0),
                waiting=counted(*_WAITING),
                sent=counted(State.SENT),
                failed=counted(State.FAILED),
                held=counted(State.NOT_SYNCED, State.SKIPPED),
                comes=bool(entity.pull) and (switch is None or getattr(preferences, switch.value)),
                first_read_at=read.first_read_at if read else None,
                read_at=read.read_at if read else None,
                records_left=left.get(entity.query_noun, 0),
            )
        )
    return found


def latest_sessions(
    conn: Connection, company_id: str, limit: int = sessions_shown
) -> list[Row[Any]]:
    """The newest first."""
    return list(
        conn.execute(
            select(session)
            .where(session.c.company_id == company_id)
            .order_by(session.c.started_at.desc(), session.c.id.desc())
            .limit(limit)
        )
    )


def latest_problems(
    conn: Connection, company_id: str, limit: int = problems_shown
) -> list[Row[Any]]:
    """The open ones that were seen last."""
    return list(
        conn.execute(
            select(problem)
            .where(problem.c.company_id == company_id, problem.c.resolved_at.is_(None))
            .order_by(problem.c.last_seen_at.desc(), problem.c.id.desc())
            .limit(limit)
        )
    )


def accounts(conn: Connection, company_id: str) -> list[tuple[str, str, str]]:
    """The active accounts to choose from: id, full name, type."""
    rows = conn.execute(
        select(account.c.id, account.c.full_name, account.c.type)
        .where(
            account.c.company_id == company_id,
            account.c.deleted_at.is_(None),
            account.c.active.is_(True),
        )
        .order_by(account.c.full_name)
    )
    return [(row.id, row.full_name, row.type) for row in rows]
