"""Both sides' values in QuickBooks' form: what is the same, and what the form cost.

Owns comparison. It must not know which side is right.

A value typed in CashFlow that QuickBooks would keep in the same form is no change (sync-rules 4).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from qbxml.entity import ADDRESS_PARTS, Entity, Field, Kind, Lines, Part
from qbxml.errors import RecordError
from qbxml.text import (
    amount_text,
    date_text,
    parse_date,
    parse_guid,
    price_text,
    quantity_text,
    to_quickbooks,
)
from qbxml.write import Finding, Place, Values, is_empty, number


def canonical(entity: Entity, values: Values) -> dict[str, Any]:
    """Bring the parts among `values` to QuickBooks' form; other keys (`kind`) stay as they are.

    Empty is None (no lines: []), booleans have their meaning when absent. What is no valid value
    stays as it stands, so that it differs and is refused when it is built. A reference marked
    `unlinked`, to what QuickBooks does not have yet, differs from every one that QuickBooks has.
    """
    return {
        name: canonical_part(entity.by_name[name], value) if name in entity.by_name else value
        for name, value in values.items()
    }


def canonical_part(part: Part, value: Any) -> Any:
    """Bring one part's value to QuickBooks' form, see `canonical`."""
    if isinstance(part, Lines):
        return [_line(part, line) for line in value or ()]
    if is_empty(part, value) and not _is_unlinked(value):
        return part.empty
    try:
        return _FORMS[part.kind](part, value)
    except (RecordError, TypeError, ValueError):
        return value


def _line(lines: Lines, line: Values) -> dict[str, Any]:
    found: dict[str, Any] = {"quickbooks_line_id": line.get("quickbooks_line_id")}
    for part in lines.fields:
        found[part.name] = canonical_part(part, line.get(part.name))
    for part in lines.fields:
        # Meaningless alone; beside its companion never without a value.
        if part.beside is not None:
            if found[part.beside] is None and found[part.name] == part.neutral:
                found[part.name] = None
            elif found[part.beside] is not None and found[part.name] is None:
                found[part.name] = part.neutral
    return found


def _text(part: Field, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return to_quickbooks(value, multiline=part.multiline).text


def _ref(_: Field, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    name = value.get("name")
    found = {
        "id": value.get("id") or None,
        "name": (to_quickbooks(name).text or None) if isinstance(name, str) else name,
    }
    return found | ({"unlinked": True} if _is_unlinked(value) else {})


def _is_unlinked(value: Any) -> bool:
    """Whether this refers to a record that QuickBooks does not have yet: that is not nothing."""
    return isinstance(value, Mapping) and bool(value.get("unlinked"))


def _address(_: Field, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        name: (to_quickbooks(text).text or None) if isinstance(text, str) else text
        for _, name, _ in ADDRESS_PARTS
        for text in (value.get(name),)
    }


def _date(_: Field, value: Any) -> Any:
    day = parse_date(value)
    return value if day is None else date_text(day)


_FORMS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.ENUM: _text,
    Kind.AMOUNT: lambda _, value: amount_text(number(value)),
    Kind.PRICE: lambda _, value: price_text(number(value)),
    Kind.QUANTITY: lambda _, value: quantity_text(number(value)),
    Kind.PERCENT: lambda _, value: price_text(number(value)),
    Kind.INT: lambda _, value: value,
    Kind.BOOL: lambda _, value: value,
    Kind.DATE: _date,
    Kind.GUID: lambda _, value: parse_guid(value),
    Kind.REF: _ref,
    Kind.ADDRESS: _address,
}


# --- the same or not


def same(part: Part, a: Any, b: Any) -> bool:
    """Whether two values of a part are the same to QuickBooks, whatever form they have.

    References go by id, by full name when one of them lacks an id. Lines are compared in their
    order, without their ids. Numbers go by value.
    """
    one, other = canonical_part(part, a), canonical_part(part, b)
    if isinstance(part, Lines):
        return len(one) == len(other) and all(
            _same_field(kept, left[kept.name], right[kept.name])
            for left, right in zip(one, other, strict=True)
            for kept in part.fields
        )
    return _same_field(part, one, other)


def _same_field(part: Field, a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    if part.kind is Kind.REF and isinstance(a, Mapping) and isinstance(b, Mapping):
        if _is_unlinked(a) or _is_unlinked(b):  # without id and, among our own values, name
            return _is_unlinked(a) and _is_unlinked(b)
        by = "id" if a.get("id") and b.get("id") else "name"
        return bool(a.get(by) == b.get(by))
    if part.kind in _NUMBERS:
        return _value(a) == _value(b)
    return bool(a == b)


_NUMBERS = frozenset((Kind.AMOUNT, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT))


def _value(text: Any) -> Decimal | Any:
    try:
        return number(text)
    except RecordError:
        return text


# --- what the form cost


def transliterations(entity: Entity, values: Values) -> tuple[Finding, ...]:
    """Name each text with characters that QuickBooks can only keep as `?`."""
    found: list[Finding] = []
    for name, value in values.items():
        part = entity.by_name.get(name)
        if isinstance(part, Lines):
            for position, line in enumerate(value or ()):
                place = Place().of(name).line(position)
                for inner in part.fields:
                    _lost(inner, line.get(inner.name), place.of(inner.name), found)
        elif part is not None:
            _lost(part, value, Place().of(name), found)
    return tuple(found)


def _lost(part: Field, value: Any, place: Place, found: list[Finding]) -> None:
    if part.kind is Kind.ADDRESS and isinstance(value, Mapping):
        for _, name, _ in ADDRESS_PARTS:
            _lost(Field("", name), value.get(name), place.of(name), found)
    elif part.kind is Kind.TEXT and isinstance(value, str):
        replaced = to_quickbooks(value, multiline=part.multiline).replaced
        if replaced:
            text = (
                f"{place.label}: QuickBooks cannot keep {' '.join(replaced)} and shows ? instead."
            )
            found.append(Finding(place.path, text))
