"""The change feed: events numbered per company, and the counter of the numbers.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", name="pk_feed"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_feed_company_id"),
    )
    op.create_table(
        "event",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "number", name="pk_event"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_event_company_id"),
    )
    op.create_index("ix_event_company_id_at", "event", ["company_id", "at"])
