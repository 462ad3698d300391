"""A company's updates: the list, one of them call by call, and what was sent as it was sent.

Owns these pages. Raw texts are redacted by role, and looking at them is in the audit trail.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, make_response, request

from store import console_inbox, session_log
from store.engine import Connection, Row
from store.errors import NotFound
from store.persons import Right
from webconnector import bundle
from webconnector.console import showing
from webconnector.console.visit import Visit, here
from webconnector.pretty import pretty
from webconnector.redaction import redacted

pages = Blueprint("sessions", __name__, url_prefix="/companies/<company_id>/sessions")

OUTCOMES: Final = ("running", "finished", "stopped", "lost", "refused")
SHOWN_CHARACTERS_MAX: Final = 200_000


@pages.get("/")
def listed(company_id: str) -> Response:
    """The company's updates, newest first."""
    one = here()
    outcome = request.args.get("outcome", "")
    chosen = outcome if outcome in OUTCOMES else None
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = console_inbox.sessions(conn, row.id, showing.page_number(), outcome=chosen)
    return showing.page(
        "sessions.html", section="sessions", company=row, outcome=chosen, order=OUTCOMES, **found
    )


@pages.get("/<session_id>")
def show(company_id: str, session_id: str) -> Response:
    """One update, call by call."""
    return showing.page("session.html", section="sessions", **_facts(company_id, session_id))


@pages.get("/<session_id>/now")
def now(company_id: str, session_id: str) -> Response:
    """What moves on that page while the update runs."""
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
        lambda conn, row: (_raw(conn, row, one, session_id, number), row),
    )
    texts = {kind: _allowed(exchange[kind], one) for kind in ("request", "response")}
    wanted = request.args.get("download", "")
    if wanted in texts:
        response = make_response(texts[wanted] or "")
        response.headers["Content-Type"] = "application/xml; charset=utf-8"
        name = f"{wanted}-{number}.xml"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    return showing.page(
        "exchange.html",
        section="sessions",
        company=row,
        session_id=session_id,
        exchange=exchange,
        texts={kind: _shown(text) for kind, text in texts.items()},
        redacted=not one.person.unredacted,
    )


def _raw(
    conn: Connection, row: Row[Any], one: Visit, session_id: str, number: int
) -> dict[str, Any]:
    _, full_id = session_log.find_session(conn, session_id, row.id)
    found = session_log.read_raw(conn, row.id, full_id, one.who, "session.raw", one.now)
    exchanges: list[dict[str, Any]] = found["exchanges"]
    for exchange in exchanges:
        if exchange["number"] == number:
            return exchange
    raise NotFound("This update has no such request.")


def _allowed(text: str | None, one: Visit) -> str | None:
    return text if one.person.unredacted else redacted(text)


def _shown(text: str | None) -> dict[str, Any] | None:
    """A text for the page: indented, cut where a browser would suffer."""
    if text is None:
        return None
    return {"text": pretty(text[:SHOWN_CHARACTERS_MAX]), "cut": len(text) > SHOWN_CHARACTERS_MAX}


@pages.get("/<session_id>/bundle")
def export(company_id: str, session_id: str) -> Response:
    """The redacted bundle of an update, to attach to a ticket."""
    one = here()

    def whole(conn: Connection, row: Row[Any]) -> tuple[bytes, str]:
        _, full_id = session_log.find_session(conn, session_id, row.id)
        found = session_log.read_raw(conn, row.id, full_id, one.who, "session.export", one.now)
        return bundle.bundle(found, one.now), full_id

    content, full_id = one.run(company_id, Right.RAW, whole)
    response = make_response(content)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="session-{full_id[:8]}.zip"'
    return response
