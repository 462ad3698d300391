"""Tokens of the JSON API, and the answers kept for repeated requests.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "api_token",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("handle", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("last_used_at", instant),
        sa.Column("revoked_at", instant),
        sa.PrimaryKeyConstraint("company_id", "id", name="pk_api_token"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_api_token_company_id"),
        sa.UniqueConstraint("handle", name="uq_api_token_handle"),
    )
    op.create_table(
        "idempotency",
        sa.Column("company_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("token_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("attempt", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("started_at", instant, nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", sa.Text()),
        sa.PrimaryKeyConstraint("company_id", "token_id", "key", name="pk_idempotency"),
        sa.ForeignKeyConstraint(
            ["company_id", "token_id"],
            ["api_token.company_id", "api_token.id"],
            name="fk_idempotency_token_id",
        ),
    )
    op.create_index(
        "ix_idempotency_company_id_started_at", "idempotency", ["company_id", "started_at"]
    )
