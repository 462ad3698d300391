"""Bills go to QuickBooks: with new vendors, in order, once, edited and deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.world import World


@pytest.fixture
def linked(acme: World) -> World:
    """Both sides have met."""
    acme.books.add("Customer", {"Name": "Client"})
    acme.books.add("Class", {"Name": "North"})
    acme.books.add(
        "ItemService",
        {
            "Name": "Work",
            "SalesOrPurchase": {"Price": "10.00", "AccountRef": {"FullName": "Sales"}},
        },
    )
    acme.sync()
    return acme


def rent(made: World, vendor: str, **more: Any) -> dict[str, Any]:
    """A bill of one expense line."""
    lines = [{"account": {"name": "Rent"}, "amount": "120.00", "memo": "March"}]
    body = {"vendor": vendor, "bill_date": "2026-03-02", "expense_lines": lines} | more
    return made.add("bills", **body)


def test_a_bill_with_a_new_vendor_goes_in_the_same_session(linked: World) -> None:
    vendor = linked.add("vendors", name="Brand New")
    bill = rent(linked, vendor["id"], number="B-1")
    log = linked.sync()
    assert log.close_text == "0 changes in, 2 out, 0 problems"
    (theirs,) = linked.books.all("Bill")
    assert theirs["VendorRef"]["FullName"] == "Brand New"
    assert theirs["AmountDue"] == "120.00"
    sync = linked.get("bills", bill["id"])["sync"]
    assert (sync["state"], sync["quickbooks_id"]) == ("synced", theirs["TxnID"])


def test_a_bill_waits_for_its_vendor_and_says_so(linked: World) -> None:
    vendor = linked.add("vendors", name="Client")  # taken by a customer
    bill = rent(linked, vendor["id"])
    other = rent(linked, linked.add("vendors", name="Fine")["id"])
    linked.sync()
    sync = linked.get("bills", bill["id"])["sync"]
    assert (sync["state"], sync["waits_for"]) == ("waiting", "vendor Client")
    assert linked.get("bills", other["id"])["sync"]["state"] == "synced"
    linked.change("vendors", vendor["id"], name="Client (V)")
    linked.sync()
    assert linked.get("bills", bill["id"])["sync"]["state"] == "synced"
    assert linked.problems() == []


def test_both_kinds_of_lines_go_and_come_back_with_their_ids(linked: World) -> None:
    vendor = linked.add("vendors", name="Lines")
    bill = rent(
        linked,
        vendor["id"],
        expense_lines=[
            {
                "account": {"name": "Rent"},
                "amount": "1.10",
                "customer": {"name": "Client"},
                "department": {"name": "North"},
                "billable_status": "billable",
            },
            {"account": {"name": "Rent"}, "amount": "2.20"},
        ],
        item_lines=[{"item": {"name": "Work"}, "quantity": "3", "cost": "0.33333"}],
    )
    linked.sync()
    (theirs,) = linked.books.all("Bill")
    assert theirs["ExpenseLine"][0]["BillableStatus"] == "Billable"
    assert theirs["ExpenseLine"][0]["CustomerRef"]["FullName"] == "Client"
    assert linked.get("bills", bill["id"])["amount"] == theirs["AmountDue"] == "4.30"
    # Change the second line, drop the item line, add one: the rest keeps its TxnLineID.
    ours = linked.get("bills", bill["id"])
    first, second = ours["expense_lines"]
    linked.change(
        "bills",
        bill["id"],
        expense_lines=[
            {**first},
            {**second, "amount": "5.00"},
            {"account": {"name": "Rent"}, "amount": "7.00"},
        ],
        item_lines=[],
    )
    before = [line["TxnLineID"] for line in theirs["ExpenseLine"]]
    linked.sync()
    (theirs,) = linked.books.all("Bill")
    assert [line["TxnLineID"] for line in theirs["ExpenseLine"]][:2] == before
    assert [line["Amount"] for line in theirs["ExpenseLine"]] == ["1.10", "5.00", "7.00"]
    assert not theirs.get("ItemLine")
    assert linked.get("bills", bill["id"])["amount"] == theirs["AmountDue"] == "13.10"


def test_an_edit_of_the_app_is_sent_and_an_edit_in_quickbooks_never_comes_back(
    linked: World,
) -> None:
    vendor = linked.add("vendors", name="Acme")
    bill = rent(linked, vendor["id"], number="B-2", memo="ours")
    linked.sync()
    (theirs,) = linked.books.all("Bill")
    linked.books.edit("Bill", theirs["TxnID"], {"Memo": "theirs", "DueDate": "2026-04-30"})
    linked.sync()
    assert linked.get("bills", bill["id"])["memo"] == "ours"
    linked.change("bills", bill["id"], memo="ours again")
    linked.sync()
    after = linked.books.get("Bill", theirs["TxnID"])
    assert after["Memo"] == "ours again"
    assert linked.get("bills", bill["id"])["sync"]["state"] == "synced"
    # QuickBooks' replaced values are kept in the record's story.
    assert any(row.quickbooks_value == {"memo": "theirs"} for row in linked.conflicts())


def test_a_bill_deleted_in_the_app_is_deleted_in_quickbooks(linked: World) -> None:
    bill = rent(linked, linked.add("vendors", name="Acme")["id"])
    linked.sync()
    linked.delete("bills", bill["id"])
    linked.sync()
    assert linked.books.all("Bill") == []
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def deleted_here_edited_there(linked: World) -> str:
    """A bill of which both sides did something between two sessions, and its next session."""
    bill: str = rent(linked, linked.add("vendors", name="Acme")["id"])["id"]
    linked.sync()
    (theirs,) = linked.books.all("Bill")
    linked.books.edit("Bill", theirs["TxnID"], {"Memo": "important"})
    linked.delete("bills", bill)
    linked.sync()
    return bill


def test_delete_against_edit_the_edit_stands(linked: World) -> None:
    deleted_here_edited_there(linked)
    assert len(linked.books.all("Bill")) == 1
    assert [p.kind for p in linked.problems()] == ["delete_against_edit"]


def test_deleted_once_more_after_the_edit_was_told_it_goes(linked: World) -> None:
    bill = deleted_here_edited_there(linked)
    linked.delete("bills", bill)
    linked.sync()
    assert linked.books.all("Bill") == []
    assert linked.problems() == []
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_an_unsent_bill_deleted_in_the_app_never_goes(linked: World) -> None:
    bill = rent(linked, linked.add("vendors", name="Acme")["id"])
    linked.delete("bills", bill["id"])
    linked.sync()
    assert linked.books.all("Bill") == []


@pytest.mark.parametrize(("ours", "theirs"), [("B-7", "B-7"), ("b-7", "B-7")])
def test_a_number_that_quickbooks_already_has_is_a_problem_not_a_second_bill(
    linked: World, ours: str, theirs: str
) -> None:
    vendor = linked.books.add("Vendor", {"Name": "Acme"})
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": "120.00"}
    fields = {"VendorRef": {"ListID": vendor}, "TxnDate": "2026-02-01", "ExpenseLine": [line]}
    linked.books.add("Bill", fields | {"RefNumber": theirs})
    linked.sync()
    bill = rent(linked, linked.named("vendors", "Acme")["id"], number=ours)
    linked.sync()
    assert len(linked.books.all("Bill")) == 1
    assert linked.get("bills", bill["id"])["sync"]["state"] == "failed"
    assert [p.kind for p in linked.problems()] == ["duplicate"]
    linked.change("bills", bill["id"], number="B-8")  # renumber
    linked.sync()
    assert linked.get("bills", bill["id"])["sync"]["state"] == "synced"
    assert linked.problems() == []


def test_two_bills_of_one_number_made_at_once_do_not_both_go(linked: World) -> None:
    vendor = linked.add("vendors", name="Acme")["id"]
    first = rent(linked, vendor, number="7")
    second = rent(linked, vendor, number=" 7 ")
    other = rent(linked, vendor, number="8")
    linked.sync()
    assert len(linked.books.all("Bill")) == 2
    states = [linked.get("bills", b["id"])["sync"]["state"] for b in (first, second, other)]
    assert sorted(states) == ["failed", "synced", "synced"]
    assert [p.kind for p in linked.problems()] == ["duplicate"]


def test_the_same_number_of_another_vendor_is_no_duplicate(linked: World) -> None:
    first = rent(linked, linked.add("vendors", name="One")["id"], number="7")
    second = rent(linked, linked.add("vendors", name="Two")["id"], number="7")
    linked.sync()
    for bill in (first, second):
        assert linked.get("bills", bill["id"])["sync"]["state"] == "synced"


def entered(linked: World, amount: str) -> None:
    """A bill of a new vendor in QuickBooks, without a number."""
    vendor = linked.books.add("Vendor", {"Name": "Acme"})
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": amount}
    linked.books.add(
        "Bill",
        {"VendorRef": {"ListID": vendor}, "TxnDate": "2026-03-02", "ExpenseLine": [line]},
    )
    linked.sync()


def test_without_a_number_party_date_and_amount_make_a_duplicate(linked: World) -> None:
    entered(linked, "120.00")
    party = linked.named("vendors", "Acme")["id"]
    same = rent(linked, party)
    lines = [{"account": {"name": "Rent"}, "amount": "120.01"}]
    differs = rent(linked, party, expense_lines=lines)
    linked.sync()
    assert linked.get("bills", same["id"])["sync"]["state"] == "failed"
    assert linked.get("bills", differs["id"])["sync"]["state"] == "synced"


def test_a_bill_of_quickbooks_never_comes_without_two_way_sync(linked: World) -> None:
    entered(linked, "1.00")
    assert linked.all("bills") == []


def test_an_inactive_vendor_is_a_problem_in_the_users_words(linked: World) -> None:
    theirs = linked.books.add("Vendor", {"Name": "Gone"})
    linked.sync()
    bill = rent(linked, linked.named("vendors", "Gone")["id"])
    linked.books.edit("Vendor", theirs, {"IsActive": "false"})
    linked.sync()
    assert linked.named("vendors", "Gone")["active"] is False
    assert linked.get("bills", bill["id"])["sync"]["state"] == "failed"
    (problem,) = linked.problems()
    assert problem.title
    assert problem.advice
    linked.books.edit("Vendor", theirs, {"IsActive": "true"})
    linked.change("bills", bill["id"], memo="again")
    linked.sync()
    assert linked.get("bills", bill["id"])["sync"]["state"] == "synced"
    assert linked.problems() == []
