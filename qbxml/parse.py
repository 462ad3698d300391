"""QuickBooks' answers as plain records: by name, never by position, in one pass over the text.

Owns the shape of an answer (`Replies`, `Reply`, `Record`, `Deletion`) and how a `Ret` becomes the
plain values described at `Kind`. It must not know what anybody does with a record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lxml.etree import _Element

from qbxml import ret
from qbxml.entities import BY_DEL_TYPE, BY_RET, MOVERS
from qbxml.entity import Entity, Family
from qbxml.errors import RecordError
from qbxml.text import amount_text, parse_amount, parse_datetime_wall, parse_guid
from qbxml.wellformed import UnreadableReply, mended_once, stream

STATUS_UNKNOWN = -1
"""The status code of a reply that states none; QuickBooks always does, so it is no success."""

_DELETED = {"ListDeletedRet": Family.LIST, "TxnDeletedRet": Family.TXN}
# What TxnVoidRs and TxnDelRs hold themselves.
_WRITTEN = frozenset(
    {
        "TxnVoidType",
        "TxnDelType",
        "ListDelType",
        "TxnID",
        "ListID",
        "TimeCreated",
        "TimeModified",
        "TimeDeleted",
        "RefNumber",
        "FullName",
    }
)


@dataclass(slots=True)
class Record:
    """One record of a known type.

    `values` has every part that replies can hold, None (no lines: []) when it is absent. Left out
    altogether, because unknown: withheld fields that are absent, and parts that could not be read
    (their elements are counted in `Reply.unread`). Items and terms also have `kind`, the name of
    their reply element without `Ret`. Times are QuickBooks' wall clock, '' when absent.
    """

    entity: Entity
    quickbooks_id: str
    edit_sequence: str
    time_created: str
    time_modified: str
    values: dict[str, Any]
    full_name: str
    """FullName, else Name; '' for documents."""
    ret: str
    linked: tuple[dict[str, Any], ...] = ()
    """Each `{"id", "type", "amount", "date", "number", "balance", "paid"}`."""
    broken: tuple[str, ...] = ()
    """Names of the parts that could not be read."""


@dataclass(frozen=True, slots=True)
class Mover:
    """A record of a type that we do not sync, read for the documents whose balance it moves."""

    quickbooks_id: str
    time_modified: str
    linked: tuple[dict[str, Any], ...]
    """As in `Record`."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A record that QuickBooks reports as deleted; `entities` is empty for types we do not sync."""

    family: Family
    del_type: str
    entities: tuple[Entity, ...]
    quickbooks_id: str
    time_deleted: str
    name: str
    """FullName or RefNumber."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """ErrorRecovery: what QuickBooks still knows of a write whose full record it cannot give."""

    quickbooks_id: str
    edit_sequence: str
    external_guid: str


@dataclass(frozen=True, slots=True)
class CompanyActivity:
    """When the company file was last restored and condensed, wall clock; '' when never told."""

    last_restored: str
    last_condensed: str


@dataclass(slots=True)
class Reply:
    """The answer to one request."""

    message: str
    """`CustomerQuery`."""
    request_id: str = ""
    status_code: int = STATUS_UNKNOWN
    severity: str = ""
    text: str = ""
    records: list[Record] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    movers: list[Mover] = field(default_factory=list)
    iterator_id: str = ""
    iterator_remaining: int | None = None
    ret_count: int | None = None
    recovered: Recovered | None = None
    written_id: str = ""
    """TxnID or ListID directly under TxnVoidRs, TxnDelRs, ListDelRs."""
    company_activity: CompanyActivity | None = None
    left: dict[str, str] = field(default_factory=dict)
    """TxnIDs of bills to pay and credits to apply -> what is left of them, `120.00`."""
    unread: dict[str, int] = field(default_factory=dict)
    """Element names that nobody took, with their number: parts of records, whole records."""


@dataclass(slots=True)
class Replies:
    """A whole answer. `message_set_status` is None when QuickBooks states none."""

    replies: list[Reply]
    message_set_id: str
    message_set_status: int | None


def replies(text: str | bytes) -> Replies:
    """Read an answer; UnreadableReply when it is no qbXML, has a DOCTYPE or nothing at all."""
    return mended_once(text, _read)


@dataclass(slots=True)
class _Intake:
    """Collects records by the reply they stand in."""

    by_parent: dict[_Element, Reply] = field(default_factory=dict)

    def take(self, element: _Element) -> None:
        parent = element.getparent()
        if parent is None or not parent.tag.endswith("Rs"):
            return  # Part of another record, which will be read as a whole.
        reply = self.by_parent.get(parent)
        if reply is None:
            reply = self.by_parent[parent] = Reply(parent.tag[:-2])
        tag = element.tag
        if tag in _DELETED:
            reply.deletions.append(_deletion(element, reply.unread))
        elif tag in _MOVERS:
            reply.movers.append(_mover(element))
        else:
            reply.records.append(_record(element, reply.unread))


def _read(text: str) -> Replies:
    intake = _Intake()
    root = stream(text, _TAKEN, intake.take)
    found = Replies([], "", None)
    if root.tag != "QBXML":
        raise UnreadableReply("the answer's outermost element is not QBXML")
    for message_set in root.iterfind("QBXMLMsgsRs"):
        found.message_set_id = message_set.get("newMessageSetID") or found.message_set_id
        status = _integer(message_set.get("messageSetStatusCode"))
        found.message_set_status = found.message_set_status if status is None else status
        for element in message_set:
            reply = intake.by_parent.get(element)
            if reply is None:
                reply = Reply(element.tag.removesuffix("Rs"))
            _attributes(reply, element)
            _rest(reply, element)
            found.replies.append(reply)
    return found


def _attributes(reply: Reply, element: _Element) -> None:
    get = element.get
    code = _integer(get("statusCode"))
    reply.status_code = STATUS_UNKNOWN if code is None else code
    reply.request_id = get("requestID", "")
    reply.severity = get("statusSeverity", "")
    reply.text = get("statusMessage", "")
    reply.iterator_id = get("iteratorID", "")
    reply.iterator_remaining = _integer(get("iteratorRemainingCount"))
    reply.ret_count = _integer(get("retCount"))


def _integer(text: str | None) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        return None


def _rest(reply: Reply, element: _Element) -> None:
    """Read what stands beside the records."""
    for child in element:
        if child.tag in _TAKEN:
            continue
        read = _BESIDE.get(child.tag)
        if read:
            read(reply, child)
        elif child.tag not in _WRITTEN:
            reply.unread[child.tag] = reply.unread.get(child.tag, 0) + 1
    reply.written_id = element.findtext("TxnID") or element.findtext("ListID") or ""


def _take_recovered(reply: Reply, element: _Element) -> None:
    guid = element.findtext("ExternalGUID") or ""
    try:
        guid = parse_guid(guid) if guid else ""
    except RecordError:
        reply.unread["ExternalGUID"] = reply.unread.get("ExternalGUID", 0) + 1
        guid = ""
    reply.recovered = Recovered(
        element.findtext("ListID") or element.findtext("TxnID") or "",
        element.findtext("EditSequence") or "",
        guid,
    )


def _take_activity(reply: Reply, element: _Element) -> None:
    reply.company_activity = CompanyActivity(
        _wall(element, "LastRestoreTime", reply.unread),
        _wall(element, "LastCondenseTime", reply.unread),
    )


def _take_left(reply: Reply, element: _Element) -> None:
    for one in element:
        text = one.findtext("AmountDue") or one.findtext("CreditRemaining") or ""
        try:
            reply.left[one.findtext("TxnID") or ""] = amount_text(parse_amount(text))
        except RecordError:
            reply.unread[one.tag] = reply.unread.get(one.tag, 0) + 1


_BESIDE: dict[str, Callable[[Reply, _Element], None]] = {
    "ErrorRecovery": _take_recovered,
    "CompanyActivityRet": _take_activity,
    "BillToPayRet": _take_left,
}


def _wall(element: _Element, tag: str, unread: dict[str, int]) -> str:
    text = element.findtext(tag)
    try:
        return parse_datetime_wall(text) if text else ""
    except RecordError:
        unread[tag] = unread.get(tag, 0) + 1
        return ""


def _deletion(element: _Element, unread: dict[str, int]) -> Deletion:
    family = _DELETED[element.tag]
    del_type = element.findtext(f"{family.value}DelType") or ""
    return Deletion(
        family=family,
        del_type=del_type,
        entities=BY_DEL_TYPE.get((family, del_type), ()),
        quickbooks_id=element.findtext(family.id_element) or "",
        time_deleted=_wall(element, "TimeDeleted", unread),
        name=element.findtext("FullName") or element.findtext("RefNumber") or "",
    )


_PLANS = {tag: ret.plan(tag, entities) for tag, entities in BY_RET.items()}
# Types of ours that move balances are read as records, with all they hold.
_MOVERS = frozenset(f"{noun}Ret" for noun in MOVERS) - frozenset(BY_RET)
_MOVER_PLAN = ret.Plan(steps={"TxnID": "id", "TimeModified": "time_modified"})
_TAKEN = frozenset(BY_RET) | frozenset(_DELETED) | _MOVERS


def _mover(element: _Element) -> Mover:
    read = ret.read(element, _MOVER_PLAN, {})  # most of it is nobody's here
    head = read.head
    return Mover(head.get("id", ""), head.get("time_modified", ""), tuple(read.linked))


def _record(element: _Element, unread: dict[str, int]) -> Record:
    tag = element.tag
    read = ret.read(element, _PLANS[tag], unread)
    head, values = read.head, read.values
    entity, *others = BY_RET[tag]
    if others:
        is_child = values.get("parent") is not None or head.get("sublevel", "0") != "0"
        entity = next((one for one in (entity, *others) if one.child == is_child), entity)
    full_name = ""
    if entity.family is Family.LIST:
        full_name = head.get("full_name") or values.get("name") or ""
    return Record(
        entity=entity,
        quickbooks_id=head.get("id", ""),
        edit_sequence=head.get("edit_sequence", ""),
        time_created=head.get("time_created", ""),
        time_modified=head.get("time_modified", ""),
        values=values,
        full_name=full_name,
        ret=tag,
        linked=tuple(read.linked),
        broken=tuple(sorted(read.broken)),
    )
