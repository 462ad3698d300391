"""Sync-rules 5: a bill paid in QuickBooks is shown as paid outside, and takes no second payment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from store import paying
from store.errors import Refused
from store.ledger import bill as bill_table
from tests.acceptance.guarded import met
from tests.acceptance.world import World

QUIET = "0 changes in, 0 out, 0 problems"


@pytest.fixture
def two_way(make_world: Callable[..., World]) -> World:
    """A company with 2-way bill sync and one open bill of 100.00, entered in QuickBooks."""
    made = met(make_world(two_way_bills=True))
    made.books.add("Account", {"Name": "Visa", "AccountType": "CreditCard"})
    entered(made, "B-1")
    made.sync()
    return made


def entered(made: World, number: str, **more: Any) -> str:
    """The bookkeeper enters a bill of 100.00."""
    line = {"AccountRef": "Rent", "Amount": "100.00"}
    fields = {"VendorRef": "Acme", "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    return made.books.add("Bill", fields | {"RefNumber": number} | more)


def theirs(made: World, number: str = "B-1") -> str:
    """The bill's TxnID."""
    return str(made.books.find("Bill", RefNumber=number)[0]["TxnID"])


def pay(made: World, amount: str, kind: str = "BillPaymentCheck", **more: Any) -> str:
    """The bookkeeper pays some of the bill."""
    account = {"BillPaymentCheck": "BankAccountRef"}.get(kind, "CreditCardAccountRef")
    source = {"BankAccountRef": "Checking", "CreditCardAccountRef": "Visa"}[account]
    applied = [{"TxnID": theirs(made), "PaymentAmount": amount}]
    fields = {"PayeeEntityRef": "Acme", account: source, "AppliedToTxn": applied}
    return made.books.add(kind, fields | {"TxnDate": "2026-03-02"} | more)


def credit(made: World, amount: str) -> str:
    """The vendor's credit, entered in QuickBooks."""
    line = {"AccountRef": "Rent", "Amount": amount}
    fields = {"VendorRef": "Acme", "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    return made.books.add("VendorCredit", fields)


def shown(made: World, number: str = "B-1") -> tuple[Any, ...]:
    """What the App shows of the bill: is_paid, open_amount, paid_outside."""
    (found,) = [bill for bill in made.all("bills") if bill["number"] == number]
    return found["is_paid"], found["open_amount"], found["paid_outside"]


@pytest.mark.parametrize("kind", ["BillPaymentCheck", "BillPaymentCreditCard"])
def test_a_bill_paid_in_quickbooks_is_shown_as_paid_outside(two_way: World, kind: str) -> None:
    assert shown(two_way) == (False, "100.00", "0.00")
    pay(two_way, "40.00", kind)
    two_way.sync()
    assert shown(two_way) == (False, "60.00", "40.00")
    pay(two_way, "60.00", kind)
    two_way.sync()
    assert shown(two_way) == (True, "0.00", "100.00")
    log = two_way.sync()
    assert log.close_text == QUIET
    assert len(log.requests) == 1, "what the payments say is known already"


def test_an_app_bill_paid_in_quickbooks_is_shown_as_paid_outside_too(two_way: World) -> None:
    lines = [{"account": {"name": "Rent"}, "amount": "30.00"}]
    body = {"vendor": {"name": "Acme"}, "bill_date": "2026-03-02", "number": "A-1"}
    two_way.add("bills", expense_lines=lines, **body)
    two_way.sync()
    applied = [{"TxnID": theirs(two_way, "A-1"), "PaymentAmount": "30.00"}]
    pay(two_way, "30.00", AppliedToTxn=applied)
    two_way.sync()
    assert shown(two_way, "A-1") == (True, "0.00", "30.00")
    assert shown(two_way, "B-1") == (False, "100.00", "0.00")


def test_a_bill_paid_outside_blocks_a_second_payment(two_way: World) -> None:
    (made,) = two_way.all("bills")
    query = select(bill_table).where(bill_table.c.id == made["id"])
    with two_way.store.read() as conn:
        paying.refuse_paid(conn.execute(query))
    pay(two_way, "100.00")
    two_way.sync()
    words = "B-1 is paid in QuickBooks, 100.00 of it outside"
    with two_way.store.read() as conn, pytest.raises(Refused, match=words):
        paying.refuse_paid(conn.execute(query))


@pytest.mark.parametrize("act", ["delete", "void", "edit"])
def test_a_payment_taken_back_in_quickbooks_opens_the_bill_again(two_way: World, act: str) -> None:
    payment = pay(two_way, "100.00")
    other = entered(two_way, "B-2")
    two_way.sync()
    assert shown(two_way) == (True, "0.00", "100.00")
    two_way.clock.advance(minutes=1)
    if act == "edit":  # it pays another bill instead
        moved = [{"TxnID": other, "PaymentAmount": "100.00"}]
        two_way.books.edit("BillPaymentCheck", payment, {"AppliedToTxn": moved})
    else:
        getattr(two_way.books, act)("BillPaymentCheck", payment)
    two_way.sync()
    assert shown(two_way) == (False, "100.00", "0.00")
    assert shown(two_way, "B-2")[0] is (act == "edit")
    log = two_way.sync()
    assert (log.close_text, len(log.requests)) == (QUIET, 1)


@pytest.mark.parametrize("act", ["delete", "void"])
def test_a_vendor_credit_applied_in_quickbooks_moves_the_bill(two_way: World, act: str) -> None:
    bill = theirs(two_way)
    source = credit(two_way, "25.00")
    two_way.sync()
    two_way.books.apply_credit("VendorCredit", source, bill, "25.00")
    two_way.sync()
    assert shown(two_way) == (False, "75.00", "25.00")
    assert two_way.all("vendor-credits") == [], "it never comes as a record"
    log = two_way.sync()
    assert (log.close_text, len(log.requests)) == (QUIET, 1)
    getattr(two_way.books, act)("VendorCredit", source)
    two_way.sync()
    assert shown(two_way) == (False, "100.00", "0.00")


def test_all_open_bills_are_looked_at_once_a_day(two_way: World) -> None:
    asked = f"<TxnID>{theirs(two_way)}</TxnID>"
    assert asked not in two_way.sync().requests[0]
    two_way.clock.advance(days=1)
    assert asked in two_way.sync().requests[0]
    assert asked not in two_way.sync().requests[0]


def test_without_2wb_nothing_of_payments_of_bills_is_asked(acme: World) -> None:
    request = acme.sync().requests[0]
    assert "BillPayment" not in request
    assert "VendorCredit" not in request
    assert "ReceivePaymentQuery" in request


def test_the_numbers_of_linked_purchase_orders_are_shown(two_way: World) -> None:
    line = {"ItemRef": "Work", "Quantity": "2", "Rate": "50.00"}
    made = [
        two_way.books.add(
            "PurchaseOrder", {"VendorRef": "Acme", "RefNumber": n, "PurchaseOrderLine": [line]}
        )
        for n in ("PO-1", "PO-2")
    ]
    entered(two_way, "B-2", LinkToTxnID=made)
    two_way.sync()
    (bill,) = [one for one in two_way.all("bills") if one["number"] == "B-2"]
    assert bill["purchase_orders"] == ["PO-1", "PO-2"]
    assert shown(two_way, "B-2") == (False, "100.00", "0.00"), "an order pays nothing"
    two_way.change("bills", bill["id"], memo="ours")
    two_way.sync()
    two_way.sync()
    assert two_way.get("bills", bill["id"])["purchase_orders"] == ["PO-1", "PO-2"]
    assert [one["purchase_orders"] for one in two_way.all("bills") if one["number"] == "B-1"] == [
        []
    ]


def test_app_edits_change_lines_by_txnlineid_so_that_purchase_order_links_survive(
    two_way: World,
) -> None:
    wanted = {"ItemRef": "Work", "Quantity": "2", "Rate": "50.00"}
    order = two_way.books.add(
        "PurchaseOrder",
        {"VendorRef": "Acme", "RefNumber": "PO-1", "PurchaseOrderLine": [wanted]},
    )
    lines = [{"AccountRef": "Rent", "Amount": amount} for amount in ("60.00", "40.00")]
    entered(two_way, "B-2", ExpenseLine=lines, LinkToTxnID=[order])
    two_way.sync()
    (bill,) = [one for one in two_way.all("bills") if one["number"] == "B-2"]
    kept = bill["expense_lines"][1]
    two_way.change(
        "bills",
        bill["id"],
        expense_lines=[
            {"id": kept["id"], "account": {"name": "Rent"}, "amount": "45.00"},
            {"account": {"name": "Rent"}, "amount": "7.00", "memo": "a line of ours"},
        ],
    )
    two_way.sync()
    their = two_way.books.find("Bill", RefNumber="B-2")[0]
    assert [line["Amount"] for line in their["ExpenseLine"]] == ["45.00", "7.00"]
    assert [one["TxnID"] for one in their["LinkedTxn"]] == [order]
    two_way.sync()
    assert two_way.get("bills", bill["id"])["purchase_orders"] == ["PO-1"]
    assert two_way.problems() == []


def test_a_payment_of_a_bill_paid_outside_is_refused_and_our_own_is_not_outside(
    two_way: World,
) -> None:
    entered(two_way, "B-2")
    two_way.sync()
    one, two = sorted(two_way.all("bills"), key=lambda bill: str(bill["number"]))
    body = {"vendor": {"name": "Acme"}, "payment_date": "2026-03-02", "method": "check"}
    body["paid_from"] = {"name": "Checking"}
    two_way.prefer(payment_posting="direct")
    applied = [{"bill": two["id"], "amount": "100.00"}]
    two_way.add("bill-payments", number="7", applications=applied, **body)
    pay(two_way, "100.00")
    two_way.sync()
    assert shown(two_way) == (True, "0.00", "100.00")
    assert shown(two_way, "B-2") == (True, "0.00", "0.00")
    for bill, words in ((one, "B-1 is paid in QuickBooks, 100.00 of"), (two, "B-2 is paid")):
        applied = [{"bill": bill["id"], "amount": "1.00"}]
        with pytest.raises(Refused, match=words):
            two_way.add("bill-payments", number="8", applications=applied, **body)
