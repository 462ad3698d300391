"""Reading in a session: which queries are due, their requests, and what their replies do.

Owns sync-rules 2 and 8 as far as reading goes. It must not know SOAP nor write to QuickBooks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from qbxml import build
from qbxml.entities import BY_RESOURCE, ENTITIES, queries
from qbxml.entity import Entity, Family
from qbxml.parse import Reply, replies
from qbxml.status import Act, decide
from store import balances, cursors, deletions, exchanges, problems, pull, written
from store.context import Sync
from store.push import Asked
from webconnector.plan import Plan, Read, restarts_max

_BALANCES = "Balances"
_DELETED = {Family.LIST: "ListDeleted", Family.TXN: "TxnDeleted"}
_ITERATORS_LOST = (3390, 3391)
_BY_QUERY = {group[0].query_noun: group for group in queries()}


def begin(sync: Sync, plan: Plan, page_records_max: int) -> None:
    """Plan the first reads: lists, deletions, documents, balances (sync-rules 8)."""
    known = cursors.read_all(sync)
    for family in Family:
        plan.reads += [
            _query(sync, group, known, page_records_max)
            for group in queries()
            if group[0].family is family and any(sync.pulls(entity) for entity in group)
        ]
        plan.reads += _deletions(sync, family, known)
    plan.reads.sort(key=lambda read: _ORDER[read.do, _is_document(read)])
    plan.reads.append(_bank_balances())
    plan.begun = True


# Lists, then deletions, then documents.
_ORDER = {("query", False): 0, ("deletions", False): 1, ("query", True): 2}


def _is_document(read: Read) -> bool:
    group = _BY_QUERY.get(read.name)
    return read.do == "query" and group is not None and group[0].family is Family.TXN


def _query(
    sync: Sync, group: Sequence[Entity], known: dict[str, str | None], page_records_max: int
) -> Read:
    entity = group[0]
    since = known.get(entity.query_noun)
    narrow: dict[str, Any] = {}
    if since is not None:
        narrow["modified_from"] = since
    elif entity.starts and sync.start_date is not None:
        narrow["date_from"] = sync.start_date.isoformat()
    if entity.iterates:
        narrow["max_returned"] = min(page_records_max, entity.max_page_records)
    return Read(entity.query_noun, "query", narrow, iterates=entity.iterates)


def _deletions(sync: Sync, family: Family, known: dict[str, str | None]) -> list[Read]:
    types = [
        del_type
        for entity in ENTITIES
        if entity.family is family and sync.pulls(entity) and entity.pull.deleted
        for del_type in entity.del_types
    ]
    if not types:
        return []
    name = _DELETED[family]
    narrow = {
        "family": family.value,
        "del_types": list(dict.fromkeys(types)),
        "since": known.get(name),
    }
    return [Read(name, "deletions", narrow)]


def _bank_balances() -> Read:
    return Read(_BALANCES, "balances", {"account_type": "Bank"})


def balances_again(plan: Plan) -> None:
    """What we wrote moved balances: read them once more, last."""
    plan.reads.append(_bank_balances())


def again(plan: Plan, then: written.Followup) -> None:
    """Read these records in the session, to merge them or to complete what was written."""
    for do, wanted in (("query", then.reread), ("fill", then.fill)):
        for resource, ids in wanted.items():
            entity = BY_RESOURCE[resource]
            plan.reads.append(
                Read(f"Reread {entity.query_noun}", do, {"ids": list(dict.fromkeys(ids))})
            )


def ask(plan: Plan) -> list[Asked]:
    """The next requests: the first page or the next page of every open read."""
    due = plan.open_reads
    if plan.one_at_a_time:
        due = due[:1]
    asked = []
    for number, read in enumerate(due, 1):
        request_id = f"r{number}"
        purpose = {"do": "read", "read": plan.reads.index(read)}
        asked.append(Asked(request_id, _text(read, request_id), purpose))
    return asked


def _text(read: Read, request_id: str) -> str:
    narrow = dict(read.narrow)
    if read.do == "deletions":
        family = Family(narrow.pop("family"))
        return build.deleted_query(family, narrow["del_types"], request_id, since=narrow["since"])
    entity = _entity(read)
    if read.iterates and read.iterator_id:
        return build.query(entity, request_id, iterator_id=read.iterator_id, **narrow)
    if read.iterates:
        return build.query(entity, request_id, iterator="Start", **narrow)
    return build.query(entity, request_id, **narrow)


def _entity(read: Read) -> Entity:
    if read.do == "balances":
        return BY_RESOURCE["accounts"]
    return _BY_QUERY[read.name.removeprefix("Reread ")][0]


def take(sync: Sync, plan: Plan, read: Read, reply: Reply, exchange_id: str) -> None:
    """Act on the reply to one read: store its page, remember how to go on."""
    decision = decide(reply.status_code, reply.text, severity=reply.severity)
    if reply.status_code in _ITERATORS_LOST and read.restarts < restarts_max:
        # Iterators live as long as QuickBooks' session; lost ones start anew, one by one.
        read.iterator_id, read.remaining = None, 0
        read.restarts += 1
        plan.one_at_a_time = True
        return
    if not decision.succeeded:
        _refused(sync, plan, read, reply)
        return
    READERS[read.do](sync, plan, read, reply, exchange_id)
    plan.done += max(1, len(reply.records) + len(reply.deletions))
    read.iterator_id = reply.iterator_id or None
    read.remaining = reply.iterator_remaining or 0
    read.done = not (read.iterates and read.iterator_id and read.remaining)
    if read.done:
        _complete(sync, plan, read)


def _take_query(sync: Sync, plan: Plan, read: Read, reply: Reply, exchange_id: str) -> None:
    read.seen = cursors.greatest(sync, read.seen, [r.time_modified for r in reply.records])
    if _is_document(read) and _lists_open(plan):
        if reply.records and exchange_id not in plan.parked:
            plan.parked.append(exchange_id)
        return
    pull.apply(sync, reply.records)


def _take_deletions(sync: Sync, _plan: Plan, read: Read, reply: Reply, _exchange_id: str) -> None:
    read.seen = cursors.greatest(sync, read.seen, [d.time_deleted for d in reply.deletions])
    deletions.apply(sync, reply.deletions)


def _take_balances(sync: Sync, _plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    balances.apply(sync, reply.records)


def _take_fill(sync: Sync, _plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    written.fill(sync, reply.records)


READERS: dict[str, Callable[[Sync, Plan, Read, Reply, str], None]] = {
    "query": _take_query,
    "deletions": _take_deletions,
    "balances": _take_balances,
    "fill": _take_fill,
}


def _lists_open(plan: Plan) -> bool:
    return any(read.do == "query" and not _is_document(read) for read in plan.open_reads)


def _complete(sync: Sync, plan: Plan, read: Read) -> None:
    """The last page is stored: the cursor moves in the same transaction."""
    if read.name == _BALANCES or read.name.startswith("Reread"):
        return
    if _is_document(read) and plan.parked:
        plan.unmoved[read.name] = read.seen
        return
    cursors.move(sync, read.name, read.seen)


def unpark(sync: Sync, plan: Plan) -> None:
    """All lists are here: store the documents that came before them."""
    if not plan.parked or _lists_open(plan):
        return
    for exchange_id in plan.parked:
        row = exchanges.find(sync.conn, sync.company_id, exchange_id)
        for reply in replies(row.response).replies:
            if reply.records and reply.records[0].entity.family is Family.TXN:
                pull.apply(sync, reply.records)
    exchanges.park(sync, plan.parked, parked=False)
    plan.parked = []
    for name, seen in plan.unmoved.items():
        cursors.move(sync, name, seen)
    plan.unmoved = {}


def _refused(sync: Sync, plan: Plan, read: Read, reply: Reply) -> None:
    """QuickBooks does not let us read this: say so, and write nothing on half a picture."""
    read.done = True
    plan.failed.append(read.name)
    decision = decide(reply.status_code, reply.text, severity=reply.severity)
    tired = reply.status_code in _ITERATORS_LOST or decision.act is Act.RETRY
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"unread:{read.name}",
            kind="unread",
            title=f"QuickBooks did not give its list {read.name}",
            text=f"QuickBooks says: {reply.text or reply.status_code}. Nothing was sent to it.",
            advice=(
                "The next sync tries again by itself."
                if tired
                else "Check the rights of the QuickBooks user of the Web Connector, then sync."
            ),
            code=str(reply.status_code),
            quickbooks_text=reply.text,
        ),
    )


def settle_problems(sync: Sync, plan: Plan) -> None:
    """Reads that went well this time have no problem any more."""
    for read in plan.reads:
        if read.name not in plan.failed:
            problems.resolve_cause(sync, f"unread:{read.name}")
