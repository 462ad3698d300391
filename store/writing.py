"""The App's acts on records: make, change, delete, approve; each with its change and audit row.

Owns writing rows and lines in the caller's transaction. It must not know JSON nor QuickBooks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from store import changes, feed, holding, problems, rules, scheduling
from store.bodies import read_body
from store.changes import Action
from store.drafts import Draft, Row
from store.ledger import LINE_TABLES, TABLES
from store.naming import rename_below
from store.people import audit_row
from store.reading import find_row, shown
from store.rows import lines_of
from store.shapes import APP_ALONE, Shape
from store.syncing import dangling, problem


def create_record(
    conn: Connection, company_id: str, shape: Shape, body: Any, now: datetime, who: str
) -> str:
    """Make a record; gives its id."""
    rules.company_open(conn, company_id)
    rules.may_create(shape.entity)
    given = read_body(conn, company_id, shape, body, None)
    draft = Draft(conn, company_id, shape, given, None, {})
    draft.complete()
    own = {
        "company_id": company_id,
        "origin": "app",
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    conn.execute(insert(TABLES[shape.entity.resource]).values(**draft.row, **own))
    _write_lines(draft, draft.row["id"])
    _noted(conn, company_id, shape, draft.row["id"], Action.ADD, now)
    _audited(conn, company_id, shape, draft.row["id"], "create", who, now)
    return str(draft.row["id"])


def change_record(
    conn: Connection,
    company_id: str,
    shape: Shape,
    record_id: str,
    body: Any,
    now: datetime,
    who: str,
) -> str:
    """Change what the body names; a body that changes nothing leaves no trace."""
    rules.company_open(conn, company_id)
    row = find_row(conn, company_id, shape, record_id, to_change=True)
    rules.may_change(conn, shape.entity, row)
    present = shown(conn, company_id, shape, [row])[0]
    given = read_body(conn, company_id, shape, body, present)
    before: Row = row._asdict()
    draft = Draft(conn, company_id, shape, given, before, _lines_of(conn, company_id, shape, row))
    draft.complete()
    if not draft.changed:
        return str(row.id)
    table = TABLES[shape.entity.resource]
    differing = {name: value for name, value in draft.row.items() if before[name] != value}
    fields = sorted({*differing, *(name for name in draft.lines if _differ(draft, name))})
    travels = not APP_ALONE.issuperset(fields)
    conn.execute(
        update(table)
        .where(table.c.company_id == company_id, table.c.id == row.id)
        .values(**differing | {"version": row.version + travels, "updated_at": now})
    )
    _write_lines(draft, row.id)
    _forget_dangling(draft)
    if differing.get("approval") == "approved":
        holding.wake(conn, company_id, row.id)
    if "full_name" in differing:
        rename_below(conn, table, company_id, row.id, draft.row["full_name"], now)
    if travels:
        _noted(conn, company_id, shape, row.id, Action.MOD, now)
    _audited(conn, company_id, shape, row.id, "change", who, now, fields)
    return str(row.id)


def delete_record(
    conn: Connection, company_id: str, shape: Shape, record_id: str, now: datetime, who: str
) -> str:
    """Mark a record as deleted, so that QuickBooks deletes it too."""
    rules.company_open(conn, company_id)
    row = find_row(conn, company_id, shape, record_id, to_change=True)
    rules.may_delete(conn, shape.entity, row)
    table = TABLES[shape.entity.resource]
    conn.execute(
        update(table)
        .where(table.c.company_id == company_id, table.c.id == row.id)
        .values(deleted_at=now, updated_at=now, version=row.version + 1)
    )
    ended = _end_problems(conn, company_id, row.id, now)
    _noted(conn, company_id, shape, row.id, Action.DELETE, now)
    _audited(conn, company_id, shape, row.id, "delete", who, now)
    feed.publish(conn, company_id, ended, now)
    return str(row.id)


def void_record(
    conn: Connection, company_id: str, shape: Shape, record_id: str, now: datetime, who: str
) -> str:
    """Void a payment or transfer: one that never went never goes, the others are undone."""
    rules.company_open(conn, company_id)
    row = find_row(conn, company_id, shape, record_id, to_change=True)
    rules.may_void(conn, shape.entity, row)
    if row.voided_at is None:
        table = TABLES[shape.entity.resource]
        conn.execute(
            update(table)
            .where(table.c.company_id == company_id, table.c.id == row.id)
            .values(voided_at=now, updated_at=now, version=row.version + 1)
        )
        ended = _end_problems(conn, company_id, row.id, now)
        _noted(conn, company_id, shape, row.id, Action.VOID, now)
        _audited(conn, company_id, shape, row.id, "void", who, now)
        feed.publish(conn, company_id, ended, now)
    return str(row.id)


def _end_problems(
    conn: Connection, company_id: str, record_id: str, now: datetime
) -> list[feed.Notice]:
    """What was wrong with it no longer matters; undoing it opens a problem of its own."""
    of_record = (problem.c.company_id == company_id, problem.c.record_id == record_id)
    return problems.resolve(conn, of_record, "done", now)


def approve_record(
    conn: Connection, company_id: str, shape: Shape, record_id: str, now: datetime, who: str
) -> str:
    """Approve a document. Its version stays: approval never goes to QuickBooks."""
    rules.company_open(conn, company_id)
    row = find_row(conn, company_id, shape, record_id, to_change=True)
    rules.may_approve(shape.entity, row)
    if row.approval != "approved":
        table = TABLES[shape.entity.resource]
        conn.execute(
            update(table)
            .where(table.c.company_id == company_id, table.c.id == row.id)
            .values(approval="approved", updated_at=now)
        )
        holding.wake(conn, company_id, row.id)
        _audited(conn, company_id, shape, row.id, "approve", who, now)
    return str(row.id)


def _lines_of(conn: Connection, company_id: str, shape: Shape, row: Any) -> dict[str, list[Row]]:
    resource = shape.entity.resource
    found = lines_of(conn, company_id, resource, [row.id])
    kept: dict[str, list[Row]] = {}
    for line in shape.lines:
        columns = set(LINE_TABLES[resource, line.part.name].c.keys()) - {"company_id", "owner_id"}
        kept[line.part.name] = [
            {column: getattr(inner, column) for column in columns}
            for inner in found.get((line.part.name, row.id), ())
        ]
    return kept


def _differ(draft: Draft, name: str) -> bool:
    return draft.lines[name] != draft.lines_before.get(name, [])


def _write_lines(draft: Draft, owner_id: str) -> None:
    """Replace the lines that differ; they keep their ids, and so their lines in QuickBooks."""
    for name, lines in draft.lines.items():
        if not _differ(draft, name):
            continue
        table = LINE_TABLES[draft.entity.resource, name]
        draft.conn.execute(
            delete(table).where(
                table.c.company_id == draft.company_id, table.c.owner_id == owner_id
            )
        )
        own = {"company_id": draft.company_id, "owner_id": owner_id}
        if lines:
            draft.conn.execute(insert(table), [line | own for line in lines])


def _forget_dangling(draft: Draft) -> None:
    """Where a person gave a reference, the one that QuickBooks still owed is no longer wanted."""
    rows = draft.conn.execute(
        select(dangling.c.id, dangling.c.lines, dangling.c.line_id, dangling.c.field).where(
            dangling.c.company_id == draft.company_id, dangling.c.record_id == draft.row["id"]
        )
    ).all()
    answered = []
    for row in rows:
        if row.line_id is None:
            given = row.field in draft.given.columns
        elif row.lines in draft.given.lines:
            named = {line.id: line.columns for line in draft.given.lines[row.lines]}
            given = row.line_id not in named or row.field in named[row.line_id]
        else:
            given = False
        if given:
            answered.append(row.id)
    if answered:
        draft.conn.execute(
            delete(dangling).where(
                dangling.c.company_id == draft.company_id, dangling.c.id.in_(answered)
            )
        )


def _noted(
    conn: Connection, company_id: str, shape: Shape, record_id: str, action: Action, now: datetime
) -> None:
    changes.record(conn, company_id, shape.entity, [record_id], action, now)
    scheduling.place(conn, company_id, shape.entity, [record_id], now)


def _audited(
    conn: Connection,
    company_id: str,
    shape: Shape,
    record_id: str,
    act: str,
    who: str,
    now: datetime,
    fields: list[str] | None = None,
) -> None:
    """Which record and which fields; never what they hold."""
    detail: dict[str, Any] = {"record": record_id}
    if fields:
        detail["fields"] = fields
    audit_row(conn, company_id, who, f"{shape.entity.resource}.{act}", detail, now)
