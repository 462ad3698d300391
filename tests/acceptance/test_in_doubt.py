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

from store import problem_acts
from store.errors import Refused
from tests.acceptance.conftest import stock
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
from tests.acceptance.world import World
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.faults import Faults

MOVED = {"RefNumber": "Other", "TxnDate": "2026-01-15"}
"""What the bookkeeper makes of it before it is found."""


def in_doubt(made: World, **body: Any) -> tuple[str, str]:
    """QuickBooks has a bill and forgot that we sent it; gives our id and its own."""
    made.sync()
    bill = rent(made, made.add("vendors", name="Acme")["id"], **body)
    _lose(made, "BillAdd")
    return bill["id"], made.books.all("Bill")[0]["TxnID"]


def _lose(made: World, noun: str) -> None:
    made.clock.advance(minutes=5)
    ticket, request = up_to_the_write(made)
    while f"<{noun}Rq" not in request:
        assert 0 <= receive(made, ticket, made.books.process(request)) < 100
        request = next_request(made, ticket)
    made.books.process(request)
    lose_for_good(made, request)
    made.clock.advance(minutes=16)


def _clock(made: World) -> Callable[[float], None]:
    return lambda seconds: made.clock.advance(seconds=seconds)


def _only(made: World, bill: str, theirs: str) -> bool:
    """Whether that one is the only bill in QuickBooks, and the App knows it."""
    assert [one["TxnID"] for one in made.books.all("Bill")] == [theirs]
    return bool(made.get("bills", bill)["sync"]["quickbooks_id"] == theirs)


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
    assert _only(acme, bill["id"], theirs["TxnID"])
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
    faulty(acme, Faults(f"set-status:9005@{noun}Add", _clock(acme))).run(acme.books)
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
    assert _only(made, bill, theirs)


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
    assert _only(acme, bill, theirs)
    assert acme.problems() == []


def test_closed_books_do_not_keep_it_from_being_found(acme: World) -> None:
    bill, theirs = in_doubt(acme, number="B-1")
    acme.books.closing_date = date(2026, 3, 31)
    acme.sync()
    assert _only(acme, bill, theirs)
    assert acme.get("bills", bill)["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_what_quickbooks_lacks_keeps_the_edit_waiting_not_the_question(acme: World) -> None:
    bill, theirs = in_doubt(acme, number="B-1")
    acme.books.edit("Bill", theirs, MOVED)
    vendor = acme.add("vendors", name="New one")["id"]
    acme.change("bills", bill, vendor=vendor)
    bad = faulty(acme, Faults("status:3140@VendorAdd", _clock(acme)))
    bad.run(acme.books)
    assert _only(acme, bill, theirs)
    assert acme.get("bills", bill)["sync"]["waits_for"] == "vendor New one"
    acme.change("vendors", vendor, phone="1")
    acme.sync()
    acme.sync()
    assert _only(acme, bill, theirs)
    assert acme.books.get("Bill", theirs)["VendorRef"]["FullName"] == "New one"
    assert acme.get("bills", bill)["sync"]["state"] == "synced"


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


# --- a question of which the answer is out


def _while_asked(made: World, act: Callable[[], object]) -> None:
    """A session in which that happens while QuickBooks is asked for bill B-1."""
    made.clock.advance(minutes=5)
    ticket = authenticate(made)[0]
    request, percent, pending = send(made, ticket), 0, True
    while request and 0 <= percent < 100:
        answer = made.books.process(request)
        if pending and "<RefNumber>B-1<" in request and "BillQueryRq" in request:
            act()
            pending = False
        percent = receive(made, ticket, answer)
        request = next_request(made, ticket) if 0 <= percent < 100 else ""
    close(made, ticket)
    assert not pending


def _their_bill(made: World, number: str) -> tuple[str, str]:
    """A vendor of the App, and a bill of it that somebody entered in QuickBooks."""
    made.sync()
    vendor = made.add("vendors", name="Acme")["id"]
    made.sync()
    line = {"AccountRef": "Rent", "Amount": "120.00"}
    head = {"VendorRef": {"FullName": "Acme"}, "TxnDate": "2026-02-02", "RefNumber": number}
    return vendor, made.books.add("Bill", {**head, "ExpenseLine": [line]})


def test_an_answer_about_its_old_number_does_not_let_the_new_one_go(acme: World) -> None:
    vendor, theirs = _their_bill(acme, "B-2")
    bill = rent(acme, vendor, number="B-1")["id"]
    _while_asked(acme, lambda: acme.change("bills", bill, number="B-2"))
    acme.sync()
    assert [one["TxnID"] for one in acme.books.all("Bill")] == [theirs]
    assert [problem.kind for problem in acme.problems()] == ["duplicate"]


def test_a_link_made_while_it_is_asked_for_stays(acme: World) -> None:
    vendor, theirs = _their_bill(acme, "B-1")
    bill = rent(acme, vendor, number="B-1")["id"]
    acme.sync()
    acme.books.edit("Bill", theirs, {"RefNumber": "B-9"})

    def link() -> None:
        with acme.store.write() as conn:
            (found,) = acme.problems()
            problem_acts.link_to(conn, found, None, "test", acme.clock())

    _while_asked(acme, link)
    acme.sync()
    acme.change("bills", bill, memo="goes over")
    acme.sync()
    assert _only(acme, bill, theirs)
    assert acme.books.get("Bill", theirs)["Memo"] == "goes over"
    assert acme.problems() == []
