"""A long call is read only for who has a ticket: everybody else's is let run past, unparsed."""

from __future__ import annotations

import io
import logging
import resource
from typing import Any

import pytest

from tests.webconnector.soap_calls import PUBLIC_URL, Recorder, ask, captured, parameters, post
from webconnector import soap
from webconnector.soap import soap_application
from webconnector.soap_contract import MIB
from webconnector.soap_envelope import HEAD_BYTES, ticket_named_in

MINE = "0123456789abcdef0123456789abcdef"
LONG = "x" * (HEAD_BYTES + 1)


def answer_of(ticket: str, text: str = LONG) -> str:
    """A receiveResponseXML with that ticket."""
    given = {"ticket": ticket, "response": text, "hresult": "", "message": ""}
    return captured("receiveResponseXML", parameters(given))


def stranger(**answers: Any) -> Recorder:
    """Calls of a server on which only MINE is a ticket."""
    return Recorder(knows_ticket=lambda ticket: ticket == MINE, **answers)


@pytest.mark.parametrize(
    ("body", "operation", "answer"),
    [
        (answer_of("f" * 32), "receiveResponseXML", "-1"),
        (answer_of(""), "receiveResponseXML", "-1"),
        (answer_of(f"{MINE}&#32;"), "receiveResponseXML", "-1"),
        (
            captured("receiveResponseXML", f"<response>{LONG}</response>"),
            "receiveResponseXML",
            "-1",
        ),
        (
            captured("sendRequestXML", f"<ticket>no</ticket><strHCPResponse>{LONG}"),
            "sendRequestXML",
            "",
        ),
        (answer_of("f" * 32) + "<not xml", "receiveResponseXML", "-1"),
    ],
    ids=["foreign", "empty", "nearly", "absent", "sendRequestXML", "malformed"],
)
def test_a_long_call_without_a_ticket_of_ours_gets_the_protocols_answer_unparsed(
    body: str, operation: str, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parsed(_body: bytes) -> None:
        raise AssertionError("it was parsed")

    monkeypatch.setattr(soap, "parse", parsed)
    calls, stream = stranger(), io.BytesIO(body.encode())
    reply = post(calls, body, **{"wsgi.input": stream})
    assert reply.status == 200
    assert reply.result(operation) == answer
    assert calls.asked == []
    assert stream.read() == b"", "a client still sending would see a broken connection"


def test_a_long_call_with_a_ticket_of_ours_is_taken_and_a_short_one_is_never_asked() -> None:
    calls = stranger()
    assert post(calls, answer_of(MINE)).result("receiveResponseXML") == "100"
    assert calls.asked.pop()[1:3] == (MINE, LONG)
    assert post(calls, answer_of("f" * 32, "short")).status == 200
    assert calls.asked.pop()[1] == "f" * 32


def test_when_the_tickets_cannot_be_asked_for_the_answer_is_taken_all_the_same(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = Recorder(knows_ticket=OSError("s3cret database address"))
    assert post(calls, answer_of(MINE)).result("receiveResponseXML") == "100"
    assert len(calls.asked) == 1
    assert [record.getMessage() for record in caplog.records] == ["soap_call_failed"]
    assert "s3cret" not in repr(caplog.records[0].__dict__)


def test_a_strangers_long_call_takes_no_memory_and_is_logged_without_its_ticket(
    caplog: pytest.LogCaptureFixture,
) -> None:
    calls = stranger()
    application = soap_application(calls, public_url=PUBLIC_URL)
    caplog.set_level(logging.DEBUG)
    body = answer_of("s3cret-ticket", "y" * (64 * MIB)).encode()
    stream = io.BytesIO(body)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": stream}
    assert ask(application, **environ).status == 200
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 8 * 1024  # KiB; read into memory it would be 64 MiB
    assert "s3cret" not in caplog.text
    assert [record.__dict__["reason"] for record in caplog.records] == ["unknown_ticket"]


def test_the_ticket_is_found_in_the_form_of_every_client() -> None:
    for form in ("<ticket>{}</ticket>", "<q:ticket xmlns:q='u'>\r\n {} </q:ticket>"):
        body = captured("receiveResponseXML", form.format(MINE)).encode()
        assert ticket_named_in(body) == MINE
    assert ticket_named_in(captured("getInteractiveURL", f"<wcTicket>{MINE}</wcTicket>").encode())
    assert ticket_named_in(b"<ticket>" + b"a" * 129 + b"</ticket>") == ""
    assert ticket_named_in(b" " * HEAD_BYTES + b"<ticket>a</ticket>") == ""
