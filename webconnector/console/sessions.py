"""A company's sessions: the list, one of them call by call, and what was sent as it was sent.

Owns these pages. Raw texts are redacted by role, and looking at them is in the audit trail.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request

from store import console_inbox, session_log
from store.engine import Connection, Row
from store.persons import Right
from webconnector import bundle
from webconnector.console import files, showing
from webconnector.console.visit import Visit, here
from webconnector.pretty import pretty
from webconnector.redaction import redacted

pages = Blueprint("sessions", __name__, url_prefix="/companies/<company_id>/sessions")

OUTCOMES: Final = ("running", "finished", "stopped", "lost", "refused")
SHOWN_CHARACTERS_MAX: Final = 200_000


@pages.get("/")
def listed(company_id: str) -> Response:
    """The company's sessions, newest first."""
    one = here()
    outcome = request.args.get("outcome", "")
    chosen = outcome if outcome in OUTCOMES else None
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = console_inbox.sessions(conn, row.id, showing.page_number(), outcome=chosen)
    return showing.page(
        "sessions.html", section="sessions", company=row, outcome=chosen, order=OUTCOMES, **found
    )


@pages.get("/export.<form>")
def export(company_id: str, form: str) -> Response:
    """The latest sessions as CSV or JSON."""
    one = here()
    form = files.known(form)
    found = files.listed(
        one,
        company_id,
        "sessions",
        lambda conn, row: session_log.list_sessions(conn, row.id, limit=session_log.sessions_max),
    )
    return files.given(found, form, f"sessions-{company_id[:8]}")


@pages.get("/<session_id>")
def show(company_id: str, session_id: str) -> Response:
    """One session, call by call."""
    return showing.page("session.html", section="sessions", **_facts(company_id, session_id))


@pages.get("/<session_id>/now")
def now(company_id: str, session_id: str) -> Response:
    """What moves on that page while the session runs."""
    return showing.fragment("session_now.html", **_facts(company_id, session_id))


def _facts(company_id: str, session_id: str) -> dict[str, Any]:
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = _session(conn, row, session_id)
    return {"company": row, "session": found, "may_raw": one.person.may(Right.RAW)}


def _session(conn: Connection, row: Row[Any], session_id: str) -> dict[str, Any]:
    _, full_id = session_log.find_session(conn, session_id, row.id)
    return session_log.read_session(conn, row.id, full_id)


@pages.get("/<session_id>/exchanges/<int:number>")
def raw(company_id: str, session_id: str, number: int) -> Response:
    """One request and its reply as qbXML; `download` gives one of them as a file."""
    one = here()
    exchange, row = one.run(
        company_id,
        Right.RAW,
        lambda conn, row: (_exchange(conn, row, one, session_id, number), row),
    )
    texts = {kind: _allowed(exchange[kind], one) for kind in ("request", "response")}
    wanted = request.args.get("download", "")
    if wanted in texts:
        content = (texts[wanted] or "").encode()
        return files.attached(content, "application/xml; charset=utf-8", f"{wanted}-{number}.xml")
    return showing.page(
        "exchange.html",
        section="sessions",
        company=row,
        session_id=session_id,
        exchange=exchange,
        texts={kind: _shown(text) for kind, text in texts.items()},
        redacted=not one.person.unredacted,
    )


def _exchange(
    conn: Connection, row: Row[Any], one: Visit, session_id: str, number: int
) -> dict[str, Any]:
    _, full_id = session_log.find_session(conn, session_id, row.id)
    return session_log.read_exchange(conn, row.id, full_id, number, one.who, one.now)


def _allowed(text: str | None, one: Visit) -> str | None:
    return text if one.person.unredacted else redacted(text)


def _shown(text: str | None) -> dict[str, Any] | None:
    """A text for the page: indented, cut where a browser would suffer."""
    if text is None:
        return None
    return {"text": pretty(text[:SHOWN_CHARACTERS_MAX]), "cut": len(text) > SHOWN_CHARACTERS_MAX}


@pages.get("/<session_id>/bundle")
def bundled(company_id: str, session_id: str) -> Response:
    """The redacted bundle of a session, to attach to a ticket."""
    one = here()

    def whole(conn: Connection, row: Row[Any]) -> tuple[dict[str, Any], str]:
        _, full_id = session_log.find_session(conn, session_id, row.id)
        act = "session.export"
        return session_log.read_raw(conn, row.id, full_id, one.who, act, one.now), full_id

    found, full_id = one.run(company_id, Right.RAW, whole)
    return files.attached(
        bundle.bundle(found, one.now), "application/zip", f"session-{full_id[:8]}.zip"
    )
