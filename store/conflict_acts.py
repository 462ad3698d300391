"""Conflicts as people read them, and turning one to the other side.

Owns the list of conflicts and what a person does about one. It must not decide who wins when
both sides changed; `conflicts.py` does. The losing value goes back as an edit in the App, by the
same rules as any other edit, and travels to QuickBooks from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Field, Kind, Lines
from store import writing
from store.errors import NotFound, Refused
from store.ledger import LINE_TABLES
from store.overview import instant
from store.people import audit_row
from store.readable import Names
from store.reading import find_row, shown
from store.rows import nouns_of
from store.shapes import Shape, shape_of
from store.syncing import company, conflict, link
from store.tenants import load
from store.types import is_key

conflicts_max = 500

Values = dict[str, Any]


def list_conflicts(
    conn: Connection, company_id: str, *, settled: bool = False, limit: int = 100, offset: int = 0
) -> list[Values]:
    """A company's conflicts, newest first: those that nobody looked at yet, or all."""
    load(conn, company_id)
    query = _all().where(conflict.c.company_id == company_id)
    if not settled:
        query = query.where(conflict.c.settled_at.is_(None))
    query = query.order_by(conflict.c.at.desc(), conflict.c.id.desc())
    return _shown(conn, conn.execute(query.limit(min(limit, conflicts_max)).offset(offset)).all())


def of_record(conn: Connection, company_id: str, record_id: str) -> list[Values]:
    """Every conflict of one record, newest first."""
    query = _all().where(conflict.c.company_id == company_id, conflict.c.record_id == record_id)
    rows = conn.execute(query.order_by(conflict.c.at.desc()).limit(conflicts_max)).all()
    return _shown(conn, rows)


def count_open(company_id: str | None) -> Select[Any]:
    """How many nobody looked at yet, as a query; without a company there are none."""
    query = select(func.count()).select_from(conflict)
    return query.where(conflict.c.company_id == company_id, conflict.c.settled_at.is_(None))


def count(conn: Connection, company_id: str, *, settled: bool = False) -> int:
    """How many nobody looked at yet; `settled`: all."""
    every = select(func.count()).select_from(conflict).where(conflict.c.company_id == company_id)
    found: int = conn.execute(every if settled else count_open(company_id)).scalar_one()
    return found


def turn(conn: Connection, company_id: str, conflict_id: str, who: str, now: datetime) -> None:
    """Put the losing value back: into the App now, into QuickBooks at the next session.

    Refused where the App may not change the record, or a value names what is not here any more.
    """
    row = _find(conn, company_id, conflict_id)
    shape = shape_of(row.resource)
    record = find_row(conn, company_id, shape, row.record_id)
    lost = row.quickbooks_value if row.winner == "cashflow" else row.cashflow_value
    body = _Body(conn, company_id, shape, shown(conn, company_id, shape, [record])[0]).of(lost)
    writing.change_record(conn, company_id, shape, row.record_id, body, now, who)
    _settle(conn, row, "turned", who, now)


def keep(conn: Connection, company_id: str, conflict_id: str, who: str, now: datetime) -> None:
    """Leave the value that won; the conflict is no longer listed as open."""
    _settle(conn, _find(conn, company_id, conflict_id), "kept", who, now)


def _all() -> Any:
    return select(conflict, company.c.name.label("company_name")).join(
        company, company.c.id == conflict.c.company_id
    )


def _find(conn: Connection, company_id: str, conflict_id: str) -> Row[Any]:
    row = None
    if is_key(conflict_id):
        row = conn.execute(
            select(conflict)
            .where(conflict.c.company_id == company_id, conflict.c.id == conflict_id)
            .with_for_update()
        ).one_or_none()
    if row is None:
        raise NotFound("There is no such conflict.")
    if row.settled_at is not None:
        raise Refused("Somebody has already decided this conflict.")
    return row


def _settle(conn: Connection, row: Row[Any], settlement: str, who: str, now: datetime) -> None:
    conn.execute(
        update(conflict)
        .where(conflict.c.company_id == row.company_id, conflict.c.id == row.id)
        .values(settled_at=now, settlement=settlement)
    )
    detail = {"conflict": row.id, "record": row.record_id, "field": row.field}
    audit_row(conn, row.company_id, who, f"conflict.{settlement}", detail, now)


def _shown(conn: Connection, rows: Iterable[Any]) -> list[Values]:
    rows = list(rows)
    names: dict[str, Names] = {}
    for company_id in {row.company_id for row in rows}:
        mine = [row for row in rows if row.company_id == company_id]
        names[company_id] = Names(
            conn,
            company_id,
            [(row.resource, row.record_id) for row in mine],
            [(r.resource, v) for r in mine for v in (r.cashflow_value, r.quickbooks_value)],
        )
    return [
        {
            "id": row.id,
            "company": {"id": row.company_id, "name": row.company_name},
            "record": {
                "id": row.record_id,
                "resource": row.resource,
                "name": names[row.company_id].of(row.record_id),
            },
            "field": row.field,
            "differences": _differences(row, names[row.company_id]),
            "winner": row.winner,
            "at": instant(row.at),
            "session_id": row.session_id,
            "settled_at": instant(row.settled_at),
            "settlement": row.settlement,
        }
        for row in rows
    ]


def _differences(row: Row[Any], names: Names) -> list[Values]:
    """Both sides' values of each field that the record type still has."""
    ours, theirs = row.cashflow_value or {}, row.quickbooks_value or {}
    return [
        {
            "field": part.name,
            "lines": isinstance(part, Lines),
            "cashflow": names.readable(part, ours.get(part.name)),
            "quickbooks": names.readable(part, theirs.get(part.name)),
        }
        for part in BY_RESOURCE[row.resource].parts
        if part.name in ours or part.name in theirs
    ]


class _Body:
    """A losing value in the words of the API, so that it goes the way of every other edit."""

    def __init__(
        self, conn: Connection, company_id: str, shape: Shape, present: Mapping[str, Any]
    ) -> None:
        self.conn = conn
        self.company_id = company_id
        self.shape = shape
        self.present = present

    def of(self, lost: Mapping[str, Any] | None) -> Values:
        lines = {line.part.name: line for line in self.shape.lines}
        body: Values = {}
        for name, value in (lost or {}).items():
            if name in lines:
                body[name] = self._lines(name, lines[name].taken, value or [])
            elif name in self.shape.taken:
                body[name] = self._value(self.shape.taken[name], value)
        return body

    def _lines(
        self, name: str, taken: Mapping[str, Field], value: list[Mapping[str, Any]]
    ) -> list[Values]:
        known = self._line_ids(name)
        found = []
        for line in value:
            fields = {n: self._value(f, line.get(n)) for n, f in taken.items() if n in line}
            line_id = known.get(line.get("quickbooks_line_id") or "")
            found.append(fields | ({"id": line_id} if line_id else {}))
        return found

    def _line_ids(self, name: str) -> dict[str, str]:
        """Our ids of the lines that QuickBooks knows, by its ids."""
        table = LINE_TABLES[self.shape.entity.resource, name]
        rows = self.conn.execute(
            select(table.c.id, table.c.quickbooks_line_id).where(
                table.c.company_id == self.company_id, table.c.owner_id == self.present["id"]
            )
        )
        return {row.quickbooks_line_id: row.id for row in rows if row.quickbooks_line_id}

    def _value(self, field: Field, value: Any) -> Any:
        if value is None or field.kind is not Kind.REF or not isinstance(value, Mapping):
            return value
        record_id = value.get("record_id") or self._linked(field, value.get("id"))
        if record_id is None:
            raise Refused(
                f'"{value.get("name")}" is not in CashFlow any more, so the other side\'s value '
                "cannot be put back. Edit the record instead."
            )
        return {"id": record_id}

    def _linked(self, field: Field, quickbooks_id: str | None) -> str | None:
        if not quickbooks_id:
            return None
        return self.conn.execute(
            select(link.c.record_id).where(
                link.c.company_id == self.company_id,
                link.c.noun.in_(nouns_of(field)),
                link.c.quickbooks_id == quickbooks_id,
            )
        ).scalar_one_or_none()
