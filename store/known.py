"""What drafts ask the database, asked once for all drafts of one act.

Owns the rows that records refer to, the names that are taken and what payments promise, so that a
bulk costs a bounded number of statements. It must not judge nor write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from qbxml.entity import Entity
from store import bill_payments
from store.bodies import Given
from store.changes import chunks
from store.ledger import TABLES, column_name
from store.naming import levels_max, names_taken
from store.preferences import Preferences
from store.shapes import Shape
from store.tenants import load

# Whose rows the checks of a draft read, beyond their being there.
_READ = frozenset({"accounts", "invoices", "bills", "vendor-credits"})
_NOTHING = Decimal(0)


class Known:
    """Rows by resource and id; each is read when it is first asked for, or with all in `expect`."""

    def __init__(self, conn: Connection, company_id: str) -> None:
        self.conn = conn
        self.company_id = company_id
        self.names: set[tuple[str, str | None]] | None = None
        """The taken names with their parents, once they were asked for all drafts."""
        self._rows: dict[tuple[str, str], Any] = {}
        self._promised: dict[str, dict[str, Decimal]] = {}

    @cached_property
    def preferences(self) -> Preferences:
        """What the company chose."""
        return Preferences.from_json(load(self.conn, self.company_id).preferences)

    def rows(self, resource: str, ids: Iterable[str]) -> dict[str, Any]:
        """The company's rows of these ids; those that are not there are missing."""
        wanted = dict.fromkeys(ids)
        table = TABLES[resource]
        for some in chunks(one for one in wanted if (resource, one) not in self._rows):
            query = select(table).where(table.c.company_id == self.company_id, table.c.id.in_(some))
            self._rows |= {(resource, row.id): row for row in self.conn.execute(query)}
        found = {one: self._rows.get((resource, one)) for one in wanted}
        return {one: row for one, row in found.items() if row is not None}

    def row(self, resource: str, record_id: str) -> Any:
        """One row that is there."""
        return self.rows(resource, [record_id])[record_id]

    def above(self, resource: str, parent_id: str | None) -> list[str]:
        """The ids above a record, its parent first; ends where a circle closes."""
        found: list[str] = []
        while parent_id is not None and parent_id not in found:
            found.append(parent_id)
            row = self.rows(resource, [parent_id]).get(parent_id)
            parent_id = None if row is None else row.parent_id
        return found

    def promised(self, resource: str, ids: list[str], payment_id: str) -> Mapping[str, Decimal]:
        """What other payments that QuickBooks does not have yet will apply to each of these."""
        if resource in self._promised:
            return self._promised[resource]
        return bill_payments.promised(self.conn, self.company_id, resource, ids, payment_id)

    def expect(self, shape: Shape, read: Iterable[Given]) -> None:
        """Read for all these new records what their drafts will ask for."""
        given = list(read)
        resource = shape.entity.resource
        if "name" in shape.taken:
            names = [one.columns["name"] for one in given if one.columns.get("name")]
            self.names = names_taken(self.conn, TABLES[resource], self.company_id, names)
        for name, ids in _referred(shape, given).items():
            self.rows(name, ids)
        parents = {one.columns.get("parent_id") for one in given} - {None}
        for _ in range(levels_max):
            rows = self.rows(resource, [str(one) for one in parents]) if parents else {}
            parents = {row.parent_id for row in rows.values()} - {None}
        if resource == "bill-payments":
            for name in bill_payments.APPLIED:
                documents = [key for of, key in self._rows if of == name]
                self._promised[name] = bill_payments.promised(
                    self.conn, self.company_id, name, documents, None
                )

    def made(self, entity: Entity, row: dict[str, Any], lines: dict[str, Any]) -> None:
        """The next draft of the act takes this one for made already."""
        if self.names is not None:
            self.names.add((row["name"], row.get("parent_id")))
        if entity.resource == "bill-payments":
            for name, sums in bill_payments.sums(lines).items():
                standing = self._promised[name]
                for key, value in sums.items():
                    standing[key] = standing.get(key, _NOTHING) + value


def _referred(shape: Shape, given: list[Given]) -> dict[str, set[str]]:
    """The ids that these bodies name, by resource; only of what checks read."""
    found: dict[str, set[str]] = {}
    kinds = [(shape.taken, [one.columns for one in given])]
    for line in shape.lines:
        rows = [
            row.columns
            for one in given
            for row in (*one.lines.get(line.part.name, ()), *_inner(one, line.part.name))
        ]
        kinds.append((line.taken, rows))
    for taken, rows in kinds:
        for part in taken.values():
            for resource in _READ.intersection(part.to or ()):
                ids = {row.get(column_name(part)) for row in rows} - {None}
                found.setdefault(resource, set()).update(str(one) for one in ids)
    return found


def _inner(given: Given, name: str) -> list[Any]:
    return [
        one for lines in given.lines.values() for line in lines for one in line.inner.get(name, ())
    ]
