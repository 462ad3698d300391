"""Connecting a company, in four steps, and watching its first call arrive.

Owns the way through the steps. Each step is a page of its own that can be left and found again.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from store import companies, console_company, persons
from store.engine import Connection, Row
from store.errors import Invalid
from store.persons import Right
from store.preferences import Preferences
from webconnector import checks
from webconnector.console import preferences, showing, visit
from webconnector.console.account import zones
from webconnector.console.arrival import Arrival, arrival
from webconnector.console.visit import Visit, here

pages = Blueprint("wizard", __name__)

# What a new company has to decide at once; everything else has a default that holds for most.
ASKED: Final = ("two_way_bills", "push_bills", "master_in_conflict")
STEPS: Final = ("Company", "Preferences", "File", "Password and first call")
MINUTES_DIGITS_MAX: Final = 5


def _page(template: str, step: int, **facts: Any) -> Response:
    return showing.page(template, section="connect", steps=STEPS, step=step, **facts)


# --- step 1


@pages.get("/connect")
def start() -> Response:
    """Name and zone of the company."""
    persons.require(here().person, Right.PEOPLE)
    return _start(None)


def _start(invalid: Invalid | None) -> Response:
    form = request.form
    return _page(
        "setup_company.html",
        1,
        name=form.get("name", ""),
        chosen_zone=form.get("time_zone") or visit.zone().key,
        every=form.get("every_minutes", "15"),
        zones=zones(),
        errors=showing.errors_of(invalid),
        status=showing.status_of(invalid),
    )


@pages.post("/connect")
def add() -> BaseResponse:
    """Make the company; whoever makes it is its first administrator."""
    one, form = here(), request.form
    persons.require(one.person, Right.PEOPLE)
    every = form.get("every_minutes", "")
    key = one.settings.secret_key_bytes

    def deed(conn: Connection) -> str:
        made = companies.add_company(
            conn,
            name=form.get("name", ""),
            time_zone=form.get("time_zone", ""),
            every_minutes=int(every)
            if every.isdecimal() and len(every) <= MINUTES_DIGITS_MAX
            else 0,
            owner_id=one.settings.owner_id,
            secret_key=key,
            now=one.now,
            who=one.who,
        )
        persons.admit(conn, made.id, one.person, one.who, one.now)
        return made.id

    try:
        company_id = one.store.run(deed)
    except Invalid as error:
        return _start(error)
    return redirect(url_for("console.wizard.prefer", company_id=company_id), 303)


# --- step 2


@pages.get("/companies/<company_id>/setup/preferences")
def prefer(company_id: str) -> Response:
    """The few preferences that matter at once."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id, Right.MANAGE)
        groups = preferences.groups_of(conn, row.id, Preferences.from_json(row.preferences), {})
    fields = [field for group in groups.values() for field in group if field.key in ASKED]
    return _page("setup_preferences.html", 2, company=row, fields=fields, may=True, errors={})


@pages.post("/companies/<company_id>/setup/preferences")
def keep_preferences(company_id: str) -> BaseResponse:
    """Keep them."""
    one = here()
    given = {key: request.form[key] for key in ASKED if key in request.form}
    one.run(
        company_id,
        Right.MANAGE,
        lambda conn, row: companies.set_preferences(conn, row.id, given, one.who, one.now),
    )
    return redirect(url_for("console.wizard.file", company_id=company_id), 303)


# --- step 3


@pages.get("/companies/<company_id>/setup/file")
def file(company_id: str) -> Response:
    """The .qwc file, and what to do with it on the QuickBooks computer."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id, Right.MANAGE)
    return _page("setup_file.html", 3, company=row, address=one.settings.public_url)


# --- step 4


@pages.get("/companies/<company_id>/setup/watch")
def watch(company_id: str) -> Response:
    """Watch the first call arrive; without the password, which is shown once."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id, Right.MANAGE)
        facts = _watched(conn, row, one)
    return _page("setup_watch.html", 4, company=row, password=None, **facts)


@pages.post("/companies/<company_id>/setup/watch")
def reveal(company_id: str) -> Response:
    """Make the password, show it this once, and watch the first call arrive."""
    one = here()
    key = one.settings.secret_key_bytes

    def deed(conn: Connection, row: Row[Any]) -> tuple[Row[Any], str, dict[str, Any]]:
        made = companies.new_password(conn, row.id, key, one.now, one.who)
        return row, made, _watched(conn, row, one)

    row, password, facts = one.run(company_id, Right.MANAGE, deed)
    return _page("setup_watch.html", 4, company=row, password=password, **facts)


@pages.get("/companies/<company_id>/setup/now")
def now(company_id: str) -> Response:
    """How far the first call is; the page asks for it every two seconds."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id, Right.MANAGE)
        facts = _watched(conn, row, one)
    return showing.fragment("setup_now.html", company=row, **facts)


def _watched(conn: Connection, row: Row[Any], one: Visit) -> dict[str, Any]:
    state = console_company.state_of(conn, row.id, one.now)
    sessions = console_company.latest_sessions(conn, row.id, 1)
    session = sessions[0] if sessions else None
    found: Arrival = arrival(state, session, row.created_at, one.now)
    return {"state": state, "session": session, "arrival": found}


@pages.get("/companies/<company_id>/setup/check")
def check(company_id: str) -> Response:
    """Whether this server can be reached at its public address, certificate and all."""
    one = here()
    with one.store.read() as conn:
        one.reach(conn, company_id, Right.MANAGE)
    findings = list(checks.check_address(one.settings))
    return showing.fragment("setup_check.html", findings=findings)
