"""A Web Connector and a QuickBooks on a bad day: plays the faults of `fault_specs.py`.

Owns where in an update each fault strikes. Must not import the server: it is a referee, and
whatever a fault leaves undone or does twice, the company file itself stays strict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.fault_specs import (
    CALLS,
    OPEN,
    READ,
    REQUEST,
    WRITE,
    Chance,
    Fault,
    parse,
)
from webconnector.rehearsal.refusals import RequestRefused, StatusError, in_use
from webconnector.rehearsal.replies import document
from webconnector.rehearsal.soap_wire import Parameter, Reply
from webconnector.rehearsal.web_connector import Books, SessionLog, WebConnector

CRASHED = "The server threw an exception."
REFUSED = "QuickBooks did not do what was asked."
_SET_ID = re.compile(r'<QBXMLMsgsRq[^>]* newMessageSetID="([^"]*)"')
_REQUEST = re.compile(r"<(\w+)Rq[ />]")
_LAST_RESPONSE = re.compile(r"<(\w+Rs) (?:(?!<\1 ).)*?(?:</\1>|/>)\s*(?=</QBXMLMsgsRs>)", re.DOTALL)
_NOT_STORED = "9005"
_BEFORE_CHANGE = timedelta(minutes=8)
_OP_TO_PLACE = {operation: place for place, operation in CALLS.items()}


class Killed(Exception):
    """The Web Connector's process is gone."""


class Faults:
    """What goes wrong, and what has gone wrong so far.

    `advance` lets that many seconds pass on the computer; `happened` tells the faults in order.
    """

    def __init__(self, spec: str | Sequence[Fault], advance: Callable[[float], object]) -> None:
        self.waiting, chance = parse(spec) if isinstance(spec, str) else (list(spec), None)
        self.advance = advance
        self.happened: list[str] = []
        self._chance: Iterator[list[Fault]] | None = chance.sessions() if chance else None
        self._first: object | None = None

    @classmethod
    def at_random(cls, seed: int, advance: Callable[[float], object]) -> Faults:
        """Some of them, chosen by a seed."""
        made = cls([], advance)
        made._chance = Chance(seed).sessions()
        return made

    def begin(self) -> None:
        """Another update begins."""
        if self._chance is not None:
            self.waiting = next(self._chance)

    def strike(self, name: str, *places: str) -> Fault | None:
        """The fault of that name that happens here and now."""
        for fault in self.waiting:
            if fault.happens(name, places):
                self.happened.append(f"{name}@{fault.place}")
                return fault
        return None

    def kills(self, name: str, *places: str) -> None:
        """Raise Killed when the Web Connector is to be killed here."""
        if self.strike(name, *places):
            raise Killed(f"{name} {' '.join(places)}")

    def sleeps(self, name: str, *places: str) -> None:
        """Let the minutes of a pause go by."""
        if fault := self.strike(name, *places):
            self.advance(60 * int(fault.argument))

    def remember(self, books: CompanyFile) -> None:
        """The file as it is at first, to be put back later."""
        if self._first is None and any(f.place == OPEN for f in self.waiting):
            self._first = books.backup()

    def put_back(self, books: CompanyFile) -> None:
        """Bring the file back in time."""
        if self.strike("restored-backup", OPEN):
            books.restore(self._first)
        if self.strike("reverted-file", OPEN):
            before = books.last_restore
            books.restore(self._first)
            books.last_restore = before


class FaultyBooks:
    """A company file in a QuickBooks that fails; everything else is the file's own."""

    def __init__(self, books: CompanyFile, faults: Faults) -> None:
        self._books = books
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)

    def begin_session(self) -> str:
        """Open the file, or refuse."""
        faults = self._faults
        faults.remember(self._books)
        if fault := faults.strike("hresult", OPEN):
            raise RequestRefused(fault.argument, REFUSED)
        if fault := faults.strike("clock", OPEN):
            faults.advance(_seconds_to_change(self._books, fault.argument))
        faults.put_back(self._books)
        return self._books.begin_session()

    def process(self, text: str) -> str:
        """Execute a set of requests, or part of it, or not at all, and tell or not."""
        places = _places(text)
        faults, books = self._faults, self._books
        faults.kills("kill-before", *places)
        faults.sleeps("asleep", *places)
        for name in ("hresult", "crash-before"):
            if fault := faults.strike(name, *places):
                raise RequestRefused(fault.argument, REFUSED if name == "hresult" else CRASHED)
        faults.sleeps("slow", *places)
        if faults.strike("iterators-lost", *places):
            books.end_session()
        if fault := faults.strike("set-status", *places):
            return self._only_a_code(text, fault.argument)
        books.on_request = self._refuse
        try:
            reply = books.process(text)
        finally:
            books.on_request = None
        if faults.strike("lost-reply", *places):
            raise Killed("lost-reply")
        faults.kills("kill-after", *places)
        if fault := faults.strike("crash-after", *places):
            raise RequestRefused(fault.argument, CRASHED)
        return self._spoilt(reply, places)

    def _spoilt(self, reply: str, places: Sequence[str]) -> str:
        if self._faults.strike("garbled", *places):
            return reply[: len(reply) // 2]
        if self._faults.strike("empty", *places):
            return ""
        if self._faults.strike("incomplete", *places):
            return _LAST_RESPONSE.sub("", reply)
        return reply

    def _refuse(self, noun: str) -> None:
        """Answer one request of a set with a status; the others are executed."""
        place = READ if noun.endswith("Query") else WRITE
        if fault := self._faults.strike("status", noun, place):
            raise StatusError(int(fault.argument), f"QuickBooks error message: {fault}")
        if self._faults.strike("locked", noun, place):
            raise in_use(noun, "")

    def _only_a_code(self, text: str, code: str) -> str:
        found = _SET_ID.search(text)
        set_id = found[1] if found else ""
        if code == _NOT_STORED:
            self._books.process(text)
            self._books.forget(set_id)
        return document({"newMessageSetID": set_id, "messageSetStatusCode": code}, [])


def _places(text: str) -> tuple[str, ...]:
    nouns = dict.fromkeys(_REQUEST.findall(text))
    nouns.pop("QBXMLMsgs", None)
    reads = all(noun.endswith("Query") for noun in nouns)
    return (REQUEST, READ if reads else WRITE, *nouns)


def _seconds_to_change(books: CompanyFile, season: str) -> float:
    """Up to shortly before the next change of the clocks where QuickBooks is."""
    zone = ZoneInfo(books.time_zone)
    now = books.clock()
    day = now.replace(minute=0, second=0, microsecond=0)
    for _ in range(24 * 366):
        later = day + timedelta(hours=1)
        gained = _offset(later, zone) - _offset(day, zone)
        if gained and (gained > timedelta()) == (season == "spring"):
            return max(0.0, (later - _BEFORE_CHANGE - now).total_seconds())
        day = later
    return 0.0


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


class FaultyWebConnector(WebConnector):
    """A Web Connector that has `faults`; `run` comes back from a kill with outcome `killed`."""

    def __init__(self, *arguments: Any, faults: Faults, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.faults = faults
        self._books: CompanyFile | None = None
        self._again: tuple[str, dict[str, Parameter]] | None = None

    def steps(self, books: Books) -> Generator[tuple[str, Reply], None, None]:
        """One whole update, up to its end or its death."""
        if not isinstance(books, CompanyFile):
            raise TypeError("faults are played on a company file of the stand-in")
        self.faults.begin()
        self._books, self._again = books, None
        try:
            yield from super().steps(FaultyBooks(books, self.faults))
        except Killed:
            self.log.outcome = "killed"

    def call(self, op: str, **parameters: Parameter) -> Reply:
        """One call, and what befalls it."""
        place = _OP_TO_PLACE.get(op, op)
        faults = self.faults
        faults.kills("kill-before", place)
        faults.sleeps("asleep", place)
        if faults.strike("second-connector", place):
            self.second()
        reply = super().call(op, **parameters)
        if faults.strike("duplicate", place):
            reply = super().call(op, **parameters)
        faults.kills("kill-after", place)
        late, self._again = self._again, None
        if late:
            super().call(late[0], **late[1])
        if faults.strike("replay", place):
            self._again = op, parameters
        return reply

    def second(self) -> SessionLog:
        """One update by another Web Connector that has the same connection."""
        other = self._twin()
        if self._books is None:
            raise TypeError("there is no update under way")
        return other.run(self._books)

    def _twin(self) -> WebConnector:
        return WebConnector(self._url, self.user, self.password, wait=self.wait)
