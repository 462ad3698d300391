"""What can be done to the records of a resource, the same for every resource.

Owns the acts between a call and `store.resources`. It must not know HTTP nor any record type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from store import resources
from store.engine import Connection
from store.errors import FieldError, Invalid, Refused
from webconnector.api.calling import Act, Answer, Call
from webconnector.api.limits import BULK_RECORDS_MAX, PAGE_RECORDS
from webconnector.api.problem_details import of_error, wrong_fields
from webconnector.api.versions import etag

_PAGE_PARAMETERS = ("updated_after", "after", "include_deleted")


def listing(resource: str) -> Act:
    """A page of the resource's records, the longest unchanged first."""

    def act(conn: Connection, call: Call) -> Answer:
        given = dict(call.query)
        limit = given.pop("limit", PAGE_RECORDS)
        paging = {name: given.pop(name) for name in _PAGE_PARAMETERS if name in given}
        try:
            rows = resources.list_records(
                conn, call.company_id, resource, limit=limit + 1, filters=given, **paging
            )
        except Invalid as error:
            raise wrong_fields(error.fields, where="parameter") from None
        return Answer(page(rows, limit, resources.cursor_of))

    return act


def page(
    rows: list[dict[str, Any]], limit: int, cursor: Callable[[dict[str, Any]], str]
) -> dict[str, Any]:
    """The page, of rows that are one more than it when another page follows."""
    more = len(rows) > limit
    return {"data": rows[:limit], "next_cursor": cursor(rows[limit - 1]) if more else None}


def reading(resource: str) -> Act:
    """One record, also a deleted one."""

    def act(conn: Connection, call: Call) -> Answer:
        return _record(resources.get_record(conn, call.company_id, resource, _id(call)))

    return act


def creating(resource: str) -> Act:
    """A new record."""

    def act(conn: Connection, call: Call) -> Answer:
        made = resources.create(conn, call.company_id, resource, call.body, call.now, call.who)
        return _record(made, 201, Location=f"/api/v1/{resource}/{made['id']}")

    return act


def creating_many(resource: str) -> Act:
    """New records, each with its own result."""

    def act(conn: Connection, call: Call) -> Answer:
        made = resources.create_many(
            conn, call.company_id, resource, _bulk(call.body), call.now, call.who
        )
        return Answer({"results": [_result(one) for one in made]})

    return act


def _bulk(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        raise Invalid((FieldError("", 'Give an object: {"records": [...]}.'),))
    wrong = [
        FieldError(f"/{name.replace('~', '~0').replace('/', '~1')}", "There is no such field.")
        for name in body
        if name != "records"
    ]
    records = body.get("records")
    if not isinstance(records, list) or not 1 <= len(records) <= BULK_RECORDS_MAX:
        text = f"Give a list of 1 to {BULK_RECORDS_MAX} records."
        wrong.append(FieldError("/records", text))
    if wrong:
        raise Invalid(tuple(wrong))
    return list(records or ())


def _result(made: dict[str, Any] | Invalid | Refused) -> dict[str, Any]:
    if isinstance(made, (Invalid, Refused)):
        wrong = of_error(made)
        return {"status": wrong.kind.status, "problem": wrong.body()}
    return {"status": 201, "record": made}


def changing(resource: str) -> Act:
    """The fields that the body names."""

    def act(conn: Connection, call: Call) -> Answer:
        call.require(resources.lock_record(conn, call.company_id, resource, _id(call)))
        return _record(
            resources.change_record(
                conn, call.company_id, resource, _id(call), call.body, call.now, call.who
            )
        )

    return act


def deleting(resource: str) -> Act:
    """The record as it is deleted; its `sync` tells whether QuickBooks is still to be told."""

    def act(conn: Connection, call: Call) -> Answer:
        call.require(resources.lock_record(conn, call.company_id, resource, _id(call)))
        return _record(
            resources.delete(conn, call.company_id, resource, _id(call), call.now, call.who)
        )

    return act


def approving(resource: str) -> Act:
    """Approve it; once more changes nothing."""

    def act(conn: Connection, call: Call) -> Answer:
        return _record(
            resources.approve(conn, call.company_id, resource, _id(call), call.now, call.who)
        )

    return act


def voiding(resource: str) -> Act:
    """Void it; once more changes nothing."""

    def act(conn: Connection, call: Call) -> Answer:
        return _record(
            resources.void(conn, call.company_id, resource, _id(call), call.now, call.who)
        )

    return act


def _id(call: Call) -> str:
    return call.arguments["record_id"]


def _record(record: dict[str, Any], status: int = 200, **headers: str) -> Answer:
    return Answer(record, status, {"ETag": etag(record)} | headers)
