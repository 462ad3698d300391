"""Sessions of the Web Connector: opened, found by ticket, saved after each call, ended.

Owns the `session` and `call` rows and the ticket's hash. It must not know what a session does;
`plan` is opaque here.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Update, bindparam, insert, select, update

from store.context import Sync
from store.syncing import call, company, connector, greeting, session
from store.types import new_key
from store.upserting import Upsert

ticket_bytes = 16
greeting_kept_minutes = 10
late_minutes = 5
"""A company is late when its Web Connector missed two polls and these minutes."""
_SAVED = (
    "state",
    "last_call_at",
    "ended_at",
    "outcome",
    "text",
    "last_error",
    "calls",
    "changes_in",
    "changes_out",
    "problems",
    "percent",
    "connection_errors",
    "quickbooks",
    "company_file",
    "plan",
)


@dataclass(slots=True)
class Session:
    """One poll of the Web Connector, as far as it has come."""

    company_id: str
    id: str
    connector_id: str
    state: str
    started_at: datetime
    last_call_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    text: str | None = None
    last_error: str | None = None
    calls: int = 0
    changes_in: int = 0
    changes_out: int = 0
    problems: int = 0
    percent: int = 0
    connection_errors: int = 0
    web_connector: str | None = None
    quickbooks: str | None = None
    company_file: str | None = None
    plan: dict[str, Any] = field(default_factory=dict)
    was_over: bool = False
    """It was over before this transaction; not kept."""
    was_called: bool = False
    """It was called in this transaction; not kept."""
    is_full: bool = False
    """In this transaction all was read and nothing that could go is left; not kept."""

    def called(self, now: datetime) -> None:
        """The Web Connector called."""
        self.calls += 1
        self.last_call_at = now
        self.was_called = True

    def end(self, state: str, outcome: str, now: datetime) -> None:
        """Nothing more happens in it; the company may open another."""
        self.state = state
        self.outcome = self.outcome or outcome
        self.ended_at = self.ended_at or now


def new_ticket() -> str:
    """128 random bits; only its hash is kept."""
    return secrets.token_hex(ticket_bytes)


def ticket_hash(ticket: str) -> str:
    """What is kept of a ticket."""
    return hashlib.sha256(ticket.encode("utf-8", "replace")).hexdigest()


def _read(row: Row[Any]) -> Session:
    values = row._asdict()
    values.pop("ticket_hash")
    return Session(**values, was_over=row.ended_at is not None)


_BY_TICKET = (
    select(session)
    .join(company, company.c.id == session.c.company_id)
    .where(session.c.ticket_hash == bindparam("ticket_hash"))
    .with_for_update(of=[company, session], key_share=True)
)
_OPEN = (
    select(session)
    .where(session.c.company_id == bindparam("company"), session.c.ended_at.is_(None))
    .with_for_update()
)
_PLAN_BEFORE = (
    select(session.c.plan)
    .where(
        session.c.company_id == bindparam("company"),
        session.c.id != bindparam("present"),
        session.c.plan["begun"].as_boolean(),
    )
    .order_by(session.c.started_at.desc(), session.c.id.desc())
    .limit(1)
)


def find(conn: Connection, ticket: str) -> Session | None:
    """The session of a ticket, held until this transaction ends; None when nobody has it.

    With its company, and that first: what the App changes meanwhile waits, see `tenants.load`.
    """
    row = conn.execute(_BY_TICKET, {"ticket_hash": ticket_hash(ticket)}).first()
    return _read(row) if row is not None else None


def is_known(conn: Connection, ticket: str) -> bool:
    """Whether any session, open or over, has this ticket; holds nothing."""
    query = select(session.c.id).where(session.c.ticket_hash == ticket_hash(ticket))
    return conn.execute(query).first() is not None


def open_one(conn: Connection, company_id: str) -> Session | None:
    """The company's open session: there is at most one."""
    row = conn.execute(_OPEN, {"company": company_id}).first()
    return _read(row) if row is not None else None


def plan_before(sync: Sync, present: Session) -> dict[str, Any]:
    """The plan of the newest earlier session that came as far as to make one; {} if none."""
    which = {"company": sync.company_id, "present": present.id}
    return sync.conn.execute(_PLAN_BEFORE, which).scalar() or {}


def begin(
    conn: Connection, connected: Row[Any], ticket: str, state: str, version: str, now: datetime
) -> Session | None:
    """Open a session by a call; None when another process was faster (there is at most one)."""
    opened = Session(
        company_id=connected.company_id,
        id=new_key(),
        connector_id=connected.id,
        state=state,
        started_at=now,
        last_call_at=now,
        calls=1,
        web_connector=version or None,
    )
    values = {name: getattr(opened, name) for name in (*_SAVED, *_IDENTITY)}
    made = conn.execute(_BEGIN.on(conn), {"ticket_hash": ticket_hash(ticket), **values})
    return opened if made.rowcount else None


_IDENTITY = ("company_id", "id", "connector_id", "started_at", "web_connector")
_BEGIN = Upsert(lambda insert: insert(session).on_conflict_do_nothing())
# Made once, like all statements of each call; `b_` keeps names apart from the columns written.
_SAVE = update(session).where(
    session.c.company_id == bindparam("b_company"), session.c.id == bindparam("b_session")
)
_SAVE_CONNECTOR = update(connector).where(
    connector.c.company_id == bindparam("b_company"), connector.c.id == bindparam("b_connector")
)


def save(conn: Connection, saved: Session) -> None:
    """Keep how far it has come, and what its connector shows of that."""
    company = {"b_company": saved.company_id}
    shown: dict[str, Any] = {"last_call_at": saved.last_call_at} if saved.was_called else {}
    if saved.is_full:
        shown["last_full_session_at"] = saved.last_call_at
    if saved.ended_at is not None and not saved.was_over:
        # A call for a session that is over says nothing of how the last one ended.
        shown["last_outcome"] = saved.outcome
    if shown:
        conn.execute(_SAVE_CONNECTOR, {**company, "b_connector": saved.connector_id, **shown})
    values = {name: getattr(saved, name) for name in _SAVED}
    conn.execute(_SAVE, {**company, "b_session": saved.id, **values})


_CALL = insert(call)


def note_call(
    conn: Connection, called: Session, operation: str, answer: str, took: timedelta, now: datetime
) -> None:
    """One line of the session log; `answer` is a summary without contents."""
    line = {
        "company_id": called.company_id,
        "id": new_key(),
        "session_id": called.id,
        "operation": operation,
        "at": now,
        "milliseconds": int(took.total_seconds() * 1000),
        "answer": answer[:200],
    }
    conn.execute(_CALL, line)


def heard(conn: Connection, connected: Row[Any], peer: str, now: datetime) -> datetime | None:
    """The company's Web Connector came with the right password, whatever it is told.

    Gives when its last full session was.
    """
    patience = timedelta(minutes=2 * connected.every_minutes + late_minutes)
    values = {"last_call_at": now, "late_at": now + patience, "last_address": peer[:64]}
    full: datetime | None = conn.execute(
        _of(connected).values(**values, refused_at=None).returning(connector.c.last_full_session_at)
    ).scalar_one_or_none()
    return full


def refused(conn: Connection, connected: Row[Any], now: datetime) -> None:
    """Somebody came with the company's user name and a wrong password."""
    conn.execute(_of(connected).values(refused_at=now))


def _of(connected: Row[Any]) -> Update:
    return update(connector).where(
        connector.c.company_id == connected.company_id, connector.c.id == connected.id
    )


_GREET = update(greeting).where(greeting.c.peer == bindparam("b_peer"))
_GREETED = select(greeting.c.version).where(
    greeting.c.peer == bindparam("peer"), greeting.c.at >= bindparam("since")
)


def greet(conn: Connection, peer: str, version: str, now: datetime) -> None:
    """The version comes before anybody says for whom: kept by address for a few minutes."""
    known = conn.execute(_GREET, {"b_peer": peer, "version": version, "at": now})
    if not known.rowcount:
        conn.execute(insert(greeting).values(peer=peer, version=version, at=now))


def greeted(conn: Connection, peer: str, now: datetime) -> str:
    """The version that this address named just before."""
    since = now - timedelta(minutes=greeting_kept_minutes)
    return conn.execute(_GREETED, {"peer": peer, "since": since}).scalar() or ""
