"""Records as the API shows them.

Owns reading rows with their lines, names of what they refer to, and their `sync` object, in a
bounded number of queries. It must not change anything.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, func, or_, select

from qbxml.entity import Field, Kind
from store.changes import chunks, sync_objects
from store.errors import FieldError, Invalid, NotFound
from store.filters import conditions
from store.ledger import TABLES, bank_balance, column_name
from store.rows import lines_of, names_of, write_kind
from store.shapes import LineShape, Shape
from store.syncing import link
from store.types import is_key

page_records_max = 1000


def find_row(
    conn: Connection, company_id: str, shape: Shape, record_id: str, *, to_change: bool = False
) -> Any:
    """The company's row of that id, deleted ones too; NotFound otherwise.

    `to_change` holds the row until the commit.
    """
    table = TABLES[shape.entity.resource]
    query = select(table).with_for_update() if to_change else select(table)
    return _found(conn, company_id, shape, record_id, query)


def find_linked(conn: Connection, company_id: str, shape: Shape, record_id: str) -> Any:
    """As `find_row`, with the columns of its link beside its own; `quickbooks_id` None: no link."""
    table = TABLES[shape.entity.resource]
    joined = (link.c.company_id == table.c.company_id) & (link.c.record_id == table.c.id)
    beside = [column for column in link.c if column.name not in table.c]
    query = select(table, *beside).select_from(table.outerjoin(link, joined))
    return _found(conn, company_id, shape, record_id, query)


def _found(
    conn: Connection, company_id: str, shape: Shape, record_id: str, query: Select[Any]
) -> Any:
    table = TABLES[shape.entity.resource]
    found = None
    key = record_id.lower()
    if is_key(key):
        found = conn.execute(
            query.where(*_of_shape(shape, company_id), table.c.id == key)
        ).one_or_none()
    if found is None:
        raise NotFound(f"There is no {shape.entity.singular} with this id.")
    return found


def _of_shape(shape: Shape, company_id: str) -> list[ColumnElement[bool]]:
    table = TABLES[shape.entity.resource]
    where = [table.c.company_id == company_id]
    if shape.entity.child is not None:
        where.append(table.c.parent_id.is_not(None) == shape.entity.child)
    return where


def shown(
    conn: Connection, company_id: str, shape: Shape, rows: Sequence[Any]
) -> list[dict[str, Any]]:
    """These rows as the API shows them, in their order."""
    ids = [row.id for row in rows]
    lines = lines_of(conn, company_id, shape.entity.resource, ids)
    names = _names(conn, company_id, shape, rows, lines)
    syncs = sync_objects(conn, company_id, {row.id: row.version for row in rows})
    found = []
    for row in rows:
        record: dict[str, Any] = {"id": row.id}
        record |= {field.name: _value(field, row, names) for field in shape.shown}
        for line in shape.outer_lines:
            record[line.part.name] = [
                _shown_line(line, one, row.id, lines, names)
                for one in lines.get((line.part.name, row.id), ())
            ]
        record |= {
            "origin": row.origin,
            "created_at": row.created_at.isoformat(),
            "updated_at": row.updated_at.isoformat(),
        }
        if "voided_at" in row._fields:
            record["voided_at"] = row.voided_at.isoformat() if row.voided_at else None
        if row.deleted_at is not None:
            record["deleted_at"] = row.deleted_at.isoformat()
        found.append(record | {"sync": syncs[row.id]})
    return found


def shown_by_id(
    conn: Connection, company_id: str, shape: Shape, record_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """The records of these ids as the API shows them, in any order."""
    table = TABLES[shape.entity.resource]
    rows: list[Any] = []
    for ids in chunks(record_ids):
        rows += conn.execute(
            select(table).where(*_of_shape(shape, company_id), table.c.id.in_(ids))
        ).all()
    return shown(conn, company_id, shape, rows)


def _shown_line(
    shape: LineShape,
    row: Any,
    owner_id: str,
    lines: dict[tuple[str, str], list[Any]],
    names: dict[str, str],
) -> dict[str, Any]:
    """One line, with the lines that stand within it."""
    found = {"id": row.id} | {field.name: _value(field, row, names) for field in shape.shown}
    for inner in shape.inner:
        by = column_name(next(part for part in inner.part.fields if part.name == inner.part.by))
        found[inner.part.name] = [
            _shown_line(inner, one, owner_id, lines, names)
            for one in lines.get((inner.part.name, owner_id), ())
            if getattr(one, by) == getattr(row, by)
        ]
    return found


def _value(field: Field, row: Any, names: dict[str, str]) -> Any:
    value = getattr(row, column_name(field))
    if field.kind is Kind.REF:
        return None if value is None else {"id": value, "name": names.get(value)}
    return write_kind(field.kind, value)


def _names(
    conn: Connection,
    company_id: str,
    shape: Shape,
    rows: Sequence[Any],
    lines: dict[tuple[str, str], list[Any]],
) -> dict[str, str]:
    """The names of all records that these rows and lines refer to."""
    wanted = set(_referred(shape.shown, rows))
    for line in shape.lines:
        for (name, _), inner in lines.items():
            if name == line.part.name:
                wanted |= set(_referred(line.shown, inner))
    return names_of(conn, company_id, sorted(wanted))


def _referred(fields: Iterable[Field], rows: Iterable[Any]) -> Iterable[tuple[str, str]]:
    referring = [(column_name(field), field.to[0]) for field in fields if field.to]
    for row in rows:
        for column, resource in referring:
            value = getattr(row, column)
            if value is not None:
                yield resource, value


# --- pages


def cursor_of(record: dict[str, Any]) -> str:
    """Where the page after this record begins: `list_records(..., after=cursor)`."""
    text = f"{record['updated_at']} {record['id']}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        moment, record_id = base64.urlsafe_b64decode(padded).decode().split(" ")
        place = datetime.fromisoformat(moment)
    except (ValueError, binascii.Error):
        place = None
    if place is None or place.tzinfo is None or not is_key(record_id):
        text = "This is no cursor. Begin again without one."
        raise Invalid((FieldError("/after", text),))
    return place, record_id


def page_of(
    conn: Connection,
    company_id: str,
    shape: Shape,
    *,
    updated_after: datetime | None,
    after: str | None,
    limit: int,
    include_deleted: bool,
    filters: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """One page, oldest change first."""
    table = TABLES[shape.entity.resource]
    where = _of_shape(shape, company_id) + conditions(shape, company_id, filters or {})
    if not include_deleted:
        where.append(table.c.deleted_at.is_(None))
    query = _paged(select(table).where(*where), table, "updated_at", updated_after, after, limit)
    return shown(conn, company_id, shape, conn.execute(query).all())


def _paged(
    query: Select[Any],
    table: Table | Any,
    moment: str,
    updated_after: datetime | None,
    after: str | None,
    limit: int,
) -> Select[Any]:
    if not 1 <= limit <= page_records_max:
        text = f"Give a number from 1 to {page_records_max}."
        raise Invalid((FieldError("/limit", text),))
    at = table.c[moment]
    if updated_after is not None:
        if updated_after.tzinfo is None:
            text = "Give the time with its zone, such as 2024-01-31T09:05:00Z."
            raise Invalid((FieldError("/updated_after", text),))
        query = query.where(at > updated_after)
    if after is not None:
        last, record_id = _place(after)
        query = query.where(or_(at > last, and_(at == last, table.c.id > record_id)))
    return query.order_by(at, table.c.id).limit(limit)


# --- bank balances, which are no records: nobody makes or changes them


def bank_balances(
    conn: Connection,
    company_id: str,
    *,
    updated_after: datetime | None,
    after: str | None,
    limit: int,
) -> list[dict[str, Any]]:
    """The newest balance of each bank account."""
    order = func.row_number().over(
        partition_by=bank_balance.c.account_id,
        order_by=(bank_balance.c.as_of.desc(), bank_balance.c.id.desc()),
    )
    numbered = (
        select(bank_balance, order.label("place"))
        .where(bank_balance.c.company_id == company_id)
        .subquery()
    )
    newest = select(numbered).where(numbered.c.place == 1)
    query = _paged(newest, numbered, "as_of", updated_after, after, limit)
    return _shown_balances(conn, company_id, conn.execute(query).all())


def bank_balance_of(conn: Connection, company_id: str, record_id: str) -> dict[str, Any]:
    """One balance, also an older one; NotFound otherwise."""
    key = record_id.lower()
    rows: Sequence[Any] = ()
    if is_key(key):
        rows = conn.execute(
            select(bank_balance).where(
                bank_balance.c.company_id == company_id, bank_balance.c.id == key
            )
        ).all()
    if not rows:
        raise NotFound("There is no bank balance with this id.")
    return _shown_balances(conn, company_id, rows)[0]


def _shown_balances(conn: Connection, company_id: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    names = names_of(conn, company_id, [("accounts", row.account_id) for row in rows])
    return [
        {
            "id": row.id,
            "account": {"id": row.account_id, "name": names.get(row.account_id)},
            "balance": write_kind(Kind.AMOUNT, row.balance),
            "total_balance": write_kind(Kind.AMOUNT, row.total_balance),
            "as_of": row.as_of.isoformat(),
            "updated_at": row.as_of.isoformat(),
        }
        for row in rows
    ]
