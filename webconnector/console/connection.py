"""What is done to a company's connection: start, pause, file, password, reading anew, leaving.

Owns the pages on which these acts are asked for. What each act does is the store's.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from qbxml.entities import ENTITIES
from store import activity, companies, company_moves, console_company, preview, session_acts
from store.engine import Connection, Row
from store.errors import FieldError, Invalid
from store.people import audit_row
from store.persons import Right
from store.preferences import Preferences
from webconnector import connection_file
from webconnector.console import acting, showing
from webconnector.console.acting import Deed
from webconnector.console.visit import Visit, here

pages = Blueprint("connection", __name__, url_prefix="/companies/<company_id>/connection")


@pages.get("/")
def show(company_id: str) -> Response:
    """Everything that can be done, with what each does."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        preferences = Preferences.from_json(row.preferences)
        progress = console_company.progress(conn, row.id, preferences)
        state = console_company.state_of(conn, row.id, one.now)
        sessions = console_company.latest_sessions(conn, row.id, 1)
        restored = activity.waits(conn, row.id)
    return showing.page(
        "connection.html",
        section="connection",
        company=row,
        state=state,
        restored=restored,
        session=sessions[0] if sessions else None,
        readable=_readable(progress, one.settings.page_records_max),
        may=one.person.may(Right.MANAGE),
        address=one.settings.public_url,
    )


def _readable(progress: list[console_company.Progress], page_records: int) -> list[dict[str, Any]]:
    """The types that can be read anew, with how long that takes."""
    return [
        {"resource": p.resource, "records": p.synced, "requests": p.synced // page_records + 1}
        for p in progress
        if p.comes
    ]


@pages.get("/first-sync")
def first_sync(company_id: str) -> Response:
    """What the first sync linked and made here, and what it would make in QuickBooks."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        counts = preview.first_sync(conn, row.id)
        state = console_company.state_of(conn, row.id, one.now)
    return showing.page(
        "first_sync.html",
        section="connection",
        company=row,
        counts_of=counts,
        state=state,
        may=one.person.may(Right.MANAGE),
    )


def _act(
    company_id: str, said: str, deed: Deed, back: str = "console.connection.show"
) -> BaseResponse:
    return acting.act(company_id, Right.MANAGE, deed, said=said, back=back)


@pages.post("/start")
def start(company_id: str) -> BaseResponse:
    """Let writing to QuickBooks begin."""
    return _act(
        company_id,
        "Started. From the next session on, changes go to QuickBooks.",
        lambda conn, row, one: companies.start(conn, row.id, one.who, one.now),
        "console.companies.show",
    )


@pages.post("/pause")
def pause(company_id: str) -> BaseResponse:
    """Stop syncing."""
    return _act(
        company_id,
        "Paused. The Web Connector is told that there is nothing to do; nothing is lost.",
        lambda conn, row, one: companies.pause(conn, row.id, one.who, one.now),
    )


@pages.post("/resume")
def resume(company_id: str) -> BaseResponse:
    """Sync again."""
    return _act(
        company_id,
        "Resumed. It syncs again from the Web Connector's next call on.",
        lambda conn, row, one: companies.resume(conn, row.id, one.who, one.now),
    )


@pages.post("/confirm-file")
def confirm_file(company_id: str) -> BaseResponse:
    """Accept the company file that waits."""
    return _act(
        company_id,
        "The company file is confirmed. The next session goes on with it.",
        lambda conn, row, one: company_moves.confirm_file(conn, row.id, one.who, one.now),
    )


@pages.post("/end-session")
def end_session(company_id: str) -> BaseResponse:
    """End a session that is stuck."""
    return _act(
        company_id,
        "The session was ended. The next one goes on where it stopped.",
        lambda conn, row, one: session_acts.end_session(conn, row.id, one.who, one.now),
    )


@pages.post("/resync")
def resync(company_id: str) -> BaseResponse:
    """Read one type anew."""
    resource = request.form.get("resource", "")

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        acting.require_typed(resource)
        company_moves.resync(conn, row.id, resource, one.who, one.now)

    return _act(company_id, f"The next session reads all {_SAID.get(resource, '')} anew.", deed)


_SAID: Final = {entity.resource: showing.words(entity.resource).lower() for entity in ENTITIES}


@pages.post("/start-date")
def start_date(company_id: str) -> BaseResponse:
    """Move the start date earlier."""
    typed, confirm = request.form.get("day", ""), request.form.get("confirm", "")

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        try:
            day = date.fromisoformat(typed)
        except ValueError:
            text = "Give the new start date as a day, such as 2026-01-31."
            raise Invalid((FieldError("/day", text),)) from None
        company_moves.start_date(conn, row.id, day, confirm.strip(), one.who, one.now)

    return _act(
        company_id, "The start date is moved. The next session reads the days between.", deed
    )


@pages.post("/rebind")
def rebind(company_id: str) -> BaseResponse:
    """Let go of the company file."""

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        acting.require_typed(row.name)
        company_moves.rebind(conn, row.id, one.who, one.now)

    said = (
        "The company file was let go. Remove the old entry from the Web Connector, open the other"
        " file in QuickBooks as Admin, and add the new .qwc file from this page."
    )
    return _act(company_id, said, deed)


@pages.post("/remove")
def remove(company_id: str) -> BaseResponse:
    """Disconnect for good."""

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        confirm = request.form.get("confirm", "")
        company_moves.remove(conn, row.id, confirm, one.who, one.now)

    said = "Disconnected. Its records are deleted here after 30 days; the audit trail stays."
    return _act(company_id, said, deed, "console.companies.show")


@pages.post("/password")
def password(company_id: str) -> Response:
    """A new password, shown on the page that answers and never again."""
    one = here()
    key = one.settings.secret_key_bytes

    def deed(conn: Connection, row: Row[Any]) -> tuple[Row[Any], str, str]:
        made = companies.new_password(conn, row.id, key, one.now, one.who)
        return row, companies.qwc_facts(conn, row.id)["username"], made

    row, username, made = one.run(company_id, Right.MANAGE, deed)
    return showing.page(
        "password.html", section="connection", company=row, username=username, password=made
    )


@pages.post("/qwc")
def qwc(company_id: str) -> Response:
    """The .qwc file; a POST, because taking it is noted in the audit trail."""
    one = here()

    def deed(conn: Connection, row: Row[Any]) -> dict[str, Any]:
        audit_row(conn, row.id, one.who, "company.qwc", None, one.now)
        return companies.qwc_facts(conn, row.id)

    facts = one.run(company_id, Right.MANAGE, deed)
    name = connection_file.default_place(one.settings, facts).name
    return Response(
        connection_file.connection_file(facts, one.settings.public_url),
        content_type="application/xml",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
