"""Who may call: the bearer token, its scope, and how often.

Owns the look of a token in a request and the answers to wrong ones. It must not know operations.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Request

from store import api_tokens, buckets
from store.api_tokens import Caller
from store.buckets import Rate
from store.engine import Connection, Row, Store
from webconnector.api.problem_details import Problem, problem

_CHALLENGE = 'Bearer realm="Key CashFlow"'


def admit(
    store: Store, request: Request, *, secret_key: bytes, rate: Rate, scope: str, now: datetime
) -> Caller:
    """The caller, counted; Problem (401, 429, 403) when there is none or it may not."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise _unknown("Send a token: `Authorization: Bearer TOKEN`.", _CHALLENGE)
    with store.read() as conn:
        found = api_tokens.find(conn, given.strip(), secret_key)
    if found is None:
        text = "This token is unknown or revoked."
        raise _unknown(text, f'{_CHALLENGE}, error="invalid_token"')
    caller, row = found
    early = store.run(lambda conn: _count(conn, rate, caller, row, now))
    if early:
        text = f"More than {rate.events} requests in {rate.seconds} seconds."
        raise problem("too-many", text, Retry_After=str(early))
    if scope not in caller.scopes:
        raise problem("scope", f"This token has no scope `{scope}`.")
    return caller


def _count(conn: Connection, rate: Rate, caller: Caller, row: Row[Any], now: datetime) -> int:
    early = buckets.take(conn, rate, caller.token_id, now)
    if not early:
        api_tokens.used(conn, row, now)
    return early


def _unknown(text: str, challenge: str) -> Problem:
    return problem("unauthorized", text, WWW_Authenticate=challenge)
