"""The parameters that lists take: paging, and the filters of each resource.

Owns their names, texts and schemas; which filters a resource has, `store.filters` says. It must
not know any operation.
"""

from __future__ import annotations

from typing import Any

from store.filters import APPROVALS, SYNC_STATES, Filter, filters_of
from store.shapes import Shape
from webconnector.api import incoming
from webconnector.api.incoming import Parameter
from webconnector.api.limits import PAGE_RECORDS, PAGE_RECORDS_MAX

UUID = {"type": "string", "format": "uuid"}

LIMIT = Parameter(
    "limit",
    f"Most records of the page; {PAGE_RECORDS} without it.",
    {"type": "integer", "minimum": 1, "maximum": PAGE_RECORDS_MAX},
    incoming.whole(PAGE_RECORDS_MAX),
)
_AFTER = Parameter(
    "after",
    "The `next_cursor` of the page before.",
    {"type": "string", "minLength": 1},
    incoming.text,
)
PAGING = (
    Parameter(
        "updated_after",
        "Only what changed after this moment.",
        {"type": "string", "format": "date-time"},
        incoming.moment,
    ),
    _AFTER,
    LIMIT,
)
DELETED = Parameter("include_deleted", "Deleted records too.", {"type": "boolean"}, incoming.yes_no)
_OF_FILTER: dict[Filter, tuple[dict[str, Any], Any]] = {
    Filter.TEXT: ({"type": "string", "minLength": 1}, incoming.text),
    Filter.ID: (UUID, incoming.key),
    Filter.DAY: ({"type": "string", "format": "date"}, incoming.day),
    Filter.YES_NO: ({"type": "boolean"}, incoming.yes_no),
    Filter.STATE: ({"type": "string", "enum": list(SYNC_STATES)}, incoming.one_of(SYNC_STATES)),
    Filter.APPROVAL: ({"type": "string", "enum": list(APPROVALS)}, incoming.one_of(APPROVALS)),
}
_TEXTS = {
    "name": "Exactly this name or full name, whatever its case.",
    "number": "Exactly this number, whatever its case.",
    "date_from": "Dated on or after this day.",
    "date_to": "Dated on or before this day.",
    "state": "Only this `sync.state`.",
    "parent": "Directly below this record.",
}


def filters(shape: Shape) -> tuple[Parameter, ...]:
    """The parameters that narrow a list of the resource down."""
    return tuple(
        Parameter(name, _TEXTS.get(name, f"Only this `{name}`."), *_OF_FILTER[kind])
        for name, kind in filters_of(shape).items()
    )
