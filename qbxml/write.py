"""How plain values become the elements of a request, and what keeps them from going.

Owns the written form of every field and all checks before sending: one bad value in a message
makes QuickBooks refuse the whole of it without an answer. It must not know lines (`write_lines.py`)
nor which requests exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from qbxml.entity import ADDRESS_PARTS, Field, Kind
from qbxml.errors import RecordError, RequestError
from qbxml.text import (
    amount_text,
    bool_text,
    check_text,
    date_text,
    guid_text,
    parse_date,
    price_text,
    quantity_text,
    to_quickbooks,
)

ID_CHARACTERS_MAX = 36
Values = Mapping[str, Any]

ID = re.compile(rf"[!-~]{{1,{ID_CHARACTERS_MAX}}}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{0,20})?")
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one value: its path (`expense_lines/0/memo`) and the user's text."""

    field: str
    text: str


def listed(findings: Sequence[Finding]) -> str:
    """All findings as one sentence."""
    return "; ".join(finding.text.rstrip(".") for finding in findings) + "."


class Unsendable(RecordError):
    """Ask a person: these values cannot go to QuickBooks as they are. Nothing was shortened."""

    def __init__(self, what: str, findings: Sequence[Finding]) -> None:
        """Name the fields in the detail, and only the user's text may hold more."""
        self.findings = tuple(findings)
        paths = ", ".join(dict.fromkeys(finding.field for finding in findings))
        super().__init__(
            f"{what} cannot be sent: {paths}",
            field=findings[0].field,
            text=listed(findings),
        )


class Unbuildable(RequestError, ValueError):
    """Our mistake: there is no such request, or its parts exclude each other."""


def refuse_unknown(values: Values, known: Iterable[str], where: str) -> None:
    """Unbuildable when a record has names that the table does not know: a typing error of ours."""
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise Unbuildable(f"{where} has no field {', '.join(unknown)}")


class Mode(Enum):
    """What the element is part of: it decides what an empty value does."""

    NEW = "an Add, or a new line: empty is left out"
    CHANGED = "a Mod: empty clears"
    KEPT = "a line that exists: empty clears where QuickBooks allows it, else leaves"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its path for programs, its label for people."""

    path: str = ""
    label: str = ""

    def of(self, name: str) -> Place:
        """The place of a part in here."""
        spoken = name.replace("_", " ")
        return Place(
            f"{self.path}/{name}" if self.path else name,
            f"{self.label}, {spoken}" if self.label else spoken[:1].upper() + spoken[1:],
        )

    def line(self, number: int) -> Place:
        """The place of a line in here, counted from 0 in the path and from 1 in the label."""
        return Place(f"{self.path}/{number}", f"{self.label.removesuffix('s')} {number + 1}")


@dataclass(slots=True)
class Sheet:
    """One request in the making: collects what is wrong, so that a person hears all of it."""

    findings: list[Finding] = field(default_factory=list)

    def wrong(self, place: Place, text: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(place.path, text))


def escaped(text: str) -> str:
    """Give text as XML content or attribute value: pure ASCII, the rest as references."""
    return text.translate(_ESCAPED).encode("ascii", "xmlcharrefreplace").decode("ascii")


def element(name: str, content: str) -> str:
    """Wrap content that is XML already."""
    return f"<{name}>{content}</{name}>"


# --- empty or not


def is_empty(part: Field, value: Any) -> bool:
    """Whether QuickBooks would see nothing in this value."""
    if value is None:
        return True
    if part.kind is Kind.REF:
        return isinstance(value, Mapping) and not (
            _filled(value.get("id")) or _filled(value.get("name"))
        )
    if part.kind is Kind.ADDRESS:
        return isinstance(value, Mapping) and not any(map(_filled, value.values()))
    return isinstance(value, str) and not _filled(value)


def _filled(value: Any) -> bool:
    return bool(to_quickbooks(value).text) if isinstance(value, str) else value is not None


# --- single values: each gives the element's content or raises RecordError


def number(value: Any) -> Decimal:
    """Read a plain number; RecordError on anything else, floats too, since they are not exact."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip())
    raise RecordError("it must be a number, written like 1250.75")


def _bool(value: Any) -> str:
    if not isinstance(value, bool):
        raise RecordError("it must be true or false")
    return bool_text(value)


def _integer(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        raise RecordError("it must be a whole number")
    return str(value)


def _date(value: Any) -> str:
    day = parse_date(value) if isinstance(value, str) else None
    if day is None:
        raise RecordError("it must be a day, written like 2024-01-31")
    return date_text(day)


def _guid(value: Any) -> str:
    if not isinstance(value, str):
        raise RecordError("it must be an internal number of CashFlow's (a UUID)")
    return guid_text(value)


_PLAIN: dict[Kind, Callable[[Any], str]] = {
    Kind.AMOUNT: lambda value: amount_text(number(value)),
    Kind.PRICE: lambda value: price_text(number(value)),
    Kind.QUANTITY: lambda value: quantity_text(number(value)),
    Kind.PERCENT: lambda value: price_text(number(value)),
    Kind.INT: _integer,
    Kind.BOOL: _bool,
    Kind.DATE: _date,
    Kind.GUID: _guid,
}


def _plain(part: Field, value: Any, place: Place, sheet: Sheet, _: Mode) -> str:
    try:
        return _PLAIN[part.kind](value)
    except RecordError as error:
        sheet.wrong(place, f"{place.label}: {error}; correct it in CashFlow.")
        return ""


def _text(part: Field, value: Any, place: Place, sheet: Sheet, _: Mode) -> str:
    if not isinstance(value, str):
        sheet.wrong(place, f"{place.label} must be text: correct it in CashFlow.")
        return ""
    for problem in check_text(
        value,
        field=place.label,
        max_characters=part.max_characters,
        name=part.a_name,
        multiline=part.multiline,
    ):
        sheet.wrong(place, problem)
    return escaped(to_quickbooks(value, multiline=part.multiline).text)


def _enum(part: Field, value: Any, place: Place, sheet: Sheet, _: Mode) -> str:
    words = {ours: theirs for ours, theirs in part.words if ours not in part.read_words}
    if not part.words and isinstance(value, str):
        return escaped(to_quickbooks(value).text)
    if isinstance(value, str) and value in words:
        return escaped(words[value])
    sheet.wrong(place, f"{place.label} must be one of {', '.join(words)}: choose one in CashFlow.")
    return ""


def _ref(part: Field, value: Any, place: Place, sheet: Sheet, _: Mode) -> str:
    if not isinstance(value, Mapping):
        sheet.wrong(place, f"{place.label} must name a record: choose one in CashFlow.")
        return ""
    listed, name = value.get("id"), value.get("name")
    if listed or part.by_id:
        if isinstance(listed, str) and ID.fullmatch(listed):
            return escaped(listed) if part.by_id else element("ListID", escaped(listed))
        sheet.wrong(
            place, f"{place.label} has an internal number that QuickBooks cannot have made."
        )
        return ""
    text = Field("FullName", part.name, max_characters=part.max_characters)
    return element("FullName", _text(text, name, place, sheet, Mode.NEW))


def _address(_: Field, value: Any, place: Place, sheet: Sheet, mode: Mode) -> str:
    if not isinstance(value, Mapping) or set(value) - {name for _, name, _ in ADDRESS_PARTS}:
        sheet.wrong(place, f"{place.label} must hold line1 to line5, city, state and so on.")
        return ""
    written = []
    for tag, name, max_characters in ADDRESS_PARTS:
        line = Field(tag, name, max_characters=max_characters)
        if not is_empty(line, value.get(name)):
            written.append(element(tag, _text(line, value[name], place.of(name), sheet, mode)))
        elif mode is not Mode.NEW:
            written.append(element(tag, ""))
    return "".join(written)


_WRITERS: dict[Kind, Callable[[Field, Any, Place, Sheet, Mode], str]] = {
    **dict.fromkeys(_PLAIN, _plain),
    Kind.TEXT: _text,
    Kind.ENUM: _enum,
    Kind.REF: _ref,
    Kind.ADDRESS: _address,
}

# What an aggregate holds to be cleared; single values are simply empty.
_CLEARED: dict[Kind, str] = {
    Kind.REF: element("FullName", ""),
    Kind.ADDRESS: "".join(element(tag, "") for tag, _, _ in ADDRESS_PARTS),
}


# --- one field


def field_xml(part: Field, values: Values, around: Place, sheet: Sheet, mode: Mode) -> str:
    """Write one field of a record or line, where it has something to say in this mode."""
    place, tag = around.of(part.name), part.elements[0]
    if mode is not Mode.NEW and part.name not in values:
        return ""
    value = values.get(part.name)
    if part.unless is not None and _filled(values.get(part.unless)):
        if value:
            sheet.wrong(place, f"{place.label} and {part.unless} exclude each other.")
        return ""
    if part.beside is not None:
        value = _settled(part, values, place, sheet, mode)
    if part.kind is Kind.BOOL and value is None and (part.always or mode is not Mode.NEW):
        value = part.empty
    if not is_empty(part, value):
        return element(tag, _WRITERS[part.kind](part, value, place, sheet, mode))
    if part.required:
        sheet.wrong(place, f"{place.label} is missing: enter it in CashFlow.")
    elif mode is Mode.CHANGED and not part.clearable:
        sheet.wrong(
            place, f"{place.label} cannot be emptied in QuickBooks: enter a value in CashFlow."
        )
    elif mode is not Mode.NEW and part.clearable:
        return element(tag, _CLEARED.get(part.kind, ""))
    return ""


def _settled(part: Field, values: Values, place: Place, sheet: Sheet, mode: Mode) -> Any:
    """Give the value to write of a field that means nothing without another, None for nothing.

    With the other one filled it is always written, since QuickBooks' own choice depends on its
    preferences. What QuickBooks alone sets stays untouched where it exists.
    """
    beside = str(part.beside)
    value = values.get(part.name)
    if mode is Mode.KEPT and value in part.read_words:
        return None
    unknown = mode is Mode.KEPT and beside not in values
    if unknown or _filled_ref(values.get(beside)):
        return part.neutral if value is None else value
    if value not in {None, part.neutral}:
        sheet.wrong(
            place,
            f"{place.label} is {str(value).replace('_', ' ')}, but there is no {beside}:"
            f" choose a {beside} or make it {str(part.neutral).replace('_', ' ')}.",
        )
    return None


def _filled_ref(value: Any) -> bool:
    return not is_empty(Field("", "", Kind.REF), value)
