"""One company's first page: is it working, what is wrong, how far is each record type.

Owns this page and its live part. What is done to the connection is `connection.py`'s.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from store import console_company, console_overview
from store.engine import Connection, Row
from store.preferences import Preferences
from webconnector.console import showing
from webconnector.console.visit import Visit, here

pages = Blueprint("companies", __name__, url_prefix="/companies/<company_id>")


@pages.get("/")
def show(company_id: str) -> Response:
    """The whole page."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        facts = _facts(conn, row, one)
    return showing.page("company.html", section="company", company=row, **facts)


@pages.get("/now")
def now(company_id: str) -> Response:
    """What moves on the page; it asks for it again and again."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        facts = _facts(conn, row, one)
    return showing.fragment("company_now.html", company=row, **facts)


def _facts(conn: Connection, row: Row[Any], one: Visit) -> dict[str, Any]:
    preferences = Preferences.from_json(row.preferences)
    sessions = console_company.latest_sessions(conn, row.id)
    running = sessions[0] if sessions and sessions[0].ended_at is None else None
    return {
        "state": console_company.state_of(conn, row.id, one.now),
        "progress": console_company.progress(conn, row.id, preferences, running),
        "page_records": one.settings.page_records_max,
        "sessions": sessions,
        "problems": console_company.latest_problems(conn, row.id),
        "days": console_overview.sessions_per_day(conn, [row.id], one.now)[row.id],
    }
