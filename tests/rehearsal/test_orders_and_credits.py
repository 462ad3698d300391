"""Purchase orders tied to bills, and credits set from their own window."""

from __future__ import annotations

import pytest

from tests.rehearsal.asking import ask, bill, books
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import StatusError

LINKED = "<BillQueryRq><IncludeLinkedTxns>true</IncludeLinkedTxns></BillQueryRq>"


def credit(company: CompanyFile, amount: str = "30.00") -> str:
    line = {"AccountRef": "Rent", "Amount": amount}
    return company.add("VendorCredit", {"VendorRef": "Acme", "ExpenseLine": [line]})


def test_a_bill_is_tied_to_its_order_which_pays_nothing_of_it() -> None:
    company = books()
    company.add("Account", {"Name": "Works", "AccountType": "Income"})
    company.add(
        "ItemService",
        {"Name": "Digging", "SalesOrPurchase": {"Price": "1.00", "AccountRef": "Works"}},
    )
    line = {"ItemRef": "Digging", "Quantity": "2", "Rate": "3.00"}
    order = company.add(
        "PurchaseOrder", {"VendorRef": "Acme", "RefNumber": "PO-1", "PurchaseOrderLine": [line]}
    )
    expense = {"AccountRef": "Rent", "Amount": "6.00"}
    fields = {"ExpenseLine": [expense], "LinkToTxnID": [order]}
    company.add("Bill", {"VendorRef": "Acme", **fields})
    answer = ask(company, LINKED)
    assert answer.get("LinkedTxn/TxnType") == "PurchaseOrder"
    assert answer.get("LinkedTxn/RefNumber") == "PO-1"
    assert answer.get("LinkedTxn/LinkType") == "QUANTYPE"
    assert answer.get("OpenAmount") == "6.00"
    other = company.add("Vendor", {"Name": "Other"})
    with pytest.raises(StatusError):
        company.add("Bill", {"VendorRef": {"ListID": other}, **fields})


def test_setting_a_credit_edits_the_credit_and_not_the_bill() -> None:
    company = books()
    owed, source = bill(company), credit(company)
    before = company.get("Bill", owed)
    company.advance(60)
    company.apply_credit("VendorCredit", source, owed, "25.00")
    after, left = company.get("Bill", owed), company.get("VendorCredit", source)
    assert after["EditSequence"] == before["EditSequence"]
    assert left["EditSequence"] != before["EditSequence"]
    assert (after["OpenAmount"], left["OpenAmount"]) == ("75.00", "5.00")
    assert company.all("BillPaymentCheck") == []
    with pytest.raises(StatusError):
        company.apply_credit("VendorCredit", source, owed, "5.01")
