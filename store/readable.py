"""Plain values as people read them: references by name, lines without QuickBooks' ids.

Owns the names in them. It must not know where the values come from, nor change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from qbxml.entities import BY_RESOURCE
from store.changes import chunks
from store.rows import names_of, references
from store.syncing import link


class Names:
    """What records are called: those given, and all that the given plain values refer to.

    `records`: (resource, id); `values`: (resource, plain values). A bounded number of queries.
    """

    def __init__(
        self,
        conn: Connection,
        company_id: str,
        records: Iterable[tuple[str, str]],
        values: Iterable[tuple[str, Mapping[str, Any] | None]],
    ) -> None:
        found = [
            reference
            for resource, plain in values
            for reference in references(BY_RESOURCE[resource], plain or {})
        ]
        wanted = set(records)
        self._linked: dict[str, str] = {}
        owed = {value["id"] for _, value in found if value.get("id")}
        for ids in chunks(owed):
            for row in conn.execute(
                select(link.c.quickbooks_id, link.c.record_id, link.c.resource).where(
                    link.c.company_id == company_id, link.c.quickbooks_id.in_(ids)
                )
            ):
                self._linked[row.quickbooks_id] = row.record_id
                wanted.add((row.resource, row.record_id))
        for field, value in found:
            if value.get("record_id"):
                wanted |= {(resource, value["record_id"]) for resource in field.to}
        self._names = names_of(conn, company_id, wanted)

    def of(self, record_id: str | None) -> str | None:
        """The name of a record of ours."""
        return self._names.get(record_id or "")

    def readable(self, value: Any) -> Any:
        """A plain value for people: a reference by its name, lines without QuickBooks' ids."""
        if isinstance(value, list):
            return [self.readable(line) for line in value]
        if not isinstance(value, Mapping):
            return value
        if "name" in value and not set(value) - {"name", "id", "record_id"}:
            record_id = value.get("record_id") or self._linked.get(value.get("id") or "")
            return self.of(record_id) or value["name"]
        return {
            name: self.readable(inner)
            for name, inner in value.items()
            if name not in {"quickbooks_line_id", "id"} and inner is not None
        }
