"""Ledger rows and plain records: the two forms of one record.

Owns the translation between a ledger row with its lines and the values of a plain record in
QuickBooks' form (`qbxml.entity.Kind`), and what QuickBooks leaves out. It must not know which
side wins, nor send or read anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    Select,
    Table,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity, Field, Kind, Lines
from store.changes import chunks
from store.ledger import LINE_TABLES, TABLES, column_name
from store.syncing import dangling, link

Values = dict[str, Any]
Resolve = Callable[[Field, Values | None], str | None]


def nouns_of(field: Field) -> tuple[str, ...]:
    """The query nouns among which a reference of this field can be found."""
    return tuple(dict.fromkeys(BY_RESOURCE[resource].query_noun for resource in field.to))


def read_kind(kind: Kind, value: Any) -> Any:
    """A plain value as the ledger's column takes it."""
    if value is not None and kind is Kind.DATE:
        return date.fromisoformat(value)
    return value


def write_kind(kind: Kind, value: Any) -> Any:
    """A column's value in plain form."""
    if value is None:
        return None
    match kind:
        case Kind.DATE:
            return value.isoformat()
        case Kind.AMOUNT:
            return f"{value:.2f}"
        case Kind.PRICE | Kind.QUANTITY | Kind.PERCENT:
            text = format(Decimal(value).normalize(), "f")
            return "0" if text == "-0" else text
        case Kind.ADDRESS:
            return {part: text for part, text in value.items() if text} or None
        case _:
            return value


def columns(fields: Iterable[Field], values: Mapping[str, Any], resolve: Resolve) -> Values:
    """The columns of those fields that `values` names; references become our ids."""
    found: Values = {}
    for field in fields:
        if field.name not in values or field.kind is Kind.GUID:
            continue
        value = values[field.name]
        if field.kind is not Kind.REF:
            found[field.name] = read_kind(field.kind, value)
        elif field.to:
            found[column_name(field)] = resolve(field, value)
        else:
            found[field.name] = value["name"] if value else None
    return found


def references(entity: Entity, values: Mapping[str, Any]) -> Iterable[tuple[Field, Values]]:
    """Every reference in a plain record, lines included."""
    for part in entity.parts:
        if isinstance(part, Lines):
            for line in values.get(part.name) or ():
                for field in part.fields:
                    if field.to and line.get(field.name):
                        yield field, line[field.name]
        elif part.to and values.get(part.name):
            yield part, values[part.name]


# Made once: each page asks for its records; a query costs more to put together than to run.
_COMPANY: BindParameter[str] = bindparam("company")
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_QUICKBOOKS_IDS: BindParameter[str] = bindparam("quickbooks_ids", expanding=True)
_ROWS = {
    resource: select(table).where(table.c.company_id == _COMPANY, table.c.id.in_(_IDS))
    for resource, table in TABLES.items()
}
_LOOSE = select(dangling).where(dangling.c.company_id == _COMPANY, dangling.c.record_id.in_(_IDS))
_ANY_LINKS = select(
    link.c.noun, link.c.resource, link.c.record_id, link.c.quickbooks_id, link.c.gone_at
).where(link.c.company_id == _COMPANY)
_LINKS = _ANY_LINKS.where(link.c.record_id.in_(_IDS))
_LINKS_EITHER = _ANY_LINKS.where(
    or_(link.c.record_id.in_(_IDS), link.c.quickbooks_id.in_(_QUICKBOOKS_IDS))
)


def _lines_query(resource: str) -> Any:
    """The lines of some records: a row has the columns of all kinds of lines of that type."""
    tables = {name: table for (owner, name), table in LINE_TABLES.items() if owner == resource}
    types = {column.name: column.type for table in tables.values() for column in table.c}
    parts = [
        select(
            literal(name).label("line_kind"),
            *(
                table.c[column] if column in table.c else cast(null(), kind).label(column)
                for column, kind in types.items()
            ),
        ).where(table.c.company_id == _COMPANY, table.c.owner_id.in_(_IDS))
        for name, table in tables.items()
    ]
    whole = union_all(*parts) if len(parts) > 1 else parts[0]
    return whole.order_by("owner_id", "position")


_LINES = {resource: _lines_query(resource) for resource, _ in LINE_TABLES}


def lines_of(
    conn: Connection, company_id: str, resource: str, owner_ids: Sequence[str]
) -> dict[tuple[str, str], list[Any]]:
    """The lines of these records in order, by kind of lines and record; one query."""
    found: dict[tuple[str, str], list[Any]] = {}
    for ids in chunks(owner_ids) if resource in _LINES else ():
        for row in conn.execute(_LINES[resource], {"company": company_id, "ids": ids}):
            found.setdefault((row.line_kind, row.owner_id), []).append(row)
    return found


class Loaded:
    """Rows of one resource with their lines, and the links of all they refer to."""

    def __init__(self, conn: Connection, company_id: str, resource: str) -> None:
        self.conn = conn
        self.company_id = company_id
        self.entity = BY_RESOURCE[resource]
        self.rows: dict[str, Any] = {}
        self.lines: dict[tuple[str, str], list[Any]] = {}
        self.links: dict[str, Any] = {}
        self.loose: dict[tuple[str, str], Values] = {}

    def load(self, record_ids: Sequence[str]) -> Loaded:
        """Read these records in a bounded number of queries."""
        query, rows = _ROWS[self.entity.resource], list[Any]()
        for ids in chunks(record_ids):
            rows += self.conn.execute(query, {"company": self.company_id, "ids": ids})
        return self.take(rows)

    def take(self, rows: Sequence[Any], quickbooks_ids: Iterable[str] = ()) -> Loaded:
        """As `load`, of records whose rows were read already.

        `quickbooks_ids`: what else stands in `links` then, in the same query.
        """
        self.rows |= {row.id: row for row in rows}
        for ids in chunks([row.id for row in rows]):
            self._load_loose(ids)
        self.lines |= lines_of(
            self.conn, self.company_id, self.entity.resource, [row.id for row in rows]
        )
        self._load_links(quickbooks_ids)
        return self

    def _load_loose(self, ids: Sequence[str]) -> None:
        # A reference QuickBooks has and we have not met yet must not look emptied by the App.
        for row in self.conn.execute(_LOOSE, {"company": self.company_id, "ids": ids}):
            self.loose[row.line_id or row.record_id, row.field] = {
                "id": row.quickbooks_id,
                "name": row.full_name,
            }

    def _load_links(self, quickbooks_ids: Iterable[str]) -> None:
        wanted: set[str] = set()
        for field in self.entity.fields:
            if field.to:
                wanted |= {getattr(row, column_name(field)) for row in self.rows.values()}
        for part in self.entity.lines:
            for field in part.fields:
                if field.to:
                    for (name, _), lines in self.lines.items():
                        if name == part.name:
                            wanted |= {getattr(line, column_name(field)) for line in lines}
        wanted.discard(None)
        known, more = chunks(sorted(wanted)), chunks(sorted(quickbooks_ids))
        for ids, others in zip_longest(known, more, fillvalue=list[str]()):
            asked: Values = {"company": self.company_id, "ids": ids}
            query = _LINKS
            if others:
                query, asked = _LINKS_EITHER, asked | {"quickbooks_ids": others}
            self.links |= {row.record_id: row for row in self.conn.execute(query, asked)}

    def values(self, record_id: str) -> Values:
        """The record in plain form; a reference QuickBooks does not have yet has no `id`.

        To a record that it never had it is `unlinked`, so that it does not look empty.
        """
        row = self.rows[record_id]
        found: Values = {}
        for part in self.entity.parts:
            if isinstance(part, Lines):
                found[part.name] = [
                    {
                        "quickbooks_line_id": line.quickbooks_line_id,
                        **{field.name: self._value(field, line) for field in part.fields},
                    }
                    for line in self.lines.get((part.name, record_id), ())
                ]
            elif part.kind is Kind.GUID:
                found[part.name] = record_id
            elif part.made:
                found[part.name] = None
            else:
                found[part.name] = self._value(part, row)
        return found

    def _value(self, field: Field, row: Any) -> Any:
        value = getattr(row, column_name(field))
        if field.kind is not Kind.REF:
            return write_kind(field.kind, value)
        if value is None:
            return self.loose.get((row.id, column_name(field)))
        if not field.to:
            return {"id": None, "name": value}
        found = {"id": None, "name": None, "record_id": value}
        linked = self.links.get(value)
        if linked is None:
            return found | {"unlinked": True}
        return found if linked.gone_at is not None else found | {"id": linked.quickbooks_id}

    def missing(self, record_id: str) -> list[tuple[Field, str]]:
        """The references that QuickBooks does not have yet: field and our record's id."""
        values = self.values(record_id)
        return [
            (field, ref["record_id"])
            for field, ref in references(self.entity, values)
            if ref["id"] is None
        ]


_SHOWN = ("full_name", "name", "number", "memo")
_NAMELESS = "without number"


def shown_name(row: Any) -> str:
    """What people call the record of this row."""
    return next((getattr(row, n) for n in _SHOWN if getattr(row, n, None)), _NAMELESS)


def shown_column(table: Table) -> Column[Any]:
    """The column of what people call a record: full name, name or number."""
    return next(table.c[name] for name in _SHOWN if name in table.c)


def names_of(
    conn: Connection, company_id: str, wanted: Iterable[tuple[str, str]]
) -> dict[str, str]:
    """The names, for people, of records given as (resource, id); few ids take one query."""
    by_table: dict[str, list[str]] = {}
    for resource, record_id in wanted:
        by_table.setdefault(resource, []).append(record_id)
    portions = [
        [_named(company_id, resource, ids) for ids in chunks(record_ids)]
        for resource, record_ids in by_table.items()
    ]
    found: dict[str, str] = {}
    # The first portions of all tables together, then the second ones.
    for parts in zip_longest(*portions):
        for row in conn.execute(union_all(*(part for part in parts if part is not None))):
            found[row.id] = row.shown or _NAMELESS
    return found


def _named(company_id: str, resource: str, ids: list[str]) -> Select[Any]:
    table = TABLES[resource]
    return select(table.c.id, shown_column(table).label("shown")).where(
        table.c.company_id == company_id, table.c.id.in_(ids)
    )
