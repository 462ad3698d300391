"""Candidates for a link, and what QuickBooks sent that the ledger cannot hold.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def _tenant(name: str, *parts: Any) -> None:
    op.create_table(
        name,
        sa.Column("company_id", _KEY, nullable=False),
        sa.Column("id", _KEY, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("company_id", "id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{name}_company_id"),
    )


def upgrade() -> None:
    _tenant(
        "candidate",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("noun", sa.String(30), nullable=False),
        sa.Column("quickbooks_id", sa.String(36), nullable=False),
        sa.Column("full_name", sa.Text()),
        sa.Column("edit_sequence", sa.String(16), nullable=False),
        sa.Column("time_modified", sa.String(19), nullable=False),
        sa.Column("values", _JSON, nullable=False),
        sa.Column("session_id", _KEY, nullable=False),
        sa.Column("found_at", _INSTANT, nullable=False),
        sa.Column("apart_at", _INSTANT),
        sa.Column("reason", sa.Text()),
        sa.UniqueConstraint(
            "company_id",
            "record_id",
            "noun",
            "quickbooks_id",
            name="uq_candidate_company_id_record_id_noun_quickbooks_id",
        ),
    )
    _tenant(
        "unstored",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("noun", sa.String(30), nullable=False),
        sa.Column("quickbooks_id", sa.String(36), nullable=False),
        sa.Column("values", _JSON, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("exchange_id", _KEY),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.UniqueConstraint(
            "company_id", "noun", "quickbooks_id", name="uq_unstored_company_id_noun_quickbooks_id"
        ),
    )
