"""The API's shape of each resource: what a record shows, and what a body may say.

Owns which fields are shown and taken, derived from the entity table, and the few that only the
App knows. It must not read bodies nor the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity, Field, In, Kind, Lines
from store.errors import NotFound
from store.ledger import LINE_TABLES, TABLES

_KIND = Field("", "kind", messages=In.RET)
_APPROVAL = Field(
    "",
    "approval",
    Kind.ENUM,
    In.WRITE,
    clearable=False,
    words=(("needs_approval", ""), ("approved", "")),
)

_TOTAL_DIFFERS = Field("", "total_differs", Kind.BOOL, In.RET)

# Fields of the App alone, per resource; those with `In.RET` are only shown.
_EXTRA: dict[str, tuple[Field, ...]] = {
    "terms": (_KIND,),
    "items": (_KIND,),
    "bills": (
        _APPROVAL,
        Field("", "paid_outside", Kind.AMOUNT, In.RET),
        Field("", "purchase_orders", messages=In.RET),
        _TOTAL_DIFFERS,
    ),
    "vendor-credits": (_APPROVAL,),
    "invoices": (Field("", "total", Kind.AMOUNT, In.RET), _TOTAL_DIFFERS),
}
_EXTRA_LINE: dict[tuple[str, str], tuple[Field, ...]] = {
    ("invoices", "lines"): (Field("", "taxable", Kind.BOOL, In.WRITE),),
}
# Shown, but never taken: they follow from other records.
_FOLLOWS: dict[str, frozenset[str]] = {"bill-payments": frozenset({"payable_account"})}
# References to lists that only QuickBooks keeps, shown and taken by name.
_BY_NAME = frozenset({"method"})
_FULL_NAME = Field("", "full_name", messages=In.RET)

DEFAULTS: dict[str, dict[str, object]] = {
    "bills": {
        "approval": "needs_approval",
        "paid_outside": Decimal("0.00"),
        "purchase_orders": [],
        "total_differs": False,
    },
    "invoices": {"total_differs": False},
    "vendor-credits": {"approval": "needs_approval"},
}
"""What a new record holds where its body says nothing, beyond `Field.empty`."""

APP_ALONE = frozenset({"approval"})
"""Columns that a body sets but QuickBooks never sees: changing them sends nothing."""

TEXT_LISTS = frozenset({"purchase_orders"})
"""Columns that hold a list of texts."""


@dataclass(frozen=True)
class LineShape:
    """One kind of lines of a resource."""

    part: Lines
    shown: tuple[Field, ...]
    inner: tuple[LineShape, ...] = ()
    """The kinds of lines that stand within these."""

    @cached_property
    def taken(self) -> dict[str, Field]:
        """What a body may say of a line, by name."""
        return _taken(self.shown)


@dataclass(frozen=True)
class Shape:
    """One resource of the API."""

    entity: Entity
    shown: tuple[Field, ...]
    lines: tuple[LineShape, ...]
    """Every kind of lines, those within others too."""

    @property
    def outer_lines(self) -> tuple[LineShape, ...]:
        """The kinds that stand in the record itself."""
        return tuple(line for line in self.lines if not line.part.within)

    @cached_property
    def taken(self) -> dict[str, Field]:
        """What a body may say of the record itself, by name."""
        return _taken(self.shown)

    @cached_property
    def read_only(self) -> frozenset[str]:
        """What is shown but never taken."""
        always = {"id", "created_at", "updated_at", "deleted_at", "voided_at", "origin", "sync"}
        return frozenset({field.name for field in self.shown} - set(self.taken) | always)


def _taken(fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in fields if field.messages & In.WRITE}


def _shown(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Without our own id's copy, and without QuickBooks' codes that have a word of ours."""
    return tuple(
        replace(field, kind=Kind.TEXT)
        if field.name in _BY_NAME and field.kind is Kind.REF
        else field
        for field in fields
        if field.kind is not Kind.GUID
        and not field.made
        and (field.kind is not Kind.REF or field.to or field.name in _BY_NAME)
    )


def _shape(entity: Entity) -> Shape:
    resource = entity.resource
    named = (_FULL_NAME,) if "full_name" in TABLES[resource].c else ()
    follows = _FOLLOWS.get(resource, frozenset())
    fields = tuple(
        replace(field, messages=In.RET) if field.name in follows else field
        for field in _shown(entity.fields)
    )
    return Shape(
        entity,
        (*fields, *named, *_EXTRA.get(resource, ())),
        tuple(_line_shape(entity, part) for part in entity.lines),
    )


def _line_shape(entity: Entity, part: Lines) -> LineShape:
    fields = tuple(field for field in _shown(part.fields) if field.name != part.by)
    return LineShape(
        part,
        (*fields, *_EXTRA_LINE.get((entity.resource, part.name), ())),
        tuple(_line_shape(entity, inner) for inner in entity.lines if inner.within == part.name),
    )


SHAPES: dict[str, Shape] = {resource: _shape(entity) for resource, entity in BY_RESOURCE.items()}

BANK_BALANCES = "bank-balances"
RESOURCES = (*SHAPES, BANK_BALANCES)
"""The names of all resources, as the API and the command line say them."""


def shape_of(resource: str) -> Shape:
    """The shape of a resource of records; NotFound when there is no such resource."""
    try:
        return SHAPES[resource]
    except KeyError:
        raise NotFound(
            f"There is no resource of that name. There are {', '.join(RESOURCES)}."
        ) from None


assert all(  # noqa: S101 - a line kind without a table could not be shown
    (resource, line.part.name) in LINE_TABLES
    for resource, shape in SHAPES.items()
    for line in shape.lines
)
