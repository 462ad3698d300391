"""March 2026: the two books meet, the first bills, invoices and payments.

Owns these steps. Two-way bills are off.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from store import company_moves, problem_acts
from store.errors import Refused
from tests.acceptance.year import ADMIN, APP, BOOKKEEPER, BOTH, Act, Script, Year

MARCH = Script()
RENT = {"account": {"name": "Rent"}}


@MARCH.on("2026-03-02", BOTH)
def both_have_worked_before_they_meet(y: Year) -> None:
    _lists_there(y)
    _items_there(y)
    y.enter("Vendor", "acme", Name="Acme", Phone="207-555-1", TermsRef="Net 30")
    y.enter("Vendor", "harbour", Name="Harbour Supply")
    y.enter("Vendor", "summit", Name="Summit Foods")
    y.enter("Customer", "river", Name="River House", TermsRef="Net 30", Email="r@example.com")
    y.enter("Customer", "maple", Name="Maple Court", ItemSalesTaxRef="State Tax")
    bill_there(y, "old bill", "Acme", "2026-02-10", "A-1", "410.00")
    invoice_there(y, "old invoice", "River House", "2026-02-20", "90")
    y.add("vendors", "acme here", name="Acme", email="acme@example.com")
    y.add("vendors", "harbor here", name="HARBOUR, Supply")
    y.add("vendors", "zen", name="Zen Garden", company_name="Zen Garden LLC")
    y.add("accounts", "travel", name="Travel", type="Expense")
    for word, day in (("january", "2026-01-20"), ("february", "2026-02-25")):
        lines = [{"account": y.ids["travel"], "amount": "75.00"}]
        y.add("bills", word, vendor=y.ids["zen"], bill_date=day, number=word, expense_lines=lines)
    before = {kind: len(y.made.books.all(kind)) for kind in ("Vendor", "Account", "Bill")}
    y.made.sync()  # only a preview: the two books may differ as they like
    assert before == {kind: len(y.made.books.all(kind)) for kind in before}


def _lists_there(y: Year) -> None:
    for name, kind, opening in (
        ("Checking", "Bank", 25000),
        ("Savings", "Bank", 80000),
        ("Money Out Clearing", "Bank", 0),
        ("Money In Clearing", "Bank", 0),
        ("Company Card", "CreditCard", 1200),
        ("Rent", "Expense", 0),
        ("Office", "Expense", 0),
        ("Utilities", "Expense", 0),
        ("Job Costs", "CostOfGoodsSold", 0),
        ("Sales", "Income", 0),
        ("Discounts", "Income", 0),
    ):
        opened = {"OpenBalance": opening} if opening else {}
        y.enter("Account", name, Name=name, AccountType=kind, **opened)
    y.enter("Account", "paper", Name="Paper", AccountType="Expense", ParentRef="Office")
    y.enter("Class", "east", Name="East")
    y.enter("Class", "west", Name="West")
    y.enter("StandardTerms", "net 30", Name="Net 30", StdDueDays="30")
    y.enter("PaymentMethod", Name="Check")


def _items_there(y: Year) -> None:
    sold = {"SalesPrice": 80, "IncomeAccountRef": "Sales"}
    bought = {"PurchaseCost": 55, "ExpenseAccountRef": "Job Costs"}
    y.enter("Vendor", Name="State Tax Board")
    y.enter(
        "ItemService", "work", Name="Work", SalesOrPurchase={"Price": 10, "AccountRef": "Sales"}
    )
    y.enter("ItemService", "crew", Name="Crew", SalesAndPurchase=sold | bought)
    y.enter("ItemSubtotal", Name="Subtotal", ItemDesc="Subtotal")
    y.enter("ItemDiscount", Name="10% off", DiscountRatePercent=10, AccountRef="Discounts")
    y.enter(
        "ItemGroup",
        Name="Kit",
        ItemDesc="A kit",
        ItemGroupLine=[{"ItemRef": "Work", "Quantity": 2}, {"ItemRef": "Crew", "Quantity": 1}],
    )
    y.enter("ItemSalesTax", Name="State Tax", TaxRate="5.5", TaxVendorRef="State Tax Board")
    y.made.books.default_tax_item = "State Tax"


def bill_there(y: Year, word: str, vendor: str, day: str, number: str, amount: str) -> str:
    line = {"AccountRef": "Rent", "Amount": amount}
    fields = {"VendorRef": vendor, "TxnDate": day, "RefNumber": number, "ExpenseLine": [line]}
    return y.enter("Bill", word, **fields)


def invoice_there(y: Year, word: str, customer: str, day: str, number: str) -> str:
    line = {"ItemRef": "Work", "Quantity": "10", "Rate": "12.50", "SalesTaxCodeRef": "Non"}
    fields = {"CustomerRef": customer, "TxnDate": day, "RefNumber": number, "InvoiceLine": [line]}
    return y.enter("Invoice", word, **fields)


@MARCH.on("2026-03-02", ADMIN)
def presses_start_and_the_same_names_are_one_record(y: Year) -> Act:
    y.made.start()
    y.expect("possible_duplicate", "harbor here", "HARBOUR, Supply is not Harbour Supply")
    y.differs("harbor here", "waits for a person")
    y.differs("january", "made before the connection")
    y.differs("february", "made before the connection")
    yield
    found = y.here("vendors", "acme here")
    assert (found["sync"]["quickbooks_id"], found["phone"]) == (y.ids["acme"], "207-555-1")
    assert y.there("Vendor", "acme")["Email"] == "acme@example.com"
    assert len(y.made.books.find("Vendor", Name="Zen Garden")) == 1


@MARCH.on("2026-03-03", ADMIN)
def lets_the_earlier_bills_since_february_go(y: Year) -> Act:
    y.made.prefer(earlier_transactions="2026-02-01")
    y.agrees("february")
    yield
    assert y.state("bills", "january") == "not_synced"
    assert y.there("Bill", "february")["AmountDue"] == "75.00"


@MARCH.on("2026-03-04", APP)
def gives_the_possible_duplicate_another_name(y: Year) -> Act:
    y.change("vendors", "harbor here", name="Pier 4 Chandlers")
    y.over("possible_duplicate", "harbor here")
    y.agrees("harbor here")
    yield
    assert y.state("vendors", "harbor here") == "synced"
    assert len(y.made.books.find("Vendor", Name="Pier 4 Chandlers")) == 1


@MARCH.on("2026-03-04", APP)
def enters_a_new_vendor_and_its_bill_with_both_kinds_of_lines(y: Year) -> Act:
    y.add("vendors", "cedar", name="Cedar Electric", address={"line1": "1 Quay", "city": "Bath"})
    y.named("customers", "River House", "river here")
    billed = {"customer": y.ids["river here"], "billable_status": "billable"}
    y.add(
        "bills",
        "cedar bill",
        vendor=y.ids["cedar"],
        number="C-100",
        bill_date="2026-03-04",
        terms={"name": "Net 30"},
        expense_lines=[RENT | {"amount": "1.10", "department": {"name": "East"}} | billed],
        item_lines=[{"item": {"name": "Crew"}, "quantity": "3", "cost": "0.33333"}],
    )
    yield
    theirs = y.there("Bill", "cedar bill")
    assert (theirs["AmountDue"], theirs["DueDate"]) == ("2.10", "2026-04-03")
    assert theirs["ExpenseLine"][0]["BillableStatus"] == "Billable"
    assert y.here("bills", "cedar bill")["due_date"] == "2026-04-03"


@MARCH.on("2026-03-06", APP)
def changes_adds_and_removes_lines_of_that_bill(y: Year) -> Act:
    before = y.there("Bill", "cedar bill")["ExpenseLine"][0]["TxnLineID"]
    (first,) = y.here("bills", "cedar bill")["expense_lines"]
    lines = [
        {**first, "amount": "11.00"},
        RENT | {"amount": "22.00", "memo": "O\u2019Neil & S\u00f6hne"},
    ]
    y.change("bills", "cedar bill", expense_lines=lines, item_lines=[])
    yield
    theirs = y.there("Bill", "cedar bill")
    assert theirs["ExpenseLine"][0]["TxnLineID"] == before
    assert (theirs["AmountDue"], theirs.get("ItemLine")) == ("33.00", None)


@MARCH.on("2026-03-09", BOOKKEEPER)
def edits_a_bill_and_without_two_way_sync_that_does_not_come(y: Year) -> Act:
    y.edit("Bill", "cedar bill", Memo="theirs")
    y.differs("cedar bill", "edits in QuickBooks do not come back without 2WB")
    yield
    assert y.here("bills", "cedar bill")["memo"] is None


@MARCH.on("2026-03-10", APP)
def edits_the_same_bill_and_what_it_replaces_is_kept(y: Year) -> Act:
    y.change("bills", "cedar bill", memo="ours")
    y.agrees("cedar bill")
    yield
    assert y.there("Bill", "cedar bill")["Memo"] == "ours"
    assert {"memo": "theirs"} in [c.quickbooks_value for c in y.made.conflicts()]


@MARCH.on("2026-03-10", APP)
def makes_a_taxed_invoice_with_a_discount(y: Year) -> Act:
    y.named("customers", "Maple Court", "maple here")
    y.add(
        "invoices",
        "maple invoice",
        customer=y.ids["maple here"],
        number="M-1",
        invoice_date="2026-03-11",
        lines=[
            {"item": {"name": "Work"}, "quantity": "3", "rate": "33.33", "taxable": True},
            {"item": {"name": "10% off"}},
        ],
    )
    yield
    found = y.here("invoices", "maple invoice")
    assert (found["subtotal"], found["tax_total"], found["total"]) == ("89.99", "4.95", "94.94")
    with pytest.raises(Refused, match="QuickBooks"):
        y.change("invoices", "maple invoice", memo="locked")


@MARCH.on("2026-03-10", BOOKKEEPER)
def enters_an_invoice_with_a_group_a_subtotal_a_discount_and_tax(y: Year) -> Act:
    lines = [
        {"ItemRef": "Work", "Quantity": "7", "Rate": "14.285", "SalesTaxCodeRef": "Tax"},
        {"ItemRef": "Subtotal"},
        {"ItemRef": "10% off"},
    ]
    y.enter(
        "Invoice",
        "group invoice",
        CustomerRef="Maple Court",
        RefNumber="Q-1",
        TxnDate="2026-03-12",
        InvoiceLine=lines,
        InvoiceLineGroup=[{"ItemGroupRef": "Kit", "Quantity": "2"}],
    )
    yield
    found, theirs = y.numbered("invoices", "Q-1", "Q-1"), y.there("Invoice", "group invoice")
    assert (found["subtotal"], found["tax_total"]) == (theirs["Subtotal"], theirs["SalesTaxTotal"])
    assert Decimal(found["total"]) == Decimal(theirs["Subtotal"]) + Decimal(theirs["SalesTaxTotal"])


@MARCH.on("2026-03-13", BOTH)
def date_invoices_before_the_start_and_only_the_apps_one_crosses(y: Year) -> Act:
    invoice_there(y, "late old invoice", "River House", "2026-02-28", "91")
    line = {"item": {"name": "Work"}, "quantity": "1", "rate": "40"}
    body = {"customer": y.ids["river here"], "number": "E-1", "invoice_date": "2026-02-27"}
    y.add("invoices", "early", **body, lines=[line])
    yield
    assert y.there("Invoice", "early")["TxnDate"] == "2026-02-27"
    assert {i["number"] for i in y.made.all("invoices")} == {"M-1", "Q-1", "E-1"}


@MARCH.on("2026-03-16", ADMIN)
def moves_the_start_date_earlier_and_the_days_between_come_once(y: Year) -> Act:
    with y.made.store.write() as conn:
        day = date(2026, 2, 25)
        company_moves.start_date(conn, y.made.id, day, "2026-02-25", "test", y.made.clock())
    yield
    assert y.numbered("invoices", "91", "91")["invoice_date"] == "2026-02-28"
    assert "90" not in {i["number"] for i in y.made.all("invoices")}


@MARCH.on("2026-03-17", BOOKKEEPER)
def receives_a_part_of_an_invoice(y: Year) -> Act:
    receive(y, "91", "25.00")
    yield
    assert y.here("invoices", "91")["balance_remaining"] == "100.00"


def receive(y: Year, word: str, amount: str) -> str:
    """The bookkeeper receives a payment of one invoice."""
    invoice = y.there("Invoice", word)
    return y.enter(
        "ReceivePayment",
        CustomerRef={"ListID": invoice["CustomerRef"]["ListID"]},
        TotalAmount=amount,
        AppliedToTxn=[{"TxnID": invoice["TxnID"], "PaymentAmount": amount}],
    )


@MARCH.on("2026-03-17", ADMIN)
def chooses_where_payments_go(y: Year) -> Act:
    y.made.prefer(money_in_clearing="Money In Clearing", money_out_clearing="Money Out Clearing")
    yield


@MARCH.on("2026-03-19", APP)
def pays_that_invoice_in_full_and_what_no_longer_fits_is_told(y: Year) -> Act:
    pay_invoice(y, "river pays", "river here", "91", "125.00", "2026-03-19")
    y.expect("unapplied", "river pays", "the bookkeeper had received 25.00 before")
    yield
    assert y.here("invoice-payments", "river pays")["unapplied"] == "25.00"
    assert y.here("invoices", "91")["is_paid"] is True
    assert y.there("ReceivePayment", "river pays")["DepositToAccountRef"]["FullName"] == (
        "Money In Clearing"
    )


def pay_invoice(y: Year, word: str, customer: str, invoice: str, amount: str, day: str) -> None:
    """A customer's payment of one invoice, made in the App."""
    y.add(
        "invoice-payments",
        word,
        customer=y.ids[customer],
        payment_date=day,
        amount=amount,
        applications=[{"invoice": y.ids[invoice], "amount": amount}],
    )


@MARCH.on("2026-03-20", ADMIN)
def leaves_the_credit_to_the_customer(y: Year) -> Act:
    y.settle(problem_acts.done, "unapplied", "river pays")
    yield


@MARCH.on("2026-03-20", APP)
def pays_another_invoice(y: Year) -> Act:
    pay_invoice(y, "maple pays", "maple here", "maple invoice", "94.94", "2026-03-20")
    yield
    assert y.here("invoices", "maple invoice")["is_paid"] is True


@MARCH.on("2026-03-24", APP)
def voids_that_payment_and_the_invoice_is_open_again(y: Year) -> Act:
    y.made.void("invoice-payments", y.ids["maple pays"])
    yield
    assert y.here("invoices", "maple invoice")["balance_remaining"] == "94.94"
    assert len(y.made.books.all("ReceivePayment")) == 2


@MARCH.on("2026-03-24", APP)
def schedules_transfers_and_a_payment(y: Year) -> Act:
    for word, day, amount in (("april", "2026-04-01", "125.00"), ("june", "2026-06-30", "60.00")):
        y.add(
            "funds-transfers",
            word,
            from_account={"name": "Money In Clearing"},
            to_account={"name": "Checking"},
            amount=amount,
            transfer_date=day,
        )
        y.differs(word, "scheduled")
    yield
    assert y.state("funds-transfers", "april") == "scheduled"


@MARCH.on("2026-03-27", APP)
def takes_a_vendor_credit(y: Year) -> Act:
    body = {"vendor": y.ids["cedar"], "credit_date": "2026-03-27", "number": "VC-1"}
    y.add("vendor-credits", "credit", **body, expense_lines=[RENT | {"amount": "40.00"}])
    yield
    assert y.there("VendorCredit", "credit")["CreditAmount"] == "40.00"
