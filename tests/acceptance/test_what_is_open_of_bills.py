"""What is open of a bill: OpenAmount may be missing or the whole vendor's (qbxml.md 2.6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.acceptance.guarded import bill, met
from tests.acceptance.test_open_bills import numbers
from tests.acceptance.test_paid_outside import credit, entered, pay, shown, theirs
from tests.acceptance.world import World

UNRELIABLE = pytest.mark.parametrize("told", ["omitted", "vendor"])


def connected(make_world: Callable[..., World], told: str) -> World:
    """A company with 2-way bill sync whose QuickBooks tells open amounts so."""
    made = met(make_world(two_way_bills=True))
    made.books.add("Account", {"Name": "Money Out", "AccountType": "Bank"})
    made.books.open_amounts = told
    made.sync()
    made.prefer(money_out_clearing="Money Out")
    return made


@UNRELIABLE
def test_an_unpaid_bill_comes_over_whatever_open_amount_says(
    make_world: Callable[..., World], told: str
) -> None:
    made = connected(make_world, told)
    entered(made, "B-1")
    entered(made, "B-2")
    credit(made, "30.00")
    made.sync()
    assert numbers(made) == ["B-1", "B-2"]


@UNRELIABLE
def test_what_is_open_follows_the_payments_whatever_open_amount_says(
    make_world: Callable[..., World], told: str
) -> None:
    made = connected(make_world, told)
    entered(made, "B-1")
    entered(made, "B-2")
    made.sync()
    assert shown(made) == (False, "100.00", "0.00")
    pay(made, "40.00")
    made.sync()
    assert shown(made) == (False, "60.00", "40.00")
    pay(made, "60.00")
    made.sync()
    assert shown(made) == (True, "0.00", "100.00")


@UNRELIABLE
def test_a_payment_goes_by_the_list_of_bills_to_pay_whatever_open_amount_says(
    make_world: Callable[..., World], told: str
) -> None:
    made = connected(make_world, told)
    credit(made, "30.00")  # unapplied: the whole vendor's balance is less than the bill
    ours = bill(made, number="A-1")
    body = {"vendor": {"name": "Acme"}, "payment_date": "2026-03-02", "method": "check"}
    applied = [{"bill": ours["id"], "amount": "120.00"}]
    payment = made.add("bill-payments", **body, applications=applied)
    log = made.sync()
    assert sum("<BillToPayQueryRq" in request for request in log.requests) == 1
    assert made.get("bill-payments", payment["id"])["sync"]["state"] == "synced"
    assert made.get("bills", ours["id"])["is_paid"]
    assert made.problems() == []


def test_never_more_is_paid_than_the_list_of_bills_to_pay_says(
    make_world: Callable[..., World],
) -> None:
    made = connected(make_world, "vendor")
    entered(made, "OTHER")  # the whole vendor's balance is more than the bill
    ours = bill(made, number="B-1")
    made.sync()
    body = {"vendor": {"name": "Acme"}, "payment_date": "2026-03-02", "method": "check"}
    applied = [{"bill": ours["id"], "amount": "120.00"}]
    payment = made.add("bill-payments", **body, applications=applied)
    pay(made, "30.00")
    assert theirs(made)
    made.sync()
    assert made.get("bill-payments", payment["id"])["sync"]["state"] == "failed"
    (problem,) = [p for p in made.problems() if p.record_id == payment["id"]]
    assert "90.00" in problem.text
    (only,) = made.books.all("BillPaymentCheck")
    assert only["Amount"] == "30.00"
