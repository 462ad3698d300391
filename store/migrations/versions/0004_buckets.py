"""Buckets that count events for all workers together.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bucket",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
    )
