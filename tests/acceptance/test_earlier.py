"""Sync-rules 3: what the App made before the connection goes only as an admin says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import companies, problem_acts
from tests.acceptance.conftest import stock
from tests.acceptance.world import World


@pytest.fixture
def early(make_world: Callable[..., World]) -> tuple[World, dict[str, dict[str, Any]]]:
    """A company with documents made before its first session, and those."""
    made = make_world()
    stock(made)
    made.books.add("Customer", {"Name": "Client"})
    made.books.add("Vendor", {"Name": "Acme"})
    vendor = made.add("vendors", name="Acme")["id"]
    client = made.add("customers", name="Client")["id"]
    rent = made.add("accounts", name="Rent", type="Expense")["id"]
    bank = made.add("accounts", name="Checking", type="Bank")["id"]
    other = made.add("accounts", name="Clearing", type="Bank")["id"]
    lines = [{"account": rent, "amount": "5.00"}]
    found = {
        f"bill {day}": made.add(
            "bills", vendor=vendor, bill_date=day, number=day, expense_lines=lines
        )
        for day in ("2026-01-31", "2026-02-01")
    }
    found["credit"] = made.add(
        "vendor-credits", vendor=vendor, credit_date="2026-02-05", expense_lines=lines
    )
    found["transfer"] = made.add(
        "funds-transfers",
        from_account=bank,
        to_account=other,
        amount="9.00",
        transfer_date="2026-02-03",
    )
    found["payment"] = made.add(
        "invoice-payments", customer=client, payment_date="2026-02-04", amount="7.00"
    )
    return made, found


def states(made: World) -> dict[str, list[str]]:
    """How the documents stand, by type."""
    return {
        resource: [one["sync"]["state"] for one in made.all(resource)]
        for resource in ("bills", "vendor-credits", "funds-transfers", "invoice-payments")
    }


def test_nothing_is_sent_by_default_and_the_admin_sees_the_counts_per_type(early: Any) -> None:
    made, _ = early
    made.sync()
    assert {s for found in states(made).values() for s in found} == {"not_synced"}
    with made.store.read() as conn:
        shown = companies.show(conn, made.id)["earlier"]
    assert shown["bills"] == {
        "records": 2,
        "first": "2026-01-31",
        "last": "2026-02-01",
        "choice": "hold",
    }
    assert set(shown) == {"bills", "vendor-credits", "funds-transfers", "invoice-payments"}


def test_each_type_is_sent_from_a_day_on_as_a_whole_or_never(early: Any) -> None:
    made, _ = early
    made.prefer(
        earlier_transactions="never,bills:2026-02-01,vendor-credits:all,funds-transfers:all"
    )
    made.sync()
    made.sync()
    found = states(made)
    assert sorted(found.pop("bills")) == ["not_synced", "synced"]
    assert found == {
        "vendor-credits": ["synced"],
        "funds-transfers": ["synced"],
        "invoice-payments": ["not_synced"],
    }
    assert [b["RefNumber"] for b in made.books.all("Bill")] == ["2026-02-01"]


def test_what_was_said_never_to_be_sent_stays_also_when_it_is_edited(early: Any) -> None:
    made, found = early
    made.prefer(earlier_transactions="never")
    made.sync()
    made.change("bills", found["bill 2026-02-01"]["id"], memo="edited")
    made.sync()
    assert set(states(made)["bills"]) == {"not_synced"}
    assert made.books.all("Bill") == []


def test_made_after_the_connection_it_goes_whatever_was_said_of_earlier_ones(early: Any) -> None:
    made, found = early
    made.prefer(earlier_transactions="never")
    made.sync()
    vendor = found["credit"]["vendor"]["id"]
    lines = [{"account": {"name": "Rent"}, "amount": "6.00"}]
    late = made.add("bills", vendor=vendor, bill_date="2026-01-01", expense_lines=lines)
    made.sync()
    assert made.get("bills", late["id"])["sync"]["state"] == "synced"


def entered(made: World, what: str) -> tuple[str, str]:
    """The bookkeeper entered the same by hand; gives kind and id."""
    if what == "payment":
        (client,) = made.books.find("Customer", Name="Client")
        fields = {"CustomerRef": {"ListID": client["ListID"]}, "TxnDate": "2026-02-04"}
        return "ReceivePayment", made.books.add(
            "ReceivePayment", fields | {"TotalAmount": "7.00", "IsAutoApply": "false"}
        )
    if what == "transfer":
        fields = {"TransferFromAccountRef": "Checking", "TransferToAccountRef": "Clearing"}
        made.books.add("Account", {"Name": "Clearing", "AccountType": "Bank"})
        return "Transfer", made.books.add(
            "Transfer", fields | {"TxnDate": "2026-02-03", "Amount": "9.00"}
        )
    (vendor,) = made.books.find("Vendor", Name="Acme")
    lines = [{"AccountRef": "Rent", "Amount": "5.00"}]
    fields = {"VendorRef": {"ListID": vendor["ListID"]}, "TxnDate": "2026-02-05"}
    return "VendorCredit", made.books.add(
        "VendorCredit", fields | {"RefNumber": "by hand", "ExpenseLine": lines}
    )


@pytest.mark.parametrize(
    ("what", "resource"),
    [
        ("credit", "vendor-credits"),
        ("payment", "invoice-payments"),
        ("transfer", "funds-transfers"),
    ],
)
def test_before_sending_each_is_matched_and_a_match_is_offered_as_a_link(
    early: Any, what: str, resource: str
) -> None:
    made, found = early
    kind, key = entered(made, what)
    made.prefer(earlier_transactions=f"{resource}:all")
    made.sync()
    assert made.get(resource, found[what]["id"])["sync"]["state"] == "failed"
    (problem,) = made.problems()
    assert problem.kind == "duplicate"
    with made.store.write() as conn:
        numbered = problem_acts.find(conn, problem.number, made.id)
        done = problem_acts.link_to(conn, numbered, None, "test", made.clock())
    assert done["quickbooks_id"] == key
    made.sync()
    made.sync()
    sync = made.get(resource, found[what]["id"])["sync"]
    assert (sync["state"], sync["quickbooks_id"]) == ("synced", key)
    assert len(made.books.all(kind)) == 1
    assert made.problems() == []
