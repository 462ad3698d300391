"""Sync-rules 1 and 5: dates are compared as days, where the company is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.acceptance.conftest import stock
from tests.acceptance.guarded import bill, invoice, met, state
from tests.acceptance.test_funds_transfers import move
from tests.acceptance.world import World

PERIODS = ["closing_date", "accountant_copy_until"]
# 2 March 23:30 in Los Angeles; 3 March in London, and in Auckland too.
LATE = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)


@pytest.fixture
def evening(make_world: Callable[..., World]) -> World:
    """Late in the evening on the west coast, with two bank accounts."""
    made = make_world(company_time_zone="America/Los_Angeles", now=LATE)
    stock(made)
    made.books.add("Account", {"Name": "Money Out Clearing", "AccountType": "Bank"})
    made.sync(minutes=0)
    return made


@pytest.mark.parametrize("period", PERIODS)
def test_a_reversing_transfer_is_dated_the_day_it_was_voided_where_the_company_is(
    evening: World, period: str
) -> None:
    made = move(evening)
    evening.sync(minutes=0)
    evening.void("funds-transfers", made["id"])
    setattr(evening.books, period, date(2026, 3, 2))
    evening.sync()
    (problem,) = evening.problems()
    assert "2026-03-02" in problem.text
    assert len(evening.books.all("Transfer")) == 1
    setattr(evening.books, period, None)
    evening.sync()
    assert [one["TxnDate"] for one in evening.books.all("Transfer")] == ["2026-03-02"] * 2
    assert evening.problems() == []


def test_payments_and_transfers_go_on_their_date_in_the_companys_time_zone(evening: World) -> None:
    made = move(evening, "2026-03-03")
    evening.sync(minutes=1)  # it is the 3rd in London already
    assert state(evening, "funds-transfers", made) == "scheduled"
    evening.sync(minutes=40)
    assert state(evening, "funds-transfers", made) == "synced"


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("what", ["bills", "vendor-credits", "invoices", "funds-transfers"])
def test_the_day_itself_is_closed_the_next_one_is_open(
    make_world: Callable[..., World], period: str, what: str
) -> None:
    made = met(make_world())
    made.books.add("Account", {"Name": "Money Out Clearing", "AccountType": "Bank"})
    made.sync()
    setattr(made.books, period, date(2026, 2, 28))
    lines = [{"account": {"name": "Rent"}, "amount": "1.00"}]

    def dated(day: str) -> dict[str, Any]:
        if what == "bills":
            return bill(made, bill_date=day, number=day)
        if what == "invoices":
            return invoice(made, invoice_date=day, number=day)
        if what == "funds-transfers":
            return move(made, day)
        body = {"vendor": {"name": "Acme"}, "number": day, "expense_lines": lines}
        return made.add("vendor-credits", **body, credit_date=day)

    closed, free = dated("2026-02-28"), dated("2026-03-01")
    made.sync()
    assert state(made, what, free) == "synced"
    (problem,) = made.problems()
    assert (problem.record_id, state(made, what, closed)) == (closed["id"], "failed")
    assert "2026-02-28" in problem.text
    setattr(made.books, period, date(2026, 2, 27))
    made.sync()
    assert state(made, what, closed) == "synced"
    assert made.problems() == []
