"""Persons, their companies and logins; how each connector fared last.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("email", sa.String(254), nullable=False, unique=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("sees_secrets", sa.Boolean(), nullable=False),
        sa.Column("time_zone", sa.String(64)),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("last_login_at", _MOMENT),
    )
    op.create_table(
        "membership",
        sa.Column("company_id", _KEY, sa.ForeignKey("company.id"), primary_key=True),
        sa.Column("person_id", _KEY, sa.ForeignKey("person.id"), primary_key=True),
        sa.Column("since", _MOMENT, nullable=False),
    )
    op.create_index("ix_membership_person_id_company_id", "membership", ["person_id", "company_id"])
    op.create_table(
        "login",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("person_id", _KEY, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("last_seen_at", _MOMENT, nullable=False),
        sa.Column("ended_at", _MOMENT),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(200), nullable=False),
    )
    op.create_index("ix_login_person_id_started_at", "login", ["person_id", "started_at"])
    op.create_table(
        "access_audit",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("person_id", _KEY),
        sa.Column("detail", sa.JSON(none_as_null=True)),
    )
    op.create_index("ix_access_audit_at", "access_audit", ["at"])
    op.create_index("ix_access_audit_person_id_at", "access_audit", ["person_id", "at"])
    op.add_column("connector", sa.Column("last_address", sa.String(64)))
    op.add_column("connector", sa.Column("late_at", _MOMENT))
    # Who was heard of before counts as late until the next call says more.
    op.execute("UPDATE connector SET late_at = last_call_at")
    op.add_column("connector", sa.Column("last_outcome", sa.String(20)))
    op.add_column("connector", sa.Column("refused_at", _MOMENT))
