"""Finding a record, session or exchange by whatever a caller reads out on the telephone.

Owns what can be searched: names, numbers, amounts, QuickBooks' ids, our ids, request ids, tickets.
It must not change anything. Every query names the company, or all that the person may see. Ids are
found through the keys of each company; parts of names only where few companies are to be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Connection, Select, Table, func, literal, or_, select, union, union_all

from qbxml.entities import ENTITIES
from store.errors import FieldError, Invalid
from store.ledger import TABLES
from store.overview import instant
from store.problem_list import record_names
from store.rows import shown_column
from store.sessions import ticket_hash
from store.shapes import SHAPES
from store.syncing import change, company, exchange, link, session
from store.types import is_key

query_characters_min = 2
query_characters_max = 200
hits_per_kind_max = 20
companies_read_max = 100
"""In how many companies records are looked for by a part of their name, a number or an amount."""

Values = dict[str, Any]

_ID = re.compile(r"[0-9A-Fa-f-]{3,40}")
_AMOUNT = re.compile(r"-?\$?[0-9][0-9,]*(\.[0-9]{1,2})?")
_AMOUNT_COLUMNS = ("amount", "total", "subtotal", "balance_remaining")
_NOUNS = sorted({entity.query_noun for entity in ENTITIES})
_TEXT_COLUMNS = ("name", "full_name", "company_name", "number", "po_number")


def search(conn: Connection, text: str, company_ids: Sequence[str] | None) -> Values:
    """What `text` finds in these companies (None: in all).

    Gives `companies`, `records`, `sessions`; each at most `hits_per_kind_max`. `narrow`: there are
    more than `companies_read_max` companies, so records were found by their ids only. Invalid when
    the text is too short or too long to look for.
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
        return {"companies": [], "records": [], "sessions": [], "narrow": False}
    narrow = are_many(conn, company_ids)
    return {
        "companies": _companies(conn, wanted, company_ids),
        "records": _records(conn, wanted, company_ids, by_text=not narrow),
        "sessions": _sessions(conn, wanted, company_ids),
        "narrow": narrow,
    }


def are_many(conn: Connection, company_ids: Sequence[str] | None) -> bool:
    """Whether these are more companies than are read for a part of a name."""
    if company_ids is not None:
        return len(company_ids) > companies_read_max
    one_more = select(company.c.id).offset(companies_read_max).limit(1)
    return conn.execute(one_more).first() is not None


def named(conn: Connection, text: str, company_ids: Sequence[str] | None) -> list[str]:
    """Of these companies (None: of all) those whose name holds the text, the first by name."""
    query = select(company.c.id).where(_contains(company.c.name, " ".join(text.split())))
    found = _within(query, company, company_ids).order_by(company.c.name)
    return list(conn.execute(found.limit(companies_read_max)).scalars())


def _within(query: Select[Any], table: Table, company_ids: Sequence[str] | None) -> Select[Any]:
    """All companies are named one by one too: their keys are the beginning of every index."""
    column = table.c.id if table is company else table.c.company_id
    if company_ids is not None:
        return query.where(column.in_(company_ids))
    return query if table is company else query.where(column.in_(select(company.c.id)))


def _contains(column: Any, text: str) -> Any:
    return func.lower(column).contains(text.lower(), autoescape=True)


def _companies(conn: Connection, text: str, company_ids: Sequence[str] | None) -> list[Values]:
    query = select(company.c.id, company.c.name).where(
        company.c.id == text if is_key(text) else _contains(company.c.name, text)
    )
    found = _within(query, company, company_ids).order_by(company.c.name).limit(hits_per_kind_max)
    return [{"id": row.id, "name": row.name} for row in conn.execute(found)]


def _records(
    conn: Connection, text: str, company_ids: Sequence[str] | None, *, by_text: bool
) -> list[Values]:
    found: dict[tuple[str, str, str], str | None] = {}
    if by_text:
        for row in conn.execute(_in_tables(text, company_ids)):
            found[row.company_id, row.resource, row.record_id] = row.shown
    if _ID.fullmatch(text):
        missing = [
            row
            for row in conn.execute(_by_id(text, company_ids))
            if (row.company_id, row.resource, row.record_id) not in found
        ]
        names = record_names(conn, missing)
        for row in missing:
            name = names.get((row.company_id, row.record_id))
            found[row.company_id, row.resource, row.record_id] = name
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
    for resource in SHAPES:
        table = TABLES[resource]
        where = [_contains(table.c[name], text) for name in _TEXT_COLUMNS if name in table.c]
        if amount is not None:
            where += [table.c[name] == amount for name in _AMOUNT_COLUMNS if name in table.c]
        if where:
            shown = shown_column(table).label("shown")
            parts.append(_living(resource, company_ids, shown).where(or_(*where)))
    return _first(parts)


def _living(resource: str, company_ids: Sequence[str] | None, *more: Any) -> Select[Any]:
    """The records of one type."""
    table, entity = TABLES[resource], SHAPES[resource].entity
    query = select(
        table.c.company_id,
        literal(resource).label("resource"),
        table.c.id.label("record_id"),
        *more,
    )
    if entity.child is not None:
        query = query.where(table.c.parent_id.is_not(None) == entity.child)
    return _within(query, table, company_ids)


def _first(parts: Sequence[Select[Any]]) -> Select[Any]:
    """The first hits of all these together."""
    few = [select(part.limit(hits_per_kind_max).subquery()) for part in parts]
    return select(union_all(*few).limit(hits_per_kind_max).subquery())


def _by_id(text: str, company_ids: Sequence[str] | None) -> Select[Any]:
    """By QuickBooks' id, by our own, or by that of one of our changes."""
    key = text.lower()
    if not is_key(key):
        linked = select(link.c.company_id, link.c.resource, link.c.record_id).where(
            link.c.noun.in_(_NOUNS), link.c.quickbooks_id == text
        )
        return _within(linked, link, company_ids).limit(hits_per_kind_max)
    asked = select(change.c.company_id, change.c.resource, change.c.record_id)
    return _first(
        [
            _within(asked.where(change.c.id == key), change, company_ids),
            *(_living(one, company_ids).where(TABLES[one].c.id == key) for one in SHAPES),
        ]
    )


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
    key = select(session.c.company_id, session.c.id)
    sets = select(exchange.c.company_id, exchange.c.session_id.label("id"))
    parts = [
        key.where(session.c.ticket_hash == ticket_hash(text)),
        _within(sets.where(exchange.c.message_set_id == text), exchange, company_ids),
    ]
    if is_key(text.lower()):
        parts.append(_within(key.where(session.c.id == text.lower()), session, company_ids))
    found = union(*parts).subquery()
    query = (
        select(session, company.c.name)
        .join(company, company.c.id == session.c.company_id)
        .join(found, (found.c.company_id == session.c.company_id) & (found.c.id == session.c.id))
    )
    rows = conn.execute(
        _within(query, company, company_ids)
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
