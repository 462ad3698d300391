"""Writing replies: a record's fields in the order of its grammar, as QuickBooks' text.

Owns the form of a reply: prolog, LF after every tag, numeric entities. References are written
with the present full name of what they refer to. Must not know where fields come from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from webconnector.rehearsal.grammar import Element, flatten
from webconnector.rehearsal.kinds import ref_targets
from webconnector.rehearsal.register import Register
from webconnector.rehearsal.values import Fields, storage_name

PROLOG = '<?xml version="1.0" ?>\n'


@dataclass(frozen=True)
class Writer:
    """Writes the fields of one kind of record for a client that speaks `version`.

    `trim` names the only top elements wanted (empty: all); `owners` the owners whose custom
    fields are wanted.
    """

    register: Register
    kind: str
    version: tuple[int, int]
    trim: Collection[str] = ()
    owners: Collection[str] = ()

    def aggregate(self, grammar: Element, fields: Fields) -> str:
        """The element with its children."""
        inner = "".join(
            self._child(child, fields)
            for child in flatten(grammar.parts)
            if not self.trim or child.name in self.trim
        )
        return f"<{grammar.name}>\n{inner}</{grammar.name}>\n"

    def direct(self, grammar: Element, fields: Fields) -> str:
        """The children alone."""
        return "".join(self._child(child, fields) for child in flatten(grammar.parts))

    def _child(self, element: Element, fields: Fields) -> str:
        if element.since > self.version:
            return ""
        group = bool(element.parts) and not element.is_ref
        value = fields.get(storage_name(element.name) if group else element.name)
        if value is None or value == []:
            return ""
        values = value if isinstance(value, list) else [value]
        return "".join(self._one(element, one) for one in values)

    def _one(self, element: Element, value: Any) -> str:
        if element.is_ref:
            return self._reference(element.name, value)
        if not element.parts:
            return leaf(element.name, str(value))
        if element.name == "DataExtRet":
            if value["OwnerID"].upper() not in self.owners:
                return ""
            value = {"DataExtType": "STR255TYPE", **value}
        inner = "".join(self._child(child, value) for child in flatten(element.parts))
        return f"<{element.name}>\n{inner}</{element.name}>\n"

    def _reference(self, name: str, ref: Mapping[str, str]) -> str:
        if not ref["ListID"]:
            return f"<{name}>\n</{name}>\n"
        record = self.register.in_list(ref_targets(name, self.kind), ref["ListID"])
        if record is None:
            raise AssertionError(f"{self.kind}.{name} refers to {ref}, which is gone")
        full_name = self.register.full_name(record)
        return f"<{name}>\n{leaf('ListID', record.id)}{leaf('FullName', full_name)}</{name}>\n"


def ascii_text(text: str) -> str:
    """Markup escaped, everything beyond ASCII as a numeric entity."""
    return escape(text).encode("ascii", "xmlcharrefreplace").decode("ascii")


def leaf(name: str, text: str) -> str:
    """An element that holds a text."""
    return f"<{name}>{ascii_text(text)}</{name}>\n"


def open_tag(name: str, attributes: Mapping[str, str], *, closed: bool) -> str:
    """A start tag, or an empty element, with its attributes in the given order."""
    inner = "".join(f" {key}={_quoted(value)}" for key, value in attributes.items())
    return f"<{name}{inner}{' /' if closed else ''}>\n"


def _quoted(text: str) -> str:
    quoted = quoteattr(text, {'"': "&quot;"})
    return quoted.encode("ascii", "xmlcharrefreplace").decode("ascii")


def response(name: str, attributes: Mapping[str, str], body: str) -> str:
    """One Rs element."""
    if not body:
        return open_tag(name, attributes, closed=True)
    return f"{open_tag(name, attributes, closed=False)}{body}</{name}>\n"


def document(set_attributes: Mapping[str, str], responses: Collection[str]) -> str:
    """The whole reply."""
    body = response("QBXMLMsgsRs", set_attributes, "".join(responses))
    return f"{PROLOG}<QBXML>\n{body}</QBXML>\n"
