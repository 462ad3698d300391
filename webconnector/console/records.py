"""A company's records: lists per type, one record's whole story, exports."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request

from store import resources, story
from store.engine import Connection, Row
from store.errors import NotFound
from webconnector.console import files, hiding, showing
from webconnector.console.visit import here

pages = Blueprint("records", __name__, url_prefix="/companies/<company_id>/records")

PAGE_ROWS: Final = 50
EXPORT_ROWS_MAX: Final = 50_000
EXPORT_PAGE: Final = 500


@pages.get("/")
def start(company_id: str) -> Response:
    """The first type."""
    return listed(company_id, resources.RESOURCES[0])


@pages.get("/<resource>/")
def listed(company_id: str, resource: str) -> Response:
    """One page of a type, the longest unchanged first."""
    one = here()
    after = request.args.get("after") or None
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        _known(resource)
        found = resources.list_records(conn, row.id, resource, after=after, limit=PAGE_ROWS + 1)
    rows, more = found[:PAGE_ROWS], len(found) > PAGE_ROWS
    return showing.page(
        "records.html",
        section="records",
        company=row,
        resource=resource,
        all_resources=resources.RESOURCES,
        rows=[_line(record) for record in rows],
        next=resources.cursor_of(rows[-1]) if more else None,
        after=after,
    )


@pages.get("/<resource>/export.<form>")
def export(company_id: str, resource: str, form: str) -> Response:
    """All records of a type as CSV or JSON."""
    one, form = here(), files.known(form)
    _known(resource)

    def whole(conn: Connection, row: Row[Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = None
        while len(found) < EXPORT_ROWS_MAX:
            page = resources.list_records(conn, row.id, resource, after=after, limit=EXPORT_PAGE)
            found += page
            if len(page) < EXPORT_PAGE:
                break
            after = resources.cursor_of(page[-1])
        return found

    rows = [
        hiding.without(record, resource, one.person)
        for record in files.listed(one, company_id, resource, whole)
    ]
    return files.given(rows, form, f"{resource}-{company_id[:8]}")


@pages.get("/<resource>/<record_id>")
def show(company_id: str, resource: str, record_id: str) -> Response:
    """One record's whole story."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        if resource not in resources.SHAPES:
            raise NotFound("There is no such record.")
        told = story.story(conn, row.id, resource, record_id)
    hiding.hide(told["compared"], resource, one.person)
    return showing.page(
        "record.html",
        section="records",
        company=row,
        resource=resource,
        **told,
    )


def _known(resource: str) -> None:
    if resource not in resources.RESOURCES:
        raise NotFound("There is no such record type.")


_NAMES: Final = ("full_name", "name", "number", "memo")
_PARTIES: Final = ("vendor", "customer", "account", "from_account", "parent")
_AMOUNTS: Final = ("total", "amount", "subtotal", "balance")


def _line(record: dict[str, Any]) -> dict[str, Any]:
    """What a list shows of a record, whatever its type."""
    party = next((record[name] for name in _PARTIES if record.get(name)), None)
    return {
        "id": record["id"],
        "name": next((record[name] for name in _NAMES if record.get(name)), "without number"),
        "party": party.get("name") if isinstance(party, dict) else None,
        "date": next((v for n, v in record.items() if n.endswith("_date") and v), None),
        "amount": next((record[name] for name in _AMOUNTS if record.get(name) is not None), None),
        "updated_at": record["updated_at"],
        "sync": record.get("sync"),
    }
