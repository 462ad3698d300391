"""Open payables and receivables on both sides, the difference, and the records that explain it.

Owns this comparison. QuickBooks' side is what its payables and receivables accounts held when they
were last read; ours is what the App's documents leave open. It must not change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Column, Connection, func, literal, select, union_all

from store.ledger import TABLES, account
from store.overview import instant
from store.rows import shown_column
from store.syncing import change
from store.tenants import load_connector

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
    """Both totals: `cashflow`, `quickbooks` (None: never read), `difference`, `records`.

    `records` are the App's documents that QuickBooks does not have as they are here, with how
    much of the difference each explains; `unexplained` is what remains.
    """
    line = load_connector(conn, company_id)
    open_amounts = _open_amounts(conn, company_id)
    as_of = {"as_of": instant(line.last_full_session_at)}
    return [_check(conn, company_id, side, open_amounts) | as_of for side in SIDES]


def _open_amounts(conn: Connection, company_id: str) -> dict[str, Decimal]:
    """What the App's documents leave open, by resource; one query for all."""
    totals = []
    for part in (part for side in SIDES for part in side.parts):
        table = TABLES[part.resource]
        totals.append(
            select(literal(part.resource).label("resource"), func.sum(_open_amount(part)))
            .select_from(table)
            .where(table.c.company_id == company_id, table.c.deleted_at.is_(None))
        )
    return {resource: Decimal(sum_ or 0) for resource, sum_ in conn.execute(union_all(*totals))}


def _check(
    conn: Connection, company_id: str, side: Side, open_amounts: dict[str, Decimal]
) -> Values:
    ours = sum((part.sign * open_amounts[part.resource] for part in side.parts), NOTHING)
    records = [one for part in side.parts for one in _waiting(conn, company_id, part)]
    theirs = _quickbooks(conn, company_id, side.account_type)
    difference = None if theirs is None else ours - theirs
    explained = sum((record["amount"] for record in records), NOTHING)
    return {
        "name": side.name,
        "cashflow": ours,
        "quickbooks": theirs,
        "difference": difference,
        "records": records,
        "unexplained": None if difference is None else difference - explained,
        "only_quickbooks": side.only_quickbooks,
    }


def _open_amount(part: Part) -> Column[Any] | Any:
    table = TABLES[part.resource]
    return func.coalesce(table.c[part.open_column], table.c[part.made_column])


def _quickbooks(conn: Connection, company_id: str, account_type: str) -> Decimal | None:
    """The sum over top-level accounts of the type, whose totals hold those below them."""
    amount = func.coalesce(account.c.total_balance, account.c.balance)
    row = conn.execute(
        select(func.sum(amount).label("total"), func.count(amount).label("rows")).where(
            account.c.company_id == company_id,
            account.c.type == account_type,
            account.c.parent_id.is_(None),
            account.c.deleted_at.is_(None),
        )
    ).one()
    return Decimal(row.total or 0) if row.rows else None


def _waiting(conn: Connection, company_id: str, part: Part) -> list[Values]:
    """Documents of this kind that are still to go, with what they add to our total."""
    table = TABLES[part.resource]
    query = (
        select(
            table.c.id,
            shown_column(table).label("name"),
            change.c.state,
            _open_amount(part).label("open"),
        )
        .join(
            change, (change.c.company_id == table.c.company_id) & (change.c.record_id == table.c.id)
        )
        .where(
            table.c.company_id == company_id,
            change.c.finished_at.is_(None),
            change.c.action == "add",
            table.c.deleted_at.is_(None),
        )
        .order_by(table.c.id)
        .limit(records_max)
    )
    return [_record(part, row) for row in conn.execute(query)]


def _record(part: Part, row: Any) -> Values:
    return {
        "resource": part.resource,
        "id": row.id,
        "name": row.name,
        "state": row.state,
        "amount": part.sign * Decimal(row.open or 0),
    }
