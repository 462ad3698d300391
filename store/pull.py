"""QuickBooks -> App: a page of records is linked, compared and taken, in bulk.

Owns what happens to records that arrive: direction and start date, first link, echo, merge. It
must not know how they were asked for. A page costs a bounded number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from qbxml.compare import canonical
from qbxml.entities import queries
from qbxml.entity import Entity, Kind, Lines, Part
from qbxml.parse import Record
from store import (
    activity,
    aside,
    changes,
    class_tracking,
    conflicts,
    currency,
    matching,
    open_documents,
    paid_bills,
    paying_bills,
    problems,
    written,
)
from store.arrival import Page, equal, in_our_terms, moved, shared_values
from store.bulk import insert_rows
from store.changes import Action, State, chunks
from store.context import Sync
from store.feed import Happened
from store.resolving import References, tie_dangling
from store.rows import Loaded, Values
from store.syncing import change, link
from store.types import new_key

_REMOVALS = (Action.DELETE, Action.VOID)
# What held a change back may be over when QuickBooks' record has moved.
_GOES_ON = (State.NOT_SYNCED, State.WAITING, State.FAILED)
_BY_QUERY = {group[0].query_noun: group for group in queries()}


def apply(sync: Sync, records: Sequence[Record]) -> None:
    """Store one page of records of one query; idempotent, so overlapping pages do no harm.

    One that the ledger cannot hold is set aside and named to a person; it stops no other.
    """
    aside.storing(sync, records, _store)


def _store(sync: Sync, records: Sequence[Record]) -> None:
    newest = {record.quickbooks_id: record for record in records}
    if not newest:
        return
    in_our_terms(sync, newest.values())
    paying_bills.with_open_amounts(list(newest.values()))
    noun = records[0].entity.query_noun
    links = _links(sync, noun, list(newest))
    open_documents.note(sync, records)
    strangers = [r for key, r in newest.items() if key not in links]
    unlinked = [r for r in strangers if eligible(sync, r)]
    foreign = [r for r in unlinked if currency.is_foreign_document(sync, r)]
    currency.refuse(sync, strangers, foreign)
    unlinked = [r for r in unlinked if r not in foreign]
    matches = matching.match(sync, unlinked)
    adopted = [r for r in unlinked if r.quickbooks_id in matches.same]
    known = matches.held.union(matches.same)
    fresh = [r for r in unlinked if r.quickbooks_id not in known]
    changed = [r for key, r in newest.items() if key in links and _differs(r, links[key])]
    activity.notice_older(sync, [(r, links[r.quickbooks_id]) for r in changed])
    echoes = [r for r in changed if written.echoes(links[r.quickbooks_id], r)]
    changed = [r for r in changed if r not in echoes]
    written.fill(sync, echoes)
    keys = {r.quickbooks_id: links[r.quickbooks_id].record_id for r in changed}
    keys |= matches.same | {r.quickbooks_id: new_key() for r in fresh}
    refs = References(sync)
    refs.learn_all((*fresh, *adopted, *changed))
    refs.know(noun, keys)
    # In the table's order: a job's row refers to its customer's, which may come later in the page.
    for entity in _BY_QUERY[noun]:
        page = Page(sync, entity, refs=refs)
        mine = [r for r in fresh if r.entity is entity]
        page.insert(mine, keys)
        _link(sync, mine, keys, first=False)
        _link(sync, [r for r in adopted if r.entity is entity], keys, first=True)
        mine = [r for r in (*adopted, *changed) if r.entity is entity]
        _compare(page, mine, keys, links, matches.sent)
        page.flush()
    open_documents.keep(sync, [r for key, r in newest.items() if key in keys or key in links])
    tie_dangling(sync, noun, {r.quickbooks_id: keys[r.quickbooks_id] for r in (*fresh, *adopted)})


# Made once: every page asks it, and putting it together costs more than running it.
_LINKS = select(link).where(
    link.c.company_id == bindparam("company"),
    link.c.noun == bindparam("noun"),
    link.c.quickbooks_id.in_(bindparam("ids", expanding=True)),
)


def _links(sync: Sync, noun: str, quickbooks_ids: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for ids in chunks(quickbooks_ids):
        asked = {"company": sync.company_id, "noun": noun, "ids": ids}
        for row in sync.conn.execute(_LINKS, asked):
            found[row.quickbooks_id] = row
    return found


def _differs(record: Record, linked: Any) -> bool:
    """Cheap: an unmoved EditSequence with the content we know, also the echo of our own write.

    Two edits within one second share it, so the content is compared too. Records that carry
    amounts are always looked at: those move without it (payments).
    """
    if linked.edit_sequence != record.edit_sequence or linked.base is None or linked.gone_at:
        return True
    if written.unseen(linked):
        return True
    entity = record.entity
    if any(not part.shared and part.kind is Kind.AMOUNT for part in entity.fields):
        return True
    return not equal(entity.shared_parts, linked.base, record.values)


def _unpaid_and_wanted(sync: Sync, record: Record) -> bool:
    """A bill with any payment never comes; those open on the day of the switch if that is wanted.

    Two-way sync that was always on has no such day.
    """
    # Not by OpenAmount, which may be that of the whole vendor: its ties tell each payment.
    if any(one["paid"] for one in record.linked) or record.values.get("is_paid"):
        return False
    since = sync.two_way_since
    return sync.preferences.import_open_bills or not since or record.time_modified >= since


# What else an unlinked record must be to come over as new.
_ELIGIBLE: dict[str, Callable[[Sync, Record], bool]] = {"bills": _unpaid_and_wanted}


def eligible(sync: Sync, record: Record) -> bool:
    """Whether a record without a link may come over: direction, start date (sync-rules 1, 2)."""
    entity = record.entity
    if not sync.pulls(entity) or not entity.pull.new:
        return False
    if entity.starts and sync.start_date is not None:
        dated = record.values.get(entity.starts)
        if dated is None or dated < sync.start_date.isoformat():
            return False
    fits = _ELIGIBLE.get(entity.resource)
    return fits is None or fits(sync, record)


def _link(sync: Sync, records: Sequence[Record], keys: dict[str, str], *, first: bool) -> None:
    """Link QuickBooks' records to ours; `first`: an App record was there, nothing is merged yet."""
    if not records:
        return
    insert_rows(
        sync.conn,
        link,
        [
            {
                "company_id": sync.company_id,
                "id": new_key(),
                "resource": r.entity.resource,
                "record_id": keys[r.quickbooks_id],
                "quickbooks_id": r.quickbooks_id,
                "family": r.entity.family.value,
                "noun": r.entity.query_noun,
                "edit_sequence": r.edit_sequence,
                "time_modified": r.time_modified,
                "base": None if first else shared_values(r.entity, r.values),
                "synced_version": 0 if first else 1,
                "synced_at": sync.now,
            }
            for r in records
        ],
    )


_SYNCED = update(link).where(
    link.c.company_id == bindparam("b_company"), link.c.record_id == bindparam("b_record")
)


def _compare(
    page: Page,
    records: Sequence[Record],
    keys: dict[str, str],
    links: dict[str, Any],
    sent: dict[str, Values],
) -> None:
    """Compare linked records with the App's, and take what QuickBooks changed.

    `sent`: what records held when they left, whose answer was lost; our id -> values.
    """
    if not records:
        return
    sync, entity = page.sync, page.entity
    ids = [keys[r.quickbooks_id] for r in records]
    page.loaded = Loaded(sync.conn, sync.company_id, entity.resource).load(ids)
    standing = changes.open_changes(sync.conn, sync.company_id, ids)
    paid = paid_bills.named(sync, entity, ids)
    link_rows: list[dict[str, Any]] = []
    for record in records:
        record_id = keys[record.quickbooks_id]
        linked = links.get(record.quickbooks_id)
        waiting = standing.get(record_id)
        base = linked.base if linked is not None else sent.get(record_id)
        synced = linked.synced_version if linked is not None else 0
        edited = linked is None or linked.edit_sequence != record.edit_sequence
        taken, to_send = _decide(sync, record, record_id, base, page.loaded, waiting, edited=edited)
        if base is None and not any(isinstance(part, Lines) for part in taken or ()):
            written.number_lines(sync, entity, record_id, record, page.loaded)
        if record_id in paid:
            taken = paid_bills.kept(sync, record, page.loaded.rows[record_id], taken)
        version = synced
        if taken is not None:
            version = page.write(
                record,
                record_id,
                taken,
                revive=sync.pulls(entity),
                waits=to_send,
                edited_there=edited and bool(taken),
            )
        if not to_send and synced != version and not (edited and taken):
            sync.note(Happened.RECORD_SYNCED, entity.resource, record_id)  # linked just now
        link_rows.append(
            {
                "b_company": sync.company_id,
                "b_record": record_id,
                "edit_sequence": record.edit_sequence,
                "time_modified": record.time_modified,
                "base": shared_values(entity, record.values, base),
                "synced_version": synced if to_send else version,
                "synced_at": sync.now,
                "gone_at": None,
            }
        )
    sync.conn.execute(_SYNCED, link_rows)


def _decide(
    sync: Sync,
    record: Record,
    record_id: str,
    base: Values | None,
    loaded: Loaded,
    waiting: Any,
    *,
    edited: bool,
) -> tuple[Sequence[Part] | None, bool]:
    """Which parts QuickBooks' values replace, and whether something is left to send.

    No parts at all (None): the App deleted it, and that is still to be sent.
    """
    entity, theirs = record.entity, record.values
    one_way = not sync.pulls(entity) or not entity.pull.edited
    if one_way and base is not None:
        _keep_replaced(sync, record, record_id, base)
        return [], waiting is not None
    if base is not None and waiting is None:
        return moved(entity, base, theirs), False
    unsent = class_tracking.left_out(sync, entity)
    plain = loaded.values(record_id)
    ours = canonical(entity, plain)
    ours = class_tracking.as_in(entity, unsent, ours, theirs if base is None else base)
    if not entity.push.edited:
        # From the first sync on it is QuickBooks' record: the App follows where it comes back.
        if base is None:
            winner = "cashflow" if one_way else "quickbooks"
            lost = conflicts.merge(entity, None, ours, theirs, winner).conflicts
            conflicts.keep(sync, entity, record_id, lost)
        if waiting is not None:
            _settle_change(sync, entity, record_id, waiting, to_send=False, edited=edited)
        return [] if one_way else moved(entity, ours, theirs), False
    if waiting is not None and waiting.action in _REMOVALS:
        if base is not None and not moved(entity, base, theirs):
            return None, True
        conflicts.edit_stands(sync, entity, record_id)
    if base is not None and waiting is not None and waiting.values:
        base = _with_lost(entity, base, waiting.values, theirs)
    merged = conflicts.merge(entity, base, ours, theirs, sync.preferences.master_in_conflict)
    for one in merged.conflicts:
        # As the App had it, references by our ids: so it can be put back.
        one.cashflow = {name: plain.get(name) for name in one.cashflow}
    conflicts.keep(sync, entity, record_id, merged.conflicts)
    _settle_change(sync, entity, record_id, waiting, to_send=merged.to_send, edited=edited)
    return merged.taken, merged.to_send


def _with_lost(entity: Entity, base: Values, sent: Values, theirs: Values) -> Values:
    """The base after a Mod whose answer was lost: where QuickBooks has what was sent, that.

    Otherwise our own write would look like an edit there, and undo what the App did since.
    """
    arrived = {
        part.name: sent[part.name]
        for part in entity.shared_parts
        if part.name in sent and part.name in theirs and equal((part,), sent, theirs)
    }
    return base | arrived


def _keep_replaced(sync: Sync, record: Record, record_id: str, base: Values) -> None:
    """Edits in QuickBooks that never come back are kept in the record's story (sync-rules 1)."""
    lost = [
        conflicts.Conflict(
            p.name, {p.name: base.get(p.name)}, {p.name: record.values[p.name]}, "cashflow"
        )
        for p in moved(record.entity, base, record.values)
    ]
    conflicts.keep(sync, record.entity, record_id, lost)


def _settle_change(
    sync: Sync, entity: Entity, record_id: str, waiting: Any, *, to_send: bool, edited: bool
) -> None:
    """After a merge: nothing is left to send, or a Mod is (also where an Add was planned).

    `edited`: QuickBooks' record is not what it was when the change was refused or began to wait.
    """
    if waiting is None:
        if to_send and sync.pushes(entity):
            changes.record(sync.conn, sync.company_id, entity, [record_id], Action.MOD, sync.now)
        return
    values: dict[str, Any] = {"action": Action.MOD}
    if waiting.state in _GOES_ON and edited:
        values |= {"state": State.PENDING, "attempts": 0, "try_after": None}
        values |= {"waits_for": None, "waits_for_id": None}
    if not to_send:
        values = {"state": State.DONE, "finished_at": sync.now}
        problems.resolve_records(sync, [record_id])
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id == waiting.id)
        .values(**values)
    )
