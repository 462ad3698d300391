"""Hostile and broken calls: a clean 4xx each, nothing asked, nothing told, no memory taken.

One test for each row of the list of spyne's faults that this endpoint has to cover.
"""

from __future__ import annotations

import gc
import io
import logging
import resource
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from tests.webconnector.soap_calls import PUBLIC_URL, Recorder, ask, captured, parameters, post
from webconnector.soap import soap_application
from webconnector.soap_contract import BODY_BYTES_MAX, MIB, OPERATIONS

FAULT = "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
LOGIN = "<strUserName>u</strUserName><strPassword>pw</strPassword>"


def with_doctype(doctype: str, inner: str) -> str:
    return captured("authenticate", inner).replace("?>", f"?>{doctype}", 1)


def laughs(depth: int) -> str:
    lines = [f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, depth)]
    return f'<!DOCTYPE x [<!ENTITY a0 "ha">{"".join(lines)}]>'


def soap_12(operation: str) -> str:
    return captured(operation).replace(
        "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
    )


def body_of(content: str) -> str:
    start, end = captured("getLastError").split(
        '<getLastError xmlns="http://developer.intuit.com/" />'
    )
    return start + content + end


HOSTILE: dict[str, str | bytes] = {
    "external file entity": with_doctype(
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        "<strUserName>&e;</strUserName>",
    ),
    "external network entity": with_doctype(
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', LOGIN
    ),
    "parameter entity": with_doctype(
        '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x.dtd"> %e;]>', LOGIN
    ),
    "doctype that cuts a password short": with_doctype(
        '<!DOCTYPE x [<!ENTITY e "">]>',
        "<strUserName>u</strUserName><strPassword>pw&e;tail</strPassword>",
    ),
    "entity between the parameters": with_doctype('<!DOCTYPE x [<!ENTITY e "">]>', f"&e;{LOGIN}"),
    "doctype in UTF-16": with_doctype('<!DOCTYPE x [<!ENTITY e "">]>', LOGIN).encode("utf-16"),
    "doctype in UTF-7": b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-<x/>',
    "billion laughs": with_doctype(laughs(12), "<strUserName>&a11;</strUserName>"),
    "billion laughs in an attribute": with_doctype(laughs(12), '<strUserName a="&a11;"/>'),
    "quadratic blowup": with_doctype(
        f'<!DOCTYPE x [<!ENTITY e "{"e" * 10_000}">]>',
        f"<strUserName>{'&e;' * 10_000}</strUserName>",
    ),
    "undeclared entity": captured("authenticate", "<strUserName>&e;</strUserName>"),
    "href and id": captured(
        "authenticate", '<strUserName id="x">abc</strUserName><strPassword href="#x"/>'
    ),
    "href to itself": captured("authenticate", '<strUserName id="x" href="#x"/>'),
    "href to nothing": captured("authenticate", '<strUserName href="#nowhere"/>'),
    "nesting": captured("authenticate", "<a>" * 3_000 + "</a>" * 3_000),
    "many elements": captured("receiveResponseXML", "<a/>" * 1_000_000),
    "many attributes": captured(
        "receiveResponseXML", "<a " + " ".join(f'a{i}=""' for i in range(100_000)) + "/>"
    ),
    "many attributes behind a quoted bracket": captured(
        "receiveResponseXML",
        "<a b='>' " + " ".join(f'a{i}=""' for i in range(100_000)) + "/>",
    ),
    "malformed": "<not xml",
    "cut off": captured("authenticate", LOGIN)[:-40],
    "plain text": "strUserName=u&strPassword=pw",
    "json": '{"strUserName": "u"}',
    "empty": b"",
    "white space": b" \r\n ",
    "NUL bytes": bytes(100),
    "invalid UTF-8": captured("authenticate", LOGIN).encode().replace(b"pw", b"p\xff\xfew"),
    "Latin-1": captured("authenticate", LOGIN.replace("pw", "pwé")).encode("latin-1"),
    "unknown charset and no UTF-8": b'<?xml version="1.0" encoding="klingon"?><\xe9/>',
    "empty Envelope": '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>',
    "empty Body": body_of(""),
    "text for a Body": body_of("hello"),
    "two calls": body_of('<getLastError xmlns="http://developer.intuit.com/" />' * 2),
    "Header only": body_of("").replace("soap:Body", "soap:Header"),
    "two Bodies": body_of("").replace("<soap:Body></soap:Body>", "<soap:Body></soap:Body>" * 2),
    "Fault as input": body_of("<soap:Fault><faultcode>soap:Client</faultcode></soap:Fault>"),
    "SOAP 1.2": soap_12("getLastError"),
    "no envelope": '<authenticate xmlns="http://developer.intuit.com/"/>',
    "unknown operation": captured("authenticate2", LOGIN),
    "operation without namespace": body_of("<getLastError/>"),
    "operation of another namespace": captured("getLastError").replace(".intuit.", ".example."),
    "RPC style": body_of(
        '<q1:getLastError xmlns:q1="http://developer.intuit.com/"><ticket>t</ticket>'
        "</q1:getLastError>"
    ),
    "child of another namespace": captured("getLastError", '<ticket xmlns="urn:x">t</ticket>'),
    "unknown parameter": captured("getLastError", "<ticket>t</ticket><more/>"),
    "parameter twice": captured("getLastError", "<ticket>t</ticket><ticket>u</ticket>"),
    "parameters in disorder": captured("receiveResponseXML", "<response/><ticket>t</ticket>"),
    "unescaped XML in response": captured(
        "receiveResponseXML", "<ticket>t</ticket><response><QBXML/></response>"
    ),
    "missing integers": captured("sendRequestXML", "<ticket>t</ticket>"),
    "integers that are none": captured(
        "sendRequestXML", parameters({"qbXMLMajorVers": "13.0", "qbXMLMinorVers": ""})
    ),
    "integers out of range": captured(
        "sendRequestXML", parameters({"qbXMLMajorVers": "9" * 30, "qbXMLMinorVers": "0"})
    ),
    "nil integers": captured(
        "sendRequestXML", '<qbXMLMajorVers xsi:nil="true"/><qbXMLMinorVers xsi:nil="true"/>'
    ),
    "types of another schema": captured("getLastError", '<ticket xsi:type="q:any">t</ticket>'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_call_gets_a_clean_refusal(name: str) -> None:
    calls = Recorder()
    reply = post(calls, HOSTILE[name])
    assert calls.asked == []
    assert reply.status in {400, 413}
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
    fault = etree.fromstring(reply.body)[0][0]
    assert fault.tag == FAULT
    text = fault.findtext("faultstring") or ""
    assert 0 < len(text) < 120
    assert "pw" not in text
    assert "root:" not in text


def test_spyne_itself_resolves_no_href_and_takes_no_entity() -> None:
    """The tags within the limit: what the check of the markup lets pass is harmless too."""
    calls = Recorder()
    big = "x" * 30_000
    inner = f'<strUserName id="x">{big}</strUserName>' + '<strPassword href="#x"/>' * 300
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(calls, captured("authenticate", inner)).status == 400
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 20 * 1024  # KiB; resolved, it would be 9 MB of text and its copies
    assert calls.asked == []


@pytest.mark.parametrize(
    "tag",
    ["<a/>", '<a href="#x"/>', "<!-- x --><?a b?>", "<![CDATA[x]]>"],
)
def test_a_flood_of_tags_takes_no_memory(tag: str) -> None:
    body = captured("receiveResponseXML", tag * (24 * MIB // len(tag))).encode()
    calls = Recorder()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert post(calls, body).status == 400
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 4 * 24 * 1024  # KiB: copies of the body, where a parse would take 30 times it
    assert calls.asked == []


class Untouchable(io.RawIOBase):
    """A body that must not be read further than to `bytes_max`."""

    def __init__(self, start: bytes, bytes_max: int) -> None:
        super().__init__()
        self.start, self.left = start, bytes_max

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= self.left, f"{size} bytes wanted, {self.left} allowed"
        data, self.start = self.start[:size], self.start[size:]
        data = data.ljust(size, b"x")
        self.left -= size
        return data


def test_a_body_over_96_mib_is_refused_by_its_content_length() -> None:
    calls = Recorder()
    for length in (BODY_BYTES_MAX + 1, 10**12, 10**30):
        reply = post(calls, b"", CONTENT_LENGTH=str(length), **{"wsgi.input": Untouchable(b"", 0)})
        assert reply.status == 413
        assert etree.fromstring(reply.body)[0][0].tag == FAULT


@pytest.mark.parametrize("operation", [*OPERATIONS, "unknown"])
def test_each_operation_has_its_limit_and_no_more_than_the_head_is_read_beyond_it(
    operation: str,
) -> None:
    calls = Recorder()
    bytes_max = OPERATIONS[operation].body_bytes_max if operation in OPERATIONS else 64 * 1024
    start = captured(operation, "<a>").encode().split(b"</a>")[0]
    body = Untouchable(start, 64 * 1024 + 1 if bytes_max < BODY_BYTES_MAX else 0)
    reply = post(calls, b"", CONTENT_LENGTH=str(bytes_max + 1), **{"wsgi.input": body})
    assert reply.status == 413
    assert calls.asked == []


def test_a_call_up_to_its_limit_is_taken() -> None:
    numbers = "<qbXMLMajorVers>13</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>"
    for operation, room, name, rest in (
        ("getLastError", 64 * 1024, "ticket", ""),
        ("sendRequestXML", 2 * MIB, "strHCPResponse", numbers),
    ):
        calls = Recorder()
        empty = captured(operation, f"<{name}></{name}>{rest}")
        text = "x" * (room - len(empty))
        body = captured(operation, f"<{name}>{text}</{name}>{rest}")
        assert len(body) == room
        assert post(calls, body).status == 200
        assert text in calls.asked[0]
        assert post(calls, body.replace("xx", "xxx", 1)).status == 413


def test_a_false_name_in_the_first_bytes_does_not_raise_the_limit() -> None:
    calls = Recorder()
    body = captured("authenticate", f"<strUserName>{'x' * 100_000}</strUserName>")
    lie = "?><!-- <Body><receiveResponseXML> -->"
    assert post(calls, body.replace("?>", lie, 1)).status == 413
    assert calls.asked == []


def test_a_chunked_body_over_its_limit_is_refused_not_cut() -> None:
    calls = Recorder()
    start = captured("authenticate", "<a>").encode().split(b"</a>")[0]
    chunked = {
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input_terminated": True,
    }
    endless = chunked | {"wsgi.input": Untouchable(start, 64 * 1024 + 1)}
    assert post(calls, b"", **endless).status == 413
    large = captured("receiveResponseXML", "<response>").encode().split(b"</response>")[0]
    endless = chunked | {"wsgi.input": Untouchable(large, BODY_BYTES_MAX + 1)}
    assert post(calls, b"", **endless).status == 413
    assert calls.asked == []


def test_a_chunked_body_within_its_limit_is_taken() -> None:
    calls = Recorder()
    environ = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    body = captured("getLastError", "<ticket>t</ticket>")
    assert post(calls, body, **environ, **{"wsgi.input_terminated": True}).status == 200
    assert post(calls, body, **environ).status == 411
    assert calls.asked == [("get_last_error", "t")]


def test_a_body_that_ends_early_is_refused() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError(size)

    calls = Recorder()
    body = captured("getLastError")
    assert post(calls, body, CONTENT_LENGTH="10000").status == 400
    assert post(calls, body, **{"wsgi.input": Broken()}).status == 400
    assert post(calls, body, CONTENT_LENGTH="many").status == 400
    assert calls.asked == []


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_TYPE": ""},
        {"CONTENT_TYPE": "application/x-www-form-urlencoded"},
        {"CONTENT_TYPE": 'multipart/related; boundary="x"; type="text/xml"'},
        {"CONTENT_TYPE": "application/soap+xml; charset=utf-8"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
    ],
)
def test_what_is_not_plain_xml_is_refused(environ: dict[str, str]) -> None:
    calls = Recorder()
    assert post(calls, captured("getLastError"), **environ).status == 415
    assert calls.asked == []


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_TYPE": "text/xml"},
        {"CONTENT_TYPE": 'TEXT/XML; charset="UTF-8"'},
        {"CONTENT_TYPE": "text/xml; charset=klingon"},
        {"HTTP_SOAPACTION": '"http://developer.intuit.com/authenticate"'},
        {"HTTP_SOAPACTION": "nonsense"},
    ],
)
def test_the_body_alone_decides_not_charset_or_soapaction(environ: dict[str, str]) -> None:
    calls = Recorder()
    assert post(calls, captured("getLastError"), **environ).status == 200
    assert calls.asked == [("get_last_error", "")]


def secrets_in(inner: Callable[[str], str]) -> list[str]:
    return [inner("s3cret-password"), inner("&e;s3cret-password"), inner("s3cret-password\x01")]


def test_nothing_of_a_body_reaches_a_log_even_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    names = [name for name in logging.root.manager.loggerDict if name.startswith("spyne")]
    for name in ("", "webconnector", *names):
        caplog.set_level(logging.DEBUG, logger=name or None)
    bodies = secrets_in(
        lambda secret: captured(
            "authenticate",
            f"<strUserName>s3cret-user</strUserName><strPassword>{secret}</strPassword>",
        )
    ) + secrets_in(
        lambda secret: captured(
            "receiveResponseXML",
            f"<ticket>s3cret-ticket</ticket><response>{secret}</response><message/><bad/>",
        )
    )
    calls = Recorder(
        authenticate=ValueError("s3cret-password"), receive_response_xml=KeyError("s3cret-row")
    )
    for body in bodies:
        reply = post(calls, body)
        assert b"s3cret" not in reply.body
        assert post(calls, body[:-30]).status == 400
    post(calls, captured("receiveResponseXML", "<ticket>s3cret-ticket</ticket>"))
    assert caplog.records
    for record in caplog.records:
        assert "s3cret" not in repr(record.__dict__), record.name
    assert "s3cret" not in caplog.text


def test_only_own_events_are_logged_for_a_refusal(caplog: pytest.LogCaptureFixture) -> None:
    post(Recorder(), captured("authenticate2"))
    (record,) = caplog.records
    assert record.getMessage() == "soap_call_refused"
    assert record.__dict__["reason"] == "operation"


def test_a_finished_call_leaves_no_text_behind_until_a_garbage_collection() -> None:
    class Forgetful(Recorder):
        def _answer(self, name: str, *arguments: Any) -> Any:
            answer = super()._answer(name, *arguments)
            self.asked.clear()
            return answer

    application = soap_application(Forgetful(), public_url=PUBLIC_URL)
    body = captured("receiveResponseXML", f"<response>{'y' * MIB}</response>").encode()
    environ = {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            environ["wsgi.input"] = io.BytesIO(body)
            assert ask(application, **environ).status == 200
        held = [thing for thing in gc.get_objects() if type(thing).__name__ == "WsgiMethodContext"]
        assert held, "spyne no longer leaves contexts behind: _empty and _release can go"
        for context in held:
            assert context.in_object is None
            assert context.in_document is None or len(etree.tostring(context.in_document)) < 1000
    finally:
        gc.enable()
