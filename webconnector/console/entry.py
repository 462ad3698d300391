"""Signing in and out.

Owns the login form and where it leads. Who may come in is `store.logins`'.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from store import logins
from store.errors import Refused
from webconnector.console import showing, visit
from webconnector.console.visit import here

pages = Blueprint("entry", __name__)
_REFUSED: Final = 403


@pages.get("/login")
def login() -> Response:
    """The form; who is signed in already goes on."""
    wanted = _inside(request.args.get("wanted", ""))
    if g.visit is not None:
        return redirect(wanted, 303)
    return showing.page("login.html", wanted=wanted, email="", wrong="")


@pages.post("/login")
def come_in() -> Response:
    """Try the password."""
    email, wanted = request.form.get("email", ""), _inside(request.form.get("wanted", ""))
    try:
        secret = logins.come_in(
            current_app.extensions["store"],
            email,
            request.form.get("password", ""),
            address=request.remote_addr or "",
            browser=browser(request.user_agent.string),
            now=visit.now(),
        )
    except Refused as error:
        return showing.page(
            "login.html", wanted=wanted, email=email, wrong=error.text, status=_REFUSED
        )
    return visit.keep_login(redirect(wanted, 303), secret)


@pages.post("/leave")
def leave() -> Response:
    """Sign out this browser."""
    one = here()
    one.store.run(lambda conn: logins.end(conn, one.person, one.login.id, one.now))
    return visit.drop_login(redirect(url_for("console.entry.login"), 303))


def _inside(wanted: str) -> str:
    """The page that was asked for before the login, if it is one of the console's."""
    start = url_for("console.overview.start")
    return wanted if wanted.startswith(start) and "\\" not in wanted else start


_BROWSERS: Final = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Chrome/", "Chrome"))
_BROWSERS_LATER: Final = (("Firefox/", "Firefox"), ("Safari/", "Safari"))
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """A User-Agent in two words: Chrome on Windows."""
    program = next((name for mark, name in (*_BROWSERS, *_BROWSERS_LATER) if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " on ".join(word for word in (program, system) if word) or agent[:60]
