"""The health of every company a person reaches, worst first, in a fixed number of queries.

Owns what counts as failing, late, never connected and paused, as SQL, so that ten thousand
companies are sorted by the database. It must not change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, case, func, select

from store import conflict_acts
from store.changes import State
from store.persons import Person, reached
from store.problems import DUPLICATES
from store.syncing import change, company, connector, problem, session

page_companies = 50
chart_days = 30
search_characters_max = 100

GOOD_OUTCOME: Final = "finished"
_TO_BE_SENT: Final = (State.PENDING, State.WAITING, State.SENT)


class Health(StrEnum):
    """How a company is; the order is worst first."""

    FAILING = "failing"
    LATE = "late"
    NEVER = "never connected"
    PAUSED = "paused"
    CONNECTED = "connected"
    REMOVED = "removed"


def health(now: datetime) -> ColumnElement[str]:
    """The SQL expression on `company` and `connector`."""
    failed = and_(connector.c.last_outcome.is_not(None), connector.c.last_outcome != GOOD_OUTCOME)
    return case(
        (company.c.state == "removed", Health.REMOVED.value),
        (company.c.state == "paused", Health.PAUSED.value),
        # Somebody comes with a wrong password; the right one clears it.
        (connector.c.refused_at.is_not(None), Health.FAILING.value),
        (connector.c.last_call_at.is_(None), Health.NEVER.value),
        (failed, Health.FAILING.value),
        (connector.c.late_at <= now, Health.LATE.value),
        else_=Health.CONNECTED.value,
    )


def menu_counts(conn: Connection, someone: Person, company_id: str | None = None) -> dict[str, int]:
    """The numbers of the menus: open problems everywhere, and of one company."""
    here = problem.c.company_id == company_id
    alike = here & problem.c.kind.in_(DUPLICATES)
    open_conflicts = conflict_acts.count_open(company_id).scalar_subquery()
    row = conn.execute(
        select(func.count(), func.count().filter(here), func.count().filter(alike), open_conflicts)
        .select_from(problem)
        .join(company, company.c.id == problem.c.company_id)
        .where(problem.c.resolved_at.is_(None), company.c.state != "removed", reached(someone))
    ).one()
    names = ("problems", "company_problems", "matching", "conflicts")
    found: dict[str, int] = dict(zip(names, row, strict=True))
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the overview is looked at."""

    search: str = ""
    health: Health | None = None
    page: int = 1


def list_health(conn: Connection, someone: Person, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """`rows` (one page, worst first), `totals` per health, `found`, `pages`; 4 queries."""
    totals = _totals(conn, someone, wanted.search, now)
    if wanted.health is not None:
        found = totals[wanted.health]
    else:
        found = sum(count for one, count in totals.items() if one is not Health.REMOVED)
    pages = max(1, -(-found // page_companies))
    present = min(max(1, wanted.page), pages)
    rows = [_facts(row, now) for row in _rows(conn, someone, wanted, present, now)]
    ids = [row["id"] for row in rows]
    days, waiting = sessions_per_day(conn, ids, now), _waiting(conn, ids)
    for row in rows:
        row["days"] = days[row["id"]]
        row["backlog"], row["oldest_at"] = waiting.get(row["id"], (0, None))
    return {"rows": rows, "totals": totals, "found": found, "page": present, "pages": pages}


def _scope(someone: Person, search: str) -> list[Any]:
    where = [reached(someone)]
    words = search.strip()[:search_characters_max]
    if words:
        where.append(company.c.name.icontains(words, autoescape=True))
    return where


def _totals(conn: Connection, someone: Person, search: str, now: datetime) -> dict[Health, int]:
    how = health(now).label("health")
    counted = conn.execute(
        select(how, func.count())
        .select_from(company)
        .join(connector, connector.c.company_id == company.c.id)
        .where(*_scope(someone, search))
        .group_by(how)
    )
    found = {Health(name): count for name, count in counted}
    return {one: found.get(one, 0) for one in Health}


def _rows(
    conn: Connection, someone: Person, wanted: Wanted, present: int, now: datetime
) -> list[Row[Any]]:
    wrong = (
        select(problem.c.company_id, func.count().label("problems"))
        .where(problem.c.resolved_at.is_(None))
        .group_by(problem.c.company_id)
        .subquery()
    )
    how = health(now).label("health")
    problems = func.coalesce(wrong.c.problems, 0)
    rank = case(
        {one.value: place for place, one in enumerate(Health)}, value=health(now), else_=len(Health)
    )
    query = (
        select(
            company,
            connector.c.last_call_at,
            connector.c.every_minutes,
            connector.c.refused_at,
            connector.c.last_outcome,
            connector.c.awaiting,
            how,
            problems.label("problems"),
        )
        .join(connector, connector.c.company_id == company.c.id)
        .outerjoin(wrong, wrong.c.company_id == company.c.id)
        .where(*_scope(someone, wanted.search))
        .order_by(rank, problems.desc(), company.c.name, company.c.id)
        .limit(page_companies)
        .offset((present - 1) * page_companies)
    )
    if wanted.health is not None:
        query = query.where(health(now) == wanted.health.value)
    else:
        query = query.where(company.c.state != "removed")
    return list(conn.execute(query))


def _facts(row: Row[Any], now: datetime) -> dict[str, Any]:
    expected = None
    if row.last_call_at is not None and row.state == "active":
        expected = row.last_call_at + timedelta(minutes=row.every_minutes)
    return {
        "id": row.id,
        "name": row.name,
        "health": row.health,
        "why": why(row),
        "last_call_at": row.last_call_at,
        "expected_at": expected,
        "overdue": expected is not None and expected < now,
        "problems": row.problems,
        "preview": row.preview,
    }


def _waiting(conn: Connection, company_ids: list[str]) -> dict[str, tuple[int, datetime]]:
    """Of the companies shown: how many changes are to be sent, and since when the oldest is."""
    counted = conn.execute(
        select(change.c.company_id, func.count(), func.min(change.c.made_at))
        .where(
            change.c.company_id.in_(company_ids),
            change.c.finished_at.is_(None),
            change.c.state.in_(_TO_BE_SENT),
        )
        .group_by(change.c.company_id)
    )
    return {company_id: (count, oldest) for company_id, count, oldest in counted}


def why(row: Row[Any]) -> str:
    """A few words beside the health; empty when the health says it all."""
    if row.state == "removed":
        return ""
    if row.refused_at is not None:
        return "wrong password"
    if row.awaiting:
        return "company file to confirm"
    if row.health == Health.FAILING:
        return "silent in the middle" if row.last_outcome == "lost" else "last session stopped"
    if row.preview and row.last_call_at is not None:
        return "first sync to approve"
    return ""


def sessions_per_day(
    conn: Connection, company_ids: list[str], now: datetime
) -> dict[str, list[tuple[date, int, int]]]:
    """Per company the last 30 days, oldest first: day (UTC), ended well, ended otherwise."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=chart_days - 1)
    started = session.c.started_at
    utc = func.timezone("UTC", started) if conn.dialect.name == "postgresql" else started
    on = func.date(utc).label("day")
    bad = and_(session.c.ended_at.is_not(None), session.c.outcome != GOOD_OUTCOME)
    counted = conn.execute(
        select(session.c.company_id, on, func.count(), func.count().filter(bad))
        .where(
            session.c.company_id.in_(company_ids),
            started >= datetime(first.year, first.month, first.day, tzinfo=UTC),
        )
        .group_by(session.c.company_id, on)
    )
    found = {(one, str(when)): (count - wrong, wrong) for one, when, count, wrong in counted}
    days = [first + timedelta(days=ahead) for ahead in range(chart_days)]
    return {
        one: [(when, *found.get((one, when.isoformat()), (0, 0))) for when in days]
        for one in company_ids
    }
