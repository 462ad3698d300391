"""What a record that could go refers to, as the ledger has it: its name, active or not, currency.

Owns reading those facts, in one query per list, whatever the number of records. It must not judge
them; `guards.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, null, select

from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Entity, Field
from store.changes import chunks
from store.context import Sync
from store.ledger import TABLES, invoice_line
from store.rows import Values, nouns_of, references
from store.syncing import link

Key = tuple[str, str]
"""A query noun and QuickBooks' id."""

_TABLES = {entity.query_noun: TABLES[entity.resource] for entity in ENTITIES}


@dataclass(frozen=True, slots=True)
class Referred:
    """A list record that a record refers to in a field of its own or of its lines."""

    field: Field
    resource: str
    name: str
    active: bool
    currency: str | None
    type: str | None
    """An account's type."""

    @property
    def shown(self) -> str:
        """The record for people: `vendor Acme`."""
        return f"{BY_RESOURCE[self.resource].singular} {self.name}"

    @property
    def changes_here(self) -> bool:
        """Whether CashFlow may make it active again, not only QuickBooks."""
        return BY_RESOURCE[self.resource].push.inactive


def keys(entity: Entity, values: Values) -> Iterator[tuple[Field, Key]]:
    """Where these values refer to: each reference that has QuickBooks' id."""
    for field, reference in references(entity, values):
        for noun in nouns_of(field):
            if reference.get("id"):
                yield field, (noun, reference["id"])


def read(sync: Sync, wanted: Iterable[Key]) -> dict[Key, Any]:
    """The rows of these records, as far as they are here and can be inactive."""
    by_noun: dict[str, set[str]] = {}
    for noun, quickbooks_id in wanted:
        by_noun.setdefault(noun, set()).add(quickbooks_id)
    found: dict[Key, Any] = {}
    for noun, quickbooks_ids in by_noun.items():
        table = _TABLES[noun]
        if "active" not in table.c:
            continue
        facts = select(
            link.c.quickbooks_id,
            link.c.resource,
            table.c.get("full_name", table.c.name).label("name"),
            table.c.active,
            table.c.get("currency", null()).label("currency"),
            (table.c.type if noun == "Account" else null()).label("type"),
        ).join(table, and_(table.c.company_id == link.c.company_id, table.c.id == link.c.record_id))
        for ids in chunks(sorted(quickbooks_ids)):
            for row in sync.conn.execute(
                facts.where(
                    link.c.company_id == sync.company_id,
                    link.c.noun == noun,
                    link.c.quickbooks_id.in_(ids),
                )
            ):
                found[noun, row.quickbooks_id] = row
    return found


def named(entity: Entity, values: Values, rows: dict[Key, Any]) -> list[Referred]:
    """What these values refer to, each record once per field."""
    found = {
        (field.name, key): Referred(
            field, row.resource, row.name, row.active, row.currency, row.type
        )
        for field, key in keys(entity, values)
        for row in (rows.get(key),)
        if row is not None
    }
    return list(found.values())


def with_taxable_lines(sync: Sync, record_ids: Iterable[str]) -> set[str]:
    """Those of these invoices that have a line marked taxable."""
    found: set[str] = set()
    for ids in chunks(record_ids):
        found.update(
            sync.conn.execute(
                select(invoice_line.c.owner_id).where(
                    invoice_line.c.company_id == sync.company_id,
                    invoice_line.c.owner_id.in_(ids),
                    invoice_line.c.taxable.is_(True),
                )
            ).scalars()
        )
    return found
