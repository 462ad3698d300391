"""The stand-in Web Connector follows the protocol and refuses what the real one would."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.webconnector.soap_calls import Recorder, captured, serving
from webconnector.rehearsal.soap_wire import envelope, read_reply
from webconnector.rehearsal.web_connector import (
    CallFailedError,
    ConnectionLost,
    ProtocolViolation,
    SessionLog,
    WebConnector,
)
from webconnector.soap import soap_application

HCP = "<QBXML><QBXMLMsgsRs/></QBXML>"
REQUEST = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML/>'
PATH = r"C:\Books\Acme.QBW"


class Refused(Exception):
    """QuickBooks' refusal of a request or a session."""

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(message)
        self.hresult, self.message = hresult, message


class Books:
    """A company file that answers scripted replies; an exception among them is raised."""

    def __init__(
        self, *answers: str | Exception, opens: list[Exception | None] | None = None
    ) -> None:
        self.path = PATH
        self.answers = list(answers)
        self.opens = opens or []
        self.events: list[str] = []

    def begin_session(self) -> str:
        refusal = self.opens.pop(0) if self.opens else None
        if refusal:
            raise refusal
        self.events.append("begin")
        return "session"

    def end_session(self) -> None:
        self.events.append("end")

    def hcp(self) -> str:
        return HCP

    def process(self, text: str) -> str:
        self.events.append(text)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def connected(calls: Recorder, **options: Any) -> Iterator[WebConnector]:
    with serving(soap_application(calls, public_url="https://x.example")) as url:
        yield WebConnector(url, "user", "password", **options)


def update(calls: Recorder, books: Books | None = None, **options: Any) -> SessionLog:
    with connected(calls, **options) as connector:
        return connector.run(books or Books("<QBXML/>"))


def operations(log: SessionLog) -> list[str]:
    return [call.op for call in log.calls]


START = ["serverVersion", "clientVersion", "authenticate"]
PAIR = ["sendRequestXML", "receiveResponseXML"]


def test_a_whole_update_makes_the_calls_in_order_with_their_parameters() -> None:
    calls = Recorder(send_request_xml=[REQUEST, REQUEST], receive_response_xml=[0, 100])
    books = Books("<A/>", "<B/>")
    log = update(calls, books)
    assert operations(log) == [*START, *PAIR, *PAIR, "closeConnection"]
    assert calls.asked == [
        ("server_version",),
        ("client_version", "34.0.10003.20"),
        ("authenticate", "user", "password"),
        ("send_request_xml", "ticket-1", HCP, PATH, "US", 16, 0),
        ("receive_response_xml", "ticket-1", "<A/>", "", ""),
        ("send_request_xml", "ticket-1", "", PATH, "US", 16, 0),
        ("receive_response_xml", "ticket-1", "<B/>", "", ""),
        ("close_connection", "ticket-1"),
    ]
    assert books.events == ["begin", REQUEST, REQUEST, "end"]
    assert (log.outcome, log.close_text, log.percents) == ("finished", "OK", [0, 100])
    assert (log.requests, log.replies) == ([REQUEST] * 2, ["<A/>", "<B/>"])


@pytest.mark.parametrize("word", ["none", "NVU", "Busy"])
def test_a_refusal_is_closed_without_opening_quickbooks(word: str) -> None:
    books = Books()
    log = update(Recorder(authenticate=("t", word)), books)
    assert operations(log) == [*START, "closeConnection"]
    assert (log.outcome, log.ticket, books.events) == (word.lower(), "t", [])


def test_seconds_in_the_answer_postpone_the_update() -> None:
    log = update(Recorder(authenticate=("t", "", "60", "900")))
    assert operations(log) == [*START, "closeConnection"]
    assert (log.outcome, log.postponed_seconds, log.run_every_seconds_min) == ("postponed", 60, 900)


@pytest.mark.parametrize(("word", "outcome"), [("E:too old", "refused"), ("O:35.0", "refused")])
def test_client_version_can_stop_the_update(word: str, outcome: str) -> None:
    log = update(Recorder(client_version=word))
    assert operations(log) == START[:2]
    assert log.outcome == outcome


def test_a_warning_goes_on() -> None:
    log = update(Recorder(client_version="W:hm", send_request_xml=REQUEST))
    assert (log.outcome, log.warning) == ("finished", "hm")


@pytest.mark.parametrize("path", ["", PATH, PATH.lower()])
def test_the_open_file_serves_an_empty_path_and_its_own_in_any_case(path: str) -> None:
    log = update(Recorder(authenticate=("t", path), send_request_xml=REQUEST))
    assert log.outcome == "finished"


def test_another_file_is_a_connection_error_and_done_closes() -> None:
    calls = Recorder(authenticate=("t", r"C:\other.qbw"))
    log = update(calls)
    assert operations(log) == [*START, "connectionError", "closeConnection"]
    assert (log.outcome, log.connection_errors) == ("error", ["0x8004040A"])
    assert calls.asked[3][:3] == ("connection_error", "t", "0x8004040A")


def test_a_path_in_answer_to_a_connection_error_is_tried() -> None:
    calls = Recorder(
        authenticate=("t", r"C:\other.qbw"), connection_error=[""], send_request_xml=REQUEST
    )
    books = Books("<QBXML/>", opens=[None])
    assert update(calls, books).outcome == "finished"
    calls = Recorder(connection_error=["", "done"])
    books = Books(opens=[Refused("0x80040408", "a"), Refused("0x80040414", "b")])
    log = update(calls, books)
    assert log.connection_errors == ["0x80040408", "0x80040414"]
    assert books.events == []


def test_a_server_that_never_gives_up_on_a_file_is_a_violation() -> None:
    calls = Recorder(authenticate=("t", "x"), connection_error="x")
    with pytest.raises(ProtocolViolation, match="never answers 'done'"):
        update(calls)


def test_an_empty_request_asks_for_the_last_error_and_closes() -> None:
    log = update(Recorder(get_last_error="No more work"))
    assert operations(log) == [*START, "sendRequestXML", "getLastError", "closeConnection"]
    assert (log.outcome, log.last_error) == ("stopped", "No more work")


def test_noop_waits_five_seconds_and_asks_again() -> None:
    calls = Recorder(send_request_xml=["", "NoOp", REQUEST], get_last_error=["NoOp", "noop"])
    waited: list[float] = []
    log = update(calls, wait=waited.append)
    assert (log.outcome, waited) == ("finished", [5.0, 5.0])
    assert [asked[2] for asked in calls.asked if asked[0] == "send_request_xml"] == [HCP, "", ""]


def test_endless_noop_is_a_violation() -> None:
    with pytest.raises(ProtocolViolation, match="NoOp"):
        update(Recorder(get_last_error="NoOp"), wait=lambda _: None)


def test_interactive_mode_is_answered_by_nobody() -> None:
    log = update(Recorder(get_last_error="Interactive mode"))
    assert operations(log)[-3:] == ["getInteractiveURL", "interactiveRejected", "closeConnection"]


def test_a_refused_request_travels_as_hresult_and_message() -> None:
    calls = Recorder(send_request_xml=[REQUEST] * 2, receive_response_xml=[50, 100])
    update(calls, Books(Refused("0x80040400", "parse"), "<QBXML/>"))
    assert calls.asked[4] == ("receive_response_xml", "ticket-1", "", "0x80040400", "parse")


def test_a_negative_percentage_asks_for_the_last_error() -> None:
    calls = Recorder(send_request_xml=REQUEST, receive_response_xml=-1, get_last_error="Why")
    log = update(calls)
    assert operations(log)[-2:] == ["getLastError", "closeConnection"]
    assert (log.outcome, log.last_error) == ("error", "Why")


def test_more_than_100_percent_is_a_violation() -> None:
    with pytest.raises(ProtocolViolation, match="QBWC1042"):
        update(Recorder(send_request_xml=REQUEST, receive_response_xml=101))


def test_another_exception_of_the_books_is_not_taken_for_a_refusal() -> None:
    books = Books(ValueError("defect"))
    with connected(Recorder(send_request_xml=REQUEST)) as connector:
        with pytest.raises(ValueError, match="defect"):
            connector.run(books)
        assert (connector.log.outcome, books.events[-1]) == ("failed", "end")


def test_steps_make_one_call_each_and_closing_them_is_a_kill() -> None:
    calls, books = Recorder(send_request_xml=REQUEST), Books("<QBXML/>")
    with connected(calls) as connector:
        steps = connector.steps(books)
        for number, operation in enumerate([*START, "sendRequestXML"], 1):
            assert next(steps)[0] == operation
            assert len(calls.asked) == number
        steps.close()
        assert (connector.log.outcome, books.events) == ("killed", ["begin", "end"])


def test_calls_of_one_update_can_go_to_several_servers() -> None:
    calls = [Recorder(send_request_xml=REQUEST), Recorder(send_request_xml=REQUEST)]
    applications = [soap_application(each, public_url="https://x.example") for each in calls]
    with serving(applications[0]) as first, serving(applications[1]) as second:
        turns = [second, first] * 3
        connector = WebConnector(turns.pop, "u", "p")
        assert connector.run(Books("<QBXML/>")).outcome == "finished"
    assert [asked[0] for asked in calls[0].asked] == [
        "server_version", "authenticate", "receive_response_xml",
    ]  # fmt: skip


def test_a_server_that_is_gone_is_a_lost_connection(free_port: int) -> None:
    connector = WebConnector(f"http://127.0.0.1:{free_port}/qbwc", "u", "p")
    with pytest.raises(ConnectionLost, match="serverVersion"):
        connector.run(Books())
    assert connector.log.outcome == "failed"
    secure = WebConnector(f"https://127.0.0.1:{free_port}/qbwc", "u", "p")
    with pytest.raises(ConnectionLost) as lost:
        secure.call("authenticate")
    assert lost.value.code == "QBWC1012"
    assert not isinstance(lost.value.__cause__, ssl.SSLError)


def test_a_hook_sees_each_call_before_and_after_and_can_end_the_run() -> None:
    seen: list[tuple[str, str]] = []

    def hook(moment: str, operation: str) -> None:
        seen.append((moment, operation))
        if operation == "authenticate":
            raise CallFailedError(operation, "killed")

    calls = Recorder()
    with pytest.raises(CallFailedError, match="killed"):
        update(calls, on_call=hook)
    assert seen[-2:] == [("answered", "clientVersion"), ("sending", "authenticate")]
    assert len(calls.asked) == 2


def test_calls_have_the_bytes_of_captured_ones() -> None:
    assert envelope("serverVersion", {}) == captured("serverVersion").encode()
    inner = '<ticket>t</ticket><response>&lt;a&gt;"&amp;amp;&#x1;</response><hresult />'
    values = {"response": '<a>"&amp;\x01', "hresult": "", "ticket": "t", "message": None}
    assert envelope("receiveResponseXML", values) == captured("receiveResponseXML", inner).encode()
    with pytest.raises(TypeError, match="no parameter nonsense"):
        envelope("getLastError", {"nonsense": "x"})


def reply(operation: str, inner: str) -> bytes:
    tag = f"{operation}Response"
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<s:Body><{tag} xmlns="http://developer.intuit.com/">{inner}</{tag}></s:Body></s:Envelope>'
    ).encode()


XML_HEADERS = {"Content-Type": "text/xml; charset=utf-8"}
STRINGS = "<authenticateResult>{}</authenticateResult>"
ERROR = "<getLastErrorResult>{}</getLastErrorResult>"
PERCENT = "<receiveResponseXMLResult>{}</receiveResponseXMLResult>"
GOOD = reply("getLastError", ERROR.format("x"))

BAD_REPLIES: dict[str, tuple[str, int, dict[str, str], bytes]] = {
    "fault status": ("getLastError", 500, XML_HEADERS, GOOD),
    "redirect": ("getLastError", 302, XML_HEADERS, GOOD),
    "no charset": ("getLastError", 200, {"Content-Type": "text/xml"}, GOOD),
    "soap 1.2 type": ("getLastError", 200, {"Content-Type": "application/soap+xml"}, GOOD),
    "no content type": ("getLastError", 200, {}, GOOD),
    "gzip": ("getLastError", 200, XML_HEADERS | {"Content-Encoding": "gzip"}, GOOD),
    "empty": ("getLastError", 200, XML_HEADERS, b""),
    "byte order mark": ("getLastError", 200, XML_HEADERS, b"\xef\xbb\xbf" + GOOD),
    "line before": ("getLastError", 200, XML_HEADERS, b"\n" + GOOD),
    "cut": ("getLastError", 200, XML_HEADERS, GOOD[:-5]),
    "doctype": ("getLastError", 200, XML_HEADERS, GOOD.replace(b"?>", b"?><!DOCTYPE x>", 1)),
    "soap 1.2": (
        "getLastError", 200, XML_HEADERS,
        GOOD.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope"),
    ),
    "other namespace": ("getLastError", 200, XML_HEADERS, GOOD.replace(b"intuit", b"example")),
    "other operation": ("closeConnection", 200, XML_HEADERS, GOOD),
    "no result": ("getLastError", 200, XML_HEADERS, reply("getLastError", "")),
    "pretty print": ("getLastError", 200, XML_HEADERS, GOOD.replace(b"<get", b"\n <get")),
    "child elements": (
        "getLastError", 200, XML_HEADERS, reply("getLastError", ERROR.format("<QBXML/>")),
    ),
    "nil": ("getLastError", 200, XML_HEADERS, GOOD.replace(b"Result>x", b"Result nil='1'>x")),
    "control character": (
        "getLastError", 200, XML_HEADERS, reply("getLastError", ERROR.format("&#x1;")),
    ),
    "array of another namespace": (
        "authenticate", 200, XML_HEADERS,
        reply("authenticate", STRINGS.format('<string xmlns="urn:arrays">t</string>')),
    ),
    "array without items": (
        "authenticate", 200, XML_HEADERS, reply("authenticate", STRINGS.format("t")),
    ),
    **{
        f"integer {text!r}": (
            "receiveResponseXML", 200, XML_HEADERS,
            reply("receiveResponseXML", PERCENT.format(text)),
        )
        for text in ("", "50.0", "fifty", " 50", "9999999999")
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_REPLIES)
def test_a_reply_that_the_real_one_would_refuse_or_misread_is_a_violation(name: str) -> None:
    operation, status, headers, body = BAD_REPLIES[name]
    with pytest.raises(ProtocolViolation):
        read_reply(operation, status, headers, body)


@pytest.mark.parametrize(
    ("operation", "inner", "value"),
    [
        ("getLastError", ERROR.format("a &lt;b&gt; é"), "a <b> é"),
        ("getLastError", ERROR.format(""), ""),
        ("receiveResponseXML", PERCENT.format("-1"), -1),
        ("authenticate", STRINGS.format("<string>t</string><string/>"), ["t", ""]),
    ],
)
def test_a_right_reply_is_read(operation: str, inner: str, value: object) -> None:
    assert read_reply(operation, 200, XML_HEADERS, reply(operation, inner)) == value


@pytest.mark.parametrize(
    "strings", [["t"], ["", "none"], ["t", "", "soon"], ["t", "none", "", "", ""]]
)
def test_authenticate_needs_two_to_four_strings_a_ticket_and_numbers(strings: list[str]) -> None:
    inner = STRINGS.format("".join(f"<string>{text}</string>" for text in strings))
    scripted = {"authenticate": reply("authenticate", inner)}
    with pytest.raises(ProtocolViolation, match="QBWC1012"):
        run_against(scripted)


def test_an_ill_formed_client_version_reply_is_qbwc1046() -> None:
    inner = "<clientVersionResult>go on</clientVersionResult>"
    with pytest.raises(ProtocolViolation, match="QBWC1046"):
        run_against({"clientVersion": reply("clientVersion", inner)})


def run_against(scripted: dict[str, bytes]) -> None:
    """Run an update against a server that answers with given bytes."""
    good = soap_application(Recorder(), public_url="https://x.example")

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        operation = environ["HTTP_SOAPACTION"].strip('"').rpartition("/")[2]
        if operation not in scripted:
            return good(environ, start_response)
        start_response("200 OK", list(XML_HEADERS.items()))
        return [scripted[operation]]

    with serving(application) as url:
        WebConnector(url, "u", "p").run(Books())
