"""The audit trail of a company: who did what, filtered and exported."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, request

from store import console_inbox
from webconnector.console import files, showing
from webconnector.console.visit import here, zone

pages = Blueprint("trail", __name__, url_prefix="/companies/<company_id>/audit")


@pages.get("/")
def show(company_id: str) -> Response:
    """One page of it."""
    one, args = here(), request.args
    wanted = {name: args.get(name, "").strip() for name in ("who", "act", "from", "to")}
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = console_inbox.acts(
            conn,
            row.id,
            showing.page_number(),
            who=wanted["who"],
            act=wanted["act"],
            since=_start(wanted["from"]),
            until=_start(wanted["to"], days=1),
        )
    return showing.page(
        "trail.html",
        section="trail",
        company=row,
        wanted=wanted,
        args={name: value for name, value in wanted.items() if value},
        **found,
    )


@pages.get("/export.<form>")
def export(company_id: str, form: str) -> Response:
    """All of it as CSV or JSON."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        rows: list[dict[str, Any]] = console_inbox.all_acts(conn, row.id)
    return files.given(rows, form, f"audit-{row.id[:8]}")


def _start(text: str, *, days: int = 0) -> datetime | None:
    """The beginning of a day in the person's zone; None for what is no day."""
    try:
        wanted = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(wanted, time(), zone()).astimezone(UTC)
