"""Invoices: pulled from the start date on, pushed once, locked afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from store.errors import Refused
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World


@pytest.fixture
def linked(acme: World) -> World:
    """A company with one invoice of QuickBooks."""
    invoice(acme, "2026-03-05", RefNumber="Q-1")
    acme.sync()
    return acme


def client_of(made: World) -> str:
    """The one customer's ListID."""
    return str(made.books.find("Customer", Name="Client")[0]["ListID"])


def ours(made: World, **more: Any) -> dict[str, Any]:
    """An invoice made in the App."""
    line = {"item": {"name": "Work"}, "description": "hours", "quantity": "1.5", "rate": "99.99"}
    body = {"customer": {"name": "Client"}, "invoice_date": "2026-03-06", "lines": [line]} | more
    return made.add("invoices", **body)


def test_an_app_invoice_goes_once_and_is_then_locked(linked: World) -> None:
    made = ours(linked, number="A-1")
    linked.change("invoices", made["id"], memo="still ours")
    linked.sync()
    (theirs,) = linked.books.find("Invoice", RefNumber="A-1")
    assert theirs["Memo"] == "still ours"
    found = linked.get("invoices", made["id"])
    assert (found["subtotal"], found["total"], found["balance_remaining"]) == (
        theirs["Subtotal"],
        "149.99",
        "149.99",
    )
    with pytest.raises(Refused, match="QuickBooks"):
        linked.change("invoices", made["id"], memo="too late")
    with pytest.raises(Refused, match="QuickBooks"):
        linked.delete("invoices", made["id"])


def test_quickbooks_edits_of_our_invoice_come_back(linked: World) -> None:
    made = ours(linked, number="A-1")
    linked.sync()
    (theirs,) = linked.books.find("Invoice", RefNumber="A-1")
    linked.books.edit("Invoice", theirs["TxnID"], {"Memo": "from QuickBooks", "PONumber": "PO 7"})
    linked.sync()
    found = linked.get("invoices", made["id"])
    assert (found["memo"], found["po_number"]) == ("from QuickBooks", "PO 7")
    assert found["sync"]["state"] == "synced"


def test_quickbooks_lines_replace_ours(linked: World) -> None:
    (found,) = linked.all("invoices")
    (theirs,) = linked.books.find("Invoice", RefNumber="Q-1")
    line = {"ItemRef": {"FullName": "Work"}, "Quantity": "2", "Rate": "25.00"}
    linked.books.edit("Invoice", theirs["TxnID"], {"InvoiceLine": [line, line]})
    linked.sync()
    after = linked.get("invoices", found["id"])
    assert [x["amount"] for x in after["lines"]] == ["50.00", "50.00"]
    assert after["total"] == "100.00"


def test_an_invoice_deleted_in_quickbooks_is_deleted_in_the_app(linked: World) -> None:
    (theirs,) = linked.books.find("Invoice", RefNumber="Q-1")
    linked.books.delete("Invoice", theirs["TxnID"])
    linked.sync()
    assert linked.all("invoices") == []


def test_taxable_lines_carry_the_companys_default_codes(linked: World) -> None:
    ours(
        linked,
        number="T-1",
        lines=[
            {"item": {"name": "Work"}, "quantity": "1", "rate": "10", "taxable": True},
            {"item": {"name": "Work"}, "quantity": "1", "rate": "20", "taxable": False},
        ],
    )
    linked.sync()
    (theirs,) = linked.books.find("Invoice", RefNumber="T-1")
    codes = [line["SalesTaxCodeRef"]["FullName"] for line in theirs["InvoiceLine"]]
    assert codes == ["Tax", "Non"]
    (found,) = [i for i in linked.all("invoices") if i["number"] == "T-1"]
    assert [line["taxable"] for line in found["lines"]] == [True, False]


def test_printing_and_mailing_are_sent_explicitly(linked: World) -> None:
    linked.books.edit("Customer", client_of(linked), {"Email": "client@example.com"})
    ours(linked, number="E-1", to_be_emailed=True)
    linked.sync()
    (theirs,) = linked.books.find("Invoice", RefNumber="E-1")
    assert (theirs["IsToBePrinted"], theirs["IsToBeEmailed"]) == ("false", "true")


def test_a_number_the_customer_already_has_makes_no_second_invoice(linked: World) -> None:
    made = ours(linked, number="q-1")
    linked.sync()
    assert len(linked.books.all("Invoice")) == 1
    assert linked.get("invoices", made["id"])["sync"]["state"] == "failed"
    assert [p.kind for p in linked.problems()] == ["duplicate"]


def test_an_arriving_invoice_like_an_unsent_one_makes_no_second_app_record(linked: World) -> None:
    made = ours(linked, number="SAME")
    invoice(linked, "2026-03-06", RefNumber="SAME")
    linked.sync()
    assert len([i for i in linked.all("invoices") if i["number"] == "SAME"]) == 1
    assert len(linked.books.find("Invoice", RefNumber="SAME")) == 1
    assert linked.get("invoices", made["id"])["sync"]["state"] == "failed"


def pay_in_quickbooks(made: World, amount: str) -> str:
    """The bookkeeper receives a payment of the one invoice."""
    (theirs,) = made.books.find("Invoice", RefNumber="Q-1")
    return made.books.add(
        "ReceivePayment",
        {
            "CustomerRef": {"FullName": "Client"},
            "TxnDate": "2026-03-05",
            "TotalAmount": amount,
            "AppliedToTxn": [{"TxnID": theirs["TxnID"], "PaymentAmount": amount}],
        },
    )


def test_a_payment_in_quickbooks_moves_the_balance_though_not_the_modification_time(
    linked: World,
) -> None:
    pay_in_quickbooks(linked, "4.00")
    linked.sync()
    (found,) = linked.all("invoices")
    assert (found["balance_remaining"], found["is_paid"]) == ("6.00", False)
    pay_in_quickbooks(linked, "6.00")
    linked.sync()
    (found,) = linked.all("invoices")
    assert (found["balance_remaining"], found["is_paid"]) == ("0.00", True)
    log = linked.sync()
    assert log.close_text == "0 changes in, 0 out, 0 problems"
    assert len(log.requests) == 1, "what the payments say is known already"


def test_all_open_invoices_are_looked_at_once_a_day(linked: World) -> None:
    (theirs,) = linked.books.find("Invoice", RefNumber="Q-1")
    asked = f"<TxnID>{theirs['TxnID']}</TxnID>"
    assert asked not in linked.sync().requests[0]
    linked.clock.advance(days=1)
    assert asked in linked.sync().requests[0]
    assert asked not in linked.sync().requests[0]
