"""The language in which qbXML messages are written down here, and the judge that reads by it.

Owns the notation, its parser and the check of one element tree against it. Knows no message by
name (those are rows in `request_tables` and `reply_tables`), no record and no company file.

Notation, one element after the other in their required order:

    Name(41)        text of at most 41 characters      Name:amt   another type (see PATTERNS)
    Name[PaidState] one word of a named set            Name{..}   a group with children
    Name~41         a reference: ListID? FullName(41)? $ADDR      a named fragment
    ?  *  +         optional, any number, at least one (nothing: exactly one)
    ^8.0            known since that qbXML version     <a b | c>  one arm of a choice, with ? * +
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from lxml import etree

PATTERNS: Mapping[str, re.Pattern[str]] = {
    "id": re.compile(r".{0,36}"),
    "amt": re.compile(r"([+-]?\d{1,13}\.\d{2})?"),
    "price": re.compile(r"([+-]?\d{1,10}(\.\d{1,5})?)?"),
    "quan": re.compile(r"([+-]?\d{1,10}(\.\d{1,5})?)?"),
    "percent": re.compile(r"([+-]?\d{1,10}(\.\d{1,5})?)?"),
    "float": re.compile(r"([+-]?\d+(\.\d+)?)?"),
    "bool": re.compile(r"(true|false)?"),
    "date": re.compile(r"(\d{4}-\d{2}-\d{2})?"),
    "datetime": re.compile(r"(\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2})?)?)?"),
    "int": re.compile(r"[+-]?\d+"),
    "guid": re.compile(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}"),
    "str": re.compile(r"(?s).*"),
}
YEARS_KNOWN = range(1970, 2039)
_TOKEN = re.compile(r"\s*(?:(\$?\w+)|([<>|{}?*+])|(\(\d+\)|:\w+|\[\w+\]|~\d*|\^[\d.]+))")


class MisfitError(Exception):
    """An element tree that does not follow its grammar; the text names the element and the rule."""


@dataclass(frozen=True)
class Element:
    """One element: its type, its longest text, its children and how often it may stand."""

    name: str
    type: str = "str"
    length_max: int | None = None
    parts: tuple[Part, ...] = ()
    required: bool = True
    repeats: bool = False
    since: tuple[int, int] = (1, 0)
    is_ref: bool = False
    words: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Element]:
        """All children by name; in a choice that repeats, each of them repeats."""
        return {child.name: child for child in flatten(self.parts)}


@dataclass(frozen=True)
class Choice:
    """Alternatives; each arm is a sequence of parts."""

    arms: tuple[tuple[Part, ...], ...]
    required: bool = True
    repeats: bool = False

    @cached_property
    def arm_of(self) -> Mapping[str, tuple[Part, ...]]:
        """The arm that an element with this name opens or belongs to."""
        return {child.name: arm for arm in self.arms for child in flatten(arm)}


Part = Element | Choice


def flatten(parts: Sequence[Part], *, repeats: bool = False) -> Iterator[Element]:
    """The elements of a sequence, in order, with choices opened up."""
    for part in parts:
        if isinstance(part, Element):
            yield replace(part, repeats=True) if repeats else part
        else:
            for arm in part.arms:
                yield from flatten(arm, repeats=repeats or part.repeats)


class Notation:
    """Turns notation text into parts. Fragments and word sets are given once."""

    def __init__(
        self, fragments: Mapping[str, str], word_sets: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._fragments = fragments
        self._word_sets = word_sets

    def element(self, name: str, text: str, since: tuple[int, int] = (1, 0)) -> Element:
        """A whole message: `name` with the parts written in `text`."""
        return Element(name, parts=self.parts(text), since=since)

    def parts(self, text: str) -> tuple[Part, ...]:
        tokens = self._tokens(text)
        found, position = self._sequence(tokens, 0)
        if position != len(tokens):
            raise ValueError(f"notation does not end where expected: {tokens[position:]}")
        return found

    def _tokens(self, text: str) -> list[str]:
        tokens: list[str] = []
        position = 0
        text = text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise ValueError(f"notation not understood at {text[position : position + 30]!r}")
            position = match.end()
            token = match.group(1) or match.group(2) or match.group(3)
            if token.startswith("$"):
                tokens += self._tokens(self._fragments[token[1:]])
            else:
                tokens.append(token)
        return tokens

    def _sequence(self, tokens: list[str], position: int) -> tuple[tuple[Part, ...], int]:
        parts: list[Part] = []
        while position < len(tokens) and tokens[position] not in ("}", ">", "|"):
            part: Part
            if tokens[position] == "<":
                part, position = self._choice(tokens, position + 1)
            else:
                part, position = self._one(tokens, position)
            parts.append(part)
        return tuple(parts), position

    def _choice(self, tokens: list[str], position: int) -> tuple[Choice, int]:
        arms: list[tuple[Part, ...]] = []
        while True:
            arm, position = self._sequence(tokens, position)
            arms.append(arm)
            position += 1
            if tokens[position - 1] == ">":
                break
        mark = tokens[position] if position < len(tokens) else ""
        if mark in ("?", "*", "+"):
            position += 1
        if position < len(tokens) and tokens[position].startswith("^"):
            position += 1
        return Choice(tuple(arms), mark not in ("?", "*"), mark in ("*", "+")), position

    def _one(self, tokens: list[str], position: int) -> tuple[Element, int]:
        name = tokens[position]
        position += 1
        kind, length_max, mark, since = "str", None, "", (1, 0)
        parts: tuple[Part, ...] = ()
        words: tuple[str, ...] = ()
        is_ref = False
        while position < len(tokens):
            token = tokens[position]
            if token.startswith("("):
                length_max = int(token[1:-1])
            elif token.startswith(":"):
                kind = token[1:]
                if kind not in PATTERNS:
                    raise ValueError(f"{name} has the unknown type {kind}")
            elif token.startswith("["):
                kind, words = "enum", self._word_sets[token[1:-1]]
            elif token.startswith("~"):
                parts, is_ref = _reference(token[1:]), True
            elif token.startswith("^"):
                since = version_of(token[1:])
            elif token == "{":  # noqa: S105 - a token of the notation
                parts, position = self._sequence(tokens, position + 1)
            elif token in ("?", "*", "+") and not mark:
                mark = token
            else:
                break
            position += 1
        required, repeats = mark not in ("?", "*"), mark in ("*", "+")
        found = Element(name, kind, length_max, parts, required, repeats, since, is_ref, words)
        return found, position


def _reference(length: str) -> tuple[Part, ...]:
    longest = int(length) if length else None
    return (
        Element("ListID", "id", required=False),
        Element("FullName", "str", longest, required=False),
    )


def version_of(text: str) -> tuple[int, int]:
    """`13.0` as a pair that compares."""
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)


def check(
    node: etree._Element,
    grammar: Element,
    version: tuple[int, int],
    attributes: Mapping[str, frozenset[str]],
) -> None:
    """Judge one element and all below it.

    `attributes` gives, by element name, the attributes that may stand there.
    Raises MisfitError with the first thing that is off.
    """
    if grammar.since > version:
        raise MisfitError(f"{grammar.name} is newer than the declared qbXML version")
    allowed = attributes.get(grammar.name, frozenset())
    for attribute in node.attrib:
        if attribute not in allowed:
            raise MisfitError(f"{grammar.name} may not have the attribute {attribute!r}")
    if grammar.parts:
        _check_group(node, grammar, version, attributes)
    else:
        _check_leaf(node, grammar)


def _check_group(
    node: etree._Element,
    grammar: Element,
    version: tuple[int, int],
    attributes: Mapping[str, frozenset[str]],
) -> None:
    children = list(node)
    if any(not isinstance(child.tag, str) for child in children):
        raise MisfitError(f"{grammar.name} holds a comment or processing instruction")
    if any(text and text.strip() for text in (node.text, *(child.tail for child in children))):
        raise MisfitError(f"{grammar.name} may not hold text of its own")
    names = [str(child.tag) for child in children]
    position = _match(grammar.parts, names, 0, grammar.name)
    if position != len(names):
        raise MisfitError(f"{names[position]} is unknown in {grammar.name} or stands out of order")
    for child in children:
        check(child, grammar.by_name[str(child.tag)], version, attributes)


def _match(parts: Sequence[Part], names: list[str], position: int, inside: str) -> int:
    for part in parts:
        start = position
        if isinstance(part, Choice):
            while position < len(names) and names[position] in part.arm_of:
                position = _match(part.arm_of[names[position]], names, position, inside)
                if not part.repeats:
                    break
            nullable = any(not any(p.required for p in arm) for arm in part.arms)
            if position == start and part.required and not nullable:
                raise MisfitError(f"{inside} lacks one of {sorted(part.arm_of)}")
            continue
        while position < len(names) and names[position] == part.name:
            position += 1
            if not part.repeats:
                break
        if position == start and part.required:
            raise MisfitError(f"{inside} lacks {part.name} at its place")
    return position


def _check_leaf(node: etree._Element, grammar: Element) -> None:
    if len(node):
        raise MisfitError(f"{grammar.name} may not hold elements")
    check_text(node.text or "", grammar)


def check_text(text: str, grammar: Element) -> None:
    """Judge the text of one leaf: pattern, calendar, words, length. Raises MisfitError."""
    if grammar.type == "enum":
        if text not in grammar.words:
            raise MisfitError(f"{grammar.name} may not be {text!r}")
        return
    if not PATTERNS[grammar.type].fullmatch(text):
        raise MisfitError(f"{grammar.name} is not of type {grammar.type}: {text[:60]!r}")
    if grammar.length_max is not None and len(text) > grammar.length_max:
        raise MisfitError(f"{grammar.name} is longer than {grammar.length_max} characters")
    if text and grammar.type in ("date", "datetime"):
        try:
            read = (
                date.fromisoformat(text)
                if grammar.type == "date"
                else (datetime.fromisoformat(text))
            )
        except ValueError as error:
            raise MisfitError(f"{grammar.name} is no day of the calendar: {text!r}") from error
        if grammar.type == "datetime" and read.year not in YEARS_KNOWN:
            raise MisfitError(f"{grammar.name} is outside 1970 to 2038")
