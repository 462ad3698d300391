"""Sync-rules 2: the start date filters invoices by their own date, inclusive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.acceptance.conftest import stock
from tests.acceptance.world import World


def invoice(made: World, day: str, **more: Any) -> str:
    """An invoice entered in QuickBooks."""
    if not made.books.find("Customer", Name="Client"):
        made.books.add("Customer", {"Name": "Client"})
        made.books.add(
            "ItemService",
            {
                "Name": "Work",
                "SalesOrPurchase": {"Price": "10.00", "AccountRef": {"FullName": "Sales"}},
            },
        )
    line = {"ItemRef": {"FullName": "Work"}, "Quantity": "1", "Rate": "10.00"}
    fields = {"CustomerRef": {"FullName": "Client"}, "TxnDate": day, "InvoiceLine": [line]}
    return made.books.add("Invoice", fields | more)


def days(made: World) -> list[str]:
    """The dates of the invoices that came over."""
    return sorted(i["invoice_date"] for i in made.all("invoices"))


def test_day_before_stays_the_day_itself_and_later_ones_come(acme: World) -> None:
    for day in ("2026-03-01", "2026-03-02", "2026-03-03", "2030-01-01"):
        invoice(acme, day)
    acme.sync()
    assert days(acme) == ["2026-03-02", "2026-03-03", "2030-01-01"]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/Los_Angeles", "2026-03-01"),
        ("America/New_York", "2026-03-02"),
        ("Asia/Tokyo", "2026-03-02"),
    ],
)
def test_the_start_date_is_the_calendar_day_in_the_companys_time_zone(
    make_world: Callable[..., World], zone: str, start: str
) -> None:
    made = make_world(now=datetime(2026, 3, 2, 7, 0, tzinfo=UTC), company_time_zone=zone)
    stock(made)
    for day in ("2026-02-28", "2026-03-01", "2026-03-02"):
        invoice(made, day)
    made.sync()
    assert days(made)[0] == start


def test_it_is_set_once_and_stays_on_later_days(acme: World) -> None:
    acme.sync()
    acme.clock.advance(days=3)
    invoice(acme, "2026-03-02")
    invoice(acme, "2026-03-01")
    acme.sync()
    assert days(acme) == ["2026-03-02"]


def test_modified_before_the_start_never_comes_modified_after_neither(acme: World) -> None:
    old = invoice(acme, "2026-02-20")
    acme.sync()
    acme.clock.advance(days=1)
    acme.books.edit("Invoice", old, {"Memo": "edited after the start"})
    acme.sync()
    assert days(acme) == []


def test_once_invoices_came_an_older_one_edited_later_is_turned_away_on_arrival(
    acme: World,
) -> None:
    """From then on QuickBooks is asked by time of modification, which knows no start date."""
    old = invoice(acme, "2026-02-20")
    invoice(acme, "2026-03-05")
    acme.sync()
    acme.clock.advance(days=1)
    acme.books.edit("Invoice", old, {"Memo": "edited after the start"})
    acme.sync()
    assert "<InvoiceQueryRq" in acme.books.requests[-1]
    assert "<FromModifiedDate>" in acme.books.requests[-1]
    assert days(acme) == ["2026-03-05"]


def test_moved_across_the_start_it_becomes_eligible_at_that_edit(acme: World) -> None:
    old = invoice(acme, "2026-02-20")
    acme.sync()
    acme.clock.advance(days=1)
    acme.books.edit("Invoice", old, {"TxnDate": "2026-03-02"})
    acme.sync()
    assert days(acme) == ["2026-03-02"]


def test_a_linked_invoice_stays_linked_when_moved_before_the_start(acme: World) -> None:
    linked = invoice(acme, "2026-03-05")
    acme.sync()
    acme.clock.advance(days=1)
    acme.books.edit("Invoice", linked, {"TxnDate": "2026-01-01", "Memo": "moved"})
    acme.sync()
    (found,) = acme.all("invoices")
    assert (found["invoice_date"], found["memo"]) == ("2026-01-01", "moved")


def test_an_app_invoice_before_the_start_still_goes(acme: World) -> None:
    invoice(acme, "2026-03-05")
    acme.sync()
    made = acme.add(
        "invoices",
        customer={"name": "Client"},
        number="EARLY",
        invoice_date="2026-01-15",
        lines=[{"item": {"name": "Work"}, "quantity": "1", "rate": "10"}],
    )
    acme.sync()
    assert acme.get("invoices", made["id"])["sync"]["state"] == "synced"
    assert acme.books.find("Invoice", RefNumber="EARLY")[0]["TxnDate"] == "2026-01-15"


def test_an_app_invoice_dated_before_the_start_follows_quickbooks_when_no_other_ever_came(
    acme: World,
) -> None:
    price = {"Price": "10.00", "AccountRef": {"FullName": "Sales"}}
    acme.books.add("ItemService", {"Name": "Work", "SalesOrPurchase": price})
    acme.books.add("Customer", {"Name": "Client", "Email": "c@example.com"})
    acme.sync()
    acme.sync()
    line = {"item": {"name": "Work"}, "quantity": "1", "rate": "10.00", "taxable": False}
    made = acme.add(
        "invoices", customer={"name": "Client"}, invoice_date="2026-02-20", lines=[line]
    )
    acme.sync()
    (theirs,) = acme.books.all("Invoice")
    acme.clock.advance(hours=1)
    acme.books.edit("Invoice", theirs["TxnID"], {"Memo": "changed"})
    acme.sync()
    assert acme.get("invoices", made["id"])["memo"] == "changed"
