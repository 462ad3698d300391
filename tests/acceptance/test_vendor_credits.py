"""Vendor credits go to QuickBooks, new and edited; they never come back (sync-rules 1)."""

from __future__ import annotations

from typing import Any

import pytest

from store.errors import Refused
from tests.acceptance.world import World


def credit(made: World, vendor: str, **more: Any) -> dict[str, Any]:
    """A vendor credit of one expense line."""
    lines = [{"account": {"name": "Rent"}, "amount": "40.00"}]
    body = {"vendor": vendor, "credit_date": "2026-03-02", "expense_lines": lines} | more
    return made.add("vendor-credits", **body)


def test_a_new_vendor_credit_goes_with_its_vendor_in_one_session(acme: World) -> None:
    acme.sync()
    made = credit(acme, acme.add("vendors", name="Acme")["id"], number="C-1", memo="returned")
    acme.sync()
    (theirs,) = acme.books.all("VendorCredit")
    assert (theirs["CreditAmount"], theirs["RefNumber"], theirs["Memo"]) == (
        "40.00",
        "C-1",
        "returned",
    )
    found = acme.get("vendor-credits", made["id"])
    assert found["sync"]["state"] == "synced"
    assert found["amount"] == "40.00"
    assert acme.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_an_edit_in_the_app_goes_and_one_in_quickbooks_never_comes_back(acme: World) -> None:
    acme.sync()
    made = credit(acme, acme.add("vendors", name="Acme")["id"])
    acme.sync()
    (theirs,) = acme.books.all("VendorCredit")
    acme.books.edit("VendorCredit", theirs["TxnID"], {"Memo": "theirs"})
    acme.sync()
    assert acme.get("vendor-credits", made["id"])["memo"] is None
    lines = acme.get("vendor-credits", made["id"])["expense_lines"]
    acme.change(
        "vendor-credits",
        made["id"],
        memo="ours",
        expense_lines=[{**lines[0], "amount": "55.00"}],
    )
    acme.sync()
    after = acme.books.get("VendorCredit", theirs["TxnID"])
    assert (after["Memo"], after["CreditAmount"]) == ("ours", "55.00")


def test_the_same_number_of_the_same_vendor_is_no_second_credit(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    credit(acme, vendor, number="C-1")
    acme.sync()
    second = credit(acme, vendor, number="c-1")
    acme.sync()
    assert len(acme.books.all("VendorCredit")) == 1
    assert acme.get("vendor-credits", second["id"])["sync"]["state"] == "failed"


def test_one_that_quickbooks_has_cannot_be_deleted_here(acme: World) -> None:
    acme.sync()
    made = credit(acme, acme.add("vendors", name="Acme")["id"])
    acme.sync()
    with pytest.raises(Refused, match="QuickBooks"):
        acme.delete("vendor-credits", made["id"])
    unsent = credit(acme, acme.named("vendors", "Acme")["id"], number="later")
    acme.delete("vendor-credits", unsent["id"])
    acme.sync()
    assert len(acme.books.all("VendorCredit")) == 1
