"""What QuickBooks' own payments and credits settle of which document, and what follows from it.

Also: when 2-way bill sync was switched on, a document's currency, void invoices, and documents
whose lines do not add up to QuickBooks' total.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("company", sa.Column("two_way_since", sa.DateTime(timezone=True)))
    for table in ("bill", "invoice"):
        op.add_column(table, sa.Column("currency", sa.Text()))
        op.add_column(
            table,
            sa.Column("total_differs", sa.Boolean(), nullable=False, server_default=sa.false()),
        )
    op.add_column(
        "bill", sa.Column("paid_outside", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column(
        "bill", sa.Column("purchase_orders", sa.JSON(), nullable=False, server_default="[]")
    )
    op.add_column("invoice", sa.Column("voided_at", sa.DateTime(timezone=True)))
    op.create_table(
        "settlement",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("noun", sa.String(30), nullable=False),
        sa.Column("document_id", sa.String(36), nullable=False),
        sa.Column("source_id", sa.String(36), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "company_id", "noun", "document_id", "source_id", name="pk_settlement"
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_settlement_company_id"),
    )
    op.create_index("ix_settlement_company_id_source_id", "settlement", ["company_id", "source_id"])
