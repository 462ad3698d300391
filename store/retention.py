"""Retention: which old rows are deleted, in batches that hold no lock for long.

Owns how long each kind of row is kept and what must never go: exchanges whose outcome is not
known, the newest balance of an account, the audit trail. It must not know who asks, nor when.
Each function deletes one batch in the transaction it is given and says how many rows went; 0: none
are left.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, or_, select, update

from store.exchanges import Kind, State
from store.ledger import bank_balance, metadata
from store.people import audit_row
from store.sessions import greeting_kept_minutes
from store.syncing import call, company, connector, exchange, greeting, session

batch_rows_max = 500
batch_sessions_max = 20
balances_kept_days = 400
removed_kept_days = 30
tidied_every_minutes = 60

# What stays of a company that has left: that it was here, and who did what.
_KEPT: Final = frozenset({"audit", "company", "connector"})
_FORGOTTEN: Final[dict[str, Any]] = {
    "paths": [],
    "company_file_name": None,
    "awaiting": None,
    "quickbooks": None,
    "activity": None,
    "last_address": None,
    "wrong_address": None,
}


# --- companies that are here


def due(conn: Connection, now: datetime, limit: int) -> list[str]:
    """Companies whose old rows were not looked for within the last hour, longest ago first."""
    before = now - timedelta(minutes=tidied_every_minutes)
    return list(
        conn.execute(
            select(company.c.id)
            .where(
                company.c.erased_at.is_(None),
                or_(company.c.tidied_at.is_(None), company.c.tidied_at <= before),
            )
            .order_by(company.c.tidied_at.is_not(None), company.c.tidied_at, company.c.id)
            .limit(limit)
        ).scalars()
    )


def tidied(conn: Connection, company_id: str, now: datetime) -> None:
    """Nothing old is left of it."""
    conn.execute(update(company).where(company.c.id == company_id).values(tidied_at=now))


def sessions(conn: Connection, company_id: str, before: datetime) -> int:
    """Sessions that began before then and are over: their exchanges, their calls, themselves.

    A session stays whole while the outcome of anything it sent is not known.
    """
    unsettled = exists().where(
        exchange.c.company_id == session.c.company_id,
        exchange.c.session_id == session.c.id,
        _unsettled(),
    )
    old = list(
        conn.execute(
            select(session.c.id)
            .where(
                session.c.company_id == company_id,
                session.c.started_at < before,
                session.c.ended_at.is_not(None),
                ~unsettled,
            )
            .order_by(session.c.started_at)
            .limit(batch_sessions_max)
        ).scalars()
    )
    if not old:
        return 0
    return (
        _batch(conn, exchange, company_id, exchange.c.session_id.in_(old))
        or _batch(conn, call, company_id, call.c.session_id.in_(old))
        or _batch(conn, session, company_id, session.c.id.in_(old))
    )


def _unsettled() -> ColumnElement[bool]:
    """Owed, about to leave, or a write of which nobody can tell whether it was done."""
    return or_(
        exchange.c.state.in_((State.PREPARED, State.SENT)),
        (exchange.c.kind == Kind.WRITE) & (exchange.c.state == State.UNKNOWN),
    )


def balances(conn: Connection, company_id: str, now: datetime) -> int:
    """Bank balances that were last seen too long ago; the newest of an account stays."""
    newer = bank_balance.alias("newer")
    return _batch(
        conn,
        bank_balance,
        company_id,
        bank_balance.c.as_of < now - timedelta(days=balances_kept_days),
        exists().where(
            newer.c.company_id == bank_balance.c.company_id,
            newer.c.account_id == bank_balance.c.account_id,
            newer.c.as_of > bank_balance.c.as_of,
        ),
    )


def _batch(conn: Connection, table: Table, company_id: str, *where: ColumnElement[bool]) -> int:
    ids = list(
        conn.execute(
            select(table.c.id)
            .where(table.c.company_id == company_id, *where)
            .order_by(table.c.id)
            .limit(batch_rows_max)
        ).scalars()
    )
    if ids:
        conn.execute(delete(table).where(table.c.company_id == company_id, table.c.id.in_(ids)))
    return len(ids)


# --- companies that have left


def to_erase(conn: Connection, now: datetime) -> list[str]:
    """Companies that left 30 days ago and still have records."""
    before = now - timedelta(days=removed_kept_days)
    return list(
        conn.execute(
            select(company.c.id).where(
                company.c.state == "removed",
                company.c.removed_at <= before,
                company.c.erased_at.is_(None),
            )
        ).scalars()
    )


def erase(conn: Connection, company_id: str, now: datetime) -> int:
    """Delete a batch of what a company that left still has; its audit trail stays."""
    for table in reversed(metadata.sorted_tables):
        if table.name in _KEPT or "company_id" not in table.c:
            continue
        # Rows that refer to their own table go together: a parent may not go before its child.
        if "id" not in table.c or any(key.referred_table is table for key in _keys(table)):
            gone = conn.execute(delete(table).where(table.c.company_id == company_id)).rowcount
        else:
            gone = _batch(conn, table, company_id)
        if gone:
            return gone
    conn.execute(update(connector).where(connector.c.company_id == company_id).values(**_FORGOTTEN))
    conn.execute(update(company).where(company.c.id == company_id).values(erased_at=now))
    audit_row(conn, company_id, "housekeeping", "company.erase", None, now)
    return 0


def _keys(table: Table) -> set[Any]:
    return set(table.foreign_key_constraints)


# --- what belongs to no company


def greetings(conn: Connection, now: datetime) -> int:
    """Versions that Web Connectors named and then never said for whom."""
    before = now - timedelta(minutes=greeting_kept_minutes)
    return conn.execute(delete(greeting).where(greeting.c.at < before)).rowcount
