"""What both sides changed: the values side by side, the rule that decided, the way back."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from store import conflict_acts
from store.engine import Connection, Row
from store.persons import Right
from store.preferences import Preferences
from webconnector.console import acting, files, hiding, showing
from webconnector.console.visit import Visit, here

pages = Blueprint("conflicts", __name__, url_prefix="/companies/<company_id>/conflicts")

PAGE_ROWS: Final = 25


@pages.get("/")
def listed(company_id: str) -> Response:
    """Those that nobody looked at yet, or all."""
    one = here()
    everything = request.args.get("all") == "1"
    page = showing.page_number()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = _read(conn, row, one, PAGE_ROWS, (page - 1) * PAGE_ROWS)
        count = conflict_acts.count(conn, row.id, settled=everything)
    return showing.page(
        "conflicts.html",
        section="conflicts",
        company=row,
        conflicts=found,
        everything=everything,
        found=count,
        page=page,
        pages=max(1, -(-count // PAGE_ROWS)),
        master=Preferences.from_json(row.preferences).master_in_conflict,
        may=one.person.may(Right.MEND),
    )


@pages.get("/export.<form>")
def export(company_id: str, form: str) -> Response:
    """The conflicts as CSV or JSON."""
    one, form = here(), files.known(form)
    rows = files.listed(
        one,
        company_id,
        "conflicts",
        lambda conn, row: _read(conn, row, one, conflict_acts.conflicts_max),
    )
    return files.given(rows, form, f"conflicts-{company_id[:8]}")


def _read(
    conn: Connection, row: Row[Any], one: Visit, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    everything = request.args.get("all") == "1"
    found = conflict_acts.list_conflicts(
        conn, row.id, settled=everything, limit=limit, offset=offset
    )
    for conflict in found:
        hiding.hide(conflict["differences"], conflict["record"]["resource"], one.person)
    return found


@pages.post("/<conflict_id>/turn")
def turn(company_id: str, conflict_id: str) -> BaseResponse:
    """Use the other side's value."""
    return acting.act(
        company_id,
        Right.MEND,
        lambda conn, row, one: conflict_acts.turn(conn, row.id, conflict_id, one.who, one.now),
        said="The other side's value is back in CashFlow; QuickBooks gets it at the next session.",
        back="console.conflicts.listed",
    )


@pages.post("/<conflict_id>/keep")
def keep(company_id: str, conflict_id: str) -> BaseResponse:
    """Leave it as it was decided."""
    return acting.act(
        company_id,
        Right.MEND,
        lambda conn, row, one: conflict_acts.keep(conn, row.id, conflict_id, one.who, one.now),
        said="It stays as it is.",
        back="console.conflicts.listed",
    )
