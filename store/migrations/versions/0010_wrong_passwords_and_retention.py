"""Where wrong passwords came from; when a company's old rows were deleted.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("erased_at", "tidied_at"):
        op.add_column("company", sa.Column(name, sa.DateTime(timezone=True)))
    op.add_column("connector", sa.Column("wrong_address", sa.String(64)))
    op.add_column(
        "connector",
        sa.Column("wrong_passwords", sa.Integer(), nullable=False, server_default="0"),
    )
