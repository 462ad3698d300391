"""Webhooks: addresses that follow the change feed.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "webhook",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("told_to", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after", instant),
        sa.Column("last_told_at", instant),
        sa.Column("last_error", sa.String(200)),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_webhook"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_webhook_company_id"),
    )
