"""What becomes of a change that QuickBooks did not take: again, later, or a person's turn.

Owns pauses, limits and the words of refusals. `written.py` handles what was taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from qbxml.entity import Entity
from qbxml.status import Act, Decision, explain
from store import changes, problems
from store.context import Sync
from store.rows import names_of
from store.syncing import link

rereads_max = 3
retries_max = 6
"""So many tries before it becomes a problem; it is tried on after that, at the longest pause."""
pause_seconds_first = 60
pause_seconds_max = 4 * 60 * 60


@dataclass(slots=True)
class Followup:
    """What the session must read next because of these answers: query noun -> QuickBooks ids."""

    reread: dict[str, list[str]] = field(default_factory=dict)
    fill: dict[str, list[str]] = field(default_factory=dict)
    """Written, but the answer did not carry the record: read it and take its ids and totals."""
    credits: list[str] = field(default_factory=list)
    """Vendor credits that a voided payment may have left applied."""
    doubt: bool = False
    """Something may be there that nobody knows of: it is read before anything else is written."""


def link_of(sync: Sync, record_id: str) -> Any:
    """The record's link, or None."""
    return sync.conn.execute(
        select(link).where(link.c.company_id == sync.company_id, link.c.record_id == record_id)
    ).first()


def _again(sync: Sync, entity: Entity, row: Any, decision: Decision, then: Followup) -> None:
    """Out of date: read the record again, merge, send again; at most `rereads_max` times."""
    linked = link_of(sync, row.record_id)
    if linked is None or row.attempts + 1 >= min(decision.attempts_max or 9, rereads_max) + 1:
        to_person(sync, entity, row, decision, then)
        return
    changes.reopen(
        sync.conn, sync.company_id, row, sync.now, attempts=row.attempts + 1, try_after=None
    )
    then.reread.setdefault(linked.noun, []).append(linked.quickbooks_id)


def _later(sync: Sync, entity: Entity, row: Any, decision: Decision, then: Followup) -> None:
    """In use or busy: again by itself, after growing pauses, a problem when it stays.

    A lock ends when somebody closes a window, so it is tried on even then, and the problem ends by
    itself. What no number of tries mends (`attempts_max`) is a person's turn after them.
    """
    tries = row.attempts + 1
    if decision.attempts_max is not None and row.attempts >= decision.attempts_max:
        to_person(sync, entity, row, decision, then)
        return
    values: dict[str, Any] = {"attempts": tries, "try_after": _pause(sync, row)}
    if tries < retries_max:
        changes.reopen(sync.conn, sync.company_id, row, sync.now, **values)
        return
    values |= {"waits_for": "QuickBooks to let go of it", "waits_for_id": None}
    if changes.reopen(sync.conn, sync.company_id, row, sync.now, **values):
        changes.fail(sync.conn, sync.company_id, row.id)
    _tell_refused(sync, entity, row, decision)


def unanswered(sync: Sync, entity: Entity, row: Any, then: Followup) -> None:
    """QuickBooks' answer does not tell what became of it: it is looked for before it goes again."""
    then.doubt = True
    values = {"attempts": row.attempts + 1, "looked_up_in": None, "try_after": _pause(sync, row)}
    alone = changes.reopen(sync.conn, sync.company_id, row, sync.now, unknown=True, **values)
    if alone and row.attempts + 1 >= retries_max:
        changes.fail(sync.conn, sync.company_id, row.id)
        why = "QuickBooks' answers do not tell what became of this record."
        unknown(sync, entity, row.record_id, why)


def _in_doubt(sync: Sync, entity: Entity, row: Any, _decision: Decision, then: Followup) -> None:
    unanswered(sync, entity, row, then)


def _pause(sync: Sync, row: Any) -> datetime:
    doubled = pause_seconds_first * 2 ** min(row.attempts, retries_max + 2)
    return sync.now + timedelta(seconds=min(doubled, pause_seconds_max))


def to_person(sync: Sync, entity: Entity, row: Any, decision: Decision, _then: Followup) -> None:
    """Nothing but a person's act helps."""
    refuse(sync, entity, row, decision)


def refuse(sync: Sync, entity: Entity, row: Any, decision: Decision) -> None:
    """A problem with QuickBooks' own words and what to click."""
    attempts = row.attempts + 1
    # Where only the question before a write was refused, what left earlier may still be there.
    doubt = decision.may_have_saved or row.state != changes.State.SENT
    if changes.reopen(sync.conn, sync.company_id, row, sync.now, unknown=doubt, attempts=attempts):
        changes.fail(sync.conn, sync.company_id, row.id)
    _tell_refused(sync, entity, row, decision)


def _tell_refused(sync: Sync, entity: Entity, row: Any, decision: Decision) -> None:
    if row.record_id not in changes.open_changes(sync.conn, sync.company_id, [row.record_id]):
        return  # taken back in the App meanwhile: there is nothing left to refuse
    shown = show(sync, entity, row.record_id)
    words = explain(decision, record=shown)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"refused:{row.record_id}",
            kind=decision.act.name.lower(),
            title=words.title,
            text=words.why or f"QuickBooks did not take {shown}.",
            advice=words.advice,
            code=str(decision.code),
            quickbooks_text=decision.text,
            resource=entity.resource,
            record_id=row.record_id,
        ),
    )


def unknown(sync: Sync, entity: Entity, record_id: str, why: str) -> None:
    """Nobody knows whether it was written: it is never simply sent again (sync-rules 9)."""
    shown = show(sync, entity, record_id)
    advice = (
        f"Look for {shown} in QuickBooks: CashFlow links it when it finds it, and if it is not "
        "there, tell CashFlow support."
    )
    tell_unknown(
        sync,
        entity,
        record_id,
        title=f"Unknown whether QuickBooks has {shown}",
        text=f"{why} To be on the safe side it is not sent again.",
        advice=advice,
    )


def tell_unknown(
    sync: Sync, entity: Entity, record_id: str, *, title: str, text: str, advice: str
) -> None:
    """A problem about a record of which nobody knows what became in QuickBooks."""
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"unknown:{record_id}",
            kind="outcome_unknown",
            title=title,
            text=text,
            advice=advice,
            resource=entity.resource,
            record_id=record_id,
        ),
    )


def show(sync: Sync, entity: Entity, record_id: str) -> str:
    """`vendor Acme`, for people."""
    names = names_of(sync.conn, sync.company_id, [(entity.resource, record_id)])
    return f"{entity.singular} {names.get(record_id, '?')}"


ACTS: dict[Act, Callable[[Sync, Entity, Any, Decision, Followup], None]] = {
    Act.REREAD: _again,
    Act.RETRY: _later,
    Act.ALONE: _later,
    Act.DEPEND: to_person,
    Act.LINK: to_person,
    Act.USER: to_person,
    Act.FIX: to_person,
    Act.SKIP: to_person,
    Act.UNKNOWN: _in_doubt,
}
