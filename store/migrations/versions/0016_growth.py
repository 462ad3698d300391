"""An idle session's work does not grow with the company: what it looks for has indexes of its own.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    unmerged = sa.text("base IS NULL")
    op.create_index(
        "ix_link_unmerged",
        "link",
        ["company_id"],
        sqlite_where=unmerged,
        postgresql_where=unmerged,
    )
    op.create_index(
        "ix_exchange_sent_in", "exchange", ["company_id", "sent_in_session_id", "number"]
    )
    sent = sa.text("state = 'sent'")
    op.drop_index("ix_exchange_owed", "exchange")
    op.create_index(
        "ix_exchange_owed",
        "exchange",
        ["company_id", "number"],
        sqlite_where=sent,
        postgresql_where=sent,
    )
