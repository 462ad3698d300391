"""What moved: both sides' records before and after, and the difference in numbers.

Owns snapshots and their comparison. It looks from outside at both books, so it tells what really
changed, not what the sync says it did.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qbxml.entities import BY_RESOURCE, ENTITIES
from store import resources
from store.engine import Store
from webconnector.rehearsal.company_file import CompanyFile

PAGE_RECORDS = 500
# What is no part of a record's own content. An account's balance follows from documents: after our
# own writes it arrives one sync later, and nobody has edited the account.
_NOT_CONTENT = frozenset({"sync", "created_at", "updated_at"})
_FOLLOWS = {"accounts": frozenset({"balance", "total_balance"})}

Snapshot = Mapping[str, Mapping[str, str]]
"""Resource -> id of a living record -> a mark that changes when the record changes."""


@dataclass(frozen=True)
class Moved:
    """How many records of one type came, changed and went."""

    new: int = 0
    changed: int = 0
    gone: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.gone)

    def __str__(self) -> str:
        words = ((self.new, "new"), (self.changed, "changed"), (self.gone, "gone"))
        return ", ".join(f"{count} {word}" for count, word in words if count)


def moved(before: Snapshot, after: Snapshot) -> dict[str, Moved]:
    """What differs, per resource; resources without a difference are left out."""
    found = {}
    for resource in BY_RESOURCE:
        old, new = before.get(resource, {}), after.get(resource, {})
        difference = Moved(
            new=len(new.keys() - old.keys()),
            changed=sum(old[key] != new[key] for key in old.keys() & new.keys()),
            gone=len(old.keys() - new.keys()),
        )
        if difference:
            found[resource] = difference
    return found


def records_of(store: Store, company_id: str) -> dict[str, list[dict[str, Any]]]:
    """All living records of a company, by resource, as the API shows them."""
    found: dict[str, list[dict[str, Any]]] = {}
    with store.read() as conn:
        for resource in BY_RESOURCE:
            rows: list[dict[str, Any]] = []
            after: str | None = None
            while True:
                page = resources.list_records(
                    conn, company_id, resource, after=after, limit=PAGE_RECORDS
                )
                rows.extend(page)
                if len(page) < PAGE_RECORDS:
                    break
                after = resources.cursor_of(page[-1])
            found[resource] = rows
    return found


def cashflow_snapshot(records: Mapping[str, list[dict[str, Any]]]) -> Snapshot:
    """The App's side, from `records_of`."""
    return {
        resource: {
            row["id"]: json.dumps({k: v for k, v in row.items() if k not in left_out})
            for row in rows
        }
        for resource, rows in records.items()
        for left_out in (_NOT_CONTENT | _FOLLOWS.get(resource, frozenset()),)
    }


def quickbooks_snapshot(books: CompanyFile) -> Snapshot:
    """QuickBooks' side: its own EditSequence is the mark."""
    found: dict[str, dict[str, str]] = {}
    for entity in ENTITIES:
        living = found.setdefault(entity.resource, {})
        for kind in entity.rets or (entity.noun,):
            for record in books.all(kind):
                if entity.child is None or bool(record.get("ParentRef")) == entity.child:
                    living[record[entity.family.id_element]] = record["EditSequence"]
    return found
