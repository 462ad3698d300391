"""A demo company: some 250 records with every awkwardness a real file has.

Owns made-up data and nothing else. The same arguments give the same company.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.sample_trade import (
    enter_bills,
    enter_invoices,
    pay_bills,
    receive_payments,
)

START = date(2026, 1, 1)
_ACCOUNTS = (
    ("Checking", "Bank", "", 25000),
    ("Savings", "Bank", "", 80000),
    ("Money Out Clearing", "Bank", "", 0),
    ("Money In Clearing", "Bank", "", 0),
    ("Company Card", "CreditCard", "", 1200),
    ("Office", "Expense", "", 0),
    ("Supplies", "Expense", "Office", 0),
    ("Paper & Toner", "Expense", "Office:Supplies", 0),
    ("Rent", "Expense", "", 0),
    ("Utilities", "Expense", "", 0),
    ("Water", "Expense", "Utilities", 0),
    ("Repairs", "Expense", "", 0),
    ("Job Costs", "CostOfGoodsSold", "", 0),
    ("Materials", "CostOfGoodsSold", "Job Costs", 0),
    ("Sales", "Income", "", 0),
    ("Labour <hourly>", "Income", "Sales", 0),
    ("Early Payment Discounts", "OtherIncome", "", 0),
    ("Discounts Given", "Income", "", 0),
    ("Inventory Asset", "OtherCurrentAsset", "", 0),
    ("Van", "FixedAsset", "", 18000),
    ("Bank Loan", "LongTermLiability", "", 9000),
)
_CLASSES = (
    ("East", ""),
    ("Harbour", "East"),
    ("Pier 4", "East:Harbour"),
    ("West", ""),
    ("Mountains & Valleys", "West"),
    ("Overhead", ""),
)
_AWKWARD_VENDORS = (
    "Caf\u00e9 d'\u00c9t\u00e9",
    "M\u00fcller & S\u00f6hne GmbH",
    'O"Brien <Plumbing> & Sons',
    "A" * 41,
    "Name with  two blanks",
    "Smith, Jones; & Co.",
    "\u00d8rsted & \u00c5se",
    "100% Organic #1",
    "Caf\u00e9 d'Ete",
    "McDonald's Supply",
)
_AWKWARD_CUSTOMERS = (
    "Ren\u00e9e Fran\u00e7ois",
    "B" * 41,
    "Baker's <Dozen>",
    'Quote "Unquote" Ltd',
    "Crist\u00f3bal & Cie",
    "Zo\u00eb's Nook",
)
_WORDS = (
    "Harbour",
    "Granite",
    "Maple",
    "Summit",
    "Cedar",
    "Falcon",
    "Beacon",
    "Copper",
    "River",
    "Amber",
)
_TRADES = ("Supply", "Electric", "Printing", "Foods")
_OTHER_NAMES = ("Owner's Draw", "Harbour Supply (Other)", "Petty Cash", "Parking Meter")


def sample_company(*, start: date = START, **settings: Any) -> CompanyFile:
    """A filled company file; `settings` go to CompanyFile.

    Invoices and bills are dated from four months before `start` to four months after it. Unless
    a clock is given, it is then noon (UTC) of the day 120 days after `start`.
    """
    noon = datetime(start.year, start.month, start.day, 12, tzinfo=UTC) + timedelta(days=120)
    own_clock = settings.get("clock") is None
    if own_clock:
        settings["clock"] = SettableClock(noon - timedelta(hours=1))
    company = CompanyFile(**settings)
    _lists(company)
    _items(company)
    vendors, customers = _names(company)
    bills = enter_bills(company, vendors, customers[-1], start)
    pay_bills(company, bills, start)
    invoices = enter_invoices(company, customers, start)
    receive_payments(company, invoices, start)
    if own_clock:
        company.advance(3600)
    return company


def _lists(company: CompanyFile) -> None:
    for name, kind, parent, opening in _ACCOUNTS:
        fields: dict[str, Any] = {"Name": name, "AccountType": kind, "Desc": f"{name} account"}
        if parent:
            fields["ParentRef"] = parent
        if opening:
            fields["OpenBalance"] = opening
        company.add("Account", fields)
    company.add("Account", {"Name": "Old Savings", "AccountType": "Bank", "IsActive": False})
    for name, parent in _CLASSES:
        company.add("Class", {"Name": name, "ParentRef": parent or None})
    company.add("Class", {"Name": "Closed Branch", "IsActive": False})
    for name, days, discount_days, percent in (
        ("Due on receipt", 0, 0, 0),
        ("Net 15", 15, 0, 0),
        ("Net 30", 30, 0, 0),
        ("2% 10 Net 30", 30, 10, 2),
    ):
        company.add(
            "StandardTerms",
            {
                "Name": name,
                "StdDueDays": days,
                "DiscountPct": percent,
                "StdDiscountDays": discount_days,
            },
        )
    company.add(
        "DateDrivenTerms", {"Name": "15th of the month", "DayOfMonthDue": 15, "DueNextMonthDays": 5}
    )
    company.add(
        "DateDrivenTerms",
        {"Name": "1% 5th Due 31st", "DayOfMonthDue": 31, "DiscountDayOfMonth": 5, "DiscountPct": 1},
    )
    for name in ("Cash", "Check", "E-Check"):
        company.add("PaymentMethod", {"Name": name})
    for name in _OTHER_NAMES:
        company.add("OtherName", {"Name": name})
    for name in ("Ana L\u00f3pez", "Bob Stone"):
        company.add("Employee", {"Name": name})


def _items(company: CompanyFile) -> None:
    """All twelve kinds of items; the two tax kinds only where there is sales tax."""
    company.add("Vendor", {"Name": "State Tax Board"})
    _services(company)
    _goods(company)
    _other_items(company)


def _services(company: CompanyFile) -> None:
    add = company.add
    add(
        "ItemService",
        {
            "Name": "Consulting",
            "SalesOrPurchase": {
                "Desc": "Consulting, per hour",
                "Price": 95,
                "AccountRef": "Sales:Labour <hourly>",
            },
        },
    )
    add(
        "ItemService",
        {
            "Name": "Evenings",
            "ParentRef": "Consulting",
            "SalesOrPurchase": {"Price": 140, "AccountRef": "Sales:Labour <hourly>"},
        },
    )
    add(
        "ItemService",
        {
            "Name": "Subcontractor",
            "SalesAndPurchase": {
                "SalesPrice": 80,
                "IncomeAccountRef": "Sales",
                "PurchaseCost": 55,
                "ExpenseAccountRef": "Job Costs",
            },
        },
    )
    add(
        "ItemService",
        {
            "Name": "Discontinued",
            "IsActive": False,
            "SalesOrPurchase": {"Price": 1, "AccountRef": "Sales"},
        },
    )


def _goods(company: CompanyFile) -> None:
    add = company.add
    sold = {"SalesTaxCodeRef": "Tax"} if company.sales_tax else {}
    add(
        "ItemNonInventory",
        {
            "Name": "Bolts & Nuts",
            **sold,
            "SalesAndPurchase": {
                "SalesPrice": "0.45",
                "IncomeAccountRef": "Sales",
                "PurchaseCost": "0.12345",
                "ExpenseAccountRef": "Job Costs:Materials",
            },
        },
    )
    stock = {
        "IncomeAccountRef": "Sales",
        "COGSAccountRef": "Job Costs",
        "AssetAccountRef": "Inventory Asset",
        **sold,
    }
    add("ItemInventory", {"Name": "Lamp", "SalesPrice": 60, "PurchaseCost": 31, **stock})
    add(
        "ItemInventory",
        {
            "Name": "Lamp \u00bd size",
            "ParentRef": "Lamp",
            "SalesPrice": 40,
            "PurchaseCost": 22,
            **stock,
        },
    )
    add(
        "ItemInventoryAssembly",
        {
            "Name": "Lamp Set",
            "SalesPrice": 110,
            **stock,
            "ItemInventoryAssemblyLine": [{"ItemInventoryRef": "Lamp", "Quantity": 2}],
        },
    )


def _other_items(company: CompanyFile) -> None:
    add = company.add
    add(
        "ItemOtherCharge",
        {"Name": "Freight", "SalesOrPurchase": {"Price": 12, "AccountRef": "Sales"}},
    )
    add(
        "ItemFixedAsset",
        {
            "Name": "Van 1",
            "AcquiredAs": "New",
            "PurchaseDesc": "Delivery van",
            "PurchaseDate": START,
            "AssetAccountRef": "Van",
        },
    )
    add("ItemSubtotal", {"Name": "Subtotal", "ItemDesc": "Subtotal"})
    add(
        "ItemDiscount",
        {"Name": "10% off", "DiscountRatePercent": 10, "AccountRef": "Discounts Given"},
    )
    add("ItemPayment", {"Name": "Paid on the spot", "ItemDesc": "Payment"})
    add(
        "ItemGroup",
        {
            "Name": "Starter Kit",
            "ItemDesc": "Lamp and bolts",
            "IsPrintItemsInGroup": True,
            "ItemGroupLine": [
                {"ItemRef": "Lamp", "Quantity": 1},
                {"ItemRef": "Bolts & Nuts", "Quantity": 10},
            ],
        },
    )
    if company.sales_tax:
        _taxes(company)


def _taxes(company: CompanyFile) -> None:
    add = company.add
    for name, rate in (("State Tax", "5.5"), ("City Tax", "1.25")):
        add("ItemSalesTax", {"Name": name, "TaxRate": rate, "TaxVendorRef": "State Tax Board"})
    add(
        "ItemSalesTaxGroup",
        {"Name": "State & City", "ItemSalesTaxRef": ["State Tax", "City Tax"]},
    )
    company.default_tax_item = "State Tax"


def _names(company: CompanyFile) -> tuple[list[str], list[str]]:
    """Vendors, customers and jobs; returns the full names of those that trade."""
    vendors = [*_AWKWARD_VENDORS, *(f"{w} {t}" for t in _TRADES for w in _WORDS)]
    terms = ("Net 30", "Net 15", "15th of the month", "2% 10 Net 30")
    for n, name in enumerate(vendors):
        company.add(
            "Vendor",
            {
                "Name": name,
                "CompanyName": name[:41],
                "Phone": f"207-555-{n:04d}",
                "Email": f"vendor{n}@example.com",
                "TermsRef": terms[n % 4],
                "AccountNumber": f"V-{n:05d}",
                "VendorTaxIdent": f"00-{n:07d}",
                "IsVendorEligibleFor1099": n % 3 == 0,
                "VendorAddress": {
                    "Addr1": name[:41],
                    "Addr2": f"{n} Quay Road",
                    "City": "Portland",
                    "State": "ME",
                    "PostalCode": f"{4101 + n:05d}",
                },
            },
        )
    company.add("Vendor", {"Name": "Bankrupt & Gone", "IsActive": False})
    customers = [*_AWKWARD_CUSTOMERS, *(f"{w} House" for w in _WORDS)]
    tax = {"ItemSalesTaxRef": "State & City", "SalesTaxCodeRef": "Tax"} if company.sales_tax else {}
    full_names = list(customers)
    for n, name in enumerate(customers):
        company.add(
            "Customer",
            {
                "Name": name,
                "Email": f"customer{n}@example.com",
                "TermsRef": terms[n % 4],
                "BillAddress": {"Addr1": name[:41], "City": "Bath", "State": "ME"},
                **(tax if n % 2 else {}),
            },
        )
        if n % 2 == 0:
            company.add("Customer", {"Name": "Kitchen", "ParentRef": name, "JobStatus": "Awarded"})
            full_names.append(f"{name}:Kitchen")
        if n % 4 == 0:
            company.add("Customer", {"Name": "Phase 1", "ParentRef": f"{name}:Kitchen"})
            company.add("Customer", {"Name": "D\u00e9tail", "ParentRef": f"{name}:Kitchen:Phase 1"})
            full_names += [f"{name}:Kitchen:Phase 1", f"{name}:Kitchen:Phase 1:D\u00e9tail"]
    company.add("Customer", {"Name": "Moved Away", "IsActive": False})
    return vendors, full_names
