"""Webhooks by the API: made with an address that may be called, listed, deleted, set back.

Owns reading their bodies. It must not know how they are delivered; `webconnector.webhooks` does.
"""

from __future__ import annotations

from typing import Any

from store import webhooks
from store.engine import Connection
from store.errors import FieldError, Invalid
from webconnector.api.calling import Answer, Call
from webconnector.api.fixed_models import EVENT_KINDS
from webconnector.api.versions import etag
from webconnector.webhooks import Forbidden, checked, is_local

_NUMBER_MAX = 10**18 - 1


def listing(conn: Connection, call: Call) -> Answer:
    """All of the company's; there are few."""
    return Answer({"data": webhooks.list_all(conn, call.company_id), "next_cursor": None})


def creating(conn: Connection, call: Call) -> Answer:
    """A new one; its secret is shown here only."""
    url, kinds = _given(call)
    made = webhooks.add(conn, call.company_id, url, kinds, call.now, call.who)
    shown = webhooks.read(conn, call.company_id, made)
    secret = webhooks.secret_of(call.company_id, made, call.settings.secret_key_bytes)
    return Answer(shown | {"secret": secret}, 201, {"Location": f"/api/v1/webhooks/{made}"})


def reading(conn: Connection, call: Call) -> Answer:
    """One of them."""
    return _shown(webhooks.read(conn, call.company_id, _id(call)))


def deleting(conn: Connection, call: Call) -> Answer:
    """Tell it nothing any more."""
    call.require(webhooks.read(conn, call.company_id, _id(call)))
    return _shown(webhooks.remove(conn, call.company_id, _id(call), call.now, call.who))


def replaying(conn: Connection, call: Call) -> Answer:
    """Tell it again what came after a number."""
    webhooks.read(conn, call.company_id, _id(call))
    body = _object(call.body, ("after",))
    after = body.get("after")
    if type(after) is not int or not 0 <= after <= _NUMBER_MAX:
        raise Invalid((FieldError("/after", "Give the number of an event, or 0."),))
    return _shown(webhooks.replay(conn, call.company_id, _id(call), after, call.now, call.who))


def _given(call: Call) -> tuple[str, list[str]]:
    body = _object(call.body, ("url", "kinds"))
    wrong = []
    url, kinds = body.get("url"), body.get("kinds", [])
    try:
        checked(url if isinstance(url, str) else "", local=is_local(call.settings))
    except Forbidden as error:
        wrong.append(FieldError("/url", str(error)))
    known = isinstance(kinds, list) and all(kind in EVENT_KINDS for kind in kinds)
    if not known or len(set(kinds)) != len(kinds):
        text = f"Give a list of some of {', '.join(EVENT_KINDS)}, each once; empty: all."
        wrong.append(FieldError("/kinds", text))
    if wrong:
        raise Invalid(tuple(wrong))
    return str(url), list(kinds)


def _object(body: Any, known: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise Invalid((FieldError("", "Give a JSON object."),))
    unknown = [name for name in body if name not in known]
    if unknown:
        there = f"There is no such field. There are {', '.join(known)}."
        escaped = [name.replace("~", "~0").replace("/", "~1") for name in unknown]
        raise Invalid(tuple(FieldError(f"/{name}", there) for name in escaped))
    return body


def _id(call: Call) -> str:
    return call.arguments["webhook_id"]


def _shown(webhook: dict[str, Any]) -> Answer:
    return Answer(webhook, 200, {"ETag": etag(webhook)})
