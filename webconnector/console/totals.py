"""Open payables and receivables on both sides, and what explains the difference."""

from __future__ import annotations

from flask import Blueprint, Response

from store import totals_check
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("totals", __name__, url_prefix="/companies/<company_id>/totals")


@pages.get("/")
def show(company_id: str) -> Response:
    """Both totals."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        sides = totals_check.check(conn, row.id)
    return showing.page("totals.html", section="totals", company=row, sides=sides)
