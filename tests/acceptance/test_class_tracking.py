"""Class tracking is off: departments stay in the App, QuickBooks is not told of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from store.syncing import change
from tests.acceptance.guarded import bill, goes, invoice, met, state
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met."""
    return met(make_world())


def with_departments(made: World, **more: Any) -> dict[str, Any]:
    """A bill of two lines, the first of the department North."""
    lines = [
        {"account": {"name": "Rent"}, "amount": "1.00", "department": {"name": "North"}},
        {"account": {"name": "Rent"}, "amount": "2.00"},
    ]
    return bill(made, expense_lines=lines, **more)


def departments(made: World, record: dict[str, Any]) -> list[str | None]:
    """The departments of a bill's lines, by name."""
    lines = made.get("bills", record["id"])["expense_lines"]
    return [(line["department"] or {}).get("name") for line in lines]


def classes(made: World) -> list[str | None]:
    """The classes of the one bill's lines in QuickBooks."""
    (theirs,) = made.books.all("Bill")
    return [(line.get("ClassRef") or {}).get("FullName") for line in theirs["ExpenseLine"]]


def quiet(made: World) -> None:
    """Nothing moves any more: no ping-pong."""
    assert made.sync().close_text == "0 changes in, 0 out, 0 problems"
    assert made.sync().close_text == "0 changes in, 0 out, 0 problems"


def reasons(made: World) -> list[str | None]:
    """Why something of what was sent was left out."""
    with made.store.read() as conn:
        mine = change.c.company_id == made.id
        found = select(change.c.reason).where(mine, change.c.reason.is_not(None))
        return list(conn.execute(found).scalars())


@pytest.mark.parametrize("two_way", [False, True])
def test_with_class_tracking_off_departments_are_left_out_and_stay_in_the_app(
    make_world: Callable[..., World], *, two_way: bool
) -> None:
    made = met(make_world(two_way_bills=two_way))
    made.books.class_tracking = False
    sent = with_departments(made)
    made.sync()
    assert classes(made) == [None, None]
    assert departments(made, sent) == ["North", None]
    (reason,) = reasons(made)
    assert "class tracking is off" in str(reason)
    quiet(made)
    lines = made.get("bills", sent["id"])["expense_lines"]
    made.change("bills", sent["id"], expense_lines=[lines[0], lines[1] | {"amount": "3.00"}])
    goes(made, "bills", sent)
    assert departments(made, sent) == ["North", None]
    assert [line["Amount"] for line in made.books.all("Bill")[0]["ExpenseLine"]] == ["1.00", "3.00"]
    quiet(made)


def test_with_class_tracking_off_quickbooks_edits_leave_the_apps_departments(
    make_world: Callable[..., World],
) -> None:
    made = met(make_world(two_way_bills=True))
    made.books.class_tracking = False
    sent = with_departments(made)
    made.sync()
    (theirs,) = made.books.all("Bill")
    lines = [dict(line) for line in theirs["ExpenseLine"]]
    lines[0]["Amount"] = "9.00"
    made.books.edit("Bill", theirs["TxnID"], {"ExpenseLine": lines})
    made.sync()
    assert made.get("bills", sent["id"])["amount"] == "11.00"
    assert departments(made, sent) == ["North", None]
    quiet(made)


def test_with_class_tracking_off_what_quickbooks_knows_of_classes_is_left_alone(
    linked: World,
) -> None:
    sent = with_departments(linked)
    linked.sync()
    assert classes(linked) == ["North", None]
    linked.books.class_tracking = False
    linked.sync()
    lines = linked.get("bills", sent["id"])["expense_lines"]
    changed = [lines[0] | {"department": None}, lines[1] | {"amount": "5.00"}]
    linked.change("bills", sent["id"], expense_lines=changed)
    goes(linked, "bills", sent)
    assert classes(linked) == ["North", None]
    quiet(linked)


def test_with_class_tracking_on_again_the_next_edit_sends_the_departments(linked: World) -> None:
    linked.books.class_tracking = False
    sent = with_departments(linked)
    linked.sync()
    linked.books.class_tracking = True
    quiet(linked)
    linked.change("bills", sent["id"], memo="with departments")
    goes(linked, "bills", sent)
    assert classes(linked) == ["North", None]
    quiet(linked)


def test_with_class_tracking_off_an_invoice_goes_without_its_departments(linked: World) -> None:
    linked.books.class_tracking = False
    north = {"department": {"name": "North"}}
    sent = invoice(linked, line=north, **north)
    goes(linked, "invoices", sent)
    (theirs,) = linked.books.all("Invoice")
    assert "ClassRef" not in {key for key, value in theirs.items() if value}
    found = linked.get("invoices", sent["id"])
    assert found["department"]["name"] == "North"
    assert found["lines"][0]["department"]["name"] == "North"
    quiet(linked)


def test_departments_still_come_as_a_list_and_new_ones_wait_for_class_tracking(
    linked: World,
) -> None:
    linked.books.class_tracking = False
    linked.books.add("Class", {"Name": "South"})
    ours = linked.add("departments", name="East")
    lines = [{"account": {"name": "Rent"}, "amount": "1.00", "department": {"name": "East"}}]
    sent = bill(linked, expense_lines=lines)
    linked.sync()
    assert linked.named("departments", "South")
    sync = linked.get("departments", ours["id"])["sync"]
    assert (sync["state"], sync["waits_for"]) == ("waiting", "class tracking in QuickBooks")
    assert state(linked, "bills", sent) == "synced", "it need not wait for its department"
    assert linked.problems() == []
    linked.books.class_tracking = True
    goes(linked, "departments", ours)


def test_the_preference_classes_on_overrides_quickbooks(linked: World) -> None:
    linked.prefer(classes_on="false")
    sent = with_departments(linked)
    linked.sync()
    assert classes(linked) == [None, None]
    assert departments(linked, sent) == ["North", None]
    linked.books.class_tracking = False
    linked.prefer(classes_on="true")
    refused = with_departments(linked, number="B-2")
    linked.sync()
    held_code = linked.get("bills", refused["id"])["sync"]["problem"]["code"]
    assert held_code == "3250"
