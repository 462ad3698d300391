"""Sync-rules 4: the losing value is shown side by side and put back with one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import conflict_acts
from store.errors import NotFound, Refused
from tests.acceptance.conftest import stock
from tests.acceptance.test_bills import rent
from tests.acceptance.world import World

WHO = "person ann@example.com"


def open_ones(made: World) -> list[dict[str, Any]]:
    with made.store.read() as conn:
        return conflict_acts.list_conflicts(conn, made.id)


def turn(made: World, conflict_id: str) -> None:
    with made.store.write() as conn:
        conflict_acts.turn(conn, made.id, conflict_id, WHO, made.clock())


def disputed(made: World) -> tuple[dict[str, Any], str]:
    """A vendor whose phone and terms both sides changed."""
    made.books.add("StandardTerms", {"Name": "Net 10", "StdDueDays": 10})
    made.books.add("StandardTerms", {"Name": "Net 20", "StdDueDays": 20})
    vendor = made.add("vendors", name="Acme", phone="1")
    made.sync()
    key = made.get("vendors", vendor["id"])["sync"]["quickbooks_id"]
    made.change("vendors", vendor["id"], phone="2", terms={"name": "Net 10"})
    made.books.edit("Vendor", key, {"Phone": "3", "TermsRef": "Net 20"})
    made.sync()
    return vendor, key


@pytest.mark.parametrize("master", ["quickbooks", "cashflow"])
def test_the_losing_value_is_put_back_on_both_sides(acme: World, master: str) -> None:
    acme.prefer(master_in_conflict=master)
    vendor, key = disputed(acme)
    found = {one["field"]: one for one in open_ones(acme)}
    assert found["phone"]["differences"] == [
        {"field": "phone", "lines": False, "cashflow": "2", "quickbooks": "3"}
    ]
    assert found["terms"]["differences"][0]["cashflow"] == "Net 10"
    assert found["phone"]["record"]["name"] == "Acme"
    for one in found.values():
        turn(acme, one["id"])
    acme.sync()
    lost = {"quickbooks": ("2", "Net 10"), "cashflow": ("3", "Net 20")}[master]
    ours, theirs = acme.get("vendors", vendor["id"]), acme.books.get("Vendor", key)
    assert (ours["phone"], ours["terms"]["name"]) == lost
    assert (theirs["Phone"], theirs["TermsRef"]["FullName"]) == lost
    assert ours["sync"]["state"] == "synced"
    assert open_ones(acme) == []


@pytest.mark.parametrize("master", ["quickbooks", "cashflow"])
def test_all_lines_of_a_bill_go_back_together(
    make_world: Callable[..., World], master: str
) -> None:
    acme = make_world(two_way_bills=True)
    stock(acme)
    acme.prefer(master_in_conflict=master)
    acme.sync()
    bill = rent(acme, acme.add("vendors", name="Acme")["id"], number="B-1")
    acme.sync()
    (theirs,) = acme.books.all("Bill")
    (line,) = acme.get("bills", bill["id"])["expense_lines"]
    acme.change("bills", bill["id"], expense_lines=[line | {"amount": "200.00"}])
    line_id = theirs["ExpenseLine"][0]["TxnLineID"]
    changed = {"TxnLineID": line_id, "AccountRef": {"FullName": "Rent"}, "Amount": "300.00"}
    acme.books.edit("Bill", theirs["TxnID"], {"ExpenseLine": [changed]})
    acme.sync()
    (one,) = [c for c in open_ones(acme) if c["field"] == "lines"]
    turn(acme, one["id"])
    acme.sync()
    lost = {"quickbooks": "200.00", "cashflow": "300.00"}[master]
    after = acme.books.get("Bill", theirs["TxnID"])
    assert acme.get("bills", bill["id"])["amount"] == after["AmountDue"] == lost
    assert [found["TxnLineID"] for found in after["ExpenseLine"]] == [line_id]


def test_a_conflict_is_decided_once_and_by_its_own_company(acme: World) -> None:
    disputed(acme)
    first, second = open_ones(acme)
    other = acme.neighbour()
    with pytest.raises(NotFound):
        turn(other, first["id"])
    turn(acme, first["id"])
    with pytest.raises(Refused, match="already"):
        turn(acme, first["id"])
    with acme.store.write() as conn:
        conflict_acts.keep(conn, acme.id, second["id"], WHO, acme.clock())
        assert conflict_acts.count(conn, acme.id) == 0
        everything = conflict_acts.list_conflicts(conn, acme.id, settled=True)
    assert {one["settlement"] for one in everything} == {"turned", "kept"}
