"""The answers to our writes: links, bases, and what becomes of each change.

Owns what a reply to an Add, Mod, Del or Void does to the store, and to lookups before them. It
must not know how requests were batched or how a reply arrived.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, literal_column, select, update

from qbxml.compare import canonical, transliterations
from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity
from qbxml.parse import Record, Reply
from qbxml.status import Decision, decide
from qbxml.write import listed
from store import (
    applied_credits,
    changes,
    class_tracking,
    covered,
    paying,
    paying_bills,
    problems,
    undoing,
)
from store.arrival import Page, in_our_terms, moved, shared_values
from store.changes import Action, State
from store.context import Sync
from store.feed import Happened
from store.ledger import LINE_TABLES
from store.rows import Loaded, Values
from store.syncing import change, link
from store.types import new_key
from store.unwritten import ACTS, Followup, link_of, show, to_person, unanswered, unknown

_NOT_FOUND_CODES = {500, 3120}


def take(sync: Sync, row: Any, reply: Reply | None, then: Followup) -> None:
    """Act on the answer to one change (`row`); None: QuickBooks left it unanswered."""
    entity = _entity(row)
    if reply is None:
        unanswered(sync, entity, row, then)
        return
    decision = decide(reply.status_code, reply.text, severity=reply.severity)
    if _written(row, reply, decision) and covered.thin(entity, row, reply):
        covered.to_be_seen(sync, row)
        return
    if _written(row, reply, decision):
        _done(sync, entity, row, reply, then)
        return
    act = ACTS.get(decision.act, to_person)
    act(sync, entity, row, decision, then)


def _entity(row: Any) -> Entity:
    return BY_RESOURCE[row.resource]


def _written(row: Any, reply: Reply, decision: Decision) -> bool:
    if row.action in (Action.DELETE, Action.VOID):
        vanished = reply.status_code in _NOT_FOUND_CODES
        return decision.succeeded or (vanished and not undoing.reverses(_entity(row), row.action))
    return decision.succeeded or bool(decision.may_have_saved and reply.records)


def _done(sync: Sync, entity: Entity, row: Any, reply: Reply, then: Followup) -> None:
    removed = row.action in (Action.DELETE, Action.VOID)
    known = _id_in(sync, row, reply)
    if not removed and not known:
        unanswered(sync, entity, row, then)
        return
    if not removed and reply.records and _belongs_to_another(sync, row.record_id, reply.records[0]):
        changes.reopen(sync.conn, sync.company_id, row, sync.now, unknown=True)
        changes.fail(sync.conn, sync.company_id, row.id)
        return
    sync.tally.changes_out += 1
    finish(sync, row)
    _reread_paid(entity, row, then)
    if removed:
        gone(sync, row, row.version)
        then.credits += applied_credits.voided(sync, entity, row)
        return
    if reply.records:
        keep_written(sync, entity, row.record_id, row.version, reply.records[0], sent=row.values)
        paying.tell_what_was_left(sync, entity, row, show(sync, entity, row.record_id))
        _tell_what_was_replaced(sync, entity, row.record_id)
        return
    sequence = reply.recovered.edit_sequence if reply.recovered else ""
    noun = entity.sent_as(row.values).query_noun
    linked = _Linked(noun, known, sequence, "", shared_values(entity, row.values))
    _save_link(sync, entity, row.record_id, row.version, linked)
    then.fill.setdefault(noun, []).append(known)


def _id_in(sync: Sync, row: Any, reply: Reply) -> str:
    """The id under which QuickBooks has it; empty when neither the reply nor a link tells."""
    if reply.records:
        return reply.records[0].quickbooks_id
    if reply.recovered and reply.recovered.quickbooks_id:
        return reply.recovered.quickbooks_id
    linked = link_of(sync, row.record_id)
    return str(linked.quickbooks_id) if linked is not None else ""


def is_settled(sync: Sync, entity: Entity, row: Any, version: int) -> bool:
    """Whether what became of a payment that left once was to be found out, and now is.

    One that certainly did not arrive is judged anew, as one that never left.
    """
    if not covered.in_doubt(row):
        return False
    applied = covered.seen(sync, row)
    if applied:
        _covered_by_credits(sync, entity, row, version)
    elif applied is None:
        covered.tell(sync, entity, row)
    else:
        changes.end_doubt(sync.conn, sync.company_id, row.id)
    return True


def _covered_by_credits(sync: Sync, entity: Entity, row: Any, version: int) -> None:
    """Bills and credits show it done, and QuickBooks keeps no record: it is linked to itself."""
    sync.tally.changes_out += 1
    finish(sync, row)
    noun = entity.sent_as(row.values).query_noun
    base = shared_values(entity, row.values)
    linked = _Linked(noun, row.record_id, "", covered.SEEN, base)
    _save_link(sync, entity, row.record_id, version, linked)


def _tell_what_was_replaced(sync: Sync, entity: Entity, record_id: str) -> None:
    """QuickBooks holds no Greek and no Chinese: it has the record, but with ? in it."""
    loaded = Loaded(sync.conn, sync.company_id, entity.resource).load([record_id])
    lost = transliterations(entity, loaded.values(record_id))
    if not lost:
        return
    shown = show(sync, entity, record_id)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"characters:{record_id}",
            kind="characters",
            title=f"QuickBooks cannot show all characters of {shown}",
            text=listed(lost),
            advice=(
                "CashFlow keeps them as they are. Spell it in Latin letters if it has to be "
                "readable in QuickBooks, or choose Done by hand."
            ),
            resource=entity.resource,
            record_id=record_id,
        ),
    )


def _reread_paid(entity: Entity, row: Any, then: Followup) -> None:
    """What a payment applied to has another balance now."""
    for resource, ids in paying.documents(entity, row.values or {}).items():
        then.reread.setdefault(BY_RESOURCE[resource].query_noun, []).extend(ids)


def gone(sync: Sync, row: Any, version: int) -> None:
    """The record was deleted, voided or reversed in QuickBooks, as the App wanted.

    `version`: the record's, as it was deleted or voided.
    """
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id == row.record_id)
        .values(gone_at=sync.now, synced_at=sync.now, synced_version=version)
    )


def finish(sync: Sync, row: Any) -> None:
    """The change is in QuickBooks: it is done and its record's problems are over."""
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id == row.id)
        .values(state=State.DONE, finished_at=sync.now)
    )
    problems.resolve_records(sync, [row.record_id])
    sync.note(Happened.RECORD_SYNCED, row.resource, row.record_id)


@dataclass(frozen=True, slots=True)
class _Linked:
    """What the link of a written record says."""

    noun: str
    quickbooks_id: str
    edit_sequence: str
    time_modified: str
    base: Values

    @classmethod
    def of(cls, record: Record, base: Values) -> _Linked:
        """That of a record as QuickBooks gave it."""
        noun, known = record.entity.query_noun, record.quickbooks_id
        return cls(noun, known, record.edit_sequence, record.time_modified, base)


def _save_link(sync: Sync, entity: Entity, record_id: str, version: int, linked: _Linked) -> None:
    values = {
        "edit_sequence": linked.edit_sequence,
        "written_edit_sequence": linked.edit_sequence,
        "time_modified": linked.time_modified,
        "base": linked.base,
        "synced_version": version,
        "synced_at": sync.now,
        "gone_at": None,
    }
    known = sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id == record_id)
        .values(**values)
    )
    if known.rowcount:
        return
    sync.conn.execute(
        insert(link).values(
            company_id=sync.company_id,
            id=new_key(),
            resource=entity.resource,
            record_id=record_id,
            quickbooks_id=linked.quickbooks_id,
            family=entity.family.value,
            noun=linked.noun,
            **values,
        )
    )


def unseen(linked: Any) -> bool:
    """Whether QuickBooks' record was not seen since we wrote it: its answer did not carry it."""
    return not linked.time_modified


_UNFINISHED = select(link.c.noun, link.c.quickbooks_id).where(
    link.c.company_id == bindparam("company"),
    # Written out, so that the database knows that the index of those has them all.
    link.c.time_modified == literal_column("''"),
    link.c.gone_at.is_(None),
)


def unfinished(sync: Sync) -> Followup:
    """What was written in a session that ended before the record itself could be read."""
    then = Followup()
    for row in sync.conn.execute(_UNFINISHED, {"company": sync.company_id}):
        then.fill.setdefault(row.noun, []).append(row.quickbooks_id)
    return then


def echoes(linked: Any, record: Record) -> bool:
    """Whether this is the record just as we wrote it, seen for the first time."""
    return unseen(linked) and bool(linked.edit_sequence == record.edit_sequence)


def _belongs_to_another(sync: Sync, record_id: str, record: Record) -> bool:
    """Whether another record of the App is this one in QuickBooks; a person is told."""
    taken_by = sync.conn.execute(
        select(link.c.record_id).where(
            link.c.company_id == sync.company_id,
            link.c.noun == record.entity.query_noun,
            link.c.quickbooks_id == record.quickbooks_id,
            link.c.record_id != record_id,
        )
    ).first()
    if taken_by is not None:
        why = f"{record.quickbooks_id} belongs to another record already."
        unknown(sync, record.entity, record_id, why)
    return taken_by is not None


def keep_written(
    sync: Sync,
    entity: Entity,
    record_id: str,
    version: int,
    record: Record,
    *,
    sent: Values | None = None,
) -> None:
    """QuickBooks holds this version of the record now: link it, take what QuickBooks filled in.

    What the App changed since that version stays, and goes with its own change; `sent`, the values
    of that version, tells it from what QuickBooks filled in.
    """
    if _belongs_to_another(sync, record_id, record):
        return
    in_our_terms(sync, (record,))
    before = link_of(sync, record_id)
    paying_bills.open_in_answer(record, added=before is None)
    base = shared_values(entity, record.values, before.base if before is not None else None)
    linked = _Linked.of(record, base)
    _save_link(sync, entity, record_id, version, linked)
    loaded = Loaded(sync.conn, sync.company_id, entity.resource).load([record_id])
    number_lines(sync, entity, record_id, record, loaded)
    row = loaded.rows[record_id]
    ours = canonical(entity, loaded.values(record_id))
    unsent = class_tracking.left_out(sync, entity)
    ours = class_tracking.as_in(entity, unsent, ours, record.values)
    filled = moved(entity, ours, record.values)
    if row.version != version:
        if sent is None or row.deleted_at is not None:
            return
        sent = class_tracking.as_in(entity, unsent, sent, record.values)
        changed_since = moved(entity, sent, ours)
        filled = [part for part in filled if part not in changed_since]
    page = Page(sync, entity, loaded)
    page.refs.learn_all([record])
    written_version = page.write(record, record_id, filled, waits=row.version != version)
    page.flush(counted=False)
    if row.version != version:
        return
    version = written_version
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id == record_id)
        .values(synced_version=version)
    )


def fill(sync: Sync, records: Sequence[Record]) -> None:
    """Records that we wrote and whose answer did not carry them: complete link, lines, totals."""
    for record in records:
        linked = sync.conn.execute(
            select(link).where(
                link.c.company_id == sync.company_id,
                link.c.noun == record.entity.query_noun,
                link.c.quickbooks_id == record.quickbooks_id,
            )
        ).first()
        if linked is not None:
            entity = BY_RESOURCE[linked.resource]
            version = linked.synced_version
            sent = linked.base if echoes(linked, record) else None
            keep_written(sync, entity, linked.record_id, version, record, sent=sent)


def number_lines(
    sync: Sync, entity: Entity, record_id: str, record: Record, loaded: Loaded
) -> None:
    """Our lines get QuickBooks' line ids: it keeps the order in which they were sent."""
    for part in entity.lines:
        table = LINE_TABLES[entity.resource, part.name]
        ours = loaded.lines.get((part.name, record_id), [])
        theirs = record.values.get(part.name) or []
        if len(ours) != len(theirs):
            continue  # then all lines are taken from QuickBooks
        ordered = _sent_order(ours, theirs)
        for line, known in ordered:
            if line.quickbooks_line_id != known["quickbooks_line_id"]:
                sync.conn.execute(
                    update(table)
                    .where(table.c.company_id == sync.company_id, table.c.id == line.id)
                    .values(quickbooks_line_id=known["quickbooks_line_id"])
                )


def _sent_order(ours: list[Any], theirs: list[Values]) -> list[tuple[Any, Values]]:
    """Pair lines: those with an id QuickBooks named by that id, the others in order."""
    by_id = {line["quickbooks_line_id"]: line for line in theirs}
    pairs = [(o, by_id.pop(o.quickbooks_line_id)) for o in ours if o.quickbooks_line_id in by_id]
    paired = {o.id for o, _ in pairs}
    rest = [o for o in ours if o.id not in paired]
    return pairs + list(zip(rest, by_id.values(), strict=False))
