"""Plain values as people read them: references by name, lines without QuickBooks' ids.

Owns the names in them. It must not know where the values come from, nor change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Field, Kind, Lines, Part
from store.changes import chunks
from store.rows import names_of, nouns_of, references
from store.syncing import link


def quickbooks_ids(resource: str, plain: Mapping[str, Any] | None) -> set[str]:
    """The ids of QuickBooks to which plain values refer."""
    found = references(BY_RESOURCE[resource], plain or {})
    return {value["id"] for _, value in found if value.get("id")}


def _linked(conn: Connection, company_id: str, ids: Iterable[str]) -> Iterable[Any]:
    for some in chunks(ids):
        yield from conn.execute(
            select(link.c.noun, link.c.quickbooks_id, link.c.record_id, link.c.resource).where(
                link.c.company_id == company_id, link.c.quickbooks_id.in_(some)
            )
        )


class Names:
    """What records are called: those given, and all that the given plain values refer to.

    `records`: (resource, id); `values`: (resource, plain values); `linked`: the links of all
    QuickBooks ids in the values, where they were read already. A bounded number of queries.
    """

    def __init__(
        self,
        conn: Connection,
        company_id: str,
        records: Iterable[tuple[str, str]],
        values: Iterable[tuple[str, Mapping[str, Any] | None]],
        linked: Iterable[Any] | None = None,
    ) -> None:
        found = [
            reference
            for resource, plain in values
            for reference in references(BY_RESOURCE[resource], plain or {})
        ]
        wanted = set(records)
        if linked is None:
            linked = _linked(conn, company_id, {v["id"] for _, v in found if v.get("id")})
        # QuickBooks' ids are unique per type only, so a field's own types tell which is meant.
        self._linked: dict[tuple[str, str], str] = {}
        for row in linked:
            self._linked[row.noun, row.quickbooks_id] = row.record_id
            wanted.add((row.resource, row.record_id))
        for field, value in found:
            if value.get("record_id"):
                wanted |= {(resource, value["record_id"]) for resource in field.to}
        self._names = names_of(conn, company_id, wanted)

    def of(self, record_id: str | None) -> str | None:
        """The name of a record of ours."""
        return self._names.get(record_id or "")

    def readable(self, part: Part, value: Any) -> Any:
        """A part's plain value for people: a reference by its name, lines as lists of fields."""
        if isinstance(part, Lines):
            return [
                {
                    field.name: self.readable(field, line[field.name])
                    for field in part.fields
                    if line.get(field.name) is not None
                }
                for line in value or ()
            ]
        if isinstance(value, Mapping) and part.kind is Kind.REF:
            return self._named(part, value)
        if isinstance(value, Mapping):
            return {name: inner for name, inner in value.items() if inner}
        return value

    def _named(self, field: Field, value: Mapping[str, Any]) -> str | None:
        quickbooks_id = value.get("id") or ""
        record_ids = [
            value.get("record_id"),
            *(self._linked.get((noun, quickbooks_id)) for noun in nouns_of(field)),
        ]
        found = next((name for key in record_ids if (name := self.of(key))), None)
        return found or value.get("name")
