"""Sync-rules 3 and 6: what QuickBooks has already is offered, linked or kept apart by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from store import candidates, problem_acts
from store.errors import Invalid, Refused
from store.syncing import audit
from tests.acceptance.guarded import bill, invoice, met, state
from tests.acceptance.world import World


@pytest.fixture
def made(make_world: Callable[..., World]) -> World:
    """A company whose lists are here already."""
    return met(make_world())


def theirs(made: World, kind: str = "Bill", **more: Any) -> str:
    """A bill that the bookkeeper entered."""
    vendor = made.books.find("Vendor", Name="Acme")[0]["ListID"]
    rent = made.books.find("Account", Name="Rent")[0]["ListID"]
    fields = {"VendorRef": {"ListID": vendor}, "TxnDate": "2026-01-15", "RefNumber": "A-1"}
    line = {"AccountRef": {"ListID": rent}, "Amount": "120.00"}
    return made.books.add(kind, fields | {"ExpenseLine": [line]} | more)


def act(made: World, what: Any, *given: Any) -> Any:
    """A person acts on the only open problem."""
    (problem,) = made.problems()
    with made.store.write() as conn:
        found = problem_acts.find(conn, problem.number, made.id)
        return what(conn, found, *given, "test", made.clock())


def audited(made: World, name: str) -> Any:
    """The detail of the one audit row of that act."""
    with made.store.read() as conn:
        mine = audit.c.company_id == made.id
        query = select(audit.c.detail).where(mine, audit.c.act == name)
        return conn.execute(query).scalar_one()


def beside(made: World, record_id: str) -> dict[str, tuple[Any, Any, bool]]:
    """The one candidate's fields, side by side."""
    with made.store.read() as conn:
        (one,) = candidates.side_by_side(conn, made.id, "bills", record_id)
    return {f["field"]: (f["cashflow"], f["quickbooks"], f["same"]) for f in one["fields"]}


def test_a_duplicate_keeps_the_facts_to_compare_side_by_side(made: World) -> None:
    key = theirs(made, Memo="by hand")
    ours = bill(made, number="a-1 ", memo="from the app")
    made.sync()
    assert state(made, "bills", ours) == "failed"
    fields = beside(made, ours["id"])
    assert fields["vendor"] == ("Acme", "Acme", True)
    assert fields["memo"] == ("from the app", "by hand", False)
    assert fields["amount"] == ("120.00", "120.00", True)
    assert fields["expense_lines"][1][0]["account"] == "Rent"
    (problem,) = made.problems()
    for word in ("link", "number", "anyway", "delete"):
        assert word in problem.advice
    assert key in problem.quickbooks_text


@pytest.mark.parametrize("two_way", ["true", "false"])
@pytest.mark.parametrize("master", ["quickbooks", "cashflow"])
def test_link_ties_the_bill_to_quickbooks_one_and_merges_as_at_a_first_link(
    made: World, two_way: str, master: str
) -> None:
    made.prefer(two_way_bills=two_way, master_in_conflict=master)
    key = theirs(made, Memo="by hand", DueDate="2026-02-20")
    ours = bill(made, number="A-1", memo="from the app")
    made.sync()
    made.change("bills", ours["id"], due_date=None)
    assert act(made, problem_acts.link_to, None)["quickbooks_id"] == key
    made.sync()
    made.sync()
    record = made.get("bills", ours["id"])
    assert (record["sync"]["state"], record["sync"]["quickbooks_id"]) == ("synced", key)
    assert len(made.books.all("Bill")) == len(made.all("bills")) == 1
    won = {"quickbooks": "by hand", "cashflow": "from the app"}[master]
    assert record["memo"] == made.books.get("Bill", key)["Memo"] == won
    # Empty here takes the other side's value.
    assert record["due_date"] == "2026-02-20"
    (kept,) = [one for one in made.conflicts() if one.field == "memo"]
    assert (kept.cashflow_value["memo"], kept.quickbooks_value["memo"]) == (
        "from the app",
        "by hand",
    )
    assert made.problems() == []
    assert audited(made, "problem.link")["quickbooks_id"] == key


def test_after_a_link_an_edit_keeps_quickbooks_lines(made: World) -> None:
    key = theirs(made)
    line_id = made.books.get("Bill", key)["ExpenseLine"][0]["TxnLineID"]
    ours = bill(made, number="A-1")
    made.sync()
    act(made, problem_acts.link_to, key)
    made.sync()
    line = made.get("bills", ours["id"])["expense_lines"][0]
    made.change("bills", ours["id"], expense_lines=[{"id": line["id"], "amount": "121.00"}])
    made.sync()
    (there,) = made.books.get("Bill", key)["ExpenseLine"]
    assert (there["TxnLineID"], there["Amount"]) == (line_id, "121.00")


def test_a_linked_invoice_is_quickbooks_and_ours_is_kept(made: World) -> None:
    client = made.books.find("Customer", Name="Client")[0]["ListID"]
    work = made.books.find("ItemService", Name="Work")[0]["ListID"]
    line = {"ItemRef": {"ListID": work}, "Quantity": "2", "Rate": "10"}
    fields = {"CustomerRef": {"ListID": client}, "TxnDate": "2026-03-02", "RefNumber": "7"}
    key = made.books.add("Invoice", fields | {"InvoiceLine": [line]})
    ours = invoice(made, number="7")
    made.sync()
    act(made, problem_acts.link_to, key)
    made.sync()
    record = made.get("invoices", ours["id"])
    assert (record["total"], record["sync"]["state"]) == ("20.00", "synced")
    assert [one.field for one in made.conflicts()] == ["lines"]
    assert len(made.all("invoices")) == 1


def test_post_anyway_needs_a_reason_and_posts_a_second_one(made: World) -> None:
    made.prefer(two_way_bills="true")
    key = theirs(made)
    ours = bill(made, number="A-1")
    made.sync()
    with pytest.raises(Invalid, match="why"):
        act(made, problem_acts.apart, "  ")
    act(made, problem_acts.apart, "a second delivery")
    made.sync()
    assert state(made, "bills", ours) == "synced"
    assert len(made.books.all("Bill")) == 2
    # What was held back here while nobody had decided comes over as what it is.
    made.sync()
    ids = {one["sync"]["quickbooks_id"] for one in made.all("bills")}
    assert key in ids
    assert len(ids) == 2
    assert audited(made, "problem.apart")["reason"] == "a second delivery"
    assert made.problems() == []


def test_renumbered_it_goes(made: World) -> None:
    theirs(made)
    ours = bill(made, number="A-1")
    made.sync()
    act(made, problem_acts.renumber, "A-2")
    made.sync()
    assert state(made, "bills", ours) == "synced"
    assert sorted(b["RefNumber"] for b in made.books.all("Bill")) == ["A-1", "A-2"]
    assert made.problems() == []


def test_deleted_here_nothing_is_left_to_do(made: World) -> None:
    theirs(made)
    bill(made, number="A-1")
    made.sync()
    act(made, problem_acts.delete)
    made.sync()
    assert made.problems() == []
    assert len(made.books.all("Bill")) == 1


def test_a_document_that_is_linked_elsewhere_is_not_linked_twice(made: World) -> None:
    bill(made, number="A-1")
    made.sync()
    bill(made, number="A-1")
    made.sync()
    with pytest.raises(Refused, match="another record"):
        act(made, problem_acts.link_to, None)


def test_names_alike_are_linked_by_a_person_and_become_one(acme: World) -> None:
    ours = acme.add("vendors", name="ACME, Inc", phone="1")
    key = acme.books.add("Vendor", {"Name": "Acme Inc", "Email": "a@example.com"})
    rent = acme.books.find("Account", Name="Rent")[0]["ListID"]
    lines = [{"AccountRef": {"ListID": rent}, "Amount": "5.00"}]
    fields = {"VendorRef": {"ListID": key}, "TxnDate": "2026-03-02", "ExpenseLine": lines}
    acme.prefer(two_way_bills="true")
    acme.books.add("Bill", fields)
    acme.sync()
    twin = acme.named("vendors", "Acme Inc")
    act(acme, problem_acts.link_to, twin["id"])
    acme.sync()
    acme.sync()
    (only,) = acme.all("vendors")
    assert (only["id"], only["name"], only["phone"]) == (ours["id"], "Acme Inc", "1")
    assert only["email"] == "a@example.com"
    assert only["sync"]["quickbooks_id"] == key
    assert acme.books.get("Vendor", key)["Phone"] == "1"
    # What referred to the other one refers to the one that is left.
    (document,) = acme.all("bills")
    assert document["vendor"]["id"] == ours["id"]
    assert document["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_linked_customers_keep_their_jobs(acme: World) -> None:
    acme.prefer(master_in_conflict="cashflow")
    ours = acme.add("customers", name="TOP & co")
    key = acme.books.add("Customer", {"Name": "Top co"})
    acme.books.add("Customer", {"Name": "Roof", "ParentRef": {"ListID": key}})
    acme.sync()
    act(acme, problem_acts.link_to, key)
    acme.sync()
    acme.sync()
    (job,) = acme.all("jobs")
    assert job["parent"] == {"id": ours["id"], "name": "TOP & co"}
    assert acme.books.get("Customer", key)["Name"] == "TOP & co"
    assert acme.problems() == []


def test_kept_apart_both_stay(acme: World) -> None:
    ours = acme.add("vendors", name="Acme-Inc")
    acme.books.add("Vendor", {"Name": "Acme Inc"})
    acme.sync()
    act(acme, problem_acts.apart, "two shops")
    acme.sync()
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "synced"
    assert sorted(v["Name"] for v in acme.books.all("Vendor")) == ["Acme Inc", "Acme-Inc"]
    assert acme.problems() == []


def test_of_several_candidates_one_has_to_be_named(acme: World) -> None:
    acme.add("vendors", name="Acme-Inc")
    acme.books.add("Vendor", {"Name": "Acme Inc"})
    other = acme.books.add("Vendor", {"Name": "ACME INC."})
    acme.sync()
    with pytest.raises(Invalid, match=other):
        act(acme, problem_acts.link_to, None)
    act(acme, problem_acts.link_to, other)
    acme.sync()
    acme.sync()
    assert len(acme.all("vendors")) == 2


def test_nothing_to_link_says_so(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Twice"})
    acme.add("vendors", name="Twice")
    acme.sync()
    for what in (problem_acts.link_to, problem_acts.apart):
        with pytest.raises(Refused, match="duplicates"):
            act(acme, what, "x")
