"""What is no record of the ledger: the company, its sessions, the change feed.

Owns the acts between a call and the store's readers. It must not know HTTP.
"""

from __future__ import annotations

from typing import Any

from store import feed, inbox, overview
from store.engine import Connection
from store.errors import NotFound
from store.types import is_key
from webconnector.api.calling import Answer, Call
from webconnector.api.fixed_models import Company, Session
from webconnector.api.limits import PAGE_RECORDS
from webconnector.api.records import page


def company(conn: Connection, call: Call) -> Answer:
    """The token's company."""
    return Answer(only(Company, overview.show(conn, call.company_id)))


def changes(conn: Connection, call: Call) -> Answer:
    """A page of the change feed, the oldest first."""
    limit, after = call.query.get("limit", PAGE_RECORDS), call.query.get("after", 0)
    kinds = [call.query["kind"]] if "kind" in call.query else []
    rows = feed.read(conn, call.company_id, after=after, limit=limit + 1, kinds=kinds)
    last = rows[:limit][-1]["number"] if rows else after
    return Answer({"data": rows[:limit], "next_cursor": str(last), "has_more": len(rows) > limit})


def sessions(conn: Connection, call: Call) -> Answer:
    """A page of sessions, the newest first."""
    limit = call.query.get("limit", PAGE_RECORDS)
    rows = inbox.sessions_page(
        conn, call.company_id, before=call.query.get("after"), limit=limit + 1
    )
    shown = [only(Session, row) for row in rows]
    return Answer(page(shown, limit, lambda row: str(row["id"])))


def session(conn: Connection, call: Call) -> Answer:
    """One session."""
    session_id = call.arguments["session_id"].lower()
    if not is_key(session_id):
        raise NotFound("There is no session with this id.")
    return Answer(only(Session, inbox.session_of(conn, call.company_id, session_id)))


def only(model: type[Any], facts: dict[str, Any]) -> dict[str, Any]:
    """What the model names of the facts, in its order."""
    return {name: facts[name] for name in model.model_fields}
