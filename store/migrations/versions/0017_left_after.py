"""When a change left: what may have arrived is asked for from that moment on.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# QuickBooks' wall clock may be anywhere.
_AHEAD = timedelta(hours=26)
_IN_DOUBT = sa.text(
    'SELECT company_id, id, made_at FROM change WHERE finished_at IS NULL AND "values" IS NOT NULL'
)
_SAY = sa.text("UPDATE change SET left_after = :after WHERE company_id = :company AND id = :id")


def upgrade() -> None:
    op.add_column("change", sa.Column("left_after", sa.String(19)))
    for row in op.get_bind().execute(_IN_DOUBT).all():
        made = row.made_at
        if isinstance(made, str):
            made = datetime.fromisoformat(made)
        # It left after it was made.
        after = (made - _AHEAD).strftime("%Y-%m-%dT%H:%M:%S")
        op.get_bind().execute(_SAY, {"after": after, "company": row.company_id, "id": row.id})
