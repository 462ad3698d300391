"""Sync-rules 1, 3, 4 and 8: renames, moves below other parents, names too long or taken."""

from __future__ import annotations

from typing import Any

import pytest

from store.errors import Invalid
from tests.acceptance.world import World

# Resource, QuickBooks' kind, what else a new one needs there and here.
TREES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("accounts", "Account", {"AccountType": "Expense"}, {"type": "Expense"}),
    ("departments", "Class", {}, {}),
]
IDLE = "0 changes in, 0 out, 0 problems"


def path(made: World, resource: str, kind: str, record: dict[str, Any]) -> tuple[str, str]:
    """The full name here and in QuickBooks."""
    found = made.get(resource, record["id"])
    there = made.books.get(kind, found["sync"]["quickbooks_id"])
    return found["full_name"], there["FullName"]


@pytest.mark.parametrize(("resource", "kind", "there", "here"), TREES)
def test_a_branch_moved_or_renamed_in_the_app_is_so_in_quickbooks(
    acme: World, resource: str, kind: str, there: dict[str, Any], here: dict[str, Any]
) -> None:
    acme.sync()
    del there
    one, other = (acme.add(resource, name=name, **here) for name in ("One", "Other"))
    middle = acme.add(resource, name="Middle", parent=one["id"], **here)
    leaf = acme.add(resource, name="Leaf", parent=middle["id"], **here)
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("One:Middle:Leaf",) * 2
    acme.change(resource, middle["id"], parent=other["id"])
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("Other:Middle:Leaf",) * 2
    acme.change(resource, other["id"], name="Second")
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("Second:Middle:Leaf",) * 2
    acme.change(resource, middle["id"], name="Centre", parent=one["id"])
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("One:Centre:Leaf",) * 2
    assert acme.problems() == []
    assert acme.sync().close_text == IDLE


@pytest.mark.parametrize(("resource", "kind", "there", "here"), TREES)
def test_a_branch_moved_or_renamed_in_quickbooks_is_so_in_the_app(
    acme: World, resource: str, kind: str, there: dict[str, Any], here: dict[str, Any]
) -> None:
    del here
    keys = {name: acme.books.add(kind, {"Name": name, **there}) for name in ("One", "Other")}
    keys["Middle"] = acme.books.add(
        kind, {"Name": "Middle", "ParentRef": {"ListID": keys["One"]}, **there}
    )
    acme.books.add(kind, {"Name": "Leaf", "ParentRef": {"ListID": keys["Middle"]}, **there})
    acme.sync()
    leaf = acme.named(resource, "One:Middle:Leaf")
    acme.books.edit(kind, keys["Middle"], {"ParentRef": {"ListID": keys["Other"]}})
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("Other:Middle:Leaf",) * 2
    acme.books.edit(kind, keys["Other"], {"Name": "Second"})
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("Second:Middle:Leaf",) * 2
    acme.books.edit(kind, keys["Middle"], {"Name": "Centre", "ParentRef": {"ListID": keys["One"]}})
    acme.sync()
    assert path(acme, resource, kind, leaf) == ("One:Centre:Leaf",) * 2
    assert acme.sync().close_text == IDLE


def test_a_job_moved_and_renamed_in_quickbooks_is_the_same_job_here(acme: World) -> None:
    books = acme.books
    one, other = (books.add("Customer", {"Name": name}) for name in ("One", "Other"))
    roof = books.add("Customer", {"Name": "Roof", "ParentRef": {"ListID": one}})
    books.add("Customer", {"Name": "Tiles", "ParentRef": {"ListID": roof}})
    acme.sync()
    job, below = acme.named("jobs", "One:Roof"), acme.named("jobs", "One:Roof:Tiles")
    books.edit("Customer", roof, {"Name": "House", "ParentRef": {"ListID": other}})
    acme.sync()
    found = acme.get("jobs", job["id"])
    assert (found["name"], found["parent"]["name"]) == ("House", "Other")
    assert acme.get("jobs", below["id"])["full_name"] == "Other:House:Tiles"
    assert len(acme.all("jobs")) == 2
    assert acme.sync().close_text == IDLE


def test_a_customer_renamed_in_the_app_renames_the_path_of_its_jobs_in_both_books(
    acme: World,
) -> None:
    top = acme.books.add("Customer", {"Name": "Top"})
    roof = acme.books.add("Customer", {"Name": "Roof", "ParentRef": {"ListID": top}})
    acme.sync()
    acme.change("customers", acme.named("customers", "Top")["id"], name="Summit")
    acme.sync()
    assert acme.books.get("Customer", roof)["FullName"] == "Summit:Roof"
    assert acme.named("jobs", "Summit:Roof")["parent"]["name"] == "Summit"
    assert acme.sync().close_text == IDLE


def test_renamed_on_both_sides_the_master_decides_and_the_loser_is_kept(acme: World) -> None:
    ours = acme.add("vendors", name="Acme")
    acme.sync()
    key = acme.get("vendors", ours["id"])["sync"]["quickbooks_id"]
    acme.books.edit("Vendor", key, {"Name": "Acme West"})
    acme.change("vendors", ours["id"], name="Acme East")
    acme.sync()
    assert acme.get("vendors", ours["id"])["name"] == "Acme West"
    (kept,) = acme.conflicts()
    assert kept.cashflow_value == {"name": "Acme East"}
    assert len(acme.books.all("Vendor")) == 1


@pytest.mark.parametrize("kind", ["Customer", "Employee", "OtherName"])
def test_a_vendor_named_like_a_customer_employee_or_other_name_is_a_problem_with_advice(
    acme: World, kind: str
) -> None:
    fields = {"Name": "Taken"}
    key = acme.books.add(kind, fields)
    ours = acme.add("vendors", name="Taken")
    acme.sync()
    (problem,) = acme.problems()
    assert (problem.code, problem.record_id) == ("3100", ours["id"])
    assert "one list of names" in f"{problem.text} {problem.advice}"
    assert acme.books.get(kind, key)
    acme.change("vendors", ours["id"], name="Taken (V)")
    acme.sync()
    assert acme.problems() == []


def test_renamed_onto_a_taken_name_is_a_problem_and_the_old_name_stays_there(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Taken"})
    ours = acme.add("vendors", name="Free")
    acme.sync()
    key = acme.get("vendors", ours["id"])["sync"]["quickbooks_id"]
    acme.change("vendors", ours["id"], name="Taken")
    acme.sync()
    (problem,) = acme.problems()
    assert problem.record_id == ours["id"]
    assert acme.books.get("Vendor", key)["Name"] == "Free"
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "failed"
    acme.change("vendors", ours["id"], name="Free again")
    acme.sync()
    assert acme.books.get("Vendor", key)["Name"] == "Free again"
    assert acme.problems() == []


def test_a_job_may_have_a_vendors_name_and_two_customers_the_same_job(acme: World) -> None:
    acme.books.add("Vendor", {"Name": "Roof"})
    for name in ("One", "Other"):
        acme.books.add("Customer", {"Name": name})
        acme.books.add("Customer", {"Name": "Roof", "ParentRef": name})
    acme.sync()
    assert sorted(job["full_name"] for job in acme.all("jobs")) == ["One:Roof", "Other:Roof"]
    assert acme.named("vendors", "Roof")
    assert acme.problems() == []


@pytest.mark.parametrize(
    ("resource", "more", "longest"),
    [("vendors", {}, 41), ("customers", {}, 41), ("departments", {}, 31),
     ("accounts", {"type": "Expense"}, 31)],
)  # fmt: skip
def test_a_name_is_refused_where_it_is_typed_when_it_is_too_long_and_never_shortened(
    acme: World, resource: str, more: dict[str, Any], longest: int
) -> None:
    with pytest.raises(Invalid, match=str(longest)):
        acme.add(resource, name="N" * (longest + 1), **more)
    ours = acme.add(resource, name="N" * longest, **more)
    acme.sync()
    acme.sync()
    found = acme.get(resource, ours["id"])
    assert (found["name"], found["sync"]["state"]) == ("N" * longest, "synced")
