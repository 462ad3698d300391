"""The API's blueprint: each operation as a route, from the request to the answer.

Owns the order of a call: who it is, whether it may, what it says, one transaction, the answer. It
must not know any operation.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import structlog
from flask import Blueprint, Response, g, request

from store import idempotency
from store.buckets import Rate
from store.engine import Connection, Store
from store.errors import FieldError
from store.idempotency import Claim
from webconnector import logs
from webconnector.api import access, document, versions
from webconnector.api.calling import Answer, Call
from webconnector.api.incoming import read_json, read_query
from webconnector.api.limits import BODY_BYTES_MAX, GZIP_BYTES_MIN, KEY_CHARACTERS_MAX
from webconnector.api.operation import Operation
from webconnector.api.operations import OPERATIONS
from webconnector.api.problem_details import CONTENT_TYPE, of_error, wrong_fields
from webconnector.api.reference import reference_page
from webconnector.settings import Settings

PATH = "/api/v1"
_SECONDS = 60
_log = structlog.get_logger("webconnector.api")
Clock = Callable[[], datetime]


def api(settings: Settings, store: Store, clock: Clock = lambda: datetime.now(UTC)) -> Blueprint:
    """The blueprint of all operations, the OpenAPI document and the reference."""
    found = Blueprint("api", __name__, url_prefix=PATH)
    calls = _Calls(settings, store, clock)
    for operation in OPERATIONS:
        found.add_url_rule(
            operation.path.replace("{", "<").replace("}", ">"),
            operation.id,
            calls.view(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    found.add_url_rule("/openapi.json", "openapi", _openapi, methods=["GET"])
    found.add_url_rule("/docs", "docs", reference_page, methods=["GET"])
    found.after_request(_finish)
    return found


def failed(error: Exception) -> Response:
    """The answer to whatever went wrong below this path; also for who asks for no operation."""
    found = of_error(error)
    if found.kind.name == "failed":
        _log.error("api_failed", page=request.endpoint, **logs.what_failed(error))
    response = _json(found.body(g.get("correlation_id")), found.kind.status)
    response.content_type = CONTENT_TYPE
    response.headers.update(found.headers)
    return response


class _Calls:
    """Runs operations over one store."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.rate = Rate("api", settings.api_calls_per_minute, _SECONDS)

    @cached_property
    def secret_key(self) -> bytes:
        """Read from its file once, when the first token comes."""
        return self.settings.secret_key_bytes

    def view(self, operation: Operation) -> Callable[..., Response]:
        """What the route calls."""

        def view(**arguments: str) -> Response:
            # Flask's own limit is for pages.
            request.max_content_length = BODY_BYTES_MAX
            call = self._call(operation, arguments)
            if operation.method == "GET":
                with self.store.read() as conn:
                    return _answer(operation.act(conn, call))
            return self._written(operation, call)

        return view

    def _call(self, operation: Operation, arguments: dict[str, str]) -> Call:
        now = self.clock()
        caller = access.admit(
            self.store,
            request,
            secret_key=self.secret_key,
            rate=self.rate,
            scope=operation.scope,
            now=now,
        )
        query = read_query(request, operation.parameters)
        require = versions.requirement(request) if operation.versioned else _any_version
        taken = operation.body is not None and (operation.body_needed or request.get_data())
        body = read_json(request) if taken else None
        return Call(caller, now, arguments, query, body, self.settings, require)

    def _written(self, operation: Operation, call: Call) -> Response:
        key = request.headers.get("Idempotency-Key") if operation.repeatable else None
        if key is None:
            return _answer(self.store.run(lambda conn: operation.act(conn, call)))
        claimed = self._claim(_checked(key), call)
        if not isinstance(claimed, Claim):
            status, text = claimed
            response = _answer(Answer(**json.loads(text), status=status))
            response.headers["Idempotency-Replayed"] = "true"
            return response
        try:
            return _answer(self.store.run(lambda conn: _once(conn, operation, call, claimed)))
        except Exception:
            # Nothing was done: the key is free again.
            self.store.run(lambda conn: idempotency.give_up(conn, claimed))
            raise

    def _claim(self, key: str, call: Call) -> Claim | tuple[int, str]:
        asked = json.dumps([request.method, request.path, call.body], sort_keys=True)
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()
        caller = call.caller
        return self.store.run(
            lambda conn: idempotency.claim(
                conn, caller.company_id, caller.token_id, key, fingerprint, call.now
            )
        )


def _once(conn: Connection, operation: Operation, call: Call, claimed: Claim) -> Answer:
    answer = operation.act(conn, call)
    text = json.dumps({"body": answer.body, "headers": answer.headers})
    idempotency.answered(conn, claimed, answer.status, text)
    return answer


def _checked(key: str) -> str:
    if not 0 < len(key) <= KEY_CHARACTERS_MAX or not key.isascii() or not key.isprintable():
        text = f"Give 1 to {KEY_CHARACTERS_MAX} ASCII characters, such as a new UUID."
        raise wrong_fields((FieldError("Idempotency-Key", text),), where="parameter")
    return key


def _any_version(_record: object) -> None:
    """Nothing is required."""


def _answer(answer: Answer) -> Response:
    response = _json(answer.body, answer.status)
    response.headers.update(answer.headers)
    return response


def _json(body: Any, status: int) -> Response:
    # Records of companies: no cache on the way may keep them.
    response = Response(json.dumps(body), status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _openapi() -> Response:
    return Response(document.as_text(), content_type="application/json")


def _finish(response: Response) -> Response:
    response.vary.add("Accept-Encoding")
    packable = request.accept_encodings["gzip"] > 0 and not response.direct_passthrough
    if packable and len(response.get_data()) >= GZIP_BYTES_MIN:
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
