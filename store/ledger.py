"""The CashFlow ledger: the company's records as the App sees them.

Owns the tables of the records and which table and columns hold a resource. It must not know how
records travel to or from QuickBooks. A field's column has its name, a reference's ends in `_id`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Field, Kind, Lines
from store.types import Instant, Key, Money, Price, Quantity

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "last_column": lambda constraint, _table: constraint.column_keys[-1],
        "fk": "fk_%(table_name)s_%(last_column)s",
        "pk": "pk_%(table_name)s",
    }
)


def _company() -> Column[Any]:
    return Column("company_id", Key, primary_key=True)


def _reference(name: str, target: str) -> tuple[Any, ...]:
    column = f"{name}_id"
    return (
        Column(column, Key),
        ForeignKeyConstraint(["company_id", column], [f"{target}.company_id", f"{target}.id"]),
    )


def _record(name: str, *columns: Any) -> Table:
    """A table of records: identity, version and life beside its own columns."""
    return Table(
        name,
        metadata,
        _company(),
        Column("id", Key, primary_key=True),
        ForeignKeyConstraint(["company_id"], ["company.id"]),
        *columns,
        Column("origin", String(10), nullable=False),  # app | quickbooks
        Column("version", Integer, nullable=False),  # counts changes, from 1
        Column("created_at", Instant, nullable=False),
        Column("updated_at", Instant, nullable=False),
        Column("deleted_at", Instant),
        Index(None, "company_id", "updated_at", "id"),
    )


def _lines(name: str, owner: str, *columns: Any) -> Table:
    return Table(
        name,
        metadata,
        _company(),
        Column("id", Key, primary_key=True),
        Column("owner_id", Key, nullable=False),
        Column("position", Integer, nullable=False),
        Column("quickbooks_line_id", Text),
        ForeignKeyConstraint(
            ["company_id", "owner_id"], [f"{owner}.company_id", f"{owner}.id"], ondelete="CASCADE"
        ),
        *columns,
        UniqueConstraint("company_id", "owner_id", "position"),
    )


def _listed(name: str, *columns: Any, full_names: bool) -> Table:
    """A list record: found by its full name at the first link."""
    own: list[Any] = [Column("name", Text, nullable=False)]
    if full_names:
        own.append(Column("full_name", Text, nullable=False))
    own.append(Column("active", Boolean, nullable=False))
    return _record(
        name, *own, *columns, Index(None, "company_id", "full_name" if full_names else "name")
    )


account = _listed(
    "account",
    *_reference("parent", "account"),
    Column("type", Text, nullable=False),
    Column("number", Text),
    Column("description", Text),
    Column("balance", Money),
    Column("total_balance", Money),
    Column("currency", Text),
    full_names=True,
)

department = _listed("department", *_reference("parent", "department"), full_names=True)

terms = _listed(
    "terms",
    Column("kind", Text, nullable=False),
    Column("due_days", Integer),
    Column("discount_days", Integer),
    Column("discount_percent", Price),
    Column("day_of_month_due", Integer),
    Column("due_next_month_days", Integer),
    Column("discount_day_of_month", Integer),
    full_names=False,
)

vendor = _listed(
    "vendor",
    Column("company_name", Text),
    Column("address", JSON(none_as_null=True)),
    Column("phone", Text),
    Column("email", Text),
    Column("account_number", Text),
    *_reference("terms", "terms"),
    Column("tax_id", Text),
    Column("is_1099", Boolean, nullable=False),
    Column("currency", Text),
    full_names=False,
)

# Customers and jobs: a job is a customer with a parent, as in QuickBooks.
customer = _listed(
    "customer",
    *_reference("parent", "customer"),
    Column("company_name", Text),
    Column("bill_address", JSON(none_as_null=True)),
    Column("ship_address", JSON(none_as_null=True)),
    Column("phone", Text),
    Column("email", Text),
    *_reference("terms", "terms"),
    Column("currency", Text),
    full_names=True,
)

item = _listed(
    "item",
    *_reference("parent", "item"),
    Column("kind", Text, nullable=False),
    Column("description", Text),
    Column("price", Price),
    Column("percent", Price),
    Column("cost", Price),
    *_reference("account", "account"),
    full_names=True,
)

bill = _record(
    "bill",
    *_reference("vendor", "vendor"),
    *_reference("payable_account", "account"),
    *_reference("terms", "terms"),
    Column("number", Text),
    Column("bill_date", Date, nullable=False),
    Column("due_date", Date),
    Column("memo", Text),
    Column("amount", Money, nullable=False),  # the sum of its lines
    Column("open_amount", Money),  # QuickBooks' word, when it was read
    Column("is_paid", Boolean, nullable=False),
    Column("paid_outside", Money, nullable=False, server_default="0"),  # by QuickBooks' own
    Column("purchase_orders", JSON, nullable=False, server_default="[]"),  # their numbers
    Column("currency", Text),
    Column("total_differs", Boolean, nullable=False),  # from the sum of its lines
    Column("approval", String(20), nullable=False),  # needs_approval | approved
    Index(None, "company_id", "vendor_id", "number"),
)


def _expense_lines(owner: str) -> Table:
    return _lines(
        f"{owner}_expense_line",
        owner,
        *_reference("account", "account"),
        Column("amount", Money),
        Column("memo", Text),
        *_reference("customer", "customer"),
        *_reference("department", "department"),
        Column("billable_status", String(20)),
    )


def _item_lines(owner: str) -> Table:
    return _lines(
        f"{owner}_item_line",
        owner,
        *_reference("item", "item"),
        Column("description", Text),
        Column("quantity", Quantity),
        Column("cost", Price),
        Column("amount", Money),
        *_reference("customer", "customer"),
        *_reference("department", "department"),
        Column("billable_status", String(20)),
    )


bill_expense_line = _expense_lines("bill")
bill_item_line = _item_lines("bill")

vendor_credit = _record(
    "vendor_credit",
    *_reference("vendor", "vendor"),
    *_reference("payable_account", "account"),
    Column("number", Text),
    Column("credit_date", Date, nullable=False),
    Column("memo", Text),
    Column("amount", Money, nullable=False),  # the sum of its lines
    Column("open_amount", Money),  # what is left of it, in QuickBooks' word
    Column("approval", String(20), nullable=False),  # needs_approval | approved
    Index(None, "company_id", "vendor_id", "number"),
)

vendor_credit_expense_line = _expense_lines("vendor_credit")
vendor_credit_item_line = _item_lines("vendor_credit")

invoice = _record(
    "invoice",
    *_reference("customer", "customer"),
    *_reference("department", "department"),
    *_reference("receivable_account", "account"),
    *_reference("terms", "terms"),
    Column("number", Text),
    Column("po_number", Text),
    Column("invoice_date", Date, nullable=False),
    Column("due_date", Date),
    Column("memo", Text),
    Column("to_be_emailed", Boolean, nullable=False),
    Column("to_be_printed", Boolean, nullable=False),
    Column("subtotal", Money, nullable=False),  # ours until QuickBooks answered
    Column("tax_total", Money),
    Column("total", Money),
    Column("balance_remaining", Money),
    Column("is_paid", Boolean, nullable=False),
    Column("currency", Text),
    Column("total_differs", Boolean, nullable=False),  # from the sum of its lines
    Column("voided_at", Instant),  # voided in QuickBooks
    Index(None, "company_id", "customer_id", "number"),
    Index(None, "company_id", "invoice_date"),
)

invoice_line = _lines(
    "invoice_line",
    "invoice",
    *_reference("item", "item"),
    Column("description", Text),
    Column("quantity", Quantity),
    Column("rate", Price),
    Column("amount", Money),
    *_reference("department", "department"),
    Column("taxable", Boolean),
    Column("sales_tax_code", Text),
)

bill_payment = _record(
    "bill_payment",
    *_reference("vendor", "vendor"),
    *_reference("payable_account", "account"),  # that of its bills
    *_reference("paid_from", "account"),  # None: the company's preference decides when it goes
    Column("payment_date", Date, nullable=False),
    Column("method", String(10), nullable=False),  # check | card
    Column("number", Text),
    Column("to_be_printed", Boolean, nullable=False),
    Column("amount", Money, nullable=False),  # the sum of its applications
    Column("memo", Text),
    Column("voided_at", Instant),
    Index(None, "company_id", "payment_date"),
)

bill_payment_application = _lines(
    "bill_payment_application",
    "bill_payment",
    *_reference("bill", "bill"),
    Column("amount", Money),
    Column("discount", Money),
    *_reference("discount_account", "account"),
    Index(None, "company_id", "bill_id"),
)

bill_payment_credit = _lines(
    "bill_payment_credit",
    "bill_payment",
    *_reference("bill", "bill"),
    *_reference("vendor_credit", "vendor_credit"),
    Column("amount", Money, nullable=False),
    Index(None, "company_id", "vendor_credit_id"),
)

invoice_payment = _record(
    "invoice_payment",
    *_reference("customer", "customer"),
    *_reference("deposit_to", "account"),
    Column("payment_date", Date, nullable=False),
    Column("number", Text),
    Column("amount", Money, nullable=False),
    Column("method", Text),
    Column("memo", Text),
    Column("unapplied", Money),  # QuickBooks' word: what is left as credit
    Column("voided_at", Instant),
    Index(None, "company_id", "payment_date"),
)

invoice_payment_application = _lines(
    "invoice_payment_application",
    "invoice_payment",
    *_reference("invoice", "invoice"),
    Column("amount", Money, nullable=False),
)

funds_transfer = _record(
    "funds_transfer",
    *_reference("from_account", "account"),
    *_reference("to_account", "account"),
    Column("amount", Money, nullable=False),
    Column("transfer_date", Date, nullable=False),
    Column("memo", Text),
    Column("voided_at", Instant),
    Index(None, "company_id", "transfer_date"),
)

bank_balance = Table(
    "bank_balance",
    metadata,
    _company(),
    Column("id", Key, primary_key=True),
    *_reference("account", "account"),
    Column("balance", Money, nullable=False),
    Column("total_balance", Money),
    Column("as_of", Instant, nullable=False),  # the last reading that found this balance
    Column("first_read_at", Instant, nullable=False),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    Index(None, "company_id", "account_id", "as_of"),
)

TABLES: dict[str, Table] = {
    "accounts": account,
    "departments": department,
    "terms": terms,
    "vendors": vendor,
    "customers": customer,
    "jobs": customer,
    "items": item,
    "bills": bill,
    "vendor-credits": vendor_credit,
    "invoices": invoice,
    "bill-payments": bill_payment,
    "invoice-payments": invoice_payment,
    "funds-transfers": funds_transfer,
}

LINE_TABLES: dict[tuple[str, str], Table] = {
    ("bills", "expense_lines"): bill_expense_line,
    ("bills", "item_lines"): bill_item_line,
    ("vendor-credits", "expense_lines"): vendor_credit_expense_line,
    ("vendor-credits", "item_lines"): vendor_credit_item_line,
    ("invoices", "lines"): invoice_line,
    ("bill-payments", "applications"): bill_payment_application,
    ("bill-payments", "credits"): bill_payment_credit,
    ("invoice-payments", "applications"): invoice_payment_application,
}


def column_name(field: Field) -> str:
    """The column that holds a field; a reference without a resource is kept as its name."""
    return f"{field.name}_id" if field.kind is Kind.REF and field.to else field.name


def _check_columns() -> None:
    """Every part of the entity table has its place here, or the program does not start."""
    for entity in ENTITIES:
        table = TABLES[entity.resource]
        for part in entity.parts:
            if isinstance(part, Lines):
                lines = LINE_TABLES[entity.resource, part.name]
                missing = [f.name for f in part.fields if column_name(f) not in lines.c]
            else:
                missing = [part.name] if not (part.made or column_name(part) in table.c) else []
            if missing and missing != ["external_guid"]:  # the record's own id travels in it
                raise AssertionError(f"{entity.resource}: no column for {missing}")


_check_columns()
assert set(TABLES) == set(BY_RESOURCE)  # noqa: S101 - a table without an entity cannot sync
