"""Every call is counted by its kind of answer, and passes through unchanged."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import REGISTRY

from tests.webconnector.soap_calls import ANSWERS, Recorder
from webconnector.metrics import KINDS, Measured
from webconnector.soap_contract import OPERATIONS

# method, arguments, operation, answer, its kind
CASES: list[tuple[str, tuple[Any, ...], str, Any, str]] = [
    ("server_version", (), "serverVersion", "1.0", "text"),
    ("client_version", ("34",), "clientVersion", "", "accepted"),
    ("client_version", ("34",), "clientVersion", "W:old", "warned"),
    ("client_version", ("34",), "clientVersion", "E:too old", "refused"),
    ("client_version", ("34",), "clientVersion", "O:2.0", "refused"),
    ("authenticate", ("u", "p"), "authenticate", ("t", ""), "accepted"),
    ("authenticate", ("u", "p"), "authenticate", ("t", "C:\\acme.qbw"), "accepted"),
    ("authenticate", ("u", "p"), "authenticate", ("t", "nvu"), "nvu"),
    ("authenticate", ("u", "p"), "authenticate", ("t", "none"), "none"),
    ("authenticate", ("u", "p"), "authenticate", ("t", "busy", "60"), "busy"),
    ("send_request_xml", ("t", "", "", "US", 13, 0), "sendRequestXML", "<QBXML/>", "request"),
    ("send_request_xml", ("t", "", "", "US", 13, 0), "sendRequestXML", "", "nothing"),
    ("send_request_xml", ("t", "", "", "US", 13, 0), "sendRequestXML", "NoOp", "noop"),
    ("receive_response_xml", ("t", "x", "", ""), "receiveResponseXML", 40, "continue"),
    ("receive_response_xml", ("t", "x", "", ""), "receiveResponseXML", 100, "finished"),
    ("receive_response_xml", ("t", "x", "", ""), "receiveResponseXML", -1, "stop"),
    ("connection_error", ("t", "0x80040408", ""), "connectionError", "done", "done"),
    ("connection_error", ("t", "0x80040408", ""), "connectionError", "", "empty"),
    ("get_last_error", ("t",), "getLastError", "It is paused.", "text"),
    ("close_connection", ("t",), "closeConnection", "OK", "text"),
    ("get_interactive_url", ("t", "1"), "getInteractiveURL", "", "empty"),
    ("interactive_rejected", ("t", "no"), "interactiveRejected", "Not now", "text"),
    ("interactive_done", ("t",), "interactiveDone", "Done", "done"),
]


def counted(operation: str, kind: str) -> float:
    labels = {"operation": operation, "answer": kind}
    return REGISTRY.get_sample_value("webconnector_calls_total", labels) or 0.0


@pytest.mark.parametrize(("method", "arguments", "operation", "answer", "kind"), CASES)
def test_a_call_is_counted_by_its_kind_and_passes_unchanged(
    method: str, arguments: tuple[Any, ...], operation: str, answer: Any, kind: str
) -> None:
    calls = Recorder(**{method: answer})
    before = counted(operation, kind)
    assert getattr(Measured(calls), method)(*arguments) == answer
    assert calls.asked == [(method, *arguments)]
    assert counted(operation, kind) == before + 1


def test_a_failure_is_counted_and_goes_on() -> None:
    before = counted("closeConnection", "failed")
    with pytest.raises(OSError, match="gone"):
        Measured(Recorder(close_connection=OSError("gone"))).close_connection("t")
    assert counted("closeConnection", "failed") == before + 1


def test_every_operation_has_its_kinds_and_its_case() -> None:
    assert set(KINDS) == set(OPERATIONS)
    assert {case[0] for case in CASES} == set(ANSWERS)
