"""What is done with pages that were read: stored at once, kept until they may be, or held back.

Owns the order in which reads are stored (lists before documents), the brake on whole reads, what
comparisons and deletions lead to, and when a cursor moves. It must not know how a request is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from qbxml.entities import BY_RESOURCE, MOVERS, queries
from qbxml.entity import Entity, Family
from qbxml.parse import Mover, Record, Replies, Reply, replies
from store import (
    activity,
    applied_credits,
    aside,
    brake,
    comparing,
    currency,
    cursors,
    deletions,
    exchanges,
    merges,
    open_documents,
    pull,
    written,
)
from store.context import Sync
from webconnector.plan import Plan, Read
from webconnector.writing import pairs

ids_per_read_max = 100
BY_QUERY = {group[0].query_noun: group for group in queries()}
_CHANGED, _DELETED, _MISSING = "changed", "deleted", "missing"


_LISTS, _MERGES, _DOCUMENTS, _ALONE = range(4)
_RANKS = {"merge": _MERGES, "balances": _ALONE, "fill": _ALONE, "applied": _DOCUMENTS}


def rank(read: Read) -> int:
    """Lists and what was deleted in them, then merges, then documents; the rest stands alone."""
    group = BY_QUERY.get(read.asks)
    document = group is not None and group[0].family is Family.TXN
    return _RANKS.get(read.do, _DOCUMENTS if document else _LISTS)


def _waits(plan: Plan, read_rank: int) -> bool:
    """Whether something that must be stored first is not."""
    return read_rank != _ALONE and any(
        not read.settled and rank(read) < read_rank for read in plan.reads
    )


# --- one reply --------------------------------------------------------------------------------


def take_page(sync: Sync, plan: Plan, read: Read, reply: Reply, exchange_id: str) -> None:
    """A page of records: stored at once, unless it has to wait."""
    read.seen = cursors.greatest(sync, read.seen, [r.time_modified for r in reply.records])
    if not reply.records:
        return
    if _waits(plan, rank(read)):
        _keep(sync, read, exchange_id)
    elif not read.braked:
        pull.apply(sync, reply.records)
    elif read.done and not read.pages and plan.group(read.name) == [read]:
        _through_brake(sync, plan, [read], [reply.records])
    else:
        _keep(sync, read, exchange_id)


def keep_page(sync: Sync, _plan: Plan, read: Read, reply: Reply, exchange_id: str) -> None:
    """A page that means something only when all are here."""
    if reply.records:
        _keep(sync, read, exchange_id)


def _keep(sync: Sync, read: Read, exchange_id: str) -> None:
    if exchange_id not in read.pages:
        read.pages.append(exchange_id)
        exchanges.park(sync, [exchange_id], parked=True)


def take_deletions(sync: Sync, plan: Plan, read: Read, reply: Reply, _exchange_id: str) -> None:
    """Deletions that QuickBooks reports."""
    read.seen = cursors.greatest(sync, read.seen, [d.time_deleted for d in reply.deletions])
    rows = deletions.linked(sync, reply.deletions)
    read.keeps = not _remove(sync, plan, _DELETED, rows)
    asked = set(read.narrow["del_types"])
    every = [entity.resource for entity in BY_RESOURCE.values() if asked & set(entity.del_types)]
    _no_longer_held(sync, plan, _DELETED, every)
    for resource in sorted(aside.deleted(sync, reply.deletions)):
        currency.settle(sync, BY_RESOURCE[resource])
    for entity in open_documents.pulled(sync):
        moved = open_documents.moved_by_deletions(sync, entity, reply.deletions)
        _reread_moved(plan, read, entity, moved)


def take_verified(_sync: Sync, _plan: Plan, read: Read, reply: Reply, _exchange_id: str) -> None:
    """Asked for by their ids: what is not in the answer is really gone."""
    here = {record.quickbooks_id for record in reply.records}
    read.about["gone"] = [key for key in read.narrow["ids"] if key not in here]


def take_activity(sync: Sync, plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    """When the file was restored and condensed; something new stops writes and deletions."""
    if reply.company_activity is not None and activity.notice(sync, reply.company_activity):
        plan.restored = True


def take_applied(sync: Sync, plan: Plan, read: Read, reply: Reply, _exchange_id: str) -> None:
    """Payments and credits in QuickBooks: the documents they moved are read again."""
    movers: list[Record | Mover] = [*reply.records, *reply.movers]
    read.seen = cursors.greatest(sync, read.seen, [one.time_modified for one in movers])
    for entity in MOVERS[read.asks]:
        if sync.pulls(entity):
            _reread_moved(plan, read, entity, open_documents.moved(sync, entity, movers))


def _reread_moved(plan: Plan, led_by: Read, entity: Entity, quickbooks_ids: Sequence[str]) -> None:
    noun = entity.query_noun
    if noun in plan.first:
        return  # they are being read in this very session
    name = f"Moved {noun}"
    asked = {key for read in plan.group(name) for key in read.narrow["ids"] if not read.done}
    for ids in portions([key for key in quickbooks_ids if key not in asked]):
        plan.reads.append(Read(name, "query", {"ids": ids}, noun=noun, led_by=led_by.name))


def take_credits(sync: Sync, _plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    """Vendor credits of voided payments, with what they are still applied to and what is left."""
    applied_credits.judge(sync, reply.records)
    pull.apply(sync, reply.records)


def take_fill(sync: Sync, _plan: Plan, _read: Read, reply: Reply, _exchange_id: str) -> None:
    """Records that we wrote and whose answer did not carry them."""
    written.fill(sync, reply.records)


# --- whole reads ------------------------------------------------------------------------------


def settle(sync: Sync, plan: Plan) -> None:
    """After an answer: store what waited and may be stored now, move cursors, plan what follows."""
    _store(sync, plan)
    for read in plan.read_whole:  # in the transaction that stored the last of it
        cursors.move(sync, read.name, read.seen)
        read.moved = True
    if plan.begun and not plan.compared and not plan.unsettled:
        plan.compared = True
        _compare(sync, plan)


def _store(sync: Sync, plan: Plan) -> None:
    for now in (_ALONE, _LISTS, _MERGES, _DOCUMENTS):
        if _waits(plan, now):
            return
        for name in plan.unsettled:
            group = plan.group(name)
            if rank(group[0]) == now:
                _go_on(sync, plan, group)


def _go_on(sync: Sync, plan: Plan, group: list[Read]) -> None:
    done = all(read.done for read in group)
    if group[0].name in plan.failed:
        if done:
            _release(sync, group, settled=True)
        return
    if done:
        if group[0].do in _FINISH:
            _FINISH[group[0].do](sync, plan, group)
        _release(sync, group, settled=True)
    elif group[0].do == "query" and not group[0].braked:
        for records in _pages(sync, plan, group):
            pull.apply(sync, records)
        _release(sync, group, settled=False)


def _release(sync: Sync, group: Sequence[Read], *, settled: bool) -> None:
    exchanges.park(sync, [key for read in group for key in read.pages], parked=False)
    for read in group:
        read.pages = []
        read.settled = settled


def _pages(sync: Sync, plan: Plan, group: Sequence[Read]) -> Iterator[list[Record]]:
    """The kept pages of these reads, one at a time: there may be many, and they are large."""
    last: tuple[str, Replies] | None = None
    for read in group:
        number = next(i for i, one in enumerate(plan.reads) if one is read)
        for exchange_id in read.pages:
            row = exchanges.find(sync.conn, sync.company_id, exchange_id)
            if last is None or last[0] != exchange_id:
                last = exchange_id, replies(row.response)
            sync.exchange_id = exchange_id
            for purpose, reply in pairs(row.purpose, last[1].replies):
                if purpose.get("read") == number and reply is not None and reply.records:
                    yield reply.records


def _finish_query(sync: Sync, plan: Plan, group: Sequence[Read]) -> None:
    name = group[0].name
    if any(read.pages for read in group):
        if group[0].braked:
            _through_brake(sync, plan, group, None)
        else:
            for records in _pages(sync, plan, group):
                pull.apply(sync, records)
    if group[0].cursor and name not in plan.held:
        brake.passed(sync, _CHANGED, [entity.resource for entity in BY_QUERY[group[0].asks]])
    if group[0].about.get("once"):
        cursors.forget(sync.conn, sync.company_id, [name])
        cursors.changed(sync, [name])
    if not any(sync.pulls(entity) for entity in BY_QUERY[group[0].asks]):
        # Switched off in mid-session: what was passed over is read when it is on again.
        _stay(plan, group)


def _through_brake(
    sync: Sync, plan: Plan, group: Sequence[Read], pages: Sequence[list[Record]] | None
) -> None:
    """Store a whole read, or nothing of it; `pages`: None when they were kept."""
    counts: Counter[str] = Counter()
    for records in _pages(sync, plan, group) if pages is None else pages:
        counts += brake.changing(sync, records)
    if brake.holds(sync, _CHANGED, counts, plan.moved):
        _hold(plan, group)
        return
    _count(plan, counts)
    for records in _pages(sync, plan, group) if pages is None else pages:
        pull.apply(sync, records)


def _hold(plan: Plan, group: Sequence[Read]) -> None:
    plan.held.append(group[0].name)
    _stay(plan, group)


def _stay(plan: Plan, group: Sequence[Read]) -> None:
    """Their cursors stay, and those of the reads that led to them: it is all read once more."""
    names = {name for read in group for name in (read.name, read.led_by)}
    for read in plan.reads:
        read.keeps = read.keeps or read.name in names


def _count(plan: Plan, counts: Counter[str]) -> None:
    for resource, count in counts.items():
        plan.moved[resource] = plan.moved.get(resource, 0) + count


# --- what vanished ----------------------------------------------------------------------------


def _no_longer_held(sync: Sync, plan: Plan, act: str, resources: Sequence[str]) -> None:
    brake.passed(sync, act, [r for r in resources if f"{act} {r}" not in plan.held])


def _remove(sync: Sync, plan: Plan, act: str, rows: Sequence[Any]) -> bool:
    """Mark as deleted what these links stand for; False when some of it has to be seen again."""
    by_resource: dict[str, list[Any]] = {}
    for row in rows:
        by_resource.setdefault(row.resource, []).append(row)
    counts = Counter({resource: len(found) for resource, found in by_resource.items()})
    if plan.restored:
        if counts:
            activity.tell_missing(sync, counts)
        return not rows
    judged = Counter(
        {r: n for r, n in counts.items() if BY_RESOURCE[r].query_noun not in plan.first}
    )
    held = brake.holds(sync, act, judged, plan.moved)
    plan.held += [f"{act} {resource}" for resource in held]
    _count(plan, Counter({r: n for r, n in judged.items() if r not in held}))
    suspects = merges.suspects(sync, [row for row in rows if row.resource not in held])
    doubtful = {(one.noun, one.quickbooks_id) for one in suspects}
    deletions.gone(
        sync,
        [
            row
            for row in rows
            if row.resource not in held and (row.noun, row.quickbooks_id) not in doubtful
        ],
    )
    for one in suspects:
        _ask_witnesses(plan, one)
    return not held and not suspects


def _ask_witnesses(plan: Plan, one: merges.Suspect) -> None:
    """Read again what referred to it: that tells into what it was merged."""
    about = {"noun": one.noun, "gone": one.quickbooks_id}
    for noun, quickbooks_ids in one.witnesses.items():
        for ids in portions(quickbooks_ids):
            plan.reads.append(
                Read(
                    f"Merged {one.noun} {one.quickbooks_id}",
                    "merge",
                    {"ids": ids},
                    noun=noun,
                    about=about,
                )
            )


def portions(quickbooks_ids: Sequence[str]) -> Iterator[list[str]]:
    """Ids in as many as one query may name."""
    listed = list(quickbooks_ids)
    for start in range(0, len(listed), ids_per_read_max):
        yield listed[start : start + ids_per_read_max]


def _finish_merge(sync: Sync, plan: Plan, group: Sequence[Read]) -> None:
    about = group[0].about
    pages = list(_pages(sync, plan, group))
    merges.settle(sync, about["noun"], about["gone"], [r for records in pages for r in records])
    for records in pages:
        pull.apply(sync, records)


# --- comparisons ------------------------------------------------------------------------------


def _compare(sync: Sync, plan: Plan) -> None:
    """After everything else was read: compare the ids of the types that are due."""
    for noun in comparing.due(sync):
        entity = BY_QUERY[noun][0]
        narrow = {"only": list(comparing.wanted(entity)), "lines": False}
        if entity.iterates:
            narrow["max_returned"] = comparing.page_records
        plan.reads.append(
            Read(comparing.name_of(noun), "compare", narrow, iterates=entity.iterates, noun=noun)
        )


def _finish_compare(sync: Sync, plan: Plan, group: Sequence[Read]) -> None:
    (read,) = group
    seen = {r.quickbooks_id: r for records in _pages(sync, plan, group) for r in records}
    found = comparing.differences(sync, read.asks, seen)
    only = {"only": read.narrow["only"], "lines": False}
    then = partial(Read, noun=read.asks, led_by=read.name)
    for ids in portions(found.absent):
        plan.reads.append(then(f"Verify {read.asks}", "verify", {"ids": ids, **only}))
    braked = read.asks not in plan.first
    for ids in portions(found.reread):
        plan.reads.append(then(f"Recheck {read.asks}", "query", {"ids": ids}, braked=braked))
    if not found.absent:
        _no_longer_held(sync, plan, _MISSING, [entity.resource for entity in BY_QUERY[read.asks]])


def _finish_verify(sync: Sync, plan: Plan, group: Sequence[Read]) -> None:
    noun = group[0].asks
    gone = [key for read in group for key in read.about.get("gone", ())]
    removed = _remove(sync, plan, _MISSING, deletions.linked_to(sync, noun, gone))
    _no_longer_held(sync, plan, _MISSING, [entity.resource for entity in BY_QUERY[noun]])
    if not removed and not plan.restored:  # a confirmation has everything compared again
        _stay(plan, group)


_FINISH: dict[str, Callable[[Sync, Plan, list[Read]], None]] = {
    "query": _finish_query,
    "merge": _finish_merge,
    "compare": _finish_compare,
    "verify": _finish_verify,
}
