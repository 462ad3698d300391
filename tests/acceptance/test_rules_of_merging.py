"""Sync-rules 3, 4 and 8: lines are one field, 3200 has a limit, full names hold their parents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.acceptance.conftest import stock
from tests.acceptance.guarded import bill, met, state
from tests.acceptance.world import World


def test_all_lines_together_are_one_field_and_changed_on_both_sides_one_conflict(
    make_world: Callable[..., World],
) -> None:
    made = met(make_world(two_way_bills=True))
    plain = [{"account": {"name": "Rent"}, "amount": amount} for amount in ("10.00", "20.00")]
    ours = bill(made, expense_lines=plain)
    made.sync()
    (theirs,) = made.books.all("Bill")
    lines = [dict(line) for line in theirs["ExpenseLine"]]
    lines[0]["Amount"] = "11.00"
    made.books.edit("Bill", theirs["TxnID"], {"ExpenseLine": lines})
    first, second = made.get("bills", ours["id"])["expense_lines"]
    mine = [{"id": first["id"]}, {"id": second["id"], "amount": "22.00"}]
    made.change("bills", ours["id"], expense_lines=mine)
    made.sync()
    found = made.get("bills", ours["id"])
    assert [line["amount"] for line in found["expense_lines"]] == ["11.00", "20.00"]
    assert found["amount"] == made.books.get("Bill", theirs["TxnID"])["AmountDue"] == "31.00"
    (kept,) = made.conflicts()
    assert "22.00" in str(kept.cashflow_value)
    assert state(made, "bills", ours) == "synced"


def test_3200_is_answered_at_most_three_times_in_a_session_then_it_is_a_problem(
    acme: World,
) -> None:
    ours = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", ours["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", ours["id"], phone="555")
    acme.clock.advance(minutes=5)
    before = len(acme.books.requests)
    for operation, _ in acme.connector.steps(acme.books):
        if operation == "receiveResponseXML":  # somebody saves it again and again
            acme.clock.advance(seconds=2)
            acme.books.edit("Vendor", key, {"Notes": str(acme.clock.now)})
    tried = sum("<VendorModRq" in text for text in acme.books.requests[before:])
    assert 2 <= tried <= 4
    (problem,) = acme.problems()
    assert (problem.code, problem.record_id) == ("3200", ours["id"])
    assert acme.get("vendors", ours["id"])["phone"] == "555"


def test_a_full_name_holds_the_parents_so_the_same_name_elsewhere_is_another_one(
    acme: World,
) -> None:
    for top in ("One", "Other"):
        acme.books.add("Account", {"Name": top, "AccountType": "Expense"})
    acme.books.add("Account", {"Name": "Fees", "AccountType": "Expense", "ParentRef": "One"})
    one = acme.add("accounts", name="One", type="Expense")
    other = acme.add("accounts", name="Other", type="Expense")
    same = acme.add("accounts", name="Fees", type="Expense", parent=one["id"])
    new = acme.add("accounts", name="Fees", type="Expense", parent=other["id"])
    acme.sync()
    acme.sync()
    names = sorted(a["FullName"] for a in acme.books.all("Account") if a["Name"] == "Fees")
    assert names == ["One:Fees", "Other:Fees"]
    assert len([a for a in acme.all("accounts") if a["name"] == "Fees"]) == 2
    assert {state(acme, "accounts", record) for record in (same, new)} == {"synced"}


def test_lists_are_read_before_anything_is_written_and_lists_go_before_transactions(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    stock(made)
    made.sync()
    vendor = made.add("vendors", name="Brand New")
    bill(made, vendor=vendor["id"], bill_date="2026-03-02")
    before = len(made.books.requests)
    made.sync()
    texts = made.books.requests[before:]

    def place(part: str) -> int:
        return next(number for number, text in enumerate(texts) if part in text)

    reads, lists, bills = place("<VendorQueryRq"), place("<VendorAddRq"), place("<BillAddRq")
    assert reads < lists < bills, "a record never shares a set with its dependency"
    assert place("<ListDeletedQueryRq") <= place("<InvoiceQueryRq") < lists
    balances = [n for n, text in enumerate(texts) if "<AccountType>Bank</AccountType>" in text]
    assert max(balances) > bills


def test_an_app_change_made_while_a_session_runs_goes_in_the_same_or_the_next_one(
    acme: World,
) -> None:
    acme.sync()
    acme.clock.advance(minutes=5)
    made: list[dict[str, Any]] = []
    for operation, _ in acme.connector.steps(acme.books):
        if operation == "receiveResponseXML" and not made:
            made.append(acme.add("vendors", name="Meanwhile"))
    acme.sync()
    assert state(acme, "vendors", made[0]) == "synced"
    assert len(acme.books.all("Vendor")) == 1
