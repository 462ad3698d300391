"""The Web Connector's SOAP contract as data: operations, parameters, limits, the WSDL.

Owns names and limits. Must not know HTTP, spyne or what the calls mean.
Source: QuickBooks Web Connector Programmer's Guide, chapters 5 and 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

INTUIT = "http://developer.intuit.com/"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"

KIB = 1024
MIB = 1024 * KIB

# 60 MB of qbXML are about 84 MB on the wire, since they travel escaped.
BODY_BYTES_MAX = 96 * MIB
# Host, company and preferences answers ride in sendRequestXML.
HCP_BODY_BYTES_MAX = 2 * MIB
SMALL_BODY_BYTES_MAX = 64 * KIB


@dataclass(frozen=True)
class Operation:
    """One operation: its parameters in wire order and the largest body it may have."""

    name: str
    parameters: tuple[str, ...]
    body_bytes_max: int = SMALL_BODY_BYTES_MAX


OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        # The public contracts differ: Intuit's own has no parameter here, others have this one.
        Operation("serverVersion", ("strVersion",)),
        Operation("clientVersion", ("strVersion",)),
        Operation("authenticate", ("strUserName", "strPassword")),
        Operation(
            "sendRequestXML",
            (
                "ticket",
                "strHCPResponse",
                "strCompanyFileName",
                "qbXMLCountry",
                "qbXMLMajorVers",
                "qbXMLMinorVers",
            ),
            HCP_BODY_BYTES_MAX,
        ),
        Operation(
            "receiveResponseXML", ("ticket", "response", "hresult", "message"), BODY_BYTES_MAX
        ),
        Operation("connectionError", ("ticket", "hresult", "message")),
        Operation("getLastError", ("ticket",)),
        Operation("closeConnection", ("ticket",)),
        Operation("getInteractiveURL", ("wcTicket", "sessionID")),
        Operation("interactiveRejected", ("wcTicket", "reason")),
        Operation("interactiveDone", ("wcTicket",)),
    )
}

WSDL_FILE = Path(__file__).with_name("qbwebconnectorsvc.wsdl")
ADDRESS_PLACE = "http://localhost:8000/qbwc"


def wsdl(address: str) -> bytes:
    """The WSDL with `address` (the full URL of the endpoint) as the service's address."""
    text = WSDL_FILE.read_text(encoding="utf-8")
    place = f'location="{ADDRESS_PLACE}"'
    if text.count(place) != 1:
        raise ValueError(f"{WSDL_FILE.name} must hold {place} exactly once")
    quoted = escape(address, {'"': "&quot;"})
    return text.replace(place, f'location="{quoted}"').encode()
