"""SOAP calls of the Web Connector as bytes, and the judgement of the replies.

Owns what travels: what is written has the bytes of captured calls of Web Connector 2.2 and of
.NET's SOAP client; what is refused makes the real one end the run, or misread the reply in
silence. Must not import the server: it is half of an independent referee.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from lxml import etree

INTUIT = "http://developer.intuit.com/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"

PARAMETERS: dict[str, tuple[str, ...]] = {
    "serverVersion": (),
    "clientVersion": ("strVersion",),
    "authenticate": ("strUserName", "strPassword"),
    "sendRequestXML": (
        "ticket",
        "strHCPResponse",
        "strCompanyFileName",
        "qbXMLCountry",
        "qbXMLMajorVers",
        "qbXMLMinorVers",
    ),
    "receiveResponseXML": ("ticket", "response", "hresult", "message"),
    "connectionError": ("ticket", "hresult", "message"),
    "getLastError": ("ticket",),
    "closeConnection": ("ticket",),
    "getInteractiveURL": ("wcTicket", "sessionID"),
    "interactiveRejected": ("wcTicket", "reason"),
    "interactiveDone": ("wcTicket",),
}

# The Web Connector's own error codes for a call that failed.
CODES = {
    "clientVersion": "QBWC1036",
    "authenticate": "QBWC1012",
    "sendRequestXML": "QBWC1041",
    "receiveResponseXML": "QBWC1042",
    "getLastError": "QBWC1043",
    "closeConnection": "QBWC1044",
    "connectionError": "QBWC1045",
}
BAD_CLIENT_VERSION_REPLY = "QBWC1046"

Reply = str | int | list[str]
Parameter = str | int | None


class CallFailedError(Exception):
    """A call that ends the run, as the real Web Connector logs it: `code` is its QBWC code."""

    def __init__(self, operation: str, detail: str, code: str | None = None) -> None:
        self.operation = operation
        self.code = code or CODES.get(operation, "QBWC1031")
        self.detail = detail
        super().__init__(f"{self.code}: {operation}: {detail}")


class ProtocolViolation(CallFailedError):
    """The server answered with something the Web Connector refuses or would misread."""


class ConnectionLost(CallFailedError):
    """No whole answer came back: refused, cut or timed out. The server may have acted or not."""


def envelope(operation: str, parameters: Mapping[str, Parameter]) -> bytes:
    """A call as .NET writes it: absent when None, self-closed when empty, no CDATA."""
    unknown = set(parameters) - set(PARAMETERS[operation]) - {"strVersion"}
    if unknown:
        raise TypeError(f"{operation} has no parameter {', '.join(sorted(unknown))}")
    order = PARAMETERS[operation] or tuple(parameters)
    inner = "".join(
        _element(name, parameters[name]) for name in order if parameters.get(name) is not None
    )
    call = f'<{operation} xmlns="{INTUIT}"' + (f">{inner}</{operation}>" if inner else " />")
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope xmlns:soap="{SOAP}"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{call}</soap:Body></soap:Envelope>"
    ).encode()


def _element(name: str, value: Parameter) -> str:
    if value == "":
        return f"<{name} />"
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", _character_reference, escape(str(value)))
    return f"<{name}>{text}</{name}>"


def _character_reference(found: re.Match[str]) -> str:
    # .NET does write these, though XML 1.0 has no such characters.
    return f"&#x{ord(found.group()):X};"


def read_reply(operation: str, status: int, headers: Mapping[str, str], body: bytes) -> Reply:
    """The result in an HTTP response; ProtocolViolation for all that is not exactly right."""
    _check_http(operation, status, headers, body)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise ProtocolViolation(operation, f"Response is not well-formed XML: {error}") from error
    if b"<!DOCTYPE" in body:
        raise ProtocolViolation(operation, "the response has a DOCTYPE")
    element = root
    for tag in (
        f"{{{SOAP}}}Body",
        f"{{{INTUIT}}}{operation}Response",
        f"{{{INTUIT}}}{operation}Result",
    ):
        element = _only_child(operation, element, tag)
    if root.tag != f"{{{SOAP}}}Envelope":
        raise ProtocolViolation(operation, f"not a SOAP 1.1 envelope but {root.tag!r}")
    return _result(operation, element)


def _check_http(operation: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    lower = {name.lower(): value for name, value in headers.items()}
    content_type = lower.get("content-type", "").lower().replace(" ", "").replace('"', "")
    faults = {
        f"HTTP status {status}": status != http.client.OK,
        f"Content-Type {content_type!r}, expected 'text/xml; charset=utf-8'": (
            content_type != "text/xml;charset=utf-8"
        ),
        "the response is compressed": "content-encoding" in lower,
        "the response is empty": not body,
        "bytes before <?xml": not body.startswith(b"<?xml"),
    }
    for detail, is_so in faults.items():
        if is_so:
            raise ProtocolViolation(operation, detail)


def _only_child(operation: str, parent: etree._Element, tag: str) -> etree._Element:
    children = list(parent)
    if [child.tag for child in children] != [tag]:
        found = ", ".join(str(child.tag) for child in children) or "nothing"
        raise ProtocolViolation(operation, f"{parent.tag} holds {found} instead of {tag}")
    if parent.text or children[0].tail:
        raise ProtocolViolation(operation, f"text between the elements of {parent.tag}")
    return children[0]


def _result(operation: str, element: etree._Element) -> Reply:
    if operation == "authenticate":
        for child in element:
            if child.tag != f"{{{INTUIT}}}string":
                raise ProtocolViolation(operation, f"an array item is {child.tag!r}")
        if element.text or any(child.tail for child in element):
            raise ProtocolViolation(operation, "text between the array's items")
        return [_text(operation, child) for child in element]
    text = _text(operation, element)
    if operation != "receiveResponseXML":
        return text
    if not re.fullmatch(r"-?[0-9]{1,10}", text) or abs(int(text)) > 2**31 - 1:
        raise ProtocolViolation(operation, f"the result is not an integer but {text!r}")
    return int(text)


def _text(operation: str, element: etree._Element) -> str:
    if len(element):
        raise ProtocolViolation(operation, f"{element.tag} holds elements instead of text")
    if element.attrib:
        raise ProtocolViolation(operation, f"{element.tag} is nil or has a type")
    # .NET reads CR LF as LF.
    return (element.text or "").replace("\r\n", "\n")
