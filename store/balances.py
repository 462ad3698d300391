"""Bank balances: what QuickBooks says each Bank account holds, and since when.

Owns the `bank_balance` rows (sync-rules 5): one row per change, the latest carries the time of
the last reading. Payables and receivables accounts are read along with them, for the totals check:
they have no history. Accounts in a foreign currency have no balance here.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update

from qbxml.parse import Record
from store import currency
from store.changes import chunks
from store.context import Sync
from store.ledger import account, bank_balance
from store.syncing import link
from store.types import new_key

BANK = "Bank"
TYPES = (BANK, "AccountsPayable", "AccountsReceivable")
"""QuickBooks' types of the accounts whose balances are read in each session."""


def apply(sync: Sync, records: Sequence[Record]) -> None:
    """Keep the balances of these accounts."""
    currency.without_foreign_amounts(sync, records)
    read = {r.quickbooks_id: r for r in records if r.values.get("balance") is not None}
    accounts: dict[str, Record] = {}
    for ids in chunks(read):
        for row in sync.conn.execute(
            select(link.c.record_id, link.c.quickbooks_id).where(
                link.c.company_id == sync.company_id,
                link.c.noun == "Account",
                link.c.quickbooks_id.in_(ids),
            )
        ):
            accounts[row.record_id] = read[row.quickbooks_id]
    banks = [account_id for account_id, record in accounts.items() if _is_bank(record)]
    latest = _latest(sync, banks)
    fresh = []
    for account_id, record in accounts.items():
        balance, total = record.values["balance"], record.values["total_balance"]
        if not _is_bank(record):
            _set(sync, account_id, balance, total)
            continue
        known = latest.get(account_id)
        read_now = (Decimal(balance), Decimal(total) if total is not None else None)
        if known is not None and (known.balance, known.total_balance) == read_now:
            sync.conn.execute(
                update(bank_balance)
                .where(bank_balance.c.company_id == sync.company_id, bank_balance.c.id == known.id)
                .values(as_of=sync.now)
            )
            continue
        fresh.append(
            {
                "company_id": sync.company_id,
                "id": new_key(),
                "account_id": account_id,
                "balance": balance,
                "total_balance": total,
                "as_of": sync.now,
                "first_read_at": sync.now,
            }
        )
        _set(sync, account_id, balance, total)
    if fresh:
        sync.conn.execute(insert(bank_balance), fresh)


def _is_bank(record: Record) -> bool:
    return bool(record.values.get("type") == BANK)


def _set(sync: Sync, account_id: str, balance: Any, total: Any) -> None:
    sync.conn.execute(
        update(account)
        .where(account.c.company_id == sync.company_id, account.c.id == account_id)
        .values(balance=balance, total_balance=total)
    )


def _latest(sync: Sync, account_ids: Sequence[str]) -> dict[str, Any]:
    newest = (
        select(bank_balance.c.account_id, func.max(bank_balance.c.as_of).label("as_of"))
        .where(bank_balance.c.company_id == sync.company_id)
        .group_by(bank_balance.c.account_id)
        .subquery()
    )
    rows = sync.conn.execute(
        select(bank_balance)
        .join(
            newest,
            (newest.c.account_id == bank_balance.c.account_id)
            & (newest.c.as_of == bank_balance.c.as_of),
        )
        .where(
            bank_balance.c.company_id == sync.company_id,
            bank_balance.c.account_id.in_(account_ids),
        )
    )
    return {row.account_id: row for row in rows}
