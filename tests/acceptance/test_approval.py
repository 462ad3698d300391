"""Preference `push_bills`: bills go when they are saved, or once they are approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import resources
from tests.acceptance.guarded import bill, goes, met, state
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met."""
    return met(make_world())


def approve(made: World, record: dict[str, Any]) -> None:
    """Somebody approves the bill."""
    with made.store.write() as conn:
        resources.approve(conn, made.id, "bills", record["id"], made.clock(), "test")


def test_with_push_bills_approved_a_bill_waits_for_approval_and_goes_when_approved(
    linked: World,
) -> None:
    linked.prefer(push_bills="approved")
    waiting = bill(linked, number="B-1")
    approved = bill(linked, number="B-2", approval="approved")
    linked.sync()
    assert state(linked, "bills", approved) == "synced"
    sync = linked.get("bills", waiting["id"])["sync"]
    assert (sync["state"], sync["waits_for"]) == ("waiting", "approval")
    assert linked.problems() == [], "waiting for approval is no problem"
    approve(linked, waiting)
    assert state(linked, "bills", waiting) == "pending"
    goes(linked, "bills", waiting)


def test_a_vendor_credit_waits_for_its_approval_too(linked: World) -> None:
    linked.prefer(push_bills="approved")
    lines = [{"account": {"name": "Rent"}, "amount": "1.00"}]
    body = {"vendor": {"name": "Acme"}, "credit_date": "2026-03-02", "expense_lines": lines}
    waiting = linked.add("vendor-credits", **body)
    linked.sync()
    assert linked.get("vendor-credits", waiting["id"])["sync"]["waits_for"] == "approval"
    with linked.store.write() as conn:
        now = linked.clock()
        resources.approve(conn, linked.id, "vendor-credits", waiting["id"], now, "test")
    goes(linked, "vendor-credits", waiting)


def test_a_bill_approved_by_an_edit_goes_too(linked: World) -> None:
    linked.prefer(push_bills="approved")
    waiting = bill(linked)
    linked.sync()
    linked.change("bills", waiting["id"], approval="approved")
    assert state(linked, "bills", waiting) == "pending"
    goes(linked, "bills", waiting)


def test_approval_wakes_the_change_though_the_minimum_interval_has_not_passed(
    linked: World,
) -> None:
    linked.prefer(push_bills="approved", minimum_interval_minutes="600")
    waiting = bill(linked)
    linked.clock.advance(minutes=700)
    linked.sync()
    approve(linked, waiting)
    goes(linked, "bills", waiting)


def test_with_push_bills_saved_again_the_bills_that_waited_go(linked: World) -> None:
    linked.prefer(push_bills="approved")
    waiting = bill(linked)
    linked.sync()
    linked.prefer(push_bills="saved")
    goes(linked, "bills", waiting)


def test_the_deletion_of_a_bill_waits_for_no_approval(linked: World) -> None:
    made = bill(linked)
    linked.sync()
    linked.prefer(push_bills="approved")
    linked.delete("bills", made["id"])
    linked.sync()
    assert linked.books.all("Bill") == []


@pytest.mark.parametrize(
    ("edit", "wanted", "after"),
    [
        ({"DueDate": "2026-09-30"}, "true", "needs_approval"),
        ({"ExpenseLine": "more"}, "true", "needs_approval"),
        ({"Memo": "harmless"}, "true", "approved"),
        ({"DueDate": "2026-09-30"}, "false", "approved"),
    ],
    ids=["due date", "amount", "memo", "preference off"],
)
def test_with_two_way_bills_an_edit_after_approval_sends_it_back(
    linked: World, edit: dict[str, Any], wanted: str, after: str
) -> None:
    linked.prefer(two_way_bills="true", reapprove_on_change=wanted)
    made = bill(linked, approval="approved")
    linked.sync()
    assert linked.get("bills", made["id"])["approval"] == "approved"
    (theirs,) = linked.books.all("Bill")
    if edit.get("ExpenseLine"):
        edit = {"ExpenseLine": [{**theirs["ExpenseLine"][0], "Amount": "999.00"}]}
    linked.books.edit("Bill", theirs["TxnID"], edit)
    linked.sync()
    assert linked.get("bills", made["id"])["approval"] == after
