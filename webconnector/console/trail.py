"""The audit trail of a company: who did what, filtered and exported."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, request

from store import console_inbox
from store.console_inbox import Acts
from store.shapes import SHAPES
from webconnector.console import files, showing
from webconnector.console.visit import here, zone

pages = Blueprint("trail", __name__, url_prefix="/companies/<company_id>/audit")


@pages.get("/")
def show(company_id: str) -> Response:
    """One page of it."""
    one, asked = here(), _asked()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = console_inbox.acts(conn, row.id, showing.page_number(), _wanted(asked))
    return showing.page(
        "trail.html",
        section="trail",
        company=row,
        wanted=asked,
        records=SHAPES,
        args={name: value for name, value in asked.items() if value},
        **found,
    )


@pages.get("/export.<form>")
def export(company_id: str, form: str) -> Response:
    """What the filter leaves of it, as CSV or JSON."""
    one, form, wanted = here(), files.known(form), _wanted(_asked())
    rows = files.listed(
        one, company_id, "audit", lambda conn, row: console_inbox.all_acts(conn, row.id, wanted)
    )
    return files.given(rows, form, f"audit-{company_id[:8]}")


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ("who", "act", "from", "to")}


def _wanted(asked: dict[str, str]) -> Acts:
    return Acts(asked["who"], asked["act"], _start(asked["from"]), _start(asked["to"], days=1))


def _start(text: str, *, days: int = 0) -> datetime | None:
    """The beginning of a day in the person's zone; None for what is no day."""
    try:
        wanted = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(wanted, time(), zone()).astimezone(UTC)
