"""References that arrive from QuickBooks: its ids become ours, now or when the target arrives.

Owns the `dangling` rows: references to records that are not here yet. It must not know what the
referring records mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from qbxml.entity import Field
from qbxml.parse import Record
from store.changes import chunks
from store.context import Sync
from store.ledger import LINE_TABLES, TABLES, column_name
from store.rows import Resolve, Values, nouns_of, references
from store.syncing import dangling, link
from store.types import new_key

# Made once: every page asks these, and putting them together costs more than running them.
_LINKED = select(link.c.quickbooks_id, link.c.record_id).where(
    link.c.company_id == bindparam("company"),
    link.c.noun == bindparam("noun"),
    link.c.quickbooks_id.in_(bindparam("ids", expanding=True)),
)
_DANGLING = select(dangling).where(
    dangling.c.company_id == bindparam("company"),
    dangling.c.noun == bindparam("noun"),
    dangling.c.quickbooks_id.in_(bindparam("ids", expanding=True)),
)


class References:
    """QuickBooks' ids of one page of records, resolved in one query per noun."""

    def __init__(self, sync: Sync) -> None:
        self.sync = sync
        self.ours: dict[tuple[str, str], str] = {}
        self.unresolved: list[dict[str, Any]] = []

    def learn(self, wanted: Iterable[tuple[Field, Values]]) -> None:
        """Look up all these references at once."""
        by_noun: dict[str, set[str]] = {}
        for field, value in wanted:
            if value["id"]:
                for noun in nouns_of(field):
                    by_noun.setdefault(noun, set()).add(value["id"])
        for noun, found in by_noun.items():
            for ids in chunks(sorted(found)):
                asked = {"company": self.sync.company_id, "noun": noun, "ids": ids}
                rows = self.sync.conn.execute(_LINKED, asked)
                self.ours |= {(noun, row.quickbooks_id): row.record_id for row in rows}

    def know(self, noun: str, keys: Mapping[str, str]) -> None:
        """Records of this very page: they may be referred to before they are inserted."""
        self.ours |= {(noun, quickbooks_id): keys[quickbooks_id] for quickbooks_id in keys}

    def within(
        self, resource: str, record_id: str, lines: str | None = None, line_id: str | None = None
    ) -> Resolve:
        """A resolver that notes what it cannot resolve as dangling from this record."""

        def resolve(field: Field, value: Values | None) -> str | None:
            if not value or not value["id"]:
                return None
            for noun in nouns_of(field):
                found = self.ours.get((noun, value["id"]))
                if found is not None:
                    return found
            self.unresolved.append(
                {
                    "company_id": self.sync.company_id,
                    "id": new_key(),
                    "resource": resource,
                    "record_id": record_id,
                    "lines": lines,
                    "line_id": line_id,
                    "field": column_name(field),
                    "noun": nouns_of(field)[0],
                    "quickbooks_id": value["id"],
                    "full_name": value.get("name"),
                }
            )
            return None

        return resolve

    def learn_all(self, records: Iterable[Record]) -> None:
        """Look up every reference of these records."""
        self.learn(pair for r in records for pair in references(r.entity, r.values))

    def forget(self, rewritten: Iterable[tuple[str, str | None]]) -> None:
        """These columns (None: all lines) of these records were written anew."""
        fields: dict[str, set[str | None]] = {}
        for record_id, field in rewritten:
            fields.setdefault(record_id, set()).add(field)
        stale: list[str] = []
        for ids in chunks(fields):
            kept = self.sync.conn.execute(
                select(dangling).where(
                    dangling.c.company_id == self.sync.company_id,
                    dangling.c.record_id.in_(ids),
                )
            )
            stale += [
                row.id
                for row in kept
                if (None if row.lines else row.field) in fields[row.record_id]
            ]
        for ids in chunks(stale):
            self.sync.conn.execute(
                delete(dangling).where(
                    dangling.c.company_id == self.sync.company_id, dangling.c.id.in_(ids)
                )
            )

    def keep_unresolved(self) -> None:
        """Keep what could not be resolved, until its target arrives; what was kept once stays."""
        if not self.unresolved:
            return
        known = set()
        for ids in chunks({row["record_id"] for row in self.unresolved}):
            known |= {
                (row.record_id, row.line_id, row.field)
                for row in self.sync.conn.execute(
                    select(dangling).where(
                        dangling.c.company_id == self.sync.company_id,
                        dangling.c.record_id.in_(ids),
                    )
                )
            }
        new = [
            row
            for row in self.unresolved
            if (row["record_id"], row["line_id"], row["field"]) not in known
        ]
        if new:
            self.sync.conn.execute(insert(dangling), new)
        self.unresolved = []


def tie_dangling(sync: Sync, noun: str, arrived: dict[str, str]) -> None:
    """These records arrived (QuickBooks' id -> ours): tie what was waiting for them."""
    for ids in chunks(arrived):
        asked = {"company": sync.company_id, "noun": noun, "ids": ids}
        rows = sync.conn.execute(_DANGLING, asked).all()
        for row in rows:
            in_lines = row.lines is not None
            table = LINE_TABLES[row.resource, row.lines] if in_lines else TABLES[row.resource]
            sync.conn.execute(
                update(table)
                .where(
                    table.c.company_id == sync.company_id,
                    table.c.id == (row.line_id if in_lines else row.record_id),
                )
                .values({row.field: arrived[row.quickbooks_id]})
            )
        if rows:
            sync.conn.execute(
                delete(dangling).where(
                    dangling.c.company_id == sync.company_id,
                    dangling.c.id.in_([row.id for row in rows]),
                )
            )
