"""Problems and sessions of one company in pages, for programs.

Owns their order and where a page begins; how one is shown is `problem_list`'s and `session_log`'s
business. It must not change anything.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from store.candidates import side_by_side
from store.errors import NotFound
from store.problem_list import problem_query, shown_problems
from store.session_log import session_query, shown_session
from store.syncing import problem, session

PROBLEM_STATES = ("open", "resolved", "all")


def problems_page(
    conn: Connection,
    company_id: str,
    *,
    after: int,
    limit: int,
    which: str = "open",
    record_id: str | None = None,
) -> list[dict[str, Any]]:
    """The problems after the one of that number, by number; `which`: open, resolved or all."""
    query = problem_query().where(problem.c.company_id == company_id, problem.c.number > after)
    if which != "all":
        is_open = problem.c.resolved_at.is_(None)
        query = query.where(is_open if which == "open" else ~is_open)
    if record_id is not None:
        query = query.where(problem.c.record_id == record_id)
    rows = conn.execute(query.order_by(problem.c.number).limit(limit)).all()
    return shown_problems(conn, list(rows))


def problem_of(conn: Connection, company_id: str, number: int) -> dict[str, Any]:
    """The company's problem of that number, its candidates side by side; NotFound otherwise."""
    query = problem_query().where(problem.c.company_id == company_id, problem.c.number == number)
    rows = conn.execute(query).all()
    if not rows:
        raise NotFound("There is no problem of this number.")
    (shown,) = shown_problems(conn, list(rows))
    if shown["candidates"]:
        shown["candidates"] = side_by_side(conn, company_id, rows[0].resource, rows[0].record_id)
    return shown


def sessions_page(
    conn: Connection, company_id: str, *, before: str | None, limit: int
) -> list[dict[str, Any]]:
    """The company's sessions that began before the one of that id, the newest first."""
    query = session_query().where(session.c.company_id == company_id)
    if before is not None:
        began = select(session.c.started_at).where(
            session.c.company_id == company_id, session.c.id == before
        )
        query = query.where(
            (session.c.started_at < began.scalar_subquery())
            | ((session.c.started_at == began.scalar_subquery()) & (session.c.id < before))
        )
    query = query.order_by(session.c.started_at.desc(), session.c.id.desc())
    return [shown_session(row) for row in conn.execute(query.limit(limit))]


def session_of(conn: Connection, company_id: str, session_id: str) -> dict[str, Any]:
    """The company's session of that id; NotFound when there is none."""
    query = session_query().where(session.c.company_id == company_id, session.c.id == session_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound("There is no session with this id.")
    return shown_session(row)
