"""The first page: every company the person reaches, worst first."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from store.console_overview import Health, Wanted, list_health
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("overview", __name__)


@pages.get("/")
def start() -> Response:
    """The whole page."""
    return showing.page("overview.html", section="overview", **_facts())


@pages.get("/companies/rows")
def rows() -> Response:
    """The list alone; the page asks for it again and again."""
    return showing.fragment("overview_list.html", **_facts())


def _facts() -> dict[str, Any]:
    one, args = here(), request.args
    named = args.get("health", "")
    wanted = Wanted(
        search=args.get("find", ""),
        health=Health(named) if named in set(Health) else None,
        page=showing.page_number(),
    )
    with one.store.read() as conn:
        found = list_health(conn, one.person, wanted, one.now)
    listed = {"find": wanted.search or None, "health": named or None}
    return found | {
        "wanted": wanted,
        "args_of_list": listed,
        "args": listed | {"page": found["page"]},
    }
