"""What is no record of the ledger: the company, its sessions, its problem inbox.

Owns the acts between a call and the store's readers. It must not know HTTP.
"""

from __future__ import annotations

from typing import Any

from store import feed, inbox, overview, problem_acts
from store.engine import Connection
from store.errors import NotFound
from store.types import is_key
from webconnector.api.calling import Act, Answer, Call
from webconnector.api.fixed_models import Company, InboxProblem, Session
from webconnector.api.limits import PAGE_RECORDS
from webconnector.api.records import page

_NUMBER_MAX = 2**31 - 1


def company(conn: Connection, call: Call) -> Answer:
    """The token's company."""
    return Answer(_only(Company, overview.show(conn, call.company_id)))


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
    shown = [_only(Session, row) for row in rows]
    return Answer(page(shown, limit, lambda row: str(row["id"])))


def session(conn: Connection, call: Call) -> Answer:
    """One session."""
    session_id = call.arguments["session_id"].lower()
    if not is_key(session_id):
        raise NotFound("There is no session with this id.")
    return Answer(_only(Session, inbox.session_of(conn, call.company_id, session_id)))


def problems(conn: Connection, call: Call) -> Answer:
    """A page of problems by number."""
    limit = call.query.get("limit", PAGE_RECORDS)
    rows = inbox.problems_page(
        conn,
        call.company_id,
        after=call.query.get("after", 0),
        limit=limit + 1,
        which=call.query.get("state", "open"),
        record_id=call.query.get("record"),
    )
    shown = [_only(InboxProblem, row) for row in rows]
    return Answer(page(shown, limit, lambda row: str(row["number"])))


def problem(conn: Connection, call: Call) -> Answer:
    """One problem, also a resolved one."""
    return Answer(_problem(conn, call))


def acting(name: str) -> Act:
    """Do about a problem what is called so; the problem afterwards."""

    def act(conn: Connection, call: Call) -> Answer:
        _problem(conn, call)
        found = problem_acts.find(conn, _number(call), call.company_id)
        problem_acts.ACTS[name](conn, found, call.who, call.now)
        return Answer(_problem(conn, call))

    return act


def _problem(conn: Connection, call: Call) -> dict[str, Any]:
    return _only(InboxProblem, inbox.problem_of(conn, call.company_id, _number(call)))


def _number(call: Call) -> int:
    text = call.arguments["number"]
    if text.isascii() and text.isdigit() and len(text) <= len(str(_NUMBER_MAX)):
        number = int(text)
        if number <= _NUMBER_MAX:
            return number
    raise NotFound("There is no problem of this number.")


def _only(model: type[Any], facts: dict[str, Any]) -> dict[str, Any]:
    """What the model names of the facts, in its order."""
    return {name: facts[name] for name in model.model_fields}
