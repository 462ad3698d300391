"""A write is in doubt until QuickBooks has told what became of it, whatever happens meanwhile.

Sync-rules 9: never sent again before it was looked for, never forgotten, never held back from
being looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from store import company_moves, problem_acts
from store.errors import Refused
from tests.acceptance.conftest import stock
from tests.acceptance.guarded import invoice as invoice_of
from tests.acceptance.guarded import met
from tests.acceptance.in_process import faulty
from tests.acceptance.test_bill_payments import bill as bill_of
from tests.acceptance.test_bill_payments import credit, part, pay, ready
from tests.acceptance.test_bills import rent
from tests.acceptance.test_both_at_once import lose_for_good
from tests.acceptance.test_exactly_once import (
    next_request,
    up_to_the_add_of_a_bill,
    up_to_the_write,
)
from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.test_start_date import invoice as their_invoice
from tests.acceptance.world import World
from tests.acceptance.write_types import ground
from webconnector.rehearsal.company_file import CompanyFile

MOVED = {"RefNumber": "Other", "TxnDate": "2026-01-15"}
"""What the bookkeeper makes of it before it is found."""


def in_doubt(made: World, **body: Any) -> tuple[str, str]:
    """QuickBooks has a bill and forgot that we sent it; gives our id and its own."""
    made.sync()
    bill = rent(made, made.add("vendors", name="Acme")["id"], **body)
    _lose(made, "BillAdd")
    return bill["id"], made.books.all("Bill")[0]["TxnID"]


def _lose(made: World, noun: str, *, arrives: bool = True) -> None:
    made.clock.advance(minutes=5)
    _, request = up_to_the_write(made, f"<{noun}Rq")
    if arrives:
        made.books.process(request)
    lose_for_good(made, request)
    made.clock.advance(minutes=16)


def only(made: World, bill: str, theirs: str) -> bool:
    """Whether that one is the only bill in QuickBooks, and the App knows it."""
    assert [one["TxnID"] for one in made.books.all("Bill")] == [theirs]
    return bool(made.get("bills", bill)["sync"]["quickbooks_id"] == theirs)


def their_bill(made: World, number: str) -> tuple[str, str]:
    """A vendor of the App, and a bill of it that somebody entered in QuickBooks."""
    made.sync()
    vendor = made.add("vendors", name="Acme")["id"]
    made.sync()
    line = {"AccountRef": "Rent", "Amount": "120.00"}
    head = {"VendorRef": {"FullName": "Acme"}, "TxnDate": "2026-02-02", "RefNumber": number}
    return vendor, made.books.add("Bill", {**head, "ExpenseLine": [line]})


@pytest.mark.parametrize("status", [0, 600])
def test_an_answer_that_does_not_say_what_became_of_it_leaves_it_in_doubt(
    acme: World, status: int
) -> None:
    bill, ticket, request = up_to_the_add_of_a_bill(acme)
    acme.books.process(request)
    (theirs,) = acme.books.all("Bill")
    ids = re.search(r'newMessageSetID="([^"]+)".*<BillAddRq requestID="([^"]+)"', request)
    assert ids
    answer = (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs newMessageSetID="{ids[1]}" '
        f'messageSetStatusCode="0"><BillAddRs requestID="{ids[2]}" statusCode="{status}" '
        'statusSeverity="Info" statusMessage="?"/></QBXMLMsgsRs></QBXML>'
    )
    assert receive(acme, ticket, answer) >= 0
    close(acme, ticket)
    acme.books.edit("Bill", theirs["TxnID"], MOVED)
    acme.change("bills", bill["id"], memo="changed meanwhile")
    acme.clock.advance(minutes=16)
    acme.sync()
    acme.sync()
    assert only(acme, bill["id"], theirs["TxnID"])
    assert acme.books.get("Bill", theirs["TxnID"])["Memo"] == "changed meanwhile"
    assert acme.problems() == []


@pytest.mark.parametrize("resource", ["accounts", "departments"])
def test_a_list_record_in_doubt_is_read_before_anything_else_is_written(
    acme: World, resource: str
) -> None:
    acme.sync()
    noun, more = {"accounts": ("Account", {"type": "Expense"}), "departments": ("Class", {})}[
        resource
    ]
    record = acme.add(resource, name="Fuel", **more)
    acme.clock.advance(minutes=5)
    faulty(acme, f"set-status:9005@{noun}Add").run(acme.books)
    acme.change(resource, record["id"], name="Gas")
    acme.sync(16)
    acme.sync()
    names = [one["Name"] for one in acme.books.all(noun)]
    assert ("Fuel" in names, names.count("Gas")) == (False, 1)
    assert acme.get(resource, record["id"])["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_a_clock_of_quickbooks_that_is_days_behind_hides_nothing(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    made.books = CompanyFile(clock=lambda: made.clock() - timedelta(days=3))
    made.books.stamp(made.company.owner_id, made.company.file_id)
    stock(made)
    bill, theirs = in_doubt(made, number="B-1")
    assert made.books.get("Bill", theirs)["TimeModified"] < "2026-02-28"
    made.books.edit("Bill", theirs, MOVED)
    made.sync()
    assert only(made, bill, theirs)


@pytest.mark.parametrize("edited", [False, True])
def test_that_its_first_vendor_is_gone_does_not_keep_it_from_being_found(
    acme: World, edited: bool
) -> None:
    acme.books.add("Vendor", {"Name": "Other vendor"})
    bill, theirs = in_doubt(acme)
    acme.books.edit("Bill", theirs, {"VendorRef": {"FullName": "Other vendor"}})
    (vendor,) = (one for one in acme.books.all("Vendor") if one["Name"] == "Acme")
    acme.books.delete("Vendor", vendor["ListID"])
    if edited:
        acme.change("bills", bill, vendor={"name": "Other vendor"})
    acme.sync(70)
    acme.sync(70)
    assert only(acme, bill, theirs)
    assert acme.problems() == []


def test_closed_books_do_not_keep_it_from_being_found(acme: World) -> None:
    bill, theirs = in_doubt(acme, number="B-1")
    acme.books.closing_date = date(2026, 3, 31)
    acme.sync()
    assert only(acme, bill, theirs)
    assert acme.get("bills", bill)["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_what_quickbooks_lacks_keeps_the_edit_waiting_not_the_question(acme: World) -> None:
    bill, theirs = in_doubt(acme, number="B-1")
    acme.books.edit("Bill", theirs, MOVED)
    vendor = acme.add("vendors", name="New one")["id"]
    acme.change("bills", bill, vendor=vendor)
    bad = faulty(acme, "status:3140@VendorAdd")
    bad.run(acme.books)
    assert only(acme, bill, theirs)
    assert acme.get("bills", bill)["sync"]["waits_for"] == "vendor New one"
    acme.change("vendors", vendor, phone="1")
    acme.sync()
    acme.sync()
    assert only(acme, bill, theirs)
    assert acme.books.get("Bill", theirs)["VendorRef"]["FullName"] == "New one"
    assert acme.get("bills", bill)["sync"]["state"] == "synced"


def test_a_session_that_dies_while_it_is_asked_for_is_followed_by_one_that_asks(
    acme: World,
) -> None:
    bill, theirs = in_doubt(acme, number="B-1")
    acme.books.edit("Bill", theirs, MOVED)
    acme.change("bills", bill, vendor=acme.add("vendors", name="New one")["id"])
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    while "BillQueryRq" not in request:
        assert receive(acme, ticket, acme.books.process(request)) >= 0
        request = next_request(acme, ticket)
    acme.clock.advance(minutes=20)
    faulty(acme, "status:3140@VendorAdd").run(acme.books)
    assert only(acme, bill, theirs)


def test_what_did_not_arrive_is_asked_for_under_its_new_number_before_it_goes(
    acme: World,
) -> None:
    vendor, theirs = their_bill(acme, "B-2")
    acme.clock.advance(days=4)
    acme.books.add("Vendor", {"Name": "Later"})  # so that the other bill is old
    acme.sync()
    bill = rent(acme, vendor, number="B-1")["id"]
    _lose(acme, "BillAdd", arrives=False)
    account = acme.add("accounts", name="New account", type="Expense")["id"]
    lines = [{"account": account, "amount": "120.00"}]
    acme.change("bills", bill, number="B-2", expense_lines=lines)
    acme.sync()
    acme.sync()
    assert [one["TxnID"] for one in acme.books.all("Bill")] == [theirs]
    assert [problem.kind for problem in acme.problems()] == ["duplicate"]


def test_once_quickbooks_said_that_it_is_not_there_it_is_not_looked_for_for_ever(
    acme: World,
) -> None:
    acme.sync()
    rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    _lose(acme, "BillAdd", arrives=False)
    acme.books.closing_date = date(2026, 12, 31)
    acme.sync()
    assert [problem.kind for problem in acme.problems()] == ["closing_date"]
    before = len(acme.books.requests)
    acme.sync()
    assert not any("BillQueryRq" in request for request in acme.books.requests[before:])
    acme.books.closing_date = None
    acme.sync()
    assert len(acme.books.all("Bill")) == 1
    assert acme.problems() == []


def test_another_one_of_its_number_is_told_after_it_was_looked_for(
    make_world: Callable[..., World],
) -> None:
    """And then it may be given another number."""
    made = make_world()
    met(made)
    invoice = invoice_of(made, number="I-1")["id"]
    _lose(made, "InvoiceAdd", arrives=False)
    their_invoice(made, "2026-03-02", RefNumber="I-1")
    made.sync()
    (problem,) = made.problems()
    assert problem.kind == "duplicate"
    assert [one["id"] for one in made.all("invoices")] == [invoice]
    with made.store.write() as conn:
        problem_acts.renumber(conn, problem, "I-2", "test", made.clock())
    made.sync()
    assert sorted(one["RefNumber"] for one in made.books.all("Invoice")) == ["I-1", "I-2"]
    assert made.get("invoices", invoice)["sync"]["state"] == "synced"
    assert made.problems() == []


def test_one_entered_by_hand_instead_of_it_may_be_linked(two_way: World) -> None:
    two_way.sync()
    vendor = two_way.add("vendors", name="Acme")["id"]
    bill = rent(two_way, vendor, number="B-1")["id"]
    _lose(two_way, "BillAdd", arrives=False)
    line = {"AccountRef": "Rent", "Amount": "120.00"}
    head = {"VendorRef": {"FullName": "Acme"}, "TxnDate": "2026-03-02", "RefNumber": "B-1"}
    theirs = two_way.books.add("Bill", {**head, "ExpenseLine": [line]})
    two_way.sync()
    assert [one["id"] for one in two_way.all("bills")] == [bill]
    (problem,) = two_way.problems()
    with two_way.store.write() as conn:
        problem_acts.link_to(conn, problem, None, "test", two_way.clock())
    two_way.sync()
    assert only(two_way, bill, theirs)
    assert two_way.problems() == []


def test_found_under_another_number_the_one_of_its_number_comes_over(two_way: World) -> None:
    bill, theirs = in_doubt(two_way, number="B-1")
    two_way.books.edit("Bill", theirs, {"RefNumber": "B-1x"})
    line = {"AccountRef": "Rent", "Amount": "7.00"}
    head = {"VendorRef": {"FullName": "Acme"}, "TxnDate": "2026-03-02", "RefNumber": "B-1"}
    other = two_way.books.add("Bill", {**head, "ExpenseLine": [line]})
    two_way.clock.advance(hours=5)
    two_way.books.add("Bill", {**head, "RefNumber": "B-9", "ExpenseLine": [line]})
    for _ in range(3):
        two_way.sync()
    known = {one["id"]: one["sync"]["quickbooks_id"] for one in two_way.all("bills")}
    assert (known.pop(bill), {other} < set(known.values())) == (theirs, True)
    assert two_way.problems() == []


@pytest.mark.parametrize("there", [True, False])
def test_a_transfer_in_doubt_is_not_deleted(make_world: Callable[..., World], there: bool) -> None:
    made = make_world()
    ground(made)
    body = {"from_account": {"name": "Checking"}, "to_account": {"name": "Clearing"}}
    key = made.add("funds-transfers", **body, amount="5.00", transfer_date="2026-03-02")["id"]
    _lose(made, "TransferAdd", arrives=there)
    with pytest.raises(Refused, match="on its way"):
        made.delete("funds-transfers", key)
    made.sync()
    assert len(made.books.all("Transfer")) == 1
    assert made.get("funds-transfers", key)["sync"]["state"] == "synced"


def test_the_start_date_may_be_moved_while_a_session_runs(acme: World) -> None:
    """Its one-time read is noted with a day, not with a moment of QuickBooks' clock."""
    acme.clock.advance(days=3)
    acme.sync()
    acme.add("vendors", name="Acme")
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    with acme.store.write() as conn:
        day = date(2026, 1, 1)
        company_moves.start_date(conn, acme.id, day, day.isoformat(), "test", acme.clock())
    percent = 0
    while 0 <= percent < 100:
        percent = receive(acme, ticket, acme.books.process(request))
        request = next_request(acme, ticket) if 0 <= percent < 100 else ""
    close(acme, ticket)
    assert percent == 100
    assert len(acme.books.all("Vendor")) == 1


def test_credits_that_may_be_applied_cannot_be_voided_before_that_is_known(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    ready(made)
    paid, given = bill_of(made, "30.00", number="B-1"), credit(made, "30.00")
    made.sync()
    made.sync()
    payment = pay(made, part(paid, None, (given, "30.00")))
    made.clock.advance(minutes=5)
    _, request = up_to_the_write(made)
    with pytest.raises(Refused, match="on its way"):
        made.void("bill-payments", payment)  # the answer is still out
    made.books.process(request)
    lose_for_good(made, request)
    with pytest.raises(Refused, match="on its way"):
        made.void("bill-payments", payment)
    made.sync(16)
    assert made.get("bills", paid)["open_amount"] == "0.00"
    assert made.get("bill-payments", payment)["sync"]["state"] == "synced"
    with pytest.raises(Refused, match="keeps no payment"):
        made.void("bill-payments", payment)


def _paid_by_credits(made: World) -> str:
    """A payment that credits alone cover; its answer is lost, and QuickBooks has applied them."""
    ready(made)
    paid, given = bill_of(made, "30.00", number="B-1"), credit(made, "30.00")
    made.sync()
    made.sync()
    payment = pay(made, part(paid, None, (given, "30.00")))
    _lose(made, "BillPaymentCheckAdd")
    return payment


def test_closed_books_do_not_hide_that_credits_were_applied(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    payment = _paid_by_credits(made)
    made.books.closing_date = date(2026, 12, 31)
    made.sync()
    assert made.get("bill-payments", payment)["sync"]["state"] == "synced"
    assert made.problems() == []


def test_credits_that_cannot_be_told_are_a_problem_once_their_payment_is_voided(
    make_world: Callable[..., World],
) -> None:
    made = make_world(two_way_bills=True)
    payment = _paid_by_credits(made)
    (theirs,) = made.books.all("Bill")
    made.books.edit("VendorCredit", made.books.all("VendorCredit")[0]["TxnID"], {"Memo": "x"})
    made.books.delete("Bill", theirs["TxnID"])
    made.sync(70)
    made.void("bill-payments", payment)
    made.sync(70)
    assert "Unknown whether QuickBooks applied the credits" in " ".join(
        problem.title for problem in made.problems()
    )


def test_an_edit_to_a_new_vendor_while_the_answer_is_out_is_not_taken_back_by_it(
    acme: World,
) -> None:
    bill, ticket, request = up_to_the_add_of_a_bill(acme)
    vendor = acme.add("vendors", name="New one")["id"]
    acme.change("bills", bill["id"], vendor=vendor)
    assert receive(acme, ticket, acme.books.process(request)) >= 0
    close(acme, ticket)
    acme.clock.advance(minutes=5)
    acme.sync()
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    assert theirs["VendorRef"]["FullName"] == "New one"
    assert acme.get("bills", bill["id"])["vendor"]["id"] == vendor
    assert acme.get("bills", bill["id"])["sync"]["state"] == "synced"
