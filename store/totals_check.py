"""Open payables and receivables on both sides, the difference, and the records that explain it.

Owns this comparison. QuickBooks' side is what its payables and receivables accounts held when they
were last read; ours is what the App's documents leave open. It must not change anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Column, Connection, Select, func, select

from store.ledger import TABLES, account
from store.overview import instant
from store.rows import names_of
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
    """Both totals: `cashflow`, `quickbooks` (None: never read), `difference`, `records`.

    `records` (at most `records_max`) are the App's documents that QuickBooks does not have yet,
    with how much of the difference each explains; `explained` is what all of them explain,
    `unexplained` what remains.
    """
    load(conn, company_id)
    read_at = conn.execute(
        select(connector.c.last_full_session_at).where(connector.c.company_id == company_id)
    ).scalar_one()
    return [_check(conn, company_id, side) | {"as_of": instant(read_at)} for side in SIDES]


def _check(conn: Connection, company_id: str, side: Side) -> Values:
    ours, explained, records = NOTHING, NOTHING, []
    for part in side.parts:
        open_amount = _open_amount(part)
        table = TABLES[part.resource]
        total = conn.execute(
            select(func.sum(open_amount)).where(
                table.c.company_id == company_id, table.c.deleted_at.is_(None)
            )
        ).scalar_one()
        ours += part.sign * Decimal(total or 0)
        records += _waiting(conn, company_id, part)
        explained += _waiting_amount(conn, company_id, part)
    theirs = _quickbooks(conn, company_id, side.account_type)
    difference = None if theirs is None else ours - theirs
    return {
        "name": side.name,
        "cashflow": ours,
        "quickbooks": theirs,
        "difference": difference,
        "records": records,
        "explained": explained,
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
    columns = (table.c.id, change.c.state, change.c.action, _open_amount(part).label("open"))
    query = _to_go(company_id, part, *columns).order_by(table.c.id).limit(records_max)
    rows = conn.execute(query).all()
    names = names_of(conn, company_id, [(part.resource, row.id) for row in rows])
    return [_record(part, row, names) for row in rows]


def _waiting_amount(conn: Connection, company_id: str, part: Part) -> Decimal:
    """What all of them together add, also those past `records_max`."""
    total = conn.execute(_to_go(company_id, part, func.sum(_open_amount(part)))).scalar_one()
    return part.sign * Decimal(total or 0)


def _to_go(company_id: str, part: Part, *columns: Any) -> Select[Any]:
    table = TABLES[part.resource]
    return (
        select(*columns)
        .select_from(table)
        .join(
            change, (change.c.company_id == table.c.company_id) & (change.c.record_id == table.c.id)
        )
        .where(
            table.c.company_id == company_id,
            change.c.finished_at.is_(None),
            change.c.action == "add",
            table.c.deleted_at.is_(None),
        )
    )


def _record(part: Part, row: Any, names: dict[str, str]) -> Values:
    return {
        "resource": part.resource,
        "id": row.id,
        "name": names.get(row.id),
        "state": row.state,
        "amount": part.sign * Decimal(row.open or 0),
    }
