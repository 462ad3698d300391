"""The currency in which QuickBooks keeps an account, vendor or customer.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("account", "vendor", "customer"):
        op.add_column(table, sa.Column("currency", sa.Text()))
