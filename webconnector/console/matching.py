"""Which records of both sides are the same: likely duplicates, names without a partner.

Owns this page. Linking and keeping apart are acts on the problem that stands behind each.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from store import matching_list
from store.persons import Right
from webconnector.console import hiding, showing
from webconnector.console.visit import here

pages = Blueprint("matching", __name__, url_prefix="/companies/<company_id>/matching")


@pages.get("/")
def show(company_id: str) -> Response:
    """One type's duplicates side by side, then what has no partner."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        alike = matching_list.duplicates(
            conn, row.id, request.args.get("type"), showing.page_number()
        )
        alone = matching_list.unmatched(conn, row.id)
    for record in alike["rows"]:
        for candidate in record["candidates"]:
            hiding.hide(candidate["fields"], alike["resource"], one.person)
    return showing.page(
        "matching.html",
        section="matching",
        company=row,
        alone=alone,
        may=one.person.may(Right.MEND),
        **alike,
    )
