"""Edits in the App that fall into the middle of a session's transaction: none is lost.

SQLite lets one transaction write at a time; PostgreSQL has to be told what must not overlap.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from store import changes, pull, push
from tests.acceptance.test_exactly_once import next_request
from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.world import World

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.parametrize("database_kind", ["postgresql"]),
]
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class Meanwhile:
    """Another transaction that begins in the middle of this one, and ends when it can."""

    def __init__(self, made: World, act: Callable[[], object]) -> None:
        self.made = made
        self.act = act
        self.thread: threading.Thread | None = None
        self.failed: list[Exception] = []

    def _run(self) -> None:
        try:
            self.act()
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            self.failed.append(error)

    def _waits(self) -> bool:
        with self.made.store.read() as conn:
            return bool(conn.execute(_WAITING).scalar_one())

    def begin(self) -> None:
        """Begin it, once; comes back when it is over or waits for this transaction."""
        if self.thread is not None:
            return
        self.thread = threading.Thread(target=self._run)
        self.thread.start()
        while self.thread.is_alive() and not self._waits():
            self.thread.join(0.005)

    def end(self) -> None:
        """Wait until it is over; raises what it raised."""
        assert self.thread is not None
        self.thread.join(30)
        if self.failed:
            raise self.failed[0]


def around(
    monkeypatch: pytest.MonkeyPatch,
    place: Any,
    name: str,
    other: Meanwhile,
    when: Callable[..., bool] = lambda *_given, **_named: True,
) -> None:
    """The other transaction begins where this function is called, with such arguments."""
    original = getattr(place, name)

    def wrapped(*given: Any, **named: Any) -> Any:
        if when(*given, **named):
            other.begin()
        return original(*given, **named)

    monkeypatch.setattr(place, name, wrapped)


def whole(acme: World) -> None:
    """One whole session, call by call."""
    acme.clock.advance(minutes=5)
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    while request and 0 <= receive(acme, ticket, acme.books.process(request)) < 100:
        request = next_request(acme, ticket)
    close(acme, ticket)


def test_an_edit_while_the_write_is_being_made_is_not_lost(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    edit = Meanwhile(acme, lambda: acme.change("vendors", vendor, phone="555"))
    around(monkeypatch, push, "_request", edit)
    whole(acme)
    edit.end()
    acme.sync()
    (theirs,) = acme.books.all("Vendor")
    assert theirs.get("Phone") == "555"
    assert acme.get("vendors", vendor)["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_a_write_that_leaves_while_the_app_edits_stays_sent(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its answer would be taken for nobody's, and it would go again."""
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    acme.clock.advance(minutes=5)
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    reply = acme.books.process(request)
    other = Meanwhile(acme, lambda: receive(acme, ticket, reply))
    around(monkeypatch, changes, "_linked", other)
    acme.change("vendors", vendor, phone="555")
    other.end()
    request = next_request(acme, ticket)
    while request and 0 <= receive(acme, ticket, acme.books.process(request)) < 100:
        request = next_request(acme, ticket)
    close(acme, ticket)
    acme.sync()
    (theirs,) = acme.books.all("Vendor")
    assert theirs.get("Phone") == "555"
    adds = [r for r in acme.books.requests if "<VendorAddRq" in r]
    assert len(adds) == 1
    assert acme.problems() == []


def test_an_edit_while_a_page_is_being_stored_is_merged_not_overwritten(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other_one = (acme.books.add("Vendor", {"Name": name}) for name in ("Ours", "Other"))
    acme.sync()
    vendor = acme.named("vendors", "Ours")["id"]
    acme.clock.advance(minutes=1)
    acme.books.edit("Vendor", ours, {"AccountNumber": "1"})
    acme.books.edit("Vendor", other_one, {"Phone": "2"})
    edit = Meanwhile(acme, lambda: acme.change("vendors", vendor, phone="555"))

    def of_vendors(_sync: Any, record: Any, *_more: Any, **_named: Any) -> bool:
        return bool(record.entity.resource == "vendors")

    around(monkeypatch, pull, "_decide", edit, of_vendors)
    whole(acme)
    edit.end()
    acme.sync()
    found = acme.get("vendors", vendor)
    assert (found["phone"], found["account_number"]) == ("555", "1")
    (theirs,) = acme.books.find("Vendor", Name="Ours")
    assert (theirs.get("Phone"), theirs.get("AccountNumber")) == ("555", "1")
    assert found["sync"]["state"] == "synced"
