"""When a conflict was looked at or turned, and by whom.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conflict", sa.Column("settled_at", sa.DateTime(timezone=True)))
    op.add_column("conflict", sa.Column("settlement", sa.String(10)))
