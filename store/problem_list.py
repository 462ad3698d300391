"""The problem inbox as people read it.

Owns reading `problem`, with the record's name beside it. It must not open or resolve one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, select, union_all

from store import candidates
from store.ledger import TABLES
from store.overview import instant
from store.problems import DUPLICATES
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
    names = record_names(conn, rows)
    alike = _alike(conn, rows)
    return [
        facts(row, names) | {"candidates": alike.get((row.company_id, row.record_id), [])}
        for row in rows
    ]


def _alike(conn: Connection, rows: Any) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What QuickBooks has that looks like the record, by company and record, in few words."""
    wanted: dict[str, list[str]] = {}
    for row in rows:
        if row.kind in DUPLICATES and row.record_id is not None and row.resolved_at is None:
            wanted.setdefault(row.company_id, []).append(row.record_id)
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for company_id, ids in wanted.items():
        for row in candidates.undecided(conn, company_id, ids):
            found.setdefault((company_id, row.record_id), []).append(candidates.brief(row))
    return found


def record_names(conn: Connection, rows: Sequence[Row[Any]]) -> dict[tuple[str, str], str]:
    """What the records of these rows are called, by company and id; one query for all."""
    wanted: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        if row.record_id is not None and row.resource in TABLES:
            wanted.setdefault(row.resource, []).append((row.company_id, row.record_id))
    parts = []
    for resource, keys in wanted.items():
        table = TABLES[resource]
        parts.append(
            select(table.c.company_id, table.c.id, shown_column(table).label("shown")).where(
                table.c.company_id.in_({company_id for company_id, _ in keys}),
                table.c.id.in_({record_id for _, record_id in keys}),
            )
        )
    if not parts:
        return {}
    return {(row.company_id, row.id): row.shown or "" for row in conn.execute(union_all(*parts))}


def facts(
    row: Row[Any], names: dict[tuple[str, str], str], company_name: str | None = None
) -> dict[str, Any]:
    """One problem, JSON-ready; `names` from `record_names`."""
    record = None
    if row.record_id is not None:
        record = {
            "id": row.record_id,
            "resource": row.resource,
            "name": names.get((row.company_id, row.record_id), ""),
        }
    return {
        "number": row.number,
        "company": {"id": row.company_id, "name": company_name or row.company_name},
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
