"""The problem inbox as people read it.

Owns reading `problem`, with the record's name beside it. It must not open or resolve one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, select

from store.ledger import TABLES
from store.overview import instant
from store.rows import shown_column
from store.syncing import company, problem

problems_max = 1000


def list_problems(
    conn: Connection,
    company_id: str | None = None,
    *,
    resolved: bool = False,
    limit: int = problems_max,
) -> list[dict[str, Any]]:
    """The open problems (`resolved`: all) of a company (None: of all), latest seen first."""
    query = problem_query()
    if company_id is not None:
        query = query.where(problem.c.company_id == company_id)
    if not resolved:
        query = query.where(problem.c.resolved_at.is_(None))
    rows = conn.execute(
        query.order_by(problem.c.last_seen_at.desc(), problem.c.id.desc()).limit(
            min(limit, problems_max)
        )
    ).all()
    return shown_problems(conn, list(rows))


def problem_query() -> Select[Any]:
    """Problems with their company's name, for `shown_problems`."""
    return select(problem, company.c.name.label("company_name")).join(
        company, company.c.id == problem.c.company_id
    )


def shown_problems(conn: Connection, rows: list[Row[Any]]) -> list[dict[str, Any]]:
    """These rows as people and programs read them."""
    names = _names(conn, rows)
    return [_facts(row, names) for row in rows]


def _names(conn: Connection, rows: list[Row[Any]]) -> dict[tuple[str, str], str]:
    """What the records are called, by company and id; one query per company and resource."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.record_id is not None and row.resource in TABLES:
            wanted.setdefault((row.company_id, row.resource), []).append(row.record_id)
    found: dict[tuple[str, str], str] = {}
    for (company_id, resource), ids in wanted.items():
        table = TABLES[resource]
        name = shown_column(table)
        for record_id, text in conn.execute(
            select(table.c.id, name).where(table.c.company_id == company_id, table.c.id.in_(ids))
        ):
            found[company_id, record_id] = text or ""
    return found


def _facts(row: Row[Any], names: dict[tuple[str, str], str]) -> dict[str, Any]:
    record = None
    if row.record_id is not None:
        record = {
            "id": row.record_id,
            "resource": row.resource,
            "name": names.get((row.company_id, row.record_id), ""),
        }
    return {
        "number": row.number,
        "company": {"id": row.company_id, "name": row.company_name},
        "kind": row.kind,
        "title": row.title,
        "text": row.text,
        "advice": row.advice,
        "code": row.code,
        "quickbooks_text": row.quickbooks_text,
        "record": record,
        "opened_at": instant(row.opened_at),
        "last_seen_at": instant(row.last_seen_at),
        "resolved_at": instant(row.resolved_at),
        "resolution": row.resolution,
        "count": row.count,
    }
