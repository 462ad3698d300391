"""From QuickBooks' answer text to XML elements: hardened, streaming, mending what old files hold.

Owns what may be parsed at all and the memory it takes. It must not know any record type.

QuickBooks' answers are plain XML without document type, so every DOCTYPE is refused, and with it
entities. Old company files hold control characters that XML forbids: only when an answer proves
unreadable it is cleaned of them and read once more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from lxml import etree
from lxml.etree import _Element

from qbxml.errors import ReplyError

AT_ONCE_CHARACTERS_MAX = 1 << 20
PIECE_CHARACTERS = 1 << 18
_T = TypeVar("_T")

# QuickBooks keeps the low byte of typographic characters (U+2019 comes back as 0x19).
_LOW_BYTES = {0x13: "-", 0x14: "-", 0x18: "'", 0x19: "'", 0x1C: '"', 0x1D: '"'}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,8})|0*([0-9]{1,10}));")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,10}|#x[0-9a-fA-F]{1,8});)")
_DOCTYPE = "<!DOCTYPE"
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))


class UnreadableReply(ReplyError):
    """QuickBooks' answer is no XML that may be read; nothing of it was taken."""


def decoded(text: str | bytes) -> str:
    """Give an answer as text, without byte order mark and leading blanks.

    The declaration does not count: SOAP carries answers as text, whatever they declare.
    """
    if isinstance(text, str):
        return text.lstrip("\ufeff \t\r\n")
    for mark, encoding in _BYTE_ORDER_MARKS:
        if text.startswith(mark):
            return decoded(text.decode(encoding, "replace"))
    try:
        return decoded(text.decode("utf-8"))
    except UnicodeDecodeError:
        return decoded(text.decode("cp1252", "replace"))


def cleaned(text: str) -> str:
    """Take out what XML forbids: control characters, also as references, and bare ampersands."""
    text = _ILLEGAL.sub(lambda match: _LOW_BYTES.get(ord(match[0]), ""), text)
    text = _REFERENCE.sub(_legal_reference, text)
    return _BARE_AMPERSAND.sub("&amp;", text)


def _legal_reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if number > sys.maxunicode:
        return ""
    if _ILLEGAL.match(chr(number)):
        return _LOW_BYTES.get(number, "")
    return match[0]


def mended_once(text: str | bytes, read: Callable[[str], _T]) -> _T:
    """Apply `read` to the answer; when it is no XML, to its cleaned form; UnreadableReply else.

    `read` may be called twice and must start afresh each time.
    """
    whole = decoded(text)
    if not whole:
        raise UnreadableReply("the answer is empty")
    if _DOCTYPE in whole:
        raise UnreadableReply("the answer has a document type, which QuickBooks never sends")
    try:
        return read(whole)
    except etree.XMLSyntaxError as error:
        mended = cleaned(whole)
        if mended == whole:
            raise _unreadable(error) from None
    try:
        return read(mended)
    except etree.XMLSyntaxError as error:
        raise _unreadable(error) from None


def _unreadable(error: etree.XMLSyntaxError) -> UnreadableReply:
    # The parser's own message may quote the record, hence only where and which kind.
    line, column = error.position
    return UnreadableReply(f"the answer is no XML at line {line}, column {column}")


_HARDENED: dict[str, Any] = {
    "encoding": "utf-8",
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "remove_comments": True,
    "remove_pis": True,
}


def stream(text: str, tags: Iterable[str], take: Callable[[_Element], None]) -> _Element:
    """Parse, hand over each element of these names (one at least) in order, and give the root.

    A page is parsed in one go, which is twice as fast; a large answer piece by piece, each element
    leaving the tree once taken, so that memory does not grow with the answer.
    """
    names = tuple(tags)
    if len(text) <= AT_ONCE_CHARACTERS_MAX:
        root = etree.fromstring(_bytes(text), etree.XMLParser(**_HARDENED))
        _refuse_document_type(root)
        for element in root.iter(*names):
            take(element)
        return root
    parser = etree.XMLPullParser(events=("end",), tag=names, **_HARDENED)
    last: Any = None
    ended: Any
    for start in range(0, len(text), PIECE_CHARACTERS):
        parser.feed(_bytes(text[start : start + PIECE_CHARACTERS]))
        for _, ended in parser.read_events():
            take(ended)
            ended.clear(keep_tail=True)
            # Only an element whose successor has begun may leave the tree of a running parser.
            if last is not None and (parent := last.getparent()) is not None:
                parent.remove(last)
            last = ended
    root = parser.close()
    _refuse_document_type(root)
    return root


def _bytes(text: str) -> bytes:
    # A lone surrogate is an illegal character like any other: let the parser say so.
    return text.encode("utf-8", "surrogatepass")


def _refuse_document_type(root: _Element) -> None:
    information: Any = root.getroottree().docinfo
    if information.doctype:
        raise UnreadableReply("the answer has a document type, which QuickBooks never sends")
