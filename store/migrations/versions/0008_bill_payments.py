"""Bill payments, what they apply to, and the vendor credits they set.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_INSTANT = sa.DateTime(timezone=True)
_SCALED = sa.BigInteger()


def upgrade() -> None:
    _payment()
    _lines("bill_payment_application", "bill_id", "discount_account_id")
    _lines("bill_payment_credit", "vendor_credit_id", "bill_id")


_TO = {
    "vendor_id": "vendor",
    "payable_account_id": "account",
    "paid_from_id": "account",
    "bill_id": "bill",
    "discount_account_id": "account",
    "vendor_credit_id": "vendor_credit",
}
_OWN = {
    "bill_payment_application": (
        sa.Column("amount", _SCALED),
        sa.Column("discount", _SCALED),
    ),
    "bill_payment_credit": (sa.Column("amount", _SCALED, nullable=False),),
}


def _foreign(table: str, column: str) -> sa.ForeignKeyConstraint:
    """A reference within the same company."""
    to = _TO[column]
    return sa.ForeignKeyConstraint(
        ["company_id", column], [f"{to}.company_id", f"{to}.id"], name=f"fk_{table}_{column}"
    )


def _payment() -> None:
    name, references = "bill_payment", ("vendor_id", "payable_account_id", "paid_from_id")
    op.create_table(
        name,
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        *(sa.Column(column, _KEY) for column in references),
        sa.Column("payment_date", sa.Date(), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("number", sa.Text()),
        sa.Column("to_be_printed", sa.Boolean(), nullable=False),
        sa.Column("amount", _SCALED, nullable=False),
        sa.Column("memo", sa.Text()),
        sa.Column("voided_at", _INSTANT),
        sa.Column("origin", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.Column("deleted_at", _INSTANT),
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{name}_company_id"),
        *(_foreign(name, column) for column in references),
    )
    _index(name, "updated_at", "id")
    _index(name, "payment_date")


def _lines(name: str, *references: str) -> None:
    """Lines of a payment; what the first reference points at is looked up by it."""
    op.create_table(
        name,
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        *(sa.Column(column, _KEY) for column in references),
        sa.Column("owner_id", _KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("quickbooks_line_id", sa.Text()),
        *_OWN[name],
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["company_id", "owner_id"],
            ["bill_payment.company_id", "bill_payment.id"],
            name=f"fk_{name}_owner_id",
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "company_id", "owner_id", "position", name=f"uq_{name}_company_id_owner_id_position"
        ),
        *(_foreign(name, column) for column in references),
    )
    _index(name, references[0])


def _index(table: str, *columns: str) -> None:
    name = "_".join(("ix", table, "company_id", *columns))
    op.create_index(name, table, ["company_id", *columns])
