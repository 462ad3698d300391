"""A read's cursor moves once all that it led to is stored, wherever the session ends before."""

from __future__ import annotations

import pytest

from tests.acceptance.in_process import faulty
from tests.acceptance.test_paid_outside import entered, pay, shown, two_way
from tests.acceptance.world import World

__all__ = ["two_way"]

ENDS = [f"{fault}@receive#{n}" for n in (1, 2, 3, 4) for fault in ("kill-before", "kill-after")]


def ends_early(made: World, spec: str) -> None:
    """One session of that fault, and the time after which another one may begin."""
    faulty(made, spec).run(made.books)
    made.clock.advance(minutes=16)


@pytest.mark.parametrize("spec", [*ENDS, "status:3140@VendorQuery#2", "status:3140@VendorQuery#3"])
def test_what_a_comparison_found_is_not_forgotten(acme: World, spec: str) -> None:
    gone = acme.books.add("Vendor", {"Name": "Gone"})
    edited = acme.books.add("Vendor", {"Name": "Edited"})
    acme.clock.advance(hours=6)
    acme.books.add("Vendor", {"Name": "Later"})
    acme.sync()
    now = acme.clock.now
    acme.clock.advance(hours=-4)  # a clock that ran behind: no cursor would ever see this
    acme.books.edit("Vendor", edited, {"Phone": "555"})
    acme.clock.now = now
    acme.books.delete("Vendor", gone)
    acme.clock.advance(days=100)  # QuickBooks keeps deletions for 90 days
    ends_early(acme, spec)
    acme.sync()
    phones = {vendor["name"]: vendor["phone"] for vendor in acme.all("vendors")}
    assert phones == {"Edited": "555", "Later": None}
    assert acme.problems() == []


@pytest.mark.parametrize("spec", [*ENDS[2:6], "status:3140@BillQuery#2"])
@pytest.mark.parametrize("how", ["paid", "deleted"])
def test_a_balance_that_moved_is_read_again(two_way: World, spec: str, how: str) -> None:
    two_way.clock.advance(hours=3)
    entered(two_way, "B-0")  # so the bill is not read again anyway, as the newest one
    two_way.sync()
    if how == "deleted":
        payment = pay(two_way, "100.00")
        two_way.sync()
        two_way.books.delete("BillPaymentCheck", payment)
    else:
        pay(two_way, "100.00")
    # Further on than the overlap, so that the next read does not come back to it by chance.
    two_way.clock.advance(hours=9)
    other = entered(two_way, "B-2")
    pay(two_way, "1.00", AppliedToTxn=[{"TxnID": other, "PaymentAmount": "1.00"}])
    two_way.books.delete("Bill", entered(two_way, "B-3"))
    ends_early(two_way, spec)
    two_way.sync()
    assert shown(two_way)[1] == ("0.00" if how == "paid" else "100.00")
    assert two_way.problems() == []


def test_a_read_that_failed_and_is_not_needed_any_more_is_no_problem(two_way: World) -> None:
    payment = pay(two_way, "100.00")
    two_way.sync()
    two_way.books.delete("BillPaymentCheck", payment)
    ends_early(two_way, "status:3140@BillQuery#2")
    assert [problem.kind for problem in two_way.problems()] == ["unread"]
    two_way.sync()  # the bill itself was the newest one, and is read again without being asked for
    assert shown(two_way)[1] == "100.00"
    assert two_way.problems() == []
