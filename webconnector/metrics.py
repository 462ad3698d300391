"""Numbers for machines: calls by operation and kind of answer, durations, pages served.

Owns the names of the metrics and what counts as one kind of answer. Must not change an answer,
and never uses a ticket, a company or a text as a label.

With several worker processes the numbers are added up in files of PROMETHEUS_MULTIPROC_DIR, which
`serve` sets before this module is first imported: prometheus-client looks only then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import structlog
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from webconnector.calls import WebConnectorCalls
from webconnector.soap_answers import reference_for

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

CALLS = Counter(
    "webconnector_calls",
    "Web Connector calls by operation and kind of answer.",
    ("operation", "answer"),
)
CALL_SECONDS = Histogram(
    "webconnector_call_seconds",
    "Time to answer a Web Connector call.",
    ("operation",),
    buckets=_SECONDS,
)
PAGES = Counter("webconnector_pages", "Other HTTP requests by page and status.", ("page", "status"))
PAGE_SECONDS = Histogram(
    "webconnector_page_seconds", "Time to answer other HTTP requests.", ("page",), buckets=_SECONDS
)

Answer = TypeVar("Answer", str, int, tuple[str, ...])
_log = structlog.get_logger("webconnector.calls")
_FINISHED_PERCENT = 100


def exposition() -> bytes:
    """All numbers in Prometheus' text format."""
    if not os.environ.get(FOLDER_VARIABLE):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _text(answer: Any) -> str:
    return "text" if answer else "empty"


def _word(answer: Any) -> str:
    words = {"": "empty", "noop": "noop", "done": "done"}
    return words.get(str(answer).strip().lower(), "text")


def _authenticated(answer: Any) -> str:
    word = str(answer[1]).lower()
    return word if word in {"none", "nvu", "busy"} else "accepted"


def _version(answer: Any) -> str:
    return {"": "accepted", "W": "warned", "E": "refused", "O": "refused"}.get(
        str(answer)[:1], "accepted"
    )


def _request(answer: Any) -> str:
    return {"empty": "nothing", "noop": "noop"}.get(_word(answer), "request")


def _percent(answer: Any) -> str:
    if answer < 0:
        return "stop"
    return "finished" if answer >= _FINISHED_PERCENT else "continue"


# What counts as one kind of answer, by operation.
KINDS: Final[dict[str, Callable[[Any], str]]] = {
    "serverVersion": _text,
    "clientVersion": _version,
    "authenticate": _authenticated,
    "sendRequestXML": _request,
    "receiveResponseXML": _percent,
    "connectionError": _word,
    "getLastError": _word,
    "closeConnection": _text,
    "getInteractiveURL": _text,
    "interactiveRejected": _text,
    "interactiveDone": _word,
}


class Measured:
    """The same calls, each counted, timed and logged; answers and exceptions pass unchanged."""

    def __init__(self, calls: WebConnectorCalls) -> None:
        self._calls = calls

    def _ask(self, operation: str, ticket: str, ask: Callable[[], Answer]) -> Answer:
        structlog.contextvars.clear_contextvars()
        started = time.perf_counter()
        kind = "failed"
        try:
            answer = ask()
            kind = KINDS[operation](answer)
        finally:
            seconds = time.perf_counter() - started
            CALLS.labels(operation, kind).inc()
            CALL_SECONDS.labels(operation).observe(seconds)
            _log.info(
                "call",
                operation=operation,
                answer=kind,
                milliseconds=round(seconds * 1000),
                **({"reference": reference_for(ticket)} if ticket else {}),
            )
        return answer

    def server_version(self) -> str:
        return self._ask("serverVersion", "", self._calls.server_version)

    def client_version(self, version: str) -> str:
        return self._ask("clientVersion", "", lambda: self._calls.client_version(version))

    def authenticate(self, username: str, password: str) -> tuple[str, ...]:
        return self._ask("authenticate", "", lambda: self._calls.authenticate(username, password))

    def send_request_xml(
        self,
        ticket: str,
        hcp_response: str,
        company_file: str,
        country: str,
        major: int,
        minor: int,
    ) -> str:
        return self._ask(
            "sendRequestXML",
            ticket,
            lambda: self._calls.send_request_xml(
                ticket, hcp_response, company_file, country, major, minor
            ),
        )

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> int:
        return self._ask(
            "receiveResponseXML",
            ticket,
            lambda: self._calls.receive_response_xml(ticket, response, hresult, message),
        )

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        return self._ask(
            "connectionError",
            ticket,
            lambda: self._calls.connection_error(ticket, hresult, message),
        )

    def knows_ticket(self, ticket: str) -> bool:
        return self._calls.knows_ticket(ticket)

    def get_last_error(self, ticket: str) -> str:
        return self._ask("getLastError", ticket, lambda: self._calls.get_last_error(ticket))

    def close_connection(self, ticket: str) -> str:
        return self._ask("closeConnection", ticket, lambda: self._calls.close_connection(ticket))

    def get_interactive_url(self, ticket: str, session_id: str) -> str:
        return self._ask(
            "getInteractiveURL",
            ticket,
            lambda: self._calls.get_interactive_url(ticket, session_id),
        )

    def interactive_rejected(self, ticket: str, reason: str) -> str:
        return self._ask(
            "interactiveRejected",
            ticket,
            lambda: self._calls.interactive_rejected(ticket, reason),
        )

    def interactive_done(self, ticket: str) -> str:
        return self._ask("interactiveDone", ticket, lambda: self._calls.interactive_done(ticket))
