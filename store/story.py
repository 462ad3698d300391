"""One record's whole story: both sides' values, each change, exchange, conflict and problem.

Owns gathering them, newest first, in a bounded number of queries. It must not change anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, Connection, Row, String, cast, literal, null, select, union_all

from qbxml.compare import canonical, same
from qbxml.entity import Lines
from store.changes import sync_object
from store.overview import instant
from store.readable import Names, quickbooks_ids
from store.reading import find_linked
from store.rows import Loaded, shown_name
from store.shapes import shape_of
from store.syncing import audit, change, conflict, exchange, problem
from store.types import Key

events_max = 500

Values = dict[str, Any]

WON: Final = {"quickbooks": "QuickBooks", "cashflow": "CashFlow"}


def story(conn: Connection, company_id: str, resource: str, record_id: str) -> Values:
    """What a record is, what both sides hold, and all that happened to it; NotFound for none.

    `quickbooks` is None until both sides know the record. Each entry of `events` has `at`, `kind`
    (app, change, exchange, conflict, problem, link), `title`, and where there is one `who`,
    `text`, `session_id`, `number`. `blocked_by`: the open problems of the record, and of those
    that it waits for.
    """
    row = find_linked(conn, company_id, shape_of(resource), record_id)
    linked = row if row.quickbooks_id is not None else None
    changed = _changed(conn, company_id, row.id)
    open_changes = [one for one in changed if one.finished_at is None]
    awaited = {one.waits_for_id for one in open_changes} - {None}
    problems = _problem_rows(conn, company_id, {row.id, *awaited})
    events: list[Values] = [
        *_acts_and_conflicts(conn, company_id, row.id),
        *_changes(changed),
        *_problems(problems, row.id),
    ]
    if linked is not None:
        events.append(
            {
                "at": linked.synced_at,
                "kind": "link",
                "title": "Both sides agreed last",
                "text": f"QuickBooks' id {linked.quickbooks_id}.",
            }
        )
    events.sort(key=_moment, reverse=True)
    return {
        "record": {
            "id": row.id,
            "name": shown_name(row),
            "origin": row.origin,
            "created_at": instant(row.created_at),
            "updated_at": instant(row.updated_at),
            "deleted_at": instant(row.deleted_at),
            "sync": sync_object(row.version, linked, open_changes[::-1], None),
        },
        "quickbooks": _quickbooks(linked),
        "compared": _compared(conn, company_id, resource, row),
        "blocked_by": [
            {"number": one.number, "title": one.title, "text": one.text, "advice": one.advice}
            for one in problems
            if one.resolved_at is None
        ],
        "events": [event | {"at": instant(event["at"])} for event in events[:events_max]],
    }


def _moment(event: Values) -> datetime:
    moment: datetime = event["at"]
    return moment


def _quickbooks(linked: Row[Any] | None) -> Values | None:
    if linked is None:
        return None
    return {
        "id": linked.quickbooks_id,
        "noun": linked.noun,
        "edit_sequence": linked.edit_sequence,
        "time_modified": linked.time_modified,
        "synced_version": linked.synced_version,
        "synced_at": instant(linked.synced_at),
        "gone_at": instant(linked.gone_at),
    }


def _compared(conn: Connection, company_id: str, resource: str, row: Any) -> list[Values]:
    """Each shared field with the App's present value and QuickBooks' last one."""
    shape = shape_of(resource)
    base = row.base
    loaded = Loaded(conn, company_id, resource).take([row], quickbooks_ids(resource, base))
    plain = loaded.values(row.id)
    both = [(resource, plain), (resource, base)]
    names = Names(conn, company_id, [], both, loaded.links.values())
    ours = canonical(shape.entity, plain)
    return [
        {
            "field": part.name,
            "lines": isinstance(part, Lines),
            "cashflow": names.readable(part, plain.get(part.name)),
            "quickbooks": names.readable(part, base.get(part.name)) if base else None,
            "same": base is None
            or part.name not in base
            or same(part, ours.get(part.name), base[part.name]),
        }
        for part in shape.entity.shared_parts
    ]


def _acts_and_conflicts(conn: Connection, company_id: str, record_id: str) -> Iterable[Values]:
    """What people and programs did with it, and what both sides changed; one query."""
    acts = (
        select(
            literal("app").label("kind"),
            audit.c.id,
            audit.c.at,
            audit.c.act.label("title"),
            audit.c.who,
            audit.c.detail,
            cast(null(), String(12)).label("winner"),
            cast(null(), String(10)).label("settlement"),
            cast(null(), Key).label("session_id"),
        )
        .where(audit.c.company_id == company_id, audit.c.record_id == record_id)
        .order_by(audit.c.at.desc())
    )
    conflicts = (
        select(
            literal("conflict").label("kind"),
            conflict.c.id,
            conflict.c.at,
            conflict.c.field.label("title"),
            cast(null(), String(200)).label("who"),
            cast(null(), JSON).label("detail"),
            conflict.c.winner,
            conflict.c.settlement,
            conflict.c.session_id,
        )
        .where(conflict.c.company_id == company_id, conflict.c.record_id == record_id)
        .order_by(conflict.c.at.desc())
    )
    parts = [select(part.limit(events_max).subquery()) for part in (acts, conflicts)]
    for row in conn.execute(union_all(*parts)):
        yield _act(row) if row.kind == "app" else _conflict(row)


def _act(row: Row[Any]) -> Values:
    fields = (row.detail or {}).get("fields")
    return {
        "at": row.at,
        "kind": row.kind,
        "title": row.title,
        "who": row.who,
        "text": ", ".join(fields) if fields else None,
    }


def _conflict(row: Row[Any]) -> Values:
    return {
        "at": row.at,
        "kind": row.kind,
        "title": row.title,
        "state": row.settlement or "open",
        "text": f"{WON[row.winner]} won",
        "conflict_id": row.id,
        "session_id": row.session_id,
    }


def _changed(conn: Connection, company_id: str, record_id: str) -> Sequence[Row[Any]]:
    """Each change that was to go, newest first, with the exchange in which it went."""
    query = (
        select(change, exchange.c.number, exchange.c.sent_at, exchange.c.answered_at)
        .add_columns(exchange.c.session_id.label("sent_in"), exchange.c.state.label("outcome"))
        .outerjoin(
            exchange,
            (exchange.c.company_id == change.c.company_id)
            & (exchange.c.id == change.c.exchange_id),
        )
        .where(change.c.company_id == company_id, change.c.record_id == record_id)
    )
    return conn.execute(query.order_by(change.c.made_at.desc()).limit(events_max)).all()


def _changes(changed: Iterable[Row[Any]]) -> Iterable[Values]:
    for row in changed:
        yield {
            "at": row.made_at,
            "kind": "change",
            "title": row.action,
            "state": row.state,
            "text": row.reason or (f"waits for {row.waits_for}" if row.waits_for else None),
            "attempts": row.attempts,
        }
        if row.sent_at is not None:
            yield {
                "at": row.answered_at or row.sent_at,
                "kind": "exchange",
                "title": row.action,
                "state": row.outcome,
                "number": row.number,
                "session_id": row.sent_in,
            }


def _problem_rows(conn: Connection, company_id: str, ids: set[str]) -> Sequence[Row[Any]]:
    query = select(problem).where(
        problem.c.company_id == company_id, problem.c.record_id.in_(sorted(ids))
    )
    return conn.execute(query.order_by(problem.c.opened_at.desc()).limit(events_max)).all()


def _problems(rows: Iterable[Row[Any]], record_id: str) -> Iterable[Values]:
    for row in rows:
        if row.record_id != record_id:
            continue
        yield {
            "at": row.opened_at,
            "kind": "problem",
            "title": row.title,
            "state": row.resolution or ("resolved" if row.resolved_at else "open"),
            "text": row.text,
            "number": row.number,
            "session_id": row.session_id,
        }
