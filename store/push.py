"""App -> QuickBooks: which changes can go now, and their requests.

Owns claiming: what waits and why, what QuickBooks must be asked first, which changes share a
message set. It must not know how a request travels; `written.py` takes the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from qbxml import build
from qbxml.compare import canonical
from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Entity, Family
from qbxml.errors import QbxmlError
from store import (
    changes,
    class_tracking,
    covered,
    cursors,
    deletions,
    holding,
    mods,
    paying,
    problems,
    undoing,
    written,
)
from store.changes import Action, State
from store.context import Sync
from store.extras import BEFORE_PUSH
from store.ready import Ready
from store.rows import Loaded, Values, names_of
from store.syncing import change, link

claimed_at_once_max = 500


def open_count(conn: Connection, company_id: str, now: datetime) -> int:
    """How many changes could go now."""
    query = select(func.count()).select_from(change).where(*changes.can_go(company_id, now))
    return int(conn.execute(query).scalar_one())


def ready(sync: Sync) -> list[Ready]:
    """All changes that can go now, dependencies first; the others learn what they wait for."""
    while found := _claimed(sync):
        if allowed := holding.allowed(sync, found):
            return allowed
        # All were held back and left the queue: others may stand behind them.
    return []


# Made once: each session asks it, and mostly there is nothing.
_CLAIM = (
    select(change)
    .where(*changes.can_go(bindparam("company"), bindparam("now")))
    .order_by(change.c.made_at, change.c.id)
    .limit(claimed_at_once_max)
)


def _claimed(sync: Sync) -> list[Ready]:
    rows = sync.conn.execute(_CLAIM, {"company": sync.company_id, "now": sync.now}).all()
    if not rows:
        return []
    owed = set(
        sync.conn.execute(
            select(change.c.record_id).where(
                change.c.company_id == sync.company_id,
                change.c.finished_at.is_(None),
                change.c.state == State.SENT,
            )
        ).scalars()
    )
    found: list[Ready] = []
    waits: dict[str, tuple[str, str]] = {}
    for entity in ENTITIES:
        mine = [r for r in rows if r.resource == entity.resource and r.record_id not in owed]
        if mine and sync.pushes(entity):
            _sort_out(sync, entity, mine, found, waits)
    _note_waiting(sync, rows, waits)
    return found


def _sort_out(
    sync: Sync,
    entity: Entity,
    rows: Sequence[Any],
    found: list[Ready],
    waits: dict[str, tuple[str, str]],
) -> None:
    ids = [row.record_id for row in rows]
    loaded = Loaded(sync.conn, sync.company_id, entity.resource).load(ids)
    links = {
        row.record_id: row
        for row in sync.conn.execute(
            select(link).where(link.c.company_id == sync.company_id, link.c.record_id.in_(ids))
        )
    }
    absent: dict[str, list[tuple[str, str]]] = {}
    unsent = class_tracking.left_out(sync, entity)
    for row in rows:
        if row.action in (Action.ADD, Action.MOD):
            missing = [m for m in loaded.missing(row.record_id) if m[0].name not in unsent]
            if missing:
                absent[row.id] = [(field.to[0], record_id) for field, record_id in missing]
        linked, lacks = links.get(row.record_id), row.id in absent
        values = _outgoing(sync, entity, loaded, row, whole=not lacks)
        if linked is not None and linked.base is None:
            continue  # linked by a person a moment ago: first both are read and merged
        sent = class_tracking.as_in(entity, unsent, values, linked.base if linked else None)
        note = class_tracking.REASON if sent != values else None
        asked = row.looked_up_in == sync.session_id
        of = loaded.rows[row.record_id]
        item = Ready(row, entity, sent, of, linked, note=note, asked=asked, lacks=lacks)
        if not lacks or item.to_be_found:
            found.append(item)
    names = names_of(
        sync.conn, sync.company_id, [pair for pairs in absent.values() for pair in pairs]
    )
    for change_id, pairs in absent.items():
        resource, record_id = pairs[0]
        shown = f"{BY_RESOURCE[resource].singular} {names.get(record_id, '?')}"
        waits[change_id] = (shown, record_id)


def _outgoing(sync: Sync, entity: Entity, loaded: Loaded, row: Any, *, whole: bool) -> Values:
    values = loaded.values(row.record_id)
    if not sync.quickbooks.get("personal_data"):  # then it would be kept from us afterwards
        for field in entity.fields:
            if field.withheld:
                del values[field.name]
    prepare = BEFORE_PUSH.get(entity.resource)
    if prepare and whole and row.action in (Action.ADD, Action.MOD):
        values = prepare(sync, values, loaded, row.record_id)
    return canonical(entity, values)


def _note_waiting(sync: Sync, rows: Sequence[Any], waits: dict[str, tuple[str, str]]) -> None:
    moved = [
        {
            "b_id": row.id,
            "state": State.WAITING if row.id in waits else State.PENDING,
            "waits_for": waits.get(row.id, (None, None))[0],
            "waits_for_id": waits.get(row.id, (None, None))[1],
        }
        for row in rows
        if (row.waits_for, row.waits_for_id) != waits.get(row.id, (None, None))
    ]
    if moved:
        sync.conn.execute(
            update(change).where(
                change.c.company_id == sync.company_id, change.c.id == bindparam("b_id")
            ),
            moved,
        )


@dataclass(slots=True)
class Asked:
    """A request and what it is for; `purpose` comes back with the answer."""

    request_id: str
    text: str
    purpose: dict[str, Any]


def batch(sync: Sync, claimed: Sequence[Ready], most: int) -> list[Asked]:
    """The next write message set: lists before documents, never more than `most` requests.

    What cannot be sent as it is becomes a problem, what would change nothing is done.
    """
    due = [r for r in claimed if r.asked or not r.asks_first]
    lists = [r for r in due if r.entity.family is Family.LIST]
    asked: list[Asked] = []
    sent: list[dict[str, Any]] = []
    left_after = cursors.surely_passed(sync)
    touched: set[tuple[str, ...]] = set()
    for item in lists or due:
        if len(asked) == most or (asked and item.entity.alone):
            break
        if item.is_gone:
            _gone(sync, item)
            continue
        if written.is_settled(sync, item.entity, item.change, item.row.version):
            continue
        met = _meets(item)
        if met & touched:
            continue  # known when this set is answered: a balance, or a duplicate
        touched |= met
        request_id = f"w{len(asked) + 1}"
        try:
            text, values = _request(sync, item, request_id)
        except QbxmlError as refused:
            # Whatever is wrong with one record must not stop the others.
            _unsendable(sync, item, refused)
            continue
        if text is None:
            _nothing_to_send(sync, item)
            continue
        asked.append(Asked(request_id, text, {"do": "write", "change": item.change.id}))
        sent.append(
            {
                "b_id": item.change.id,
                "state": State.SENT,
                "version": item.row.version,
                "values": values,
                "left_after": left_after,
                "reason": item.note or item.change.reason,
                "waits_for": None,
                "waits_for_id": None,
            }
        )
        if item.entity.alone:
            break
    if sent:
        sync.conn.execute(
            update(change).where(
                change.c.company_id == sync.company_id, change.c.id == bindparam("b_id")
            ),
            sent,
        )
        going = {one.purpose["change"] for one in asked}
        _ask_again(sync, [r for r in due if r.change.id not in going and _meets(r) & touched])
    return asked


def _meets(item: Ready) -> set[tuple[str, ...]]:
    """What two writes of one set must not share: documents paid, or what makes a duplicate."""
    paid = paying.documents(item.entity, item.values)
    if item.link is not None:  # and a payment waits for the edit of what it pays
        paid = {**paid, item.entity.resource: [item.link.quickbooks_id]}
    met: set[tuple[str, ...]] = {(resource, key) for resource, ids in paid.items() for key in ids}
    if item.change.action == Action.ADD and item.entity.number and item.entity.party:
        party = (item.values[item.entity.party] or {}).get("id") or ""
        number = (item.values.get(item.entity.number) or "").strip().casefold()
        told = number or f"on {item.values[str(item.entity.dated)]}"
        met.add((item.entity.resource, party, told))
    return met


def _ask_again(sync: Sync, items: Sequence[Ready]) -> None:
    """What QuickBooks said of these is out of date once the set has gone."""
    if items:
        sync.conn.execute(
            update(change)
            .where(
                change.c.company_id == sync.company_id,
                change.c.id.in_([item.change.id for item in items]),
            )
            .values(looked_up_in=None)
        )


def _request(sync: Sync, item: Ready, request_id: str) -> tuple[str | None, Values]:
    """The request of one change and the values it will leave in QuickBooks; None: nothing to do."""
    entity, linked = item.entity, item.link
    action = Action(item.change.action)
    if action is Action.ADD:
        kept = covered.noted(sync, item.change.record_id, item.values)
        return build.add(entity, item.values, request_id), kept
    if linked is None:
        return None, item.values  # QuickBooks never had it
    if action is Action.MOD:
        changed = mods.carried(sync, entity, action, item.values, linked)
        if changed is None:
            return None, item.values
        text = build.mod(entity, linked.quickbooks_id, linked.edit_sequence, changed, request_id)
        return text, item.values
    text = undoing.request(
        sync, entity, action, item.row, item.values, linked.quickbooks_id, request_id
    )
    return text, item.values


def _unsendable(sync: Sync, item: Ready, refused: QbxmlError) -> None:
    changes.fail(sync.conn, sync.company_id, item.change.id)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"unsendable:{item.change.record_id}",
            kind="unsendable",
            title=f"{item.shown} cannot be sent as it is",
            text=refused.text,
            advice="Change the named fields in CashFlow; the next sync sends it.",
            resource=item.entity.resource,
            record_id=item.change.record_id,
        ),
    )


def _gone(sync: Sync, item: Ready) -> None:
    """An edit of what was deleted in QuickBooks: only making it inactive is enough by itself."""
    if getattr(item.row, "active", True):
        deletions.edited_here(sync, item.entity.resource, item.change.record_id)
    else:
        _nothing_to_send(sync, item)


def _nothing_to_send(sync: Sync, item: Ready) -> None:
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id == item.change.record_id)
        .values(synced_version=item.row.version, synced_at=sync.now)
    )
    written.finish(sync, item.change)


def note_exchange(sync: Sync, asked: Sequence[Asked], exchange_id: str) -> None:
    """These changes left with that exchange."""
    ids = [one.purpose["change"] for one in asked]
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id.in_(ids))
        .values(exchange_id=exchange_id)
    )


def release(sync: Sync, exchange_ids: Sequence[str], *, unknown: bool = False) -> None:
    """These exchanges never reached QuickBooks or ran nothing: their changes are to be sent.

    `unknown`: or nobody can tell; then QuickBooks is asked before they are sent.
    """
    for row in sync.conn.execute(
        select(change).where(
            change.c.company_id == sync.company_id,
            change.c.exchange_id.in_(exchange_ids),
            change.c.state == State.SENT,
        )
    ).all():
        changes.reopen(
            sync.conn, sync.company_id, row, sync.now, unknown=unknown, looked_up_in=None
        )
