"""Values for every record type, made from the table: full, minimal, and drawn by hypothesis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from qbxml.entities import WIRE
from qbxml.entity import ADDRESS_PARTS, Entity, Field, In, Kind, Lines
from qbxml.text import to_quickbooks

PUSHED = tuple(entity for entity in WIRE if entity.push.new)
GUID = str(UUID(int=7))
CHANGED = tuple(entity for entity in WIRE if entity.push.edited or entity.push.inactive)

_SAMPLES: dict[Kind, Any] = {
    Kind.AMOUNT: "120.00",
    Kind.PRICE: "12.5",
    Kind.QUANTITY: "3",
    Kind.PERCENT: "7.25",
    Kind.INT: 30,
    Kind.BOOL: True,
    Kind.DATE: "2024-01-31",
    Kind.GUID: "0b3f7b1e-9a3c-4f5d-8f2e-1c2d3e4f5a6b",
    Kind.REF: {"id": "80000001-1234567890", "name": "Somebody"},
    Kind.ADDRESS: {name: "x" * length for _, name, length in ADDRESS_PARTS},
}


def sample(part: Field) -> Any:
    """A valid value; texts and names as long as they may be."""
    if part.words:
        return next(ours for ours, _ in part.words if ours not in part.read_words)
    return _SAMPLES.get(part.kind) or "n" * (part.max_characters or 40)


def full_values(entity: Entity, message: In) -> dict[str, Any]:
    """Every part of that message filled, two lines of each kind."""
    found: dict[str, Any] = {}
    for part in entity.parts:
        if message not in part.messages:
            continue
        if isinstance(part, Lines):
            line = {inner.name: sample(inner) for inner in part.fields}
            found[part.name] = [
                {"quickbooks_line_id": None, **line},
                {"quickbooks_line_id": "1A2B-1", **line},
            ]
        else:
            found[part.name] = sample(part)
    return _applied(entity, found)


def _applied(entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
    """A payment names documents or says that it names none; what excludes others is alone."""
    made = {
        part.name: None if values.get("applications") else False
        for part in entity.fields
        if part.made
    }
    made |= {part.name: False for part in entity.fields if part.unless and values.get(part.unless)}
    return {**values, **made, **_within(entity, values)}


def _within(entity: Entity, values: dict[str, Any]) -> dict[str, Any]:
    """Lines within lines belong in one of them each."""
    found: dict[str, Any] = {}
    for lines in entity.lines:
        if lines.within and lines.name in values:
            outer = values.get(lines.within) or []
            belongs = [{"id": f"{place}-1", "name": "Somebody"} for place in range(len(outer))]
            pairs = zip(outer, belongs, strict=True)
            found[lines.within] = [line | {lines.by: one} for line, one in pairs]
            inner = values[lines.name] if outer else []
            found[lines.name] = [
                line | {lines.by: belongs[place % len(outer)]} for place, line in enumerate(inner)
            ]
    return found


def minimal_values(entity: Entity) -> dict[str, Any]:
    """Only what an Add must have."""
    found = {part.name: sample(part) for part in entity.fields if part.required}
    for lines in entity.lines:
        if lines.required:
            found[lines.name] = [{p.name: sample(p) for p in lines.fields if p.required}]
    return _applied(entity, found)


# --- drawn

_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=["Cs"], include_characters="é€Ω😀&<>\"'\n\t\x00\x19"
)
_IDS = st.from_regex(r"[0-9A-F]{1,8}-[0-9]{1,10}", fullmatch=True)


def texts(part: Field) -> st.SearchStrategy[str | None]:
    """Texts that fit once in QuickBooks' form; names also have something to read in them."""

    def fits(text: str) -> bool:
        sent = to_quickbooks(text, multiline=part.multiline)
        if part.max_characters is not None and sent.length > part.max_characters:
            return False
        return not part.a_name or (":" not in sent.text and bool(sent.text.strip("? ")))

    some = st.text(_CHARACTERS, max_size=min(part.max_characters or 40, 40)).filter(fits)
    return some if part.required else st.none() | some


def _numbers(digits: int, places: int) -> st.SearchStrategy[str]:
    return st.decimals(
        min_value=-(10**digits) + 1, max_value=10**digits - 1, places=places, allow_nan=False
    ).map(lambda value: f"{value:f}")


_ADDRESSES = st.fixed_dictionaries(
    {name: texts(Field("", name, max_characters=length)) for _, name, length in ADDRESS_PARTS}
)
_DRAWN: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.AMOUNT: _numbers(13, 2),
    Kind.PRICE: _numbers(10, 5),
    Kind.QUANTITY: _numbers(10, 5),
    Kind.PERCENT: _numbers(2, 5),
    Kind.INT: st.integers(0, 999),
    Kind.BOOL: st.booleans(),
    Kind.DATE: st.dates().map(str),
    Kind.GUID: st.uuids().map(str),
    Kind.REF: st.fixed_dictionaries({"id": _IDS, "name": st.just("Somebody")}),
    Kind.ADDRESS: _ADDRESSES,
}


def values_of(part: Field) -> st.SearchStrategy[Any]:
    """Valid values of a field, None where it may be empty."""
    if part.words:
        words = st.sampled_from([ours for ours, _ in part.words if ours not in part.read_words])
        return words if part.required else st.none() | words
    if part.kind in {Kind.TEXT, Kind.ENUM}:
        return texts(part)
    drawn = _DRAWN[part.kind]
    return drawn if part.required else st.none() | drawn


def fields_of(fields: Iterable[Field], message: In) -> st.SearchStrategy[dict[str, Any]]:
    """Records of these fields, all that the message has as keys."""
    return st.fixed_dictionaries(
        {part.name: values_of(part) for part in fields if message in part.messages}
    ).map(_settled)


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("customer") is None and values.get("billable_status") == "billable":
        values["billable_status"] = "not_billable"
    return values


def lines_of(lines: Lines, message: In) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lists of up to three lines, new ones for an Add."""
    line_ids = st.none() if message is In.ADD else st.none() | _IDS
    line = st.tuples(line_ids, fields_of(lines.fields, message)).map(
        lambda pair: {"quickbooks_line_id": pair[0], **pair[1]}
    )
    return st.lists(line, min_size=int(lines.required), max_size=3)


def adds_of(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    """Whole records that an Add takes."""
    kinds = {lines.name: lines_of(lines, In.ADD) for lines in entity.lines}
    return st.tuples(fields_of(entity.fields, In.ADD), st.fixed_dictionaries(kinds)).map(
        lambda pair: _applied(entity, {**pair[0], **pair[1]})
    )


def _is_given(value: Any) -> bool:
    return value is not None


def mods_of(entity: Entity) -> st.SearchStrategy[dict[str, Any]]:
    """Some changed fields of a record, None only where that may be cleared; lines, all or none."""
    changed: dict[str, st.SearchStrategy[Any]] = {}
    for part in entity.fields:
        if In.MOD in part.messages:
            values = values_of(part)
            changed[part.name] = values if part.clearable else values.filter(_is_given)
    kinds = {lines.name: lines_of(lines, In.MOD) for lines in entity.lines}
    lists = st.fixed_dictionaries(kinds).filter(lambda found: any(found.values()))
    none: st.SearchStrategy[dict[str, Any]] = st.just({})
    lines = none | lists if kinds else none
    return st.tuples(st.fixed_dictionaries({}, optional=changed), lines).map(
        lambda pair: {**pair[0], **pair[1]}
    )
