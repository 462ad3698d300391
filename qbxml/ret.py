"""How one reply aggregate becomes plain values: a plan made once per `Ret`, followed per record.

Owns the reading of fields, references, addresses, lines and links. It must not know replies or
status codes, nor which record type it reads beyond the table's description.

A plan is a dictionary from element name to what to do with it, so that reading a record looks at
each of its elements once. That is what keeps 10,000 customers near the cost of parsing them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element

from qbxml.entity import ADDRESS_PARTS, Entity, Field, In, Kind
from qbxml.errors import RecordError
from qbxml.text import (
    PUBLIC_OWNER,
    amount_text,
    date_text,
    parse_amount,
    parse_bool,
    parse_date,
    parse_datetime_wall,
    parse_guid,
    parse_percent,
    parse_price,
    parse_quantity,
    price_text,
    quantity_text,
)

Unread = dict[str, int]
_Reader = Callable[[_Element], Any]


@dataclass(slots=True)
class _Place:
    """Where an element's value goes. Of several elements for one name the lowest rank wins."""

    name: str
    read: _Reader
    rank: int | None = None


@dataclass(slots=True)
class _LinesPlace:
    """Where a line goes: `plan` reads one; `inside` names the lines of a group."""

    name: str
    plan: Plan
    inside: str = ""


_Step = Any  # _Place, _LinesPlace, the name of a head value, or further steps for a path.


@dataclass(slots=True)
class Plan:
    """What to do with each child of an aggregate, and what its values are before anything is read.

    `lists` are the names that start as a new empty list each time.
    """

    steps: dict[str, _Step] = field(default_factory=dict)
    blank: dict[str, Any] = field(default_factory=dict)
    lists: tuple[str, ...] = ()


@dataclass(slots=True)
class Read:
    """One aggregate as read: `head` holds ids and times, `values` the parts."""

    head: dict[str, str]
    values: dict[str, Any]
    linked: list[dict[str, Any]]
    ranks: dict[str, int] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)


# --- single values

_CLEAN_AMOUNT = re.compile(r"-?(?:0|[1-9][0-9]{0,12})\.[0-9]{2}")
_CLEAN_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?=[+-]|\Z)"
)


def wall(text: str) -> str:
    """Give a time as wall clock; the usual form of QuickBooks is taken as it stands."""
    return text[:19] if _CLEAN_TIME.match(text) else parse_datetime_wall(text)


def _text(element: _Element) -> str | None:
    return element.text or None


def _amount(element: _Element) -> str | None:
    text = (element.text or "").strip()
    if _CLEAN_AMOUNT.fullmatch(text) and text != "-0.00":
        return text
    return amount_text(parse_amount(text)) if text else None


def _price(element: _Element) -> str | None:
    text = (element.text or "").strip()
    return price_text(parse_price(text)) if text else None


def _quantity(element: _Element) -> str | None:
    text = (element.text or "").strip()
    return quantity_text(parse_quantity(text)) if text else None


def _percent(element: _Element) -> str | None:
    text = (element.text or "").strip()
    return price_text(parse_percent(text)) if text else None


def _integer(element: _Element) -> int | None:
    text = (element.text or "").strip()
    return int(text) if text else None


_CLEAN_BOOLS = {"true": True, "false": False}


def _bool(element: _Element) -> bool | None:
    text = element.text or ""
    found = _CLEAN_BOOLS.get(text)
    return parse_bool(text) if found is None else found


def _date(element: _Element) -> str | None:
    day = parse_date(element.text or "")
    return None if day is None else date_text(day)


def _guid(element: _Element) -> str | None:
    text = (element.text or "").strip()
    return None if text in {"", PUBLIC_OWNER} else parse_guid(text)


def _ref(element: _Element) -> dict[str, str | None] | None:
    found: dict[str, str | None] = {"id": None, "name": None}
    for child in element:
        if child.tag == "ListID":
            found["id"] = child.text or None
        elif child.tag == "FullName":
            found["name"] = child.text or None
    return found if found["id"] or found["name"] else None


_ADDRESS_NAMES = {element: name for element, name, _ in ADDRESS_PARTS}
_NO_ADDRESS: dict[str, str | None] = {name: None for _, name, _ in ADDRESS_PARTS}


def _address(element: _Element) -> dict[str, str | None] | None:
    found = _NO_ADDRESS.copy()
    filled = False
    for child in element:
        name = _ADDRESS_NAMES.get(child.tag)
        if name and child.text:
            found[name] = child.text
            filled = True
    return found if filled else None


_READERS: dict[Kind, _Reader] = {
    Kind.TEXT: _text,
    Kind.ENUM: _text,
    Kind.AMOUNT: _amount,
    Kind.PRICE: _price,
    Kind.QUANTITY: _quantity,
    Kind.PERCENT: _percent,
    Kind.INT: _integer,
    Kind.BOOL: _bool,
    Kind.DATE: _date,
    Kind.GUID: _guid,
    Kind.REF: _ref,
    Kind.ADDRESS: _address,
}


def _bare_id(element: _Element) -> dict[str, str | None] | None:
    return {"id": element.text, "name": None} if element.text else None


def _reader(part: Field) -> _Reader:
    if part.by_id:
        return _bare_id
    if part.words:
        # A word we do not know is kept as QuickBooks says it: its lists grow with its versions.
        ours = {theirs: word for word, theirs in part.words}
        return lambda element: ours.get(element.text or "", element.text or None)
    if part.kind is Kind.BOOL and part.empty is not None:
        empty = part.empty
        return lambda element: empty if (found := _bool(element)) is None else found
    return _READERS[part.kind]


# --- plans


def _fields_plan(fields: Iterable[Field], head: dict[str, str]) -> Plan:
    plan = Plan(steps=dict(head))
    for part in fields:
        if In.RET not in part.messages:
            continue
        if not part.withheld:
            plan.blank[part.name] = part.empty
        for rank, path in enumerate(part.elements):
            steps = plan.steps
            *outer, last = path.split("/")
            for step in outer:
                steps = steps.setdefault(step, {})
            steps[last] = _Place(
                part.name, _reader(part), None if isinstance(part.element, str) else rank
            )
    return plan


_COMMON_HEAD = {
    "TimeCreated": "time_created",
    "TimeModified": "time_modified",
    "EditSequence": "edit_sequence",
    "FullName": "full_name",
    "Sublevel": "sublevel",
}
_TIMES = frozenset(("time_created", "time_modified"))
_LINE_HEAD = {"TxnLineID": "id"}


def plan(tag: str, entities: tuple[Entity, ...]) -> Plan:
    """Make the plan for one `Ret`; the types that share it must have the same parts."""
    entity = entities[0]
    if any(other.parts != entity.parts for other in entities):
        raise ValueError(f"the types that {tag} serves differ in their parts")
    made = _fields_plan(entity.fields, _COMMON_HEAD | {entity.family.id_element: "id"})
    for lines in entity.lines:
        if In.RET not in lines.messages:
            continue
        line_plan = _fields_plan(lines.fields, _LINE_HEAD)
        made.steps[f"{lines.element}Ret"] = _LinesPlace(lines.name, line_plan)
        if lines.group:
            made.steps[f"{lines.group}Ret"] = _LinesPlace(
                lines.name, line_plan, inside=f"{lines.element}Ret"
            )
    made.lists = tuple(lines.name for lines in entity.lines if In.RET in lines.messages)
    if len(entity.ret_elements) > 1:
        made.blank["kind"] = tag.removesuffix("Ret")
    return made


# --- records


def read(element: _Element, plan: Plan, unread: Unread) -> Read:
    """Follow a plan; names of elements without a step, or that cannot be read, go to `unread`."""
    found = Read({}, plan.blank.copy(), [])
    for name in plan.lists:
        found.values[name] = []
    _follow(element, plan.steps, found, unread)
    for name in found.broken:
        found.values.pop(name, None)
    return found


def _follow(element: _Element, steps: dict[str, _Step], found: Read, unread: Unread) -> None:
    values = found.values
    for child in element:
        tag = child.tag
        step = steps.get(tag)
        try:
            if type(step) is _Place:
                if step.rank is None:
                    values[step.name] = step.read(child)
                else:
                    _take_ranked(child, step.rank, step, found)
            elif type(step) is str:
                text = child.text or ""
                found.head[step] = wall(text) if step in _TIMES and text else text
            elif type(step) is _LinesPlace:
                _take_lines(child, step, found, unread)
            elif type(step) is dict:
                _follow(child, step, found, unread)
            elif tag in _LINKS:
                found.linked.append(_linked(child))
            else:
                unread[tag] = unread.get(tag, 0) + 1
        except (RecordError, ValueError):
            # Never to be taken for empty: the part is left out as unknown.
            unread[tag] = unread.get(tag, 0) + 1
            if type(step) is _Place:
                found.broken.add(step.name)


def _take_ranked(child: _Element, rank: int, step: _Place, found: Read) -> None:
    """Of several elements for one name, keep the first in the table's order, not the answer's."""
    if rank < found.ranks.get(step.name, rank + 1):
        found.values[step.name] = step.read(child)
        found.ranks[step.name] = rank


def _take_lines(child: _Element, step: _LinesPlace, found: Read, unread: Unread) -> None:
    group_id = ""
    lines: Iterable[_Element] = (child,)
    if step.inside:
        group_id = child.findtext("TxnLineID") or ""
        lines = child.iterfind(step.inside)
    for line in lines:
        one = read(line, step.plan, unread)
        line_id = one.head.get("id") or None
        if group_id and line_id:
            line_id = f"{group_id}/{line_id}"
        found.values[step.name].append({"quickbooks_line_id": line_id, **one.values})
        if one.broken:
            found.broken.add(step.name)


# What a document is tied to, and what a payment applies to: both name a document.
_LINKS = frozenset(("LinkedTxn", "AppliedToTxnRet"))
# Documents are tied to these by what was ordered or received, not by what was paid.
_ORDERS = frozenset(("PurchaseOrder", "SalesOrder", "Estimate", "ItemReceipt"))


def _linked(element: _Element) -> dict[str, Any]:
    amount = element.find("Amount")
    day = element.find("TxnDate")
    left = element.find("BalanceRemaining")
    kind = element.findtext("TxnType") or None
    return {
        "id": element.findtext("TxnID") or None,
        "type": kind,
        "amount": None if amount is None else _amount(amount),
        "date": None if day is None else _date(day),
        "number": element.findtext("RefNumber") or None,
        "balance": None if left is None else _amount(left),
        "paid": kind not in _ORDERS and element.findtext("LinkType") != "QUANTYPE",
    }
