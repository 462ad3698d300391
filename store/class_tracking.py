"""Class tracking that is off: departments stay in the App, and QuickBooks is not told of them.

Owns what that changes in documents: they go without departments (QuickBooks refuses them, 3250),
what comes back without them is no difference, and the App's own stay. It must not send anything.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from qbxml.entity import Entity, Family, Field, Lines
from store.context import Sync
from store.rows import Values

REASON = "Departments were left out, because class tracking is off in QuickBooks."
_NONE: frozenset[str] = frozenset()
_RESOURCE = "departments"


def off(sync: Sync) -> bool:
    """Whether departments are not sent: `classes_on`, or else what QuickBooks says of itself."""
    wanted = sync.preferences.classes_on
    if wanted is None:
        return sync.quickbooks.get("class_tracking") is False  # unknown: let QuickBooks decide
    return not wanted


@cache
def _departments(entity: Entity) -> frozenset[str]:
    if entity.family is not Family.TXN:
        return _NONE
    lines = (field for part in entity.lines for field in part.fields)
    return frozenset(field.name for field in (*entity.fields, *lines) if _RESOURCE in field.to)


def left_out(sync: Sync, entity: Entity) -> frozenset[str]:
    """Names of the fields, in header and lines, that this document goes without."""
    return _departments(entity) if off(sync) else _NONE


def as_in(entity: Entity, names: frozenset[str], values: Values, other: Values | None) -> Values:
    """The values with these fields as `other` has them (empty where it has not): no difference."""
    if not names:
        return values
    found, other = dict(values), other or {}
    for part in entity.parts:
        if isinstance(part, Field):
            if part.name in names:
                found[part.name] = other.get(part.name)
        elif part.name in found:
            found[part.name] = _lines_as_in(part, names, found[part.name], other)
    return found


def _lines_as_in(part: Lines, names: frozenset[str], lines: Any, other: Values) -> list[Values]:
    theirs = list(other.get(part.name) or ())
    by_id = {line["quickbooks_line_id"]: line for line in theirs if line["quickbooks_line_id"]}
    return [
        {**line, **{name: twin.get(name) for name in names if name in line}}
        for place, line in enumerate(lines or ())
        for twin in (_twin(line, place, by_id, theirs),)
    ]


def _twin(line: Values, place: int, by_id: dict[str, Values], theirs: list[Values]) -> Values:
    """The same line on the other side: by its id, a line without one by its place."""
    line_id = line.get("quickbooks_line_id")
    if line_id:
        return by_id.get(line_id, {})
    return theirs[place] if place < len(theirs) else {}


def without(entity: Entity, names: frozenset[str], values: Values) -> Values:
    """The values without these fields: a Mod leaves them as they are in QuickBooks."""
    if not names:
        return values
    kinds = {part.name for part in entity.lines}
    return {
        name: [{k: v for k, v in line.items() if k not in names} for line in value or ()]
        if name in kinds
        else value
        for name, value in values.items()
        if name not in names
    }
