"""A person's own page: time zone, password, and the browsers they are signed in with."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from store import logins, persons
from store.errors import Invalid
from webconnector.console import showing, visit
from webconnector.console.visit import here

pages = Blueprint("account", __name__, url_prefix="/account")


@pages.get("/")
def show() -> Response:
    """The page."""
    return _page(None)


def _page(invalid: Invalid | None) -> Response:
    one = here()
    with one.store.read() as conn:
        standing = logins.list_logins(conn, one.person, one.now)
    return showing.page(
        "account.html",
        section="account",
        logins=standing,
        zones=zones(),
        browser_zone=request.cookies.get(visit.ZONE_COOKIE) or "UTC",
        errors=showing.errors_of(invalid),
        status=showing.status_of(invalid),
    )


@cache
def zones() -> tuple[str, ...]:
    """Zones by region and city, without the old abbreviations."""
    cities = (name for name in available_timezones() if "/" in name and name[:4] != "Etc/")
    return (*sorted(cities), "UTC")


@pages.post("/zone")
def set_zone() -> BaseResponse:
    """Choose the zone of all times."""
    one = here()
    try:
        chosen = request.form.get("time_zone", "")
        one.store.run(lambda conn: persons.set_time_zone(conn, one.person, chosen))
    except Invalid as error:
        return _page(error)
    return showing.leave(url_for("console.account.show"), "Saved.")


@pages.post("/password")
def set_password() -> BaseResponse:
    """Choose another password."""
    one, form = here(), request.form
    try:
        one.store.run(
            lambda conn: logins.choose_password(
                conn, one.login, form.get("old", ""), form.get("new", ""), one.now
            )
        )
    except Invalid as error:
        return _page(error)
    return showing.leave(
        url_for("console.account.show"), "The password is changed. Other browsers are signed out."
    )


@pages.post("/logins/<login_id>/end")
def end_login(login_id: str) -> BaseResponse:
    """Sign out another browser of theirs."""
    one = here()
    one.store.run(lambda conn: logins.end(conn, one.person, login_id, one.now))
    return showing.leave(url_for("console.account.show"), "That browser is signed out.")
