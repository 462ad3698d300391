"""Exchanges: each request that leaves for QuickBooks, byte for byte, and its answer.

Owns the `exchange` rows and their states. It must not know what a request asks.

prepared -> sent -> answered | failed (nothing ran) | unknown (nobody knows, given up) | lost (a
read whose answer never came). A write that is `sent` and unanswered is settled by sending the
same text under the same message-set id again (sync-rules 9).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from store import push
from store.context import Sync
from store.syncing import connector, exchange
from store.types import new_key

message_set_id_characters_max = 23


class Kind(StrEnum):
    """Reads are simply asked again, writes never."""

    READ = "read"
    WRITE = "write"


class State(StrEnum):
    """Where an exchange stands."""

    PREPARED = "prepared"
    SENT = "sent"
    ANSWERED = "answered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A message set that can leave; `purpose`: requestID -> what the answer is for."""

    kind: Kind
    text: str
    purpose: dict[str, Any]
    message_set_id: str | None = None


def next_number(sync: Sync) -> int:
    """Count the company's exchanges: message-set ids are made of it, so they never repeat."""
    sync.conn.execute(
        update(connector)
        .where(connector.c.company_id == sync.company_id)
        .values(exchange_count=connector.c.exchange_count + 1)
    )
    return int(
        sync.conn.execute(
            select(connector.c.exchange_count).where(connector.c.company_id == sync.company_id)
        ).scalar_one()
    )


def message_set_id(number: int, session_id: str) -> str:
    """At most 23 characters, unique per company file also after our own database was restored."""
    return f"kcf{number:x}-{session_id.replace('-', '')[-12:]}"[:message_set_id_characters_max]


def keep(sync: Sync, number: int, made: Prepared) -> str:
    """Keep the exact text before it can leave; returns the exchange's id."""
    exchange_id = new_key()
    sync.conn.execute(
        insert(exchange).values(
            company_id=sync.company_id,
            id=exchange_id,
            session_id=sync.session_id,
            number=number,
            kind=made.kind,
            state=State.PREPARED,
            purpose=made.purpose,
            message_set_id=made.message_set_id,
            request=made.text,
            parked=False,
            sent_at=sync.now,
            sent_in_session_id=sync.session_id,
            times_sent=0,
            records=0,
        )
    )
    return exchange_id


def _one(conn: Connection, company_id: str, *where: Any) -> Row[Any] | None:
    return conn.execute(
        select(exchange)
        .where(exchange.c.company_id == company_id, *where)
        .order_by(exchange.c.number)
        .limit(1)
    ).first()


def prepared(conn: Connection, company_id: str, session_id: str) -> Row[Any] | None:
    """What this session sends next."""
    return _one(
        conn,
        company_id,
        exchange.c.sent_in_session_id == session_id,
        exchange.c.state == State.PREPARED,
    )


def in_flight(conn: Connection, company_id: str, session_id: str) -> Row[Any] | None:
    """What this session sent and has no answer to."""
    return _one(
        conn,
        company_id,
        exchange.c.sent_in_session_id == session_id,
        exchange.c.state == State.SENT,
    )


def latest(conn: Connection, company_id: str, session_id: str) -> Row[Any] | None:
    """What this session sent last, answered or not."""
    return conn.execute(
        select(exchange)
        .where(exchange.c.company_id == company_id, exchange.c.sent_in_session_id == session_id)
        .order_by(exchange.c.number.desc())
        .limit(1)
    ).first()


def owed(sync: Sync) -> Row[Any] | None:
    """A write of an earlier session whose outcome nobody knows; it is settled first."""
    return _one(
        sync.conn,
        sync.company_id,
        exchange.c.kind == Kind.WRITE,
        exchange.c.state == State.SENT,
        exchange.c.sent_in_session_id != sync.session_id,
    )


def find(conn: Connection, company_id: str, exchange_id: str) -> Row[Any]:
    """One exchange of the company."""
    return conn.execute(
        select(exchange).where(exchange.c.company_id == company_id, exchange.c.id == exchange_id)
    ).one()


def mark(sync: Sync, exchange_id: str, state: State, **values: Any) -> None:
    """Move an exchange to another state."""
    sync.conn.execute(
        update(exchange)
        .where(exchange.c.company_id == sync.company_id, exchange.c.id == exchange_id)
        .values(state=state, **values)
    )


def send(sync: Sync, row: Row[Any]) -> None:
    """It leaves in this session, maybe once more."""
    mark(
        sync,
        row.id,
        State.SENT,
        sent_at=sync.now,
        sent_in_session_id=sync.session_id,
        times_sent=row.times_sent + 1,
    )


def answered(sync: Sync, row: Row[Any], response: str, records: int) -> None:
    """Its answer is kept."""
    mark(sync, row.id, State.ANSWERED, response=response, answered_at=sync.now, records=records)


def park(sync: Sync, exchange_ids: Sequence[str], *, parked: bool) -> None:
    """Pages in these answers wait to be stored."""
    if exchange_ids:
        sync.conn.execute(
            update(exchange)
            .where(exchange.c.company_id == sync.company_id, exchange.c.id.in_(list(exchange_ids)))
            .values(parked=parked)
        )


def abandon(sync: Sync, session_id: str) -> None:
    """A session is over: what it never sent goes back, its unanswered reads are lost."""
    mine = (
        exchange.c.company_id == sync.company_id,
        exchange.c.sent_in_session_id == session_id,
    )
    unsent = list(
        sync.conn.execute(
            select(exchange.c.id).where(*mine, exchange.c.state == State.PREPARED)
        ).scalars()
    )
    if unsent:
        push.release(sync, unsent)
        sync.conn.execute(
            delete(exchange).where(
                exchange.c.company_id == sync.company_id, exchange.c.id.in_(unsent)
            )
        )
    sync.conn.execute(
        update(exchange)
        .where(*mine, exchange.c.kind == Kind.READ, exchange.c.state == State.SENT)
        .values(state=State.LOST)
    )
