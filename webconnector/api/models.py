"""The records of the API as pydantic models, made from the facts of the entity table.

Owns the JSON form of each kind of field; lengths, required fields and what may be written follow
from `qbxml.entities` and `store.shapes`. What a body means, and every text about what is wrong
with it, is the store's business (`store/bodies.py`): the tests hold both against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from qbxml.entity import ADDRESS_PARTS, Kind
from qbxml.entity import Field as Part
from store.bodies import lines_max
from store.ledger import LINE_TABLES, TABLES, column_name
from store.shapes import APP_ALONE, SHAPES, TEXT_LISTS, LineShape, Shape
from webconnector.api.fixed_models import (
    Instant,
    Key,
    NamedReference,
    Origin,
    Strict,
    Sync,
)

Amount = Annotated[str, Field(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$", examples=["120.00"])]
ShownAmount = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$", examples=["120.00"])]
Number = Annotated[str, Field(pattern=r"^-?[0-9]{1,10}(\.[0-9]{1,5})?$", examples=["12.5"])]
WholeNumber = Annotated[int, Field(ge=-9_999_999_999, le=9_999_999_999)]
ShownNumber = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]{1,5})?$", examples=["12.5"])]
Day = Annotated[str, Field(json_schema_extra={"format": "date"}, examples=["2024-01-31"])]


class Reference(Strict):
    """Another record: its id, or its exact full name."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    id: Key | None = None
    name: str | None = None


def _address(name: str) -> type[BaseModel]:
    parts: dict[str, Any] = {
        part: (Annotated[str, Field(max_length=most)] | None, None)
        for _, part, most in ADDRESS_PARTS
    }
    return create_model(name, __base__=Strict, __doc__="A postal address.", **parts)


Address = _address("Address")
ShownAddress = create_model(
    "ShownAddress",
    __base__=Strict,
    __doc__="A postal address; parts that are empty are left out.",
    **{part: (str, None) for _, part, _ in ADDRESS_PARTS},  # type: ignore[call-overload]
)


# --- one type per kind of field, as a body gives it and as it is shown


def _given_text(part: Part) -> Any:
    lengths: dict[str, int] = {}
    if part.max_characters is not None:
        lengths["max_length"] = part.max_characters
    if part.required:
        lengths["min_length"] = 1
    return Annotated[str, Field(**lengths)] if lengths else str  # type: ignore[call-overload]


def _given_word(part: Part) -> Any:
    return Literal[tuple(word for word, _ in part.words if word not in part.read_words)]


_GIVEN: dict[Kind, Callable[[Part], Any]] = {
    Kind.TEXT: _given_text,
    Kind.AMOUNT: lambda _: Amount,
    Kind.PRICE: lambda _: Number | WholeNumber,
    Kind.QUANTITY: lambda _: Number | WholeNumber,
    Kind.PERCENT: lambda _: Number | WholeNumber,
    Kind.INT: lambda _: int,
    Kind.BOOL: lambda _: bool,
    Kind.DATE: lambda _: Day,
    Kind.ENUM: _given_word,
    Kind.REF: lambda _: Key | Reference,
    Kind.ADDRESS: lambda _: Address,
}
_SHOWN: dict[Kind, Callable[[Part], Any]] = {
    Kind.TEXT: lambda _: str,
    Kind.AMOUNT: lambda _: ShownAmount,
    Kind.PRICE: lambda _: ShownNumber,
    Kind.QUANTITY: lambda _: ShownNumber,
    Kind.PERCENT: lambda _: ShownNumber,
    Kind.INT: lambda _: int,
    Kind.BOOL: lambda _: bool,
    Kind.DATE: lambda _: Day,
    Kind.ENUM: lambda part: Literal[tuple(word for word, _ in part.words)],
    Kind.REF: lambda _: NamedReference,
    Kind.ADDRESS: lambda _: ShownAddress,
}


def _described(part: Part) -> str | None:
    """What people should know beyond the type."""
    words = []
    if part.to:
        words.append(f"One of {' or '.join(part.to)}.")
    if part.beside:
        words.append(f"Only beside `{part.beside}`.")
    if part.read_words:
        words.append(f"Only QuickBooks sets {', '.join(part.read_words)}.")
    return " ".join(words) or None


def _given(parts: Iterable[Part], *, new: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        kind = _GIVEN[part.kind](part)
        said = part.kind is Kind.BOOL and part.empty is not None
        if not (part.required or said or part.name in APP_ALONE):
            kind |= None
        default = ... if new and part.required else None
        found[part.name] = (kind, Field(default, description=_described(part)))
    return found


def _shown(parts: Iterable[Part], table: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in parts:
        kind = _SHOWN[part.kind](part)
        if part.name in TEXT_LISTS:
            kind = list[str]
        if table.c[column_name(part)].nullable:
            kind |= None
        found[part.name] = (kind, Field(description=_described(part)))
    return found


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one resource: as it is shown, made and changed."""

    shown: type[BaseModel]
    new: type[BaseModel]
    change: type[BaseModel]


def noun_of(shape: Shape) -> str:
    """`VendorCredit`."""
    return "".join(word.capitalize() for word in shape.entity.singular.split())


@cache
def models_of(resource: str) -> Models:
    """The models of a resource of records."""
    shape = SHAPES[resource]
    noun = noun_of(shape)
    return Models(
        _shown_model(shape, noun),
        _given_model(shape, f"{noun}New", new=True),
        _given_model(shape, f"{noun}Change", new=False),
    )


def _line_noun(noun: str, line: LineShape) -> str:
    return noun + "".join(word.capitalize() for word in line.part.name.split("_"))


def _shown_model(shape: Shape, noun: str) -> type[BaseModel]:
    table = TABLES[shape.entity.resource]
    parts: dict[str, Any] = {"id": (Key, ...), **_shown(shape.shown, table)}
    for line in shape.outer_lines:
        parts[line.part.name] = _shown_lines(shape, line, noun)
    parts |= {"origin": (Origin, ...), "created_at": (Instant, ...), "updated_at": (Instant, ...)}
    if "voided_at" in table.c:
        parts["voided_at"] = (Instant | None, ...)
    parts |= {
        "deleted_at": (Instant, Field(None, description="Only on what is deleted.")),
        "sync": (Sync, ...),
    }
    return create_model(noun, __base__=Strict, __doc__=f"A record: {noun}.", **parts)


def _shown_lines(shape: Shape, line: LineShape, noun: str) -> Any:
    table = LINE_TABLES[shape.entity.resource, line.part.name]
    parts: dict[str, Any] = {"id": (Key, ...), **_shown(line.shown, table)}
    for inner in line.inner:
        parts[inner.part.name] = _shown_lines(shape, inner, noun)
    model: Any = create_model(_line_noun(noun, line), __base__=Strict, **parts)
    return (list[model], ...)


def _given_model(shape: Shape, name: str, *, new: bool) -> type[BaseModel]:
    parts = _given(shape.taken.values(), new=new)
    for line in shape.outer_lines:
        parts[line.part.name] = _given_lines(line, name, new=new)
    return create_model(name, __base__=Strict, **parts)


def _given_lines(line: LineShape, name: str, *, new: bool) -> Any:
    # A line that stands in the record already may leave out what stays.
    parts = _given(line.taken.values(), new=new)
    if not new:
        text = "The line that this is; without it the line is new."
        parts = {"id": (Key | None, Field(None, description=text)), **parts}
    for inner in line.inner:
        parts[inner.part.name] = _given_lines(inner, name, new=new)
    model: Any = create_model(_line_noun(name, line), __base__=Strict, **parts)
    text = "The complete list: a line that is left out is deleted."
    return (Annotated[list[model], Field(max_length=lines_max)], Field(None, description=text))
