"""Bill payments: by check or card, of several bills, with credits and discounts; voids."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store import resources
from store.errors import Invalid, Refused
from tests.acceptance.conftest import stock
from tests.acceptance.world import World

IDLE = "0 changes in, 0 out, 0 problems"
DAY = "2026-03-02"


def ready(made: World) -> World:
    """A vendor, a clearing account, a card and accounts for discounts, on both sides."""
    stock(made)
    made.books.add("Account", {"Name": "Money Out", "AccountType": "Bank"})
    made.books.add("Account", {"Name": "Visa", "AccountType": "CreditCard"})
    made.books.add("Account", {"Name": "Discounts", "AccountType": "Income"})
    made.books.add("Vendor", {"Name": "Acme"})
    made.books.add("Vendor", {"Name": "Bolt"})
    made.sync()
    made.prefer(money_out_clearing="Money Out", discount_account="Discounts")
    return made


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met."""
    return ready(make_world())


def bill(made: World, amount: str = "100.00", **more: Any) -> str:
    """A bill of one line; gives its id."""
    lines = [{"account": {"name": "Rent"}, "amount": amount}]
    number = f"N-{len(made.all('bills')) + 1}"
    body = {"vendor": {"name": "Acme"}, "number": number, "bill_date": DAY, "expense_lines": lines}
    return str(made.add("bills", **body | more)["id"])


def credit(made: World, amount: str = "30.00", **more: Any) -> str:
    """A vendor credit; gives its id."""
    lines = [{"account": {"name": "Rent"}, "amount": amount}]
    body = {"vendor": {"name": "Acme"}, "credit_date": DAY, "expense_lines": lines}
    return str(made.add("vendor-credits", **body | more)["id"])


def part(bill_id: str, amount: str | None, *credits_of: tuple[str, str], **more: Any) -> Any:
    """What a payment applies to one bill."""
    set_here = [{"vendor_credit": one, "amount": value} for one, value in credits_of]
    return {"bill": bill_id, "amount": amount, "credits": set_here, **more}


def pay(made: World, *parts: Any, **more: Any) -> str:
    """A check; gives its id."""
    body = {
        "vendor": {"name": "Acme"},
        "payment_date": DAY,
        "method": "check",
        "applications": list(parts),
    }
    return str(made.add("bill-payments", **body | more)["id"])


def state(made: World, payment: str) -> str:
    """Where the payment stands."""
    return str(made.get("bill-payments", payment)["sync"]["state"])


def balance(made: World, bill_id: str) -> tuple[Any, bool]:
    """What the App shows as open of a bill."""
    found = made.get("bills", bill_id)
    return found["open_amount"], found["is_paid"]


# --- what goes


def test_a_check_pays_several_bills_of_one_vendor_and_their_balances_follow(linked: World) -> None:
    one, two = bill(linked, number="B-1"), bill(linked, "50.00", number="B-2")
    payment = pay(linked, part(one, "100.00"), part(two, "20.00"), number="1001", memo="March")
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCheck")
    assert (theirs["Amount"], theirs["RefNumber"], theirs["Memo"]) == ("120.00", "1001", "March")
    assert theirs["BankAccountRef"]["FullName"] == "Money Out"
    assert theirs["APAccountRef"]["FullName"] == "Accounts Payable"
    found = linked.get("bill-payments", payment)
    assert (found["sync"]["state"], found["sync"]["quickbooks_id"]) == ("synced", theirs["TxnID"])
    assert (found["amount"], found["paid_from"]["name"]) == ("120.00", "Money Out")
    assert found["payable_account"]["name"] == "Accounts Payable"
    assert balance(linked, one) == ("0.00", True)
    assert balance(linked, two) == ("30.00", False)
    assert linked.sync().close_text == IDLE


def test_a_check_is_never_queued_for_printing_by_itself(linked: World) -> None:
    bills = [bill(linked) for _ in range(3)]
    payments = [
        pay(linked, part(bills[0], "100.00")),
        pay(linked, part(bills[1], "100.00"), number="1002"),
        pay(linked, part(bills[2], "100.00"), to_be_printed=True),
    ]
    linked.sync()
    sent = {
        p["TxnID"]: (p["IsToBePrinted"], p.get("RefNumber"))
        for p in linked.books.all("BillPaymentCheck")
    }
    ids = [linked.get("bill-payments", one)["sync"]["quickbooks_id"] for one in payments]
    assert [sent[key] for key in ids] == [("false", None), ("false", "1002"), ("true", None)]
    with pytest.raises(Invalid, match="numbers a check"):
        pay(linked, part(bill(linked), "1.00"), number="7", to_be_printed=True)


def test_a_card_pays_from_its_own_account_when_payments_post_directly(linked: World) -> None:
    linked.prefer(payment_posting="direct")
    one = bill(linked)
    visa = {"name": "Visa"}
    payment = pay(linked, part(one, "100.00"), method="card", paid_from=visa, number="V-1")
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCreditCard")
    assert theirs["CreditCardAccountRef"]["FullName"] == "Visa"
    assert linked.books.all("BillPaymentCheck") == []
    assert state(linked, payment) == "synced"
    assert linked.sync().close_text == IDLE
    linked.void("bill-payments", payment)
    linked.sync()
    assert linked.books.all("BillPaymentCreditCard")[0]["Amount"] == "0.00"
    assert balance(linked, one) == ("100.00", False)


def test_the_account_follows_the_preference_and_its_type_the_method(linked: World) -> None:
    one = part(bill(linked), "100.00")
    with pytest.raises(Invalid, match="money_out_clearing"):
        pay(linked, one, paid_from={"name": "Checking"})
    with pytest.raises(Invalid, match="clearing account"):
        pay(linked, one, method="card")
    linked.prefer(payment_posting="direct")
    for method, account in (("check", "Visa"), ("card", "Checking"), ("check", "Rent")):
        with pytest.raises(Invalid, match="of type"):
            pay(linked, one, method=method, paid_from={"name": account})
    with pytest.raises(Invalid, match="Give the bank account"):
        pay(linked, one)
    pay(linked, one, paid_from={"name": "Checking"})
    linked.sync()
    assert linked.books.balance("Checking") == -100


def test_a_card_payment_entered_before_payments_went_to_clearing_says_what_to_do(
    linked: World,
) -> None:
    linked.prefer(payment_posting="direct")
    visa = {"name": "Visa"}
    payment = pay(linked, part(bill(linked), "100.00"), method="card", paid_from=visa)
    linked.prefer(payment_posting="clearing")
    linked.sync()
    (problem,) = linked.problems()
    assert problem.record_id == payment
    assert "no card" in problem.text
    for cure in ("pay by check", "Preferences > Payments post to"):
        assert cure in problem.advice
    assert linked.books.all("BillPaymentCreditCard") == []
    linked.prefer(payment_posting="direct")
    linked.sync()
    assert state(linked, payment) == "synced"
    assert linked.problems() == []


def test_a_clearing_account_is_created_on_request_and_paid_from_in_the_same_session(
    linked: World,
) -> None:
    linked.add("accounts", name="Money Out Clearing", type="Bank")
    linked.prefer(money_out_clearing="Money Out Clearing")
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    linked.sync()
    assert state(linked, payment) == "synced"
    assert linked.books.balance("Money Out Clearing") == -100
    assert linked.books.all("Transfer") == [], "the server never invents a transfer"
    assert linked.problems() == []


def test_without_a_clearing_account_it_waits_and_says_which_preference(linked: World) -> None:
    linked.prefer(money_out_clearing="none")
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    (problem,) = linked.problems()
    assert "Money Out Clearing account" in problem.advice
    assert state(linked, payment) == "failed"
    linked.prefer(money_out_clearing="Money Out")
    linked.sync()
    assert state(linked, payment) == "synced"
    assert linked.problems() == []


def test_credits_and_a_discount_travel_with_the_payment(linked: World) -> None:
    one, given = bill(linked), credit(linked)
    pay(linked, part(one, "65.00", (given, "30.00"), discount="5.00"))
    linked.sync()
    (theirs,) = linked.books.all("BillPaymentCheck")
    assert theirs["Amount"] == "65.00"
    assert theirs["AppliedToTxn"][0]["DiscountAmount"] == "5.00"
    assert linked.books.balance("Discounts") == -5
    assert balance(linked, one) == ("0.00", True)
    assert linked.get("vendor-credits", given)["open_amount"] == "0.00"
    assert linked.sync().close_text == IDLE


def test_a_discount_needs_an_account_of_profit_and_loss(linked: World) -> None:
    linked.prefer(discount_account="none")
    one = bill(linked)
    with pytest.raises(Invalid, match="discount_account"):
        pay(linked, part(one, "95.00", discount="5.00"))
    with pytest.raises(Invalid, match="of type"):
        pay(linked, part(one, "95.00", discount="5.00", discount_account={"name": "Checking"}))
    pay(linked, part(one, "95.00", discount="5.00", discount_account={"name": "Discounts"}))
    linked.sync()
    assert balance(linked, one) == ("0.00", True)


def test_credits_alone_make_a_zero_payment_that_counts_once_bill_and_credit_changed(
    linked: World,
) -> None:
    one, given = bill(linked, "20.00"), credit(linked)
    payment = pay(linked, part(one, None, (given, "20.00")))
    linked.sync()
    assert linked.books.all("BillPaymentCheck") == []
    found = linked.get("bill-payments", payment)
    assert (found["sync"]["state"], found["sync"]["quickbooks_id"]) == ("synced", None)
    assert balance(linked, one) == ("0.00", True)
    assert linked.get("vendor-credits", given)["open_amount"] == "10.00"
    assert linked.problems() == []
    assert linked.sync().close_text == IDLE
    with pytest.raises(Refused, match="keeps no payment"):
        linked.void("bill-payments", payment)


# --- what does not go, and why


def test_a_payment_never_exceeds_what_is_open_in_quickbooks_and_nothing_is_posted(
    linked: World,
) -> None:
    one = bill(linked, number="B-1")
    linked.sync()
    theirs = linked.books.all("Bill")[0]
    paid_there = linked.books.add(
        "BillPaymentCheck",
        {
            "PayeeEntityRef": "Acme",
            "BankAccountRef": "Checking",
            "AppliedToTxn": [{"TxnID": theirs["TxnID"], "PaymentAmount": "60.00"}],
        },
    )
    payment = pay_blindly(linked, part(one, "100.00"))
    linked.sync()
    assert len(linked.books.all("BillPaymentCheck")) == 1
    (problem,) = linked.problems()
    assert "40.00 is open" in problem.text
    assert "Nothing was posted" in problem.text
    assert state(linked, payment) == "failed"
    linked.sync()
    assert [p.number for p in linked.problems()] == [problem.number], "one problem, however often"
    linked.books.delete("BillPaymentCheck", paid_there)
    linked.sync()
    assert state(linked, payment) == "synced"
    assert linked.problems() == []


def pay_blindly(made: World, *parts: Any) -> str:
    """A payment that the App accepts, because it knows of no other."""
    with made.store.write() as conn:
        conn.exec_driver_sql("UPDATE bill SET open_amount = NULL, is_paid = FALSE")
    return pay(made, *parts)


def test_a_paid_bill_a_deleted_one_and_a_used_credit_take_nothing(linked: World) -> None:
    one, two, given = bill(linked), bill(linked), credit(linked)
    linked.sync()
    ids = [linked.get("bills", b)["sync"]["quickbooks_id"] for b in (one, two)]
    linked.books.add(
        "BillPaymentCheck",
        {
            "PayeeEntityRef": "Acme",
            "BankAccountRef": "Checking",
            "AppliedToTxn": [{"TxnID": ids[0], "PaymentAmount": "100.00"}],
        },
    )
    linked.books.delete("Bill", ids[1])
    payments = [pay_blindly(linked, part(one, "50.00")), pay_blindly(linked, part(two, "50.00"))]
    linked.sync()
    assert [state(linked, p) for p in payments] == ["failed", "failed"]
    assert all("Nothing is open" in p.text for p in linked.problems())
    assert len(linked.books.all("BillPaymentCheck")) == 1
    assert given


def test_two_payments_of_one_bill_at_once_go_one_after_the_other(linked: World) -> None:
    one = bill(linked)
    payments = [pay(linked, part(one, "60.00")), pay(linked, part(one, "40.00"))]
    with pytest.raises(Invalid, match=r"open of the bill, which is 0\.00"):
        pay(linked, part(one, "0.01"))
    linked.sync()
    assert [state(linked, p) for p in payments] == ["synced", "synced"]
    assert balance(linked, one) == ("0.00", True)


def test_an_edit_of_the_bill_goes_before_its_payment(linked: World) -> None:
    one = bill(linked)
    linked.sync()
    lines = linked.get("bills", one)["expense_lines"]
    linked.change("bills", one, expense_lines=[{**lines[0], "amount": "80.00"}])
    payment = pay(linked, part(one, "80.00"))
    linked.sync()
    assert state(linked, payment) == "synced"
    assert balance(linked, one) == ("0.00", True)


def test_a_payment_waits_for_its_bills_and_credits_and_its_day(linked: World) -> None:
    taken = linked.add("vendors", name="Taken")
    linked.books.add("Customer", {"Name": "Taken"})
    one = bill(linked, vendor=taken["id"], number="B-9")
    payment = pay(linked, part(one, "100.00"), vendor=taken["id"])
    later = pay(linked, part(bill(linked), "100.00"), payment_date="2026-03-09")
    linked.sync()
    found = linked.get("bill-payments", payment)["sync"]
    assert (found["state"], found["waits_for"]) == ("waiting", "vendor Taken")
    assert state(linked, later) == "scheduled"
    linked.clock.advance(days=8)
    linked.sync()
    assert state(linked, later) == "synced"


def test_an_unapproved_bill_is_not_paid_when_the_company_demands_approval(linked: World) -> None:
    one = bill(linked, number="B-1")
    linked.sync()
    linked.prefer(push_bills="approved")
    payment = pay(linked, part(one, "100.00"))
    linked.sync()
    found = linked.get("bill-payments", payment)["sync"]
    assert (found["state"], found["waits_for"]) == ("waiting", "the approval of bill B-1")
    with linked.store.write() as conn:
        resources.approve(conn, linked.id, "bills", one, linked.clock(), "test")
    linked.sync()
    assert state(linked, payment) == "synced"


def test_what_cannot_be_one_payment_is_refused_with_its_place(linked: World) -> None:
    mine, other = bill(linked), bill(linked, vendor={"name": "Bolt"})
    given, foreign = credit(linked), credit(linked, vendor={"name": "Bolt"})
    wrong = {
        "/applications/0/bill": [part(other, "1.00")],
        "/applications/1/bill": [part(mine, "1.00"), part(mine, "1.00")],
        "/applications/0/amount": [part(mine, "100.01")],
        "/applications/0/credits/0/amount": [part(mine, None, (given, "30.01"))],
        "/applications/0/credits/0/vendor_credit": [part(mine, None, (foreign, "1.00"))],
        "/applications": [],
    }
    for pointer, parts in wrong.items():
        with pytest.raises(Invalid) as refused:
            pay(linked, *parts)
        assert pointer in {error.pointer for error in refused.value.fields}
    with pytest.raises(Invalid, match="a discount or credits"):
        pay(linked, part(mine, "0.00"))
