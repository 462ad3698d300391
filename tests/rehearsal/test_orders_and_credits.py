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


@pytest.mark.parametrize(("keeps", "tied"), [(True, True), (False, False)])
def test_the_tie_to_an_order_goes_with_the_last_line_of_its_bill(keeps: bool, tied: bool) -> None:
    company = books()
    company.add("Account", {"Name": "Works", "AccountType": "Income"})
    price = {"Price": "1.00", "AccountRef": "Works"}
    company.add("ItemService", {"Name": "Digging", "SalesOrPurchase": price})
    wanted = {"ItemRef": "Digging", "Quantity": "2", "Rate": "3.00"}
    order = company.add("PurchaseOrder", {"VendorRef": "Acme", "PurchaseOrderLine": [wanted]})
    lines = [{"AccountRef": "Rent", "Amount": amount} for amount in ("2.00", "4.00")]
    made = company.add("Bill", {"VendorRef": "Acme", "ExpenseLine": lines, "LinkToTxnID": [order]})
    view = company.get("Bill", made)
    kept = f"<TxnLineID>{view['ExpenseLine'][1]['TxnLineID'] if keeps else '-1'}</TxnLineID>"
    account = "" if keeps else "<AccountRef><FullName>Rent</FullName></AccountRef>"
    answer = ask(
        company,
        f"<BillModRq><BillMod><TxnID>{made}</TxnID><EditSequence>{view['EditSequence']}"
        f"</EditSequence><ExpenseLineMod>{kept}{account}<Amount>5.00</Amount></ExpenseLineMod>"
        "</BillMod></BillModRq>",
    )
    assert answer.code == 0, answer.text
    assert (ask(company, LINKED).get("LinkedTxn/TxnType") == "PurchaseOrder") is tied


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
