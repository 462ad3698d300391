"""The lists of the console that support staff work in: problems, sessions, the audit trail.

Owns filtering, grouping and paging them in a fixed number of queries. It must not change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from store.changes import ids_per_query_max
from store.overview import instant
from store.persons import Person, reached
from store.problem_list import facts, record_names
from store.syncing import audit, company, problem, session

page_rows = 50
export_rows_max = 10_000
export_acts_max = 100_000

Values = dict[str, Any]


class Standing(StrEnum):
    """How a problem stands."""

    OPEN = "open"
    SKIPPED = "skipped"
    RESOLVED = "resolved"


_WHERE: Final[dict[Standing, ColumnElement[bool]]] = {
    Standing.OPEN: problem.c.resolved_at.is_(None),
    Standing.SKIPPED: and_(problem.c.resolved_at.is_not(None), problem.c.resolution == "skip"),
    Standing.RESOLVED: and_(problem.c.resolved_at.is_not(None), problem.c.resolution != "skip"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the inbox is looked at; `company_id` None: every company the person reaches."""

    standing: Standing = Standing.OPEN
    kind: str | None = None
    company_id: str | None = None
    page: int = 1


def _pages(found: int) -> int:
    return max(1, -(-found // page_rows))


def _cut(query: Select[Any], page: int) -> Select[Any]:
    return query.limit(page_rows).offset((page - 1) * page_rows)


# --- problems


def problems(conn: Connection, someone: Person, wanted: Wanted) -> Values:
    """`rows` (one page, latest first), `kinds` and `standings` with counts, `found`, `pages`."""
    scope, joined = _scope(someone, wanted), _JOINED
    counted = conn.execute(
        select(*(func.count().filter(where).label(name) for name, where in _WHERE.items()))
        .select_from(joined)
        .where(*scope)
    ).one()
    where = [*scope, _WHERE[wanted.standing]]
    kinds = conn.execute(
        select(problem.c.kind, func.count().label("problems"))
        .select_from(joined)
        .where(*where)
        .group_by(problem.c.kind)
        .order_by(func.count().desc(), problem.c.kind)
    ).all()
    if wanted.kind is not None:
        where.append(problem.c.kind == wanted.kind)
    found = sum(row.problems for row in kinds if wanted.kind in {None, row.kind})
    page = min(max(1, wanted.page), _pages(found))
    rows = conn.execute(_cut(_latest(where), page)).all()
    names = record_names(conn, rows)
    return {
        "rows": [facts(row, names) for row in rows],
        "kinds": [(row.kind, row.problems) for row in kinds],
        "standings": counted._asdict(),
        "found": found,
        "page": page,
        "pages": _pages(found),
    }


def all_problems(conn: Connection, someone: Person, wanted: Wanted) -> list[Values]:
    """As `problems` for an export: no pages, at most `export_rows_max`."""
    where = [*_scope(someone, wanted), _WHERE[wanted.standing]]
    if wanted.kind is not None:
        where.append(problem.c.kind == wanted.kind)
    rows = conn.execute(_latest(where).limit(export_rows_max)).all()
    names: dict[tuple[str, str], str] = {}
    for start in range(0, len(rows), ids_per_query_max):
        names |= record_names(conn, rows[start : start + ids_per_query_max])
    return [facts(row, names) for row in rows]


_JOINED: Final = problem.join(company, company.c.id == problem.c.company_id)


def _scope(someone: Person, wanted: Wanted) -> list[Any]:
    scope = [reached(someone), company.c.state != "removed"]
    if wanted.company_id is not None:
        scope.append(problem.c.company_id == wanted.company_id)
    return scope


def _latest(where: list[Any]) -> Select[Any]:
    query = select(problem, company.c.name.label("company_name")).select_from(_JOINED)
    return query.where(*where).order_by(problem.c.last_seen_at.desc(), problem.c.id.desc())


# --- sessions


def sessions(conn: Connection, company_id: str, page: int, *, outcome: str | None = None) -> Values:
    """One page of a company's sessions, newest first, with `outcomes` and their counts."""
    outcomes = {
        row.outcome or "running": row.sessions
        for row in conn.execute(
            select(session.c.outcome, func.count().label("sessions"))
            .where(session.c.company_id == company_id)
            .group_by(session.c.outcome)
        )
    }
    where = [session.c.company_id == company_id]
    if outcome is not None:
        where.append(
            session.c.ended_at.is_(None) if outcome == "running" else session.c.outcome == outcome
        )
    found = sum(outcomes.values()) if outcome is None else outcomes.get(outcome, 0)
    page = min(max(1, page), _pages(found))
    query = select(session).where(*where)
    rows = conn.execute(
        _cut(query.order_by(session.c.started_at.desc(), session.c.id.desc()), page)
    ).all()
    return {
        "rows": rows,
        "outcomes": outcomes,
        "found": found,
        "page": page,
        "pages": _pages(found),
    }


# --- the audit trail


@dataclass(frozen=True, slots=True)
class Acts:
    """What of the audit trail is looked at; `act` is the beginning of its name."""

    who: str = ""
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None


def _acts(company_id: str, wanted: Acts) -> list[ColumnElement[bool]]:
    where = [audit.c.company_id == company_id]
    if wanted.who:
        where.append(func.lower(audit.c.who).contains(wanted.who.lower(), autoescape=True))
    if wanted.act:
        where.append(audit.c.act.startswith(wanted.act, autoescape=True))
    if wanted.since is not None:
        where.append(audit.c.at >= wanted.since)
    if wanted.until is not None:
        where.append(audit.c.at < wanted.until)
    return where


def acts(conn: Connection, company_id: str, page: int, wanted: Acts) -> Values:
    """One page of who did what in a company, newest first."""
    where = _acts(company_id, wanted)
    found = conn.execute(select(func.count()).select_from(audit).where(*where)).scalar_one()
    page = min(max(1, page), _pages(found))
    query = select(audit).where(*where).order_by(audit.c.at.desc(), audit.c.id.desc())
    return {
        "rows": [
            {"at": row.at, "who": row.who, "act": row.act, "detail": row.detail or {}}
            for row in conn.execute(_cut(query, page))
        ],
        "found": found,
        "page": page,
        "pages": _pages(found),
    }


def all_acts(conn: Connection, company_id: str, wanted: Acts) -> list[Values]:
    """The audit trail for an export, newest first, at most `export_acts_max`."""
    query = select(audit).where(*_acts(company_id, wanted))
    query = query.order_by(audit.c.at.desc(), audit.c.id.desc()).limit(export_acts_max)
    return [
        {"at": instant(row.at), "who": row.who, "act": row.act, "detail": row.detail}
        for row in conn.execute(query)
    ]


def sessions_between(
    conn: Connection, company_id: str, started: datetime, ended: datetime, limit: int = 500
) -> list[Any]:
    """The sessions that began in this time, oldest first."""
    return list(
        conn.execute(
            select(session)
            .where(
                session.c.company_id == company_id,
                session.c.started_at >= started,
                session.c.started_at <= ended,
            )
            .order_by(session.c.started_at)
            .limit(limit)
        )
    )
