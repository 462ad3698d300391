"""Funds transfers: new ones go on their date, once; a void is a reversing transfer."""

from __future__ import annotations

from typing import Any

import pytest

from store.errors import Invalid, Refused
from tests.acceptance.test_both_at_once import lose_for_good
from tests.acceptance.test_exactly_once import (
    forgotten_by_quickbooks,
    up_to_the_write,
)
from tests.acceptance.world import World


@pytest.fixture
def linked(acme: World) -> World:
    """A company with two bank accounts."""
    acme.books.add("Account", {"Name": "Money Out Clearing", "AccountType": "Bank"})
    acme.sync()
    return acme


def move(made: World, day: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    """Money from the bank to the clearing account."""
    body = {
        "from_account": {"name": "Checking"},
        "to_account": {"name": "Money Out Clearing"},
        "amount": "75.50",
        "transfer_date": day,
    }
    return made.add("funds-transfers", **body, **more)


def test_a_transfer_goes_once_and_is_then_locked(linked: World) -> None:
    made = move(linked, memo="weekly run")
    linked.sync()
    (theirs,) = linked.books.all("Transfer")
    assert theirs["Amount"] == "75.50"
    assert theirs["Memo"].startswith("weekly run")
    assert linked.books.balance("Money Out Clearing") == 75.5
    found = linked.get("funds-transfers", made["id"])
    assert (found["sync"]["state"], found["memo"]) == ("synced", "weekly run")
    with pytest.raises(Refused, match="Void"):
        linked.change("funds-transfers", made["id"], amount="1.00")
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_before_its_date_it_is_scheduled(linked: World) -> None:
    made = move(linked, "2026-03-04")
    linked.sync()
    assert linked.get("funds-transfers", made["id"])["sync"]["state"] == "scheduled"
    assert linked.books.all("Transfer") == []
    linked.clock.advance(days=2)
    linked.sync()
    assert linked.get("funds-transfers", made["id"])["sync"]["state"] == "synced"


def test_a_synced_transfer_is_undone_by_a_reversing_one(linked: World) -> None:
    made = move(linked)
    linked.sync()
    linked.void("funds-transfers", made["id"])
    linked.sync()
    assert len(linked.books.all("Transfer")) == 2
    assert linked.books.balance("Money Out Clearing") == 0
    assert linked.books.balance("Checking") == 0
    found = linked.get("funds-transfers", made["id"])
    assert found["voided_at"]
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_one_voided_before_it_went_never_goes(linked: World) -> None:
    made = move(linked)
    linked.void("funds-transfers", made["id"])
    linked.sync()
    assert linked.books.all("Transfer") == []


@pytest.mark.parametrize("voided", [False, True])
def test_a_lost_answer_never_moves_the_money_twice(linked: World, voided: bool) -> None:
    made = move(linked)
    if voided:
        linked.sync()
        linked.void("funds-transfers", made["id"])
    linked.clock.advance(minutes=5)
    _, request = up_to_the_write(linked, "<TransferAddRq")
    assert request.count("AddRq ") == 1, "a transfer travels alone"
    linked.books.process(request)
    forgotten_by_quickbooks(linked, request)
    linked.clock.advance(minutes=2)
    linked.sync()
    assert len(linked.books.all("Transfer")) == 1 + voided
    assert linked.problems() == []


def test_from_and_to_must_differ_and_the_amount_be_above_zero(linked: World) -> None:
    body = {"name": "Checking"}
    with pytest.raises(Invalid) as wrong:
        linked.add(
            "funds-transfers",
            from_account=body,
            to_account=body,
            amount="0.00",
            transfer_date="2026-03-02",
        )
    assert {error.pointer for error in wrong.value.fields} == {"/to_account", "/amount"}


def test_one_in_doubt_cannot_be_changed(linked: World) -> None:
    made = move(linked)
    linked.clock.advance(minutes=5)
    _, request = up_to_the_write(linked)
    linked.books.process(request)
    lose_for_good(linked, request)
    for body in ({"amount": "1.00"}, {"transfer_date": "2026-03-20"}):
        with pytest.raises(Refused, match="on its way"):
            linked.change("funds-transfers", made["id"], **body)
    linked.void("funds-transfers", made["id"])
    linked.sync(16)
    assert linked.books.balance("Money Out Clearing") == 0
    assert len(linked.books.all("Transfer")) == 2


def test_one_deleted_in_quickbooks_is_not_reversed_there(linked: World) -> None:
    made = move(linked)
    linked.sync()
    linked.books.delete("Transfer", linked.books.all("Transfer")[0]["TxnID"])
    linked.sync()
    linked.void("funds-transfers", made["id"])
    linked.sync()
    assert linked.books.all("Transfer") == []
    assert linked.get("funds-transfers", made["id"])["voided_at"]
    assert linked.problems() == []


def test_one_with_another_amount_in_quickbooks_is_not_reversed_but_told(linked: World) -> None:
    made = move(linked)
    linked.sync()
    (theirs,) = linked.books.all("Transfer")
    linked.books.edit("Transfer", theirs["TxnID"], {"Amount": "80.00"})
    linked.void("funds-transfers", made["id"])
    linked.sync()
    assert [one["Amount"] for one in linked.books.all("Transfer")] == ["80.00"]
    (problem,) = linked.problems()
    assert problem.title == "Not voided: the funds transfer was edited in QuickBooks"
    assert linked.get("funds-transfers", made["id"])["voided_at"] is None
