"""First link: which App record a QuickBooks record is, when no link says so.

Owns sync-rules 3 and 6 as far as they compare a record that arrives with unlinked App records.
After the first link only ids count. Only an exact full name, or our own id that came back, links;
what merely looks alike is offered to a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, exists, select, update

from qbxml.entities import BY_RESOURCE, sharing_rows
from qbxml.entity import Entity, Family
from qbxml.parse import Record
from qbxml.text import canonical_name, to_quickbooks
from store import candidates
from store.changes import Action, State, chunks
from store.context import Sync
from store.ledger import TABLES, column_name
from store.problems import Problem, open_causes, open_problem
from store.rows import Values
from store.syncing import change, link, problem

_DUPLICATE = "duplicate"
_TXN_ID = "TxnID "


@dataclass(slots=True)
class Matches:
    """QuickBooks' id -> our record's id; and the QuickBooks ids held back for a person."""

    same: dict[str, str] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    sent: dict[str, Values] = field(default_factory=dict)
    """Our record's id -> what it held when it left, of writes whose answer was lost."""


def match(sync: Sync, records: Sequence[Record]) -> Matches:
    """Find the unlinked App records that these unlinked QuickBooks records are."""
    found = Matches()
    by_entity: dict[str, list[Record]] = {}
    for record in records:
        by_entity.setdefault(record.entity.resource, []).append(record)
    for group in by_entity.values():
        entity = group[0].entity
        _by_our_own_id(sync, entity, group, found)
        rest = [r for r in group if r.quickbooks_id not in found.held.union(found.same)]
        if entity.family is Family.LIST:
            _by_lost_name(sync, entity, rest, found)
            rest = [r for r in rest if r.quickbooks_id not in found.same]
            _by_full_name(sync, entity, rest, found)
        elif entity.number:
            _by_party_and_number(sync, entity, rest, found)
    return found


def _unlinked(resource: str, *columns: Any) -> Select[Any]:
    """Living App records of parameter `company` that no link names."""
    table, own = TABLES[resource], link.alias("own")
    return select(table.c.id, *columns).where(
        table.c.company_id == bindparam("company"),
        table.c.deleted_at.is_(None),
        ~exists(own.c.id).where(
            own.c.company_id == table.c.company_id, own.c.record_id == table.c.id
        ),
    )


def _waiting(resource: str, *columns: Any) -> Select[Any]:
    """The unlinked App records with a change that is open, as that of each of them is.

    Found by their changes, which are few once the first session is over, however many records
    there are.
    """
    waiting = select(change.c.record_id).where(
        change.c.company_id == bindparam("company"),
        change.c.resource.in_(sharing_rows(resource)),
        change.c.finished_at.is_(None),
    )
    return _unlinked(resource, *columns).where(TABLES[resource].c.id.in_(waiting))


# Every page asks these: putting a statement together costs ten times as much as running it.
@cache
def _named(resource: str) -> Select[Any]:
    """Waiting list records with the name that is compared: `shown`."""
    table, child = TABLES[resource], BY_RESOURCE[resource].child
    found = _waiting(resource, table.c.get("full_name", table.c.name).label("shown"))
    if child is None:
        return found
    return found.where(table.c.parent_id.is_not(None) if child else table.c.parent_id.is_(None))


@cache
def _numbered(resource: str) -> Select[Any]:
    """Waiting documents with their number, QuickBooks' id of their `party`, and `in_doubt`."""
    table, entity = TABLES[resource], BY_RESOURCE[resource]
    party = table.c[column_name(entity.field(str(entity.party)))]
    return (
        _waiting(
            resource,
            table.c.number,
            link.c.quickbooks_id.label("party"),
            _in_doubt(table).label("in_doubt"),
        )
        .join(link, and_(link.c.company_id == table.c.company_id, link.c.record_id == party))
        .where(table.c.number.is_not(None))
    )


def _in_doubt(table: Table) -> ColumnElement[bool]:
    """Whether a record of that table left once, and nobody knows whether it arrived."""
    return exists(change.c.id).where(
        change.c.company_id == table.c.company_id,
        change.c.record_id == table.c.id,
        change.c.finished_at.is_(None),
        change.c.left_after.is_not(None),
    )


def _by_our_own_id(sync: Sync, entity: Entity, records: Sequence[Record], found: Matches) -> None:
    """A record that carries our id in ExternalGUID is one we wrote and whose answer was lost."""
    if not entity.external_guid:
        return
    ours = {r.values["external_guid"]: r for r in records if r.values.get("external_guid")}
    table = TABLES[entity.resource]
    for ids in chunks(ours):
        unlinked = _unlinked(entity.resource).where(table.c.id.in_(ids))
        for row in sync.conn.execute(unlinked, {"company": sync.company_id}):
            found.same[ours[row.id].quickbooks_id] = row.id
        found.held |= {
            ours[row.record_id].quickbooks_id for row in sync.conn.execute(_taken_back(sync, ids))
        }
    found.sent |= {row.record_id: row.values for row in _lost(sync, entity, found.same.values())}
    for record_id in found.same.values():
        _settle_unknown(sync, record_id)


def _taken_back(sync: Sync, record_ids: Collection[str]) -> Select[Any]:
    """Those of these records that the App took back while nobody knew whether they had arrived.

    They are looked for before anything is written, and taken back in QuickBooks too.
    """
    return select(change.c.record_id).where(
        change.c.company_id == sync.company_id,
        change.c.record_id.in_(record_ids),
        change.c.finished_at.is_(None),
        change.c.action.in_((Action.DELETE, Action.VOID)),
        change.c["values"].is_not(None),
    )


def _lost(sync: Sync, entity: Entity, record_ids: Collection[str] | None = None) -> list[Any]:
    """The open changes that left, and nobody knows whether they arrived; their `values` say what.

    `record_ids`: only of these records.
    """
    query = select(change.c.record_id, change.c["values"]).where(
        change.c.company_id == sync.company_id,
        change.c.resource.in_(sharing_rows(entity.resource)),
        change.c.finished_at.is_(None),
        change.c.action == Action.ADD,
        change.c["values"].is_not(None),
    )
    if record_ids is None:
        return list(sync.conn.execute(query))
    return [
        row
        for ids in chunks(record_ids)
        for row in sync.conn.execute(query.where(change.c.record_id.in_(ids)))
    ]


def _by_lost_name(sync: Sync, entity: Entity, records: Sequence[Record], found: Matches) -> None:
    """A record without our id, added by a write whose answer was lost: it has the name it had."""
    if entity.external_guid:
        return
    lost = {_place(row.values): row for row in _lost(sync, entity)}
    for record in records:
        row = lost.get(_place(record.values))
        if row is not None and record.quickbooks_id not in found.same:
            found.same[record.quickbooks_id] = row.record_id
            found.sent[row.record_id] = row.values


def _place(values: Values) -> tuple[str | None, str | None]:
    """The parent's id in QuickBooks and the name below it."""
    return (values.get("parent") or {}).get("id"), values.get("name")


def _settle_unknown(sync: Sync, record_id: str) -> None:
    """An add whose outcome nobody knew is found: what the App changed since is a Mod."""
    sync.conn.execute(
        update(change)
        .where(
            change.c.company_id == sync.company_id,
            change.c.record_id == record_id,
            change.c.state == State.SENT,
            change.c.finished_at.is_(None),
        )
        .values(state=State.DONE, finished_at=sync.now)
    )


def _by_full_name(sync: Sync, entity: Entity, records: Sequence[Record], found: Matches) -> None:
    waiting = sync.conn.execute(_named(entity.resource), {"company": sync.company_id}).all()
    if not waiting:
        return
    exact = {to_quickbooks(row.shown).text: row.id for row in waiting}
    alike: dict[str, list[Any]] = {}
    for row in waiting:
        alike.setdefault(canonical_name(row.shown), []).append(row)
    for record in records:
        ours = exact.pop(record.full_name, None)
        if ours is not None:
            found.same[record.quickbooks_id] = ours
    offered: dict[str, list[Record]] = {}
    apart = candidates.apart(sync, [row.id for row in waiting])
    for record in records:
        if record.quickbooks_id in found.same:
            continue
        for row in alike.get(canonical_name(record.full_name), ()):
            known = (row.id, record.quickbooks_id) in apart
            if row.id not in found.same.values() and not known:
                offered.setdefault(row.id, []).append(record)
    for row in waiting:
        if row.id in offered:
            _offer(sync, entity, row.id, row.shown, offered[row.id])


def _offer(
    sync: Sync, entity: Entity, record_id: str, shown: str, records: Sequence[Record]
) -> None:
    hold(sync, record_id)
    candidates.keep(sync, entity, record_id, records)
    theirs = " and ".join(f'"{record.full_name}"' for record in records)
    open_problem(
        sync,
        Problem(
            cause=f"possible-duplicate:{record_id}",
            kind="possible_duplicate",
            title=f"Possible duplicate: {entity.singular} {shown}",
            text=(
                f"QuickBooks has the {entity.singular} {theirs}, CashFlow has "
                f'"{shown}", and they may be the same.'
            ),
            advice=(
                "If they are the same, link them. If they differ, give this one a clearly "
                "different name, or say that they are to be kept apart, and the next sync sends it."
            ),
            resource=entity.resource,
            record_id=record_id,
        ),
    )


def _by_party_and_number(
    sync: Sync, entity: Entity, records: Sequence[Record], found: Matches
) -> None:
    """A document with the party and number of an unlinked App one makes no second App record."""
    numbered = {}
    for record in records:
        number = (record.values.get("number") or "").strip().casefold()
        reference = record.values.get(str(entity.party)) or {}
        if number and reference.get("id"):
            numbered[reference["id"], number] = record
    if not numbered:
        return
    waiting = sync.conn.execute(_numbered(entity.resource), {"company": sync.company_id}).all()
    apart = candidates.apart(sync, [row.id for row in waiting])
    adopted = set(found.same.values())
    for row in waiting:
        if row.id in adopted:
            continue
        alike = numbered.get((row.party, row.number.strip().casefold()))
        if alike is not None and (row.id, alike.quickbooks_id) not in apart:
            found.held.add(alike.quickbooks_id)
            if row.in_doubt:  # it is looked for first, and what that finds is told
                candidates.keep(sync, entity, row.id, [alike])
            else:
                open_duplicate(sync, entity, row.id, row.number, [alike])


def open_duplicate(
    sync: Sync, entity: Entity, record_id: str, number: str | None, records: Sequence[Record]
) -> None:
    """QuickBooks has this document already, as far as party and number tell."""
    hold(sync, record_id)
    candidates.keep(sync, entity, record_id, records)
    theirs = records[0]
    party = (theirs.values.get(str(entity.party)) or {}).get("name") if entity.party else None
    dated = theirs.values.get(str(entity.dated)) or "?"
    called = f"{entity.singular} {number}" if number else f"such {_a(entity.singular)}"
    change_it = f"change the number of this {entity.singular} or " if entity.number else ""
    open_problem(
        sync,
        Problem(
            cause=f"duplicate:{record_id}",
            kind=_DUPLICATE,
            title=f"QuickBooks already has {called}",
            text=(
                f"QuickBooks holds {called}{f' of {party}' if party else ''}, dated {dated}, so "
                "nothing was added."
            ),
            advice=(
                "If it is the same one, link to it; if QuickBooks' one is wrong, delete it there. "
                f"If this is another one, {change_it}post it anyway, saying why."
            ),
            code=None,
            quickbooks_text=f"{_TXN_ID}{theirs.quickbooks_id}",
            resource=entity.resource,
            record_id=record_id,
        ),
    )


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def reconsider(sync: Sync) -> dict[str, list[str]]:
    """Duplicates of earlier sessions: QuickBooks is asked again, for the cure may be done there.

    Returns the documents that were held back here, resource -> QuickBooks ids, to be read again.
    """
    if not open_causes(sync):
        return {}
    held: dict[str, list[str]] = {}
    standing = sync.conn.execute(
        select(problem).where(
            problem.c.company_id == sync.company_id,
            problem.c.kind == _DUPLICATE,
            problem.c.resolved_at.is_(None),
        )
    ).all()
    for row in standing:
        sync.conn.execute(
            update(change)
            .where(
                change.c.company_id == sync.company_id,
                change.c.record_id == row.record_id,
                change.c.finished_at.is_(None),
                change.c.state == State.FAILED,
            )
            .values(state=State.PENDING, looked_up_in=None)
        )
    ours = [row.record_id for row in standing]
    for found in candidates.undecided(sync.conn, sync.company_id, ours):
        held.setdefault(found.resource, []).append(found.quickbooks_id)
    return held


def hold(sync: Sync, record_id: str) -> None:
    """The record's change waits for a person."""
    sync.conn.execute(
        update(change)
        .where(
            change.c.company_id == sync.company_id,
            change.c.record_id == record_id,
            change.c.finished_at.is_(None),
            change.c.state.not_in((State.SENT, State.SKIPPED, State.NOT_SYNCED)),
        )
        .values(state=State.FAILED)
    )
