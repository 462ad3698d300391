"""`webconnector problems` and `problem ...`: every answer to a problem, typed, to its end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.syncing import audit
from tests.acceptance.guarded import SERVICE, state
from tests.acceptance.world import World
from tests.webconnector.command_line import CommandLine

# A number alone finds a problem while no other company has one of that number.
pytestmark = pytest.mark.own_database


@pytest.fixture
def duplicate(acme: World) -> tuple[World, dict[str, Any], str]:
    """A bill that QuickBooks has already; the world, our bill, QuickBooks' id."""
    acme.books.add("Vendor", {"Name": "Acme"})
    acme.books.add("ItemService", SERVICE)
    acme.sync()
    there = {"VendorRef": "Acme", "TxnDate": "2026-03-02", "RefNumber": "A-1"}
    line = {"AccountRef": "Rent", "Amount": "120.00"}
    key = acme.books.add("Bill", there | {"ExpenseLine": [line], "Memo": "by hand"})
    ours = acme.add(
        "bills",
        vendor={"name": "Acme"},
        number="A-1",
        bill_date="2026-03-02",
        expense_lines=[{"account": {"name": "Rent"}, "amount": "120.00"}],
    )
    acme.sync()
    return acme, ours, key


Duplicate = tuple[World, dict[str, Any], str]


def listed(webconnector: CommandLine, made: World) -> Any:
    """The one open problem, as programs read it."""
    (found,) = webconnector.done("problems", made.id)
    return found


def over(webconnector: CommandLine, made: World, ours: dict[str, Any], bills: int) -> None:
    """After two sessions nothing is left to say, and QuickBooks has so many bills."""
    made.sync()
    made.sync()
    assert webconnector.done("problems", made.id) == []
    assert state(made, "bills", ours) == "synced"
    assert len(made.books.all("Bill")) == bills


def test_the_list_shows_what_quickbooks_has_and_every_way_out(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, ours, key = duplicate
    found = listed(webconnector, made)
    assert found["record"]["id"] == ours["id"]
    assert [one["quickbooks_id"] for one in found["candidates"]] == [key]
    text = webconnector("problems", made.id).out
    assert f"In QuickBooks: {key}" in text
    assert "What to do:" in text


@pytest.mark.parametrize("named", [True, False])
def test_problem_link_ties_the_two_together(
    duplicate: Duplicate, webconnector: CommandLine, named: bool
) -> None:
    made, ours, key = duplicate
    number = str(listed(webconnector, made)["number"])
    done = webconnector.done("problem", "link", number, *([key] if named else []))
    assert done == {"number": int(number), "resolution": "link"}
    over(webconnector, made, ours, bills=1)
    assert made.get("bills", ours["id"])["sync"]["quickbooks_id"] == key
    assert made.get("bills", ours["id"])["memo"] == "by hand"


def test_problem_link_to_something_else_names_what_there_is(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, _, key = duplicate
    number = str(listed(webconnector, made)["number"])
    assert key in webconnector.refused("problem", "link", number, "80000099-1")
    assert listed(webconnector, made)["number"] == int(number)


def test_problem_apart_posts_it_anyway_for_a_reason_that_is_kept(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, ours, _ = duplicate
    number = str(listed(webconnector, made)["number"])
    assert webconnector("problem", "apart", number).code == 2
    assert "Say why" in webconnector.refused("problem", "apart", number, "--reason", " ")
    said = webconnector("problem", "apart", number, "--reason", "a second delivery")
    assert said.out == "The next session posts it.\n"
    over(webconnector, made, ours, bills=2)
    with made.store.read() as conn:
        query = select(audit.c.detail).where(audit.c.act == "problem.apart")
        assert conn.execute(query).scalar_one()["reason"] == "a second delivery"


def test_problem_renumber_sends_it_under_another_number(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, ours, _ = duplicate
    number = str(listed(webconnector, made)["number"])
    assert "20" in webconnector.refused("problem", "renumber", number, "9" * 21)
    webconnector.done("problem", "renumber", number, "A-2")
    over(webconnector, made, ours, bills=2)


def test_problem_skip_leaves_it_out_and_retry_takes_that_back(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, ours, key = duplicate
    number = str(listed(webconnector, made)["number"])
    webconnector.done("problem", "skip", number, "--reason", "only a test")
    made.books.delete("Bill", key)
    made.sync()
    assert state(made, "bills", ours) == "skipped"
    assert webconnector.done("problems", made.id) == []
    (row,) = webconnector.done("problems", made.id, "--all")
    assert row["resolution"] == "skip"
    webconnector.done("problem", "retry", number, "--company", "Acme Ltd")
    over(webconnector, made, ours, bills=1)


def test_problem_delete_and_done_leave_only_quickbooks_bill(
    duplicate: Duplicate, webconnector: CommandLine
) -> None:
    made, ours, key = duplicate
    number = str(listed(webconnector, made)["number"])
    webconnector.done("problem", "delete", number)
    made.sync()
    assert made.all("bills") == []
    assert [bill["TxnID"] for bill in made.books.all("Bill")] == [key]
    assert webconnector("problem", "done", number).code == 0, "closing twice does no harm"
    assert "no problem" in webconnector.refused("problem", "retry", "99")
    assert ours["id"]
