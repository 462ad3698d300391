"""Sync-rules 8: deletions that nobody reported, ids compared, merges redirected or raised."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store import comparing
from tests.acceptance.conftest import stock
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World

TODAY = "2026-03-02"


@pytest.fixture
def two_way(make_world: Callable[..., World]) -> World:
    """A company with 2-way bill sync."""
    made = make_world(two_way_bills=True)
    stock(made)
    return made


def bill_of(made: World, vendor: str, number: str, amount: str = "10.00") -> str:
    """A bill entered in QuickBooks."""
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": amount}
    fields = {"VendorRef": {"ListID": vendor}, "TxnDate": TODAY, "RefNumber": number}
    return made.books.add("Bill", fields | {"ExpenseLine": [line]})


def merge(made: World, gone: str, survivor: str) -> None:
    """The bookkeeper merges two vendors: their bills move, one of the two is no more."""
    for bill in made.books.all("Bill"):
        if bill["VendorRef"]["ListID"] == gone:
            made.books.edit("Bill", bill["TxnID"], {"VendorRef": {"ListID": survivor}})
    made.books.delete("Vendor", gone)


def names(made: World) -> set[str]:
    """The living vendors here."""
    return {vendor["name"] for vendor in made.all("vendors")}


def comparisons(made: World, noun: str, since: int) -> int:
    """How many requests since then asked for ids only."""
    return sum(
        f"<{noun}QueryRq" in text and "<IncludeRetElement>EditSequence" in text
        for text in made.books.requests[since:]
    )


# --- comparing ids


def test_a_company_silent_for_more_than_80_days_gets_a_full_comparison_of_ids(
    acme: World,
) -> None:
    key = acme.books.add("Vendor", {"Name": "Acme"})
    acme.books.add("Vendor", {"Name": "Stays"})
    acme.sync()
    acme.books.delete("Vendor", key)
    acme.clock.advance(days=100)  # QuickBooks keeps deletions for 90 days
    acme.sync()
    assert names(acme) == {"Stays"}
    assert acme.problems() == []


def test_each_type_is_compared_once_a_week_and_not_more_often(acme: World) -> None:
    acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    found = []
    for _ in range(9):
        before = len(acme.books.requests)
        acme.clock.advance(days=1)
        acme.sync()
        found.append(comparisons(acme, "Vendor", before))
    assert [day for day, count in enumerate(found, 1) if count] == [7]


def test_after_a_silence_a_session_that_does_not_end_well_compares_once_a_day(
    acme: World,
) -> None:
    acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    acme.clock.advance(days=100)
    acme.sync()
    before = len(acme.books.requests)
    acme.sync()
    assert comparisons(acme, "Vendor", before) == 0


def test_a_differing_edit_sequence_is_read_again(acme: World) -> None:
    key = acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    now = acme.clock.now
    acme.clock.advance(hours=-6)  # a clock that ran behind: no cursor would ever see this
    acme.books.edit("Vendor", key, {"Phone": "555"})
    acme.clock.now = now
    acme.sync()
    assert acme.named("vendors", "Acme")["phone"] is None
    acme.clock.advance(days=8)
    acme.sync()
    assert acme.named("vendors", "Acme")["phone"] == "555"


def test_comparisons_are_paged_with_iterators_like_other_reads(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "page_records", 2)
    keys = [acme.books.add("Vendor", {"Name": f"V{number}"}) for number in range(5)]
    acme.sync()
    acme.books.delete("Vendor", keys[3])
    acme.clock.advance(days=100)
    before = len(acme.books.requests)
    acme.sync()
    # Two pages, and the absent one once more by its id before it is believed.
    assert comparisons(acme, "Vendor", before) == 2 + 1
    assert names(acme) == {"V0", "V1", "V2", "V4"}


def test_deleted_invoices_are_found_too_and_older_ones_stay_away(acme: World) -> None:
    gone, _ = invoice(acme, TODAY, RefNumber="1"), invoice(acme, TODAY, RefNumber="2")
    invoice(acme, "2026-01-01", RefNumber="OLD")
    acme.sync()
    acme.books.delete("Invoice", gone)
    acme.clock.advance(days=100)
    acme.sync()
    assert [one["number"] for one in acme.all("invoices")] == ["2"]
    assert acme.problems() == []


def test_2wb_switched_on_again_compares_all_linked_bills_first(two_way: World) -> None:
    vendor = two_way.books.add("Vendor", {"Name": "Acme"})
    bill = bill_of(two_way, vendor, "1")
    two_way.sync()
    two_way.prefer(two_way_bills="false")
    two_way.books.delete("Bill", bill)
    two_way.sync()
    assert len(two_way.all("bills")) == 1
    two_way.prefer(two_way_bills="true")
    before = len(two_way.books.requests)
    two_way.sync()
    assert comparisons(two_way, "Bill", before) > 0
    assert two_way.all("bills") == []


def test_an_app_edit_of_a_record_found_absent_stands_as_a_problem(acme: World) -> None:
    key = acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    acme.books.delete("Vendor", key)
    acme.clock.advance(days=100)
    acme.change("vendors", acme.named("vendors", "Acme")["id"], phone="1")
    acme.sync()
    assert names(acme) == {"Acme"}
    assert [p.kind for p in acme.problems()] == ["edit_against_delete"]


# --- merges


def test_the_vanished_list_id_is_redirected_to_the_survivor_when_it_can_be_told_for_certain(
    two_way: World,
) -> None:
    gone = two_way.books.add("Vendor", {"Name": "Acme Inc"})
    survivor = two_way.books.add("Vendor", {"Name": "Acme"})
    for number in ("1", "2"):
        bill_of(two_way, gone, number)
    two_way.sync()
    old = two_way.named("vendors", "Acme Inc")["id"]
    unsent = two_way.add(
        "bills",
        vendor=old,
        number="3",
        bill_date=TODAY,
        expense_lines=[{"account": {"name": "Rent"}, "amount": "5.00"}],
    )
    two_way.clock.advance(hours=3)
    merge(two_way, gone, survivor)
    two_way.sync()
    assert names(two_way) == {"Acme"}
    assert {bill["vendor"]["name"] for bill in two_way.all("bills")} == {"Acme"}
    assert two_way.get("bills", unsent["id"])["sync"]["state"] == "synced"
    assert len(two_way.books.find("Bill", VendorRef="Acme")) == 3
    assert two_way.problems() == []
    assert two_way.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_a_merge_moves_bills_that_do_not_come_back_without_2wb_too(acme: World) -> None:
    gone = acme.books.add("Vendor", {"Name": "Acme Inc"})
    survivor = acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    made = acme.add(
        "bills",
        vendor={"name": "Acme Inc"},
        number="1",
        bill_date=TODAY,
        expense_lines=[{"account": {"name": "Rent"}, "amount": "5.00"}],
    )
    acme.sync()
    acme.clock.advance(hours=3)
    merge(acme, gone, survivor)
    acme.sync()
    bill = acme.get("bills", made["id"])
    assert (bill["vendor"]["name"], bill["sync"]["state"]) == ("Acme", "synced")
    assert acme.conflicts() == []
    acme.change("bills", made["id"], memo="goes on")
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    assert (theirs["Memo"], theirs["VendorRef"]["ListID"]) == ("goes on", survivor)


def test_a_merge_that_cannot_be_told_is_a_problem_never_a_new_record(two_way: World) -> None:
    gone = two_way.books.add("Vendor", {"Name": "Acme Inc"})
    others = [two_way.books.add("Vendor", {"Name": name}) for name in ("Acme", "Other")]
    bills = [bill_of(two_way, gone, number) for number in ("1", "2")]
    two_way.sync()
    two_way.clock.advance(hours=3)
    for bill, vendor in zip(bills, others, strict=True):
        two_way.books.edit("Bill", bill, {"VendorRef": {"ListID": vendor}})
    two_way.books.delete("Vendor", gone)
    two_way.sync()
    assert [p.kind for p in two_way.problems()] == ["merged"]
    assert names(two_way) == {"Acme Inc", "Acme", "Other"}
    assert len(two_way.books.all("Vendor")) == 2
    two_way.sync()
    assert [p.count for p in two_way.problems()] == [1]
    assert len(two_way.books.all("Vendor")) == 2


def test_customers_merged_take_their_invoices_along(acme: World) -> None:
    key = invoice(acme, TODAY, RefNumber="1")
    survivor = acme.books.add("Customer", {"Name": "Survivor"})
    acme.sync()
    acme.clock.advance(hours=3)
    (client,) = acme.books.find("Customer", Name="Client")
    acme.books.edit("Invoice", key, {"CustomerRef": {"ListID": survivor}})
    acme.books.delete("Customer", client["ListID"])
    acme.sync()
    (found,) = acme.all("invoices")
    assert found["customer"]["name"] == "Survivor"
    assert [c["name"] for c in acme.all("customers")] == ["Survivor"]
    assert acme.problems() == []


def test_a_record_that_nothing_refers_to_is_simply_deleted(acme: World) -> None:
    key = acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    acme.books.delete("Vendor", key)
    acme.sync()
    assert names(acme) == set()
    assert acme.problems() == []
