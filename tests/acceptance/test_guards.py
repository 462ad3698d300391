"""What Preferences and the company file forbid is known before it is sent (sync-rules 5, 8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from store.ledger import vendor as vendor_table
from tests.acceptance.guarded import bill, goes, held, invoice, met, state
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met."""
    return met(make_world())


# --- closing date


def test_documents_dated_on_or_before_the_closing_date_are_not_sent(linked: World) -> None:
    linked.books.closing_date = date(2026, 1, 15)
    closed = bill(linked, number="B-1")
    open_day = bill(linked, number="B-2", bill_date="2026-01-16")
    linked.sync()
    assert [b["RefNumber"] for b in linked.books.all("Bill")] == ["B-2"]
    assert state(linked, "bills", open_day) == "synced"
    words = ("bill B-1", "2026-01-15", "closed up to 2026-01-15", "Date it after", "closing date")
    problem = held(linked, "bills", closed, *words)
    assert not any("B-1" in request for request in linked.books.requests), "asked about in vain"
    linked.sync()
    assert held(linked, "bills", closed).number == problem.number, "one problem, however often"
    linked.books.closing_date = date(2025, 12, 31)
    goes(linked, "bills", closed)


def test_a_document_dated_after_the_closing_date_by_the_user_goes(linked: World) -> None:
    linked.books.closing_date = date(2026, 1, 31)
    closed = bill(linked)
    linked.sync()
    held(linked, "bills", closed)
    linked.change("bills", closed["id"], bill_date="2026-02-01")
    goes(linked, "bills", closed)


def test_documents_are_not_edited_when_their_quickbooks_date_is_closed(linked: World) -> None:
    made = bill(linked)
    linked.sync()
    linked.books.closing_date = date(2026, 1, 31)
    linked.change("bills", made["id"], memo="late", bill_date="2026-02-10")
    linked.sync()
    problem = held(linked, "bills", made, "2026-01-15", "not changed")
    assert not problem.advice.startswith("Date it"), "another date does not open the period"
    assert linked.books.all("Bill")[0].get("Memo") is None
    linked.books.closing_date = None
    goes(linked, "bills", made)
    assert linked.books.all("Bill")[0]["Memo"] == "late"


def test_documents_are_not_moved_into_the_closed_period(linked: World) -> None:
    made = bill(linked, bill_date="2026-02-10")
    linked.sync()
    linked.books.closing_date = date(2026, 1, 31)
    linked.change("bills", made["id"], bill_date="2026-01-31")
    linked.sync()
    held(linked, "bills", made, "2026-01-31", "Date it after 2026-01-31")
    assert linked.books.all("Bill")[0]["TxnDate"] == "2026-02-10"


def test_documents_are_not_deleted_when_their_quickbooks_date_is_closed(linked: World) -> None:
    made = bill(linked, number="B-1")
    linked.sync()
    linked.books.closing_date = date(2026, 1, 31)
    linked.delete("bills", made["id"])
    linked.sync()
    held(linked, "bills", made, "bill B-1", "not deleted")
    assert len(linked.books.all("Bill")) == 1
    linked.books.closing_date = None
    linked.sync()
    assert linked.books.all("Bill") == []
    assert linked.problems() == []


def test_a_change_taken_back_is_no_problem_in_a_closed_period(linked: World) -> None:
    made = bill(linked, memo="as it was")
    linked.sync()
    linked.books.closing_date = date(2026, 1, 31)
    linked.change("bills", made["id"], memo="else")
    linked.change("bills", made["id"], memo="as it was")
    goes(linked, "bills", made)


# --- accountant's copy


def test_documents_on_or_before_the_dividing_date_wait_for_the_accountant(linked: World) -> None:
    linked.books.accountant_copy_until = date(2026, 1, 31)
    before, after = bill(linked), bill(linked, bill_date="2026-02-01")
    linked.sync()
    assert state(linked, "bills", after) == "synced"
    held(linked, "bills", before, "accountant", "2026-01-31", "imported")
    linked.books.accountant_copy_until = None
    goes(linked, "bills", before)


@pytest.mark.parametrize("edit", [{"name": "Rents"}, {"active": False}], ids=["edit", "inactive"])
def test_accounts_cannot_be_edited_or_made_inactive_while_the_accountant_has_a_copy(
    linked: World, edit: dict[str, Any]
) -> None:
    linked.books.accountant_copy_until = date(2026, 1, 31)
    rent = linked.named("accounts", "Rent")
    linked.change("accounts", rent["id"], **edit)
    linked.sync()
    held(linked, "accounts", rent, "account Rent", "accountant", "changed")
    linked.books.accountant_copy_until = None
    goes(linked, "accounts", rent)


def test_accounts_get_no_sub_accounts_while_the_accountant_has_a_copy(linked: World) -> None:
    linked.books.accountant_copy_until = date(2026, 1, 31)
    top = linked.add("accounts", name="Office", type="Expense")
    below = linked.add("accounts", name="Garage", type="Expense", parent={"name": "Rent"})
    lines = [{"account": {"id": below["id"]}, "amount": "1.00"}]
    waiting = bill(linked, bill_date="2026-02-10", expense_lines=lines)
    linked.sync()
    assert state(linked, "accounts", top) == "synced"
    held(linked, "accounts", below, "Rent:Garage", "below another account")
    sync = linked.get("bills", waiting["id"])["sync"]
    assert (sync["state"], sync["waits_for"]) == ("waiting", "account Rent:Garage")
    linked.books.accountant_copy_until = None
    goes(linked, "accounts", below)
    assert state(linked, "bills", waiting) == "synced"


# --- currency


def abroad(made: World) -> None:
    """A vendor, a customer and a payable account kept in Euro."""
    made.books.multicurrency = True
    made.books.add("Currency", {"Name": "Euro"})
    euro = {"CurrencyRef": "Euro"}
    made.books.add("Vendor", {"Name": "Rossi", **euro})
    made.books.add("Customer", {"Name": "Bianchi", **euro})
    made.books.add("Account", {"Name": "Payable EUR", "AccountType": "AccountsPayable", **euro})
    made.sync()


def test_the_currency_of_accounts_vendors_and_customers_is_read(linked: World) -> None:
    abroad(linked)
    names = {"vendors": "Rossi", "customers": "Bianchi", "accounts": "Payable EUR"}
    found = {name: linked.named(resource, name) for resource, name in names.items()}
    assert {record["currency"] for record in found.values()} == {"Euro"}
    assert linked.named("vendors", "Acme")["currency"] is None


def test_documents_in_a_foreign_currency_are_refused_not_posted_wrongly(linked: World) -> None:
    abroad(linked)
    at_home = bill(linked)
    of_vendor = bill(linked, vendor={"name": "Rossi"})
    of_account = bill(linked, payable_account={"name": "Payable EUR"}, number="E")
    of_customer = invoice(linked, customer={"name": "Bianchi"})
    linked.sync()
    assert state(linked, "bills", at_home) == "synced"
    held(linked, "bills", of_vendor, "vendor Rossi is kept in Euro", "US Dollar", "wrong amount")
    held(linked, "bills", of_account, "account Payable EUR is kept in Euro")
    held(linked, "invoices", of_customer, "customer Bianchi is kept in Euro")
    assert len(linked.books.all("Bill")) == 1
    assert linked.books.all("Invoice") == []
    linked.change("bills", of_vendor["id"], vendor={"name": "Acme"}, number="R-1")
    linked.sync()
    assert state(linked, "bills", of_vendor) == "synced"


# --- inactive references


@pytest.mark.parametrize(
    ("kind", "name", "resource", "document"),
    [
        ("Vendor", "Acme", "vendors", "bills"),
        ("Account", "Rent", "accounts", "bills"),
        ("Class", "North", "departments", "bills"),
        ("StandardTerms", "Net 30", "terms", "bills"),
        ("Customer", "Client", "customers", "invoices"),
        ("ItemService", "Work", "items", "invoices"),
    ],
)
def test_a_reference_to_an_inactive_record_is_told_before_sending(
    linked: World, kind: str, name: str, resource: str, document: str
) -> None:
    north = {"account": {"name": "Rent"}, "amount": "1.00", "department": {"name": "North"}}
    made = {
        "bills": lambda: bill(linked, terms={"name": "Net 30"}, expense_lines=[north]),
        "invoices": lambda: invoice(linked),
    }[document]()
    (theirs,) = linked.books.find(kind, Name=name)
    linked.books.edit(kind, theirs["ListID"], {"IsActive": "false"})
    linked.sync()
    singular = {"items": "item", "terms": "terms"}.get(resource, resource.removesuffix("s"))
    words = (f"{singular} {name} is inactive", f"Make {singular} {name} active in QuickBooks")
    problem = held(linked, document, made, *words)
    ours_too = resource not in {"items", "terms"}
    assert ("QuickBooks or CashFlow" in problem.advice) is ours_too
    assert linked.named(resource, name)["active"] is False
    linked.books.edit(kind, theirs["ListID"], {"IsActive": "true"})
    goes(linked, document, made)


def test_a_vendor_made_active_in_cashflow_lets_its_bill_go(linked: World) -> None:
    acme = linked.named("vendors", "Acme")
    linked.change("vendors", acme["id"], active=False)
    made = bill(linked)
    linked.sync()
    held(linked, "bills", made, "vendor Acme is inactive")
    linked.change("vendors", acme["id"], active=True)
    goes(linked, "bills", made)


def test_an_edit_that_does_not_touch_the_inactive_reference_goes(linked: World) -> None:
    made = bill(linked)
    linked.sync()
    acme = linked.named("vendors", "Acme")
    linked.change("vendors", acme["id"], active=False)
    linked.change("bills", made["id"], memo="still allowed")
    goes(linked, "bills", made)


def test_no_sub_account_goes_below_an_inactive_account(linked: World) -> None:
    below = linked.add("accounts", name="Garage", type="Expense", parent={"name": "Rent"})
    (rent,) = linked.books.find("Account", Name="Rent")
    linked.books.edit("Account", rent["ListID"], {"IsActive": "false"})
    linked.sync()
    held(linked, "accounts", below, "account Rent is inactive")
    linked.books.edit("Account", rent["ListID"], {"IsActive": "true"})
    goes(linked, "accounts", below)


def test_each_cause_is_its_own_problem_and_ends_with_it(linked: World) -> None:
    linked.books.closing_date = date(2026, 1, 31)
    acme = linked.named("vendors", "Acme")
    linked.change("vendors", acme["id"], active=False)
    made = bill(linked)
    linked.sync()
    assert {p.kind for p in linked.problems()} == {"closing_date", "inactive_reference"}
    linked.books.closing_date = None
    linked.sync()
    held(linked, "bills", made, "inactive")
    linked.change("vendors", acme["id"], active=True)
    goes(linked, "bills", made)


# --- sales tax, account types, names


def test_with_sales_tax_off_no_code_is_sent_and_a_taxable_line_is_told(linked: World) -> None:
    linked.books.sales_tax = False
    plain = invoice(linked, number="1", line={"taxable": False})
    taxed = invoice(linked, number="2", line={"taxable": True})
    linked.sync()
    assert state(linked, "invoices", plain) == "synced"
    held(linked, "invoices", taxed, "sales tax is off", "not taxable in CashFlow")
    linked.books.sales_tax = True
    goes(linked, "invoices", taxed)


@pytest.mark.parametrize(
    ("field", "document", "wanted"),
    [
        ("payable_account", "bills", "AccountsPayable"),
        ("receivable_account", "invoices", "AccountsReceivable"),
    ],
)
def test_the_payable_or_receivable_account_chosen_has_the_right_type(
    linked: World, field: str, document: str, wanted: str
) -> None:
    ours = linked.add("accounts", name="Special", type=wanted)
    make = {"bills": bill, "invoices": invoice}[document]
    made = make(linked, **{field: {"name": "Special"}})
    linked.change("accounts", ours["id"], type="Expense")  # it was the right one when chosen
    linked.sync()
    label = field.replace("_", " ")
    held(linked, document, made, label, "account Special is of type Expense", wanted)
    right = linked.add("accounts", name="Right", type=wanted)
    linked.change(document, made["id"], **{field: {"id": right["id"]}})
    goes(linked, document, made)


def test_a_name_that_is_too_long_is_never_shortened_but_told(linked: World) -> None:
    ours = linked.add("vendors", name="Short")
    with linked.store.write() as conn:  # as an older version of the App let it in
        mine = (vendor_table.c.company_id == linked.id, vendor_table.c.id == ours["id"])
        conn.execute(update(vendor_table).where(*mine).values(name="N" * 42))
    linked.sync()
    (problem,) = linked.problems()
    assert "42" in problem.text
    assert "41" in problem.text
    assert "Change the named fields" in problem.advice
    linked.change("vendors", ours["id"], name="N" * 41)
    goes(linked, "vendors", ours)


def test_a_name_taken_by_a_customer_is_told_with_what_to_do(linked: World) -> None:
    ours = linked.add("vendors", name="Client")
    linked.sync()
    (problem,) = linked.problems()
    assert problem.code == "3100"
    for word in ("vendor Client", "one list of names", "rename"):
        assert word in f"{problem.title} {problem.text} {problem.advice}"
    linked.change("vendors", ours["id"], name="Client (V)")
    goes(linked, "vendors", ours)
