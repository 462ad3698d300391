"""Alerts and the daily digest by mail: what is to be told, and what was.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("connector", sa.Column("alerted_of", sa.String(60)))
    op.add_column(
        "connector", sa.Column("alerted_to", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_table(
        "alert",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("news", sa.JSON(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after", instant),
        sa.Column("sent_at", instant),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_alert"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_alert_company_id"),
    )
    op.create_table(
        "digest",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_after", instant),
        sa.Column("sent_at", instant),
        sa.PrimaryKeyConstraint("day", name="pk_digest"),
    )
