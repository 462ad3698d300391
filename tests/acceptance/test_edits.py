"""Sync-rules 4 and 8: edits on either side, conflicts, deletions, echoes, balances."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.ledger import bank_balance
from tests.acceptance.world import World

# Resource, QuickBooks' kind, a field of the App, the element, what the App and QuickBooks enter.
TWO_WAY = [
    ("accounts", "Account", "description", "Desc", "ours", "theirs"),
    ("departments", "Class", "name", "Name", "Ours", "Theirs"),
    ("vendors", "Vendor", "phone", "Phone", "555-1", "555-2"),
    ("customers", "Customer", "email", "Email", "a@example.com", "b@example.com"),
]
NEW: dict[str, dict[str, Any]] = {
    "accounts": {"name": "Travel", "type": "Expense"},
    "departments": {"name": "North"},
    "vendors": {"name": "Acme"},
    "customers": {"name": "Client"},
}


@pytest.mark.parametrize(("resource", "kind", "field", "element", "ours", "theirs"), TWO_WAY)
def test_edits_travel_both_ways_and_do_not_come_back(
    acme: World, resource: str, kind: str, field: str, element: str, ours: str, theirs: str
) -> None:
    made = acme.add(resource, **NEW[resource])
    acme.sync()
    key = acme.get(resource, made["id"])["sync"]["quickbooks_id"]
    acme.change(resource, made["id"], **{field: ours})
    acme.sync()
    assert acme.books.get(kind, key)[element] == ours
    acme.books.edit(kind, key, {element: theirs})
    acme.sync()
    assert acme.get(resource, made["id"])[field] == theirs
    log = acme.sync()
    assert log.close_text == "0 changes in, 0 out, 0 problems"
    assert [call.op for call in log.calls] == [
        "serverVersion",
        "clientVersion",
        "authenticate",
        "sendRequestXML",
        "receiveResponseXML",
        "closeConnection",
    ]


@pytest.mark.parametrize(("resource", "kind", "field", "element", "ours", "theirs"), TWO_WAY)
def test_inactive_travels_both_ways(
    acme: World, resource: str, kind: str, field: str, element: str, ours: str, theirs: str
) -> None:
    del field, element, ours, theirs
    made = acme.add(resource, **NEW[resource])
    acme.sync()
    key = acme.get(resource, made["id"])["sync"]["quickbooks_id"]
    acme.change(resource, made["id"], active=False)
    acme.sync()
    assert acme.books.get(kind, key)["IsActive"] == "false"
    acme.books.edit(kind, key, {"IsActive": "true"})
    acme.sync()
    assert acme.get(resource, made["id"])["active"] is True


@pytest.mark.parametrize(("resource", "kind", "field", "element", "ours", "theirs"), TWO_WAY)
def test_deleted_in_quickbooks_is_deleted_in_the_app(
    acme: World, resource: str, kind: str, field: str, element: str, ours: str, theirs: str
) -> None:
    del field, element, ours, theirs
    made = acme.add(resource, **NEW[resource])
    acme.sync()
    key = acme.get(resource, made["id"])["sync"]["quickbooks_id"]
    acme.books.delete(kind, key)
    log = acme.sync()
    assert log.close_text == "1 change in, 0 out, 0 problems"
    assert made["id"] not in [r["id"] for r in acme.all(resource)]
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_different_fields_changed_on_both_sides_are_merged(acme: World) -> None:
    made = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", made["id"], phone="555")
    acme.books.edit("Vendor", key, {"Email": "acme@example.com"})
    acme.sync()
    found = acme.get("vendors", made["id"])
    theirs = acme.books.get("Vendor", key)
    assert (found["phone"], found["email"]) == ("555", "acme@example.com")
    assert (theirs["Phone"], theirs["Email"]) == ("555", "acme@example.com")
    assert acme.conflicts() == []


@pytest.mark.parametrize("master", ["quickbooks", "cashflow"])
def test_the_same_field_changed_on_both_sides_is_a_conflict(acme: World, master: str) -> None:
    acme.prefer(master_in_conflict=master)
    made = acme.add("vendors", name="Acme", phone="1")
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", made["id"], phone="2")
    acme.books.edit("Vendor", key, {"Phone": "3"})
    acme.sync()
    winner = {"quickbooks": "3", "cashflow": "2"}[master]
    assert acme.get("vendors", made["id"])["phone"] == winner
    assert acme.books.get("Vendor", key)["Phone"] == winner
    (kept,) = acme.conflicts()
    assert (kept.cashflow_value, kept.quickbooks_value) == ({"phone": "2"}, {"phone": "3"})
    assert acme.get("vendors", made["id"])["sync"]["state"] == "synced"


def test_a_move_below_a_new_parent_is_not_lost_to_an_edit_in_quickbooks(acme: World) -> None:
    key = acme.books.add("Class", {"Name": "North"})
    acme.sync()
    north = acme.named("departments", "North")["id"]
    acme.books.edit("Class", key, {"Name": "South"})
    region = acme.add("departments", name="Region")["id"]
    acme.change("departments", north, parent=region)
    acme.sync()
    assert acme.books.get("Class", key)["FullName"] == "Region:South"
    assert acme.get("departments", north)["full_name"] == "Region:South"
    assert acme.conflicts() == []


def test_a_line_given_to_a_new_department_is_not_lost_to_an_edit_in_quickbooks(
    two_way: World,
) -> None:
    line = {"account": {"name": "Rent"}, "amount": "120.00"}
    vendor = two_way.add("vendors", name="Acme")["id"]
    bill = two_way.add("bills", vendor=vendor, bill_date="2026-03-02", expense_lines=[line])["id"]
    two_way.sync()
    key = two_way.get("bills", bill)["sync"]["quickbooks_id"]
    two_way.books.edit("Bill", key, {"Memo": "theirs"})
    lines = two_way.get("bills", bill)["expense_lines"]
    lines[0]["department"] = two_way.add("departments", name="New")["id"]
    two_way.change("bills", bill, expense_lines=lines)
    two_way.sync()
    found = two_way.books.get("Bill", key)
    assert found["Memo"] == "theirs"
    assert found["ExpenseLine"][0]["ClassRef"]["FullName"] == "New"
    assert two_way.get("bills", bill)["memo"] == "theirs"


def test_a_field_emptied_in_the_app_is_emptied_in_quickbooks(acme: World) -> None:
    address = {"line1": "1 Main St", "line2": "Suite 2", "city": "Boston"}
    made = acme.add("vendors", name="Acme", phone="555", address=address)
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    shorter = {"line1": "1 Main St", "city": "Boston"}
    acme.change("vendors", made["id"], phone=None, address=shorter)
    acme.sync()
    theirs = acme.books.get("Vendor", key)
    assert not theirs.get("Phone")
    assert not theirs["VendorAddress"].get("Addr2")
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"


# Typographic quotes, a dash and a ligature: QuickBooks holds them only in other characters.
ODD = "O\u2019Neil \u2013 \u201cBest\u201d \u0152uvres"


def test_a_value_equal_in_quickbooks_form_is_no_change(acme: World) -> None:
    made = acme.add("vendors", name=ODD)
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    assert acme.books.get("Vendor", key)["Name"].isascii()
    acme.books.edit("Vendor", key, {"Phone": "1"})
    acme.sync()
    assert acme.get("vendors", made["id"])["name"] == ODD
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_characters_that_quickbooks_cannot_hold_are_told_and_kept_here(acme: World) -> None:
    made = acme.add("vendors", name="Omega \U0001f600 Ltd", phone="1")
    acme.sync()
    found = acme.get("vendors", made["id"])
    assert (found["name"], found["sync"]["state"]) == ("Omega \U0001f600 Ltd", "synced")
    assert acme.books.all("Vendor")[0]["Name"] == "Omega ? Ltd"
    assert [p.kind for p in acme.problems()] == ["characters"]
    acme.change("vendors", made["id"], name="Omega Ltd")
    acme.sync()
    assert acme.problems() == []


def test_3200_is_handled_by_re_reading_merging_and_sending_again(acme: World) -> None:
    made = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", made["id"], phone="555")
    acme.clock.advance(minutes=5)
    # The bookkeeper edits between our reading and our writing.
    steps = acme.connector.steps(acme.books)
    for operation, _ in steps:
        if operation == "receiveResponseXML":
            acme.clock.advance(seconds=2)
            acme.books.edit("Vendor", key, {"Email": "late@example.com"})
            break
    for _ in steps:
        pass
    theirs = acme.books.get("Vendor", key)
    assert (theirs["Phone"], theirs["Email"]) == ("555", "late@example.com")
    assert acme.get("vendors", made["id"])["email"] == "late@example.com"
    assert acme.problems() == []


def test_an_app_edit_of_a_record_deleted_in_quickbooks_never_re_creates_it(acme: World) -> None:
    made = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", made["id"])["sync"]["quickbooks_id"]
    acme.books.delete("Vendor", key)
    acme.change("vendors", made["id"], phone="555")
    acme.sync()
    assert acme.books.all("Vendor") == []
    assert [p.kind for p in acme.problems()] == ["edit_against_delete"]
    assert acme.get("vendors", made["id"])["sync"]["state"] == "failed"


def test_a_parent_renamed_in_quickbooks_renames_the_path_of_its_jobs(acme: World) -> None:
    top = acme.books.add("Customer", {"Name": "Top"})
    acme.books.add("Customer", {"Name": "Job", "ParentRef": {"ListID": top}})
    acme.sync()
    acme.books.edit("Customer", top, {"Name": "Renamed"})
    acme.sync()
    assert acme.named("jobs", "Renamed:Job")["parent"]["name"] == "Renamed"


def test_a_sub_account_goes_after_its_parent(acme: World) -> None:
    acme.sync()
    parent = acme.add("accounts", name="Travel", type="Expense")
    child = acme.add("accounts", name="Hotels", type="Expense", parent=parent["id"])
    acme.sync()
    key = acme.get("accounts", child["id"])["sync"]["quickbooks_id"]
    assert acme.books.get("Account", key)["FullName"] == "Travel:Hotels"


def balance_rows(made: World) -> int:
    """How many balances are in the history."""
    with made.store.read() as conn:
        mine = bank_balance.c.company_id == made.id
        return len(conn.execute(select(bank_balance.c.id).where(mine)).all())


def test_bank_balances_come_each_session_and_a_row_only_when_they_change(acme: World) -> None:
    acme.sync()
    acme.sync()
    (first,) = acme.all("bank-balances")
    assert (first["account"]["name"], first["balance"]) == ("Checking", "0.00")
    assert balance_rows(acme) == 1
    vendor = acme.books.add("Vendor", {"Name": "Acme"})
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": "25.00"}
    bill = acme.books.add(
        "Bill", {"VendorRef": {"ListID": vendor}, "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    )
    acme.books.add(
        "BillPaymentCheck",
        {
            "PayeeEntityRef": {"ListID": vendor},
            "BankAccountRef": {"FullName": "Checking"},
            "TxnDate": "2026-03-02",
            "RefNumber": "101",
            "AppliedToTxn": [{"TxnID": bill, "PaymentAmount": "25.00"}],
        },
    )
    acme.sync()
    (latest,) = acme.all("bank-balances")
    assert latest["balance"] == "-25.00"
    assert latest["as_of"] > first["as_of"]
    assert balance_rows(acme) == 2


def test_all_twelve_item_kinds_and_both_kinds_of_terms_come_over(acme: World) -> None:
    acme.books.add("DateDrivenTerms", {"Name": "15th", "DayOfMonthDue": "15"})
    acme.books.add("StandardTerms", {"Name": "Net 30", "StdDueDays": "30"})
    acme.sync()
    assert {t["kind"] for t in acme.all("terms")} == {"StandardTerms", "DateDrivenTerms"}
    assert acme.named("terms", "Net 30")["due_days"] == 30


def test_a_time_in_the_future_never_moves_a_cursor(acme: World) -> None:
    acme.sync()
    now = acme.clock.now
    acme.clock.advance(days=40)
    acme.books.add("Vendor", {"Name": "From the future"})
    acme.clock.now = now
    acme.sync()
    assert [p.kind for p in acme.problems()] == ["clock"]
    acme.clock.advance(days=1)
    acme.books.add("Vendor", {"Name": "From today"})
    acme.sync()
    assert acme.named("vendors", "From today")
