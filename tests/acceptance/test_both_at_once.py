"""Sync-rules 4, 6, 8 and 9 where they meet: edits while answers are owed, deletions, renames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.conftest import stock
from tests.acceptance.in_process import faulty
from tests.acceptance.test_bills import rent
from tests.acceptance.test_exactly_once import up_to_the_write
from tests.acceptance.test_invoices import ours
from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World

LOST = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs newMessageSetID="x" '
    'messageSetStatusCode="9002"></QBXMLMsgsRs></QBXML>'
)


def their_bill(made: World, **more: Any) -> str:
    """A bill entered in QuickBooks."""
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": "120.00"}
    if not made.books.find("Vendor", Name="Acme"):
        made.books.add("Vendor", {"Name": "Acme"})
    fields = {"VendorRef": "Acme", "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    return made.books.add("Bill", fields | more)


def up_to_the_bill(made: World) -> tuple[str, str]:
    """Go on until a bill leaves; gives the ticket and the request."""
    made.clock.advance(minutes=5)
    return up_to_the_write(made, "<BillAddRq")


def during_the_read(made: World, act: Callable[[], object]) -> None:
    """One update; the act falls between its reading and its writing."""
    made.clock.advance(minutes=5)
    steps = made.connector.steps(made.books)
    for operation, _ in steps:
        if operation == "receiveResponseXML":
            made.clock.advance(seconds=2)
            act()
            break
    for _ in steps:
        pass


def lose_for_good(made: World, request: str) -> None:
    """QuickBooks forgets its answer, and the next session learns that."""
    clear = request.split("<QBXMLMsgsRq", maxsplit=1)[0] + (
        '<QBXMLMsgsRq onError="continueOnError" oldMessageSetID="ClearAllMessageSets">'
        '<HostQueryRq requestID="x"/></QBXMLMsgsRq></QBXML>'
    )
    made.books.process(clear)
    made.clock.advance(minutes=16)
    ticket = authenticate(made)[0]
    assert send(made, ticket) == request
    assert 0 <= receive(made, ticket, LOST) < 100
    close(made, ticket)


def state(made: World, resource: str, record_id: str) -> str:
    """The state of a record's sync."""
    return str(made.get(resource, record_id)["sync"]["state"])


def test_what_the_app_puts_back_after_a_write_whose_answer_is_lost_is_not_undone_by_that_write(
    two_way: World,
) -> None:
    their_bill(two_way, Memo="a")
    two_way.sync()
    (bill,) = two_way.all("bills")
    two_way.change("bills", bill["id"], memo="b")
    two_way.clock.advance(minutes=5)
    _, request = up_to_the_write(two_way)
    two_way.books.process(request)
    lose_for_good(two_way, request)
    two_way.change("bills", bill["id"], memo="a")
    two_way.sync()
    (theirs,) = two_way.books.all("Bill")
    ours = two_way.get("bills", bill["id"])
    assert (ours["memo"], theirs["Memo"], ours["sync"]["state"]) == ("a", "a", "synced")


# --- deletions


def test_a_bill_deleted_in_the_app_stays_deleted_though_quickbooks_tells_of_it_once_more(
    two_way: World,
) -> None:
    their_bill(two_way)
    two_way.sync()
    (bill,) = two_way.all("bills")
    two_way.delete("bills", bill["id"])
    two_way.sync()
    assert two_way.books.all("Bill") == []
    assert two_way.all("bills") == []


@pytest.mark.parametrize("executed", [True, False])
@pytest.mark.parametrize("way", [True, False])
def test_a_bill_deleted_while_its_answer_is_owed_is_deleted_on_both_sides(
    make_world: Callable[..., World], *, executed: bool, way: bool
) -> None:
    acme = make_world(two_way_bills=way)
    stock(acme)
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    _, request = up_to_the_bill(acme)
    if executed:
        acme.books.process(request)
    acme.delete("bills", bill["id"])
    acme.clock.advance(minutes=16)
    acme.sync()
    assert acme.books.all("Bill") == []
    assert acme.all("bills") == []
    assert acme.problems() == []


def test_a_bill_deleted_while_its_outcome_is_lost_for_good_is_looked_for_and_deleted(
    acme: World,
) -> None:
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    _, request = up_to_the_bill(acme)
    acme.books.process(request)
    acme.delete("bills", bill["id"])
    lose_for_good(acme, request)
    acme.sync()
    assert acme.books.all("Bill") == []


def test_after_delete_against_edit_the_bill_is_in_sync_and_the_problem_stays(acme: World) -> None:
    acme.sync()
    rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    (bill,) = acme.all("bills")
    acme.delete("bills", bill["id"])
    acme.books.edit("Bill", theirs["TxnID"], {"Memo": "important"})
    acme.sync()
    assert state(acme, "bills", bill["id"]) == "synced"
    assert [p.kind for p in acme.problems()] == ["delete_against_edit"]


def test_with_two_way_bills_the_edit_that_stands_comes_over(two_way: World) -> None:
    theirs = their_bill(two_way)
    two_way.sync()
    (bill,) = two_way.all("bills")
    two_way.change("bills", bill["id"], number="7")
    two_way.delete("bills", bill["id"])
    two_way.books.edit("Bill", theirs, {"Memo": "important"})
    two_way.sync()
    found = two_way.get("bills", bill["id"])
    assert (found["memo"], found["number"]) == ("important", "7")
    assert two_way.books.get("Bill", theirs)["RefNumber"] == "7"
    assert found["sync"]["state"] == "synced"
    assert [p.kind for p in two_way.problems()] == ["delete_against_edit"]


def test_a_bill_deleted_while_two_way_bills_were_off_is_found_when_they_are_on_again(
    two_way: World,
) -> None:
    bill = rent(two_way, two_way.add("vendors", name="Acme")["id"], number="1")
    two_way.sync()
    two_way.prefer(two_way_bills="false")
    two_way.books.delete("Bill", two_way.get("bills", bill["id"])["sync"]["quickbooks_id"])
    two_way.clock.advance(days=2)
    theirs = invoice(two_way, "2026-03-05")
    two_way.sync()
    two_way.books.delete("Invoice", theirs)  # moves the cursor of deletions on
    two_way.sync()
    two_way.prefer(two_way_bills="true")
    two_way.sync()
    assert two_way.all("bills") == []


def test_making_inactive_what_quickbooks_deleted_ends_the_problem(acme: World) -> None:
    made = acme.add("vendors", name="Acme")
    acme.sync()
    acme.books.delete("Vendor", acme.get("vendors", made["id"])["sync"]["quickbooks_id"])
    acme.change("vendors", made["id"], phone="555")
    acme.sync()
    acme.change("vendors", made["id"], phone="556")
    acme.sync()
    assert [p.kind for p in acme.problems()] == ["edit_against_delete"]
    acme.change("vendors", made["id"], active=False)
    acme.sync()
    assert acme.problems() == []


def test_deleted_between_reading_and_writing_is_one_problem(acme: World) -> None:
    made = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", made["id"], phone="1")
    during_the_read(acme, lambda: acme.books.delete("Vendor", key))
    acme.sync()
    assert [p.kind for p in acme.problems()] == ["edit_against_delete"]


# --- answers owed, answers lost


def test_what_quickbooks_filled_in_is_taken_though_the_app_edited_meanwhile(acme: World) -> None:
    acme.books.add("StandardTerms", {"Name": "Net 30", "StdDueDays": "30"})
    acme.sync()
    vendor = acme.add("vendors", name="Acme")
    bill = rent(acme, vendor["id"], number="B-1", terms={"name": "Net 30"})
    _, request = up_to_the_bill(acme)
    acme.books.process(request)
    acme.change("bills", bill["id"], memo="meanwhile")
    acme.clock.advance(minutes=16)
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    assert theirs["Memo"] == "meanwhile"
    assert theirs["DueDate"] == acme.get("bills", bill["id"])["due_date"] == "2026-04-01"
    assert acme.problems() == []


@pytest.mark.parametrize("executed", [True, False])
def test_a_bill_renumbered_while_its_outcome_was_lost_is_there_once(
    acme: World, *, executed: bool
) -> None:
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    _, request = up_to_the_bill(acme)
    if executed:
        acme.books.process(request)
    acme.change("bills", bill["id"], number="B-2")
    lose_for_good(acme, request)
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    assert theirs["RefNumber"] == "B-2"
    assert state(acme, "bills", bill["id"]) == "synced"


def test_a_department_renamed_while_its_outcome_was_lost_is_there_once(acme: World) -> None:
    acme.sync()
    made = acme.add("departments", name="North")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    acme.books.process(request)
    acme.change("departments", made["id"], name="South")
    assert receive(acme, ticket, "cut off") == -1
    close(acme, ticket)
    acme.sync()
    assert [one["Name"] for one in acme.books.all("Class")] == ["South"]
    assert [one["name"] for one in acme.all("departments")] == ["South"]


def test_a_name_sent_and_refused_is_no_reason_to_link(acme: World) -> None:
    acme.sync()
    made = acme.add("departments", name="North")
    during_the_read(acme, lambda: acme.books.add("Class", {"Name": "North"}))
    acme.change("departments", made["id"], name="South")  # because North is taken
    acme.sync()
    assert sorted(one["Name"] for one in acme.books.all("Class")) == ["North", "South"]
    assert sorted(one["name"] for one in acme.all("departments")) == ["North", "South"]


# --- names, parents, what was refused or waited


def test_full_names_follow_the_apps_parent_that_was_renamed_meanwhile(acme: World) -> None:
    acme.sync()
    parent = acme.add("accounts", name="Travel", type="Expense")
    child = acme.add("accounts", name="Hotels", type="Expense", parent=parent["id"])
    acme.sync()
    acme.change("accounts", parent["id"], name="Trips")
    key = acme.get("accounts", child["id"])["sync"]["quickbooks_id"]
    acme.books.edit("Account", key, {"Name": "Motels"})
    acme.books.add("Account", {"Name": "Cars", "AccountType": "Expense", "ParentRef": "Travel"})
    acme.sync()
    assert acme.get("accounts", child["id"])["full_name"] == "Trips:Motels"
    assert acme.named("accounts", "Trips:Cars")


def test_an_add_refused_for_its_name_goes_on_when_the_two_were_linked(acme: World) -> None:
    acme.sync()
    made = acme.add("vendors", name="Acme", phone="555")
    during_the_read(acme, lambda: acme.books.add("Vendor", {"Name": "Acme"}))
    assert [p.code for p in acme.problems()] == ["3100"]
    acme.sync()
    assert acme.problems() == []
    assert state(acme, "vendors", made["id"]) == "synced"
    (theirs,) = acme.books.all("Vendor")
    assert theirs["Phone"] == "555"


def test_a_change_stops_waiting_for_what_it_does_not_refer_to_any_more(acme: World) -> None:
    acme.books.add("Class", {"Name": "Taken"})
    acme.sync()
    made = acme.add("departments", name="D")
    acme.add("departments", name="Q")
    acme.sync()
    refused = acme.add("departments", name="tAKEN")
    acme.change("departments", made["id"], parent=refused["id"], name="D2")
    acme.sync()
    assert state(acme, "departments", made["id"]) == "waiting"
    key = acme.get("departments", made["id"])["sync"]["quickbooks_id"]
    acme.books.edit("Class", key, {"ParentRef": "Q"})
    acme.sync()
    assert state(acme, "departments", made["id"]) == "synced"
    assert acme.books.get("Class", key)["FullName"] == "Q:D2"


# --- duplicates


def test_a_held_invoice_comes_when_the_apps_one_was_renumbered_however_late(acme: World) -> None:
    invoice(acme, "2026-03-05", RefNumber="Q-1")
    acme.sync()
    made = ours(acme, number="SAME")
    invoice(acme, "2026-03-06", RefNumber="SAME")
    acme.sync()
    acme.clock.advance(days=2)
    invoice(acme, "2026-03-06", RefNumber="OTHER")  # moves the cursor past the one held
    acme.sync()
    acme.change("invoices", made["id"], number="NEW")
    acme.sync()
    numbers = sorted(one["number"] for one in acme.all("invoices"))
    assert numbers == ["NEW", "OTHER", "Q-1", "SAME"]
    assert acme.problems() == []


def test_a_duplicate_goes_on_when_the_one_in_quickbooks_was_deleted(acme: World) -> None:
    acme.sync()
    theirs = their_bill(acme, RefNumber="B-7")
    acme.sync()
    bill = rent(acme, acme.named("vendors", "Acme")["id"], number="B-7")
    acme.sync()
    assert state(acme, "bills", bill["id"]) == "failed"
    acme.sync()
    assert state(acme, "bills", bill["id"]) == "failed"
    acme.books.delete("Bill", theirs)
    acme.sync()
    assert state(acme, "bills", bill["id"]) == "synced"
    assert acme.problems() == []


def test_an_edited_bill_that_waits_does_so_until_it_can_go(two_way: World) -> None:
    two_way.books.add("Customer", {"Name": "Taken"})
    two_way.sync()
    bill = rent(two_way, two_way.add("vendors", name="Acme")["id"], number="B-1")["id"]
    two_way.sync()
    vendor = two_way.add("vendors", name="Taken")["id"]  # names are shared by customers and vendors
    two_way.change("bills", bill, vendor=vendor)
    for _ in range(3):  # it is read again each time, as the newest one
        two_way.sync()
        sync = two_way.get("bills", bill)["sync"]
        assert (sync["state"], sync["waits_for"]) == ("waiting", "vendor Taken")
    two_way.change("vendors", vendor, name="Taken (V)")
    two_way.sync()
    assert state(two_way, "bills", bill) == "synced"
    assert two_way.books.all("Bill")[0]["VendorRef"]["FullName"] == "Taken (V)"
    assert two_way.problems() == []


def test_the_sum_of_lines_that_the_app_changed_meanwhile_stays(acme: World) -> None:
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")["id"]
    ticket, request = up_to_the_bill(acme)
    reply = acme.books.process(request)
    lines = [{"account": {"name": "Rent"}, "amount": "150.00"}]
    acme.change("bills", bill, expense_lines=lines)
    receive(acme, ticket, reply)
    assert acme.get("bills", bill)["amount"] == "150.00"
    close(acme, ticket)
    # The edit arrives, and nobody hears what became of it.
    acme.clock.advance(minutes=16)
    faulty(acme, "incomplete@write").run(acme.books)
    acme.clock.advance(minutes=70)
    acme.sync()
    assert acme.books.all("Bill")[0]["AmountDue"] == "150.00"
    assert acme.get("bills", bill)["amount"] == "150.00"
    assert state(acme, "bills", bill) == "synced"
