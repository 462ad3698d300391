"""April 2026: the everyday of lists, bills and invoices, and the first frictions.

Owns these steps. Two-way bills are off.
"""

from __future__ import annotations

from tests.acceptance.year import APP, BOOKKEEPER, BOTH, Act, Script, Year
from tests.acceptance.year_march import RENT, bill_there, invoice_there

APRIL = Script()


@APRIL.on("2026-04-01", APP)
def the_transfer_goes_on_its_day(y: Year) -> Act:
    y.agrees("april")
    yield
    assert y.banks()["Money In Clearing"] == "0.00"
    assert y.banks()["Checking"] == "25125.00"


@APRIL.on("2026-04-02", APP)
def reverses_the_transfer(y: Year) -> Act:
    y.made.void("funds-transfers", y.ids["april"])
    yield
    assert len(y.made.books.all("Transfer")) == 2
    assert y.banks()["Money In Clearing"] == "125.00"


@APRIL.on("2026-04-02", BOTH)
def edit_the_vendor_credit_and_the_apps_edit_stands(y: Year) -> Act:
    y.edit("VendorCredit", "credit", Memo="theirs")
    (line,) = y.here("vendor-credits", "credit")["expense_lines"]
    y.change("vendor-credits", "credit", memo="ours", expense_lines=[line | {"amount": "55.00"}])
    yield
    theirs = y.there("VendorCredit", "credit")
    assert (theirs["Memo"], theirs["CreditAmount"]) == ("ours", "55.00")


@APRIL.on("2026-04-06", BOTH)
def edit_different_fields_of_a_vendor_and_both_stand(y: Year) -> Act:
    y.edit("Vendor", "acme", Name="Acme Trading")
    y.change("vendors", "acme here", phone="207-555-2")
    yield
    assert y.here("vendors", "acme here")["name"] == "Acme Trading"
    assert y.there("Vendor", "acme")["Phone"] == "207-555-2"


@APRIL.on("2026-04-07", BOTH)
def rename_the_same_vendor_and_quickbooks_is_master(y: Year) -> Act:
    y.edit("Vendor", "acme", Name="Acme North")
    y.change("vendors", "acme here", name="Acme South")
    yield
    assert y.here("vendors", "acme here")["name"] == "Acme North"
    assert {"name": "Acme South"} in [c.cashflow_value for c in y.made.conflicts()]


@APRIL.on("2026-04-08", BOTH)
def change_the_same_email_and_cashflow_is_master_for_once(y: Year) -> Act:
    y.made.prefer(master_in_conflict="cashflow")
    y.edit("Customer", "river", Email="theirs@example.com")
    y.change("customers", "river here", email="ours@example.com")
    yield
    assert y.there("Customer", "river")["Email"] == "ours@example.com"
    y.made.prefer(master_in_conflict="quickbooks")


@APRIL.on("2026-04-09", APP)
def makes_moves_and_renames_departments(y: Year) -> Act:
    y.add("departments", "pier", name="Pier", parent={"name": "East"})
    yield
    y.change("departments", "pier", name="Pier 4", parent={"name": "West"})
    yield
    assert y.there("Class", "pier")["FullName"] == "West:Pier 4"


@APRIL.on("2026-04-09", BOOKKEEPER)
def renames_and_moves_accounts_and_what_is_below_follows(y: Year) -> Act:
    y.edit("Account", "Office", Name="Offices", Desc="all of them")
    y.edit("Account", "Utilities", ParentRef="Offices")
    yield
    assert y.named("accounts", "Offices:Paper", "paper here")["full_name"] == "Offices:Paper"
    assert y.made.named("accounts", "Offices:Utilities")["parent"]["name"] == "Offices"


@APRIL.on("2026-04-14", BOTH)
def a_bill_of_a_vendor_made_inactive_waits(y: Year) -> Act:
    y.named("vendors", "Summit Foods", "summit here")
    lines = [RENT | {"amount": "64.00"}]
    body = {"vendor": y.ids["summit here"], "number": "S-1", "bill_date": "2026-04-14"}
    y.add("bills", "summit bill", **body, expense_lines=lines)
    y.edit("Vendor", "summit", IsActive="false")
    y.expect("inactive_reference", "summit bill", "Summit Foods is inactive")
    y.differs("summit bill", "waits for its vendor")
    yield
    assert y.here("vendors", "summit here")["active"] is False


@APRIL.on("2026-04-15", BOOKKEEPER)
def makes_the_vendor_active_again_and_the_bill_goes(y: Year) -> Act:
    y.edit("Vendor", "summit", IsActive="true")
    y.over("inactive_reference", "summit bill")
    y.agrees("summit bill")
    yield


@APRIL.on("2026-04-15", APP)
def makes_a_customer_inactive_and_active_again(y: Year) -> Act:
    y.change("customers", "maple here", active=False)
    yield
    assert y.there("Customer", "maple")["IsActive"] == "false"
    y.change("customers", "maple here", active=True, phone="207-555-8")
    yield
    assert y.there("Customer", "maple")["IsActive"] == "true"


@APRIL.on("2026-04-17", BOTH)
def enter_the_same_bill_and_the_apps_one_is_renumbered(y: Year) -> Act:
    bill_there(y, "same there", "Harbour Supply", "2026-04-16", "H-1", "30.00")
    y.named("vendors", "Harbour Supply", "harbour here")
    body = {"vendor": y.ids["harbour here"], "number": "h-1", "bill_date": "2026-04-17"}
    y.add("bills", "same here", **body, expense_lines=[RENT | {"amount": "30.00"}])
    y.expect("duplicate", "same here", "QuickBooks has H-1")
    y.differs("same here", "held")
    yield
    y.change("bills", "same here", number="H-2")
    y.over("duplicate", "same here")
    y.agrees("same here")
    yield
    assert len(y.made.books.all("Bill")) == 6


@APRIL.on("2026-04-17", BOTH)
def enter_the_same_invoice_and_the_bookkeepers_one_is_deleted(y: Year) -> Act:
    line = {"item": {"name": "Work"}, "quantity": "2", "rate": "15"}
    body = {"customer": y.ids["river here"], "number": "R-7", "invoice_date": "2026-04-20"}
    y.add("invoices", "R-7", **body, lines=[line])
    invoice_there(y, "R-7 there", "River House", "2026-04-20", "R-7")
    y.expect("duplicate", "R-7", "both entered it")
    y.differs("R-7", "held")
    y.differs("R-7 there", "held")
    yield
    y.strike("Invoice", "R-7 there")
    y.over("duplicate", "R-7")
    y.agrees("R-7")
    y.agrees("R-7 there")
    yield
    assert len(y.made.books.find("Invoice", RefNumber="R-7")) == 1


@APRIL.on("2026-04-21", BOTH)
def the_bookkeeper_makes_jobs_and_the_app_invoices_one(y: Year) -> Act:
    y.enter("Customer", "kitchen", Name="Kitchen", ParentRef="River House")
    y.enter("Customer", "phase", Name="Phase 1", ParentRef="River House:Kitchen")
    yield
    y.named("jobs", "River House:Kitchen:Phase 1", "phase here")
    line = {"item": {"name": "Crew"}, "quantity": "4", "rate": "80"}
    body = {"customer": y.ids["phase here"], "number": "J-1", "invoice_date": "2026-04-21"}
    y.add("invoices", "J-1", **body, lines=[line])
    yield
    assert y.there("Invoice", "J-1")["CustomerRef"]["FullName"] == "River House:Kitchen:Phase 1"


@APRIL.on("2026-04-22", BOOKKEEPER)
def renames_a_customer_and_moves_a_job(y: Year) -> Act:
    y.edit("Customer", "river", Name="River Houses")
    y.edit("Customer", "phase", ParentRef="River Houses")
    yield
    assert y.here("jobs", "phase here")["full_name"] == "River Houses:Phase 1"
    assert y.made.named("jobs", "River Houses:Kitchen")


@APRIL.on("2026-04-22", BOOKKEEPER)
def edits_adds_and_inactivates_items(y: Year) -> Act:
    y.edit("ItemService", "work", SalesOrPurchase={"Price": "11.50"})
    y.edit("ItemService", "crew", IsActive="false")
    y.enter("ItemOtherCharge", Name="Freight", SalesOrPurchase={"Price": 12, "AccountRef": "Sales"})
    yield
    assert y.made.named("items", "Work")["price"] == "11.5"
    assert y.made.named("items", "Crew")["active"] is False
    assert y.made.named("items", "Freight")["kind"] == "ItemOtherCharge"


@APRIL.on("2026-04-22", BOOKKEEPER)
def edits_and_adds_terms(y: Year) -> Act:
    y.edit("StandardTerms", "net 30", StdDiscountDays="10", DiscountPct="2")
    y.enter("DateDrivenTerms", Name="15th of the month", DayOfMonthDue=15, DueNextMonthDays=5)
    yield
    assert len(y.made.all("terms")) == 2
