"""Sync-rules 3: the first session links what is the same and never guesses."""

from __future__ import annotations

from collections.abc import Callable

from tests.acceptance.world import World


def test_exactly_the_same_full_name_is_linked_and_not_duplicated(acme: World) -> None:
    ours = acme.add("vendors", name="Müller & Söhne", phone="555-1")
    theirs = acme.books.add("Vendor", {"Name": "Müller & Söhne", "Email": "m@example.com"})
    acme.sync()
    assert [v["id"] for v in acme.all("vendors")] == [ours["id"]]
    found = acme.get("vendors", ours["id"])
    assert found["sync"]["state"] == "synced"
    assert found["sync"]["quickbooks_id"] == theirs
    # There is no base yet: an empty field takes the other side's value.
    assert (found["phone"], found["email"]) == ("555-1", "m@example.com")
    assert acme.books.get("Vendor", theirs)["Phone"] == "555-1"


def test_where_both_are_filled_the_master_decides_and_the_loser_is_kept(acme: World) -> None:
    ours = acme.add("vendors", name="Acme", phone="1")
    theirs = acme.books.add("Vendor", {"Name": "Acme", "Phone": "2"})
    acme.sync()
    assert acme.get("vendors", ours["id"])["phone"] == "2"
    assert acme.books.get("Vendor", theirs)["Phone"] == "2"
    (kept,) = acme.conflicts()
    assert (kept.field, kept.cashflow_value, kept.quickbooks_value) == (
        "phone",
        {"phone": "1"},
        {"phone": "2"},
    )


def test_master_in_conflict_cashflow_wins_in_both_books(acme: World) -> None:
    acme.prefer(master_in_conflict="cashflow")
    ours = acme.add("vendors", name="Acme", phone="1")
    theirs = acme.books.add("Vendor", {"Name": "Acme", "Phone": "2"})
    acme.sync()
    assert acme.get("vendors", ours["id"])["phone"] == "1"
    assert acme.books.get("Vendor", theirs)["Phone"] == "1"


def test_names_that_differ_only_in_case_are_offered_never_linked(acme: World) -> None:
    ours = acme.add("vendors", name="ACME, Inc")
    acme.books.add("Vendor", {"Name": "Acme Inc"})
    acme.sync()
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "failed"
    (problem,) = acme.problems()
    assert problem.kind == "possible_duplicate"
    assert "Acme Inc" in problem.text
    assert len(acme.books.all("Vendor")) == 1


def test_a_vendor_named_like_a_customer_is_a_problem_with_advice(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Twice"})
    ours = acme.add("vendors", name="Twice")
    other = acme.add("vendors", name="Other")
    acme.sync()
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "failed"
    assert acme.get("vendors", other["id"])["sync"]["state"] == "synced"
    (problem,) = acme.problems()
    assert problem.code == "3100"
    assert problem.advice


def test_jobs_three_deep_come_with_their_parents_whatever_the_page(acme: World) -> None:
    books = acme.books
    top = books.add("Customer", {"Name": "Top"})
    mid = books.add("Customer", {"Name": "Mid", "ParentRef": {"ListID": top}})
    books.add("Customer", {"Name": "Low", "ParentRef": {"ListID": mid}})
    acme.sync()
    low = acme.named("jobs", "Top:Mid:Low")
    assert low["parent"]["name"] == "Top:Mid"
    assert acme.named("jobs", "Top:Mid")["parent"]["name"] == "Top"


def test_after_the_first_link_only_ids_count_a_rename_is_an_edit(acme: World) -> None:
    theirs = acme.books.add("Vendor", {"Name": "Before"})
    acme.sync()
    ours = acme.named("vendors", "Before")
    acme.books.edit("Vendor", theirs, {"Name": "After"})
    acme.sync()
    assert acme.get("vendors", ours["id"])["name"] == "After"
    acme.change("vendors", ours["id"], name="Last")
    acme.sync()
    assert acme.books.get("Vendor", theirs)["Name"] == "Last"
    assert len(acme.books.all("Vendor")) == 1


def test_documents_made_before_the_connection_wait_until_somebody_decides(acme: World) -> None:
    vendor = acme.add("vendors", name="Early")
    account = acme.add("accounts", name="Travel", type="Expense")
    bill = acme.add(
        "bills",
        vendor=vendor["id"],
        bill_date="2026-02-01",
        expense_lines=[{"account": account["id"], "amount": "5.00"}],
    )
    acme.sync()
    acme.sync()
    assert acme.get("bills", bill["id"])["sync"]["state"] == "not_synced"
    assert acme.books.all("Bill") == []
    acme.prefer(earlier_transactions="2026-02-01")
    acme.sync()
    assert acme.get("bills", bill["id"])["sync"]["state"] == "synced"


def test_nothing_is_written_before_the_preview_was_agreed_to(
    make_world: Callable[..., World],
) -> None:
    waiting = make_world(preview=True)
    waiting.books.add("Vendor", {"Name": "Theirs"})
    ours = waiting.add("vendors", name="Ours")
    log = waiting.sync()
    assert "an administrator starts the first sync" in log.close_text
    assert waiting.named("vendors", "Theirs")["sync"]["state"] == "synced"
    assert waiting.get("vendors", ours["id"])["sync"]["state"] == "pending"
    assert len(waiting.books.all("Vendor")) == 1
    waiting.start()
    waiting.sync()
    assert len(waiting.books.all("Vendor")) == 2
