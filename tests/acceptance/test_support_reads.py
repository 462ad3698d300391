"""What support looks up: a record's story, a search, the totals of both sides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from store import search, story, totals_check
from store.errors import Invalid, NotFound
from tests.acceptance.conftest import stock
from tests.acceptance.test_bills import rent
from tests.acceptance.world import World


@pytest.fixture
def busy(make_world: Callable[..., World]) -> World:
    """A company with a vendor and a bill that both sides have."""
    made = make_world()
    stock(made)
    made.sync()
    vendor = made.add("vendors", name="Acme Supplies", phone="1")
    rent(made, vendor["id"], number="B-77")
    made.sync()
    return made


def found(made: World, text: str, companies: list[str] | None = None) -> dict[str, Any]:
    with made.store.read() as conn:
        return search.search(conn, text, companies)


def names(made: World, text: str, companies: list[str] | None = None) -> set[tuple[str, str]]:
    return {(one["resource"], one["name"]) for one in found(made, text, companies)["records"]}


@pytest.mark.own_database  # all companies are searched
def test_a_record_is_found_by_name_number_amount_and_either_sides_id(busy: World) -> None:
    (bill,) = busy.all("bills")
    assert ("vendors", "Acme Supplies") in names(busy, "acme supp")
    assert names(busy, "b-77") == {("bills", "B-77")}
    assert ("bills", "B-77") in names(busy, f"${bill['amount']}")
    assert names(busy, bill["id"]) == {("bills", "B-77")}
    assert names(busy, bill["sync"]["quickbooks_id"]) == {("bills", "B-77")}
    assert names(busy, "100%") == set()
    assert [one["id"] for one in found(busy, "Acme Ltd")["companies"]] == [busy.id]


def test_a_session_is_found_by_its_id_and_its_message_set(busy: World) -> None:
    latest = busy.sessions()[0]["id"]
    assert [one["id"] for one in found(busy, latest)["sessions"]] == [latest]
    log = busy.sync()
    assert [one["id"] for one in found(busy, log.ticket)["sessions"]] == [busy.sessions()[0]["id"]]


def test_a_search_stays_within_the_companies_that_a_person_may_see(busy: World) -> None:
    other = busy.neighbour()
    nothing = {"companies": [], "records": [], "sessions": [], "narrow": False}
    assert found(busy, "b-77", [other.id]) == nothing
    assert found(busy, "b-77", []) == nothing
    assert names(busy, "b-77", [busy.id]) == {("bills", "B-77")}
    with pytest.raises(Invalid, match="characters"):
        found(busy, "x")


def test_a_story_tells_every_change_exchange_and_conflict(busy: World) -> None:
    vendor = busy.named("vendors", "Acme Supplies")
    busy.change("vendors", vendor["id"], phone="2")
    busy.books.edit("Vendor", vendor["sync"]["quickbooks_id"], {"Phone": "3"})
    busy.sync()
    with busy.store.read() as conn:
        told = story.story(conn, busy.id, "vendors", vendor["id"])
    kinds = {event["kind"] for event in told["events"]}
    assert kinds == {"app", "change", "exchange", "conflict", "link"}
    assert {e["title"] for e in told["events"] if e["kind"] == "app"} == {
        "vendors.create",
        "vendors.change",
    }
    assert all(line["same"] for line in told["compared"])
    assert told["quickbooks"]["id"] == vendor["sync"]["quickbooks_id"]
    busy.change("vendors", vendor["id"], phone="4")
    with busy.store.read() as conn:
        told = story.story(conn, busy.id, "vendors", vendor["id"])
    assert [line["field"] for line in told["compared"] if not line["same"]] == ["phone"]
    other = busy.neighbour()
    with busy.store.read() as conn, pytest.raises(NotFound):
        story.story(conn, other.id, "vendors", vendor["id"])


def test_totals_of_both_sides_and_what_explains_the_difference(busy: World) -> None:
    (bill,) = busy.all("bills")

    def payables() -> dict[str, Any]:
        with busy.store.read() as conn:
            return totals_check.check(conn, busy.id)[0]

    assert (payables()["difference"], payables()["records"]) == (0, [])
    assert payables()["quickbooks"] == Decimal(bill["amount"])
    rent(busy, bill["vendor"]["id"], number="B-78")
    now = payables()
    assert now["difference"] == Decimal(bill["amount"])
    assert [(one["name"], one["amount"]) for one in now["records"]] == [
        ("B-78", Decimal(bill["amount"]))
    ]
    assert now["unexplained"] == 0
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": "7.00"}
    theirs = {"VendorRef": "Acme Supplies", "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    busy.books.add("Bill", theirs)
    busy.sync()
    assert (payables()["difference"], payables()["unexplained"]) == (Decimal(-7), Decimal(-7))
