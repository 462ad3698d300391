"""Reading in a session: which queries are due, their requests, and what their replies do.

Owns sync-rules 2 and 8 as far as reading goes. It must not know SOAP nor write to QuickBooks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from qbxml import build
from qbxml.entities import BY_RESOURCE, ENTITIES, queries
from qbxml.entity import Entity, Family
from qbxml.messages import names_its_documents
from qbxml.parse import Reply
from qbxml.status import Act, decide
from store import (
    activity,
    applied_credits,
    aside,
    backfill,
    balances,
    candidates,
    cursors,
    matching,
    open_documents,
    paying_bills,
    problems,
)
from store.context import Sync
from store.push import Asked
from store.unwritten import Followup
from webconnector import applying
from webconnector.plan import Plan, Read, restarts_max

_ACTIVITY = "Activity"
_BALANCES = "Balances"
_LEFT = "left"
_DELETED = {Family.LIST: "ListDeleted", Family.TXN: "TxnDeleted"}
reads_by_id_per_set_max = 4
"""Each may bring a hundred whole records: together they must stay one answer of a few MB."""
_ITERATORS_LOST = (3390, 3391)
_NO_WAY_ON = "There is more of it, but not how to ask for the rest"


def begin(sync: Sync, plan: Plan, page_records_max: int) -> None:
    """Plan the first reads: lists, deletions, documents, balances (sync-rules 8)."""
    known = cursors.read_all(sync)
    plan.first = [group[0].query_noun for group in queries() if group[0].query_noun not in known]
    for family in Family:
        plan.reads += [
            _query(sync, group, known, page_records_max)
            for group in queries()
            if group[0].family is family and any(sync.pulls(entity) for entity in group)
        ]
        plan.reads += _deletions(sync, family, known)
    # Lists, then deletions, then documents.
    plan.reads.sort(key=lambda read: (applying.rank(read), read.do == "deletions"))
    plan.reads.insert(0, Read(_ACTIVITY, "activity"))
    plan.reads += _backfills(sync, page_records_max)
    plan.reads += _paid_elsewhere(sync, known, page_records_max)
    plan.reads.append(_bank_balances())
    for resource, ids in matching.reconsider(sync).items():
        if sync.pulls(BY_RESOURCE[resource]):
            plan.reads.append(_reread(BY_RESOURCE[resource].query_noun, "query", ids))
    for wanted in (candidates.to_read(sync), aside.to_read(sync)):
        for resource, ids in wanted.items():
            noun = BY_RESOURCE[resource].query_noun
            plan.reads += [_reread(noun, "query", some) for some in applying.portions(ids)]
    plan.reads += _applied_credits(applied_credits.open_ones(sync))
    plan.restored = activity.awaits(sync)
    plan.begun = True


def _query(
    sync: Sync, group: Sequence[Entity], known: dict[str, str | None], page_records_max: int
) -> Read:
    entity = group[0]
    since = known.get(entity.query_noun)
    narrow: dict[str, Any] = {}
    if since is not None:
        narrow["modified_from"] = since
    elif entity.starts and entity.query_noun in known:
        # Nothing came over so far, but what we wrote may be dated before the start.
        narrow["modified_from"] = cursors.since_first_read(sync, entity.query_noun)
    elif entity.starts and sync.start_date is not None:
        narrow["date_from"] = sync.start_date.isoformat()
    if entity.iterates:
        narrow["max_returned"] = min(page_records_max, entity.max_page_records)
    braked = entity.query_noun in known
    return Read(entity.query_noun, "query", narrow, iterates=entity.iterates, braked=braked)


def _paid_elsewhere(sync: Sync, known: dict[str, str | None], page_records_max: int) -> list[Read]:
    """Payments move a document's balance, not the time of its modification (sync-rules 5)."""
    found = []
    for noun in dict.fromkeys(n for one in open_documents.pulled(sync) for n in one.moved_by):
        narrow: dict[str, Any] = {"max_returned": page_records_max, **names_its_documents(noun)}
        since = known.get(noun)
        if since is not None:
            narrow["modified_from"] = since
        elif sync.start_date is not None:
            narrow["date_from"] = sync.start_date.isoformat()
        found.append(Read(noun, "applied", narrow, iterates=True))
    for entity in open_documents.pulled(sync):
        portions = applying.portions(open_documents.due(sync, entity))
        found.extend(_reread(entity.query_noun, "query", ids) for ids in portions)
    return found


def _backfills(sync: Sync, page_records_max: int) -> list[Read]:
    """Once, after the start date was moved earlier: the days it moved over (sync-rules 2)."""
    found = []
    for noun, before in backfill.queued(sync).items():
        entity = applying.BY_QUERY[noun][0]
        narrow = {
            "date_from": sync.start_date.isoformat() if sync.start_date else None,
            "date_to": before.isoformat(),
            "max_returned": min(page_records_max, entity.max_page_records),
        }
        name = backfill.name_of(noun)
        once = {"once": True}
        found.append(Read(name, "query", narrow, iterates=True, noun=noun, about=once))
    return found


def _deletions(sync: Sync, family: Family, known: dict[str, str | None]) -> list[Read]:
    """One query for what always comes over, one for each switch: its cursor rests while it is off.

    So what was deleted meanwhile is found when it is on again.
    """
    types: dict[str, list[str]] = {}
    for entity in ENTITIES:
        if entity.family is family and sync.pulls(entity) and entity.pull.deleted:
            switch = entity.pull.switch
            name = f"{_DELETED[family]} {switch.value}" if switch else _DELETED[family]
            types.setdefault(name, []).extend((*entity.del_types, *entity.moved_by))
    return [
        Read(
            name,
            "deletions",
            {
                "family": family.value,
                "del_types": list(dict.fromkeys(del_types)),
                "since": known.get(name),
            },
        )
        for name, del_types in types.items()
    ]


def _bank_balances() -> Read:
    return Read(_BALANCES, "balances", {"account_type": list(balances.TYPES)})


def balances_again(plan: Plan) -> None:
    """What we wrote moved balances: read them once more, last."""
    plan.reads.append(_bank_balances())


def again(plan: Plan, then: Followup) -> None:
    """Read these records in the session, to merge them or to complete what was written."""
    for do, wanted in (("query", then.reread), ("fill", then.fill)):
        for noun, ids in wanted.items():
            plan.reads.append(_reread(noun, do, ids))
    plan.reads += _applied_credits(then.credits)


def _applied_credits(quickbooks_ids: Sequence[str]) -> list[Read]:
    """Vendor credits with what they are applied to: a voided payment may have left them so."""
    return [
        Read("Applied VendorCredit", "credits", {"ids": ids, "linked": True}, noun="VendorCredit")
        for ids in applying.portions(quickbooks_ids)
    ]


def what_is_left(plan: Plan, vendor_ids: Sequence[str]) -> None:
    """Ask for the bills to pay of these vendors, whose bills do not tell what is open of them."""
    plan.reads += [Read(f"{_LEFT} {one}", _LEFT, {"vendor": one}) for one in vendor_ids]


_AGAIN = {"query": "Reread", "fill": "Fill"}


def _reread(noun: str, do: str, ids: Sequence[str]) -> Read:
    return Read(f"{_AGAIN[do]} {noun}", do, {"ids": list(dict.fromkeys(ids))}, noun=noun)


def go_on(plan: Plan, before: dict[str, Any]) -> None:
    """What an earlier session wanted to read again and did not live to."""
    wanted = Plan.from_json(before).reads
    plan.reads += [
        Read(one.name, one.do, {"ids": one.narrow["ids"]}, noun=one.noun)
        for one in wanted
        if one.name.startswith(f"{_AGAIN['query']} ") and not one.settled
    ]


def start_again(plan: Plan, numbers: Sequence[int]) -> bool:
    """Of these reads, those that were to go on with an iterator start anew; whether any does."""
    under_way = [plan.reads[number] for number in numbers if plan.reads[number].iterator_id]
    for read in under_way:
        _forget_pages(read)
    return bool(under_way)


def _forget_pages(read: Read) -> None:
    read.iterator_id, read.remaining, read.pages = None, 0, []


def ask(plan: Plan) -> list[Asked]:
    """The next requests: the first page or the next page of every open read."""
    by_ids = [read for read in plan.open_reads if read.narrow.get("ids")]
    later = {id(read) for read in by_ids[reads_by_id_per_set_max:]}
    due = [read for read in plan.open_reads if id(read) not in later]
    if plan.one_at_a_time:
        due = due[:1]
    asked = []
    for number, read in enumerate(due, 1):
        request_id = f"r{number}"
        purpose = {"do": "read", "read": _number(plan, read)}
        asked.append(Asked(request_id, _text(read, request_id), purpose))
    return asked


def _number(plan: Plan, read: Read) -> int:
    return next(number for number, one in enumerate(plan.reads) if one is read)


def _text(read: Read, request_id: str) -> str:
    narrow = dict(read.narrow)
    if read.do == "deletions":
        family = Family(narrow.pop("family"))
        return build.deleted_query(family, narrow["del_types"], request_id, since=narrow["since"])
    if read.do == _LEFT:
        return build.bills_to_pay_query(request_id, narrow["vendor"])
    if read.do == "activity":
        return build.company_activity_query(request_id)
    entity = read.asks if read.do == "applied" else _entity(read)
    if read.iterates and read.iterator_id:
        return build.query(entity, request_id, iterator_id=read.iterator_id, **narrow)
    if read.iterates:
        return build.query(entity, request_id, iterator="Start", **narrow)
    return build.query(entity, request_id, **narrow)


def _entity(read: Read) -> Entity:
    if read.do == "balances":
        return BY_RESOURCE["accounts"]
    return applying.BY_QUERY[read.asks][0]


def take(sync: Sync, plan: Plan, read: Read, reply: Reply, exchange_id: str) -> None:
    """Act on the reply to one read: store its page, remember how to go on."""
    decision = decide(reply.status_code, reply.text, severity=reply.severity)
    if read.do == _LEFT:
        # Refused or empty, the bills' own words stand; a payment too large QuickBooks refuses.
        read.done = read.settled = True
        paying_bills.told_left(sync, reply.left)
        return
    if reply.status_code in _ITERATORS_LOST and read.restarts < restarts_max:
        # Iterators live as long as QuickBooks' session; lost ones start anew, one by one.
        _forget_pages(read)
        read.restarts += 1
        plan.one_at_a_time = True
        return
    if not decision.succeeded:
        _refused(sync, plan, read, reply)
        return
    read.remaining = reply.iterator_remaining or 0
    # A page that does not name its iterator is one of the iterator it was asked of.
    read.iterator_id = reply.iterator_id or (read.iterator_id if read.remaining else None)
    if read.iterates and read.remaining and not read.iterator_id:
        _refused(sync, plan, read, replace(reply, text=_NO_WAY_ON))
        return
    read.done = not (read.iterates and read.iterator_id and read.remaining)
    READERS[read.do](sync, plan, read, reply, exchange_id)
    plan.done += max(1, len(reply.records) + len(reply.deletions))
    applying.settle(sync, plan)


def _take_balances(sync: Sync, _plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    balances.apply(sync, reply.records)


READERS: dict[str, Callable[[Sync, Plan, Read, Reply, str], None]] = {
    "query": applying.take_page,
    "deletions": applying.take_deletions,
    "balances": _take_balances,
    "fill": applying.take_fill,
    "activity": applying.take_activity,
    "applied": applying.take_applied,
    "credits": applying.take_credits,
    "merge": applying.keep_page,
    "compare": applying.keep_page,
    "verify": applying.take_verified,
}


def _refused(sync: Sync, plan: Plan, read: Read, reply: Reply) -> None:
    """QuickBooks does not let us read this: say so, and write nothing on half a picture."""
    decision = decide(reply.status_code, reply.text, severity=reply.severity)
    tired = reply.status_code in _ITERATORS_LOST or decision.act is Act.RETRY
    said = reply.text.rstrip(". ") or f"nothing but the code {reply.status_code}"
    advice = (
        _BY_ITSELF
        if tired
        else "Look in QuickBooks under Company > Set Up Users and Passwords whether the "
        "Web Connector's user may see this list, or send these words to CashFlow support."
    )
    _unread(sync, plan, read, f"It says: {said}", advice, reply)


def unanswered(sync: Sync, plan: Plan, read: Read) -> None:
    """QuickBooks' answer leaves this read out: the same, for then the picture is not whole."""
    _unread(sync, plan, read, "Its answer leaves it out", _BY_ITSELF)


_UNREAD = "unread:"
_BY_ITSELF = "The next sync tries again by itself."


def _unread(
    sync: Sync, plan: Plan, read: Read, why: str, advice: str, reply: Reply | None = None
) -> None:
    read.done = True
    plan.failed.append(read.name)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"{_UNREAD}{read.name}",
            kind="unread",
            title=f"QuickBooks did not give its list of {_called(read)}",
            text=f"{why}. CashFlow sends nothing to QuickBooks before it has the list.",
            advice=advice,
            code=str(reply.status_code) if reply else None,
            quickbooks_text=reply.text if reply else None,
        ),
    )


_OTHER_LISTS = {"ListDeleted": "deleted list entries", "TxnDeleted": "deleted documents"}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _called(read: Read) -> str:
    """What people call what it reads: `vendors`, or QuickBooks' own name of it in plain letters."""
    ours = [entity.resource.replace("-", " ") for entity in applying.BY_QUERY.get(read.asks, ())]
    return " and ".join(ours) or _OTHER_LISTS.get(read.asks, _CAPITAL.sub(" ", read.asks).lower())


# What a session that read everything has shown to be over.
_OVER = (cursors.CLOCK, "hresult", "unreadable-answer", "program", "message-set")


def settle_problems(sync: Sync, plan: Plan) -> None:
    """What went well this time is no problem any more, nor what need not be read any more."""
    causes = [one for one in problems.open_causes(sync) if one.startswith(_UNREAD)]
    problems.resolve_cause(sync, *causes, *(() if plan.failed else _OVER), unless_seen_now=True)
