"""The audit trail of one record is found by its id, without reading the company's whole trail.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Acts from before have the record in their detail only; SQLite keeps ids without dashes.
_FROM_DETAIL = {
    "sqlite": "UPDATE audit SET record_id = replace(json_extract(detail, '$.record'), '-', '')"
    " WHERE json_extract(detail, '$.record') IS NOT NULL",
    "postgresql": "UPDATE audit SET record_id = (detail ->> 'record')::uuid"
    " WHERE detail ->> 'record' IS NOT NULL",
}


def upgrade() -> None:
    op.add_column("audit", sa.Column("record_id", sa.Uuid(as_uuid=False)))
    op.execute(_FROM_DETAIL[op.get_bind().dialect.name])
    op.create_index("ix_audit_company_id_record_id_at", "audit", ["company_id", "record_id", "at"])
