"""How pages are put together: times, amounts of time, notices, forms' token, headers.

Owns what templates may call. It must not know any single page, nor change anything.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from qbxml.entities import BY_RESOURCE
from store import console_overview
from store.engine import Row
from store.errors import Invalid
from webconnector.console import chart, menu, visit
from webconnector.console.visit import Visit

NOTICE_COOKIE: Final = "kcf_notice"
THEME_COOKIE: Final = "kcf_theme"
THEMES: Final = ("light", "dark")
# No page may be kept: the next person at this computer could go back to it.
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
}
_RECENT = timedelta(days=300)
_SHORT: Final = 60
PAGE_DIGITS_MAX: Final = 6


def page(
    template: str,
    *,
    section: str = "",
    company: Row[Any] | None = None,
    status: int = 200,
    **facts: Any,
) -> Response:
    """A whole page; `section` is its line in the menu, `company` the one it is about."""
    here: Visit | None = g.get("visit")
    counts: Mapping[str, int] = {}
    if here is not None:
        with here.store.read() as conn:
            counts = console_overview.menu_counts(
                conn, here.person, company.id if company is not None else None
            )
    response = make_response(
        render_template(
            f"console/{template}",
            section=section,
            company=company,
            counts=counts,
            notice=_notice(here),
            main_menu=menu.MAIN,
            company_menu=menu.COMPANY,
            **facts,
        ),
        status,
    )
    if NOTICE_COOKIE in request.cookies:
        response.delete_cookie(NOTICE_COOKIE, path="/console/")
    return response


def fragment(template: str, **facts: Any) -> Response:
    """A part of a page, for htmx."""
    return make_response(render_template(f"console/{template}", **facts))


def leave(target: str, notice: str = "", *, bad: bool = False) -> BaseResponse:
    """To another page after an act, where `notice` says once what was done or why not."""
    response = redirect(target, 303)
    here: Visit | None = g.get("visit")
    if notice and here is not None:
        text = base64.urlsafe_b64encode(f"{'!' if bad else '+'}{notice}".encode()).decode()
        response.set_cookie(
            NOTICE_COOKIE,
            f"{text}.{_signed(here, text)}",
            path="/console/",
            max_age=60,
            httponly=True,
            samesite="Lax",
        )
    return response


def _notice(here: Visit | None) -> dict[str, Any] | None:
    text, _, signature = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    if here is None or not hmac.compare_digest(signature.encode(), _signed(here, text).encode()):
        return None
    try:
        found = base64.urlsafe_b64decode(text).decode()
    except (binascii.Error, ValueError):
        return None
    return {"bad": found.startswith("!"), "text": found[1:]}


def _signed(here: Visit, text: str) -> str:
    return hmac.new(here.login.token.encode(), text.encode(), hashlib.sha256).hexdigest()[:32]


def page_number() -> int:
    """Which page of a list was asked for; the first for anything that is no number."""
    text = request.args.get("page", "")
    return int(text) if text.isdecimal() and len(text) <= PAGE_DIGITS_MAX else 1


def errors_of(invalid: Invalid | None) -> dict[str, str]:
    """What is wrong with a form, by field."""
    if invalid is None:
        return {}
    return {found.pointer.strip("/"): found.text for found in invalid.fields}


def status_of(invalid: Invalid | None) -> int:
    """The status of a form that is shown again."""
    return 200 if invalid is None else 422


def finish(response: Response) -> Response:
    """The headers of a console page."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


# --- what templates call


def prepare(console: Blueprint) -> None:
    """Give the templates their words."""
    for name, function in (
        ("moment", moment),
        ("ago", ago),
        ("day", day),
        ("due", due),
        ("span", span),
        ("number", number),
        ("words", words),
        ("singular", singular),
        ("bars", chart.bars),
    ):
        console.add_app_template_filter(function, name)
    console.app_context_processor(_shared)


def _shared() -> dict[str, Any]:
    theme = request.cookies.get(THEME_COOKIE, "")
    here: Visit | None = g.get("visit")
    return {
        "visit": here,
        "theme": theme if theme in THEMES else "auto",
        "form_token": token_field(here),
    }


def token_field(here: Visit | None) -> Markup:
    """The hidden field that every form of the console carries."""
    if here is None:
        return Markup("")
    return Markup('<input type="hidden" name="{}" value="{}">').format(
        visit.TOKEN_FIELD, here.login.token
    )


def _instant(value: datetime | str) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _time(value: datetime, text: str) -> Markup:
    utc = value.astimezone(UTC)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"), utc.strftime("%Y-%m-%d %H:%M:%S UTC"), text
    )


def _local(value: datetime, *, seconds: bool = False) -> str:
    local = value.astimezone(visit.zone())
    year = "" if abs(datetime.now(UTC) - value) < _RECENT else f" {local.year}"
    return (
        f"{local:%b} {local.day}{year}, {local:%H:%M:%S}"
        if seconds
        else (f"{local:%b} {local.day}{year}, {local:%H:%M}")
    )


def moment(value: datetime | str | None, *, seconds: bool = False) -> Markup | str:
    """A moment in the person's zone, UTC on hover."""
    if not value:
        return "never"
    found = _instant(value)
    return _time(found, _local(found, seconds=seconds))


_SPANS: Final = ((86_400, "day"), (3600, "hour"), (60, "minute"))
_TENTHS_BELOW_SECONDS: Final = 10


def span(seconds: float) -> str:
    """A length of time in its largest unit: 3 days, 1 hour, 4.2 seconds."""
    for size, unit in _SPANS:
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds:.1f} s" if seconds < _TENTHS_BELOW_SECONDS else f"{int(seconds)} s"


def ago(value: datetime | str | None, empty: str = "never") -> Markup | str:
    """How long ago or how soon a moment is, the moment itself on hover."""
    if not value:
        return empty
    found = _instant(value)
    seconds = (datetime.now(UTC) - found).total_seconds()
    if abs(seconds) < _SHORT:
        text = "just now" if seconds >= 0 else "in a moment"
    else:
        text = f"{span(seconds)} ago" if seconds > 0 else f"in {span(-seconds)}"
    utc = found.astimezone(UTC)
    return Markup('<time datetime="{}" title="{} ({})">{}</time>').format(
        utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
        _local(found, seconds=True),
        utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
        text,
    )


def due(value: datetime | str) -> Markup | str:
    """When something is expected: in 14 minutes, due now, overdue for 3 hours."""
    found = _instant(value)
    seconds = (found - datetime.now(UTC)).total_seconds()
    if seconds > 0:
        return ago(found)
    text = "due now" if seconds > -_SHORT else f"overdue for {span(-seconds)}"
    return _time(found, text)


def day(value: date | str | None) -> str:
    """A day without a time: Mar 2, 2026."""
    if not value:
        return "not set"
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{found:%b} {found.day}, {found.year}"


def number(value: int | None) -> str:
    """A count with thousands apart."""
    return f"{value:,}" if value is not None else "-"


# Names whose words alone do not say what they are.
_WORDS: Final = {"is_1099": "1099 vendor", "tax_id": "Tax ID", "po_number": "PO number"}


def singular(resource: str) -> str:
    """One record of that type: bill-payments becomes Bill payment."""
    entity = BY_RESOURCE.get(resource)
    return words(entity.singular if entity is not None else resource)


def words(value: str) -> str:
    """A name of ours for people: bill-payments becomes Bill payments."""
    text = _WORDS.get(value) or value.replace("-", " ").replace("_", " ")
    return text[:1].upper() + text[1:]
