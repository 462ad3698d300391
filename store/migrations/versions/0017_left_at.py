"""When a change left: what may have arrived is asked for from that moment on.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("change", sa.Column("left_at", sa.DateTime(timezone=True)))
    # It left after it was made.
    op.execute(
        'UPDATE change SET left_at = made_at WHERE finished_at IS NULL AND "values" IS NOT NULL'
    )
