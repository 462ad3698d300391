"""Requests: one record type and plain values in, one qbXML request or message set out.

Owns which requests exist, what excludes what in them, and the envelope. It must not know how a
value is written (`write.py`), nor when and why anything is asked.

All results are pure ASCII: QuickBooks refuses raw letters above 127 in a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from qbxml.entity import Entity, Family, In
from qbxml.messages import DELETABLE, PAID_STATUSES, QUERIES, VOIDABLE, QueryFacts
from qbxml.text import date_text, datetime_text, guid_text, parse_date, to_quickbooks
from qbxml.write import (
    ID_CHARACTERS_MAX,
    Mode,
    Place,
    Sheet,
    Unbuildable,
    Unsendable,
    Values,
    element,
    escaped,
    refuse_unknown,
)
from qbxml.write_lines import parts_xml

QBXML_VERSION = "13.0"
_IDENTITY = re.compile(r' requestID="[^"]*"')
REQUEST_ID_CHARACTERS_MAX = 50
EDIT_SEQUENCE_CHARACTERS_MAX = 16
MESSAGE_SET_ID_CHARACTERS_MAX = 23
CLEAR_ALL_MESSAGE_SETS = "ClearAllMessageSets"

_SAFE_ATTRIBUTE = re.compile(r"[ -~]*")


def _attribute(name: str, value: str, characters_max: int | None = None) -> str:
    if not _SAFE_ATTRIBUTE.fullmatch(value):
        raise Unbuildable(f"{name} may hold printable ASCII only")
    if characters_max is not None and len(value) > characters_max:
        raise Unbuildable(f"{name} may have {characters_max} characters, not {len(value)}")
    return f' {name}="{escaped(value)}"'


def _request(name: str, request_id: str, content: str, attributes: str = "") -> str:
    if not request_id:
        raise Unbuildable("a request needs a requestID, by which its answer is known")
    identity = _attribute("requestID", request_id, REQUEST_ID_CHARACTERS_MAX)
    return f"<{name}Rq{identity}{attributes}>{content}</{name}Rq>"


def _identifier(name: str, value: str, characters_max: int = ID_CHARACTERS_MAX) -> str:
    if not value or len(value) > characters_max or not value.isascii():
        raise Unbuildable(f"{name} must have 1 to {characters_max} ASCII characters")
    return element(name, escaped(value))


# --- writes


def add(entity: Entity, values: Values, request_id: str) -> str:
    """Build the Add of a record.

    Unsendable, with every finding, when QuickBooks would refuse the values: too long, required and
    missing, a colon in a name, no number. Nothing is shortened. Values that Adds do not have, such
    as balances, are passed over. Unbuildable for types that never go to QuickBooks.
    """
    if not entity.push.new:
        raise Unbuildable(f"a {entity.singular} is never added to QuickBooks")
    if entity.variants:
        refuse_unknown(values, {*entity.by_name, "kind"}, f"a {entity.singular}")
        entity = entity.sent_as(values)
        values = {name: value for name, value in values.items() if name in entity.by_name}
    content = _record(entity, values, In.ADD, Mode.NEW)
    return _request(f"{entity.noun}Add", request_id, element(f"{entity.noun}Add", content))


def mod(
    entity: Entity, quickbooks_id: str, edit_sequence: str, values: Values, request_id: str
) -> str:
    """Build the Mod of a record: only the parts in `values` change, None clears them.

    Lines are the complete new list, in QuickBooks' order: a line with its `quickbooks_line_id` is
    that line, without one it is new, a missing one is deleted, [] removes all of the kind. Who
    gives one kind of lines gives every kind, since QuickBooks deletes the kinds left out.
    Unsendable and Unbuildable as for `add`.
    """
    if not (entity.push.edited or entity.push.inactive):
        raise Unbuildable(f"a {entity.singular} is never changed in QuickBooks")
    kinds = [lines.name for lines in entity.lines if In.MOD in lines.messages]
    given = [name for name in kinds if name in values]
    if given and given != kinds:
        raise Unbuildable(f"a Mod with {', '.join(given)} must have {', '.join(kinds)}")
    content = (
        _identifier(entity.family.id_element, quickbooks_id)
        + _identifier("EditSequence", edit_sequence, EDIT_SEQUENCE_CHARACTERS_MAX)
        + _record(entity, values, In.MOD, Mode.CHANGED)
    )
    return _request(f"{entity.noun}Mod", request_id, element(f"{entity.noun}Mod", content))


def _record(entity: Entity, values: Values, message: In, mode: Mode) -> str:
    refuse_unknown(values, {*entity.by_name, "kind"}, f"a {entity.singular}")
    sheet = Sheet()
    content = parts_xml(entity.parts, values, message, sheet, mode)
    kinds = [lines.name for lines in entity.lines if lines.name in values]
    if message is In.MOD and kinds and not any(values[name] for name in kinds):
        for name in kinds:
            sheet.wrong(Place(name), f"A {entity.singular} needs at least one line.")
    if sheet.findings:
        raise Unsendable(f"a {entity.singular}", sheet.findings)
    return content


def void(entity: Entity | str, quickbooks_id: str, request_id: str) -> str:
    """Build the TxnVoid of a document; Unbuildable for types that QuickBooks cannot void."""
    return _undo("TxnVoid", VOIDABLE, entity, quickbooks_id, request_id)


def delete(entity: Entity | str, quickbooks_id: str, request_id: str) -> str:
    """Build the TxnDel of a document; Unbuildable for types that QuickBooks cannot delete."""
    return _undo("TxnDel", DELETABLE, entity, quickbooks_id, request_id)


def _undo(
    name: str, allowed: frozenset[str], entity: Entity | str, quickbooks_id: str, request_id: str
) -> str:
    noun = entity if isinstance(entity, str) else entity.noun
    if noun not in allowed:
        raise Unbuildable(f"QuickBooks has no {name} for {noun}")
    content = element(f"{name}Type", noun) + _identifier("TxnID", quickbooks_id)
    return _request(name, request_id, content)


# --- queries


def query(  # noqa: PLR0913 (a query has that many filters)
    entity_or_noun: Entity | str,
    request_id: str,
    *,
    ids: Sequence[str] = (),
    full_names: Sequence[str] = (),
    ref_numbers: Sequence[str] = (),
    iterator: str | None = None,
    iterator_id: str | None = None,
    max_returned: int | None = None,
    active_status_all: bool = True,
    modified_from: str | None = None,
    date_from: str | None = None,
    date_to: str | None = None,
    party_ids: Sequence[str] = (),
    paid_status: str | None = None,
    number_range: tuple[str | None, str | None] | None = None,
    account_type: str | Sequence[str] | None = None,
    lines: bool | None = None,
    linked: bool | None = None,
    owner_ids: Sequence[str] = (),
    only: Sequence[str] = (),
) -> str:
    """Build a query. Unbuildable (a ValueError) when its parts exclude each other.

    `ids`, `full_names` (lists) or `ref_numbers` (documents) stand alone, without filters.
    `iterator` is `Start`, or `Stop` with an `iterator_id`, which alone continues (same filters).
    `modified_from` is wall-clock text; `date_from`, `date_to` are ISO days; all are inclusive.
    `party_ids` are ListIDs of vendors or customers; `number_range` is the first and last number.
    `lines`, `linked` default to what the entity needs (a bare noun: none). `only` trims the answer.
    """
    entity, noun, facts = _whose(entity_or_noun)
    named = {
        "ids": _each(facts.family.id_element, ids),
        "full_names": _each("FullName", full_names),
        "ref_numbers": _each("RefNumber", ref_numbers),
    }
    filters = {
        "max_returned": _count(max_returned),
        "active_status": "",
        "modified_from": _modified(facts.family, modified_from),
        "dates": _range("TxnDateRangeFilter", "TxnDate", _day(date_from), _day(date_to)),
        "party_ids": _around("EntityFilter", _each("ListID", party_ids)),
        "number_range": _range("RefNumberRangeFilter", "RefNumber", *(number_range or ("", ""))),
        "account_type": _each("AccountType", _listed(account_type)),
        "paid_status": _one_of("PaidStatus", paid_status, PAID_STATUSES),
    }
    shape = {
        "lines": _true("IncludeLineItems", asked=_with_lines(entity, asked=lines)),
        "linked": _true("IncludeLinkedTxns", asked=_with_links(entity, only, asked=linked)),
        "only": _each("IncludeRetElement", _wanted(entity, only)),
        "owner_ids": _each("OwnerID", map(guid_text, owner_ids)),
    }
    iteration = _iteration(iterator, iterator_id, max_returned)
    asked = {name for name, xml in {**named, **filters, **shape}.items() if xml}
    _refuse_excluded(noun, facts, asked, iterates=bool(iteration))
    if facts.family is Family.LIST and active_status_all and not asked & set(named):
        filters["active_status"] = element("ActiveStatus", "All")
    content = "".join((*named.values(), *filters.values(), *shape.values()))
    return _request(f"{noun}Query", request_id, content, iteration)


def _whose(entity_or_noun: Entity | str) -> tuple[Entity | None, str, QueryFacts]:
    entity = None if isinstance(entity_or_noun, str) else entity_or_noun
    noun = entity_or_noun if isinstance(entity_or_noun, str) else entity_or_noun.query_noun
    if noun not in QUERIES:
        raise Unbuildable(f"there is no query for {noun}")
    return entity, noun, QUERIES[noun]


def _refuse_excluded(noun: str, facts: QueryFacts, asked: set[str], *, iterates: bool) -> None:
    refused = sorted(asked - facts.takes)
    if refused:
        raise Unbuildable(f"a query for {noun} does not take {', '.join(refused)}")
    if iterates and not facts.iterates:
        raise Unbuildable(f"a query for {noun} does not take an iterator")
    named = asked & {"ids", "full_names", "ref_numbers"}
    others = asked - named - {"lines", "linked", "only", "owner_ids"}
    if len(named) > 1 or (named and (others or iterates)):
        raise Unbuildable("ids, names or numbers exclude each other, all filters and iterators")
    if {"modified_from", "dates"} <= asked:
        raise Unbuildable("modification time and document date exclude each other in one query")


def _iteration(iterator: str | None, iterator_id: str | None, max_returned: int | None) -> str:
    known = {("Start", False): "Start", (None, True): "Continue", ("Continue", True): "Continue"}
    known[("Stop", True)] = "Stop"
    if iterator is None and not iterator_id:
        return ""
    step = known.get((iterator, bool(iterator_id)))
    if step is None:
        raise Unbuildable("an iterator starts without an iteratorID, continues and stops with one")
    if max_returned is None and step != "Stop":
        raise Unbuildable("an iterator needs max_returned, the size of its pages")
    identity = _attribute("iteratorID", iterator_id) if iterator_id else ""
    return _attribute("iterator", step) + identity


def _with_links(entity: Entity | None, only: Sequence[str], *, asked: bool | None) -> bool:
    if asked is None:
        return entity is not None and entity.is_settled and not only
    return asked


def _with_lines(entity: Entity | None, *, asked: bool | None) -> bool:
    return (entity is not None and entity.line_items) if asked is None else asked


def _true(name: str, *, asked: bool) -> str:
    return element(name, "true") if asked else ""


def _wanted(entity: Entity | None, only: Sequence[str]) -> Sequence[str]:
    # What tells a job from a customer is always asked for.
    if only and entity is not None and entity.child is not None and "Sublevel" not in only:
        return (*only, "Sublevel")
    return only


def _listed(value: str | Sequence[str] | None) -> Sequence[str]:
    if isinstance(value, str):
        return (value,)
    return value or ()


def _each(name: str, values: Iterable[str]) -> str:
    if isinstance(values, str):
        raise Unbuildable(f"{name} takes a list, not one text")
    # Empty, it would match nothing or everything.
    texts = [to_quickbooks(value).text for value in values]
    if not all(texts):
        raise Unbuildable(f"{name} may not be empty in a query")
    return "".join(element(name, escaped(text)) for text in texts)


def _around(name: str, content: str) -> str:
    return element(name, content) if content else ""


def _one_of(name: str, value: str | None, allowed: Sequence[str]) -> str:
    if value is not None and value not in allowed:
        raise Unbuildable(f"{name} is one of {', '.join(allowed)}")
    return element(name, value) if value else ""


def _count(max_returned: int | None) -> str:
    if max_returned is not None and max_returned < 1:
        raise Unbuildable("max_returned must be at least 1")
    return element("MaxReturned", str(max_returned)) if max_returned else ""


def _day(day: str | None) -> str:
    found = parse_date(day) if day else None
    return date_text(found) if found else ""


def _range(name: str, bound: str, lowest: str | None, highest: str | None) -> str:
    content = "".join(
        element(f"{end}{bound}", escaped(to_quickbooks(value).text))
        for end, value in (("From", lowest), ("To", highest))
        if value
    )
    return _around(name, content)


def _modified(family: Family, wall: str | None) -> str:
    if not wall:
        return ""
    since = element("FromModifiedDate", datetime_text(wall))
    # Lists have it bare, documents inside a filter; the other way round nothing is parsed.
    return since if family is Family.LIST else element("ModifiedDateRangeFilter", since)


def deleted_query(
    family: Family, del_types: Sequence[str], request_id: str, *, since: str | None
) -> str:
    """Build the query for deletions of these types since a wall-clock time (None: all it keeps).

    QuickBooks keeps 90 days of them, and never reports transfers.
    """
    if not del_types:
        raise Unbuildable("a query for deletions names at least one type")
    window = element("FromDeletedDate", datetime_text(since)) if since else ""
    content = _each(f"{family.value}DelType", del_types)
    content += _around("DeletedDateRangeFilter", window)
    return _request(f"{family.value}DeletedQuery", request_id, content)


def bills_to_pay_query(request_id: str, vendor_id: str) -> str:
    """Build the BillToPayQuery: what is left of the bills and credits of one vendor (ListID)."""
    vendor = element("PayeeEntityRef", _identifier("ListID", vendor_id))
    return _request("BillToPayQuery", request_id, vendor)


def company_query(request_id: str, owner_ids: Sequence[str] = ()) -> str:
    """Build the CompanyQuery; custom fields come only for the owners given."""
    return _request("CompanyQuery", request_id, _each("OwnerID", map(guid_text, owner_ids)))


def host_query(request_id: str) -> str:
    """Build the HostQuery."""
    return _request("HostQuery", request_id, "")


def preferences_query(request_id: str) -> str:
    """Build the PreferencesQuery."""
    return _request("PreferencesQuery", request_id, "")


def company_activity_query(request_id: str) -> str:
    """Build the CompanyActivityQuery: when the file was last restored and condensed."""
    return _request("CompanyActivityQuery", request_id, "")


# --- the envelope


def renamed(request: str, request_id: str) -> str:
    """Give the same request another requestID."""
    identity = _attribute("requestID", request_id, REQUEST_ID_CHARACTERS_MAX)
    # It is the first attribute, and no text can hold a quotation mark like an attribute's.
    return _IDENTITY.sub(lambda _: identity, request, count=1)


def message_set(
    requests: Sequence[str],
    *,
    new_message_set_id: str = "",
    old_message_set_id: str = "",
    on_error: str = "continueOnError",
) -> str:
    """Wrap requests as the whole document that goes to QuickBooks.

    The ids serve error recovery: 23 characters at most, Unbuildable (a ValueError) beyond.
    `on_error` is `continueOnError` or `stopOnError`; QuickBooks rejects the third that exists.
    """
    if not requests and not old_message_set_id:
        raise Unbuildable("a message set needs a request")
    if on_error not in {"continueOnError", "stopOnError"}:
        raise Unbuildable("on_error is continueOnError or stopOnError")
    attributes = "".join(
        _attribute(name, value, MESSAGE_SET_ID_CHARACTERS_MAX)
        for name, value in (
            ("newMessageSetID", new_message_set_id),
            ("oldMessageSetID", old_message_set_id),
        )
        if value
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<?qbxml version="{QBXML_VERSION}"?>'
        f'<QBXML><QBXMLMsgsRq onError="{on_error}"{attributes}>'
        f"{''.join(requests)}</QBXMLMsgsRq></QBXML>"
    )
