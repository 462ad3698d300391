"""What people see of a company: its state, its connector, its counts, backlog and last session.

Owns these summaries as JSON-ready dicts, in a bounded number of queries. It must not change
anything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal, select, union_all

from qbxml.entities import ENTITIES
from store import earlier
from store.changes import State
from store.ledger import TABLES, bank_balance
from store.preferences import Preferences
from store.preview import first_sync
from store.syncing import change, company, connector, problem, session
from store.tenants import load, load_connector


def instant(moment: datetime | None) -> str | None:
    """A moment as ISO text in UTC."""
    return moment.isoformat() if moment is not None else None


def list_companies(conn: Connection) -> list[dict[str, Any]]:
    """All companies by name: state, last call, backlog and open problems."""
    backlog = _grouped(conn, change.c.company_id, change.c.finished_at)
    problems = _grouped(conn, problem.c.company_id, problem.c.resolved_at)
    rows = conn.execute(
        select(company, connector.c.username, connector.c.last_call_at)
        .join(connector, connector.c.company_id == company.c.id)
        .order_by(company.c.name, company.c.id)
    )
    return [
        _company_facts(row)
        | {
            "username": row.username,
            "last_call_at": instant(row.last_call_at),
            "backlog": backlog.get(row.id, 0),
            "open_problems": problems.get(row.id, 0),
        }
        for row in rows
    ]


def _grouped(conn: Connection, by: Any, ended: Any) -> dict[str, int]:
    """How many rows are not ended, per company."""
    counted = conn.execute(
        select(by.label("company_id"), func.count().label("rows"))
        .where(ended.is_(None))
        .group_by(by)
    )
    return {row.company_id: row.rows for row in counted}


def _company_facts(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "time_zone": row.time_zone,
        "start_date": row.start_date.isoformat() if row.start_date else None,
        "connected_at": instant(row.connected_at),
        "preview": row.preview,
        "created_at": instant(row.created_at),
    }


def show(conn: Connection, company_id: str) -> dict[str, Any]:
    """Everything about one company; NotFound when there is none."""
    row = load(conn, company_id)
    return _company_facts(row) | {
        "preferences": Preferences.from_json(row.preferences).to_json(),
        "connector": _connector_facts(load_connector(conn, company_id)),
        "records": counts(conn, company_id),
        "backlog": backlog(conn, company_id),
        "first_sync": first_sync(conn, company_id) if row.preview else None,
        "earlier": earlier.counts(conn, company_id),
        "open_problems": _open_problems(conn, company_id),
        "last_session": _last_session(conn, company_id),
    }


def _connector_facts(line: Row[Any]) -> dict[str, Any]:
    return {
        "username": line.username,
        "owner_id": line.owner_id,
        "file_id": line.file_id,
        "every_minutes": line.every_minutes,
        "company_file_name": line.company_file_name,
        "paths": line.paths,
        "stamped": line.stamped,
        "awaiting": line.awaiting,
        "last_call_at": instant(line.last_call_at),
        "last_full_session_at": instant(line.last_full_session_at),
    }


def counts(conn: Connection, company_id: str) -> dict[str, int]:
    """Records per API resource, deleted ones left out; one query for all."""
    parts = []
    for entity in ENTITIES:
        table = TABLES[entity.resource]
        where = [table.c.company_id == company_id, table.c.deleted_at.is_(None)]
        if entity.child is not None:
            where.append(table.c.parent_id.is_not(None) == entity.child)
        parts.append(_counted(entity.resource, func.count()).select_from(table).where(*where))
    accounts = func.count(bank_balance.c.account_id.distinct())
    parts.append(_counted("bank-balances", accounts).where(bank_balance.c.company_id == company_id))
    found = {row.resource: row.records for row in conn.execute(union_all(*parts))}
    order = [*(entity.resource for entity in ENTITIES), "bank-balances"]
    return {resource: found[resource] for resource in order}


def _counted(resource: str, records: ColumnElement[int]) -> Select[str, int]:
    return select(literal(resource).label("resource"), records.label("records"))


def backlog(conn: Connection, company_id: str) -> dict[str, dict[str, int]]:
    """Unfinished changes per resource and state; resources without any are left out."""
    found: dict[str, dict[str, int]] = {}
    for resource, state, count in conn.execute(
        select(change.c.resource, change.c.state, func.count())
        .where(change.c.company_id == company_id, change.c.finished_at.is_(None))
        .group_by(change.c.resource, change.c.state)
        .order_by(change.c.resource, change.c.state)
    ):
        found.setdefault(resource, {})[State(state).value] = count
    return found


def _open_problems(conn: Connection, company_id: str) -> int:
    return conn.execute(
        select(func.count())
        .select_from(problem)
        .where(problem.c.company_id == company_id, problem.c.resolved_at.is_(None))
    ).scalar_one()


def _last_session(conn: Connection, company_id: str) -> dict[str, Any] | None:
    row = conn.execute(
        select(session)
        .where(session.c.company_id == company_id)
        .order_by(session.c.started_at.desc(), session.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return {
        "id": row.id,
        "started_at": instant(row.started_at),
        "ended_at": instant(row.ended_at),
        "outcome": row.outcome,
        "text": row.text,
        "calls": row.calls,
        "changes_in": row.changes_in,
        "changes_out": row.changes_out,
        "problems": row.problems,
        "percent": row.percent,
        "quickbooks": row.quickbooks,
        "web_connector": row.web_connector,
        "company_file": row.company_file,
    }
