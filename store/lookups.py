"""Lookups before writes: what QuickBooks holds of the documents we are about to add or remove.

Owns sync-rules 6 on the way out (no second document) and delete against edit. It must not know
how the question was asked; `push.py` asks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update

from qbxml.compare import canonical, same
from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity
from qbxml.parse import Record, Reply
from qbxml.status import Decision, decide
from store import (
    candidates,
    changes,
    conflicts,
    covered,
    matching,
    paying_bills,
    pull,
    tokens,
    undoing,
)
from store.arrival import moved, shared_values
from store.changes import Action, State
from store.context import Sync
from store.rows import Loaded, Values
from store.syncing import change, company, link
from store.unwritten import link_of, refuse, unknown
from store.written import finish, gone, keep_written

_NOT_THERE = (0, 1, 500)
"""Codes with which QuickBooks tells that it does not have what it was asked for by id."""


def take(sync: Sync, answers: Sequence[tuple[Values, Reply | None]]) -> None:
    """QuickBooks said what it holds of the documents we are about to add or remove.

    `answers`: each question with its reply. A change is judged once, by all that was asked for it:
    what one question missed, because somebody edited it there, another may have found.
    """
    for resource in dict.fromkeys(purpose["resource"] for purpose, _ in answers):
        mine = [(what, reply) for what, reply in answers if what["resource"] == resource]
        _judge(sync, BY_RESOURCE[resource], mine)


def _judge(sync: Sync, entity: Entity, answers: Sequence[tuple[Values, Reply | None]]) -> None:
    found: dict[str, dict[str, Record]] = {}
    silent: dict[str, Decision | None] = {}
    versions: dict[str, int] = {}
    lacking: set[str] = set()
    for purpose, reply in answers:
        decision = decide(reply.status_code, reply.text, severity=reply.severity) if reply else None
        told = reply is not None and decision is not None and decision.succeeded
        versions |= purpose.get("versions", {})
        lacking |= set(purpose.get("lacking", ()))
        for change_id in purpose["changes"]:
            known = found.setdefault(change_id, {})
            if reply is not None and told:
                known.update({record.quickbooks_id: record for record in reply.records})
            else:
                silent[change_id] = decision
    rows = _asked_for(sync, list(found))
    loaded = Loaded(sync.conn, sync.company_id, entity.resource).load(
        [row.record_id for row in rows]
    )
    linked = _linked_ids(sync, entity, {key for records in found.values() for key in records})
    for row in rows:
        if row.action == Action.MOD:
            continue  # a person linked it meanwhile
        records = list(found[row.id].values())
        version = loaded.rows[row.record_id].version
        if _settled(sync, entity, row, version, records, linked):
            continue
        if row.id in silent:
            _not_told(sync, entity, row, silent[row.id])
        elif versions.get(row.id) == version:
            if row.values is not None and not covered.in_doubt(row):  # bills tell of the latter
                changes.end_doubt(sync.conn, sync.company_id, row.id)
            if row.id not in lacking:
                _may_go(sync, entity, row, loaded, records)
        # Else it was asked for as it was before the App changed it, and is asked for anew; or only
        # as it was when it left, because of what it lacked, and is asked for when that is there.


def _settled(
    sync: Sync,
    entity: Entity,
    row: Any,
    version: int,
    records: list[Record],
    linked: dict[str, str],
) -> bool:
    """Whether what we wrote, and whose answer was lost for good, is among these records."""
    reversal = undoing.reverses(entity, row.action) and link_of(sync, row.record_id) is not None
    own = [r for r in records if _is_ours(entity, r, row.record_id, reversal=reversal)]
    if not own or (not reversal and own[0].quickbooks_id in linked):
        return False
    if reversal:
        finish(sync, row)
        gone(sync, row, version)
    elif row.action == Action.ADD:
        _found(sync, entity, row, version, own[0])
    else:  # the App took it back meanwhile, and so does QuickBooks now
        keep_written(sync, entity, row.record_id, row.version, own[0], sent=row.values)
        _ask_no_more(sync, row)
    return True


def _may_go(sync: Sync, entity: Entity, row: Any, loaded: Loaded, records: list[Record]) -> None:
    """QuickBooks said all that must be known: the change goes, or it has nothing to do there."""
    version = loaded.rows[row.record_id].version
    if row.action == Action.ADD:
        _looked_up_add(sync, entity, row, loaded.values(row.record_id), records)
    elif link_of(sync, row.record_id) is None:
        finish(sync, row)  # taken back here, and it never arrived there
        covered.tell_taken_back(sync, entity, row)
    else:
        _looked_up_removal(sync, entity, row, version, records)


def _not_told(sync: Sync, entity: Entity, row: Any, decision: Decision | None) -> None:
    """QuickBooks did not say what it holds of it; a person is told."""
    if decision is not None:
        refuse(sync, entity, row, decision)
        return
    changes.fail(sync.conn, sync.company_id, row.id)
    unknown(sync, entity, row.record_id, "QuickBooks did not say whether it has it already.")


def _asked_for(sync: Sync, change_ids: Sequence[str]) -> Sequence[Any]:
    """The changes because of which QuickBooks was asked, those that still stand."""
    return sync.conn.execute(
        select(change).where(
            change.c.company_id == sync.company_id,
            change.c.id.in_(change_ids),
            change.c.finished_at.is_(None),
        )
    ).all()


def refreshed(sync: Sync, purpose: Values, reply: Reply | None) -> list[str]:
    """QuickBooks said what is open of the documents that payments are about to settle.

    Returns the vendors (ListIDs) of whose bills it must be asked once more.
    """
    decision = decide(reply.status_code, reply.text, severity=reply.severity) if reply else None
    if reply is not None and (reply.records or reply.status_code in _NOT_THERE):
        doubtful = paying_bills.in_doubt(reply.records)
        pull.apply(sync, reply.records)
        here = {record.quickbooks_id for record in reply.records}
        gone_ones = [key for key in purpose["ids"] if key not in here]
        paying_bills.missing(sync, purpose["resource"], gone_ones)
        return doubtful
    for row in _asked_for(sync, purpose["changes"]):
        if decision is None:
            changes.fail(sync.conn, sync.company_id, row.id)
            why = "QuickBooks did not say what is open of what it pays."
            unknown(sync, BY_RESOURCE[row.resource], row.record_id, why)
        else:
            refuse(sync, BY_RESOURCE[row.resource], row, decision)
    return []


def _linked_ids(sync: Sync, entity: Entity, quickbooks_ids: Collection[str]) -> dict[str, str]:
    query = select(link.c.quickbooks_id, link.c.record_id).where(
        link.c.company_id == sync.company_id,
        link.c.noun.in_({one.query_noun for one in entity.wire}),
    )
    return {
        row.quickbooks_id: row.record_id
        for ids in changes.chunks(quickbooks_ids)
        for row in sync.conn.execute(query.where(link.c.quickbooks_id.in_(ids)))
    }


def _looked_up_add(
    sync: Sync, entity: Entity, row: Any, values: Values, records: list[Record]
) -> None:
    fits = _same_payment if _earlier(sync, row) else _same_document
    apart = candidates.apart(sync, [row.record_id])
    alike = [
        r
        for r in records
        if fits(entity, values, r) and (row.record_id, r.quickbooks_id) not in apart
    ]
    if alike:
        matching.open_duplicate(sync, entity, row.record_id, values.get("number"), alike)
        return
    _ask_no_more(sync, row)


def _is_ours(entity: Entity, record: Record, record_id: str, *, reversal: bool) -> bool:
    """Whether the record carries our id: in `ExternalGUID`, or in its memo."""
    if entity.token:
        return tokens.found(record.values.get("memo"), record_id, reversal=reversal)
    return bool(record.values.get("external_guid") == record_id)


def _found(sync: Sync, entity: Entity, row: Any, version: int, record: Record) -> None:
    """It is there since long; what the App changed after it had left is a Mod."""
    if not row.values or row.version == version:
        finish(sync, row)
    else:
        version = row.version
        sync.conn.execute(
            update(change)
            .where(change.c.company_id == sync.company_id, change.c.id == row.id)
            .values(action=Action.MOD)
        )
    keep_written(sync, entity, row.record_id, version, record, sent=row.values)


def _earlier(sync: Sync, row: Any) -> bool:
    """Whether the App made it before the connection: then QuickBooks may have it by hand."""
    connected = select(company.c.connected_at).where(company.c.id == sync.company_id)
    return bool(row.made_at < sync.conn.execute(connected).scalar_one())


def _same_document(entity: Entity, ours: Values, record: Record) -> bool:
    """Same party and number; without a number: party, date and amount (sync-rules 6)."""
    if entity.party is None or entity.number is None:
        return False  # payments and transfers repeat: only our own id tells
    if not _equal(entity, ours, record, (entity.party,)):
        return False
    number = _number(ours)
    if number:
        return number == _number(record.values)
    return _equal(entity, ours, record, (str(entity.dated), entity.total))


def _same_payment(entity: Entity, ours: Values, record: Record) -> bool:
    """Made before the connection: what also party, date and amount tell is offered as a link."""
    if _same_document(entity, ours, record):
        return True
    told = entity.alike or (str(entity.party), str(entity.dated), entity.total)
    number, theirs = _number(ours), _number(record.values)
    return _equal(entity, ours, record, told) and (number == theirs or not (number and theirs))


def _number(values: Values) -> str:
    return (values.get("number") or "").strip().casefold()


def _equal(entity: Entity, ours: Values, record: Record, names: Sequence[str]) -> bool:
    return all(same(entity.field(n), ours.get(n), record.values.get(n)) for n in names)


def _looked_up_removal(
    sync: Sync, entity: Entity, row: Any, version: int, records: list[Record]
) -> None:
    """Delete against edit: the edit stands (sync-rules 4)."""
    linked = link_of(sync, row.record_id)
    found = next((r for r in records if r.quickbooks_id == linked.quickbooks_id), None)
    undone = found is None or (row.action == Action.VOID and undoing.is_void(found))
    if undone:  # already, by somebody there or by us and the answer was lost
        finish(sync, row)
        gone(sync, row, version)
        return
    if (
        found is not None
        and found.edit_sequence != linked.edit_sequence
        and moved(entity, linked.base or {}, found.values)
    ):
        conflicts.edit_stands(sync, entity, row.record_id)
        _kept(sync, entity, row, linked)
        if not (sync.pulls(entity) and entity.pull.edited):
            _known_now(sync, entity, linked, found)
        return
    _ask_no_more(sync, row)


def _known_now(sync: Sync, entity: Entity, linked: Any, found: Record) -> None:
    """The edit never comes over, but it was told of: against the next deletion it does not count.

    Where edits do come over, the base stays until the next read has merged them.
    """
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.id == linked.id)
        .values(
            edit_sequence=found.edit_sequence,
            time_modified=found.time_modified,
            base=shared_values(entity, found.values, linked.base),
        )
    )


def _kept(sync: Sync, entity: Entity, row: Any, linked: Any) -> None:
    """The deletion is off; what the App had changed before it is still to be sent."""
    loaded = Loaded(sync.conn, sync.company_id, entity.resource).load([row.record_id])
    ours = canonical(entity, loaded.values(row.record_id))
    to_send = entity.push.edited and bool(moved(entity, linked.base or {}, ours))
    values: Values = {"state": State.DROPPED, "finished_at": sync.now}
    if to_send:
        values = {"action": Action.MOD}
    else:
        sync.conn.execute(
            update(link)
            .where(link.c.company_id == sync.company_id, link.c.id == linked.id)
            .values(synced_version=loaded.rows[row.record_id].version)
        )
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id == row.id)
        .values(**values)
    )


def _ask_no_more(sync: Sync, row: Any) -> None:
    """QuickBooks was asked in this session; the write may go."""
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id == row.id)
        .values(looked_up_in=sync.session_id)
    )
