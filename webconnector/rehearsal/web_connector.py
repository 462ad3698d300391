"""A strict QuickBooks Web Connector: one whole update, call by call, over HTTP.

Owns the client's side of the protocol: which call follows which answer (Programmer's Guide,
chapters 2 and 10). Must not import the server: it is a referee. The bytes are `soap_wire`'s.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from webconnector.rehearsal.soap_wire import (
    BAD_CLIENT_VERSION_REPLY,
    INTUIT,
    CallFailedError,
    ConnectionLost,
    Parameter,
    ProtocolViolation,
    Reply,
    envelope,
    read_reply,
)

__all__ = [
    "Books",
    "Call",
    "CallFailedError",
    "ConnectionLost",
    "ProtocolViolation",
    "SessionLog",
    "WebConnector",
]

OTHER_FILE_OPEN = (
    "0x8004040A",
    "A QuickBooks company data file is already open and it is different from the one requested.",
)
NOOP_PAUSE_SECONDS = 5.0
PERCENT_DONE = 100
REQUESTS_MAX = 100_000
NOOPS_MAX = 100
CONNECTION_ERRORS_MAX = 3
SUMMARY_CHARACTERS_MAX = 80

Answer = TypeVar("Answer", str, int, list[str])
Step = tuple[str, Reply]


class Books(Protocol):
    """What the Web Connector needs of QuickBooks with a company file.

    Its methods may raise an exception with the attributes `hresult` and `message`.
    """

    path: str

    def begin_session(self) -> str: ...
    def end_session(self) -> None: ...
    def hcp(self) -> str: ...
    def process(self, text: str) -> str: ...


@dataclass(frozen=True)
class Call:
    """One call of an update and how it was answered."""

    op: str
    seconds: float
    summary: str


@dataclass
class SessionLog:
    """What one update did, as the Web Connector's log would tell it.

    `outcome`: finished, none, nvu, busy, postponed, refused (E:/O: to clientVersion), stopped
    (text from getLastError), error (negative percentage or connectionError), failed (a call
    failed), killed, running.
    """

    outcome: str = "running"
    ticket: str = ""
    calls: list[Call] = field(default_factory=list)
    percents: list[int] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    close_text: str = ""
    last_error: str = ""
    connection_errors: list[str] = field(default_factory=list)
    postponed_seconds: int = 0
    run_every_seconds_min: int = 0
    warning: str = ""


class WebConnector:
    """One application of a Web Connector: an address, a user and a password.

    `url` may be a function that gives the address of the next call, to spread the calls of one
    session over several servers. `wait` is called instead of sleeping. `on_call` is told
    ("sending" or "answered", operation); what it raises ends the run there, as a kill would.
    """

    def __init__(  # noqa: PLR0913 - what a Web Connector can differ in
        self,
        url: str | Callable[[], str],
        user: str,
        password: str,
        *,
        version: str = "34.0.10003.20",
        qbxml: tuple[int, int] = (16, 0),
        country: str = "US",
        timeout_seconds: float = 100.0,
        expect_continue: bool = True,
        wait: Callable[[float], object] = time.sleep,
        on_call: Callable[[str, str], object] | None = None,
    ) -> None:
        self._url = url
        self.user = user
        self.password = password
        self.version = version
        self.qbxml = qbxml
        self.country = country
        self.timeout_seconds = timeout_seconds
        self.expect_continue = expect_continue
        self.wait = wait
        self.on_call = on_call
        self.log = SessionLog()
        self.broken_sends = 0

    def run(self, books: Books) -> SessionLog:
        """One whole update; CallFailedError when a call fails (`self.log` tells up to where)."""
        for _ in self.steps(books):
            pass
        return self.log

    def steps(self, books: Books) -> Generator[tuple[str, Reply], None, None]:
        """One whole update, one SOAP call for each `next()`, which gives (operation, result).

        Closing the iterator is the kill of the Web Connector between two calls.
        """
        self.log = SessionLog()
        update = _Update(self, books)
        try:
            yield from update.whole()
        except GeneratorExit:
            self.log.outcome = "killed"
            raise
        except Exception:
            self.log.outcome = "failed"
            raise
        finally:
            update.leave_books()

    def call(self, op: str, **parameters: Parameter) -> Reply:
        """One call by its parameters' names on the wire; a missing one is left out (null)."""
        if self.on_call:
            self.on_call("sending", op)
        headers = {"SOAPAction": f'"{INTUIT}{op}"'}
        started = time.perf_counter()
        try:
            status, answered, body = self.post(envelope(op, parameters), headers)
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionLost(op, f"{type(error).__name__}: {error}") from error
        reply = read_reply(op, status, answered, body)
        summary = repr(reply)[:SUMMARY_CHARACTERS_MAX]
        self.log.calls.append(Call(op, time.perf_counter() - started, summary))
        if self.on_call:
            self.on_call("answered", op)
        return reply

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """POST raw bytes with .NET's headers, `headers` on top; status, headers and body."""
        address = urlsplit(self._url() if callable(self._url) else self._url)
        kind = (
            http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        )
        # A connection per call: a reused one may be repeated silently, which would blur faults.
        connection = kind(address.hostname or "", address.port, timeout=self.timeout_seconds)
        try:
            target = address.path + (f"?{address.query}" if address.query else "")
            connection.putrequest("POST", target or "/", skip_accept_encoding=True)
            for name, value in {**self._headers(body), **(headers or {})}.items():
                connection.putheader(name, value)
            try:
                connection.endheaders(body)
            except (BrokenPipeError, ConnectionResetError):
                # A server that refuses by Content-Length answers before it has read the body.
                self.broken_sends += 1
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def _headers(self, body: bytes) -> dict[str, str]:
        agent = (
            "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"
        )
        expect = {"Expect": "100-continue"} if self.expect_continue else {}
        return {
            "User-Agent": agent,
            "Content-Type": "text/xml; charset=utf-8",
            "Content-Length": str(len(body)),
            **expect,
        }


class _Update:
    """The course of one update: each method asks and decides what comes next."""

    def __init__(self, connector: WebConnector, books: Books) -> None:
        self._connector = connector
        self._books = books
        self._log = connector.log
        self._is_open = False

    def leave_books(self) -> None:
        if self._is_open:
            self._is_open = False
            self._books.end_session()

    def whole(self) -> Generator[Step, None, None]:
        connector = self._connector
        yield from self._ask(str, "serverVersion")
        reply = yield from self._ask(str, "clientVersion", strVersion=connector.version)
        if not self._may_go_on(reply):
            self._log.outcome = "refused"
            return
        answer = yield from self._ask(
            list, "authenticate", strUserName=connector.user, strPassword=connector.password
        )
        outcome = self._read_authentication(answer)
        if not outcome:
            is_open = yield from self._open_company_file(answer[1])
            outcome = (yield from self._exchange()) if is_open else "error"
        self.leave_books()
        text = yield from self._ask(str, "closeConnection", ticket=self._log.ticket)
        self._log.close_text = text
        self._log.outcome = outcome

    def _ask(
        self, kind: type[Answer], op: str, **parameters: Parameter
    ) -> Generator[Step, None, Answer]:
        reply = self._connector.call(op, **parameters)
        if not isinstance(reply, kind):
            raise TypeError(f"{op} answers {type(reply).__name__}")
        yield op, reply
        return reply

    def _may_go_on(self, reply: str) -> bool:
        kind, _, text = reply.partition(":")
        if reply and kind not in {"W", "E", "O"}:
            raise ProtocolViolation(
                "clientVersion", f"ill-formed answer {reply!r}", BAD_CLIENT_VERSION_REPLY
            )
        self._log.warning = text if kind == "W" else ""
        self._log.last_error = text if kind in {"E", "O"} else ""
        return kind not in {"E", "O"}

    def _read_authentication(self, answer: list[str]) -> str:
        """The outcome of an update that ends here; empty when there is work."""
        if not 2 <= len(answer) <= 4:  # noqa: PLR2004 - ticket, word, two optional numbers
            raise ProtocolViolation("authenticate", f"{len(answer)} strings instead of 2 to 4")
        if not answer[0]:
            raise ProtocolViolation("authenticate", "no ticket; closeConnection needs one")
        numbers = [*answer[2:], "", ""][:2]
        if not all(re.fullmatch(r"[0-9]{0,9}", number) for number in numbers):
            raise ProtocolViolation("authenticate", f"seconds are not numbers: {numbers!r}")
        self._log.ticket = answer[0]
        self._log.postponed_seconds = int(numbers[0] or 0)
        self._log.run_every_seconds_min = int(numbers[1] or 0)
        word = answer[1].lower()
        if self._log.postponed_seconds and word != "nvu":
            return "postponed"
        return word if word in {"none", "nvu", "busy"} else ""

    def _open_company_file(self, path: str) -> Generator[Step, None, bool]:
        for _ in range(CONNECTION_ERRORS_MAX):
            refusal = self._begin_session(path)
            if refusal is None:
                return True
            hresult, message = refusal
            self._log.connection_errors.append(hresult)
            path = yield from self._ask(
                str,
                "connectionError",
                ticket=self._log.ticket,
                hresult=hresult,
                message=message,
            )
            if path.lower() == "done":
                return False
        raise ProtocolViolation("connectionError", "the server never answers 'done'")

    def _begin_session(self, path: str) -> tuple[str, str] | None:
        if path and path.lower() != self._books.path.lower():
            return OTHER_FILE_OPEN
        try:
            self._books.begin_session()
        except Exception as refused:  # noqa: BLE001 - QuickBooks' refusals are told by hresult
            return _refusal(refused)
        self._is_open = True
        return None

    def _exchange(self) -> Generator[Step, None, str]:
        hcp, noops = self._books.hcp(), 0
        for _ in range(REQUESTS_MAX):
            request = yield from self._request(hcp)
            hcp = ""
            if request and request.lower() != "noop":
                outcome = yield from self._process(request)
                if outcome:
                    return outcome
                continue
            text = yield from self._ask(str, "getLastError", ticket=self._log.ticket)
            if text.lower() != "noop":
                return (yield from self._stop(text))
            noops += 1
            if noops > NOOPS_MAX:
                raise ProtocolViolation("getLastError", f"more than {NOOPS_MAX} times NoOp")
            self._connector.wait(NOOP_PAUSE_SECONDS)
        raise ProtocolViolation("sendRequestXML", f"more than {REQUESTS_MAX} requests")

    def _request(self, hcp: str) -> Generator[Step, None, str]:
        major, minor = self._connector.qbxml
        return (
            yield from self._ask(
                str,
                "sendRequestXML",
                ticket=self._log.ticket,
                strHCPResponse=hcp,
                strCompanyFileName=self._books.path,
                qbXMLCountry=self._connector.country,
                qbXMLMajorVers=major,
                qbXMLMinorVers=minor,
            )
        )

    def _process(self, request: str) -> Generator[Step, None, str]:
        """Give a request to QuickBooks and its answer to the server; the outcome or empty."""
        self._log.requests.append(request)
        response = hresult = message = ""
        try:
            response = self._books.process(request)
        except Exception as refused:  # noqa: BLE001 - QuickBooks' refusals are told by hresult
            hresult, message = _refusal(refused)
        self._log.replies.append(response)
        percent = yield from self._ask(
            int,
            "receiveResponseXML",
            ticket=self._log.ticket,
            response=response,
            hresult=hresult,
            message=message,
        )
        self._log.percents.append(percent)
        if percent > PERCENT_DONE:
            raise ProtocolViolation("receiveResponseXML", f"{percent} is more than 100 percent")
        if percent < 0:
            text = yield from self._ask(str, "getLastError", ticket=self._log.ticket)
            self._log.last_error = text
            return "error"
        return "finished" if percent == PERCENT_DONE else ""

    def _stop(self, text: str) -> Generator[Step, None, str]:
        self._log.last_error = text
        if text.lower() == "interactive mode":
            ticket = self._log.ticket
            yield from self._ask(str, "getInteractiveURL", wcTicket=ticket, sessionID="1")
            # Nobody sits in front of this one: the question times out.
            yield from self._ask(str, "interactiveRejected", wcTicket=ticket, reason="timed out")
        return "stopped"


def _refusal(error: Exception) -> tuple[str, str]:
    """Give hresult and message of QuickBooks' refusal; any other exception goes on its way."""
    hresult = getattr(error, "hresult", None)
    if not hresult:
        raise error
    return str(hresult), str(getattr(error, "message", error))
