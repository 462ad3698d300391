"""Whatever fails behind the SOAP layer, the Web Connector is led to the end of its run."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from tests.webconnector.soap_calls import Recorder, captured, post
from webconnector import soap
from webconnector.soap_answers import FALLBACKS, reference_for
from webconnector.soap_contract import OPERATIONS

METHODS = {
    "serverVersion": "server_version",
    "clientVersion": "client_version",
    "authenticate": "authenticate",
    "sendRequestXML": "send_request_xml",
    "receiveResponseXML": "receive_response_xml",
    "connectionError": "connection_error",
    "getLastError": "get_last_error",
    "closeConnection": "close_connection",
    "getInteractiveURL": "get_interactive_url",
    "interactiveRejected": "interactive_rejected",
    "interactiveDone": "interactive_done",
}
NUMBERS = "<qbXMLMajorVers>16</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>"
REFERENCE = reference_for("t-1")

# What each operation answers, as a regular expression, when the calls object fails.
EXPECTED = {
    "serverVersion": "Key CashFlow",
    "clientVersion": "",
    "authenticate": "<string>[0-9a-f]{32}</string><string>busy</string>",
    "sendRequestXML": "",
    "receiveResponseXML": "-1",
    "connectionError": "done",
    "getLastError": f"Key CashFlow had an error .* support the reference {REFERENCE}.",
    "closeConnection": f"Ended with an error, reference {REFERENCE}",
    "getInteractiveURL": "",
    "interactiveRejected": "",
    "interactiveDone": "Done",
}


def body_of(operation: str) -> str:
    names = OPERATIONS[operation].parameters
    ticket = next((name for name in names if name in {"ticket", "wcTicket"}), None)
    inner = f"<{ticket}>t-1</{ticket}>" if ticket else ""
    return captured(operation, inner + (NUMBERS if operation == "sendRequestXML" else ""))


def test_every_operation_has_a_fallback() -> None:
    assert set(FALLBACKS) == set(OPERATIONS) == set(METHODS)


@pytest.mark.parametrize("error", [RuntimeError("s3cret"), KeyError(), MemoryError(), OSError(1)])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_exception_becomes_the_operations_fallback(
    operation: str, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    reply = post(Recorder(**{METHODS[operation]: error}), body_of(operation))
    assert reply.status == 200
    assert re.fullmatch(EXPECTED[operation], reply.result(operation))
    (record,) = caplog.records
    fields = record.__dict__
    assert (record.levelno, record.getMessage()) == (logging.ERROR, "soap_call_failed")
    assert (fields["operation"], fields["error"]) == (operation, type(error).__name__)
    assert "soap_calls.py:" in fields["where"]
    assert "s3cret" not in repr(fields)
    assert "t-1" not in repr(fields)


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("clientVersion", None),
        ("clientVersion", 5),
        ("authenticate", None),
        ("authenticate", "busy"),
        ("authenticate", ("t",)),
        ("authenticate", ("", "nvu")),
        ("authenticate", ("t", None)),
        ("authenticate", ("t", "", "", "", "")),
        ("sendRequestXML", None),
        ("sendRequestXML", b"<?xml?>"),
        ("receiveResponseXML", None),
        ("receiveResponseXML", "50"),
        ("receiveResponseXML", 50.5),
        ("receiveResponseXML", True),
        ("receiveResponseXML", 2**31),
        ("getLastError", None),
    ],
)
def test_an_unfit_answer_never_reaches_the_wire(operation: str, answer: Any) -> None:
    reply = post(Recorder(**{METHODS[operation]: answer}), body_of(operation))
    assert reply.status == 200
    assert re.fullmatch(EXPECTED[operation], reply.result(operation))


@pytest.mark.parametrize("answer", [("t", "none"), ("t", "", "60"), ("t", "", "", "300")])
def test_authenticate_gives_two_to_four_strings(answer: tuple[str, ...]) -> None:
    reply = post(Recorder(authenticate=answer), body_of("authenticate"))
    strings = "".join(f"<string>{item}</string>" for item in answer)
    assert reply.result("authenticate") == strings


@pytest.mark.parametrize("percent", [0, 1, 100, -1, -(2**31) + 1])
def test_receive_response_xml_gives_any_integer(percent: int) -> None:
    reply = post(Recorder(receive_response_xml=percent), body_of("receiveResponseXML"))
    assert reply.result("receiveResponseXML") == str(percent)


def test_all_failures_of_one_ticket_share_a_reference_and_others_do_not() -> None:
    assert re.fullmatch("[0-9a-f]{8}", REFERENCE)
    assert reference_for("t-1") == REFERENCE != reference_for("t-2")


def test_a_refusals_ticket_is_new_each_time() -> None:
    replies = [
        post(Recorder(authenticate=OSError()), body_of("authenticate")).body for _ in range(3)
    ]
    assert len(set(replies)) == 3


@pytest.mark.parametrize("operation", OPERATIONS)
def test_even_a_failing_spyne_is_answered(
    operation: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Any:
        raise RecursionError("s3cret")

    def faulty(_: Any, start_response: Any) -> list[bytes]:
        start_response("500 Internal Server Error", [])
        return [b"s3cret"]

    for application in (broken, faulty):
        monkeypatch.setattr(soap, "spyne_application", lambda _, chosen=application: chosen)
        reply = post(Recorder(), body_of(operation))
        assert reply.status == 200
        assert re.fullmatch(EXPECTED[operation], reply.result(operation))
    assert [record.getMessage() for record in caplog.records] == ["soap_call_failed"] * 2
    assert "s3cret" not in repr([record.__dict__ for record in caplog.records])
