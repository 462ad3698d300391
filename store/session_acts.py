"""What a person does to a session that runs: ends it, when it is stuck.

Owns this act and its audit row. It must not know the protocol; the Web Connector is told at its
next call that the session is over.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from store import exchanges, sessions
from store.context import Sync
from store.errors import Refused
from store.people import audit_row
from store.preferences import Preferences
from store.tenants import load, session_facts

OVER = "expired"
"""The state of a session that is over; `webconnector.protocol.State.EXPIRED`."""


def end_session(conn: Connection, company_id: str, who: str, now: datetime) -> str:
    """End the company's open session, so that another can begin; gives its id.

    What was sent and not answered is settled by the next session, as after a broken line.
    """
    load(conn, company_id, to_change=True)
    standing = sessions.open_one(conn, company_id)
    if standing is None:
        raise Refused("No session of this company is running.")
    facts = session_facts(conn, company_id)
    sync = Sync(
        conn=conn,
        company_id=company_id,
        session_id=standing.id,
        now=now,
        preferences=Preferences.from_json(facts.preferences),
        start_date=facts.start_date,
        time_zone=facts.time_zone,
        quickbooks=facts.quickbooks or {},
    )
    standing.end(OVER, "stopped", now)
    standing.text = "It was ended in the console."
    exchanges.abandon(sync, standing.id)
    sessions.save(conn, standing)
    audit_row(conn, company_id, who, "session.end", {"session": standing.id}, now)
    return standing.id
