"""Finding a record, session or exchange by whatever a caller reads out on the telephone.

Owns what can be searched: names, numbers, amounts, QuickBooks' ids, our ids, request ids, tickets.
It must not change anything. Every query names the company, or all that the person may see.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, Select, Table, func, literal, or_, select, union_all

from store.errors import FieldError, Invalid
from store.ledger import TABLES
from store.overview import instant
from store.rows import names_of, shown_column
from store.sessions import ticket_hash
from store.shapes import SHAPES
from store.syncing import change, company, exchange, link, session
from store.types import is_key

query_characters_min = 2
query_characters_max = 200
hits_per_kind_max = 20

Values = dict[str, Any]

_ID = re.compile(r"[0-9A-Fa-f-]{3,40}")
_AMOUNT = re.compile(r"-?\$?[0-9][0-9,]*(\.[0-9]{1,2})?")
_AMOUNT_COLUMNS = ("amount", "total", "subtotal", "balance_remaining")
_TEXT_COLUMNS = ("name", "full_name", "company_name", "number", "po_number")


def search(conn: Connection, text: str, company_ids: Sequence[str] | None) -> Values:
    """What `text` finds in these companies (None: in all).

    Gives `companies`, `records`, `sessions`; each at most `hits_per_kind_max`. Invalid when the
    text is too short or too long to look for.
    """
    wanted = " ".join(text.split())
    if not query_characters_min <= len(wanted) <= query_characters_max:
        raise Invalid(
            (
                FieldError(
                    "/q",
                    f"Give {query_characters_min} to {query_characters_max} characters: a name, "
                    "number, amount, QuickBooks id, request id or session.",
                ),
            )
        )
    if company_ids is not None and not company_ids:
        return {"companies": [], "records": [], "sessions": []}
    return {
        "companies": _companies(conn, wanted, company_ids),
        "records": _records(conn, wanted, company_ids),
        "sessions": _sessions(conn, wanted, company_ids),
    }


def _within(query: Select[Any], table: Table, company_ids: Sequence[str] | None) -> Select[Any]:
    column = table.c.id if table is company else table.c.company_id
    return query if company_ids is None else query.where(column.in_(company_ids))


def _contains(column: Any, text: str) -> Any:
    return func.lower(column).contains(text.lower(), autoescape=True)


def _companies(conn: Connection, text: str, company_ids: Sequence[str] | None) -> list[Values]:
    query = select(company.c.id, company.c.name).where(
        company.c.id == text if is_key(text) else _contains(company.c.name, text)
    )
    found = _within(query, company, company_ids).order_by(company.c.name).limit(hits_per_kind_max)
    return [{"id": row.id, "name": row.name} for row in conn.execute(found)]


def _records(conn: Connection, text: str, company_ids: Sequence[str] | None) -> list[Values]:
    by_text = conn.execute(_in_tables(text, company_ids)).all()
    found = {(row.company_id, row.resource, row.record_id): row.shown for row in by_text}
    missing = []
    for row in conn.execute(_by_id(text, company_ids)) if _ID.fullmatch(text) else ():
        key = (row.company_id, row.resource, row.record_id)
        if key not in found:
            missing.append(key)
    for company_id in {company_id for company_id, _, _ in missing}:
        mine = [(resource, key) for owner, resource, key in missing if owner == company_id]
        names = names_of(conn, company_id, mine)
        found |= {(company_id, r, key): names.get(key) for r, key in mine}
    titles = _titles(conn, {company_id for company_id, _, _ in found})
    return [
        {
            "company": {"id": company_id, "name": titles.get(company_id)},
            "resource": resource,
            "id": record_id,
            "name": name,
        }
        for (company_id, resource, record_id), name in list(found.items())[:hits_per_kind_max]
    ]


def _in_tables(text: str, company_ids: Sequence[str] | None) -> Select[Any]:
    """Every table in one statement: the text in names and numbers, the amount in amounts."""
    amount = _amount(text)
    parts = []
    for resource, shape in SHAPES.items():
        table = TABLES[resource]
        where = [_contains(table.c[name], text) for name in _TEXT_COLUMNS if name in table.c]
        if amount is not None:
            where += [table.c[name] == amount for name in _AMOUNT_COLUMNS if name in table.c]
        if is_key(text.lower()):
            where.append(table.c.id == text.lower())
        if not where:
            continue
        query = select(
            table.c.company_id,
            literal(resource).label("resource"),
            table.c.id.label("record_id"),
            shown_column(table).label("shown"),
        ).where(or_(*where))
        if shape.entity.child is not None:
            query = query.where(table.c.parent_id.is_not(None) == shape.entity.child)
        query = _within(query, table, company_ids).limit(hits_per_kind_max)
        parts.append(select(query.subquery()))
    return select(union_all(*parts).limit(hits_per_kind_max).subquery())


def _by_id(text: str, company_ids: Sequence[str] | None) -> Select[Any]:
    """By QuickBooks' id, or by the id of one of our changes."""
    key = text.lower()
    linked = select(link.c.company_id, link.c.resource, link.c.record_id)
    if not is_key(key):
        linked = linked.where(link.c.quickbooks_id == text)
        return _within(linked, link, company_ids).limit(hits_per_kind_max)
    asked = select(change.c.company_id, change.c.resource, change.c.record_id)
    asked = asked.where(change.c.id == key)
    return _within(asked, change, company_ids).limit(hits_per_kind_max)


def _titles(conn: Connection, companies: set[str]) -> dict[str, str]:
    query = select(company.c.id, company.c.name).where(company.c.id.in_(companies))
    return {row.id: row.name for row in conn.execute(query)}


def _amount(text: str) -> Decimal | None:
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "").replace("$", ""))
    except InvalidOperation:
        return None


def _sessions(conn: Connection, text: str, company_ids: Sequence[str] | None) -> list[Values]:
    """By a session's id or ticket, or by a message set or request of it."""
    where = [session.c.ticket_hash == ticket_hash(text)]
    sets = select(exchange.c.session_id).where(exchange.c.message_set_id == text)
    where.append(session.c.id.in_(_within(sets, exchange, company_ids)))
    if is_key(text.lower()):
        where.append(session.c.id == text.lower())
    query = select(session, company.c.name).join(company, company.c.id == session.c.company_id)
    rows = conn.execute(
        _within(query.where(or_(*where)), session, company_ids)
        .order_by(session.c.started_at.desc())
        .limit(hits_per_kind_max)
    )
    return [
        {
            "id": row.id,
            "company": {"id": row.company_id, "name": row.name},
            "started_at": instant(row.started_at),
            "outcome": row.outcome or row.state,
        }
        for row in rows
    ]
