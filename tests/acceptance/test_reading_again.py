"""Sync-rules 8: cursors lose nothing, whatever a session's end or the clock over there does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from tests.acceptance.conftest import stock
from tests.acceptance.test_both_at_once import their_bill
from tests.acceptance.test_sessions import authenticate, receive, send
from tests.acceptance.world import World
from webconnector.rehearsal.company_file import CompanyFile

_VENDORS = re.compile(r"<VendorQueryRs[^>]*/>|<VendorQueryRs.*?</VendorQueryRs>", re.DOTALL)


def test_a_session_that_dies_between_two_pages_loses_none_of_the_others(acme: World) -> None:
    vendors = [acme.books.add("Vendor", {"Name": f"Vendor {number:03}"}) for number in range(250)]
    acme.clock.advance(days=2)
    acme.books.edit("Vendor", vendors[0], {"Phone": "555"})  # on the first page, and the newest
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    assert 0 <= receive(acme, ticket, acme.books.process(request)) < 100
    acme.clock.advance(minutes=16)  # and is never heard of again
    acme.sync()
    assert len(acme.all("vendors")) == len(vendors)


class _Refusing:
    """A QuickBooks that does not find the accounts which it is to edit."""

    def __init__(self, books: CompanyFile) -> None:
        self._books = books
        self.refused = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._books, name)

    def process(self, text: str) -> str:
        """Answer edits of accounts for ids that it does not have, everything else as usual."""
        edits = text.count("<AccountModRq")
        self.refused += edits
        return self._books.process(text.replace("<ListID>8", "<ListID>9") if edits else text)


def test_what_quickbooks_refused_is_not_sent_again_because_our_own_write_comes_back(
    acme: World,
) -> None:
    """An account is looked at whenever it comes, since its balance moves without an edit."""
    account = acme.add("accounts", name="Ours", type="Expense")["id"]
    acme.sync()
    acme.change("accounts", account, description="changed")
    books = acme.books
    refusing = _Refusing(books)
    acme.books = refusing
    acme.sync()
    assert acme.get("accounts", account)["sync"]["state"] == "failed"
    asked, refused = len(books.requests), refusing.refused
    acme.sync()
    assert "<AccountQueryRq" in "".join(books.requests[asked:]), "the echo comes within the overlap"
    assert refusing.refused == refused


def test_an_edit_in_the_hour_that_comes_twice_is_seen(acme: World) -> None:
    vendor = acme.books.add("Vendor", {"Name": "Night Owl"})
    acme.sync()
    acme.books.add("Vendor", {"Name": "Latest"})
    acme.sync()
    acme.books.clock = lambda: acme.clock() - timedelta(hours=1)
    acme.books.edit("Vendor", vendor, {"Phone": "555"})
    acme.sync()
    assert acme.named("vendors", "Night Owl")["phone"] == "555"


def test_a_clock_that_was_days_ahead_for_a_while_hides_nothing_afterwards(acme: World) -> None:
    vendor = acme.books.add("Vendor", {"Name": "Punctual"})
    acme.sync()
    acme.books.clock = lambda: acme.clock() + timedelta(days=5)
    acme.books.add("Vendor", {"Name": "Early"})
    acme.sync()
    assert [problem.kind for problem in acme.problems()] == ["clock"]
    acme.books.clock = acme.clock
    acme.clock.advance(hours=3)
    acme.books.edit("Vendor", vendor, {"Phone": "555"})
    acme.sync()
    assert acme.named("vendors", "Punctual")["phone"] == "555"


def test_a_read_that_the_answer_leaves_out_is_told_and_nothing_is_sent(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    whole = acme.books.process

    def without_vendors(text: str) -> str:
        return _VENDORS.sub("", whole(text))

    acme.books.process = without_vendors  # type: ignore[method-assign]
    assert acme.sync().close_text == "0 changes in, 0 out, 1 problem"
    (found,) = acme.problems()
    assert found.title == "QuickBooks did not give its list of vendors"
    acme.books.process = whole  # type: ignore[method-assign]
    acme.sync()
    assert acme.problems() == []
    assert acme.get("vendors", vendor)["sync"]["state"] == "synced"


def test_bills_passed_over_when_2wb_was_switched_off_in_mid_session_come_when_it_is_on_again(
    make_world: Callable[..., World],
) -> None:
    made = make_world(two_way_bills=True)
    stock(made)
    made.sync()
    their_bill(made, RefNumber="friday")
    made.clock.advance(days=3)
    their_bill(made, RefNumber="monday")
    steps = made.connector.steps(made.books)
    for operation, _ in steps:
        if operation == "sendRequestXML":
            made.prefer(two_way_bills="false")
            break
    for _ in steps:
        pass
    assert made.all("bills") == []
    made.prefer(two_way_bills="true")
    made.sync()
    assert {one["number"] for one in made.all("bills")} == {"friday", "monday"}
