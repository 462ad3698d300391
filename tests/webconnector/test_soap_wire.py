"""The bytes on the wire: what the Web Connector sends is understood, what it gets is exact."""

from __future__ import annotations

from html import escape, unescape

import pytest

from tests.webconnector.soap_calls import Recorder, captured, parameters, post

START = (
    b"<?xml version='1.0' encoding='UTF-8'?>\n"
    b'<soap11env:Envelope xmlns="http://developer.intuit.com/"'
    b' xmlns:soap11env="http://schemas.xmlsoap.org/soap/envelope/"><soap11env:Body>'
)
END = b"</soap11env:Body></soap11env:Envelope>"

HCP = '<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n</QBXMLMsgsRs>\n</QBXML>\n'

# (operation, parameters as captured, the call they become)
CALLS = [
    ("serverVersion", "", ("server_version",)),
    ("serverVersion", "<strVersion>1</strVersion>", ("server_version",)),
    (
        "clientVersion",
        "<strVersion>34.0.10003.20</strVersion>",
        ("client_version", "34.0.10003.20"),
    ),
    (
        "authenticate",
        "<strUserName>bookkeeper</strUserName><strPassword> p&amp;w </strPassword>",
        ("authenticate", "bookkeeper", " p&w "),
    ),
    (
        "sendRequestXML",
        parameters(
            {
                "ticket": "t",
                "strHCPResponse": escape(HCP, quote=False),
                "strCompanyFileName": r"C:\Bücher\Acme &amp; Sons.qbw",
                "qbXMLCountry": "US",
                "qbXMLMajorVers": "16",
                "qbXMLMinorVers": "0",
            }
        ),
        ("send_request_xml", "t", HCP, r"C:\Bücher\Acme & Sons.qbw", "US", 16, 0),
    ),
    (
        "receiveResponseXML",
        f"<ticket>t</ticket><response>{escape(HCP)}</response><hresult /><message />",
        ("receive_response_xml", "t", HCP, "", ""),
    ),
    (
        "receiveResponseXML",
        "<ticket>t</ticket><response /><hresult>0x80040400</hresult>"
        "<message>QuickBooks found an error.</message>",
        ("receive_response_xml", "t", "", "0x80040400", "QuickBooks found an error."),
    ),
    (
        "connectionError",
        "<ticket>t</ticket><hresult>0x80040408</hresult><message>Could not start</message>",
        ("connection_error", "t", "0x80040408", "Could not start"),
    ),
    ("getLastError", "<ticket>t</ticket>", ("get_last_error", "t")),
    ("closeConnection", "<ticket>t</ticket>", ("close_connection", "t")),
    (
        "getInteractiveURL",
        "<wcTicket>t</wcTicket><sessionID>7</sessionID>",
        ("get_interactive_url", "t", "7"),
    ),
    (
        "interactiveRejected",
        "<wcTicket>t</wcTicket><reason>no</reason>",
        ("interactive_rejected", "t", "no"),
    ),
    ("interactiveDone", "<wcTicket>t</wcTicket>", ("interactive_done", "t")),
]

RESULTS = {
    "serverVersion": b"1.0",
    "clientVersion": b"",
    "authenticate": b"<string>ticket-1</string><string></string>",
    "sendRequestXML": b"",
    "receiveResponseXML": b"100",
    "connectionError": b"done",
    "getLastError": b"No more work",
    "closeConnection": b"OK",
    "getInteractiveURL": b"",
    "interactiveRejected": b"Not now",
    "interactiveDone": b"Done",
}


@pytest.mark.parametrize(("operation", "inner", "call"), CALLS)
def test_each_captured_call_is_understood_and_answered_with_exact_bytes(
    operation: str, inner: str, call: tuple[object, ...]
) -> None:
    calls = Recorder()
    reply = post(calls, captured(operation, inner))
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert reply.headers["Content-Length"] == str(len(reply.body))
    assert "Content-Encoding" not in reply.headers
    name = operation.encode()
    result = b"<%bResult>%b</%bResult>" % (name, RESULTS[operation], name)
    assert reply.body == START + b"<%bResponse>%b</%bResponse>" % (name, result, name) + END
    assert calls.asked == [call]


@pytest.mark.parametrize(
    "inner",
    [
        "",
        "<ticket />",
        '<ticket xsi:nil="true" /><response xsi:nil="true" /><hresult xsi:nil="true" />',
    ],
)
def test_missing_empty_and_nil_parameters_are_empty_strings(inner: str) -> None:
    calls = Recorder()
    assert post(calls, captured("receiveResponseXML", inner)).status == 200
    assert calls.asked == [("receive_response_xml", "", "", "", "")]


def test_every_operation_answers_when_all_its_strings_are_missing() -> None:
    calls = Recorder()
    numbers = "<qbXMLMajorVers>13</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>"
    for operation in RESULTS:
        inner = numbers if operation == "sendRequestXML" else ""
        assert post(calls, captured(operation, inner)).status == 200
    assert {value for _, *values in calls.asked for value in values} == {"", 13, 0}


@pytest.mark.parametrize("gap", ["\x01", "&#x1;", "&#11;", "&#xFFFF;", "￾", "&#xD800;"])
def test_an_answer_of_quickbooks_with_forbidden_characters_is_not_lost(gap: str) -> None:
    calls = Recorder(receive_response_xml=42)
    inner = f"<ticket>t</ticket><response>Ac{gap}me &amp; Söhne&#233;</response><hresult />"
    reply = post(calls, captured("receiveResponseXML", inner))
    assert reply.result("receiveResponseXML") == "42"
    assert calls.asked == [("receive_response_xml", "t", "Acme & Söhneé", "", "")]


def test_mending_lets_nothing_else_through() -> None:
    calls = Recorder()
    for inner in (
        "<ticket>t</ticket><response>\x01cut off",
        "<ticket>t</ticket><response>\x01&nbsp;</response>",
        "<ticket>t</ticket><response>\x01</response><\x01!-- --><bad></ticket>",
    ):
        assert post(calls, captured("receiveResponseXML", inner)).status == 400
    hidden = captured("receiveResponseXML", "<response>\x01&e;</response>").replace(
        "<soap:Envelope", '<\x01!DOCTYPE a [<!ENTITY e "x">]><soap:Envelope', 1
    )
    assert post(calls, hidden).status == 400
    assert calls.asked == []


@pytest.mark.parametrize("operation", ["authenticate", "getLastError", "connectionError"])
def test_forbidden_characters_elsewhere_are_refused(operation: str) -> None:
    calls = Recorder()
    inner = "<strUserName>a&#x1;</strUserName>"
    assert post(calls, captured(operation, inner)).status == 400
    assert calls.asked == []


def test_forbidden_characters_never_leave_in_a_result() -> None:
    dirty = "a\x00\x0b\ud800\ufffe<b>\té\n"
    calls = Recorder(send_request_xml=dirty, authenticate=("t\x01", dirty))
    inner = "<qbXMLMajorVers>13</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers>"
    sent = post(calls, captured("sendRequestXML", inner)).result("sendRequestXML")
    assert unescape(sent) == "a<b>\té\n"
    strings = post(calls, captured("authenticate")).result("authenticate")
    assert strings == "<string>t</string><string>a&lt;b&gt;\té\n</string>"


def test_text_is_kept_to_the_character() -> None:
    text = "  <a b='1'>\"x\" ]]&gt; €𝄞 \t</a>\n  "
    calls = Recorder()
    inner = f"<ticket>t</ticket><response>{escape(text, quote=False)}</response>"
    post(calls, captured("receiveResponseXML", inner))
    assert calls.asked == [("receive_response_xml", "t", text, "", "")]


def test_a_response_in_cdata_is_read_too() -> None:
    xml = "<QBXML>" + "<a/>" * 5_000 + "</QBXML>"
    calls = Recorder()
    inner = f"<ticket>t</ticket><response><![CDATA[{xml}]]></response>"
    assert post(calls, captured("receiveResponseXML", inner)).status == 200
    assert calls.asked[0][2] == xml


def test_twelve_megabytes_of_answer_are_taken_in_one_call() -> None:
    record = "<VendorRet><Name>Müller &amp; Co</Name></VendorRet>\n"
    text = record * (12_000_000 // len(record))
    calls = Recorder()
    inner = f"<ticket>t</ticket><response>{escape(text, quote=False)}</response><hresult />"
    assert post(calls, captured("receiveResponseXML", inner)).status == 200
    assert calls.asked[0][2] == text


def test_prefixes_comments_headers_and_a_byte_order_mark_do_not_matter() -> None:
    body = (
        '﻿<?xml version="1.0"?><!-- hello --><E:Envelope'
        ' xmlns:E="http://schemas.xmlsoap.org/soap/envelope/" xmlns:q="http://developer.intuit.com/">'
        "<E:Header><q:anything>1</q:anything></E:Header>\n <E:Body>\n"
        "<q:getLastError><q:ticket>a<!-- b -->c</q:ticket></q:getLastError>\n</E:Body></E:Envelope>"
    )
    calls = Recorder()
    assert post(calls, body).status == 200
    assert calls.asked == [("get_last_error", "ac")]
