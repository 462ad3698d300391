"""Sync-rules 9: nothing lost, nothing twice, when answers are lost on the way."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.test_bills import rent
from tests.acceptance.test_sessions import authenticate, close, last_error, receive, send
from tests.acceptance.world import World


def next_request(acme: World, ticket: str) -> str:
    """A later sendRequestXML of a session."""
    return str(
        acme.connector.call(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse="",
            strCompanyFileName=acme.books.path,
            qbXMLCountry="US",
            qbXMLMajorVers=16,
            qbXMLMinorVers=0,
        )
    )


def up_to_the_write(acme: World, what: str = "newMessageSetID") -> tuple[str, str]:
    """Open a session and go on until a write leaves; gives the ticket and the write.

    `what` stands in the one that is meant, such as `<BillAddRq`.
    """
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    while what not in request:
        assert 0 <= receive(acme, ticket, acme.books.process(request)) < 100
        request = next_request(acme, ticket)
    return ticket, request


LOST = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs newMessageSetID="x" '
    'messageSetStatusCode="9002"></QBXMLMsgsRs></QBXML>'
)


def up_to_the_add_of_a_bill(acme: World) -> tuple[dict[str, Any], str, str]:
    """A session in which QuickBooks is about to enter a bill: the bill, the ticket, the request."""
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme, "<BillAddRq")
    return bill, ticket, request


def sent_again_after_a_lost_answer(acme: World) -> tuple[dict[str, Any], str, str]:
    """The same in the next session, when QuickBooks has entered it and the answer is lost."""
    bill, _, request = up_to_the_add_of_a_bill(acme)
    acme.books.process(request)
    acme.clock.advance(minutes=16)
    ticket = authenticate(acme)[0]
    assert send(acme, ticket) == request
    return bill, ticket, request


def forgotten_by_quickbooks(acme: World, request: str) -> str:
    """The answer is lost, and QuickBooks has forgotten the set: a new session is told so."""
    clear = request.split("<QBXMLMsgsRq", maxsplit=1)[0] + (
        '<QBXMLMsgsRq onError="continueOnError" oldMessageSetID="ClearAllMessageSets">'
        '<HostQueryRq requestID="x"/></QBXMLMsgsRq></QBXML>'
    )
    acme.books.process(clear)
    acme.clock.advance(minutes=16)
    ticket = authenticate(acme)[0]
    assert send(acme, ticket) == request
    assert 0 <= receive(acme, ticket, LOST) < 100
    return ticket


@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_is_settled_by_the_same_bytes_under_the_same_id(
    acme: World, executed: bool
) -> None:
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    acme.clock.advance(minutes=5)
    _, request = up_to_the_write(acme)
    if executed:
        acme.books.process(request)  # and the answer is lost
    acme.clock.advance(minutes=16)
    before = len(acme.books.requests)
    acme.sync()
    assert acme.books.requests[before] == request
    assert len(acme.books.all("Vendor")) == 1
    assert len(acme.books.all("Bill")) == 1
    assert acme.get("bills", bill["id"])["sync"]["state"] == "synced"
    assert acme.problems() == []


@pytest.mark.parametrize("executed", [True, False])
def test_a_crash_of_quickbooks_leaves_the_outcome_open_until_it_is_settled(
    acme: World, executed: bool
) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    if executed:
        acme.books.process(request)
    assert receive(acme, ticket, "", "0x80010105", "The server threw an exception.") == -1
    assert last_error(acme, ticket)
    close(acme, ticket)
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "sent"
    acme.sync()
    assert len(acme.books.all("Vendor")) == 1
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "synced"


def test_an_edit_while_the_answer_is_owed_goes_after_it(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    _, request = up_to_the_write(acme)
    acme.books.process(request)
    acme.change("vendors", vendor["id"], phone="555")
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "sent"
    acme.clock.advance(minutes=16)
    acme.sync()
    (theirs,) = acme.books.all("Vendor")
    assert theirs["Phone"] == "555"
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "synced"


def test_a_late_answer_for_an_expired_session_still_counts(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    reply = acme.books.process(request)
    acme.clock.advance(minutes=16)
    second = authenticate(acme)[0]  # takes over, sends nothing yet
    assert receive(acme, ticket, reply) == -1
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "synced"
    request = send(acme, second)
    assert "newMessageSetID" not in request
    assert len(acme.books.all("Vendor")) == 1


@pytest.mark.parametrize("executed", [True, False])
def test_when_quickbooks_lost_the_stored_answer_our_own_id_finds_the_record(
    acme: World, executed: bool
) -> None:
    bill, ticket, request = up_to_the_add_of_a_bill(acme)
    if executed:
        acme.books.process(request)
    ticket = forgotten_by_quickbooks(acme, request)
    request = next_request(acme, ticket)
    while request:
        percent = receive(acme, ticket, acme.books.process(request))
        if percent == 100:
            break
        request = next_request(acme, ticket)
    assert len(acme.books.all("Bill")) == 1
    assert acme.get("bills", bill["id"])["sync"]["state"] == "synced"


def test_a_recovered_bill_gets_its_line_ids_even_if_the_session_dies(acme: World) -> None:
    bill, ticket, request = sent_again_after_a_lost_answer(acme)
    assert 0 <= receive(acme, ticket, acme.books.process(request)) < 100  # without the record
    acme.clock.advance(minutes=16)  # and dies
    acme.sync()
    (before,) = acme.books.all("Bill")
    (line,) = acme.get("bills", bill["id"])["expense_lines"]
    acme.change("bills", bill["id"], expense_lines=[{**line, "amount": "99.00"}])
    acme.sync()
    (after,) = acme.books.all("Bill")
    assert after["ExpenseLine"][0]["TxnLineID"] == before["ExpenseLine"][0]["TxnLineID"]
    assert after["AmountDue"] == "99.00"


def test_a_record_that_the_answer_leaves_out_is_looked_for_before_it_goes_again(
    acme: World,
) -> None:
    acme.sync()
    made = [acme.add("vendors", name=name)["id"] for name in ("One", "Two")]
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    reply = acme.books.process(request)
    start = reply.index("<VendorAddRs", reply.index("</VendorAddRs>"))
    end = reply.index("</VendorAddRs>", start) + len("</VendorAddRs>")
    assert 0 <= receive(acme, ticket, reply[:start] + reply[end:]) <= 100
    close(acme, ticket)
    acme.clock.advance(minutes=10)
    acme.sync()
    assert len(acme.books.all("Vendor")) == 2
    assert [acme.get("vendors", key)["sync"]["state"] for key in made] == ["synced", "synced"]
    assert acme.problems() == []


@pytest.mark.parametrize("code", ["0x80040408", "0x8004040A", "0x80040414", "0x8004041B"])
def test_that_quickbooks_ran_nothing_this_time_tells_nothing_of_the_time_before(
    acme: World, code: str
) -> None:
    bill, ticket, _ = sent_again_after_a_lost_answer(acme)
    assert receive(acme, ticket, "", code, "QuickBooks was not ready.") == -1
    close(acme, ticket)
    assert acme.get("bills", bill["id"])["sync"]["state"] == "sent"
    acme.change("bills", bill["id"], number="B-2")
    acme.sync()
    assert [one["RefNumber"] for one in acme.books.all("Bill")] == ["B-2"]
    assert acme.get("bills", bill["id"])["sync"]["state"] == "synced"


def test_an_account_that_the_answer_leaves_out_is_not_added_again_under_its_new_name(
    acme: World,
) -> None:
    acme.sync()
    account = acme.add("accounts", name="Fuel", type="Expense")["id"]
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    reply = re.sub("(?s)<AccountAddRs.*?</AccountAddRs>", "", acme.books.process(request))
    assert "<AccountAddRs" not in reply
    acme.change("accounts", account, name="Gas")
    percent = receive(acme, ticket, reply)
    while 0 <= percent < 100:
        acme.clock.advance(minutes=2)  # a long session
        percent = receive(acme, ticket, acme.books.process(next_request(acme, ticket)))
    close(acme, ticket)
    acme.sync()
    names = {one["Name"] for one in acme.books.all("Account")}
    assert names & {"Fuel", "Gas"} == {"Gas"}
    assert acme.get("accounts", account)["sync"]["state"] == "synced"
