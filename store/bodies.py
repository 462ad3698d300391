"""JSON bodies of the API become values of the ledger, or a list of everything wrong with them.

Owns how each kind of field is written in JSON, and the names a body may use. It must not know
what a record type means, nor write anything.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from qbxml.entity import ADDRESS_PARTS, Field, Kind
from qbxml.text import check_text
from store.errors import FieldError, Invalid
from store.ledger import column_name
from store.references import Reference, read_reference, resolve
from store.shapes import APP_ALONE, LineShape, Shape

lines_max = 2000
"""Most lines of a record; QuickBooks itself gives up long before."""
errors_max = 100
year_min, year_max = 1900, 2999

_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
_NUMBER = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,5})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEPT_CONTROLS = "\t\n"
_LINE_BREAKS = re.compile(r" *[\t\n][ \t\n]*")


class _WrongValueError(ValueError):
    """A value that cannot be read; its text is the cure."""


@dataclass(slots=True)
class GivenLine:
    """One line of a body: the line it changes (None: a new one) and its columns."""

    id: str | None
    pointer: str
    columns: dict[str, Any] = dataclass_field(default_factory=dict)
    inner: dict[str, list[GivenLine]] = dataclass_field(default_factory=dict)
    """The lines within it, of each kind that the body names."""


@dataclass(slots=True)
class Given:
    """What a body says, checked: columns of the record, and lines where it names them."""

    columns: dict[str, Any] = dataclass_field(default_factory=dict)
    lines: dict[str, list[GivenLine]] = dataclass_field(default_factory=dict)
    wrong: list[FieldError] = dataclass_field(default_factory=list)

    def refuse(self, pointer: str, text: str) -> None:
        """Note one wrong field."""
        self.wrong.append(FieldError(pointer, text))

    def check(self) -> None:
        """Raise Invalid when anything is wrong, with each pointer once."""
        if self.wrong:
            once = {error.pointer: error for error in reversed(self.wrong)}
            ordered = [error for error in self.wrong if once[error.pointer] is error]
            raise Invalid(tuple(ordered[:errors_max]))


def read_body(
    conn: Connection, company_id: str, shape: Shape, body: Any, present: Mapping[str, Any] | None
) -> Given:
    """Read a body; `present` is the record as it is shown now (None: it is being made).

    A field that cannot be set may stand in the body only as it is shown: so a record can be read,
    edited and given back.
    """
    return read_bodies(conn, company_id, shape, [body], present)[0]


def read_bodies(
    conn: Connection,
    company_id: str,
    shape: Shape,
    bodies: Sequence[Any],
    present: Mapping[str, Any] | None = None,
) -> list[Given]:
    """As `read_body` for many at once: what they refer to is looked up together."""
    readers = [_Reader(shape, present or {}) for _ in bodies]
    # A reference is known by its place, and each body begins at the same one.
    places: dict[str, _Reader] = {}
    wanted: list[Reference] = []
    for number, (reader, body) in enumerate(zip(readers, bodies, strict=True)):
        reader.read(body)
        for _, _, reference in reader.references:
            place = f"{number}{reference.pointer}"
            places[place] = reader
            wanted.append(replace(reference, pointer=place))
    ids, wrong = resolve(conn, company_id, wanted)
    for error in wrong:
        pointer = error.pointer[error.pointer.index("/") :]
        places[error.pointer].given.wrong.append(FieldError(pointer, error.text))
    for number, reader in enumerate(readers):
        for columns, name, reference in reader.references:
            columns[name] = ids.get(f"{number}{reference.pointer}")
    return [reader.given for reader in readers]


class _Reader:
    """One body at work; references are gathered, to be looked up all at once."""

    def __init__(self, shape: Shape, present: Mapping[str, Any]) -> None:
        self.shape = shape
        self.present = present
        self.given = Given()
        self.references: list[tuple[dict[str, Any], str, Reference]] = []

    def read(self, body: Any) -> None:
        if not isinstance(body, dict):
            self.given.refuse("", "Give the record as a JSON object.")
            return
        lines = {line.part.name: line for line in self.shape.outer_lines}
        known = (*self.shape.taken, *lines, *sorted(self.shape.read_only))
        for name, value in body.items():
            pointer = f"/{_escaped(str(name))}"
            if name in self.shape.taken:
                self._field(
                    self.shape.taken[name], value, pointer, self.given.columns, self.present
                )
            elif name in lines:
                self.given.lines[name] = self._lines(lines[name], value, pointer, self.present)
            elif name in self.shape.read_only:
                self._unset(name, value, pointer, self.present)
            else:
                self.given.refuse(pointer, _unknown(str(name), known))

    def _lines(
        self, shape: LineShape, value: Any, pointer: str, around: Mapping[str, Any]
    ) -> list[GivenLine]:
        """All lines of a kind; `around`: what they stand in, as it is shown now."""
        if not isinstance(value, list) or len(value) > lines_max:
            self.given.refuse(pointer, f"Give a list of all lines, at most {lines_max}.")
            return []
        present = {line["id"]: line for line in around.get(shape.part.name, ())}
        seen: set[str] = set()
        return [
            self._line(shape, line, f"{pointer}/{position}", present, seen)
            for position, line in enumerate(value)
        ]

    def _line(
        self,
        shape: LineShape,
        value: Any,
        pointer: str,
        present: Mapping[str, Mapping[str, Any]],
        seen: set[str],
    ) -> GivenLine:
        line = GivenLine(None, pointer)
        if not isinstance(value, dict):
            self.given.refuse(pointer, "Give each line as a JSON object.")
            return line
        line_id = value.get("id")
        if line_id is not None:
            if not isinstance(line_id, str) or line_id in seen or line_id not in present:
                text = "Give the id of a line of this record, each once. A new line has no id."
                self.given.refuse(f"{pointer}/id", text)
                return line
            line.id = line_id
            seen.add(line_id)
        within = {inner.part.name: inner for inner in shape.inner}
        known = ("id", *shape.taken, *within)
        shown = present.get(line.id or "", {})
        for name, inner in value.items():
            place = f"{pointer}/{_escaped(str(name))}"
            if name in shape.taken:
                self._field(shape.taken[name], inner, place, line.columns, shown)
            elif name in within:
                line.inner[name] = self._lines(within[name], inner, place, shown)
            elif name != "id":
                self.given.refuse(place, _unknown(str(name), known))
        return line

    def _field(
        self,
        field: Field,
        value: Any,
        pointer: str,
        columns: dict[str, Any],
        present: Mapping[str, Any],
    ) -> None:
        """Read one value into `columns`."""
        if field.name in present and present[field.name] == value:
            return  # as it is: no change, even where the rules of today would refuse it
        try:
            if value is None:
                columns[column_name(field)] = _emptied(field, present)
            elif field.kind is Kind.REF:
                reference = read_reference(field, value, pointer)
                self.references.append((columns, column_name(field), reference))
            elif field.kind is Kind.ADDRESS:
                columns[field.name] = self._address(value, pointer)
            else:
                columns[field.name] = _READ[field.kind](field, value)
        except ValueError as error:
            self.given.refuse(pointer, str(error))

    def _unset(self, name: str, value: Any, pointer: str, present: Mapping[str, Any]) -> None:
        if name not in present or present[name] != value:
            self.given.refuse(pointer, "This cannot be set. Leave it out.")

    def _address(self, value: Any, pointer: str) -> dict[str, str] | None:
        if not isinstance(value, dict):
            raise _WrongValueError("Give the address as a JSON object with line1, city and so on.")
        limits = {name: most for _, name, most in ADDRESS_PARTS}
        found: dict[str, str] = {}
        for name, text in value.items():
            place = f"{pointer}/{_escaped(str(name))}"
            if name not in limits:
                self.given.refuse(place, _unknown(str(name), tuple(limits)))
                continue
            if text is None:
                continue
            try:
                part = Field("", name, max_characters=limits[name])
                if read := _text(part, text):
                    found[name] = read
            except ValueError as error:
                self.given.refuse(place, str(error))
        # In the address's own order, however the body had it.
        return {name: found[name] for name in limits if name in found} or None


def _escaped(name: str) -> str:
    """A name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1)
    cure = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    return f"There is no such field. {cure}"


def _emptied(field: Field, present: Mapping[str, Any]) -> Any:
    """The value of a field that is given as null."""
    if field.kind is Kind.BOOL:
        if field.empty is None:
            return None
        raise _WrongValueError("Say true or false.")
    held = present.get(field.name) is not None
    if field.required or field.name in APP_ALONE or (held and not field.clearable):
        raise _WrongValueError("This cannot be empty.")
    return None


# --- one function per kind


def label(field: Field) -> str:
    """The field's name for people: `company_name` is Company name."""
    return field.name.replace("_", " ").capitalize()


def _text(field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _WrongValueError("Give a text.")
    lined = value.replace("\r\n", "\n").replace("\r", "\n")
    text = unicodedata.normalize("NFC", lined).strip()
    if not field.multiline:
        text = _LINE_BREAKS.sub(" ", text)
    if any(_unkept(character) for character in text):
        raise _WrongValueError(f"{label(field)} holds a control character. Remove it.")
    wrong = check_text(
        text,
        field=label(field),
        max_characters=field.max_characters,
        name=field.a_name,
        required=field.required,
        multiline=field.multiline,
    )
    if wrong:
        raise _WrongValueError(" ".join(wrong))
    # As it was given: the API's document promises the limit, with the blanks around it.
    length = max(len(value), len(text))
    if field.max_characters is not None and length > field.max_characters:
        raise _WrongValueError(
            f"{label(field)} has {length} characters; at most {field.max_characters} are kept."
        )
    return text or None


def _unkept(character: str) -> bool:
    # Half a surrogate pair cannot be written in UTF-8, nor a NUL in PostgreSQL.
    if character in _KEPT_CONTROLS:
        return False
    return unicodedata.category(character) in {"Cc", "Cs"}


def _amount(_field: Field, value: Any) -> Decimal:
    if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
        raise _WrongValueError(
            'Give money as text with at most two places, such as "120.00". A JSON number is'
            " refused, because it can lose cents on the way."
        )
    return Decimal(value).quantize(Decimal("0.01")) + 0


def _number(_field: Field, value: Any) -> Decimal:
    # A whole JSON number is exact; any other may have lost places on the way.
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise _WrongValueError('Give a number as text with at most five places, such as "12.5".')
    return Decimal(text) + 0


def _whole(_field: Field, value: Any) -> int:
    if type(value) is not int:
        raise _WrongValueError("Give a whole number.")
    return value


def _yes_no(_field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _WrongValueError("Say true or false.")
    return value


def _day(_field: Field, value: Any) -> date:
    cure = "Give a day such as 2024-01-31."
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise _WrongValueError(cure)
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise _WrongValueError(f"There is no such day. {cure}") from None
    if not year_min <= day.year <= year_max:
        raise _WrongValueError(f"Give a year from {year_min} to {year_max}.")
    return day


def _word(field: Field, value: Any) -> str:
    words = [word for word, _ in field.words if word not in field.read_words]
    if value in field.read_words:
        raise _WrongValueError("Only QuickBooks sets this. Leave it out.")
    if not isinstance(value, str) or value not in words:
        raise _WrongValueError(f"Say one of {', '.join(words)}.")
    return value


_READ: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT: _text,
    Kind.AMOUNT: _amount,
    Kind.PRICE: _number,
    Kind.QUANTITY: _number,
    Kind.PERCENT: _number,
    Kind.INT: _whole,
    Kind.BOOL: _yes_no,
    Kind.DATE: _day,
    Kind.ENUM: _word,
}
