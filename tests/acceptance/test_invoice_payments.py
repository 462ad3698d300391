"""Invoice payments: applied to what is open, the rest stays as credit; a void deletes them."""

from __future__ import annotations

from typing import Any

import pytest

from store import problem_acts
from store.errors import Invalid, Refused
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World


@pytest.fixture
def linked(acme: World) -> World:
    """A company with an open invoice of 10.00."""
    invoice(acme, "2026-03-02", RefNumber="Q-1")
    acme.sync()
    return acme


def pay(made: World, amount: str, applied: str | None = None, **more: Any) -> dict[str, Any]:
    """A customer's payment of the one invoice."""
    (bill,) = [i for i in made.all("invoices") if i["number"] == "Q-1"]
    lines = [{"invoice": bill["id"], "amount": applied or amount}]
    body = {
        "customer": {"name": "Client"},
        "payment_date": "2026-03-02",
        "amount": amount,
        "applications": lines,
    }
    return made.add("invoice-payments", **body | more)


def balance(made: World) -> str:
    """What the App shows as open."""
    (found,) = [i for i in made.all("invoices") if i["number"] == "Q-1"]
    return str(found["balance_remaining"])


def test_a_payment_goes_and_the_invoices_balance_follows_in_the_same_session(
    linked: World,
) -> None:
    made = pay(linked, "4.00", number="CHK 7", memo="part")
    linked.sync()
    (theirs,) = linked.books.all("ReceivePayment")
    assert (theirs["TotalAmount"], theirs["RefNumber"]) == ("4.00", "CHK 7")
    assert balance(linked) == "6.00"
    assert linked.get("invoice-payments", made["id"])["sync"]["state"] == "synced"
    pay(linked, "6.00")
    linked.sync()
    (bill,) = linked.all("invoices")
    assert (bill["balance_remaining"], bill["is_paid"]) == ("0.00", True)
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_what_no_longer_fits_stays_as_credit_and_is_told(linked: World) -> None:
    theirs = linked.books.find("Invoice", RefNumber="Q-1")[0]
    linked.books.add(
        "ReceivePayment",
        {
            "CustomerRef": {"FullName": "Client"},
            "TxnDate": "2026-03-02",
            "TotalAmount": "7.00",
            "AppliedToTxn": [{"TxnID": theirs["TxnID"], "PaymentAmount": "7.00"}],
        },
    )
    made = pay(linked, "10.00")
    linked.sync()
    assert balance(linked) == "0.00"
    assert linked.get("invoice-payments", made["id"])["unapplied"] == "7.00"
    assert [p.kind for p in linked.problems()] == ["unapplied"]


def test_when_nothing_fits_all_of_it_is_credit(linked: World) -> None:
    pay(linked, "10.00")
    linked.sync()
    made = pay(linked, "5.00")
    linked.sync()
    assert linked.get("invoice-payments", made["id"])["unapplied"] == "5.00"
    assert len(linked.books.all("ReceivePayment")) == 2


def test_two_payments_of_one_invoice_made_at_once_both_fit(linked: World) -> None:
    pay(linked, "6.00")
    second = pay(linked, "6.00")
    linked.sync()
    assert balance(linked) == "0.00"
    assert linked.get("invoice-payments", second["id"])["unapplied"] == "2.00"


def test_a_payment_waits_for_its_invoice_and_its_day(linked: World) -> None:
    line = {"item": {"name": "Work"}, "quantity": "1", "rate": "20"}
    bill = linked.add(
        "invoices",
        customer={"name": "Client"},
        number="A-1",
        invoice_date="2026-03-02",
        lines=[line],
    )
    body = {"customer": {"name": "Client"}, "amount": "20.00"}
    lines = [{"invoice": bill["id"], "amount": "20.00"}]
    now = linked.add("invoice-payments", payment_date="2026-03-02", applications=lines, **body)
    later = linked.add("invoice-payments", payment_date="2026-03-09", applications=[], **body)
    linked.sync()
    assert linked.get("invoice-payments", now["id"])["sync"]["state"] == "synced"
    assert linked.get("invoices", bill["id"])["is_paid"] is True
    assert linked.get("invoice-payments", later["id"])["sync"]["state"] == "scheduled"
    linked.clock.advance(days=8)
    linked.sync()
    assert linked.get("invoice-payments", later["id"])["sync"]["state"] == "synced"


def test_a_voided_payment_is_deleted_in_quickbooks_and_the_invoice_open_again(
    linked: World,
) -> None:
    made = pay(linked, "10.00")
    linked.sync()
    with pytest.raises(Refused, match="Void"):
        linked.change("invoice-payments", made["id"], amount="9.00")
    linked.void("invoice-payments", made["id"])
    linked.sync()
    assert linked.books.all("ReceivePayment") == []
    assert balance(linked) == "10.00"
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_void_against_edit_the_edit_stands_until_it_is_voided_again(linked: World) -> None:
    made = pay(linked, "10.00")
    linked.sync()
    (theirs,) = linked.books.all("ReceivePayment")
    linked.books.edit("ReceivePayment", theirs["TxnID"], {"Memo": "important"})
    linked.void("invoice-payments", made["id"])
    linked.sync()
    assert len(linked.books.all("ReceivePayment")) == 1
    (problem,) = linked.problems()
    assert (problem.kind, "voided" in problem.title) == ("delete_against_edit", True)
    assert linked.get("invoice-payments", made["id"])["voided_at"] is None
    linked.void("invoice-payments", made["id"])
    linked.sync()
    assert linked.books.all("ReceivePayment") == []
    assert linked.problems() == []
    assert balance(linked) == "10.00"
    assert linked.sync().close_text == "0 changes in, 0 out, 0 problems"


def test_one_in_a_deposit_cannot_be_undone_and_the_advice_says_why(linked: World) -> None:
    made = pay(linked, "10.00")
    linked.sync()
    (theirs,) = linked.books.all("ReceivePayment")
    deposit = linked.books.add(
        "Deposit",
        {"DepositToAccountRef": "Checking", "DepositLine": [{"PaymentTxnID": theirs["TxnID"]}]},
    )
    linked.void("invoice-payments", made["id"])
    linked.sync()
    assert len(linked.books.all("ReceivePayment")) == 1
    (problem,) = linked.problems()
    assert "deposit" in problem.quickbooks_text
    assert "deposit" in problem.advice
    linked.books.delete("Deposit", deposit)
    with linked.store.write() as conn:
        found = problem_acts.find(conn, problem.number, linked.id)
        problem_acts.retry(conn, found, "test", linked.clock())
    linked.sync()
    assert linked.books.all("ReceivePayment") == []
    assert linked.problems() == []


@pytest.mark.parametrize("account", ["Undeposited Funds", "Money In"])
def test_with_undeposited_funds_no_transfer_of_those_payments_is_accepted(
    linked: World, account: str
) -> None:
    linked.books.add("Account", {"Name": "Money In", "AccountType": "Bank"})
    pay(linked, "4.00")
    linked.sync()
    assert linked.books.all("Transfer") == []
    linked.prefer(deposit_to="Undeposited Funds", money_in_clearing="Money In")
    body = {"amount": "4.00", "transfer_date": "2026-03-02", "to_account": {"name": "Checking"}}
    with pytest.raises(Invalid, match="deposit is made in QuickBooks") as caught:
        linked.add("funds-transfers", **body, from_account={"name": account})
    assert [one.pointer for one in caught.value.fields] == ["/from_account"]
    linked.prefer(deposit_to="none")
    assert linked.add("funds-transfers", **body, from_account={"name": account})


def test_more_applied_than_paid_or_another_customers_invoice_is_refused(linked: World) -> None:
    with pytest.raises(Invalid, match="more than the payment"):
        pay(linked, "4.00", "5.00")
    linked.add("customers", name="Other")
    with pytest.raises(Invalid, match="another customer"):
        pay(linked, "4.00", customer={"name": "Other"})


def test_the_money_goes_to_the_account_of_the_preference(linked: World) -> None:
    linked.prefer(payment_posting="clearing", money_in_clearing="Checking")
    pay(linked, "10.00")
    linked.sync()
    (theirs,) = linked.books.all("ReceivePayment")
    assert theirs["DepositToAccountRef"]["FullName"] == "Checking"
