"""The WSDL is Intuit's contract, and clients made from it understand the server."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import zeep
from lxml import etree

from tests.webconnector.soap_calls import Recorder, serving
from webconnector.soap import soap_application
from webconnector.soap_contract import OPERATIONS, WSDL_FILE, wsdl

W = "{http://schemas.xmlsoap.org/wsdl/}"
S = "{http://www.w3.org/2001/XMLSchema}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
INTERACTIVE = {"getInteractiveURL", "interactiveRejected", "interactiveDone"}

Element = tuple[str | None, str | None, str | None, str | None]


def contract(root: etree._Element) -> dict[str, object]:
    """Operations, SOAP actions, messages and elements of a WSDL's SOAP 1.1 binding."""
    (schema,) = root.iter(f"{S}schema")
    elements: dict[str | None, list[Element]] = {}
    for element in [*schema.findall(f"{S}element"), *schema.findall(f"{S}complexType")]:
        elements[element.get("name")] = [
            (part.get("name"), part.get("type"), part.get("minOccurs"), part.get("nillable"))
            for part in element.iter(f"{S}element")
            if part is not element
        ]
    messages = {
        message.get("name"): [(part.get("name"), part.get("element")) for part in message]
        for message in root.iter(f"{W}message")
    }
    actions = {}
    for binding in root.iter(f"{W}binding"):
        if binding.find(f"{SOAP}binding") is None:
            continue
        for operation in binding.findall(f"{W}operation"):
            (soap,) = operation.iter(f"{SOAP}operation")
            uses = [body.get("use") for body in operation.iter(f"{SOAP}body")]
            actions[operation.get("name")] = (soap.get("soapAction"), soap.get("style"), uses)
    return {
        "namespace": (schema.get("targetNamespace"), schema.get("elementFormDefault")),
        "elements": elements,
        "messages": messages,
        "actions": actions,
    }


def without_interactive(part: object) -> object:
    """Intuit's file lacks the three interactive operations, which its guide describes."""
    if not isinstance(part, dict):
        return part
    return {
        name: value
        for name, value in part.items()
        if not any(str(name).startswith(operation) for operation in INTERACTIVE)
    }


def test_the_wsdl_is_intuits_contract(shared: Path) -> None:
    theirs = contract(etree.parse(str(shared / "schema" / "QBWebConnectorSvc.wsdl")).getroot())
    ours = contract(etree.fromstring(wsdl("https://x.example/qbwc")))
    for part, value in theirs.items():
        assert without_interactive(ours[part]) == value, part


def test_the_wsdl_and_the_table_of_operations_agree() -> None:
    ours = contract(etree.parse(str(WSDL_FILE)).getroot())
    actions, elements = ours["actions"], ours["elements"]
    assert isinstance(actions, dict)
    assert isinstance(elements, dict)
    assert list(actions) == list(OPERATIONS)
    for name, operation in OPERATIONS.items():
        assert actions[name][0] == f"http://developer.intuit.com/{name}"
        names = tuple(element[0] for element in elements[name])
        # Accepted though not in the contract: other published contracts have it.
        assert names == (operation.parameters if name != "serverVersion" else ())


def test_names_that_clients_generate_classes_from_are_intuits() -> None:
    root = etree.parse(str(WSDL_FILE)).getroot()
    named = {
        tag: [element.get("name") for element in root.iter(W + tag)]
        for tag in ("service", "port", "binding", "portType")
    }
    assert named.pop("service") == ["QBWebConnectorSvc"]
    assert set(map(tuple, named.values())) == {("QBWebConnectorSvcSoap",)}


class Client:
    """zeep, a client made from our WSDL, and the calls it reaches."""

    def __init__(self, url: str, calls: Recorder) -> None:
        self.calls = calls
        client: Any = zeep.Client(f"{url}?wsdl")  # type: ignore[no-untyped-call]
        self.transport = client.transport
        binding = "{http://developer.intuit.com/}QBWebConnectorSvcSoap"
        self.service = client.create_service(binding, url)


@pytest.fixture
def client() -> Iterator[Client]:
    # zeep dumps each message at debug, and a raised level elsewhere must not slow this down.
    logging.getLogger("zeep").setLevel(logging.WARNING)
    calls = Recorder(send_request_xml="<?xml version='1.0'?><QBXML>é</QBXML>")
    with serving(soap_application(calls, public_url="https://x.example")) as url:
        made = Client(url, calls)
        yield made
        made.transport.session.close()


def test_a_client_made_from_the_wsdl_reaches_all_eleven_operations(client: Client) -> None:
    service = client.service
    assert service.serverVersion() == "1.0"
    assert service.clientVersion("34.0") is None  # zeep's reading of ""
    assert service.authenticate("u", "p") == ["ticket-1", None]
    request = service.sendRequestXML("t", "<HCP/>", "C:\\a.qbw", "US", 16, 0)
    assert unescape(request) == "<?xml version='1.0'?><QBXML>é</QBXML>"
    assert service.receiveResponseXML("t", "<QBXML>\n</QBXML>", "", "") == 100
    assert service.connectionError("t", "0x80040408", "m") == "done"
    assert service.getLastError("t") == "No more work"
    assert service.closeConnection("t") == "OK"
    assert service.getInteractiveURL("t", "s") is None
    assert service.interactiveRejected("t", "r") == "Not now"
    assert service.interactiveDone("t") == "Done"
    assert client.calls.asked == [
        ("server_version",),
        ("client_version", "34.0"),
        ("authenticate", "u", "p"),
        ("send_request_xml", "t", "<HCP/>", "C:\\a.qbw", "US", 16, 0),
        ("receive_response_xml", "t", "<QBXML>\n</QBXML>", "", ""),
        ("connection_error", "t", "0x80040408", "m"),
        ("get_last_error", "t"),
        ("close_connection", "t"),
        ("get_interactive_url", "t", "s"),
        ("interactive_rejected", "t", "r"),
        ("interactive_done", "t"),
    ]


def test_a_client_may_leave_strings_out(client: Client) -> None:
    assert client.service.receiveResponseXML() == 100
    assert client.service.authenticate(None, "") == ["ticket-1", None]
    assert client.calls.asked == [
        ("receive_response_xml", "", "", "", ""),
        ("authenticate", "", ""),
    ]


def test_a_refused_call_is_a_soap_fault_with_a_sentence_for_clients(client: Client) -> None:
    # Longer than authenticate's 64 KiB.
    with pytest.raises(zeep.exceptions.Fault, match="longer than the 65536 bytes"):
        client.service.authenticate("u" * 70_000, "p")
    assert client.calls.asked == []
