"""The matching of a whole company as people see it: likely duplicates, and names without a partner.

Owns these lists in a fixed number of queries. What looks alike is `matching.py`'s and
`candidates.py`'s, what a person does about it `problem_acts.py`'s; it must not change anything.
"""

from __future__ import annotations

import re
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    String,
    Table,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from qbxml.entities import ENTITIES
from qbxml.entity import Entity, Family
from store import candidates
from store.ledger import TABLES
from store.problems import DUPLICATES
from store.rows import shown_column
from store.syncing import change, link, problem

page_duplicates = 10
unmatched_max = 200
"""Per record type."""

Values = dict[str, Any]

_LISTS: Final = tuple(
    entity for entity in ENTITIES if entity.family is Family.LIST and entity.push.new
)
# What people leave out or add when they write the same name a second time.
_NOISE = re.compile(r"\b(the|and|inc|llc|ltd|co|corp|company|incorporated|limited)\b|[^a-z0-9]+")


def duplicates(conn: Connection, company_id: str, resource: str | None, page: int) -> Values:
    """`kinds` (record type, count), `rows` of one type with `candidates` side by side, `pages`.

    `resource` None, or one without duplicates: the type that has most.
    """
    where = (
        problem.c.company_id == company_id,
        problem.c.kind.in_(DUPLICATES),
        problem.c.resolved_at.is_(None),
        problem.c.record_id.is_not(None),
    )
    kinds: dict[str, int] = {
        row.resource: row.records
        for row in conn.execute(
            select(problem.c.resource, func.count().label("records"))
            .where(*where)
            .group_by(problem.c.resource)
            .order_by(func.count().desc(), problem.c.resource)
        )
    }
    if not kinds:
        return {"kinds": {}, "resource": None, "rows": [], "page": 1, "pages": 1, "found": 0}
    chosen = resource if resource is not None and resource in kinds else next(iter(kinds))
    pages = -(-kinds[chosen] // page_duplicates)
    page = min(max(1, page), pages)
    table = TABLES[chosen]
    shown = shown_column(table).name
    mine = (table.c.company_id == problem.c.company_id) & (table.c.id == problem.c.record_id)
    rows = conn.execute(
        select(table, problem.c.number.label("problem"), problem.c.title.label("problem_title"))
        .select_from(problem.join(table, mine))
        .where(*where, problem.c.resource == chosen)
        .order_by(problem.c.opened_at, problem.c.id)
        .limit(page_duplicates)
        .offset((page - 1) * page_duplicates)
    ).all()
    alike = candidates.all_side_by_side(conn, company_id, chosen, rows)
    return {
        "kinds": kinds,
        "resource": chosen,
        "rows": [
            {
                "number": row.problem,
                "title": row.problem_title,
                "record_id": row.id,
                "name": getattr(row, shown),
                "candidates": alike.get(row.id, []),
            }
            for row in rows
        ],
        "page": page,
        "pages": pages,
        "found": kinds[chosen],
    }


def unmatched(conn: Connection, company_id: str) -> list[Values]:
    """Accounts and names of CashFlow that no link joins to QuickBooks, by type; one query.

    Each with `state` of what waits for it (None: nothing) and `similar`: linked records whose
    name is the same but for capitals, spaces, points and words like Inc.
    """
    parts = [part for entity in _LISTS for part in _both(company_id, entity)]
    rows: list[Row[Any]] = []
    near: dict[tuple[str, str], list[Values]] = {}
    for row in conn.execute(union_all(*parts)):
        if row.quickbooks_id is None:
            rows.append(row)
            continue
        other = {"id": row.id, "name": row.shown, "quickbooks_id": row.quickbooks_id}
        near.setdefault((row.resource, _plain(row.shown)), []).append(other)
    return [
        {
            "resource": row.resource,
            "id": row.id,
            "name": row.shown,
            "state": row.state,
            "similar": near.get((row.resource, _plain(row.shown)), []),
        }
        for row in rows
    ]


def _plain(name: str | None) -> str:
    return _NOISE.sub("", (name or "").lower())


def _living(company_id: str, entity: Entity, *columns: Any) -> Select[Any]:
    table = TABLES[entity.resource]
    query = select(
        literal(entity.resource).label("resource"),
        table.c.id,
        shown_column(table).label("shown"),
        *columns,
    ).where(table.c.company_id == company_id, table.c.deleted_at.is_(None))
    if entity.child is not None:
        query = query.where(table.c.parent_id.is_not(None) == entity.child)
    return query


def _both(company_id: str, entity: Entity) -> tuple[Select[Any], Select[Any]]:
    """The records of one type without a link; where there are any, also those that have one.

    Links and changes are looked up record by record: a join may be carried out as one of all
    records with all links, where PostgreSQL takes a large company for one like the others.
    """
    table = TABLES[entity.resource]
    linked_as = _of_record(table, link, link.c.quickbooks_id)
    waits = _of_record(table, change, change.c.state).where(change.c.finished_at.is_(None))
    waits = waits.order_by(change.c.id.desc()).limit(1)
    none = cast(null(), String(36)).label("quickbooks_id")
    without = _living(company_id, entity, waits.scalar_subquery().label("state"), none)
    without = without.where(linked_as.scalar_subquery().is_(None))
    first = without.order_by(table.c.id).limit(unmatched_max).subquery()
    there = linked_as.where(link.c.gone_at.is_(None)).scalar_subquery().label("quickbooks_id")
    state = cast(null(), String(12)).label("state")
    linked = _living(company_id, entity, state, there).subquery()
    some = exists(select(first.c.id))
    return select(first), select(linked).where(linked.c.quickbooks_id.is_not(None), some)


def _of_record(table: Table, other: Table, column: Any) -> Select[Any]:
    """What the other table has about each record."""
    return (
        select(column)
        .where(other.c.company_id == table.c.company_id, other.c.record_id == table.c.id)
        .correlate(table)
    )
