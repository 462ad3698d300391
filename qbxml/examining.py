"""Why QuickBooks could not read a request: what was sent, read once more and held to the table.

Owns the second look at one request that QuickBooks refused as a whole (0x80040400), as it left and
not as it was meant. It must not know how requests are written (`write.py` checks before they go),
nor what becomes of the record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from lxml import etree
from lxml.etree import _Element

from qbxml.entity import ADDRESS_PARTS, Entity, Field, In, Kind, Lines
from qbxml.write import ID, Finding, Place

YEARS_USUAL = range(1970, 2039)
"""The years of QuickBooks' own times; a document's day outside of them is most often a slip."""

_IN_WORDS: Mapping[Kind, tuple[re.Pattern[str], str]] = {
    Kind.AMOUNT: (re.compile(r"[+-]?[0-9]{1,13}\.[0-9]{2}"), "an amount such as 1250.75"),
    **dict.fromkeys(
        (Kind.PRICE, Kind.QUANTITY, Kind.PERCENT),
        (re.compile(r"[+-]?[0-9]{1,10}(\.[0-9]{1,5})?"), "a number of at most 10 digits and 5"
         " decimal places"),
    ),
    Kind.INT: (re.compile(r"[+-]?[0-9]{1,10}"), "a whole number"),
    Kind.BOOL: (re.compile("true|false"), "yes or no"),
    Kind.GUID: (re.compile(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}"), "in its form"),
}  # fmt: skip
_NEVER = re.compile("[^\t\n\r -~\xa0-\xff]")
_RARE = re.compile("[\xa0-\xff]")
_BREAK = re.compile("[\t\n\r]")
_SHOWN_MAX = 5


@dataclass(slots=True)
class Examined:
    """`wrong`: against QuickBooks' rules for certain. `unusual`: allowed, and all that stands out.

    The texts of the findings are one sentence each, for people.
    """

    wrong: list[Finding] = field(default_factory=list)
    unusual: list[Finding] = field(default_factory=list)


def examine(entity: Entity, document: str) -> Examined:
    """Look at a message set with one Add or Mod of a record of this type.

    Other requests, which hold nothing that a person could change, give no finding.
    """
    found = Examined()
    try:
        root = etree.fromstring(document.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError:
        found.wrong.append(Finding("", "what CashFlow sent is damaged"))
        return found
    for variant in entity.wire:
        for form, message in (("Add", In.ADD), ("Mod", In.MOD)):
            for node in root.iter(f"{variant.noun}{form}"):
                _Look(found, message).group(node, _slots(variant, message), Place())
    return found


@dataclass(frozen=True, slots=True)
class _Slot:
    """An element that may stand in a group; those of one rank may mix."""

    tag: str
    rank: int
    part: Field | Lines | None
    name: str = ""
    inner: tuple[_Slot, ...] = ()


def _slots(entity: Entity, message: In) -> tuple[_Slot, ...]:
    heads = (entity.family.id_element, "EditSequence") if message is In.MOD else ()
    found = [_Slot(tag, rank, None) for rank, tag in enumerate(heads)]
    for part in entity.parts:
        rank = len(found)
        if message not in part.messages or (isinstance(part, Lines) and part.within):
            continue
        if isinstance(part, Field):
            found += _of_field(part, rank)
            continue
        inside = [one for one in entity.lines if one.within == part.name]
        found += _of_lines(part, message, rank, inside)
    return tuple(found)


def _of_field(part: Field, rank: int) -> Iterator[_Slot]:
    if part.elements[0]:
        yield _Slot(part.elements[0], rank, part, part.name)


def _of_lines(lines: Lines, message: In, rank: int, inside: Sequence[Lines]) -> Iterator[_Slot]:
    form = "Add" if message is In.ADD else "Mod"
    inner: list[_Slot] = [_Slot("TxnLineID", 0, None)] if message is In.MOD else []
    for part in lines.fields:
        if message in part.messages:
            inner += _of_field(part, len(inner))
        for one in inside:
            if one.after == part.name:
                fields = [f for f in one.fields if f.name != one.by]
                told = tuple(s for n, f in enumerate(fields) for s in _of_field(f, n))
                inner.append(_Slot(one.element, len(inner), one, one.name, told))
    if message is In.MOD and lines.clear:
        yield _Slot(lines.clear, rank, None)
    line = _Slot(f"{lines.element}{form}", rank, lines, lines.name, tuple(inner))
    yield line
    if message is In.MOD and lines.group:
        whole = (_Slot("TxnLineID", 0, None), _Slot(line.tag, 1, lines, lines.name, line.inner))
        yield _Slot(f"{lines.group}{form}", rank, lines, lines.name, whole)


class _Look:
    """One pass over a request; notes what it finds."""

    def __init__(self, found: Examined, message: In) -> None:
        self._found = found
        self._message = message

    def _wrong(self, place: Place, text: str) -> None:
        self._found.wrong.append(Finding(place.path, text))

    def group(self, node: _Element, slots: Sequence[_Slot], place: Place) -> None:
        """Judge what stands in here: known, in order, nothing required missing."""
        known = {slot.tag: slot for slot in slots}
        reached, counts, seen = -1, dict[str, int](), set[str]()
        for child in node:
            slot = known.get(str(child.tag))
            if slot is None:
                self._wrong(place, f'"{child.tag}" has no place in {place.label or "this record"}')
                continue
            if slot.rank < reached:
                self._wrong(place.of(slot.name), f'"{slot.tag}" stands in the wrong order')
            reached = max(reached, slot.rank)
            seen.add(slot.name)
            if isinstance(slot.part, Field):
                self._field(child, slot.part, place.of(slot.name))
            elif isinstance(slot.part, Lines):
                number = counts.setdefault(slot.name, 0)
                counts[slot.name] += 1
                self.group(child, slot.inner, place.of(slot.name).line(number))
        if self._message is In.ADD:
            for slot in slots:
                if slot.part is not None and slot.part.required and slot.name not in seen:
                    self._wrong(place.of(slot.name), f"{place.of(slot.name).label} is missing")

    def _field(self, node: _Element, part: Field, place: Place) -> None:
        if part.kind is Kind.REF and not part.by_id:
            for child in node:
                most = part.max_characters if child.tag == "FullName" else None
                self._text(child.text or "", Field("", "", max_characters=most), place)
            return
        if part.kind is Kind.ADDRESS:
            for tag, name, most in ADDRESS_PARTS:
                text = node.findtext(tag) or ""
                self._text(text, Field("", "", max_characters=most), place.of(name))
            return
        text = node.text or ""
        if text:
            self._JUDGES[part.kind](self, text, part, place)
        elif part.required or (self._message is In.MOD and not part.clearable):
            self._wrong(place, f"{place.label} is empty, which QuickBooks does not allow")

    def _text(self, text: str, part: Field, place: Place) -> None:
        if part.max_characters is not None and len(text) > part.max_characters:
            self._wrong(
                place,
                f"{place.label} has {len(text)} characters, but QuickBooks keeps at most"
                f" {part.max_characters}",
            )
        if never := _NEVER.findall(text):
            self._wrong(place, f"{place.label} holds {_shown(never)}, which QuickBooks cannot read")
        if rare := _RARE.findall(text):
            self._found.unusual.append(Finding(place.path, f"{place.label} holds {_shown(rare)}"))
        if _BREAK.search(text):
            self._found.unusual.append(Finding(place.path, f"{place.label} has several lines"))

    def _pattern(self, text: str, part: Field, place: Place) -> None:
        pattern, words = _IN_WORDS[part.kind]
        if not pattern.fullmatch(text):
            self._wrong(place, f"{place.label} is not {words}")

    def _day(self, text: str, _part: Field, place: Place) -> None:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self._wrong(place, f"{place.label} is no day of the calendar")
            return
        if day.year not in YEARS_USUAL:
            self._found.unusual.append(Finding(place.path, f"{place.label} is in {day.year}"))

    def _choice(self, text: str, part: Field, place: Place) -> None:
        words = [theirs for _, theirs in part.words]
        if words and text not in words:
            self._wrong(place, f"{place.label} is not one of {', '.join(words)}")

    def _reference(self, text: str, _part: Field, place: Place) -> None:
        if not ID.fullmatch(text):
            self._wrong(place, f"{place.label} has an internal number QuickBooks cannot have made")

    _JUDGES: ClassVar[dict[Kind, Callable[[_Look, str, Field, Place], None]]] = {
        **dict.fromkeys(Kind, _text),
        **dict.fromkeys(_IN_WORDS, _pattern),
        Kind.DATE: _day,
        Kind.ENUM: _choice,
        Kind.REF: _reference,
    }


def _shown(characters: Sequence[str]) -> str:
    """`é and ü`; what cannot be shown by its number."""
    named = [c if c.isprintable() else f"character {ord(c)}" for c in dict.fromkeys(characters)]
    more = [f"{len(named) - _SHOWN_MAX} more"] if len(named) > _SHOWN_MAX else []
    return " and ".join([*named[:_SHOWN_MAX], *more])
