"""References that a body gives, by id or by name, become the ids of this company's records.

Owns their look-up, in two queries per table. It must not know what refers to what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Field
from store.changes import chunks
from store.errors import FieldError
from store.ledger import TABLES
from store.rows import shown_column
from store.types import is_key, is_storable


@dataclass(frozen=True, slots=True)
class Reference:
    """What a body says of another record: its id, or its exact full name."""

    field: Field
    pointer: str
    id: str | None = None
    name: str | None = None


def read_reference(field: Field, value: Any, pointer: str) -> Reference:
    """`"id"`, `{"id": ...}`, `{"name": ...}` or both, as reads give it; ValueError otherwise."""
    cure = f'Give the id of {_a(field)}, or {{"name": "its exact full name"}}.'
    given = {"id": value} if isinstance(value, str) else value
    if not isinstance(given, dict) or not given or not set(given) <= {"id", "name"}:
        raise ValueError(cure)
    record_id, name = given.get("id"), given.get("name")
    if isinstance(record_id, str):
        if not is_key(record_id.lower()):
            raise ValueError(f"This is no id. {cure}")
        return Reference(field, pointer, id=record_id.lower())
    if record_id is not None or not isinstance(name, str) or not name.strip():
        raise ValueError(cure)
    if not is_storable(name):
        raise ValueError(f"This is no name. {cure}")
    return Reference(field, pointer, name=name.strip())


def _nouns(field: Field) -> str:
    return " or ".join(BY_RESOURCE[resource].singular for resource in field.to)


def _a(field: Field) -> str:
    noun = _nouns(field)
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def resolve(
    conn: Connection, company_id: str, wanted: Sequence[Reference]
) -> tuple[dict[str, str], list[FieldError]]:
    """The ids by pointer, and what cannot be found. Deleted records count as absent."""
    by_table: dict[Table, list[Reference]] = {}
    for reference in wanted:
        by_table.setdefault(TABLES[reference.field.to[0]], []).append(reference)
    ids: dict[str, str] = {}
    wrong: list[FieldError] = []
    for table, references in by_table.items():
        known = _known(conn, company_id, table, {r.id for r in references if r.id})
        named = _named(conn, company_id, table, {r.name for r in references if r.name})
        for reference in references:
            if reference.id is not None:
                found = [reference.id] if reference.id in known else []
            else:
                found = named.get(reference.name or "", [])
            if len(found) == 1:
                ids[reference.pointer] = found[0]
            else:
                wrong.append(FieldError(reference.pointer, _why(reference, len(found))))
    return ids, wrong


def _why(reference: Reference, count: int) -> str:
    noun = _nouns(reference.field)
    if count:
        return f"{count} records have this name. Give the id of the {noun} that is meant."
    if reference.id is not None:
        return f"There is no {noun} with this id, or it is deleted."
    return (
        f"There is no {noun} of exactly this name, or it is deleted."
        ' The name of one below another is written "Parent:Name".'
    )


def _known(conn: Connection, company_id: str, table: Table, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(sorted(ids)):
        found.update(
            conn.execute(
                select(table.c.id).where(
                    table.c.company_id == company_id,
                    table.c.id.in_(some),
                    table.c.deleted_at.is_(None),
                )
            ).scalars()
        )
    return found


def _named(
    conn: Connection, company_id: str, table: Table, names: Iterable[str]
) -> dict[str, list[str]]:
    full_name = shown_column(table)
    found: dict[str, list[str]] = {}
    for some in chunks(sorted(names)):
        for record_id, name in conn.execute(
            select(table.c.id, full_name)
            .where(
                table.c.company_id == company_id,
                full_name.in_(some),
                table.c.deleted_at.is_(None),
            )
            .order_by(table.c.id)
        ):
            found.setdefault(name, []).append(record_id)
    return found
