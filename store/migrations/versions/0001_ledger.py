"""The company and the records of its CashFlow ledger.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
Money is kept in integer cents, prices and quantities in integer hundred-thousandths. Texts that
QuickBooks may hold have no length here: what it sends is stored, whatever its limits are today.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)
_SCALED = sa.BigInteger()


def upgrade() -> None:
    _company()
    _lists()
    _parties()
    _bills()
    _vendor_credits()
    _invoices()
    _invoice_payments()
    _funds_transfers()
    _bank_balances()


def _table(name: str, *parts: Any, references: dict[str, str] | None = None) -> None:
    """A table of a company: its key, and its references within the same company."""
    foreign = [
        sa.ForeignKeyConstraint(
            ["company_id", column], [f"{to}.company_id", f"{to}.id"], name=f"fk_{name}_{column}"
        )
        for column, to in (references or {}).items()
    ]
    op.create_table(
        name,
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        *(sa.Column(column, _KEY) for column in references or {}),
        *parts,
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{name}"),
        *foreign,
    )


def _record(
    name: str, *columns: sa.Column[Any], references: dict[str, str], indexed: tuple[str, ...] = ()
) -> None:
    _table(
        name,
        *columns,
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("deleted_at", _INSTANT),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{name}_company_id"),
        references=references,
    )
    _index(name, "updated_at", "id")
    if indexed:
        _index(name, *indexed)


def _index(table: str, *columns: str) -> None:
    name = "_".join(("ix", table, "company_id", *columns))
    op.create_index(name, table, ["company_id", *columns])


def _lines(name: str, owner: str, *columns: sa.Column[Any], references: dict[str, str]) -> None:
    _table(
        name,
        sa.Column("owner_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quickbooks_line_id", sa.Text()),
        *columns,
        sa.ForeignKeyConstraint(
            ["company_id", "owner_id"],
            [f"{owner}.company_id", f"{owner}.id"],
            name=f"fk_{name}_owner_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "company_id", "owner_id", "position", name=f"uq_{name}_company_id_owner_id_position"
        ),
        references=references,
    )


def _company() -> None:
    op.create_table(
        "company",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("preferences", _JSON, nullable=False),
        sa.Column("start_date", sa.Date()),
        sa.Column("connected_at", _INSTANT),
        sa.Column("preview", sa.Boolean(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("removed_at", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_company"),
    )


def _name() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )


def _full_name() -> sa.Column[Any]:
    return sa.Column("full_name", sa.Text(), nullable=False)


def _lists() -> None:
    _record(
        "account",
        *_name(),
        _full_name(),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("description", sa.Text()),
        sa.Column("balance", _SCALED),
        sa.Column("total_balance", _SCALED),
        references={"parent_id": "account"},
        indexed=("full_name",),
    )
    _record(
        "department",
        *_name(),
        _full_name(),
        references={"parent_id": "department"},
        indexed=("full_name",),
    )
    _record(
        "terms",
        *_name(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_days", sa.Integer()),
        sa.Column("discount_days", sa.Integer()),
        sa.Column("discount_percent", _SCALED),
        sa.Column("day_of_month_due", sa.Integer()),
        sa.Column("due_next_month_days", sa.Integer()),
        sa.Column("discount_day_of_month", sa.Integer()),
        references={},
        indexed=("name",),
    )
    _record(
        "item",
        *_name(),
        _full_name(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("price", _SCALED),
        sa.Column("percent", _SCALED),
        sa.Column("cost", _SCALED),
        references={"parent_id": "item", "account_id": "account"},
        indexed=("full_name",),
    )


def _parties() -> None:
    _record(
        "vendor",
        *_name(),
        sa.Column("company_name", sa.Text()),
        sa.Column("address", _JSON),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        sa.Column("account_number", sa.Text()),
        sa.Column("tax_id", sa.Text()),
        sa.Column("is_1099", sa.Boolean(), nullable=False),
        references={"terms_id": "terms"},
        indexed=("name",),
    )
    _record(
        "customer",
        *_name(),
        _full_name(),
        sa.Column("company_name", sa.Text()),
        sa.Column("bill_address", _JSON),
        sa.Column("ship_address", _JSON),
        sa.Column("phone", sa.Text()),
        sa.Column("email", sa.Text()),
        references={"parent_id": "customer", "terms_id": "terms"},
        indexed=("full_name",),
    )


def _bills() -> None:
    _record(
        "bill",
        sa.Column("number", sa.Text()),
        sa.Column("bill_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date()),
        sa.Column("memo", sa.Text()),
        sa.Column("amount", _SCALED, nullable=False),
        sa.Column("open_amount", _SCALED),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.String(20), nullable=False),
        references={"vendor_id": "vendor", "payable_account_id": "account", "terms_id": "terms"},
        indexed=("vendor_id", "number"),
    )
    _expense_and_item_lines("bill")


def _vendor_credits() -> None:
    _record(
        "vendor_credit",
        sa.Column("number", sa.Text()),
        sa.Column("credit_date", sa.Date(), nullable=False),
        sa.Column("memo", sa.Text()),
        sa.Column("amount", _SCALED, nullable=False),
        sa.Column("open_amount", _SCALED),
        sa.Column("approval", sa.String(20), nullable=False),
        references={"vendor_id": "vendor", "payable_account_id": "account"},
        indexed=("vendor_id", "number"),
    )
    _expense_and_item_lines("vendor_credit")


def _expense_and_item_lines(owner: str) -> None:
    _lines(
        f"{owner}_expense_line",
        owner,
        sa.Column("amount", _SCALED),
        sa.Column("memo", sa.Text()),
        sa.Column("billable_status", sa.String(20)),
        references={
            "account_id": "account",
            "customer_id": "customer",
            "department_id": "department",
        },
    )
    _lines(
        f"{owner}_item_line",
        owner,
        sa.Column("description", sa.Text()),
        sa.Column("quantity", _SCALED),
        sa.Column("cost", _SCALED),
        sa.Column("amount", _SCALED),
        sa.Column("billable_status", sa.String(20)),
        references={"item_id": "item", "customer_id": "customer", "department_id": "department"},
    )


def _invoices() -> None:
    _record(
        "invoice",
        sa.Column("number", sa.Text()),
        sa.Column("po_number", sa.Text()),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date()),
        sa.Column("memo", sa.Text()),
        sa.Column("to_be_emailed", sa.Boolean(), nullable=False),
        sa.Column("to_be_printed", sa.Boolean(), nullable=False),
        sa.Column("subtotal", _SCALED, nullable=False),
        sa.Column("tax_total", _SCALED),
        sa.Column("total", _SCALED),
        sa.Column("balance_remaining", _SCALED),
        sa.Column("is_paid", sa.Boolean(), nullable=False),
        references={
            "customer_id": "customer",
            "department_id": "department",
            "receivable_account_id": "account",
            "terms_id": "terms",
        },
        indexed=("customer_id", "number"),
    )
    _index("invoice", "invoice_date")
    _lines(
        "invoice_line",
        "invoice",
        sa.Column("description", sa.Text()),
        sa.Column("quantity", _SCALED),
        sa.Column("rate", _SCALED),
        sa.Column("amount", _SCALED),
        sa.Column("taxable", sa.Boolean()),
        sa.Column("sales_tax_code", sa.Text()),
        references={"item_id": "item", "department_id": "department"},
    )


def _invoice_payments() -> None:
    _record(
        "invoice_payment",
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("amount", _SCALED, nullable=False),
        sa.Column("method", sa.Text()),
        sa.Column("memo", sa.Text()),
        sa.Column("unapplied", _SCALED),
        sa.Column("voided_at", _INSTANT),
        references={"customer_id": "customer", "deposit_to_id": "account"},
        indexed=("payment_date",),
    )
    _lines(
        "invoice_payment_application",
        "invoice_payment",
        sa.Column("amount", _SCALED, nullable=False),
        references={"invoice_id": "invoice"},
    )


def _funds_transfers() -> None:
    _record(
        "funds_transfer",
        sa.Column("amount", _SCALED, nullable=False),
        sa.Column("transfer_date", sa.Date(), nullable=False),
        sa.Column("memo", sa.Text()),
        sa.Column("voided_at", _INSTANT),
        references={"from_account_id": "account", "to_account_id": "account"},
        indexed=("transfer_date",),
    )


def _bank_balances() -> None:
    _table(
        "bank_balance",
        sa.Column("balance", _SCALED, nullable=False),
        sa.Column("total_balance", _SCALED),
        sa.Column("as_of", _INSTANT, nullable=False),
        sa.Column("first_read_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_bank_balance_company_id"),
        references={"account_id": "account"},
    )
    _index("bank_balance", "account_id", "as_of")
