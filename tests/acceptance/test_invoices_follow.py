"""Sync-rules 5 and 7: what QuickBooks does to an invoice arrives, to the cent."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.guarded import met
from tests.acceptance.world import World

QUIET = "0 changes in, 0 out, 0 problems"
WORK = {"ItemRef": "Work", "Quantity": "1", "Rate": "10.00"}


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """A company with one open invoice of 10.00, entered in QuickBooks."""
    made = met(make_world())
    entered(made)
    made.sync()
    return made


def entered(made: World, *lines: dict[str, Any], **more: Any) -> str:
    """The bookkeeper enters an invoice."""
    fields = {"CustomerRef": "Client", "TxnDate": "2026-03-02", "RefNumber": "Q-1"}
    return made.books.add("Invoice", fields | {"InvoiceLine": list(lines or (WORK,))} | more)


def theirs(made: World) -> dict[str, Any]:
    """QuickBooks' invoice."""
    return made.books.find("Invoice", RefNumber="Q-1")[0]


def ours(made: World) -> dict[str, Any]:
    """The App's invoice."""
    (found,) = [one for one in made.all("invoices") if one["number"] == "Q-1"]
    return found


def balance(made: World) -> tuple[Any, Any]:
    """What the App shows of it."""
    found = ours(made)
    return found["balance_remaining"], found["is_paid"]


# --- credit memos


def credited(made: World, amount: str = "10.00") -> str:
    """The bookkeeper enters a credit memo for the customer and applies it to the invoice."""
    line = {"ItemRef": "Work", "Quantity": "1", "Rate": amount}
    memo = made.books.add("CreditMemo", {"CustomerRef": "Client", "CreditMemoLine": [line]})
    made.sync()
    made.books.apply_credit("CreditMemo", memo, theirs(made)["TxnID"], amount)
    return memo


def test_a_credit_memo_moves_the_invoices_balance_but_never_comes_as_a_record(
    linked: World,
) -> None:
    credited(linked, "4.00")
    linked.sync()
    assert balance(linked) == ("6.00", False)
    assert len(linked.all("invoices")) == 1
    log = linked.sync()
    assert (log.close_text, len(log.requests)) == (QUIET, 1)


@pytest.mark.parametrize("act", ["delete", "void"])
def test_a_credit_memo_taken_back_opens_the_invoice_again(linked: World, act: str) -> None:
    memo = credited(linked)
    linked.sync()
    assert balance(linked) == ("0.00", True)
    getattr(linked.books, act)("CreditMemo", memo)
    linked.sync()
    assert balance(linked) == ("10.00", False)
    log = linked.sync()
    assert (log.close_text, len(log.requests)) == (QUIET, 1)


def test_a_payment_deleted_in_quickbooks_opens_the_invoice_again(linked: World) -> None:
    applied = [{"TxnID": theirs(linked)["TxnID"], "PaymentAmount": "10.00"}]
    fields = {"CustomerRef": "Client", "TotalAmount": "10.00", "AppliedToTxn": applied}
    payment = linked.books.add("ReceivePayment", fields)
    linked.sync()
    assert balance(linked) == ("0.00", True)
    linked.books.delete("ReceivePayment", payment)
    linked.sync()
    assert balance(linked) == ("10.00", False)


# --- totals


def test_group_subtotal_discount_lines_and_sales_tax_keep_the_totals_of_quickbooks(
    linked: World,
) -> None:
    books = linked.books
    books.add("Vendor", {"Name": "Tax Office"})
    tax = {"Name": "State tax", "TaxRate": "8.25", "TaxVendorRef": "Tax Office"}
    books.add("ItemSalesTax", tax)
    books.add("ItemSubtotal", {"Name": "Subtotal"})
    books.add(
        "ItemDiscount", {"Name": "10 off", "DiscountRatePercent": "10", "AccountRef": "Sales"}
    )
    books.add(
        "ItemService", {"Name": "Odd", "SalesOrPurchase": {"Price": "3.33", "AccountRef": "Sales"}}
    )
    parts = [{"ItemRef": "Odd", "Quantity": "3"}, {"ItemRef": "Work", "Quantity": "1"}]
    books.add("ItemGroup", {"Name": "Bundle", "ItemGroupLine": parts})
    entered(
        linked,
        {"ItemRef": "Odd", "Quantity": "1.5", "SalesTaxCodeRef": "Tax"},
        {"ItemRef": "Odd", "Quantity": "1", "SalesTaxCodeRef": "Non"},
        {"ItemRef": "Subtotal"},
        {"ItemRef": "10 off"},
        {"Desc": "a line of words"},
        InvoiceLineGroup=[{"ItemGroupRef": "Bundle", "Quantity": "2"}],
        RefNumber="Q-2",
        ItemSalesTaxRef="State tax",
    )
    linked.sync()
    (truth,) = books.find("Invoice", RefNumber="Q-2")
    (found,) = [one for one in linked.all("invoices") if one["number"] == "Q-2"]
    assert Decimal(truth["SalesTaxTotal"]) > 0
    total = Decimal(truth["Subtotal"]) + Decimal(truth["SalesTaxTotal"])
    assert (found["subtotal"], found["tax_total"]) == (truth["Subtotal"], truth["SalesTaxTotal"])
    assert (found["total"], found["balance_remaining"]) == (str(total), truth["BalanceRemaining"])
    assert found["total_differs"] is False
    assert len(found["lines"]) == 5 + 2, "the lines of the group stand in for it"


@pytest.mark.parametrize("resource", ["invoices", "bills"])
def test_lines_that_do_not_add_up_are_stored_with_quickbooks_total_and_flagged(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch, resource: str
) -> None:
    made = met(make_world(two_way_bills=True))
    entered(made)
    line = {"AccountRef": "Rent", "Amount": "10.00"}
    made.books.add("Bill", {"VendorRef": "Acme", "RefNumber": "Q-1", "ExpenseLine": [line]})
    honest = made.books.process

    def process(text: str, **more: Any) -> str:
        answer = honest(text, **more)
        for total in ("Subtotal", "AmountDue", "OpenAmount"):
            answer = answer.replace(f"<{total}>10.00<", f"<{total}>10.01<")
        return answer

    monkeypatch.setattr(made.books, "process", process)
    made.sync()
    (found,) = made.all(resource)
    assert found["total_differs"] is True
    assert found["amount" if resource == "bills" else "subtotal"] == "10.01"
    monkeypatch.undo()
    made.books.edit(
        "Bill" if resource == "bills" else "Invoice", _txn(made, resource), {"Memo": "x"}
    )
    made.sync()
    assert made.get(resource, found["id"])["total_differs"] is False


def _txn(made: World, resource: str) -> str:
    kind = "Bill" if resource == "bills" else "Invoice"
    return str(made.books.find(kind, RefNumber="Q-1")[0]["TxnID"])


# --- to be e-mailed, voided, deleted


def test_to_be_emailed_follows_quickbooks_box(linked: World) -> None:
    client = linked.books.find("Customer", Name="Client")[0]["ListID"]
    linked.books.edit("Customer", client, {"Email": "client@example.com"})
    assert ours(linked)["to_be_emailed"] is False
    for box in (True, False):
        linked.books.edit("Invoice", theirs(linked)["TxnID"], {"IsToBeEmailed": str(box).lower()})
        linked.sync()
        assert ours(linked)["to_be_emailed"] is box


def test_an_invoice_voided_in_quickbooks_is_void(linked: World) -> None:
    linked.books.void("Invoice", theirs(linked)["TxnID"])
    linked.sync()
    found = ours(linked)
    assert (found["total"], found["memo"]) == ("0.00", "VOID:")
    assert found["voided_at"] is not None
    assert linked.sync().close_text == QUIET
    assert ours(linked)["voided_at"] == found["voided_at"]


def test_every_line_gone_to_zero_is_a_void_too(linked: World) -> None:
    lines = [{"ItemRef": "Work", "Quantity": "0", "Rate": "10.00"}]
    linked.books.edit("Invoice", theirs(linked)["TxnID"], {"InvoiceLine": lines})
    linked.sync()
    assert ours(linked)["voided_at"] is not None
    linked.books.edit("Invoice", theirs(linked)["TxnID"], {"InvoiceLine": [WORK]})
    linked.sync()
    assert (ours(linked)["voided_at"], ours(linked)["total"]) == (None, "10.00")


def test_an_amount_of_zero_alone_is_a_zero_invoice(linked: World) -> None:
    lines = [WORK, {"ItemRef": "Work", "Quantity": "-1", "Rate": "10.00"}]
    linked.books.edit("Invoice", theirs(linked)["TxnID"], {"InvoiceLine": lines})
    linked.sync()
    assert (ours(linked)["total"], ours(linked)["voided_at"]) == ("0.00", None)


def test_an_invoice_deleted_in_quickbooks_with_an_app_payment_is_a_problem(linked: World) -> None:
    found = ours(linked)
    linked.add(
        "invoice-payments",
        customer={"name": "Client"},
        payment_date="2026-03-02",
        amount="4.00",
        applications=[{"invoice": found["id"], "amount": "4.00"}],
    )
    linked.sync()
    linked.books.delete("Invoice", theirs(linked)["TxnID"])
    linked.sync()
    assert linked.all("invoices") == []
    (problem,) = linked.problems()
    assert (problem.kind, problem.record_id) == ("paid_document_deleted", found["id"])
    assert "invoice payment without number of 4.00" in problem.text
    assert "void the payment in CashFlow" in problem.advice


def test_an_invoice_deleted_in_quickbooks_without_a_payment_is_none(linked: World) -> None:
    linked.books.delete("Invoice", theirs(linked)["TxnID"])
    linked.sync()
    assert linked.all("invoices") == []
    assert linked.problems() == []
