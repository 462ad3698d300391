"""Payments of bills, with credits and discounts; macros."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.rehearsal.asking import (
    PAID,
    applied,
    ask,
    ask_all,
    bill,
    bill_add,
    books,
    envelope,
    set_credit,
)
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import RequestRefused


def check(inner: str, payee: str = "Acme", bank: str = "Checking") -> str:
    return (
        "<BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef>"
        f"<FullName>{payee}</FullName></PayeeEntityRef><BankAccountRef>"
        f"<FullName>{bank}</FullName></BankAccountRef><IsToBePrinted>false</IsToBePrinted>"
        f"{inner}</BillPaymentCheckAdd></BillPaymentCheckAddRq>"
    )


def view(company: CompanyFile, kind: str, txn_id: str) -> dict[str, Any]:
    return company.get(kind, txn_id)


def test_a_check_pays_bills_and_leaves_their_times_alone() -> None:
    company = books()
    one, two = bill(company), bill(company, amount="50.00")
    before = view(company, "Bill", one)
    company.advance(60)
    answer = ask(
        company, check(applied(one, PAID.format("100.00")) + applied(two, PAID.format("20.00")))
    )
    assert (answer.code, answer.get("Amount")) == (0, "120.00")
    assert answer.every("BillPaymentCheckRet/AppliedToTxnRet/BalanceRemaining") == ["0.00", "30.00"]
    after = view(company, "Bill", one)
    assert (after["IsPaid"], after["OpenAmount"], after["AmountDue"]) == ("true", "0.00", "100.00")
    assert after["TimeModified"] == before["TimeModified"]
    assert after["EditSequence"] == before["EditSequence"]
    assert after["LinkedTxn"][0]["TxnType"] == "BillPaymentCheck"
    assert after["LinkedTxn"][0]["Amount"] == "-100.00"
    assert company.balance("Checking") == Decimal("-120.00")


def test_paying_more_than_is_due_is_3210() -> None:
    company = books()
    txn_id = bill(company)
    answer = ask(company, check(applied(txn_id, PAID.format("129.43"))))
    assert (answer.code, answer.text) == (
        3210,
        'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
        "QuickBooks error message: You cannot pay more than the amount due.",
    )
    twice = applied(txn_id, PAID.format("60.00")) * 2
    assert ask(company, check(twice)).code == 3210
    assert company.all("BillPaymentCheck") == []


def test_a_paid_bill_and_anothers_bill_cannot_be_found() -> None:
    company = books()
    paid, foreign = bill(company), bill(company, vendor="Bolt")
    pay = check(applied(paid, PAID.format("100.00")))
    assert [a.code for a in ask_all(company, pay + pay).answers] == [0, 3120]
    assert ask(company, check(applied(foreign, PAID.format("1.00")))).code == 3120


@pytest.mark.parametrize(
    "inner,bank,code",
    [
        ("", "Checking", 3180),
        (PAID.format("1.00"), "Rent", 3140),
        (PAID.format("1.00"), "Card", 3140),
        ("<DiscountAmount>1.00</DiscountAmount>", "Checking", 3150),
    ],
)
def test_payments_that_are_refused(inner: str, bank: str, code: int) -> None:
    company = books()
    assert ask(company, check(applied(bill(company), inner), bank=bank)).code == code
    assert company.balance("Accounts Payable") == Decimal("-100.00")


def test_a_discount_counts_as_paid() -> None:
    company = books()
    txn_id = bill(company)
    answer = ask(
        company,
        check(
            applied(
                txn_id,
                PAID.format("95.00") + "<DiscountAmount>5.00</DiscountAmount><DiscountAccountRef>"
                "<FullName>Discounts</FullName></DiscountAccountRef>",
            )
        ),
    )
    assert answer.get("AppliedToTxnRet/DiscountAmount") == "5.00"
    assert view(company, "Bill", txn_id)["IsPaid"] == "true"
    assert company.balance("Discounts") == Decimal("-5.00")
    company.void("BillPaymentCheck", company.find("BillPaymentCheck")[0]["TxnID"])
    assert company.balance("Discounts") == 0


def test_a_credit_card_pays_too() -> None:
    company = books()
    body = (
        check(applied(bill(company), PAID.format("100.00")), bank="Card")
        .replace("BillPaymentCheckAdd", "BillPaymentCreditCardAdd")
        .replace("BankAccountRef", "CreditCardAccountRef")
        .replace("<IsToBePrinted>false</IsToBePrinted>", "")
    )
    assert ask(company, body).get("Amount") == "100.00"
    assert company.find("Account", Name="Card")[0]["Balance"] == "100.00"


def credit_of(company: CompanyFile, amount: str) -> str:
    return company.add(
        "VendorCredit",
        {"VendorRef": "Acme", "ExpenseLine": [{"AccountRef": "Rent", "Amount": amount}]},
    )


def test_a_credit_travels_with_the_payment() -> None:
    company = books()
    txn_id, credit = bill(company), credit_of(company, "30.00")
    answer = ask(
        company, check(applied(txn_id, PAID.format("70.00") + set_credit(credit, "30.00")))
    )
    assert answer.get("Amount") == "70.00"
    assert answer.get("AppliedToTxnRet/LinkedTxn/TxnID") == credit
    assert view(company, "VendorCredit", credit)["OpenAmount"] == "0.00"
    assert view(company, "Bill", txn_id)["IsPaid"] == "true"


def test_voiding_the_payment_leaves_its_credits_applied_and_deleting_frees_them() -> None:
    company = books()
    txn_id, credit = bill(company), credit_of(company, "30.00")
    body = check(applied(txn_id, PAID.format("70.00") + set_credit(credit, "30.00")))
    payment = ask(company, body).get("TxnID")
    assert payment
    void = (
        "<TxnVoidRq><TxnVoidType>BillPaymentCheck</TxnVoidType>"
        f"<TxnID>{payment}</TxnID></TxnVoidRq>"
    )
    assert ask(company, void).code == 0
    assert view(company, "Bill", txn_id)["OpenAmount"] == "70.00"
    assert view(company, "VendorCredit", credit)["OpenAmount"] == "0.00"
    assert view(company, "BillPaymentCheck", payment)["Amount"] == "0.00"
    assert ask(company, void.replace("Void", "Del")).code == 0
    assert view(company, "Bill", txn_id)["OpenAmount"] == "100.00"
    assert view(company, "VendorCredit", credit)["OpenAmount"] == "30.00"


def test_a_payment_by_credits_alone_gets_a_thin_reply() -> None:
    company = books()
    txn_id, credit = bill(company, amount="30.00"), credit_of(company, "50.00")
    answer = ask(company, check(applied(txn_id, set_credit(credit, "30.00"))))
    assert (answer.code, answer.get("TxnID"), answer.get("Amount")) == (0, None, "0.00")
    assert view(company, "Bill", txn_id)["IsPaid"] == "true"
    assert view(company, "VendorCredit", credit)["OpenAmount"] == "20.00"
    assert company.all("BillPaymentCheck") == []


def test_a_credit_gives_no_more_than_it_has() -> None:
    company = books()
    txn_id, credit = bill(company), credit_of(company, "30.00")
    assert ask(company, check(applied(txn_id, set_credit(credit, "30.01")))).code == 3210


def test_documents_with_applications_resist_the_wire() -> None:
    company = books()
    txn_id = bill(company)
    ask(company, check(applied(txn_id, PAID.format("10.00"))))
    remove = "<Txn{0}Rq><Txn{0}Type>Bill</Txn{0}Type><TxnID>{1}</TxnID></Txn{0}Rq>"
    codes = [
        a.code
        for a in ask_all(
            company, remove.format("Void", txn_id) + remove.format("Del", txn_id)
        ).answers
    ]
    assert codes == [3185, 3160]


def test_bills_to_pay_tell_what_is_left_of_one_vendor() -> None:
    company = books()
    txn_id = bill(company, RefNumber="R")
    credit = credit_of(company, "30.00")
    bill(company, vendor="Bolt")
    ask(company, check(applied(txn_id, PAID.format("10.00"))))
    query = (
        "<BillToPayQueryRq><PayeeEntityRef><FullName>{}</FullName></PayeeEntityRef>"
        "</BillToPayQueryRq>"
    )
    answer = ask(company, query.format("Acme"))
    assert answer.every("BillToPayRet/BillToPay/AmountDue") == ["90.00"]
    assert answer.every("BillToPayRet/CreditToApply/TxnID") == [credit]
    company.add("Vendor", {"Name": "Idle"})
    assert ask(company, query.format("Idle")).code == 1
    assert ask(company, query.format("Nobody")).code == 3140


def test_open_amount_can_be_missing_or_the_whole_vendors_and_bills_to_pay_are_right() -> None:
    company = books()
    txn_id = bill(company)
    credit_of(company, "30.00")
    query = f"<BillQueryRq><TxnID>{txn_id}</TxnID></BillQueryRq>"
    told = []
    for company.open_amounts in ("own", "omitted", "vendor"):
        told.append(ask(company, query).every("BillRet/OpenAmount"))
    assert told == [["100.00"], [], ["70.00"]]
    left = ask(
        company,
        "<BillToPayQueryRq><PayeeEntityRef><FullName>Acme</FullName></PayeeEntityRef>"
        "</BillToPayQueryRq>",
    )
    assert left.every("BillToPayRet/BillToPay/AmountDue") == ["100.00"]


def test_a_macro_lets_one_set_add_a_bill_and_pay_it() -> None:
    company = books()
    add = bill_add().replace("<BillAdd>", '<BillAdd defMacro="TxnID:b">')
    pay = check(
        '<AppliedToTxnAdd><TxnID useMacro="TxnID:b"/>'
        "<PaymentAmount>100.00</PaymentAmount></AppliedToTxnAdd>"
    )
    assert [a.code for a in ask_all(company, add + pay).answers] == [0, 0]
    assert company.find("Bill")[0]["IsPaid"] == "true"


def test_another_payable_account_or_vendors_credit_cannot_be_found() -> None:
    company = books()
    company.add("Account", {"Name": "Other Payable", "AccountType": "AccountsPayable"})
    txn_id = bill(company)
    account = "<APAccountRef><FullName>Other Payable</FullName></APAccountRef>"
    body = check(applied(txn_id, PAID.format("1.00")))
    other = body.replace("<BankAccountRef>", f"{account}<BankAccountRef>")
    assert ask(company, other).code == 3120
    foreign = company.add(
        "VendorCredit",
        {"VendorRef": "Bolt", "ExpenseLine": [{"AccountRef": "Rent", "Amount": "5.00"}]},
    )
    assert ask(company, check(applied(txn_id, set_credit(foreign, "5.00")))).code == 3120
    assert company.all("BillPaymentCheck") == []


def test_a_credit_that_is_used_up_gives_no_more() -> None:
    company = books()
    one, two, credit = bill(company), bill(company), credit_of(company, "30.00")
    assert ask(company, check(applied(one, set_credit(credit, "30.00")))).code == 0
    assert ask(company, check(applied(two, set_credit(credit, "0.01")))).code == 3210


BOTH = "<IsToBePrinted>false</IsToBePrinted><RefNumber>7</RefNumber>"


@pytest.mark.parametrize("choice", ["", BOTH])
def test_a_check_says_number_or_printing_and_never_both(choice: str) -> None:
    company = books()
    body = check(applied(bill(company), PAID.format("1.00")))
    wrong = body.replace("<IsToBePrinted>false</IsToBePrinted>", choice)
    with pytest.raises(RequestRefused):
        company.process(envelope(wrong))
    assert company.all("BillPaymentCheck") == []
