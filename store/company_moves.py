"""Acts on a company's connection that reach far: earlier start, read anew, other file, leaving.

Owns what each of them does to the store, and that each is in the audit trail. It must not know
the command line, nor the protocol.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Family
from qbxml.text import guid_text
from store import (
    activity,
    backfill,
    companies,
    comparing,
    cursors,
    exchanges,
    feed,
    problems,
    resources,
)
from store.changes import Action, State
from store.errors import FieldError, Invalid, Refused
from store.ledger import LINE_TABLES, TABLES, bank_balance
from store.people import audit_row
from store.preferences import Preferences
from store.syncing import (
    audit,
    change,
    company,
    conflict,
    connector,
    dangling,
    exchange,
    link,
    problem,
    session,
)
from store.tenants import load, load_connector
from store.types import new_key

page_records = 500


def _here(conn: Connection, company_id: str) -> Row[Any]:
    row = load(conn, company_id, to_change=True)
    if row.state == "removed":
        raise Refused(f"{row.name} has left. Add it as a new company instead.")
    return row


def _confirmed(typed: str, expected: str, what: str) -> None:
    if typed.strip() != expected:
        raise Invalid((FieldError("/confirm", f"Type {what} exactly: {expected}"),))


# --- the start date


def start_date(
    conn: Connection, company_id: str, day: date, confirm: str, who: str, now: datetime
) -> dict[str, Any]:
    """Move the start date earlier, never later; the days between are read once (sync-rules 2).

    Invalid unless `confirm` is the same day; Refused for a day that is not earlier.
    """
    row = _here(conn, company_id)
    _confirmed(confirm, day.isoformat(), "the new start date")
    if row.start_date is None:
        raise Refused("The start date is set by the first sync. Move it after that.")
    if day >= row.start_date:
        raise Refused(
            f"The start date is {row.start_date.isoformat()}. It may only be moved earlier."
        )
    conn.execute(update(company).where(company.c.id == company_id).values(start_date=day))
    queued = backfill.queue(conn, company_id, row.start_date)
    detail = {"old": row.start_date.isoformat(), "new": day.isoformat(), "backfill": queued}
    audit_row(conn, company_id, who, "company.start-date", detail, now)
    return detail


# --- reading anew


def resync(
    conn: Connection, company_id: str, resource: str, who: str, now: datetime
) -> dict[str, Any]:
    """Read all of a type anew in the next session, past the brake; gives what is read with it.

    Links stay, so nothing comes twice. Invalid for a type that does not come from QuickBooks.
    """
    row = _here(conn, company_id)
    entity = BY_RESOURCE.get(resource)
    if entity is None or not entity.pull:
        known = ", ".join(one.resource for one in ENTITIES if one.pull)
        raise Invalid((FieldError("/resource", f"Give one of: {known}."),))
    switch = entity.pull.switch
    if switch and not getattr(Preferences.from_json(row.preferences), switch.value):
        raise Refused(
            f"{resource} do not come from QuickBooks while {switch.value} is off. Switch it on "
            f"first: `webconnector company set ID {switch.value}=true`."
        )
    noun = entity.query_noun
    cursors.forget(conn, company_id, [noun])
    comparing.force(conn, company_id, [noun])
    together = [one.resource for one in ENTITIES if one.query_noun == noun]
    audit_row(conn, company_id, who, "company.resync", {"resources": together}, now)
    return {"resources": together}


# --- the file that waits


def confirm_file(conn: Connection, company_id: str, who: str, now: datetime) -> dict[str, Any]:
    """Accept the company file: moved or renamed, restored or condensed; gives what was accepted."""
    row = _here(conn, company_id)
    accepted: dict[str, Any] = {}
    restored = activity.confirm(conn, company_id, now)
    if restored is not None:
        accepted |= restored
        audit_row(conn, company_id, who, "company.confirm-activity", restored, now)
    if load_connector(conn, company_id).awaiting:
        accepted |= companies.confirm_file(conn, company_id, who, now)
    if not accepted:
        raise Refused(f"No company file of {row.name} waits to be confirmed.")
    return accepted


# --- another file


def rebind(conn: Connection, company_id: str, who: str, now: datetime) -> dict[str, Any]:
    """Let go of the company file; the next session binds the one that is open then.

    What tied the records to the old file goes: links, line ids, cursors, owed writes. The records
    stay and are matched with the new file as at a first link, after a preview. The FileID is new,
    so that the old file can never be taken for the new one: the .qwc has to be added again.
    """
    row, line = _here(conn, company_id), load_connector(conn, company_id)
    _end_sessions(conn, company_id, now)
    detail = {
        "paths": line.paths,
        "file_id": line.file_id,
        "company_file_name": line.company_file_name,
        "start_date": row.start_date.isoformat() if row.start_date else None,
        "links": conn.execute(
            select(func.count()).select_from(link).where(link.c.company_id == company_id)
        ).scalar_one(),
    }
    _cut_ties(conn, company_id, now)
    made = guid_text(str(uuid4()))
    conn.execute(
        update(connector)
        .where(connector.c.company_id == company_id)
        .values(
            file_id=made,
            paths=[],
            company_file_name=None,
            stamped=False,
            awaiting=None,
            quickbooks=None,
            activity=None,
            last_full_session_at=None,
        )
    )
    chosen = Preferences.from_json(row.preferences).to_json() | {"earlier_transactions": "hold"}
    conn.execute(
        update(company)
        .where(company.c.id == company_id)
        .values(start_date=None, connected_at=None, preview=True, preferences=chosen)
    )
    audit_row(conn, company_id, who, "company.rebind", {**detail, "new_file_id": made}, now)
    return detail | {"new_file_id": made}


def _end_sessions(conn: Connection, company_id: str, now: datetime) -> None:
    """Whoever syncs at this moment is told at its next call that the session is over."""
    conn.execute(
        update(session)
        .where(session.c.company_id == company_id, session.c.ended_at.is_(None))
        .values(state="expired", ended_at=now, outcome="stopped", text="The connection was ended.")
    )


def _cut_ties(conn: Connection, company_id: str, now: datetime) -> None:
    # A write owed to the old file must never be repeated in the new one.
    conn.execute(
        update(exchange)
        .where(
            exchange.c.company_id == company_id,
            exchange.c.state.in_((exchanges.State.PREPARED, exchanges.State.SENT)),
        )
        .values(state=exchanges.State.UNKNOWN)
    )
    for table in (link, dangling):
        conn.execute(delete(table).where(table.c.company_id == company_id))
    for table in LINE_TABLES.values():
        conn.execute(
            update(table).where(table.c.company_id == company_id).values(quickbooks_line_id=None)
        )
    cursors.forget(conn, company_id)
    ended = problems.resolve(conn, [problem.c.company_id == company_id], "done", now)
    feed.publish(conn, company_id, ended, now)
    conn.execute(
        update(change)
        .where(
            change.c.company_id == company_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SKIPPED,
        )
        .values(state=State.DROPPED, finished_at=now)
    )
    _skip_what_is_new(conn, company_id, now)
    _all_unsent(conn, company_id, now)


def _skip_what_is_new(conn: Connection, company_id: str, now: datetime) -> None:
    """What is skipped stays so, as something that the new file never saw."""
    skipped = (change.c.company_id == company_id, change.c.finished_at.is_(None))
    removes = change.c.action.in_((Action.DELETE, Action.VOID))
    conn.execute(
        update(change).where(*skipped, removes).values(state=State.DROPPED, finished_at=now)
    )
    never = {"values": None, "left_after": None, "exchange_id": None, "looked_up_in": None}
    waits = {"waits_for": None, "waits_for_id": None}
    conn.execute(update(change).where(*skipped).values(action=Action.ADD, **never, **waits))


def _all_unsent(conn: Connection, company_id: str, now: datetime) -> None:
    """Every living record is as before a first link: lists are to go, documents wait."""
    skipped = select(change.c.record_id).where(
        change.c.company_id == company_id, change.c.finished_at.is_(None)
    )
    for entity in ENTITIES:
        table = TABLES[entity.resource]
        where = [
            table.c.company_id == company_id,
            table.c.deleted_at.is_(None),
            table.c.id.not_in(skipped),
        ]
        if "voided_at" in table.c:  # what was taken back never goes again
            where.append(table.c.voided_at.is_(None))
        if entity.child is not None:
            where.append(table.c.parent_id.is_not(None) == entity.child)
        goes = entity.family is Family.LIST and entity.push.new
        rows = [
            {
                "company_id": company_id,
                "id": new_key(),
                "resource": entity.resource,
                "record_id": record_id,
                "action": Action.ADD,
                "state": State.PENDING if goes else State.NOT_SYNCED,
                "version": 0,
                "made_at": now,
                "attempts": 0,
            }
            for record_id in conn.execute(select(table.c.id).where(*where)).scalars().all()
        ]
        if rows:
            conn.execute(insert(change), rows)


# --- leaving


def remove(conn: Connection, company_id: str, confirm: str, who: str, now: datetime) -> None:
    """Disconnect: nothing is synced any more. `housekeep` deletes the records 30 days later."""
    row = _here(conn, company_id)
    _confirmed(confirm, row.name, "the company's name")
    _end_sessions(conn, company_id, now)
    conn.execute(
        update(company).where(company.c.id == company_id).values(state="removed", removed_at=now)
    )
    audit_row(conn, company_id, who, "company.remove", {"name": row.name}, now)


_LOGS = {
    "bank-balances": bank_balance,
    "problems": problem,
    "conflicts": conflict,
    "audit": audit,
}


def export(conn: Connection, company_id: str) -> Iterator[tuple[str, str]]:
    """Everything of a company as files: name and text, one JSON document per line in `.jsonl`."""
    yield "company.json", json.dumps(companies.show(conn, company_id), indent=2, default=str)
    for entity in ENTITIES:
        yield f"{entity.resource}.jsonl", _lines(_records(conn, company_id, entity.resource))
    for name, table in _LOGS.items():
        rows = conn.execute(select(table).where(table.c.company_id == company_id))
        yield f"{name}.jsonl", _lines(row._asdict() for row in rows)


def _records(conn: Connection, company_id: str, resource: str) -> Iterator[dict[str, Any]]:
    after: str | None = None
    while page := resources.list_records(
        conn, company_id, resource, after=after, limit=page_records, include_deleted=True
    ):
        yield from page
        after = resources.cursor_of(page[-1])


def _lines(rows: Iterator[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False, default=str)}\n" for row in rows)
