"""What a list of records can be narrowed down by.

Owns the names of the filters of each resource, as its table and entity have them, and their
conditions. It must not know pages nor how a filter is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select

from store.changes import State
from store.ledger import TABLES
from store.shapes import Shape
from store.syncing import change, link

SYNC_STATES = (
    "pending",
    "scheduled",
    "waiting",
    "sent",
    "synced",
    "failed",
    "skipped",
    "not_synced",
)


class Filter(Enum):
    """What a filter's value is."""

    TEXT = auto()
    ID = auto()
    DAY = auto()
    YES_NO = auto()
    STATE = auto()
    APPROVAL = auto()


_COLUMNS: dict[str, Filter] = {
    "name": Filter.TEXT,
    "number": Filter.TEXT,
    "active": Filter.YES_NO,
    "is_paid": Filter.YES_NO,
    "approval": Filter.APPROVAL,
}
APPROVALS = ("needs_approval", "approved")


def filters_of(shape: Shape) -> dict[str, Filter]:
    """The filters of a resource by name."""
    table, entity = TABLES[shape.entity.resource], shape.entity
    found = {name: kind for name, kind in _COLUMNS.items() if name in table.c}
    for name in (entity.party, "parent"):
        if name and f"{name}_id" in table.c:
            found[name] = Filter.ID
    if entity.dated:
        found |= {"date_from": Filter.DAY, "date_to": Filter.DAY}
    return found | {"state": Filter.STATE}


def conditions(
    shape: Shape, company_id: str, given: Mapping[str, Any]
) -> list[ColumnElement[bool]]:
    """One condition per filter; names and numbers are compared without case."""
    table, entity = TABLES[shape.entity.resource], shape.entity
    dated = table.c[entity.dated] if entity.dated else None
    special: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "name": lambda value: _named(table, value),
        "number": lambda value: _alike(table.c.number, value),
        "state": lambda value: sync_state(table, company_id) == value,
    }
    if dated is not None:
        special["date_from"] = lambda value: dated >= value
        special["date_to"] = lambda value: dated <= value
    kinds = filters_of(shape)
    found = []
    for name, value in given.items():
        if name in special:
            found.append(special[name](value))
        else:
            found.append(table.c[f"{name}_id" if kinds[name] is Filter.ID else name] == value)
    return found


def _named(table: Any, value: str) -> ColumnElement[bool]:
    names = [table.c[column] for column in ("name", "full_name") if column in table.c]
    return or_(*(_alike(name, value) for name in names))


def _alike(column: Any, value: str) -> ColumnElement[bool]:
    # Both by the database's own lower(): SQLite's knows ASCII only.
    return func.lower(column) == func.lower(literal(value))


def sync_state(table: Any, company_id: str) -> ColumnElement[str]:
    """`sync.state` as the database computes it; the same rule as `changes.sync_objects`."""
    of_record = (
        change.c.company_id == company_id,
        change.c.record_id == table.c.id,
        change.c.finished_at.is_(None),
    )
    standing = (
        select(change.c.state)
        .where(*of_record, change.c.state != State.SENT)
        .correlate(table)
        .scalar_subquery()
    )
    linked = and_(link.c.company_id == company_id, link.c.record_id == table.c.id)
    current = and_(linked, link.c.synced_version == table.c.version)
    return case(
        (exists(change.c.id).where(*of_record, change.c.state == State.SENT), State.SENT.value),
        (standing.is_not(None), standing),
        (exists(link.c.id).where(current), literal("synced")),
        (exists(link.c.id).where(linked), State.PENDING.value),
        else_=State.NOT_SYNCED.value,
    )
