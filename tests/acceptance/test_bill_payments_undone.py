"""Bill payments: voids, lost answers, and what a payment protects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from store.errors import Invalid, Refused
from tests.acceptance.test_bill_payments import (
    DAY,
    IDLE,
    balance,
    bill,
    credit,
    part,
    pay,
    ready,
    state,
)
from tests.acceptance.test_both_at_once import lose_for_good
from tests.acceptance.test_exactly_once import (
    forgotten_by_quickbooks,
    next_request,
    up_to_the_write,
)
from tests.acceptance.test_sessions import authenticate, receive, send
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met."""
    return ready(make_world())


@pytest.fixture
def two_way(make_world: Callable[..., World]) -> World:
    """The same with 2-way bill sync."""
    return ready(make_world(two_way_bills=True))


# --- voids


def test_a_voided_payment_is_void_in_quickbooks_and_the_bill_open_again(linked: World) -> None:
    one = bill(linked)
    payment = pay(linked, part(one, "100.00"), memo="oops")
    linked.sync()
    with pytest.raises(Refused, match="Void it"):
        linked.change("bill-payments", payment, memo="other")
    linked.void("bill-payments", payment)
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCheck")
    assert (theirs["Amount"], theirs["Memo"]) == ("0.00", "VOID: oops")
    assert balance(linked, one) == ("100.00", False)
    assert state(linked, payment) == "synced"
    assert linked.sync().close_text == IDLE


def test_a_payment_voided_before_it_synced_never_goes(linked: World) -> None:
    one = bill(linked)
    payment = pay(linked, part(one, "100.00"), payment_date="2026-03-09")
    linked.sync()
    linked.void("bill-payments", payment)
    linked.clock.advance(days=9)
    linked.sync()
    assert linked.books.all("BillPaymentCheck") == []
    pay(linked, part(one, "100.00"))
    linked.sync()
    assert len(linked.books.all("BillPaymentCheck")) == 1


def test_credits_still_applied_after_a_void_are_a_problem_until_they_are_free(
    linked: World,
) -> None:
    one, given = bill(linked), credit(linked)
    payment = pay(linked, part(one, "70.00", (given, "30.00")))
    linked.sync()
    linked.void("bill-payments", payment)
    linked.sync()
    (problem,) = linked.problems()
    assert problem.kind == "credits_applied"
    assert balance(linked, one) == ("70.00", False)
    linked.sync()
    assert len(linked.problems()) == 1
    theirs = linked.books.all("BillPaymentCheck")[0]["TxnID"]
    linked.books.delete("BillPaymentCheck", theirs)  # the bookkeeper frees them
    linked.sync()
    assert linked.problems() == []
    assert linked.get("vendor-credits", given)["open_amount"] == "30.00"
    assert linked.sync().close_text == IDLE


def test_a_payment_edited_in_quickbooks_is_not_voided_over_the_edit(linked: World) -> None:
    one = bill(linked)
    payment = pay(linked, part(one, "100.00"))
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCheck")
    linked.books.edit("BillPaymentCheck", theirs["TxnID"], {"Memo": "mailed"})
    linked.void("bill-payments", payment)
    linked.sync()
    assert linked.books.all("BillPaymentCheck")[0]["Amount"] == "100.00"
    (problem,) = linked.problems()
    assert problem.title.startswith("Not voided")
    assert linked.get("bill-payments", payment)["voided_at"] is None


def test_a_void_in_a_closed_period_is_a_problem_with_advice(linked: World) -> None:
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    linked.books.closing_date = date(2026, 3, 31)
    linked.void("bill-payments", payment)
    linked.sync()
    (problem,) = linked.problems()
    assert "closed up to 2026-03-31" in problem.text
    assert problem.advice
    assert linked.books.all("BillPaymentCheck")[0]["Amount"] == "100.00"
    linked.books.closing_date = None
    linked.sync()
    assert linked.books.all("BillPaymentCheck")[0]["Amount"] == "0.00"
    assert linked.problems() == []


# --- lost answers


def up_to_the_payment(made: World, request_of: str = "BillPayment") -> tuple[str, str]:
    """Open a session and go on until a payment leaves; gives the ticket and the write."""
    made.clock.advance(minutes=5)
    ticket = authenticate(made)[0]
    request = send(made, ticket)
    while f"<{request_of}" not in request or "AddRq" not in request:
        assert 0 <= receive(made, ticket, made.books.process(request)) < 100
        request = next_request(made, ticket)
    return ticket, request


def finish(made: World, ticket: str, reply: str) -> None:
    """Deliver this answer and go on to the end of the session."""
    while receive(made, ticket, reply) != 100:
        reply = made.books.process(next_request(made, ticket))


@pytest.mark.parametrize("method", ["check", "card"])
@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_never_pays_twice(linked: World, method: str, executed: bool) -> None:
    linked.prefer(payment_posting="direct")
    one = bill(linked)
    linked.sync()
    source = {"name": {"check": "Checking", "card": "Visa"}[method]}
    payment = pay(linked, part(one, "40.00"), method=method, paid_from=source)
    _, request = up_to_the_payment(linked)
    if executed:
        linked.books.process(request)
    ticket = forgotten_by_quickbooks(linked, request)
    finish(linked, ticket, linked.books.process(next_request(linked, ticket)))
    both = [linked.books.all(f"BillPayment{kind}") for kind in ("Check", "CreditCard")]
    assert sum(map(len, both)) == 1
    assert state(linked, payment) == "synced"
    assert linked.problems() == []
    assert linked.sync().close_text == IDLE


@pytest.mark.parametrize("executed", [True, False])
def test_a_lost_answer_never_applies_credits_twice(linked: World, executed: bool) -> None:
    one, given = bill(linked), credit(linked, "60.00")
    linked.sync()
    payment = pay(linked, part(one, None, (given, "30.00")))
    _, request = up_to_the_payment(linked)
    if executed:
        linked.books.process(request)
    ticket = forgotten_by_quickbooks(linked, request)
    finish(linked, ticket, linked.books.process(next_request(linked, ticket)))
    assert balance(linked, one) == ("70.00", False)
    assert linked.get("vendor-credits", given)["open_amount"] == "30.00"
    assert state(linked, payment) == "synced"


def test_one_voided_while_nobody_knows_whether_it_arrived_is_voided_there(linked: World) -> None:
    one = bill(linked)
    linked.sync()
    payment = pay(linked, part(one, "100.00"))
    _, request = up_to_the_payment(linked)
    linked.books.process(request)
    ticket = forgotten_by_quickbooks(linked, request)
    linked.void("bill-payments", payment)
    finish(linked, ticket, linked.books.process(next_request(linked, ticket)))
    linked.sync()
    assert [p["Amount"] for p in linked.books.all("BillPaymentCheck")] == ["0.00"]
    assert balance(linked, one) == ("100.00", False)


def test_a_thin_reply_without_any_effect_is_a_problem_and_never_sent_again(linked: World) -> None:
    one, given = bill(linked, "20.00"), credit(linked)
    linked.sync()
    payment = pay(linked, part(one, None, (given, "20.00")))
    ticket, request = up_to_the_payment(linked)
    before = linked.books.backup()
    reply = linked.books.process(request)
    linked.books.restore(before)  # it said yes, and did nothing
    finish(linked, ticket, reply)
    (problem,) = linked.problems()
    assert problem.kind == "outcome_unknown"
    assert state(linked, payment) == "failed"
    linked.sync()
    assert balance(linked, one)[1] is False


# --- what a payment protects


def test_a_bill_with_a_payment_is_neither_deleted_nor_lowered_in_the_app(linked: World) -> None:
    one, given = bill(linked), credit(linked)
    payment = pay(linked, part(one, "60.00", (given, "30.00")), payment_date="2026-03-09")
    with pytest.raises(Refused, match="payment names this bill"):
        linked.delete("bills", one)
    with pytest.raises(Refused, match="payment names this vendor credit"):
        linked.delete("vendor-credits", given)
    lines = linked.get("bills", one)["expense_lines"]
    with pytest.raises(Invalid, match=r"apply 90\.00"):
        linked.change("bills", one, expense_lines=[{**lines[0], "amount": "80.00"}])
    with pytest.raises(Invalid, match="Void the payment"):
        linked.change("bills", one, vendor={"name": "Bolt"})
    linked.change("bills", one, memo="fine")
    linked.void("bill-payments", payment)
    linked.delete("bills", one)


@pytest.mark.parametrize("day", [DAY, "2026-03-09"])
def test_a_quickbooks_edit_of_the_amount_of_a_bill_with_a_payment_is_never_applied(
    two_way: World, day: str
) -> None:
    one = bill(two_way)
    payment = pay(two_way, part(one, "40.00"), payment_date=day)
    two_way.sync()
    (theirs,) = two_way.books.all("Bill")
    edited = [{**theirs["ExpenseLine"][0], "Amount": "90.00"}]
    two_way.books.edit("Bill", theirs["TxnID"], {"ExpenseLine": edited, "Memo": "theirs"})
    two_way.sync()
    found = two_way.get("bills", one)
    assert (found["amount"], found["expense_lines"][0]["amount"]) == ("100.00", "100.00")
    assert found["memo"] == "theirs"
    (problem,) = two_way.problems()
    assert problem.kind == "paid_bill_edited"
    two_way.sync()
    assert len(two_way.problems()) == 1
    back = [{**theirs["ExpenseLine"][0], "Amount": "100.00"}]
    two_way.books.edit("Bill", theirs["TxnID"], {"ExpenseLine": back})
    two_way.sync()
    assert two_way.problems() == []
    assert state(two_way, payment) in {"synced", "scheduled"}


def test_a_bill_with_a_scheduled_payment_deleted_in_quickbooks_is_a_problem(
    two_way: World,
) -> None:
    one = bill(two_way, number="B-1")
    pay(two_way, part(one, "40.00"), payment_date="2026-03-09")
    two_way.sync()
    two_way.books.delete("Bill", two_way.books.all("Bill")[0]["TxnID"])
    two_way.sync()
    (problem,) = two_way.problems()
    assert "B-1" in problem.title
    assert "payment" in problem.text


def test_a_payment_deleted_in_quickbooks_needs_no_void_there(linked: World) -> None:
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCheck")
    linked.books.delete("BillPaymentCheck", theirs["TxnID"])
    linked.void("bill-payments", payment)
    linked.sync()
    assert linked.problems() == []
    assert state(linked, payment) == "synced"


def test_one_in_doubt_cannot_be_changed_and_is_voided_there(linked: World) -> None:
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.clock.advance(minutes=5)
    _, request = up_to_the_write(linked, "<BillPaymentCheckAddRq")
    linked.books.process(request)
    lose_for_good(linked, request)
    for body in ({"payment_date": "2026-04-20"}, {"method": "card"}):
        with pytest.raises(Refused, match="on its way"):
            linked.change("bill-payments", payment, **body)
    linked.void("bill-payments", payment)
    linked.sync()
    assert [one["Amount"] for one in linked.books.all("BillPaymentCheck")] == ["0.00"]
    assert state(linked, payment) == "synced"
