"""A demo company: some 250 records with every awkwardness a real file has.

Owns made-up data and nothing else. The same arguments give the same company.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile

START = date(2026, 1, 1)
_ACCOUNTS = (
    ("Checking", "Bank", "", 25000), ("Savings", "Bank", "", 80000),
    ("Money Out Clearing", "Bank", "", 0), ("Money In Clearing", "Bank", "", 0),
    ("Company Card", "CreditCard", "", 1200), ("Office", "Expense", "", 0),
    ("Supplies", "Expense", "Office", 0), ("Paper & Toner", "Expense", "Office:Supplies", 0),
    ("Rent", "Expense", "", 0), ("Utilities", "Expense", "", 0), ("Water", "Expense", "Utilities",
                                                                   0),
    ("Repairs", "Expense", "", 0), ("Job Costs", "CostOfGoodsSold", "", 0),
    ("Materials", "CostOfGoodsSold", "Job Costs", 0), ("Sales", "Income", "", 0),
    ("Labour <hourly>", "Income", "Sales", 0), ("Early Payment Discounts", "OtherIncome", "", 0),
    ("Discounts Given", "Income", "", 0), ("Inventory Asset", "OtherCurrentAsset", "", 0),
    ("Van", "FixedAsset", "", 18000), ("Bank Loan", "LongTermLiability", "", 9000),
)
_CLASSES = (("East", ""), ("Harbour", "East"), ("Pier 4", "East:Harbour"), ("West", ""),
            ("Mountains & Valleys", "West"), ("Overhead", ""))
_AWKWARD_VENDORS = (
    "Caf\u00e9 d'\u00c9t\u00e9", "M\u00fcller & S\u00f6hne GmbH", 'O"Brien <Plumbing> & Sons',
    "A" * 41, "Name with  two blanks", "Smith, Jones; & Co.", "\u00d8rsted & \u00c5se",
    "100% Organic #1", "Caf\u00e9 d'Ete", "McDonald's Supply",
)
_AWKWARD_CUSTOMERS = (
    "Ren\u00e9e Fran\u00e7ois", "B" * 41, "Baker's <Dozen>", 'Quote "Unquote" Ltd',
    "Crist\u00f3bal & Cie", "Zo\u00eb's Nook",
)
_WORDS = ("Harbour", "Granite", "Maple", "Summit", "Cedar", "Falcon", "Beacon", "Copper", "River",
          "Amber")
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
    bills = _bills(company, vendors, start)
    _pay_bills(company, bills, start)
    invoices = _invoices(company, customers, start)
    _receive(company, invoices, start)
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
            ("Due on receipt", 0, 0, 0), ("Net 15", 15, 0, 0), ("Net 30", 30, 0, 0),
            ("2% 10 Net 30", 30, 10, 2)):
        company.add("StandardTerms", {"Name": name, "StdDueDays": days, "DiscountPct": percent,
                                      "StdDiscountDays": discount_days})
    company.add("DateDrivenTerms", {"Name": "15th of the month", "DayOfMonthDue": 15,
                                    "DueNextMonthDays": 5})
    company.add("DateDrivenTerms", {"Name": "1% 5th Due 31st", "DayOfMonthDue": 31,
                                    "DiscountDayOfMonth": 5, "DiscountPct": 1})
    for name in ("Cash", "Check", "E-Check"):
        company.add("PaymentMethod", {"Name": name})
    for name in _OTHER_NAMES:
        company.add("OtherName", {"Name": name})
    for name in ("Ana L\u00f3pez", "Bob Stone"):
        company.add("Employee", {"Name": name})


def _items(company: CompanyFile) -> None:
    add = company.add
    add("Vendor", {"Name": "State Tax Board"})
    sold = {"SalesTaxCodeRef": "Tax"} if company.sales_tax else {}
    add("ItemService", {"Name": "Consulting", "SalesOrPurchase": {
        "Desc": "Consulting, per hour", "Price": 95, "AccountRef": "Sales:Labour <hourly>"}})
    add("ItemService", {"Name": "Evenings", "ParentRef": "Consulting", "SalesOrPurchase": {
        "Price": 140, "AccountRef": "Sales:Labour <hourly>"}})
    add("ItemService", {"Name": "Subcontractor", "SalesAndPurchase": {
        "SalesPrice": 80, "IncomeAccountRef": "Sales", "PurchaseCost": 55,
        "ExpenseAccountRef": "Job Costs"}})
    add("ItemNonInventory", {"Name": "Bolts & Nuts", **sold, "SalesAndPurchase": {
        "SalesPrice": "0.45", "IncomeAccountRef": "Sales", "PurchaseCost": "0.12345",
        "ExpenseAccountRef": "Job Costs:Materials"}})
    add("ItemOtherCharge", {"Name": "Freight", "SalesOrPurchase": {
        "Price": 12, "AccountRef": "Sales"}})
    stock = {"IncomeAccountRef": "Sales", "COGSAccountRef": "Job Costs",
             "AssetAccountRef": "Inventory Asset", **sold}
    add("ItemInventory", {"Name": "Lamp", "SalesPrice": 60, "PurchaseCost": 31, **stock})
    add("ItemInventory", {"Name": "Lamp \u00bd size", "ParentRef": "Lamp", "SalesPrice": 40,
                          "PurchaseCost": 22, **stock})
    add("ItemInventoryAssembly", {"Name": "Lamp Set", "SalesPrice": 110, **stock,
                                  "ItemInventoryAssemblyLine": [
                                      {"ItemInventoryRef": "Lamp", "Quantity": 2}]})
    add("ItemFixedAsset", {"Name": "Van 1", "AcquiredAs": "New", "PurchaseDesc": "Delivery van",
                           "PurchaseDate": START, "AssetAccountRef": "Van"})
    add("ItemSubtotal", {"Name": "Subtotal", "ItemDesc": "Subtotal"})
    add("ItemDiscount", {"Name": "10% off", "DiscountRatePercent": 10,
                         "AccountRef": "Discounts Given"})
    add("ItemPayment", {"Name": "Paid on the spot", "ItemDesc": "Payment"})
    if company.sales_tax:
        for name, rate in (("State Tax", "5.5"), ("City Tax", "1.25")):
            add("ItemSalesTax", {"Name": name, "TaxRate": rate, "TaxVendorRef": "State Tax Board"})
        add("ItemSalesTaxGroup", {"Name": "State & City", "ItemSalesTaxRef": [
            "State Tax", "City Tax"]})
        company.default_tax_item = "State Tax"
    add("ItemGroup", {"Name": "Starter Kit", "ItemDesc": "Lamp and bolts",
                      "IsPrintItemsInGroup": True, "ItemGroupLine": [
                          {"ItemRef": "Lamp", "Quantity": 1},
                          {"ItemRef": "Bolts & Nuts", "Quantity": 10}]})
    add("ItemService", {"Name": "Discontinued", "IsActive": False, "SalesOrPurchase": {
        "Price": 1, "AccountRef": "Sales"}})


def _names(company: CompanyFile) -> tuple[list[str], list[str]]:
    """Vendors, customers and jobs; returns the full names of those that trade."""
    vendors = [*_AWKWARD_VENDORS, *(f"{w} {t}" for t in _TRADES for w in _WORDS)]
    terms = ("Net 30", "Net 15", "15th of the month", "2% 10 Net 30")
    for n, name in enumerate(vendors):
        company.add("Vendor", {
            "Name": name, "CompanyName": name[:41], "Phone": f"207-555-{n:04d}",
            "Email": f"vendor{n}@example.com", "TermsRef": terms[n % 4],
            "AccountNumber": f"V-{n:05d}", "VendorTaxIdent": f"00-{n:07d}",
            "IsVendorEligibleFor1099": n % 3 == 0,
            "VendorAddress": {"Addr1": name[:41], "Addr2": f"{n} Quay Road", "City": "Portland",
                              "State": "ME", "PostalCode": f"{4101 + n:05d}"}})
    company.add("Vendor", {"Name": "Bankrupt & Gone", "IsActive": False})
    customers = [*_AWKWARD_CUSTOMERS, *(f"{w} House" for w in _WORDS)]
    tax = {"ItemSalesTaxRef": "State & City", "SalesTaxCodeRef": "Tax"} if company.sales_tax else {}
    full_names = list(customers)
    for n, name in enumerate(customers):
        company.add("Customer", {
            "Name": name, "Email": f"customer{n}@example.com", "TermsRef": terms[n % 4],
            "BillAddress": {"Addr1": name[:41], "City": "Bath", "State": "ME"},
            **(tax if n % 2 else {})})
        if n % 2 == 0:
            company.add("Customer", {"Name": "Kitchen", "ParentRef": name, "JobStatus": "Awarded"})
            full_names.append(f"{name}:Kitchen")
        if n % 4 == 0:
            company.add("Customer", {"Name": "Phase 1", "ParentRef": f"{name}:Kitchen"})
            company.add("Customer", {"Name": "D\u00e9tail", "ParentRef": f"{name}:Kitchen:Phase 1"})
            full_names += [f"{name}:Kitchen:Phase 1", f"{name}:Kitchen:Phase 1:D\u00e9tail"]
    company.add("Customer", {"Name": "Moved Away", "IsActive": False})
    return vendors, full_names


def _dates(start: date, count: int) -> list[date]:
    """`count` days spread evenly around `start`."""
    first = start - timedelta(days=120)
    return [first + timedelta(days=n * 240 // count) for n in range(count)]


def _bills(company: CompanyFile, vendors: list[str], start: date) -> list[str]:
    made = []
    accounts = ("Rent", "Office:Supplies:Paper & Toner", "Utilities:Water", "Repairs")
    classes = ("East:Harbour:Pier 4", "West", "Overhead")
    for n, day in enumerate(_dates(start, 40)):
        line: dict[str, Any] = {"AccountRef": accounts[n % 4], "Amount": Decimal(n * 1733 + 999)
                                / 100, "Memo": f"Line for bill {n} \u2013 <see> \"file\""}
        if company.class_tracking:
            line["ClassRef"] = classes[n % 3]
        if n % 5 == 0:
            line |= {"CustomerRef": f"{_AWKWARD_CUSTOMERS[0]}:Kitchen",
                     "BillableStatus": "Billable"}
        fields: dict[str, Any] = {
            "VendorRef": vendors[n % len(vendors)], "TxnDate": day, "Memo": f"Bill {n}",
            "ExpenseLine": [line, {"AccountRef": "Office", "Amount": "5.00"}]}
        if n % 7:
            fields["RefNumber"] = f"INV-{n % 30:04d}"
        if n % 6 == 0:
            fields["ItemLine"] = [{"ItemRef": "Bolts & Nuts", "Quantity": 100},
                                  {"ItemRef": "Lamp", "Quantity": 2, "Cost": "30.5"}]
        made.append(company.add("Bill", fields))
    company.add("VendorCredit", {
        "VendorRef": vendors[2], "TxnDate": start, "RefNumber": "CR-1",
        "ExpenseLine": [{"AccountRef": "Repairs", "Amount": "20.00"}]})
    return made


def _pay_bills(company: CompanyFile, bills: list[str], start: date) -> None:
    for n in range(0, len(bills), 4):
        bill = company.get("Bill", bills[n])
        whole = Decimal(bill["OpenAmount"])
        part = whole if n % 8 == 0 else (whole / 2).quantize(Decimal("0.01"))
        company.add("BillPaymentCheck", {
            "PayeeEntityRef": bill["VendorRef"], "BankAccountRef": "Checking",
            "TxnDate": start + timedelta(days=n), "RefNumber": str(1001 + n),
            "AppliedToTxn": [{"TxnID": bills[n], "PaymentAmount": part}]})


def _invoices(company: CompanyFile, customers: list[str], start: date) -> list[str]:
    made = []
    for n, day in enumerate(_dates(start, 50)):
        lines: list[dict[str, Any]] = [
            {"ItemRef": "Consulting", "Quantity": n % 9 + 1},
            {"ItemRef": "Lamp", "Quantity": 1, "Desc": "Lamp, caf\u00e9 model"}]
        if n % 3 == 0:
            lines += [{"ItemRef": "Subtotal"}, {"ItemRef": "10% off"}]
        if n % 10 == 0:
            lines.append({"Desc": "Thank you for your business"})
        fields: dict[str, Any] = {
            "CustomerRef": customers[n % len(customers)], "TxnDate": day,
            "RefNumber": str(5000 + n), "PONumber": f"PO {n}", "InvoiceLine": lines,
            "IsToBeEmailed": n % 4 == 0 and ":" not in customers[n % len(customers)]}
        if n % 11 == 0:
            fields["InvoiceLineGroup"] = [{"ItemGroupRef": "Starter Kit", "Quantity": 1}]
        if company.class_tracking:
            fields["ClassRef"] = "East"
        made.append(company.add("Invoice", fields))
    return made


def _receive(company: CompanyFile, invoices: list[str], start: date) -> None:
    for n in range(0, len(invoices), 3):
        invoice = company.get("Invoice", invoices[n])
        whole = Decimal(invoice["BalanceRemaining"])
        part = whole if n % 2 == 0 else Decimal("10.00")
        company.add("ReceivePayment", {
            "CustomerRef": invoice["CustomerRef"], "TxnDate": start + timedelta(days=n),
            "TotalAmount": part, "PaymentMethodRef": "Check", "RefNumber": f"C{n}",
            "AppliedToTxn": [{"TxnID": invoices[n], "PaymentAmount": part}]})
    first = company.get("Invoice", invoices[1])
    company.add("CreditMemo", {
        "CustomerRef": first["CustomerRef"], "TxnDate": start, "RefNumber": "CM-1",
        "CreditMemoLine": [{"ItemRef": "Consulting", "Quantity": "0.5"}]})
    company.void("Invoice", invoices[-1])
