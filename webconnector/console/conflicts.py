"""What both sides changed: the values side by side, the rule that decided, the way back."""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from store import conflict_acts
from store.persons import Right
from store.preferences import Preferences
from webconnector.console import acting, showing
from webconnector.console.visit import here

pages = Blueprint("conflicts", __name__, url_prefix="/companies/<company_id>/conflicts")


@pages.get("/")
def listed(company_id: str) -> Response:
    """Those that nobody looked at yet, or all."""
    one = here()
    everything = request.args.get("all") == "1"
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = conflict_acts.list_conflicts(conn, row.id, settled=everything)
    return showing.page(
        "conflicts.html",
        section="conflicts",
        company=row,
        conflicts=found,
        everything=everything,
        master=Preferences.from_json(row.preferences).master_in_conflict,
        may=one.person.may(Right.MEND),
    )


@pages.post("/<conflict_id>/turn")
def turn(company_id: str, conflict_id: str) -> BaseResponse:
    """Use the other side's value."""
    return acting.act(
        company_id,
        Right.MEND,
        lambda conn, row, one: conflict_acts.turn(conn, row.id, conflict_id, one.who, one.now),
        said="The other side's value is back in CashFlow; QuickBooks gets it at the next update.",
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
