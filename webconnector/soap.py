"""The address of the Web Connector: one WSGI application for POST, GET and the WSDL.

Owns HTTP: methods, lengths, limits, statuses, and the last line of defence when spyne fails.
Must not know the session logic nor read more of a call than its operation's name and ticket.

    dispatcher = DispatcherMiddleware(flask_app.wsgi_app, {"/qbwc": soap_application(calls, ...)})
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from webconnector.calls import peer
from webconnector.soap_answers import PRODUCT, fallback, log_failure, reference_for
from webconnector.soap_contract import BODY_BYTES_MAX, INTUIT, OPERATIONS, SMALL_BODY_BYTES_MAX
from webconnector.soap_contract import wsdl as wsdl_for
from webconnector.soap_envelope import (
    HEAD_BYTES,
    BadCallError,
    fault,
    operation_named_in,
    parse,
    reply,
    ticket_named_in,
    too_large,
)
from webconnector.soap_protocol import ENVELOPE_KEY, spyne_application

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

    from lxml import etree

    from webconnector.calls import WebConnectorCalls

PATH = "/qbwc"
BLOCK_BYTES = 1024 * 1024
LENGTH_DIGITS_MAX = 15
METHODS = "GET, HEAD, POST"
XML = "text/xml; charset=utf-8"
XML_TYPES = ("text/xml", "application/xml")

_log = logging.getLogger("webconnector.soap")

# Static, because the endpoint must answer a GET with 200 even while the database is away.
PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{PRODUCT}: Web Connector</title>
<link rel="stylesheet" href="/static/webconnector.css"></head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="band"><div class="inner"><p class="product">
<img src="/static/mark.svg" width="22" height="22" alt="">
<a href="/console/">{PRODUCT} <span>with QuickBooks Desktop</span></a></p></div></header>
<main id="content" class="narrow">
<h1>This address is working</h1>
<p class="lead">It is meant for the QuickBooks Web Connector, not for a browser.</p>
<div class="card">
<p>If you see this page without a warning on the computer that runs QuickBooks, the Web Connector
can reach us from there too: the address, the certificate and the firewall are right.</p>
<p>There is nothing to do here. Go back to the Web Connector, tick the entry of your company and
press <em>Update Selected</em>.</p>
<p><a href="/support">Help with the connection</a></p>
<p><a href="/console/">The console</a>, for administrators</p>
<p class="small quiet"><a href="?wsdl">The contract (WSDL)</a>, for programmers</p>
</div>
</main></body></html>
""".encode()
PAGE_HEADERS = (
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; "
        "base-uri 'none'",
    ),
)


class Response(NamedTuple):
    """Status line, content type, body and further headers of an answer."""

    status: str
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def soap_application(calls: WebConnectorCalls, *, public_url: str) -> WSGIApplication:
    """The endpoint that asks `calls`; mount it at `/qbwc`.

    `public_url` is the server's address as QuickBooks' machines see it, without path. It alone
    decides the WSDL's address: a Host header can be forged.
    """
    return Endpoint(calls, public_url)


class Endpoint:
    """The WSGI callable. Holds no state of a session, so any worker can take any call."""

    def __init__(self, calls: WebConnectorCalls, public_url: str) -> None:
        self._calls = calls
        self._spyne = spyne_application(calls)
        self._wsdl = wsdl_for(public_url.rstrip("/") + PATH)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer.set(environ.get("REMOTE_ADDR") or "")
        response = self._response(environ)
        headers = [
            ("Content-Type", response.content_type),
            ("Content-Length", str(len(response.body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            *response.headers,
        ]
        start_response(response.status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else response.body]

    def _response(self, environ: WSGIEnvironment) -> Response:
        if environ.get("PATH_INFO", "").rstrip("/") not in {"", PATH}:
            return _plain(HTTPStatus.NOT_FOUND, f"There is nothing here. Use {PATH}.")
        method = environ["REQUEST_METHOD"]
        if method == "POST":
            return self._call(environ)
        if method not in {"GET", "HEAD"}:
            allow = (("Allow", METHODS),)
            return _plain(HTTPStatus.METHOD_NOT_ALLOWED, f"Use one of {METHODS}.", allow)
        if _asks_for_wsdl(environ.get("QUERY_STRING", "")):
            return Response("200 OK", XML, self._wsdl)
        return Response("200 OK", "text/html; charset=utf-8", PAGE, PAGE_HEADERS)

    def _call(self, environ: WSGIEnvironment) -> Response:
        try:
            _check_headers(environ)
            root, operation = parse(_read_body(environ, self._knows))
            return self._answer(environ, root, operation)
        except StrangerError as stranger:
            _log.warning("soap_call_refused", extra={"reason": "unknown_ticket", "status": "200"})
            reference = reference_for("")
            answer = fallback(stranger.operation, "", reference)
            return Response("200 OK", XML, reply(stranger.operation, answer))
        except BadCallError as refused:
            _log.warning(
                "soap_call_refused", extra={"reason": refused.reason, "status": refused.status}
            )
            return Response(refused.status, XML, fault(refused.text))

    def _knows(self, ticket: str) -> bool:
        """Whether a long call with this ticket is worth reading."""
        try:
            return self._calls.knows_ticket(ticket)
        except Exception as error:  # noqa: BLE001 - an answer of QuickBooks must not be lost by it
            log_failure("knows_ticket", reference_for(ticket), error)
            return True

    def _answer(self, environ: WSGIEnvironment, root: etree._Element, operation: str) -> Response:
        """What spyne answers; the operation's fallback should spyne itself fail."""
        ticket = _ticket_in(root)
        try:
            body = _run(self._spyne, {**environ, ENVELOPE_KEY: root})
            return Response("200 OK", XML, body)
        except BadCallError:
            raise
        except Exception as error:  # noqa: BLE001 - the Web Connector must get an answer
            reference = reference_for(ticket)
            log_failure(operation, reference, error)
            answer = fallback(operation, ticket, reference)
            return Response("200 OK", XML, reply(operation, answer))
        finally:
            _empty(root)


class StrangerError(Exception):
    """A call longer than its head with a ticket that nobody has: read past, never parsed."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


class SpyneFaultError(Exception):
    """spyne answered a checked call of a known operation with a fault: a defect of ours."""


def _plain(status: HTTPStatus, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    body = f"{text}\n".encode()
    return Response(f"{status.value} {status.phrase}", "text/plain; charset=utf-8", body, headers)


def _asks_for_wsdl(query: str) -> bool:
    return any(key.lower() == "wsdl" for key, _ in parse_qsl(query, keep_blank_values=True))


def _ticket_in(root: etree._Element) -> str:
    tags = (f"{{{INTUIT}}}ticket", f"{{{INTUIT}}}wcTicket")
    return next((element.text or "" for element in root.iter(*tags)), "")


def _empty(root: etree._Element) -> None:
    """Free the text: spyne's contexts are in reference cycles and keep the tree for long."""
    for element in list(root.iter()):
        element.clear()


def _run(application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
    """Body of what `application` answers; SpyneFaultError unless its status is 200."""
    statuses: list[str] = []

    def start_response(status: str, *_rest: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return statuses.append  # type: ignore[return-value]  # PEP 3333's write(), never called

    body = b"".join(application(environ, start_response))
    if not statuses[0].startswith("200"):
        raise SpyneFaultError(statuses[0])
    return body


def _check_headers(environ: WSGIEnvironment) -> None:
    """Refuse what is not plain XML. Any charset is let pass: the body must be UTF-8 anyway."""
    media_type = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if media_type not in XML_TYPES:
        text = f"The Content-Type must be {XML}."
        raise BadCallError("content_type", text, "415 Unsupported Media Type")
    if environ.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        text = "A compressed request is not understood."
        raise BadCallError("content_encoding", text, "415 Unsupported Media Type")


def _read_body(environ: WSGIEnvironment, knows: Callable[[str], bool]) -> bytes:
    """The whole body, never more of it than the operation named in its first bytes may have.

    Of a body longer than its head the rest is only kept when somebody has its ticket; else it is
    read past, since a client still sending would see a broken connection instead of the answer.
    """
    length = _declared_length(environ)
    if length is not None and length > BODY_BYTES_MAX:
        raise too_large(BODY_BYTES_MAX)
    stream: InputStream = environ["wsgi.input"]
    # One byte beyond a limit tells that a body of unknown length is longer than it.
    head = b"".join(
        _blocks(stream, HEAD_BYTES + 1 if length is None else min(length, HEAD_BYTES + 1))
    )
    body = head
    if len(head) > HEAD_BYTES:
        operation = operation_named_in(head)
        body_bytes_max = OPERATIONS[operation].body_bytes_max if operation else SMALL_BODY_BYTES_MAX
        if length is not None and length > body_bytes_max:
            raise too_large(body_bytes_max)
        rest = _blocks(stream, (body_bytes_max + 1 if length is None else length) - len(head))
        if operation and body_bytes_max > HEAD_BYTES and not knows(ticket_named_in(head)):
            for _ in rest:
                pass
            raise StrangerError(operation)
        body = head + b"".join(rest)
        if len(body) > body_bytes_max:
            raise too_large(body_bytes_max)
    if length is not None and len(body) < length:
        raise BadCallError("cut_off", "The request ended before its Content-Length.")
    return body


def _declared_length(environ: WSGIEnvironment) -> int | None:
    """Content-Length in bytes; None for a chunked body whose end the server finds."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        if environ.get("wsgi.input_terminated"):
            return None
        raise BadCallError("length", "A Content-Length is needed.", "411 Length Required")
    digits = environ.get("CONTENT_LENGTH") or "0"
    if not (digits.isascii() and digits.isdigit()):
        raise BadCallError("length", "The Content-Length is not a number.")
    return int(digits) if len(digits) < LENGTH_DIGITS_MAX else BODY_BYTES_MAX + 1


def _blocks(stream: InputStream, size: int) -> Iterator[bytes]:
    """The next `size` bytes at most, block by block."""
    try:
        while size > 0 and (block := stream.read(min(size, BLOCK_BYTES))):
            yield block
            size -= len(block)
    except OSError as error:
        raise BadCallError("cut_off", "The request could not be read to its end.") from error
