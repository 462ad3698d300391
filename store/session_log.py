"""Session logs as support reads them: which calls came, what was answered, what moved.

Owns reading `session`, `call` and `exchange`. It must not change them, and gives raw requests and
replies only to who asks for them by name; looking at them is noted in the audit trail.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Connection, Row, Select, func, select

from store.errors import NotFound, Refused
from store.overview import instant
from store.people import audit_row
from store.syncing import call, company, exchange, session

sessions_max = 1000
prefix_characters_min = 4
_ID_DIGITS = 32

# The columns of a session that people see; never the ticket's hash nor the plan.
_FACTS = (
    "state",
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
    "web_connector",
    "company_file",
)


def list_sessions(
    conn: Connection, company_id: str | None = None, *, limit: int = 20
) -> list[dict[str, Any]]:
    """The latest sessions of a company (None: of all), newest first."""
    query = session_query().order_by(session.c.started_at.desc(), session.c.id.desc())
    if company_id is not None:
        query = query.where(session.c.company_id == company_id)
    return [shown_session(row) for row in conn.execute(query.limit(min(limit, sessions_max)))]


def find_session(conn: Connection, prefix: str, company_id: str | None = None) -> tuple[str, str]:
    """(company id, session id) of the one session whose id begins so.

    NotFound when there is none; Refused when there are several or the beginning is too short.
    """
    digits = prefix.strip().lower().replace("-", "")
    if not re.fullmatch(rf"[0-9a-f]{{1,{_ID_DIGITS}}}", digits):
        raise NotFound(f'There is no session "{prefix}". `webconnector sessions` lists them.')
    if len(digits) < prefix_characters_min:
        raise Refused(f"Give at least {prefix_characters_min} characters of the session's id.")
    # A range rather than LIKE: PostgreSQL keeps ids as numbers, and both have an index on them.
    query = select(session.c.company_id, session.c.id).where(
        session.c.id.between(_key(digits, "0"), _key(digits, "f"))
    )
    if company_id is not None:
        query = query.where(session.c.company_id == company_id)
    found = conn.execute(query.limit(2)).all()
    if not found:
        raise NotFound(f'There is no session "{prefix}". `webconnector sessions` lists them.')
    if len(found) > 1:
        raise Refused(f'Several sessions begin with "{prefix}". Give more of the id.')
    return str(found[0].company_id), str(found[0].id)


def _key(digits: str, filler: str) -> str:
    return str(UUID(digits.ljust(_ID_DIGITS, filler)))


def read_session(conn: Connection, company_id: str, session_id: str) -> dict[str, Any]:
    """One session with its calls and exchanges, without raw requests and replies."""
    row = conn.execute(
        session_query().where(session.c.company_id == company_id, session.c.id == session_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such session.")
    calls = conn.execute(
        select(call)
        .where(call.c.company_id == company_id, call.c.session_id == session_id)
        .order_by(call.c.at, call.c.id)
    )
    return shown_session(row) | {
        "log": [
            {
                "at": instant(line.at),
                "operation": line.operation,
                "milliseconds": line.milliseconds,
                "answer": line.answer,
            }
            for line in calls
        ],
        "exchanges": [_exchange(line) for line in conn.execute(_exchanges(company_id, session_id))],
    }


def read_raw(
    conn: Connection, company_id: str, session_id: str, who: str, act: str, now: datetime
) -> dict[str, Any]:
    """As `read_session`, with the raw texts. `act` goes into the audit trail, in this transaction.

    The texts hold whatever QuickBooks holds: `redaction` is the caller's business.
    """
    found = read_session(conn, company_id, session_id)
    audit_row(conn, company_id, who, act, {"session": session_id}, now)
    rows = conn.execute(_exchanges(company_id, session_id, *_TEXTS))
    found["exchanges"] = [
        _exchange(line) | {"request": line.request, "response": line.response} for line in rows
    ]
    return found


def read_exchange(
    conn: Connection, company_id: str, session_id: str, number: int, who: str, now: datetime
) -> dict[str, Any]:
    """One exchange with its raw texts, as in `read_raw`; that somebody looked is noted."""
    query = _exchanges(company_id, session_id, *_TEXTS).where(exchange.c.number == number)
    line = conn.execute(query).first()
    if line is None:
        raise NotFound("This session has no such request.")
    audit_row(conn, company_id, who, "session.raw", {"session": session_id, "number": number}, now)
    return _exchange(line) | {"request": line.request, "response": line.response}


def latest_call_at(conn: Connection) -> datetime | None:
    """When any Web Connector was last heard of, by the clock of that time."""
    query = select(session.c.last_call_at).order_by(session.c.last_call_at.desc()).limit(1)
    moment: datetime | None = conn.execute(query).scalar_one_or_none()
    return moment


def session_query() -> Select[Any]:
    """Sessions with their company's name, for `shown_session`."""
    return select(session, company.c.name.label("company_name")).join(
        company, company.c.id == session.c.company_id
    )


def shown_session(row: Row[Any]) -> dict[str, Any]:
    """One session as people and programs read it; without its plan and ticket."""
    seconds = None
    if row.ended_at is not None:
        seconds = round((row.ended_at - row.started_at).total_seconds(), 3)
    return {
        "id": row.id,
        "company": {"id": row.company_id, "name": row.company_name},
        "started_at": instant(row.started_at),
        "ended_at": instant(row.ended_at),
        "seconds": seconds,
        **{name: getattr(row, name) for name in _FACTS},
    }


# A reply can hold megabytes: the texts are read only where they are shown.
_TEXTS = (exchange.c.request, exchange.c.response)


def _exchanges(company_id: str, session_id: str, *texts: Column[Any]) -> Select[Any]:
    return (
        select(
            *(column for column in exchange.c if column not in set(_TEXTS)),
            *texts,
            func.length(exchange.c.request).label("request_characters"),
            func.length(exchange.c.response).label("response_characters"),
        )
        .where(exchange.c.company_id == company_id, exchange.c.session_id == session_id)
        .order_by(exchange.c.number)
    )


def _exchange(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "state": row.state,
        "purpose": row.purpose,
        "message_set_id": row.message_set_id,
        "sent_at": instant(row.sent_at),
        "answered_at": instant(row.answered_at),
        "times_sent": row.times_sent,
        "records": row.records,
        "request_characters": row.request_characters,
        "response_characters": row.response_characters,
        "hresult": row.hresult,
        "message": row.message,
    }
