"""Sync-rules 8: transient causes go away by themselves, after growing pauses; else a problem."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from store import problem_acts
from store.syncing import change
from store.unwritten import retries_max
from tests.acceptance.guarded import bill, met, state
from tests.acceptance.test_bills import rent
from tests.acceptance.world import World


def linked_vendor(made: World) -> tuple[str, str]:
    """A vendor that both sides have; its id here and in QuickBooks."""
    vendor = made.add("vendors", name="Acme")["id"]
    made.sync()
    return vendor, made.get("vendors", vendor)["sync"]["quickbooks_id"]


def waiting(made: World) -> Any:
    """The one change that is still to be sent."""
    with made.store.read() as conn:
        mine = change.c.company_id == made.id
        return conn.execute(select(change).where(mine, change.c.finished_at.is_(None))).one()


def until_due(made: World) -> float:
    """A session right after the pause of the change is over; gives the pause in seconds."""
    due: datetime = waiting(made).try_after
    pause = (due - made.clock.now).total_seconds()
    made.sync(minutes=pause / 60 + 0.1)
    return pause


def test_a_record_in_use_is_tried_again_by_itself_and_no_problem(acme: World) -> None:
    vendor, key = linked_vendor(acme)
    acme.books.in_use.add(key)
    acme.change("vendors", vendor, phone="555")
    acme.sync()
    assert acme.problems() == []
    assert acme.get("vendors", vendor)["sync"]["state"] == "pending"
    acme.books.in_use.clear()
    acme.sync()
    assert acme.books.get("Vendor", key)["Phone"] == "555"
    assert acme.problems() == []


def test_the_pauses_grow_and_a_session_within_one_does_not_ask(acme: World) -> None:
    vendor, key = linked_vendor(acme)
    acme.books.in_use.add(key)
    acme.change("vendors", vendor, phone="555")
    acme.sync()
    pauses = [until_due(acme) for _ in range(retries_max - 2)]
    assert all(later > 1.5 * before for before, later in pairwise(pauses))
    tried = waiting(acme).attempts
    acme.sync(minutes=1)
    assert waiting(acme).attempts == tried


def test_after_the_limit_it_is_a_problem_which_ends_by_itself_when_the_window_is_closed(
    acme: World,
) -> None:
    vendor, key = linked_vendor(acme)
    acme.books.in_use.add(key)
    acme.change("vendors", vendor, phone="555")
    acme.sync()
    for _ in range(retries_max - 1):
        assert acme.problems() == []
        until_due(acme)
    (problem,) = acme.problems()
    assert (problem.code, problem.record_id) == ("3175", vendor)
    assert "in use" in problem.title
    assert "already in use" in problem.quickbooks_text
    found = acme.get("vendors", vendor)["sync"]
    assert (found["state"], found["waits_for"]) == ("failed", "QuickBooks to let go of it")
    until_due(acme)
    assert [one.count for one in acme.problems()] == [2], "one problem per cause, counted"
    acme.books.in_use.clear()
    acme.sync(minutes=24 * 60)
    assert acme.problems() == []
    assert acme.get("vendors", vendor)["sync"]["state"] == "synced"
    assert acme.books.get("Vendor", key)["Phone"] == "555"


def test_retry_does_not_wait_for_the_pause(acme: World) -> None:
    vendor, key = linked_vendor(acme)
    acme.books.in_use.add(key)
    acme.change("vendors", vendor, phone="555")
    acme.sync()
    for _ in range(retries_max - 1):
        until_due(acme)
    acme.books.in_use.clear()
    (problem,) = acme.problems()
    with acme.store.write() as conn:
        found = problem_acts.find(conn, problem.number, acme.id)
        problem_acts.retry(conn, found, "test", acme.clock())
    acme.sync(minutes=1)
    assert acme.books.get("Vendor", key)["Phone"] == "555"
    assert acme.problems() == []


def test_an_internal_error_of_quickbooks_is_tried_a_few_times_and_then_a_persons_turn(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    true_answer = acme.books.process

    def answer(request: str) -> str:
        if "<VendorAddRq" not in request:
            return true_answer(request)
        right = 'statusCode="0" statusSeverity="Info" statusMessage="Status OK"'
        wrong = 'statusCode="1000" statusSeverity="Error" statusMessage="Internal error."'
        head, _, tail = true_answer(request).partition("<VendorAddRs ")
        acme.books.delete("Vendor", acme.books.find("Vendor", Name="Acme")[0]["ListID"])
        return (
            head
            + "<VendorAddRs "
            + tail.split(">")[0].replace(right, wrong)
            + ("></VendorAddRs>" + tail.partition("</VendorAddRs>")[2])
        )

    with monkeypatch.context() as patch:
        patch.setattr(acme.books, "process", answer)
        for _ in range(4):
            assert acme.problems() == []
            acme.sync(minutes=60)
        (problem,) = acme.problems()
        assert (problem.code, problem.record_id) == ("1000", vendor)
        before = len(acme.books.requests)
        acme.sync(minutes=24 * 60)
    assert not [text for text in acme.books.requests[before:] if "VendorAddRq" in text]


def test_one_failing_record_never_stops_the_others(make_world: Callable[..., World]) -> None:
    made = met(make_world())
    made.books.add("Customer", {"Name": "Taken"})
    bad = made.add("vendors", name="Taken")
    good = made.add("vendors", name="Good")
    waits = bill(made, vendor=bad["id"], number="1")
    goes = bill(made, number="2")
    also = made.add("customers", name="Somebody")
    made.sync()
    assert state(made, "vendors", bad) == "failed"
    for resource, record in (("vendors", good), ("bills", goes), ("customers", also)):
        assert state(made, resource, record) == "synced"
    found = made.get("bills", waits["id"])["sync"]
    assert (found["state"], found["waits_for"]) == ("waiting", "vendor Taken")
    (problem,) = made.problems()
    assert problem.record_id == bad["id"], "what waits for it is no cause of its own"
    made.change("vendors", bad["id"], name="Free")
    made.sync()
    assert state(made, "bills", waits) == "synced"
    assert made.problems() == []


def test_the_same_cause_met_again_is_counted_and_no_second_problem(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Taken"})
    bad = acme.add("vendors", name="Taken")
    acme.sync()
    acme.change("vendors", bad["id"], phone="1")
    acme.sync()
    (problem,) = acme.problems()
    assert problem.count == 2


def test_a_bill_in_use_for_long_goes_on_though_it_is_read_again_meanwhile(two_way: World) -> None:
    made = rent(two_way, two_way.add("vendors", name="Acme")["id"])["id"]
    two_way.sync()
    (theirs,) = two_way.books.all("Bill")
    two_way.books.in_use.add(theirs["TxnID"])
    two_way.change("bills", made, memo="new")
    two_way.sync()
    for _ in range(retries_max):
        until_due(two_way)
    two_way.sync(minutes=1)  # it is read again, as the newest one, while its pause lasts
    assert two_way.get("bills", made)["sync"]["waits_for"] == "QuickBooks to let go of it"
    two_way.books.in_use.clear()
    until_due(two_way)
    assert two_way.get("bills", made)["sync"]["state"] == "synced"
    assert two_way.books.all("Bill")[0]["Memo"] == "new"
    assert two_way.problems() == []
