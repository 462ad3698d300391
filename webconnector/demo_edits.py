"""What the demo's two people do: one at QuickBooks' keyboard, one in the CashFlow app.

Owns their edits, before the first sync and between the first and the second. Must not know the
server: the App's edits go through the store as the app's own would.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from store import companies, resources
from store.engine import Store
from webconnector.rehearsal.company_file import CompanyFile

WHO = "demo"
SECONDS_BETWEEN_EDITS = 5
NEVER_LINKED = "Harbor Office Supply"
SHORT_LIVED = "Pop-up Event Rentals"


class App:
    """The person in the CashFlow app."""

    def __init__(self, store: Store, company_id: str) -> None:
        self._store = store
        self._company_id = company_id

    def add(self, resource: str, **body: Any) -> dict[str, Any]:
        """Make a record; gives it as the API shows it."""
        return self._store.run(
            lambda conn: resources.create(
                conn, self._company_id, resource, body, datetime.now(UTC), WHO
            )
        )

    def change(self, resource: str, record_id: str, **body: Any) -> dict[str, Any]:
        """Change fields of a record."""
        return self._store.run(
            lambda conn: resources.change_record(
                conn, self._company_id, resource, record_id, body, datetime.now(UTC), WHO
            )
        )

    def prefer(self, **values: str) -> None:
        """Set preferences of the company."""
        now = datetime.now(UTC)
        self._store.run(
            lambda conn: companies.set_preferences(conn, self._company_id, values, WHO, now)
        )

    def first(self, resource: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first record that fits; LookupError when none does."""
        with self._store.read() as conn:
            for row in resources.list_records(conn, self._company_id, resource, limit=1000):
                if fits(row):
                    return row
        raise LookupError(f"no {resource} fits the demo's story")


def before_the_first_sync(app: App, books: CompanyFile) -> None:
    """Both sides have lived their own lives: some names are the same on both, most are not."""
    vendors = [row for row in books.all("Vendor") if row.get("IsActive") == "true"]
    customers = [
        row
        for row in books.all("Customer")
        if row.get("IsActive") == "true" and "ParentRef" not in row
    ]
    app.add("vendors", name=vendors[0]["Name"], email="accounts@example.com")
    app.add("vendors", name=vendors[1]["Name"])
    app.add("vendors", name=NEVER_LINKED, phone="555 0134", is_1099=True)
    app.add("customers", name=customers[0]["Name"], email="office@example.com")
    app.add(
        "customers",
        name="Lakeside Dental Group",
        bill_address={"line1": "12 Lake Road", "city": "Albany", "state": "NY"},
    )
    app.add("accounts", name="Courier and Freight", type="Expense", description="Parcels, couriers")
    app.add("departments", name="Field Service")
    books.add("Vendor", {"Name": SHORT_LIVED})
    today, long_ago = _days(books)
    for number, day in (("D-100", long_ago), ("D-101", today), ("D-102", today)):
        _invoice(books, customers[1]["FullName"], number, day)
        books.advance(SECONDS_BETWEEN_EDITS)


def between_the_syncs(app: App, books: CompanyFile) -> None:
    """New records, edits, an inactive one and deletions, on both sides."""
    _app_edits(app, _days(books)[0])
    _quickbooks_edits(books)


def _app_edits(app: App, today: str) -> None:
    expense = app.first("accounts", lambda row: row["type"] == "Expense" and row["active"])
    bought = app.first("items", lambda row: row["kind"] == "ItemNonInventory" and row["active"])
    sold = app.first("items", lambda row: row["kind"] == "ItemService" and row["active"])
    vendor = app.add(
        "vendors",
        name="Blue Ridge Paper Co.",
        email="billing@example.com",
        address={"line1": "4 Mill Lane", "city": "Utica", "state": "NY", "postal_code": "13501"},
    )
    paper = app.add(
        "bills",
        vendor=vendor["id"],
        number="BR-2041",
        bill_date=today,
        memo="Paper for the autumn catalogue",
        expense_lines=[{"account": expense["id"], "amount": "120.00", "memo": "Delivery"}],
        item_lines=[{"item": bought["id"], "quantity": "3", "cost": "14.25"}],
    )
    _pay(app, paper)
    customer = app.add("customers", name="Cedar Grove Bakery", phone="555 0199")
    app.add(
        "invoices",
        customer=customer["id"],
        number="CG-77",
        invoice_date=today,
        memo="Thank you",
        lines=[
            {"item": sold["id"], "description": "Set-up", "quantity": "2", "rate": "85"},
            {"item": sold["id"], "description": "Training", "quantity": "1.5", "rate": "60"},
        ],
    )
    harbor = app.first("vendors", lambda row: row["name"] == NEVER_LINKED)
    app.change("vendors", harbor["id"], phone="555 0135", company_name="Harbor Office Supply Inc.")
    lakeside = app.first("customers", lambda row: row["name"] == "Lakeside Dental Group")
    app.change("customers", lakeside["id"], email="front-desk@example.com")
    bill = app.first("bills", lambda row: row["origin"] == "quickbooks" and row["expense_lines"])
    app.change("bills", bill["id"], memo="Checked by the demo")


def _pay(app: App, bill: dict[str, Any]) -> None:
    """A check for all of it; the demo's clearing account is its first bank account."""
    bank = app.first("accounts", lambda row: row["type"] == "Bank" and row["active"])
    app.prefer(money_out_clearing=bank["id"])
    app.add(
        "bill-payments",
        vendor=bill["vendor"]["id"],
        payment_date=bill["bill_date"],
        method="check",
        number="5001",
        applications=[{"bill": bill["id"], "amount": bill["amount"]}],
    )


def _quickbooks_edits(books: CompanyFile) -> None:
    today, long_ago = _days(books)
    customers = [row for row in books.all("Customer") if "ParentRef" not in row]
    vendor = books.add("Vendor", {"Name": "Summit Telecom", "Phone": "555 0177"})
    customer = books.add("Customer", {"Name": "Orchard Street Books"})
    books.add("Customer", {"Name": "Shop fitting", "ParentRef": "Orchard Street Books"})
    _invoice(books, "Orchard Street Books", "D-103", today)
    _invoice(books, "Orchard Street Books", "D-099", long_ago)
    expense = books.find("Account", AccountType="Expense")[0]["FullName"]
    books.add(
        "Bill",
        {
            "VendorRef": {"ListID": vendor},
            "TxnDate": today,
            "RefNumber": "ST-9",
            "ExpenseLine": [{"AccountRef": expense, "Amount": "59.90", "Memo": "Line rental"}],
        },
    )
    books.advance(SECONDS_BETWEEN_EDITS)
    books.edit("Customer", customers[2]["ListID"], {"Phone": "555 0188"})
    books.edit("Customer", customers[3]["ListID"], {"IsActive": "false"})
    books.edit("Vendor", books.all("Vendor")[2]["ListID"], {"Phone": "555 0166"})
    books.edit("Customer", customer, {"CompanyName": "Orchard Street Books LLC"})
    books.edit("Invoice", _numbered(books, "D-101"), {"Memo": "Changed in QuickBooks"})
    books.delete("Invoice", _numbered(books, "D-102"))
    books.delete("Vendor", books.find("Vendor", Name=SHORT_LIVED)[0]["ListID"])
    books.advance(SECONDS_BETWEEN_EDITS)


def _invoice(books: CompanyFile, customer: str, number: str, day: str) -> None:
    item = books.all("ItemService")[0]["FullName"]
    books.add(
        "Invoice",
        {
            "CustomerRef": customer,
            "TxnDate": day,
            "RefNumber": number,
            "InvoiceLine": [{"ItemRef": item, "Desc": "Work", "Quantity": "2", "Rate": "45.00"}],
        },
    )


def _numbered(books: CompanyFile, number: str) -> str:
    return str(books.find("Invoice", RefNumber=number)[0]["TxnID"])


def _days(books: CompanyFile) -> tuple[str, str]:
    """Today, and a day long before the start date, by QuickBooks' clock."""
    now = books.clock().astimezone(books.zone)
    return f"{now:%Y-%m-%d}", f"{now - timedelta(days=60):%Y-%m-%d}"
