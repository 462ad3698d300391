"""Billable expenses (sync-rules 1, 4 and 5): a line with customer or job and billable status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store.errors import Invalid
from tests.acceptance.guarded import bill, met, state
from tests.acceptance.world import World


@pytest.fixture(params=["true", "false"])
def made(make_world: Callable[..., World], request: pytest.FixtureRequest) -> World:
    """Both sides have met, with a job; with and without 2-way bill sync."""
    found = met(make_world())
    found.prefer(two_way_bills=request.param)
    found.books.add("Customer", {"Name": "Roof", "ParentRef": "Client"})
    found.sync()
    return found


def line(**more: Any) -> dict[str, Any]:
    """An expense line."""
    return {"account": {"name": "Rent"}, "amount": "10.00", **more}


def there(made: World) -> list[dict[str, Any]]:
    """The expense lines of QuickBooks' only bill."""
    (found,) = made.books.all("Bill")
    return list(found["ExpenseLine"])


def shown(one: dict[str, Any]) -> tuple[Any, Any]:
    """Whom a line of QuickBooks is for, and whether it is billable."""
    return (one.get("CustomerRef") or {}).get("FullName"), one.get("BillableStatus")


def test_a_line_goes_with_customer_or_job_and_always_says_whether_it_is_billable(
    made: World,
) -> None:
    bill(
        made,
        expense_lines=[
            line(customer={"name": "Client"}, billable_status="billable"),
            line(customer={"name": "Client:Roof"}, billable_status="not_billable"),
            line(customer={"name": "Client"}),
            line(billable_status="not_billable"),
            line(),
        ],
        item_lines=[
            {
                "item": {"name": "Work"},
                "quantity": "1",
                "cost": "2",
                "customer": {"name": "Client:Roof"},
                "billable_status": "billable",
            }
        ],
    )
    made.sync()
    assert [shown(one) for one in there(made)] == [
        ("Client", "Billable"),
        ("Client:Roof", "NotBillable"),
        ("Client", "NotBillable"),
        (None, None),
        (None, None),
    ]
    (found,) = made.books.all("Bill")
    assert shown(found["ItemLine"][0]) == ("Client:Roof", "Billable")
    assert made.sync().close_text == "0 changes in, 0 out, 0 problems"


@pytest.mark.parametrize("kind", ["expense_lines", "item_lines"])
def test_refused_combinations_are_explained_before_sending(made: World, kind: str) -> None:
    item = {"item": {"name": "Work"}, "quantity": "1", "cost": "2"}
    plain = line() if kind == "expense_lines" else item
    client = {"customer": {"name": "Client"}}
    for more, words in (
        ({"billable_status": "billable"}, "Give the customer"),
        ({**client, "billable_status": "has_been_billed"}, "Only QuickBooks"),
        ({**client, "billable_status": "perhaps"}, "Say one of billable, not_billable"),
    ):
        with pytest.raises(Invalid, match=words) as caught:
            bill(made, **{kind: [plain, plain | more]})
        assert [one.pointer for one in caught.value.fields] == [f"/{kind}/1/billable_status"]
    made.sync()
    assert made.books.all("Bill") == []


def test_without_its_customer_a_line_is_billable_to_nobody(made: World) -> None:
    body = line(customer={"name": "Client"}, billable_status="billable")
    ours = bill(made, expense_lines=[body])
    made.sync()
    kept = {"id": made.get("bills", ours["id"])["expense_lines"][0]["id"]}
    made.change("bills", ours["id"], expense_lines=[{**kept, "billable_status": "not_billable"}])
    made.sync()
    assert [shown(one) for one in there(made)] == [("Client", "NotBillable")]
    made.change("bills", ours["id"], expense_lines=[{**kept, "customer": None}])
    made.sync()
    assert [shown(one) for one in there(made)] == [(None, None)]
    assert made.get("bills", ours["id"])["expense_lines"][0]["billable_status"] is None
    assert state(made, "bills", ours) == "synced"
    with pytest.raises(Invalid, match="Give the customer"):
        made.change("bills", ours["id"], expense_lines=[{**kept, "billable_status": "billable"}])


def billed(made: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """A bill whose first line QuickBooks has put on an invoice; as the App has it, and the line."""
    first = line(customer={"name": "Client"}, billable_status="billable")
    ours = bill(made, number="B-1", expense_lines=[first, line(memo="second")])
    made.sync()
    (found,) = made.books.all("Bill")
    lines = [dict(one) for one in found["ExpenseLine"]]
    lines[0]["BillableStatus"] = "HasBeenBilled"
    made.books.edit("Bill", found["TxnID"], {"ExpenseLine": lines})
    made.sync()
    return ours, made.get("bills", ours["id"])


def test_has_been_billed_is_quickbooks_own_and_survives_edits_of_the_app(made: World) -> None:
    ours, now = billed(made)
    first, second = now["expense_lines"]
    made.change(
        "bills",
        ours["id"],
        memo="edited",
        expense_lines=[{"id": first["id"]}, {"id": second["id"], "amount": "11.00"}, line()],
    )
    made.sync()
    assert [(one["Amount"], one.get("BillableStatus")) for one in there(made)] == [
        ("10.00", "HasBeenBilled"),
        ("11.00", None),
        ("10.00", None),
    ]
    assert state(made, "bills", ours) == "synced"
    assert made.problems() == []


def test_a_bill_read_with_a_billed_line_and_given_back_changes_nothing(made: World) -> None:
    ours, now = billed(made)
    made.change("bills", ours["id"], memo="edited", expense_lines=now["expense_lines"])
    made.sync()
    assert there(made)[0]["BillableStatus"] == "HasBeenBilled"
    assert made.problems() == []


def test_with_two_way_bills_billable_lines_come_over_with_their_job(
    make_world: Callable[..., World],
) -> None:
    made = met(make_world(two_way_bills=True))
    made.books.add("Customer", {"Name": "Roof", "ParentRef": "Client"})
    lines = [
        {"AccountRef": "Rent", "Amount": "1.00", "CustomerRef": "Client:Roof",
         "BillableStatus": status}
        for status in ("Billable", "NotBillable", "HasBeenBilled")
    ]  # fmt: skip
    made.books.add("Bill", {"VendorRef": "Acme", "TxnDate": "2026-03-02", "ExpenseLine": lines})
    made.sync()
    (found,) = made.all("bills")
    assert [
        (one["customer"]["name"], one["billable_status"]) for one in found["expense_lines"]
    ] == [
        ("Client:Roof", "billable"),
        ("Client:Roof", "not_billable"),
        ("Client:Roof", "has_been_billed"),
    ]
    again = {"id": found["expense_lines"][2]["id"], "billable_status": "billable"}
    with pytest.raises(Invalid, match="billed this line already"):
        made.change("bills", found["id"], expense_lines=[again])
