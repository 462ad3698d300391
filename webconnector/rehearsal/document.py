"""Reading one request document, as strictly as QuickBooks' own parser and then some.

Owns the envelope: characters, prolog, declared version, attributes of the message set, and the
judgement of every request in it before any of them runs. Knows nothing of what requests do.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from lxml import etree

from webconnector.rehearsal.grammar import Element, MisfitError, check, version_of
from webconnector.rehearsal.kinds import query_rets
from webconnector.rehearsal.refusals import RequestRefused
from webconnector.rehearsal.reply_tables import ret_grammar
from webconnector.rehearsal.request_tables import (
    REQUESTS,
    request_attributes,
    request_grammar,
)

_XML_DECLARATION = re.compile(r'<\?xml version="1\.0"( encoding="(utf-8|UTF-8)")?\s*\?>\s*')
_QBXML_DECLARATION = re.compile(r'<\?qbxml version="(\d+\.\d+)"\s*\?>\s*')
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|(\d+));")
_RAW = re.compile(r"[^\t\n\r\x20-\x7e]")
_LATIN_1_MAX = 255
_CONTROLS = frozenset((*range(32), *range(127, 160))) - {9, 10, 13}
_ON_ERROR = ("stopOnError", "continueOnError")
_SET_ATTRIBUTES = frozenset(("onError", "responseData", "newMessageSetID", "oldMessageSetID"))
_RESPONSE_DATA = ("includeAll", "includeNone")
_META_DATA = ("NoMetaData", "MetaDataOnly", "MetaDataAndResponseData")
_ITERATOR = ("Start", "Continue", "Stop")


@dataclass(frozen=True)
class Request:
    """One judged request: `noun` is its name without `Rq`."""

    noun: str
    node: etree._Element
    grammar: Element

    @property
    def is_query(self) -> bool:
        return self.noun.endswith("Query")

    def attribute(self, name: str) -> str:
        return self.node.get(name) or ""

    @property
    def body(self) -> etree._Element:
        """The aggregate of an Add or Mod; the request itself otherwise."""
        return self.node[0] if self.noun.endswith(("Add", "Mod")) else self.node


@dataclass(frozen=True)
class MessageSet:
    """One judged document."""

    version: tuple[int, int]
    requests: tuple[Request, ...]
    stops_on_error: bool
    wants_data: bool
    new_id: str | None
    old_id: str | None


def read(text: str, supported_versions: Collection[str]) -> MessageSet:
    """Judge a whole document. Raises RequestRefused, with nothing done, when anything is off."""
    try:
        return _read(text, supported_versions)
    except MisfitError as error:
        raise RequestRefused(reason=str(error)) from error


def _read(text: str, supported_versions: Collection[str]) -> MessageSet:
    _check_characters(text)
    declaration = _XML_DECLARATION.match(text)
    if declaration is None:
        raise MisfitError("the document does not begin with an XML declaration")
    pi = _QBXML_DECLARATION.match(text, declaration.end())
    if pi is None:
        raise MisfitError("the qbxml processing instruction is missing")
    if pi.group(1) not in supported_versions:
        raise MisfitError(f"qbXML {pi.group(1)} is not supported")
    version = version_of(pi.group(1))
    root = _parse(text[pi.end() :])
    if root.tag != "QBXML" or root.attrib or len(root) != 1 or (root.text or "").strip():
        raise MisfitError("QBXML must hold one message set and nothing else")
    messages = root[0]
    if messages.tag != "QBXMLMsgsRq" or (messages.tail or "").strip():
        raise MisfitError("QBXML must hold QBXMLMsgsRq")
    return _message_set(messages, version)


def _check_characters(text: str) -> None:
    if raw := _RAW.search(text):
        raise MisfitError(f"the text holds the raw character U+{ord(raw.group()):04X}")
    for match in _REFERENCE.finditer(text):
        code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
        if code > _LATIN_1_MAX or code in _CONTROLS:
            raise MisfitError(f"{match.group()} is outside what QuickBooks can store")


def _parse(text: str) -> etree._Element:
    if "<!DOCTYPE" in text:
        raise MisfitError("a document type is not allowed")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        root = etree.fromstring(text.encode("ascii"), parser)
    except etree.XMLSyntaxError as error:
        raise MisfitError(f"not well-formed: {error}") from error
    if root.getprevious() is not None or root.getnext() is not None:
        raise MisfitError("something stands outside the root element")
    return root


def _message_set(messages: etree._Element, version: tuple[int, int]) -> MessageSet:
    attributes = {str(name): str(value) for name, value in messages.attrib.items()}
    if unknown := set(attributes) - _SET_ATTRIBUTES:
        raise MisfitError(f"QBXMLMsgsRq may not have {sorted(unknown)}")
    if attributes.get("onError") not in _ON_ERROR:
        raise MisfitError("onError must be stopOnError or continueOnError")
    if attributes.get("responseData", "includeAll") not in _RESPONSE_DATA:
        raise MisfitError("responseData must be includeAll or includeNone")
    new_id, old_id = attributes.get("newMessageSetID"), attributes.get("oldMessageSetID")
    if "" in (new_id, old_id):
        raise MisfitError("a message set id may not be empty")
    if (messages.text or "").strip():
        raise MisfitError("QBXMLMsgsRq may not hold text")
    if not len(messages) and new_id is None and old_id is None:
        raise MisfitError("the message set is empty")
    requests = tuple(_request(node, version) for node in messages)
    _check_macros(messages)
    return MessageSet(
        version,
        requests,
        attributes["onError"] == "stopOnError",
        attributes.get("responseData") != "includeNone",
        new_id,
        old_id,
    )


def _check_macros(messages: etree._Element) -> None:
    """A macro is defined once, as `TxnID:name`, before it is used, in place of a text."""
    known: set[str] = set()
    for node in messages.iter():
        made, used = node.get("defMacro"), node.get("useMacro")
        if made is not None:
            if not made.startswith("TxnID:") or made in known:
                raise MisfitError(f"defMacro {made!r} is misnamed or not the first of its name")
            known.add(made)
        if used is not None and (used not in known or node.text):
            raise MisfitError(f"useMacro {used!r} stands for nothing")


def _request(node: etree._Element, version: tuple[int, int]) -> Request:
    if not isinstance(node.tag, str):
        raise MisfitError("a comment or processing instruction stands between the requests")
    noun = node.tag[:-2]
    if not node.tag.endswith("Rq") or noun not in REQUESTS:
        raise MisfitError(f"{node.tag} is not a request known here")
    if (node.tail or "").strip():
        raise MisfitError("text stands between the requests")
    grammar = request_grammar(noun)
    check(node, grammar, version, request_attributes(noun))
    request = Request(noun, node, grammar)
    if request.is_query:
        _check_query(request)
    _check_trim(request)
    return request


def _check_query(request: Request) -> None:
    """What the schema cannot say: empty filters, and the grammar of iterator attributes."""
    for leaf in request.node.iter():
        if len(leaf) == 0 and not (leaf.text or "").strip() and leaf is not request.node:
            raise MisfitError(f"{leaf.tag} is empty in a query")
    if request.attribute("metaData") not in ("", *_META_DATA):
        raise MisfitError("metaData has an unknown value")
    limit = request.node.findtext("MaxReturned")
    if limit is not None and int(limit) < 1:
        raise MisfitError("MaxReturned must be at least 1")
    step, iterator_id = request.node.get("iterator"), request.node.get("iteratorID")
    if step is None:
        if iterator_id is not None:
            raise MisfitError("iteratorID without iterator")
        return
    if step not in _ITERATOR:
        raise MisfitError("iterator must be Start, Continue or Stop")
    if (step == "Start") != (iterator_id is None):
        raise MisfitError("iteratorID belongs to Continue and Stop, and only there")
    if step != "Stop" and limit is None:
        raise MisfitError(f"iterator {step} needs MaxReturned")
    if request.attribute("metaData") not in ("", "NoMetaData"):
        raise MisfitError("an iterating query may not ask for metaData")


@cache
def _ret_names(noun: str) -> frozenset[str]:
    return frozenset(name for ret in query_rets(noun) for name in ret_grammar(ret).by_name)


def _check_trim(request: Request) -> None:
    known = _ret_names(request.noun)
    for node in request.node.iterchildren("IncludeRetElement"):
        if node.text not in known:
            raise MisfitError(f"IncludeRetElement names {node.text!r}, which is in no reply")
