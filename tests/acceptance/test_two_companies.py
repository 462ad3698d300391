"""Two companies of one server whose QuickBooks files use the very same ids."""

from __future__ import annotations

from tests.acceptance.conftest import stock
from tests.acceptance.world import World


def test_equal_ids_in_two_files_are_two_records(acme: World) -> None:
    other = acme.neighbour(path=r"C:\QuickBooks\Other.QBW", company_name="Other Ltd")
    stock(other)
    same = {made.books.add("Vendor", {"Name": name}) for made, name in both(acme, other)}
    assert len(same) == 1, "the stand-in gives both the same ListID"
    for made in (acme, other):
        made.sync()
    (vendor,) = same
    acme.books.edit("Vendor", vendor, {"Phone": "555-1"})
    bill = {"vendor": {"name": "Beta"}, "bill_date": "2026-03-02", "number": "1"}
    line = {"account": {"name": "Rent"}, "amount": "5.00"}
    made_here = other.add("bills", **bill, expense_lines=[line])
    for made in (other, acme):
        made.sync()
    assert acme.named("vendors", "Alpha")["phone"] == "555-1"
    assert not other.named("vendors", "Beta")["phone"]
    assert [len(made.all("vendors")) for made in (acme, other)] == [1, 1]
    assert acme.books.all("Bill") == []
    assert len(other.books.all("Bill")) == 1
    assert other.get("bills", made_here["id"])["sync"]["state"] == "synced"
    assert acme.problems() == other.problems() == []


def both(acme: World, other: World) -> list[tuple[World, str]]:
    """The companies and what the vendor of that id is called in each."""
    return [(acme, "Alpha"), (other, "Beta")]
