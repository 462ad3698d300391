"""Finding something by what a caller reads out: name, number, amount, id, ticket."""

from __future__ import annotations

from flask import Blueprint, Response, request

from store import persons
from store import search as finding
from store.errors import Invalid
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("search", __name__)


@pages.get("/search")
def find() -> Response:
    """The search box, and what it found."""
    one = here()
    text = request.args.get("q", "").strip()
    name = request.args.get("in", "").strip()[: finding.query_characters_max]
    found, invalid = None, None
    with one.store.read() as conn:
        within = persons.reached_ids(conn, one.person)
        many = finding.are_many(conn, within)
        if text:
            try:
                found = finding.search(
                    conn, text, finding.named(conn, name, within) if name else within
                )
            except Invalid as error:
                invalid = error
    return showing.page(
        "search.html",
        section="search",
        q=text,
        within=name,
        many=many,
        companies_read=finding.companies_read_max,
        found=found,
        errors=showing.errors_of(invalid),
        status=showing.status_of(invalid),
    )
