"""A record's parts in the table's order, and its lines: new ones, kept ones, lines within lines.

Owns how lines stand in a request. It must not know how one field is written (`write.py`), nor which
requests exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from qbxml.entity import Field, In, Lines, Part
from qbxml.write import (
    ID,
    Mode,
    Place,
    Sheet,
    Values,
    element,
    escaped,
    field_xml,
    refuse_unknown,
)

NEW_LINE_ID = "-1"


def parts_xml(parts: Sequence[Part], values: Values, message: In, sheet: Sheet, mode: Mode) -> str:
    """Write the parts of a record in the table's order, those only that this message has."""
    written = []
    for part in parts:
        if message not in part.messages:
            continue
        if isinstance(part, Field):
            written.append(field_xml(part, values, Place(), sheet, mode))
        elif (part.name in values or part.required) and not part.within:
            place = Place().of(part.name)
            if message is In.MOD:
                written.append(_mod_lines(part, values[part.name], place, sheet))
            else:
                inner = [one for one in parts if isinstance(one, Lines) and one.within == part.name]
                lines = values.get(part.name) or ()
                _refuse_stray(inner, lines, values, sheet)
                written.append(_add_lines(part, lines, place, sheet, inner, values))
                if part.required and not lines:
                    sheet.wrong(place, f"{place.label} are missing: enter them in CashFlow.")
    return "".join(written)


# --- lines


def _add_lines(
    lines: Lines,
    value: Iterable[Values],
    place: Place,
    sheet: Sheet,
    inner: Sequence[Lines] = (),
    values: Values | None = None,
) -> str:
    return "".join(
        element(
            f"{lines.element}Add",
            _line_fields(
                lines,
                line,
                place.line(position),
                In.ADD,
                sheet,
                Mode.NEW,
                {one.after: _inner_lines(one, line, values or {}, sheet) for one in inner},
            ),
        )
        for position, line in enumerate(value)
    )


def _inner_lines(lines: Lines, outer: Values, values: Values, sheet: Sheet) -> str:
    """The lines that belong in this one; the field that tells so is not written."""
    shown = replace(lines, fields=tuple(part for part in lines.fields if part.name != lines.by))
    return "".join(
        element(
            lines.element,
            _line_fields(
                shown,
                {name: inner for name, inner in line.items() if name != lines.by},
                Place().of(lines.name).line(position),
                In.ADD,
                sheet,
                Mode.NEW,
            ),
        )
        for position, line in enumerate(values.get(lines.name) or ())
        if line.get(lines.by) == outer.get(lines.by)
    )


def _refuse_stray(
    inner: Sequence[Lines], outer: Iterable[Values], values: Values, sheet: Sheet
) -> None:
    """A line that belongs in none would be lost in silence."""
    for lines in inner:
        known = [line.get(lines.by) for line in outer]
        for position, line in enumerate(values.get(lines.name) or ()):
            if known.count(line.get(lines.by)) != 1:
                place = Place().of(lines.name).line(position).of(lines.by)
                sheet.wrong(place, f"{place.label} must be that of one line of {lines.within}.")


def _line_fields(
    lines: Lines,
    line: Values,
    place: Place,
    message: In,
    sheet: Sheet,
    mode: Mode,
    behind: Mapping[str, str] | None = None,
) -> str:
    refuse_unknown(line, {part.name for part in lines.fields} | {"quickbooks_line_id"}, place.path)
    return "".join(
        field_xml(part, line, place, sheet, mode) + (behind or {}).get(part.name, "")
        for part in lines.fields
        if message in part.messages
    )


def _mod_lines(lines: Lines, value: Any, place: Place, sheet: Sheet) -> str:
    """Write the complete new list; lines of a group stand together in it, where its first was."""
    if not value:
        return element(lines.clear, "true") if lines.clear else ""
    blocks: dict[str | int, list[str]] = {}
    for position, line in enumerate(value):
        where = place.line(position)
        group_id, line_id = _split(line.get("quickbooks_line_id"), where, sheet)
        mode = Mode.KEPT if line_id else Mode.NEW
        written = element(
            f"{lines.element}Mod",
            element("TxnLineID", escaped(line_id or NEW_LINE_ID))
            + _line_fields(lines, line, where, In.MOD, sheet, mode),
        )
        # A line outside of groups has a block of its own.
        blocks.setdefault(group_id or position, []).append(written)
    return "".join(
        "".join(block)
        if isinstance(key, int)
        else element(f"{lines.group}Mod", element("TxnLineID", escaped(key)) + "".join(block))
        for key, block in blocks.items()
    )


def _split(line_id: Any, place: Place, sheet: Sheet) -> tuple[str, str]:
    """Give a line's group and its own id; reading joins them as `group/line`."""
    if line_id is None:
        return "", ""
    group_id, slash, own_id = str(line_id).rpartition("/")
    ids = (group_id, own_id) if slash else (own_id,)
    if not all(map(ID.fullmatch, ids)):
        sheet.wrong(
            place, f"{place.label} has an internal number that QuickBooks cannot have made."
        )
    return group_id, own_id
