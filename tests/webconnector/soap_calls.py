"""For the tests of the SOAP layer: scripted calls behind the real endpoint, and captured bodies."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from wsgiref.types import WSGIApplication

from werkzeug.serving import make_server

from webconnector.soap import soap_application

PUBLIC_URL = "https://sync.example.com"

ANSWERS: dict[str, Any] = {
    "server_version": "1.0",
    "client_version": "",
    "authenticate": ("ticket-1", ""),
    "send_request_xml": "",
    "receive_response_xml": 100,
    "connection_error": "done",
    "get_last_error": "No more work",
    "close_connection": "OK",
    "get_interactive_url": "",
    "interactive_rejected": "Not now",
    "interactive_done": "Done",
}


class Recorder:
    """Notes what it is asked and gives scripted answers; an exception as answer is raised."""

    def __init__(self, **answers: Any) -> None:
        self.answers = ANSWERS | answers
        self.asked: list[tuple[Any, ...]] = []

    def _answer(self, name: str, *arguments: Any) -> Any:
        self.asked.append((name, *arguments))
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def server_version(self) -> str:
        return str(self._answer("server_version"))

    def client_version(self, version: str) -> Any:
        return self._answer("client_version", version)

    def authenticate(self, username: str, password: str) -> Any:
        return self._answer("authenticate", username, password)

    def send_request_xml(
        self,
        ticket: str,
        hcp_response: str,
        company_file: str,
        country: str,
        major: int,
        minor: int,
    ) -> Any:
        return self._answer(
            "send_request_xml", ticket, hcp_response, company_file, country, major, minor
        )

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> Any:
        return self._answer("receive_response_xml", ticket, response, hresult, message)

    def connection_error(self, ticket: str, hresult: str, message: str) -> Any:
        return self._answer("connection_error", ticket, hresult, message)

    def knows_ticket(self, ticket: str) -> bool:
        """Not noted: it only decides whether a long body is read."""
        known = self.answers.get("knows_ticket", True)
        if isinstance(known, Exception):
            raise known
        return bool(known(ticket) if callable(known) else known)

    def get_last_error(self, ticket: str) -> Any:
        return self._answer("get_last_error", ticket)

    def close_connection(self, ticket: str) -> Any:
        return self._answer("close_connection", ticket)

    def get_interactive_url(self, ticket: str, session_id: str) -> Any:
        return self._answer("get_interactive_url", ticket, session_id)

    def interactive_rejected(self, ticket: str, reason: str) -> Any:
        return self._answer("interactive_rejected", ticket, reason)

    def interactive_done(self, ticket: str) -> Any:
        return self._answer("interactive_done", ticket)


class Reply(NamedTuple):
    """An HTTP answer of the endpoint."""

    status: int
    headers: dict[str, str]
    body: bytes

    def result(self, operation: str) -> str:
        """The bytes between the result tags, as text."""
        start, end = f"<{operation}Result>", f"</{operation}Result>"
        text = self.body.decode()
        assert text.count(start) == text.count(end) == 1, text
        return text[text.index(start) + len(start) : text.index(end)]


def ask(application: WSGIApplication, **environ: Any) -> Reply:
    """Call a WSGI application directly with `environ` on top of a POST's."""
    seen: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
        seen.extend((status, headers))

    base = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "/qbwc",
        "PATH_INFO": "",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    body = b"".join(application(base | environ, start_response))
    return Reply(int(seen[0][:3]), dict(seen[1]), body)


def post(calls: Recorder, body: bytes | str, **environ: Any) -> Reply:
    """POST `body` to an endpoint that asks `calls`."""
    raw = body.encode() if isinstance(body, str) else body
    application = soap_application(calls, public_url=PUBLIC_URL)
    length = {"CONTENT_LENGTH": str(len(raw)), "wsgi.input": io.BytesIO(raw)}
    return ask(application, **(length | environ))


def captured(operation: str, inner: str = "") -> str:
    """A call in the form of the Web Connector's captured ones, with `inner` as parameters."""
    tag = f'{operation} xmlns="http://developer.intuit.com/"'
    call = f"<{tag}>{inner}</{operation}>" if inner else f"<{tag} />"
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
        ' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{call}</soap:Body></soap:Envelope>"
    )


def parameters(values: Mapping[str, str]) -> str:
    """Child elements, their values taken as XML already."""
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


@contextmanager
def serving(application: WSGIApplication) -> Iterator[str]:
    """`application` on a free port of the loopback; gives the endpoint's address."""
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/qbwc"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
