"""Who is here: the login behind a request, the same-origin check, and the way to a company.

Owns what every page of the console starts with. A page without a login sends to the login page;
a write from elsewhere is refused before any page sees it.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app, g, redirect, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.exceptions import Forbidden as HttpForbidden
from werkzeug.wrappers import Response

from store import logins, persons
from store.companies import is_zone
from store.engine import Connection, Row, Store
from store.logins import Login
from store.persons import Person, Right
from webconnector.settings import Settings

T = TypeVar("T")
COOKIE: Final = "kcf_login"
ZONE_COOKIE: Final = "kcf_zone"
TOKEN_FIELD: Final = "token"  # noqa: S105 - the name of a form's field
TOKEN_HEADER: Final = "X-Form-Token"  # noqa: S105
# Pages that need nobody.
OPEN: Final = frozenset({"console.entry.login", "console.entry.come_in"})
# Pages that take a file. The form is read for its token before any page sees it.
BODY_BYTES_MAX: Final = {"console.weblog.read": 8 * 1024 * 1024}
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of somebody who is signed in."""

    store: Store
    settings: Settings
    login: Login
    now: datetime

    @property
    def person(self) -> Person:
        """Who it is."""
        return self.login.person

    @property
    def who(self) -> str:
        """Their name in the audit trail."""
        return self.person.email

    def reach(self, conn: Connection, company_id: str, right: Right = Right.SEE) -> Row[Any]:
        """The company's row; NotFound for outsiders, Forbidden when the role lacks the right."""
        return persons.reach(conn, self.person, company_id, right)

    def run(self, company_id: str, right: Right, act: Callable[[Connection, Row[Any]], T]) -> T:
        """`act` in one writing transaction, in which the company is reached first."""

        def whole(conn: Connection) -> T:
            return act(conn, self.reach(conn, company_id, right))

        return self.store.run(whole)


def now() -> datetime:
    """The present moment, UTC."""
    return datetime.now(UTC)


def here() -> Visit:
    """The present visit; only pages that are not `OPEN` have one."""
    found: Visit = g.visit
    return found


def begin() -> Response | None:
    """Before every page: who is here, and whether a write comes from a page of ours."""
    g.visit = None
    if request.method not in _READING:
        _require_same_origin()
        if body_bytes_max := BODY_BYTES_MAX.get(request.endpoint or ""):
            request.max_content_length = request.max_form_memory_size = body_bytes_max
    secret = request.cookies.get(cookie_name())
    if secret:
        store: Store = current_app.extensions["store"]
        settings: Settings = current_app.extensions["settings"]
        present = now()
        login = logins.find(store, secret, present)
        if login is not None:
            g.visit = Visit(store, settings, login, present)
    if request.endpoint in OPEN:
        return None
    if g.visit is None:
        return _to_login()
    if request.method not in _READING:
        _require_token(g.visit)
    return None


def _to_login() -> Response:
    wanted = request.full_path.rstrip("?") if request.method in _READING else None
    target = url_for("console.entry.login", wanted=wanted)
    if "HX-Request" in request.headers:
        # A part of a page must not become a login form; the browser goes there as a whole.
        return Response(status=401, headers={"HX-Redirect": url_for("console.entry.login")})
    return redirect(target, 303)


def _require_same_origin() -> None:
    """Browsers say where a write comes from; old ones at least name the page's origin."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None:
        good = site == "same-origin"
    elif origin is not None:
        good = urlsplit(origin).netloc == request.host
    else:
        good = False
    if not good:
        raise HttpForbidden("This came from another website. Nothing was changed.")


def _require_token(visit: Visit) -> None:
    given = request.form.get(TOKEN_FIELD) or request.headers.get(TOKEN_HEADER) or ""
    if not hmac.compare_digest(given.encode(), visit.login.token.encode()):
        raise BadRequest("This page is too old. Load it anew and try once more.")


# --- cookies


def _secure() -> bool:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url.startswith("https://")


def cookie_name() -> str:
    """With https, browsers themselves see to it that no other host sets this cookie."""
    return f"__Host-{COOKIE}" if _secure() else COOKIE


def keep_login(response: Response, secret: str) -> Response:
    """Give the browser its login; it forgets it when it is closed."""
    response.set_cookie(
        cookie_name(), secret, path="/", secure=_secure(), httponly=True, samesite="Lax"
    )
    return response


def drop_login(response: Response) -> Response:
    """Take the login from the browser."""
    response.delete_cookie(cookie_name(), path="/", secure=_secure(), httponly=True, samesite="Lax")
    return response


def zone() -> ZoneInfo:
    """The zone in which times are shown: chosen by the person, else the browser's, else UTC."""
    visit: Visit | None = g.get("visit")
    chosen = visit.person.time_zone if visit is not None else None
    named = chosen or request.cookies.get(ZONE_COOKIE, "")
    return ZoneInfo(named if is_zone(named) else "UTC")
