"""What a person does about a problem: retry, link, keep apart, renumber, skip, delete, done.

Owns these acts and their audit rows; the command line, the API and the console call them. It must
not decide what is a problem. Every act takes a connection inside a transaction, the problem as
`find` gives it, who does it, and the time; it raises Refused or Invalid with a text for people.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity, Family
from store import aside, candidates, feed, merges, problems, resources
from store.changes import Action, State
from store.errors import FieldError, Invalid, NotFound, Refused
from store.ledger import TABLES
from store.naming import settle_paths
from store.people import audit_row
from store.problems import DUPLICATES
from store.syncing import candidate, change, link, problem
from store.tenants import load
from store.types import new_key

reason_characters_max = 1000
_DONE = "done"


def find(conn: Connection, number: int, company_id: str | None = None) -> Row[Any]:
    """The problem of that number; numbers count per company, so one may have to be named."""
    query = select(problem).where(problem.c.number == number)
    if company_id is not None:
        query = query.where(problem.c.company_id == company_id)
    rows = conn.execute(query.order_by(problem.c.company_id)).all()
    if not rows:
        raise NotFound("There is no problem of that number. `webconnector problems` lists them.")
    if len(rows) > 1:
        raise Refused("Several companies have a problem of that number. Name one by --company.")
    return rows[0]


def retry(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """Send the record again at the next session; also the way back from `skip`."""
    _hold(conn, found)
    if aside.ask_again(conn, found.company_id, found.cause):
        # It ends when QuickBooks' record is stored.
        _noted(conn, found, "retry", who, now)
        return
    _require(0 if found.resolution == _DONE else _change(conn, found, **_AFRESH))
    _resolve(conn, found, "retry", now)
    _noted(conn, found, "retry", who, now)


def retry_kind(conn: Connection, company_id: str, kind: str, who: str, now: datetime) -> int:
    """Retry every open problem of a kind that has a record behind it; gives how many."""
    rows = conn.execute(
        select(problem).where(
            problem.c.company_id == company_id,
            problem.c.kind == kind,
            problem.c.resolved_at.is_(None),
            problem.c.record_id.is_not(None),
        )
    ).all()
    if not rows:
        raise Refused("There is no open problem of this kind with a record behind it.")
    for row in rows:
        retry(conn, row, who, now)
    return len(rows)


def skip(conn: Connection, found: Row[Any], who: str, now: datetime, reason: str = "") -> None:
    """Do not sync this record until somebody says `retry`; a reason is kept in the audit trail."""
    _hold(conn, found)
    said = reason.strip()
    if len(said) > reason_characters_max:
        text = f"Say why in at most {reason_characters_max} characters."
        raise Invalid((FieldError("/reason", text),))
    _require(_change(conn, found, state=State.SKIPPED))
    _resolve(conn, found, "skip", now)
    _noted(conn, found, "skip", who, now, **({"reason": said} if said else {}))


def done(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """It was done by hand in QuickBooks: what was still to be sent is dropped.

    What QuickBooks was to get whole is there by hand, under an id that nobody knows: no later edit
    in the App may send it once more.
    """
    _hold(conn, found)
    if found.resolved_at is None:
        _change(conn, found, change.c.action == Action.ADD, state=State.SKIPPED)
        _change(conn, found, change.c.action != Action.ADD, state=State.DROPPED, finished_at=now)
    _resolve(conn, found, _DONE, now)
    _noted(conn, found, _DONE, who, now)


def delete(conn: Connection, found: Row[Any], who: str, now: datetime) -> None:
    """Delete the record in CashFlow: what QuickBooks has is the right one."""
    if found.record_id is None:
        raise Refused("This problem is about no single record, so there is none to delete.")
    # First, because deleting it closes what is open about it.
    _resolve(conn, found, "delete", now)
    resources.delete(conn, found.company_id, found.resource, found.record_id, now, who)
    _noted(conn, found, "delete", who, now)


def renumber(conn: Connection, found: Row[Any], text: str, who: str, now: datetime) -> None:
    """Give the record another number, or a list record another name; the next session sends it."""
    entity = _entity(found)
    field = entity.number or ("name" if entity.family is Family.LIST else "")
    if not field:
        raise Refused(f"A {entity.singular} is not told by its number. Keep it apart instead.")
    if not text.strip():
        raise Invalid((FieldError(f"/{field}", f"Give the new {field}."),))
    record_id = str(found.record_id)
    resources.change_record(
        conn, found.company_id, found.resource, record_id, {field: text.strip()}, now, who
    )
    _resolve(conn, found, "renumber", now)
    _noted(conn, found, "renumber", who, now)


def apart(conn: Connection, found: Row[Any], reason: str, who: str, now: datetime) -> None:
    """It is another one than what QuickBooks has: post it anyway, for a reason that is kept."""
    _hold(conn, found)
    rows = _candidates(conn, found)
    said = reason.strip()
    if not said or len(said) > reason_characters_max:
        text = f"Say why it is another one, in at most {reason_characters_max} characters."
        raise Invalid((FieldError("/reason", text),))
    _require(_change(conn, found, **_AFRESH))
    conn.execute(
        update(candidate)
        .where(
            candidate.c.company_id == found.company_id,
            candidate.c.id.in_([row.id for row in rows]),
        )
        .values(apart_at=now, reason=said)
    )
    _resolve(conn, found, "apart", now)
    others = [row.quickbooks_id for row in rows]
    _noted(conn, found, "apart", who, now, reason=said, quickbooks_ids=others)


def link_to(
    conn: Connection, found: Row[Any], wanted: str | None, who: str, now: datetime
) -> dict[str, Any]:
    """Our record and what QuickBooks has are one and the same; the next session merges them.

    `wanted`: QuickBooks' id of the candidate, or the id of the CashFlow record that came from it;
    None when there is one candidate only. Gives the candidate in few words.
    """
    _hold(conn, found)
    rows = _candidates(conn, found)
    chosen = _chosen(conn, rows, wanted)
    entity = _entity(found)
    # What is sent once and never again has nothing left to send.
    _require(_change(conn, found, **_AFRESH, action=Action.MOD))
    twin = _twin(conn, chosen)
    if twin is None:
        conn.execute(insert(link).values(**_link_of(entity, chosen, now)))
    else:
        _take_over(conn, entity, chosen, twin, now)
    candidates.forget(conn, found.company_id, chosen.record_id)
    _resolve(conn, found, "link", now)
    _noted(conn, found, "link", who, now, quickbooks_id=chosen.quickbooks_id)
    return candidates.brief(chosen)


# A change as it was before anything went wrong.
_AFRESH = {
    "state": State.PENDING,
    "attempts": 0,
    "try_after": None,
    "looked_up_in": None,
    "waits_for": None,
    "waits_for_id": None,
}


def _hold(conn: Connection, found: Row[Any]) -> None:
    """Until the commit no session sends or stores anything of this company."""
    load(conn, found.company_id, to_change=True)


def _entity(found: Row[Any]) -> Entity:
    if found.record_id is None or found.resource not in BY_RESOURCE:
        raise Refused("This problem is about no single record.")
    return BY_RESOURCE[found.resource]


def _candidates(conn: Connection, found: Row[Any]) -> list[Any]:
    rows = []
    if found.record_id is not None and found.kind in DUPLICATES:
        rows = candidates.undecided(conn, found.company_id, [found.record_id])
    if not rows:
        raise Refused(
            "QuickBooks holds nothing that this problem compares with. Link and keep apart are for"
            " duplicates and possible duplicates; `webconnector problems` lists them."
        )
    return rows


def _chosen(conn: Connection, rows: list[Any], wanted: str | None) -> Any:
    if wanted is None and len(rows) == 1:
        return rows[0]
    for row in rows:
        twin = _twin(conn, row)
        names = {row.quickbooks_id, twin.record_id if twin is not None else None}
        if wanted is not None and wanted.strip() in names:
            return row
    ids = ", ".join(row.quickbooks_id for row in rows)
    raise Invalid((FieldError("/quickbooks_id", f"Say which one: {ids}."),))


def _twin(conn: Connection, chosen: Any) -> Any:
    """The link of the CashFlow record that stands for the candidate already; None: none does."""
    return conn.execute(
        select(link).where(
            link.c.company_id == chosen.company_id,
            link.c.noun == chosen.noun,
            link.c.quickbooks_id == chosen.quickbooks_id,
        )
    ).first()


def _link_of(entity: Entity, chosen: Any, now: datetime) -> dict[str, Any]:
    return {
        "company_id": chosen.company_id,
        "id": new_key(),
        "resource": chosen.resource,
        "record_id": chosen.record_id,
        "quickbooks_id": chosen.quickbooks_id,
        "family": entity.family.value,
        "noun": chosen.noun,
        "edit_sequence": chosen.edit_sequence,
        "time_modified": chosen.time_modified,
        "base": None,
        "synced_version": 0,
        "synced_at": now,
    }


def _take_over(conn: Connection, entity: Entity, chosen: Any, twin: Any, now: datetime) -> None:
    """The list record that came from QuickBooks becomes ours: its link and all that refers to it.

    A document is never taken over: its other record is a document in its own right.
    """
    table = TABLES[twin.resource]
    mine = (table.c.company_id == chosen.company_id, table.c.id == twin.record_id)
    row = conn.execute(select(table).where(*mine)).one()
    waiting = conn.execute(
        select(change.c.id).where(
            change.c.company_id == chosen.company_id,
            change.c.record_id == twin.record_id,
            change.c.finished_at.is_(None),
        )
    ).first()
    if entity.family is Family.TXN or row.origin != "quickbooks":
        raise Refused(
            "What QuickBooks has belongs to another record in CashFlow already. Delete one of the"
            " two, give this one another number or name, or keep it apart."
        )
    if waiting is not None:
        raise Refused(
            "The record that came from QuickBooks was changed in CashFlow, and that waits to be"
            " sent. Link them after the next sync."
        )
    merges.repoint(conn, chosen.company_id, twin.resource, twin.record_id, chosen.record_id, now)
    if "full_name" in table.c:
        settle_paths(conn, table, chosen.company_id, [], [chosen.record_id], now)
    conn.execute(
        update(table).where(*mine).values(deleted_at=now, updated_at=now, version=row.version + 1)
    )
    conn.execute(
        update(link)
        .where(link.c.company_id == chosen.company_id, link.c.id == twin.id)
        .values(
            record_id=chosen.record_id,
            resource=chosen.resource,
            base=None,
            written_edit_sequence=None,
            synced_version=0,
        )
    )


def _require(moved: int) -> None:
    if not moved:
        raise Refused(
            "Nothing of a record waits behind this problem. It ends by itself when its cause is"
            " gone; `webconnector problem done` closes it."
        )


def _change(conn: Connection, found: Row[Any], *which: ColumnElement[bool], **values: Any) -> int:
    """Move the standing change of the problem's record; how many there were."""
    if found.record_id is None:
        return 0
    moved = conn.execute(
        update(change)
        .where(
            change.c.company_id == found.company_id,
            change.c.record_id == found.record_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SENT,
            *which,
        )
        .values(**values)
    )
    return int(moved.rowcount)


def _resolve(conn: Connection, found: Row[Any], how: str, now: datetime) -> None:
    mine = (
        problem.c.company_id == found.company_id,
        problem.c.record_id == found.record_id
        if found.record_id is not None
        else problem.c.id == found.id,
    )
    feed.publish(conn, found.company_id, problems.resolve(conn, mine, how, now), now)


def _noted(
    conn: Connection, found: Row[Any], act: str, who: str, now: datetime, **more: Any
) -> None:
    detail = {"problem": found.number, "record": found.record_id} | more
    audit_row(conn, found.company_id, who, f"problem.{act}", detail, now)
