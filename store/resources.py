"""The company's records as the API and the command line use them, by the API's field names.

Owns the door to them: one function per act, the same for every resource. A record is a JSON-ready
dict: `id`, its fields (references as `{"id", "name"}`, money as "120.00", days ISO), its lines
with their ids, `origin`, `created_at`, `updated_at`, `deleted_at` when it is deleted, and `sync`.

Every function takes a connection inside a transaction and raises NotFound (no such company,
resource or record), Invalid (every wrong field at once, by JSON pointer) or Refused (the rules
forbid it; the text says what to do instead).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from store import bulk_writing, reading, writing
from store.errors import Invalid, Refused
from store.reading import cursor_of
from store.shapes import BANK_BALANCES, RESOURCES, SHAPES, Shape, shape_of
from store.tenants import load

__all__ = [
    "RESOURCES",
    "SHAPES",
    "approve",
    "change_record",
    "create",
    "create_many",
    "cursor_of",
    "delete",
    "get_record",
    "list_records",
    "lock_record",
    "void",
]


def list_records(
    conn: Connection,
    company_id: str,
    resource: str,
    *,
    updated_after: datetime | None = None,
    after: str | None = None,
    limit: int = 100,
    include_deleted: bool = False,
    filters: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """One page of records, the longest unchanged first; `after`: `cursor_of` the last one seen.

    `filters`: values by the names that `filters_of` gives for the resource.
    """
    load(conn, company_id)
    if resource == BANK_BALANCES:
        return reading.bank_balances(
            conn, company_id, updated_after=updated_after, after=after, limit=limit
        )
    return reading.page_of(
        conn,
        company_id,
        shape_of(resource),
        updated_after=updated_after,
        after=after,
        limit=limit,
        include_deleted=include_deleted,
        filters=filters,
    )


def lock_record(conn: Connection, company_id: str, resource: str, record_id: str) -> dict[str, Any]:
    """One record as it is, held for this transaction; for who must know what is changed."""
    load(conn, company_id)
    shape = _records(resource)
    row = reading.find_row(conn, company_id, shape, record_id, to_change=True)
    return reading.shown(conn, company_id, shape, [row])[0]


def get_record(conn: Connection, company_id: str, resource: str, record_id: str) -> dict[str, Any]:
    """One record, also a deleted one."""
    load(conn, company_id)
    if resource == BANK_BALANCES:
        return reading.bank_balance_of(conn, company_id, record_id)
    return _one(conn, company_id, shape_of(resource), record_id)


def create(
    conn: Connection, company_id: str, resource: str, body: Any, now: datetime, who: str
) -> dict[str, Any]:
    """Make a record of a JSON body."""
    shape = _records(resource)
    made = writing.create_record(conn, company_id, shape, body, now, who)
    return _one(conn, company_id, shape, made)


def create_many(
    conn: Connection,
    company_id: str,
    resource: str,
    bodies: Sequence[Any],
    now: datetime,
    who: str,
) -> list[dict[str, Any] | Invalid | Refused]:
    """Make records of JSON bodies in a bounded number of statements; those that are wrong are not.

    Gives the record, or what is wrong with it, for each body. They do not see each other.
    """
    shape = _records(resource)
    made = bulk_writing.create_records(conn, company_id, shape, bodies, now, who)
    ids = [one for one in made if isinstance(one, str)]
    found = {record["id"]: record for record in reading.shown_by_id(conn, company_id, shape, ids)}
    return [found[one] if isinstance(one, str) else one for one in made]


def change_record(
    conn: Connection,
    company_id: str,
    resource: str,
    record_id: str,
    body: Any,
    now: datetime,
    who: str,
) -> dict[str, Any]:
    """Change the fields that the body names.

    Lines come as the complete list: with `id` that line is changed, its fields left out stay;
    without, it is new; a line left out is deleted.
    """
    shape = _records(resource)
    changed = writing.change_record(conn, company_id, shape, record_id, body, now, who)
    return _one(conn, company_id, shape, changed)


def delete(
    conn: Connection, company_id: str, resource: str, record_id: str, now: datetime, who: str
) -> dict[str, Any]:
    """Delete a record, where the rules let the App do so."""
    shape = _records(resource)
    deleted = writing.delete_record(conn, company_id, shape, record_id, now, who)
    return _one(conn, company_id, shape, deleted)


def approve(
    conn: Connection, company_id: str, resource: str, record_id: str, now: datetime, who: str
) -> dict[str, Any]:
    """Approve a bill or a vendor credit."""
    shape = _records(resource)
    approved = writing.approve_record(conn, company_id, shape, record_id, now, who)
    return _one(conn, company_id, shape, approved)


def void(
    conn: Connection,
    company_id: str,
    resource: str,
    record_id: str,
    now: datetime,
    who: str,
) -> dict[str, Any]:
    """Void a payment or transfer; one that QuickBooks has is undone there."""
    shape = _records(resource)
    voided = writing.void_record(conn, company_id, shape, record_id, now, who)
    return _one(conn, company_id, shape, voided)


def _records(resource: str) -> Shape:
    if resource == BANK_BALANCES:
        raise Refused("Bank balances are read from QuickBooks; they cannot be made or changed.")
    return shape_of(resource)


def _one(conn: Connection, company_id: str, shape: Shape, record_id: str) -> dict[str, Any]:
    row = reading.find_row(conn, company_id, shape, record_id)
    return reading.shown(conn, company_id, shape, [row])[0]
