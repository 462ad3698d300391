"""SOAP 1.1 envelopes as bytes: what comes in is checked and parsed, what goes out is written.

Owns the hardening against hostile XML and the mending of what QuickBooks itself gets wrong.
Must not know spyne, HTTP or what the calls mean. Nothing here logs: bodies hold passwords.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from lxml import etree

from webconnector.soap_contract import INTUIT, KIB, OPERATIONS, SOAP_11, SOAP_12

if TYPE_CHECKING:
    from collections.abc import Sequence

    Result = str | int | Sequence[str]

# A call of the Web Connector has about twenty tags of at most 300 bytes, whatever its size: the
# qbXML inside is escaped text. Elements and attributes cost libxml2 some 100 to 200 bytes each,
# so these two limits bound the memory that a hostile body can take.
MARKUPS_MAX = 400
TAG_BYTES_MAX = 2 * KIB

# Where the operation's tag must be found when a body is too long to read it all first.
HEAD_BYTES = 64 * KIB

ENVELOPE = f"{{{SOAP_11}}}Envelope"
HEADER = f"{{{SOAP_11}}}Header"
BODY = f"{{{SOAP_11}}}Body"

_UNPREFIXED: dict[str, str] = {None: INTUIT}  # type: ignore[dict-item]  # the stubs know no None

_TAG = re.compile(rb"""<(?:[^<>"']|"[^"<]*"|'[^'<]*')*+>""")
_SECTIONS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"), (b"<?", b"?>"))
_OPERATION = re.compile(rb"<(?:[\w.-]+:)?Body\b[^<>]*>\s*<(?:[\w.-]+:)?(\w+)")
_TICKET = re.compile(rb"<(?:[\w.-]+:)?(?:ticket|wcTicket)\b[^<>]*>\s*([\w{}-]{1,128})\s*</")
# Control characters, surrogates and U+FFFE/U+FFFF as UTF-8: not allowed in XML 1.0.
_ILLEGAL_BYTES = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xed[\xa0-\xbf][\x80-\xbf]|\xef\xbf[\xbe\xbf]"
)
_CHARACTER_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,10})|([0-9]{1,10}));")
_ILLEGAL_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class BadCallError(Exception):
    """A call that cannot be answered: not well-formed, not in the contract, or too large.

    `status` is the HTTP status, `reason` one word for the log, `text` a sentence for the caller.
    None of them quotes the body.
    """

    def __init__(self, reason: str, text: str, status: str = "400 Bad Request") -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text
        self.status = status


def operation_named_in(head: bytes) -> str | None:
    """The operation that a body seems to call, from its first bytes; None when unknown.

    Good enough to choose a limit or an answer; `parse` is the judge.
    """
    found = _OPERATION.search(head[:HEAD_BYTES])
    name = found.group(1).decode("ascii", "replace") if found else ""
    return name if name in OPERATIONS else None


def ticket_named_in(head: bytes) -> str:
    """The ticket that a body seems to carry, from its first bytes; empty when there is none.

    The contract has it before anything long. Good enough to turn a stranger away; what a call may
    do is decided by the ticket that `parse` finds.
    """
    found = _TICKET.search(head[:HEAD_BYTES])
    return found.group(1).decode("utf-8", "replace") if found else ""


def parse(body: bytes) -> tuple[etree._Element, str]:
    """The envelope in `body` and the name of the operation it calls.

    Raises BadCallError. Characters that XML 1.0 forbids are dropped from a receiveResponseXML:
    QuickBooks puts them into its answers, .NET writes them as `&#x1;`, and an answer refused
    once would be refused at every repetition.
    """
    try:
        root = _parsed(body)
    except BadCallError as refused:
        if refused.reason != "malformed" or operation_named_in(body) != "receiveResponseXML":
            raise
        mended = without_illegal_bytes(body)
        if mended == body:
            raise
        root = _parsed(mended)
    return root, _operation_of(root, len(body))


def _parsed(body: bytes) -> etree._Element:
    if not body.strip():
        raise BadCallError("empty", "The request has no body.")
    _check_markup(body)
    # UTF-8 whatever the declaration says: the contract knows no other encoding, and the check
    # above must see the same characters as the parser does.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
        huge_tree=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        text = "The request is not well-formed XML in UTF-8."
        raise BadCallError("malformed", text) from error


def _check_markup(body: bytes) -> None:
    """Refuse DOCTYPEs and more or longer tags than any call has, before anything is parsed."""
    position = count = 0
    while (start := body.find(b"<", position)) >= 0:
        count += 1
        if count > MARKUPS_MAX:
            raise BadCallError("markup", f"The request has more than {MARKUPS_MAX} tags.")
        position = _end_of_markup(body, start)


def _end_of_markup(body: bytes, start: int) -> int:
    for opening, closing in _SECTIONS:
        if body.startswith(opening, start):
            end = body.find(closing, start + len(opening))
            if end < 0:
                break
            return end + len(closing)
    else:
        if body.startswith(b"<!", start):
            raise BadCallError("doctype", "A document type declaration is not allowed in SOAP.")
        tag = _TAG.match(body[start : start + TAG_BYTES_MAX])
        if tag:
            return start + tag.end()
    raise BadCallError(
        "malformed", f"The request has a tag that is cut or over {TAG_BYTES_MAX} bytes."
    )


def _operation_of(root: etree._Element, size: int) -> str:
    body = _body_of(root)
    children = list(body)
    if len(children) != 1 or (body.text or "").strip():
        raise BadCallError("body", "The SOAP Body must hold exactly one call.")
    name = etree.QName(children[0])
    operation = OPERATIONS.get(name.localname) if name.namespace == INTUIT else None
    if operation is None:
        text = f"The SOAP Body must call an operation of {INTUIT}, for instance authenticate."
        raise BadCallError("operation", text)
    if size > operation.body_bytes_max:
        raise too_large(operation.body_bytes_max)
    return operation.name


def _body_of(root: etree._Element) -> etree._Element:
    if root.tag != ENVELOPE:
        is_soap_12 = root.tag == f"{{{SOAP_12}}}Envelope"
        text = "SOAP 1.2 is not understood: use SOAP 1.1." if is_soap_12 else "No SOAP envelope."
        raise BadCallError("envelope", text)
    parts = [part for part in root if part.tag != HEADER]
    if len(parts) != 1 or parts[0].tag != BODY:
        raise BadCallError("envelope", "The SOAP envelope must hold exactly one Body.")
    return parts[0]


def too_large(body_bytes_max: int) -> BadCallError:
    """The refusal of a body longer than `body_bytes_max`."""
    text = f"The request is longer than the {body_bytes_max} bytes this call may have."
    return BadCallError("too_large", text, "413 Content Too Large")


def without_illegal_bytes(body: bytes) -> bytes:
    """`body` (UTF-8) without the characters XML 1.0 forbids, raw or as character references."""
    return _ILLEGAL_BYTES.sub(b"", _CHARACTER_REFERENCE.sub(_legal_reference, body))


def _legal_reference(found: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = found.groups()
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    illegal = code > sys.maxunicode or _ILLEGAL_TEXT.match(chr(code))
    return b"" if illegal else found.group()


def without_illegal(text: str) -> str:
    """`text` without the characters that XML 1.0 forbids: they would void the whole reply."""
    return _ILLEGAL_TEXT.sub("", text)


def reply(operation: str, result: Result) -> bytes:
    """The answer to `operation` as a whole envelope, for when spyne cannot give one."""
    envelope, body = _envelope()
    response = etree.SubElement(body, f"{{{INTUIT}}}{operation}Response", nsmap=_UNPREFIXED)
    element = etree.SubElement(response, f"{{{INTUIT}}}{operation}Result")
    if isinstance(result, str | int):
        element.text = without_illegal(str(result))
    else:
        for item in result:
            etree.SubElement(element, f"{{{INTUIT}}}string").text = without_illegal(item)
    return _written(envelope)


def fault(text: str) -> bytes:
    """A SOAP fault that blames the caller, with `text` for a person to read."""
    envelope, body = _envelope()
    element = etree.SubElement(body, f"{{{SOAP_11}}}Fault")
    etree.SubElement(element, "faultcode").text = "soap:Client"
    etree.SubElement(element, "faultstring").text = without_illegal(text)
    return _written(envelope)


def _envelope() -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(ENVELOPE, nsmap={"soap": SOAP_11})
    return envelope, etree.SubElement(envelope, BODY)


def _written(envelope: etree._Element) -> bytes:
    return etree.tostring(envelope, encoding="utf-8", xml_declaration=True)
