"""Full records of every type on either side, made from the table's field facts, and compared.

Owns sample values, the records that references point at, and reading QuickBooks' view of a
record by the table. It must not know any record type beyond the small tables of needs below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from qbxml.entity import ADDRESS_PARTS, Entity, Field, Kind
from store.shapes import SHAPES
from tests.contract.ground import Ground, Values, kinds_of
from webconnector.rehearsal.grammar import Choice, Element, flatten
from webconnector.rehearsal.reply_tables import ret_grammar

MARKS = "É&<>\"'ñü½ß"
TYPED, SENT = "\u201c\u03a9\u2013\u20ac\u2122", '"O-EUR(TM)'
"""What QuickBooks cannot write, and how it is written there."""

# --- what fields and kinds need beyond their own facts

# Enumerations of which the first two words would not do.
WORDS = {"type": ("Expense", "Expense")}
# Characters that the program itself puts behind a field.
ROOM = {"memo": len(" [KCF ]") + 36 + 1}
# What QuickBooks works out anew when a field is sent without the other.
FOLLOWS = {"terms": {"due_date"}}
# Our word for a code that QuickBooks names.
CODES = {"sales_tax_code": ("taxable", {"Tax": True, "Non": False})}
# What QuickBooks wants of a kind, or of a group within it, besides the fields of the table.
NEEDS: dict[str, Values] = {
    "DateDrivenTerms": {"DayOfMonthDue": "15"},
    "ItemInventory": {
        "IncomeAccountRef": "Expense 1",
        "COGSAccountRef": "Expense 1",
        "AssetAccountRef": "Expense 1",
    },
    "ItemInventoryAssembly": {
        "IncomeAccountRef": "Expense 1",
        "COGSAccountRef": "Expense 1",
        "AssetAccountRef": "Expense 1",
    },
    "ItemFixedAsset": {
        "AcquiredAs": "New",
        "PurchaseDesc": "Desk",
        "PurchaseDate": "2026-01-05",
        "AssetAccountRef": "Expense 1",
    },
    "FixedAssetSalesInfo": {"SalesDesc": "Desk", "SalesDate": "2026-02-05"},
    "ItemDiscount": {"AccountRef": "Expense 1"},
    "SalesOrPurchase": {"AccountRef": "Expense 1"},
    "SalesAndPurchase": {"IncomeAccountRef": "Expense 1", "ExpenseAccountRef": "Expense 1"},
}

_NUMBERS: dict[Kind, tuple[str, str]] = {
    # Quantity times price is the amount, on either round.
    Kind.AMOUNT: ("25.00", "21.75"),
    Kind.PRICE: ("12.5", "7.25"),
    Kind.QUANTITY: ("2", "3"),
    Kind.PERCENT: ("2.5", "3"),
}


def fields_of(parts: Sequence[Field], entity: Entity) -> list[Field]:
    """The shared fields; a record that never has a parent has no such field."""
    return [
        part
        for part in parts
        if part.shared and not (part.name == "parent" and entity.child is False)
    ]


def text(part: Field, entity: Entity, round_: int) -> str:
    """As long as may be, with letters and markup that suffer on bad ways."""
    length = (part.max_characters or 4095) - (ROOM.get(part.name, 0) if entity.token else 0)
    start = f"{entity.resource[:4]}{round_}" if part.a_name else str(round_)
    return (start + MARKS * (length // len(MARKS) + 1))[:length]


def plain(part: Field, entity: Entity, round_: int) -> Any:
    """The App's value of any field but a reference, round 1 or 2."""
    if part.name in WORDS:
        return WORDS[part.name][round_ - 1]
    if part.words:
        return [ours for ours, _ in part.words if ours not in part.read_words][round_ - 1]
    if part.kind in _NUMBERS:
        return _NUMBERS[part.kind][round_ - 1]
    make = _MAKERS.get(part.kind, text)
    return make(part, entity, round_)


def _address(_: Field, entity: Entity, round_: int) -> Values:
    return {
        name: text(Field("", name, max_characters=most), entity, round_)
        for _, name, most in ADDRESS_PARTS
    }


_MAKERS: dict[Kind, Callable[[Field, Entity, int], Any]] = {
    Kind.BOOL: lambda part, _, round_: part.empty is True or round_ == 1,
    Kind.INT: lambda _part, _entity, round_: 10 * round_,
    Kind.DATE: lambda part, _, round_: f"2026-03-{len(part.name) + round_:02}",
    Kind.ADDRESS: _address,
}


# --- the App's side


def body(ground: Ground, entity: Entity, round_: int, start: str = "") -> Values:
    """A whole record as the App makes it, every field filled; `start` keeps records apart."""
    shape = SHAPES[entity.resource]
    made = _body(ground, fields_of(list(shape.taken.values()), entity), entity, round_)
    for line in shape.lines:
        made[line.part.name] = [_body(ground, list(line.taken.values()), entity, round_)]
    for name in {"name", str(entity.number)} & set(made) if start else ():
        made[name] = (start + made[name])[: entity.field(name).max_characters]
    return made


def _body(ground: Ground, parts: Sequence[Field], entity: Entity, round_: int) -> Values:
    ours = {name for name, _ in CODES.values()}
    return {
        part.name: {"id": ground.target(part, round_)[0]}
        if part.kind is Kind.REF
        else plain(part, entity, round_)
        for part in parts
        if part.element or part.name in ours
    }


def shown(record: Values, entity: Entity) -> Values:
    """The shared fields of a record of the App, in comparable form."""
    found = _shown(record, fields_of(entity.fields, entity))
    for lines in entity.lines:
        found[lines.name] = [_shown(line, lines.fields) for line in record[lines.name]]
    return found


def _shown(record: Values, parts: Sequence[Field]) -> Values:
    found: Values = {}
    for part in parts:
        name = CODES[part.name][0] if part.name in CODES else part.name
        value = record.get(name)
        if part.kind is Kind.REF and part.to:
            value = (value or {}).get("id")
        elif part.kind in _NUMBERS and value is not None:
            value = Decimal(value)
        found[name] = value
    return found


# --- QuickBooks' side


def paths(kind: str, parts: Sequence[Field], *, turned: bool = False) -> dict[str, str]:
    """For each field the element of this kind that holds it; of a choice only one arm is used.

    `turned` prefers the last alternative of a field to its first.
    """
    grammar = ret_grammar(kind)
    chosen: dict[str, str] = {}
    for part in parts:
        options = part.elements[::-1] if turned else part.elements
        for path in options:
            if _exists(grammar, path) and not any(
                _excludes(grammar, path, o) for o in chosen.values()
            ):
                chosen[part.name] = path
                break
    return chosen


def element_of(kind: str, path: str) -> Element:
    """What QuickBooks' grammar says of an element."""
    grammar = ret_grammar(kind)
    for step in path.split("/"):
        grammar = grammar.by_name[step]
    return grammar


def _exists(grammar: Element, path: str) -> bool:
    for step in path.split("/"):
        if step not in grammar.by_name:
            return False
        grammar = grammar.by_name[step]
    return True


def _excludes(grammar: Element, one: str, other: str) -> bool:
    """Whether two elements stand in different arms of a choice."""
    (first, _, rest), (second, _, more) = one.partition("/"), other.partition("/")
    if first == second:
        return bool(rest and more) and _excludes(grammar.by_name[first], rest, more)
    for part in grammar.parts:
        if isinstance(part, Choice) and not part.repeats:
            arms = [{e.name for e in flatten(arm)} for arm in part.arms]
            if any(first in arm and second not in arm for arm in arms) and any(
                second in arm for arm in arms
            ):
                return True
    return False


def variants(entity: Entity) -> Iterator[tuple[str, dict[str, str]]]:
    """Every kind of this type, and every way in which its fields can lie in it."""
    for kind in kinds_of(entity):
        parts = fields_of(entity.fields, entity)
        ways = (
            paths(kind, parts),
            paths(kind, parts, turned=True),
            paths(kind, parts[::-1]),
        )
        for number, way in enumerate(ways):
            if dict(sorted(way.items())) not in [dict(sorted(w.items())) for w in ways[:number]]:
                yield kind, way


def written(
    ground: Ground, entity: Entity, kind: str, way: Mapping[str, str], round_: int, start: str = ""
) -> Values:
    """A whole record as the bookkeeper enters it; `start` opens its name, to keep names apart."""
    fields: Values = dict(NEEDS.get(kind, {}))
    for name, path in way.items():
        part = entity.field(name)
        value = _written(ground, part, entity, round_)
        if part.a_name:
            value = start + str(value)
        if part.kind is Kind.TEXT:
            value = value[: element_of(kind, path).length_max]
        place = fields
        for group in path.split("/")[:-1]:
            place = place.setdefault(group, dict(NEEDS.get(group, {})))
        place[path.split("/")[-1]] = value
    for lines in entity.lines:
        fields[lines.element] = [
            {
                part.elements[0]: _written(ground, part, entity, round_)
                for part in lines.fields
                if _exists(ret_grammar(kind).by_name[f"{lines.element}Ret"], part.elements[0])
            }
        ]
    return fields


def _written(ground: Ground, part: Field, entity: Entity, round_: int) -> Any:
    if part.name in CODES:
        return {"FullName": list(CODES[part.name][1])[round_ - 1]}
    if part.kind is Kind.REF:
        return {"ListID": ground.target(part, round_)[1]}
    value = plain(part, entity, round_)
    if part.words:
        return dict(part.words)[value]
    if part.kind is Kind.ADDRESS:
        return {tag: value[name] for tag, name, _ in ADDRESS_PARTS}
    return str(value).lower() if part.kind is Kind.BOOL else str(value)


def read(ground: Ground, entity: Entity, fields: Values) -> Values:
    """QuickBooks' view of a record, by the table: what the App must show."""
    found = _read(ground, entity, fields_of(entity.fields, entity), fields)
    for lines in entity.lines:
        found[lines.name] = [
            _read(ground, entity, lines.fields, line) for line in fields.get(lines.element) or ()
        ]
    return found


def _read(ground: Ground, entity: Entity, parts: Sequence[Field], fields: Values) -> Values:
    found: Values = {}
    for part in parts:
        held = [_dig(fields, path) for path in part.elements]
        value: Any = next((one for one in held if one), None)
        if part.name in CODES:
            name, words = CODES[part.name]
            found[name] = words[value["FullName"]] if value else None
            continue
        if entity.token and isinstance(value, str):
            value = re.sub(r" \[KCF [^]]*\]$", "", value)
        if part.kind is Kind.BOOL:
            value = part.empty if value is None else value == "true"
        elif value is not None:
            value = _plain(ground, part, value)
        found[part.name] = value
    return found


def _dig(fields: Any, path: str) -> Any:
    for step in path.split("/"):
        fields = fields.get(step) if isinstance(fields, Mapping) else None
    return fields


def _plain(ground: Ground, part: Field, value: Any) -> Any:
    if part.kind is Kind.REF:
        return ground.found(part, value)
    if part.kind is Kind.ADDRESS:
        return {name: value[tag] for tag, name, _ in ADDRESS_PARTS if value.get(tag)} or None
    if part.kind in _NUMBERS:
        return Decimal(value)
    if part.kind is Kind.INT:
        return int(value)
    if part.words:
        return {theirs: ours for ours, theirs in part.words}[value]
    return value


def filled(values: Values) -> list[str]:
    """The names of what is not empty, lines by `lines/field`."""
    found = []
    for name, value in values.items():
        if isinstance(value, list):
            found += [f"{name}/{inner}" for line in value for inner in filled(line)]
        elif value is not None:
            found.append(name)
    return found
