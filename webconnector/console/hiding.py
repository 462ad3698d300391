"""Personal data of records that only some people see: tax ids and bank account numbers.

Owns which fields these are and taking them out of what pages show. Raw texts are `redaction`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from store.persons import Person
from store.shapes import SHAPES
from webconnector.redaction import REMOVED, SECRET_ELEMENTS


@cache
def _personal(resource: str) -> frozenset[str]:
    return frozenset(
        part.name
        for part in SHAPES[resource].entity.fields
        if part.withheld or not set(part.elements).isdisjoint(SECRET_ELEMENTS)
    )


def hidden(resource: str, someone: Person) -> frozenset[str]:
    """The names of the fields that this person does not see; all resources have some or none."""
    return frozenset() if someone.unredacted or resource not in SHAPES else _personal(resource)


def hide(parts: Iterable[dict[str, Any]], resource: str, someone: Person) -> None:
    """Take both sides' values out of `{"field", "cashflow", "quickbooks", ...}` where needed."""
    names = hidden(resource, someone)
    for part in parts:
        if part["field"] in names:
            part |= {side: REMOVED for side in ("cashflow", "quickbooks") if part[side]}


def without(record: dict[str, Any], resource: str, someone: Person) -> dict[str, Any]:
    """The record without the fields that this person does not see."""
    names = hidden(resource, someone)
    return {name: value for name, value in record.items() if name not in names}
