"""Invoices with tax, receipts, credit memos, transfers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.rehearsal.asking import PAID, applied, ask, bill, books, invoice, set_credit
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import StatusError


def taxed_books() -> CompanyFile:
    company = books()
    company.add("Vendor", {"Name": "State"})
    company.add("ItemSalesTax", {"Name": "VAT", "TaxRate": "8.25", "TaxVendorRef": "State"})
    company.add(
        "ItemService",
        {
            "Name": "Taxed",
            "SalesTaxCodeRef": "Tax",
            "SalesOrPurchase": {"Price": "10", "AccountRef": "Sales"},
        },
    )
    return company


def invoice_add(lines: str, head: str = "", tail: str = "") -> str:
    return (
        f"<InvoiceAddRq><InvoiceAdd><CustomerRef><FullName>Cole</FullName></CustomerRef>{head}"
        f"{tail}{lines}</InvoiceAdd></InvoiceAddRq>"
    )


def line(item: str, more: str = "") -> str:
    return f"<InvoiceLineAdd><ItemRef><FullName>{item}</FullName></ItemRef>{more}</InvoiceLineAdd>"


def receive(inner: str, total: str = "", customer: str = "Cole") -> str:
    amount = f"<TotalAmount>{total}</TotalAmount>" if total else ""
    return (
        "<ReceivePaymentAddRq><ReceivePaymentAdd><CustomerRef>"
        f"<FullName>{customer}</FullName></CustomerRef>{amount}{inner}"
        "</ReceivePaymentAdd></ReceivePaymentAddRq>"
    )


def view(company: CompanyFile, kind: str, txn_id: str) -> dict[str, Any]:
    return company.get(kind, txn_id)


def test_tax_is_reckoned_on_taxable_lines() -> None:
    company = taxed_books()
    tax = "<ItemSalesTaxRef><FullName>VAT</FullName></ItemSalesTaxRef>"
    answer = ask(company, invoice_add(line("Work") + line("Taxed", "<Quantity>3</Quantity>"), tax))
    assert answer.code == 0
    assert (
        answer.get("Subtotal"),
        answer.get("SalesTaxPercentage"),
        answer.get("SalesTaxTotal"),
        answer.get("BalanceRemaining"),
    ) == ("80.00", "8.25", "2.48", "82.48")
    assert company.balance("Sales Tax Payable") == Decimal("-2.48")
    assert company.find("Customer", Name="Cole")[0]["TotalBalance"] == "82.48"


def test_an_exempt_customer_pays_no_tax() -> None:
    company = taxed_books()
    tail = "<CustomerSalesTaxCodeRef><FullName>Non</FullName></CustomerSalesTaxCodeRef>"
    tax = "<ItemSalesTaxRef><FullName>VAT</FullName></ItemSalesTaxRef>"
    assert ask(company, invoice_add(line("Taxed"), tax, tail)).get("SalesTaxTotal") == "0.00"


def test_tax_references_need_sales_tax() -> None:
    company = books(sales_tax=False)
    code = "<SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef>"
    assert ask(company, invoice_add(line("Work", code))).code == 3250
    plain = ask(company, invoice_add(line("Work")))
    assert (plain.get("Subtotal"), plain.get("SalesTaxTotal")) == ("50.00", None)


def test_subtotal_and_discount_lines() -> None:
    company = books()
    company.add("ItemSubtotal", {"Name": "Sub"})
    company.add("ItemDiscount", {"Name": "10%", "DiscountRatePercent": 10, "AccountRef": "Sales"})
    answer = ask(
        company,
        invoice_add(
            line("Work", "<Quantity>2</Quantity>") + line("Work") + line("Sub") + line("10%")
        ),
    )
    assert answer.every("InvoiceRet/InvoiceLineRet/Amount") == [
        "100.00",
        "50.00",
        "150.00",
        "-15.00",
    ]
    assert answer.get("Subtotal") == "135.00"


def test_a_line_of_words_only_is_allowed_on_an_invoice() -> None:
    words = "<InvoiceLineAdd><Desc>Thanks</Desc></InvoiceLineAdd>"
    assert ask(books(), invoice_add(line("Work") + words)).code == 0


def test_e_mailing_needs_an_address() -> None:
    company = books()
    company.edit("Customer", company.find("Customer", Name="Cole")[0]["ListID"], {"Email": ""})
    tail = "<IsToBeEmailed>true</IsToBeEmailed>"
    assert ask(company, invoice_add(line("Work"), "", tail)).code == 3180


def test_a_receipt_pays_an_invoice() -> None:
    company = books()
    txn_id = invoice(company)
    before = view(company, "Invoice", txn_id)
    company.advance(60)
    answer = ask(company, receive(applied(txn_id, PAID.format("60.00")), "75.00"))
    assert (answer.get("TotalAmount"), answer.get("UnusedPayment")) == ("75.00", "15.00")
    assert answer.get("DepositToAccountRef/FullName") == "Undeposited Funds"
    after = view(company, "Invoice", txn_id)
    assert (after["AppliedAmount"], after["BalanceRemaining"], after["IsPaid"]) == (
        "-60.00",
        "40.00",
        "false",
    )
    assert after["TimeModified"] == before["TimeModified"]
    assert company.balance("Accounts Receivable") == Decimal("25.00")


@pytest.mark.parametrize(
    "customer,total,amount,code",
    [
        ("Cole", "50.00", "60.00", 3210),
        ("Cole:Kitchen", "60.00", "60.00", 3120),
        ("Cole", "200.00", "150.00", 3210),
        ("Cole", "-5.00", "5.00", 3210),
    ],
)
def test_receipts_that_are_refused(customer: str, total: str, amount: str, code: int) -> None:
    company = books()
    body = receive(applied(invoice(company), PAID.format(amount)), total, customer)
    assert ask(company, body).code == code
    assert company.all("ReceivePayment") == []


def test_automatic_application_takes_the_exact_one_else_the_oldest() -> None:
    company = books()
    old = invoice(company, TxnDate="2026-01-01")
    exact = invoice(company, quantity=1, TxnDate="2026-01-05")
    auto = "<IsAutoApply>{}</IsAutoApply>"
    ask(company, receive(auto.format("true"), "50.00"))
    assert view(company, "Invoice", exact)["IsPaid"] == "true"
    ask(company, receive(auto.format("true"), "30.00"))
    assert view(company, "Invoice", old)["BalanceRemaining"] == "70.00"
    assert ask(company, receive(auto.format("false"), "5.00")).get("UnusedPayment") == "5.00"


def test_a_credit_memo_is_applied_and_told_of() -> None:
    company = books()
    txn_id = invoice(company)
    memo = company.add(
        "CreditMemo",
        {"CustomerRef": "Cole", "CreditMemoLine": [{"ItemRef": "Work", "Quantity": 1}]},
    )
    assert view(company, "CreditMemo", memo)["CreditRemaining"] == "50.00"
    answer = ask(
        company, receive(applied(txn_id, PAID.format("20.00") + set_credit(memo, "30.00")), "20.00")
    )
    assert (answer.code, answer.get("UnusedCredits")) == (0, "20.00")
    assert view(company, "Invoice", txn_id)["BalanceRemaining"] == "50.00"
    query = "<CreditMemoQueryRq><IncludeLineItems>true</IncludeLineItems></CreditMemoQueryRq>"
    assert ask(company, query).get("CreditRemaining") == "20.00"


def test_an_invoice_may_set_credits_when_it_is_added() -> None:
    company = books()
    memo = company.add(
        "CreditMemo",
        {"CustomerRef": "Cole", "CreditMemoLine": [{"ItemRef": "Work", "Quantity": 1}]},
    )
    answer = ask(company, invoice_add(line("Work"), "", set_credit(memo, "50.00")))
    assert (answer.code, answer.get("IsPaid"), answer.get("LinkedTxn/TxnID")) == (0, "true", None)
    too_much = invoice_add(line("Work"), "", set_credit(memo, "1.00"))
    assert ask(company, too_much).code == 3210
    assert len(company.all("Invoice")) == 1


def test_a_receipt_is_deleted_not_voided_and_not_out_of_a_deposit() -> None:
    company = books()
    txn_id = invoice(company)
    payment = company.add(
        "ReceivePayment",
        {
            "CustomerRef": "Cole",
            "TotalAmount": 100,
            "AppliedToTxn": [{"TxnID": txn_id, "PaymentAmount": 100}],
        },
    )
    with pytest.raises(StatusError, match="3185"):
        company.void("ReceivePayment", payment)
    deposit = company.add(
        "Deposit", {"DepositToAccountRef": "Checking", "DepositLine": [{"PaymentTxnID": payment}]}
    )
    delete = f"<TxnDelRq><TxnDelType>ReceivePayment</TxnDelType><TxnID>{payment}</TxnID></TxnDelRq>"
    answer = ask(company, delete)
    assert answer.code == 3180
    assert "delete this transaction from the deposit" in answer.text
    company.delete("Deposit", deposit)
    assert ask(company, delete).code == 0
    assert view(company, "Invoice", txn_id)["BalanceRemaining"] == "100.00"


def test_a_bookkeepers_edit_of_a_payment_applies_it_anew() -> None:
    company = books()
    one, two = bill(company), bill(company)
    payment = company.add(
        "BillPaymentCheck",
        {
            "PayeeEntityRef": "Acme",
            "BankAccountRef": "Checking",
            "RefNumber": "1",
            "AppliedToTxn": [{"TxnID": one, "PaymentAmount": 10}],
        },
    )
    company.edit(
        "BillPaymentCheck", payment, {"AppliedToTxn": [{"TxnID": two, "PaymentAmount": 15}]}
    )
    assert view(company, "Bill", one)["OpenAmount"] == "100.00"
    assert view(company, "Bill", two)["OpenAmount"] == "85.00"
    assert company.balance("Checking") == Decimal("-15.00")


def test_a_paid_invoice_deleted_by_the_bookkeeper_leaves_the_payment_unused() -> None:
    company = books()
    txn_id = invoice(company)
    payment = company.add(
        "ReceivePayment", {"CustomerRef": "Cole", "TotalAmount": 100, "IsAutoApply": True}
    )
    company.delete("Invoice", txn_id)
    assert view(company, "ReceivePayment", payment)["UnusedPayment"] == "100.00"
    assert company.balance("Accounts Receivable") == Decimal("-100.00")


@pytest.mark.parametrize(
    "source,target,amount,code",
    [
        ("Checking", "Card", "25.00", 0),
        ("Checking", "Checking", "25.00", 3180),
        ("Checking", "Rent", "25.00", 3140),
        ("Checking", "Accounts Payable", "25.00", 3140),
        ("Checking", "Card", "0.00", 3210),
        ("Checking", "", "25.00", 3150),
    ],
)
def test_transfers(source: str, target: str, amount: str, code: int) -> None:
    company = books()
    body = (
        "<TransferAddRq><TransferAdd><TransferFromAccountRef>"
        f"<FullName>{source}</FullName></TransferFromAccountRef><TransferToAccountRef>"
        f"<FullName>{target}</FullName></TransferToAccountRef><Amount>{amount}</Amount>"
        "<Memo>token</Memo></TransferAdd></TransferAddRq>"
    )
    assert ask(company, body).code == code
    if code == 0:
        assert company.balance("Checking") == Decimal("-25.00")
        assert ask(company, "<TransferQueryRq/>").get("FromAccountBalance") == "-25.00"
