"""Open payables and receivables on both sides, the difference, and the records that explain it.

Owns this comparison. QuickBooks' side is what its payables and receivables accounts held when they
were last read; ours is what the App's documents leave open. It must not change anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, literal, select, union_all

from store.changes import Action
from store.ledger import TABLES, account
from store.overview import instant
from store.rows import shown_column
from store.syncing import change, connector
from store.tenants import load

records_max = 200
NOTHING = Decimal(0)

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of open document: its amount as QuickBooks last said it, else as the App made it."""

    resource: str
    open_column: str
    made_column: str
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Side:
    """What adds up to one total, and the accounts in which QuickBooks keeps it."""

    name: str
    account_type: str
    parts: tuple[Part, ...]
    only_quickbooks: str
    """What QuickBooks' total holds that never comes to the App, in an admin's words."""


SIDES: Final = (
    Side(
        "payables",
        "AccountsPayable",
        (
            Part("bills", "open_amount", "amount"),
            Part("vendor-credits", "open_amount", "amount", -1),
        ),
        "Bills and credits entered in QuickBooks that do not come to CashFlow, journal entries to "
        "accounts payable, and payments without a bill.",
    ),
    Side(
        "receivables",
        "AccountsReceivable",
        (Part("invoices", "balance_remaining", "subtotal"),),
        "Invoices dated before the start date, credit memos, unapplied payments, and journal "
        "entries to accounts receivable.",
    ),
)


def check(conn: Connection, company_id: str) -> list[Values]:
    """Both totals: `cashflow`, `quickbooks` (None: never read), `difference`, `records`; 6 queries.

    `records` (at most `records_max` of a kind) are the App's documents that QuickBooks does not
    have yet, with how much of the difference each explains; `explained` is what all of them
    explain, `unexplained` what remains.
    """
    load(conn, company_id)
    read_at = conn.execute(
        select(connector.c.last_full_session_at).where(connector.c.company_id == company_id)
    ).scalar_one()
    parts = {part.resource: part for side in SIDES for part in side.parts}
    ours = _sums(conn, [_whole(company_id, part) for part in parts.values()])
    explained = _sums(conn, [_to_go(company_id, part, _summed) for part in parts.values()])
    theirs = _quickbooks(conn, company_id)
    records: dict[str, list[Values]] = {}
    for row in conn.execute(union_all(*(_first_to_go(company_id, one) for one in parts.values()))):
        records.setdefault(row.resource, []).append(_record(parts[row.resource], row))
    return [
        _side(side, ours, explained, theirs.get(side.account_type), records)
        | {"as_of": instant(read_at)}
        for side in SIDES
    ]


def _side(
    side: Side,
    ours: dict[str, Decimal],
    explained: dict[str, Decimal],
    quickbooks: Decimal | None,
    records: dict[str, list[Values]],
) -> Values:
    cashflow = sum((part.sign * ours[part.resource] for part in side.parts), NOTHING)
    waiting = sum((part.sign * explained[part.resource] for part in side.parts), NOTHING)
    difference = None if quickbooks is None else cashflow - quickbooks
    return {
        "name": side.name,
        "cashflow": cashflow,
        "quickbooks": quickbooks,
        "difference": difference,
        "records": [one for part in side.parts for one in records.get(part.resource, ())],
        "explained": waiting,
        "unexplained": None if difference is None else difference - waiting,
        "only_quickbooks": side.only_quickbooks,
    }


def _sums(conn: Connection, queries: list[Select[Any]]) -> dict[str, Decimal]:
    """What each kind of document adds up to, by resource."""
    rows = conn.execute(union_all(*queries))
    return {row.resource: Decimal(row.amount or 0) for row in rows}


def _open_amount(part: Part) -> ColumnElement[Any]:
    table = TABLES[part.resource]
    return func.coalesce(table.c[part.open_column], table.c[part.made_column])


def _summed(part: Part) -> tuple[ColumnElement[Any], ...]:
    return (literal(part.resource).label("resource"), func.sum(_open_amount(part)).label("amount"))


def _whole(company_id: str, part: Part) -> Select[Any]:
    table = TABLES[part.resource]
    return select(*_summed(part)).where(
        table.c.company_id == company_id, table.c.deleted_at.is_(None)
    )


def _quickbooks(conn: Connection, company_id: str) -> dict[str, Decimal]:
    """By account type the sum over top-level accounts, whose totals hold those below them."""
    amount = func.coalesce(account.c.total_balance, account.c.balance)
    rows = conn.execute(
        select(account.c.type, func.sum(amount).label("total"))
        .where(
            account.c.company_id == company_id,
            account.c.type.in_([side.account_type for side in SIDES]),
            account.c.parent_id.is_(None),
            account.c.deleted_at.is_(None),
            amount.is_not(None),
        )
        .group_by(account.c.type)
    )
    return {row.type: Decimal(row.total) for row in rows}


def _first_to_go(company_id: str, part: Part) -> Select[Any]:
    table = TABLES[part.resource]
    query = _to_go(
        company_id,
        part,
        lambda part: (
            literal(part.resource).label("resource"),
            table.c.id,
            change.c.state,
            shown_column(table).label("shown"),
            _open_amount(part).label("open"),
        ),
    )
    return select(query.order_by(table.c.id).limit(records_max).subquery())


def _to_go(
    company_id: str, part: Part, columns: Callable[[Part], tuple[ColumnElement[Any], ...]]
) -> Select[Any]:
    """The documents of this kind that QuickBooks does not have yet."""
    table = TABLES[part.resource]
    return (
        select(*columns(part))
        .select_from(table)
        .join(
            change, (change.c.company_id == table.c.company_id) & (change.c.record_id == table.c.id)
        )
        .where(
            table.c.company_id == company_id,
            change.c.finished_at.is_(None),
            change.c.action == Action.ADD,
            table.c.deleted_at.is_(None),
        )
    )


def _record(part: Part, row: Any) -> Values:
    return {
        "resource": part.resource,
        "id": row.id,
        "name": row.shown,
        "state": row.state,
        "amount": part.sign * Decimal(row.open or 0),
    }
