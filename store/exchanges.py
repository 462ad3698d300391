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

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    update,
)

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


_COUNT = (
    update(connector)
    .where(connector.c.company_id == bindparam("company"))
    .values(exchange_count=connector.c.exchange_count + 1)
    .returning(connector.c.exchange_count)
)


def next_number(sync: Sync) -> int:
    """Count the company's exchanges: message-set ids are made of it, so they never repeat."""
    return int(sync.conn.execute(_COUNT, {"company": sync.company_id}).scalar_one())


def message_set_id(number: int, session_id: str) -> str:
    """At most 23 characters, unique per company file also after our own database was restored."""
    return f"kcf{number:x}-{session_id.replace('-', '')[-12:]}"[:message_set_id_characters_max]


_KEEP = insert(exchange).returning(exchange)


def keep(sync: Sync, number: int, made: Prepared) -> Row[Any]:
    """Keep the exact text before it can leave; returns the exchange."""
    values = {
        "company_id": sync.company_id,
        "id": new_key(),
        "session_id": sync.session_id,
        "number": number,
        "kind": made.kind,
        "state": State.PREPARED,
        "purpose": made.purpose,
        "message_set_id": made.message_set_id,
        "request": made.text,
        "parked": False,
        "sent_at": sync.now,
        "sent_in_session_id": sync.session_id,
        "times_sent": 0,
        "records": 0,
    }
    return sync.conn.execute(_KEEP, values).one()


def _first(*where: ColumnElement[bool]) -> Select[Any]:
    """The company's first exchange that meets the conditions; made once, each step asks."""
    return (
        select(exchange)
        .where(exchange.c.company_id == bindparam("company"), *where)
        .order_by(exchange.c.number)
        .limit(1)
    )


_SENT_HERE = exchange.c.sent_in_session_id == bindparam("session")
_PREPARED = _first(_SENT_HERE, exchange.c.state == State.PREPARED)
_IN_FLIGHT = _first(_SENT_HERE, exchange.c.state == State.SENT)
_OWED = _first(
    exchange.c.kind == Kind.WRITE,
    # Written out, so that the database knows that the index of those sent has them all.
    exchange.c.state == literal_column(f"'{State.SENT}'"),
    exchange.c.sent_in_session_id != bindparam("session"),
)


def _one(query: Select[Any], sync: Sync) -> Row[Any] | None:
    return sync.conn.execute(
        query, {"company": sync.company_id, "session": sync.session_id}
    ).first()


def prepared(sync: Sync) -> Row[Any] | None:
    """What this session sends next."""
    return _one(_PREPARED, sync)


def in_flight(sync: Sync) -> Row[Any] | None:
    """What this session sent and has no answer to."""
    return _one(_IN_FLIGHT, sync)


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
    return _one(_OWED, sync)


def find(conn: Connection, company_id: str, exchange_id: str) -> Row[Any]:
    """One exchange of the company."""
    return conn.execute(
        select(exchange).where(exchange.c.company_id == company_id, exchange.c.id == exchange_id)
    ).one()


_MARK = update(exchange).where(
    exchange.c.company_id == bindparam("b_company"), exchange.c.id == bindparam("b_exchange")
)


def mark(sync: Sync, exchange_id: str, state: State, **values: Any) -> None:
    """Move an exchange to another state."""
    which = {"b_company": sync.company_id, "b_exchange": exchange_id}
    sync.conn.execute(_MARK, {**which, "state": state, **values})


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


_OPEN = select(exchange.c.id, exchange.c.kind, exchange.c.state).where(
    exchange.c.company_id == bindparam("company"),
    exchange.c.sent_in_session_id == bindparam("session"),
    exchange.c.state.in_((State.PREPARED, State.SENT)),
)


def abandon(sync: Sync, session_id: str) -> None:
    """A session is over: what it never sent goes back, its unanswered reads are lost."""
    which = {"company": sync.company_id, "session": session_id}
    standing = sync.conn.execute(_OPEN, which).all()
    unsent = [row.id for row in standing if row.state == State.PREPARED]
    if unsent:
        push.release(sync, unsent)
        sync.conn.execute(
            delete(exchange).where(
                exchange.c.company_id == sync.company_id, exchange.c.id.in_(unsent)
            )
        )
    for row in standing:
        if row.kind == Kind.READ and row.state == State.SENT:
            mark(sync, row.id, State.LOST)
