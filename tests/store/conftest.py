"""A store with two companies that know nothing of each other, and a book of records in one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from store import companies, resources
from store.engine import Store, open_store
from store.ledger import TABLES, bank_balance
from store.syncing import company
from store.types import new_key
from tests.conftest import new_database
from tests.databases import RunFolder

NOW = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
SECRET = b"made-up key of more than thirty-two characters"
OWNER = "{90a44fb7-33d9-4815-ac85-bc87a7e7d1eb}"


@pytest.fixture(scope="session")
def stores(run_folder: RunFolder) -> Iterator[Callable[[str], Store]]:
    """One migrated store of each kind, made when first asked for; nothing is ever committed."""
    made: dict[str, Store] = {}
    with ExitStack() as ending:

        def of_kind(kind: str) -> Store:
            if kind not in made:
                database = new_database(run_folder, kind, migrated=True)
                made[kind] = open_store(ending.enter_context(database))
                ending.callback(made[kind].close)
            return made[kind]

        yield of_kind


@pytest.fixture
def conn(stores: Callable[[str], Store], database_kind: str) -> Iterator[Connection]:
    """One transaction for a whole test, taken back at its end; on SQLite and on PostgreSQL."""
    engine = stores(database_kind).engine
    with engine.connect().execution_options(may_write=True) as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


def add_company(conn: Connection, name: str = "Acme Ltd") -> str:
    """A company that is connected, so that its documents wait for QuickBooks at once."""
    made = companies.add_company(
        conn,
        name=name,
        time_zone="America/New_York",
        owner_id=OWNER,
        secret_key=SECRET,
        now=NOW,
        preview=False,
    )
    conn.execute(update(company).where(company.c.id == made.id).values(connected_at=NOW))
    return made.id


@dataclass
class Book:
    """A company and one record of each resource, by resource name."""

    conn: Connection
    company_id: str
    ids: dict[str, str] = field(default_factory=dict)

    def create(self, resource: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a record as the App does."""
        return resources.create(self.conn, self.company_id, resource, body, NOW, "tester")

    def change(self, resource: str, record_id: str, body: Any) -> dict[str, Any]:
        """Change a record as the App does."""
        return resources.change_record(
            self.conn, self.company_id, resource, record_id, body, NOW, "tester"
        )

    def get(self, resource: str, record_id: str) -> dict[str, Any]:
        """Read a record as the App does."""
        return resources.get_record(self.conn, self.company_id, resource, record_id)

    def arrived(self, resource: str, **columns: Any) -> str:
        """A record as a session stores it when it comes from QuickBooks."""
        record_id = new_key()
        self.conn.execute(
            insert(TABLES[resource]).values(
                company_id=self.company_id,
                id=record_id,
                origin="quickbooks",
                version=1,
                created_at=NOW,
                updated_at=NOW,
                **columns,
            )
        )
        return record_id

    def bill(self, **extra: Any) -> dict[str, Any]:
        """A body for a bill of the book's vendor."""
        body = {
            "vendor": self.ids["vendors"],
            "bill_date": "2024-05-01",
            "expense_lines": [{"account": self.ids["accounts"], "amount": "120.00"}],
        }
        return body | extra

    def credit(self, **extra: Any) -> dict[str, Any]:
        """A body for a credit of the book's vendor."""
        lines = [{"account": self.ids["accounts"], "amount": "20.00"}]
        body = {"vendor": self.ids["vendors"], "credit_date": "2024-05-01"}
        return body | {"expense_lines": lines} | extra

    def invoice(self, **extra: Any) -> dict[str, Any]:
        """A body for an invoice to the book's customer."""
        line = {"item": self.ids["items"], "quantity": "2", "rate": "60.00", "taxable": True}
        return {"customer": self.ids["customers"], "invoice_date": "2024-05-02"} | (
            {"lines": [line]} | extra
        )


def fill(conn: Connection, company_id: str) -> Book:
    """One record of every resource."""
    book = Book(conn, company_id)
    ids = book.ids
    ids["accounts"] = book.create("accounts", {"name": "Rent", "type": "Expense"})["id"]
    ids["departments"] = book.create("departments", {"name": "North"})["id"]
    ids["terms"] = book.arrived(
        "terms", name="Net 30", active=True, kind="StandardTerms", due_days=30
    )
    ids["vendors"] = book.create("vendors", {"name": "Acme", "terms": ids["terms"]})["id"]
    ids["customers"] = book.create("customers", {"name": "Best"})["id"]
    ids["jobs"] = book.arrived(
        "jobs", name="Roof", full_name="Best:Roof", parent_id=ids["customers"], active=True
    )
    ids["items"] = book.arrived(
        "items", name="Hours", full_name="Hours", active=True, kind="ItemService", price="60"
    )
    ids["bills"] = book.create("bills", book.bill())["id"]
    ids["invoices"] = book.create("invoices", book.invoice())["id"]
    bank = book.create("accounts", {"name": "Checking", "type": "Bank"})["id"]
    ids["bank-balances"] = new_key()
    conn.execute(
        insert(bank_balance).values(
            company_id=company_id,
            id=ids["bank-balances"],
            account_id=bank,
            balance="1000.10",
            total_balance="1000.10",
            as_of=NOW,
            first_read_at=NOW,
        )
    )
    ids["bank"] = bank
    ids["vendor-credits"] = book.create("vendor-credits", book.credit())["id"]
    payment = {"customer": ids["customers"], "payment_date": "2024-05-03", "amount": "5.00"}
    ids["paid-bill"] = book.create("bills", book.bill(number="PAID"))["id"]
    with_credit = [{"vendor_credit": ids["vendor-credits"], "amount": "0.50"}]
    settled = {"bill": ids["paid-bill"], "amount": "1.00", "credits": with_credit}
    paid = {"vendor": ids["vendors"], "payment_date": "2024-05-03", "method": "check"}
    ids["bill-payments"] = book.create("bill-payments", paid | {"applications": [settled]})["id"]
    ids["invoice-payments"] = book.create("invoice-payments", payment)["id"]
    transfer = {"transfer_date": "2024-05-04", "amount": "7.00", "to_account": bank}
    ids["funds-transfers"] = book.create(
        "funds-transfers", transfer | {"from_account": ids["accounts"]}
    )["id"]
    return book


@pytest.fixture
def book(conn: Connection) -> Book:
    """A company with one record of every resource."""
    return fill(conn, add_company(conn))


@pytest.fixture
def other_book(conn: Connection) -> Book:
    """Another company with its own."""
    return fill(conn, add_company(conn, "Other Ltd"))
