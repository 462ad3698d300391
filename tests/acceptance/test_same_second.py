"""Two edits within one second share EditSequence and TimeModified: content tells (qbxml.md 6.1)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.world import World

ENTERED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "departments": ("Class", {"Name": "North"}, {"Name": "South"}, "South"),
    "vendors": ("Vendor", {"Name": "North"}, {"Name": "South"}, "South"),
    "customers": ("Customer", {"Name": "North"}, {"Name": "South"}, "South"),
    "accounts": (
        "Account",
        {"Name": "North", "AccountType": "Expense"},
        {"Name": "South"},
        "South",
    ),
    "items": (
        "ItemService",
        {"Name": "North", "SalesOrPurchase": {"Price": "1.00", "AccountRef": "Sales"}},
        {"Name": "South"},
        "South",
    ),
    "terms": (
        "StandardTerms",
        {"Name": "North", "StdDueDays": "30"},
        {"Name": "South"},
        "South",
    ),
}


@pytest.mark.parametrize("resource", ENTERED)
def test_an_edit_in_the_second_of_the_one_that_was_read_is_not_missed(
    acme: World, resource: str
) -> None:
    kind, entered, edited, name = ENTERED[resource]
    acme.clock.advance(minutes=5)
    key = acme.books.add(kind, entered)
    assert acme.connector.run(acme.books).outcome == "finished"
    acme.books.edit(kind, key, edited)
    acme.sync()
    assert acme.named(resource, name)
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_an_edit_in_the_second_of_our_own_write_is_not_missed(acme: World) -> None:
    acme.sync()
    ours = acme.add("departments", name="North")
    assert acme.connector.run(acme.books).outcome == "finished"
    (theirs,) = acme.books.find("Class", Name="North")
    acme.books.edit("Class", theirs["ListID"], {"Name": "South"})
    acme.sync()
    assert acme.get("departments", ours["id"])["name"] == "South"
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"
