"""Bank balances: what QuickBooks says each Bank account holds, and since when.

Owns the `bank_balance` rows (sync-rules 5): one row per change, the latest carries the time of
the last reading. Payables and receivables accounts are read along with them, for the totals check:
they have no history. Accounts in a foreign currency have no balance here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, and_, bindparam, func, insert, select, update

from qbxml.parse import Record
from store import currency
from store.changes import chunks
from store.context import Sync
from store.ledger import account, bank_balance
from store.rows import Values
from store.syncing import link
from store.types import new_key

BANK = "Bank"
TYPES = (BANK, "AccountsPayable", "AccountsReceivable")
"""QuickBooks' types of the accounts whose balances are read in each session."""


def apply(sync: Sync, records: Sequence[Record]) -> None:
    """Keep the balances of these accounts."""
    currency.without_foreign_amounts(sync, records)
    read = {r.quickbooks_id: r for r in records if r.values.get("balance") is not None}
    known = {row.id: row for ids in chunks(read) for row in _accounts(sync, ids)}
    latest = _latest(sync, [key for key, row in known.items() if _is_bank(read[row.quickbooks_id])])
    moved, same, fresh = [], [], []
    for account_id, row in known.items():
        record = read[row.quickbooks_id]
        now = _balances(record.values)
        if now != (row.balance, row.total_balance):
            moved.append({"b_id": account_id, "balance": now[0], "total_balance": now[1]})
        if not _is_bank(record):
            continue
        last = latest.get(account_id)
        if last is not None and (last.balance, last.total_balance) == now:
            same.append({"b_id": last.id, "as_of": sync.now})
        else:
            fresh.append(_first_reading(sync, account_id, *now))
    _set(sync, account, moved)
    _set(sync, bank_balance, same)
    if fresh:
        sync.conn.execute(insert(bank_balance), fresh)


# Made once: each session asks it.
_ACCOUNTS = (
    select(account.c.id, link.c.quickbooks_id, account.c.balance, account.c.total_balance)
    .join(
        link,
        and_(link.c.company_id == account.c.company_id, link.c.record_id == account.c.id),
    )
    .where(
        link.c.company_id == bindparam("company"),
        link.c.noun == "Account",
        link.c.quickbooks_id.in_(bindparam("ids", expanding=True)),
    )
)


def _accounts(sync: Sync, quickbooks_ids: Sequence[str]) -> Iterable[Any]:
    """The accounts that are linked to these, with the balances we know."""
    return sync.conn.execute(
        _ACCOUNTS, {"company": sync.company_id, "ids": list(quickbooks_ids)}
    ).all()


def _balances(values: Values) -> tuple[Decimal, Decimal | None]:
    total = values["total_balance"]
    return Decimal(values["balance"]), Decimal(total) if total is not None else None


def _first_reading(
    sync: Sync, account_id: str, balance: Decimal, total: Decimal | None
) -> dict[str, Any]:
    return {
        "company_id": sync.company_id,
        "id": new_key(),
        "account_id": account_id,
        "balance": balance,
        "total_balance": total,
        "as_of": sync.now,
        "first_read_at": sync.now,
    }


def _is_bank(record: Record) -> bool:
    return bool(record.values.get("type") == BANK)


def _set(sync: Sync, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Write these rows; `b_id` says which one."""
    if rows:
        sync.conn.execute(
            update(table).where(
                table.c.company_id == sync.company_id, table.c.id == bindparam("b_id")
            ),
            rows,
        )


_NEWEST = (
    select(bank_balance.c.account_id, func.max(bank_balance.c.as_of).label("as_of"))
    .where(bank_balance.c.company_id == bindparam("company"))
    .group_by(bank_balance.c.account_id)
    .subquery()
)
_LATEST = (
    select(bank_balance)
    .join(
        _NEWEST,
        and_(
            _NEWEST.c.account_id == bank_balance.c.account_id,
            _NEWEST.c.as_of == bank_balance.c.as_of,
        ),
    )
    .where(
        bank_balance.c.company_id == bindparam("company"),
        bank_balance.c.account_id.in_(bindparam("ids", expanding=True)),
    )
)


def _latest(sync: Sync, account_ids: Sequence[str]) -> dict[str, Any]:
    asked = {"company": sync.company_id, "ids": list(account_ids)}
    rows = sync.conn.execute(_LATEST, asked)
    return {row.account_id: row for row in rows}
