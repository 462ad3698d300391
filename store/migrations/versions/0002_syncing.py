"""Syncing: connector, session, exchange, link, change, cursor, problem and what goes with them.

Frozen: says how the tables were when this migration was written and imports nothing of ours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEY = sa.Uuid(as_uuid=False)
_INSTANT = sa.DateTime(timezone=True)
_JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    _connector()
    _session()
    _exchange()
    _link()
    _change()
    _problem()
    _story()


def _tenant(name: str, *parts: Any, key: str = "id") -> None:
    """A table of a company; `key` is the second column of its primary key."""
    own = (sa.Column("id", _KEY, nullable=False),) if key == "id" else ()
    op.create_table(
        name,
        sa.Column("company_id", _KEY, nullable=False),
        *own,
        *parts,
        sa.PrimaryKeyConstraint("company_id", key, name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{name}_company_id"),
    )


def _index(table: str, *columns: str) -> None:
    name = "_".join(("ix", table, "company_id", *columns))
    op.create_index(name, table, ["company_id", *columns])


def _partial(name: str, table: str, *columns: str, where: str, unique: bool = False) -> None:
    """An index over the rows in hand only: the finished ones are many and never looked for."""
    op.create_index(
        name,
        table,
        ["company_id", *columns],
        unique=unique,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _connector() -> None:
    _tenant(
        "connector",
        sa.Column("username", sa.String(100), nullable=False),
        sa.Column("password_hash", sa.String(64), nullable=False),
        sa.Column("owner_id", sa.String(38), nullable=False),
        sa.Column("file_id", sa.String(38), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("paths", _JSON, nullable=False),
        sa.Column("company_file_name", sa.String(200)),
        sa.Column("stamped", sa.Boolean(), nullable=False),
        sa.Column("awaiting", _JSON),
        sa.Column("quickbooks", _JSON),
        sa.Column("activity", _JSON),
        sa.Column("exchange_count", sa.BigInteger(), nullable=False),
        sa.Column("last_call_at", _INSTANT),
        sa.Column("last_full_session_at", _INSTANT),
        sa.UniqueConstraint("username", name="uq_connector_username"),
    )


def _session() -> None:
    _tenant(
        "session",
        sa.Column("connector_id", _KEY, nullable=False),
        sa.Column("ticket_hash", sa.String(64), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("started_at", _INSTANT, nullable=False),
        sa.Column("last_call_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT),
        sa.Column("outcome", sa.String(20)),
        sa.Column("text", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("changes_in", sa.Integer(), nullable=False),
        sa.Column("changes_out", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("connection_errors", sa.Integer(), nullable=False),
        sa.Column("web_connector", sa.String(40)),
        sa.Column("quickbooks", sa.String(120)),
        sa.Column("company_file", sa.String(500)),
        sa.Column("plan", _JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id", "connector_id"],
            ["connector.company_id", "connector.id"],
            name="fk_session_connector_id",
        ),
        sa.UniqueConstraint("ticket_hash", name="uq_session_ticket_hash"),
    )
    _partial("uq_session_open", "session", where="ended_at IS NULL", unique=True)
    _index("session", "started_at")
    _tenant(
        "call",
        sa.Column("session_id", _KEY, nullable=False),
        sa.Column("operation", sa.String(30), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(200), nullable=False),
    )
    _index("call", "session_id", "at")


def _exchange() -> None:
    _tenant(
        "exchange",
        sa.Column("session_id", _KEY, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("purpose", _JSON, nullable=False),
        sa.Column("message_set_id", sa.String(23)),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("response", sa.Text()),
        sa.Column("parked", sa.Boolean(), nullable=False),
        sa.Column("hresult", sa.String(20)),
        sa.Column("message", sa.Text()),
        sa.Column("sent_at", _INSTANT, nullable=False),
        sa.Column("sent_in_session_id", _KEY, nullable=False),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("answered_at", _INSTANT),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.UniqueConstraint("company_id", "number", name="uq_exchange_company_id_number"),
        sa.UniqueConstraint(
            "company_id", "message_set_id", name="uq_exchange_company_id_message_set_id"
        ),
    )
    _index("exchange", "session_id", "number")
    _partial("ix_exchange_owed", "exchange", where="state = 'sent'")


def _link() -> None:
    _tenant(
        "link",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("quickbooks_id", sa.String(36), nullable=False),
        sa.Column("family", sa.String(4), nullable=False),
        sa.Column("noun", sa.String(30), nullable=False),
        sa.Column("edit_sequence", sa.String(16), nullable=False),
        sa.Column("time_modified", sa.String(19), nullable=False),
        sa.Column("base", _JSON),
        sa.Column("written_edit_sequence", sa.String(16)),
        sa.Column("synced_version", sa.Integer(), nullable=False),
        sa.Column("synced_at", _INSTANT, nullable=False),
        sa.Column("gone_at", _INSTANT),
        sa.UniqueConstraint(
            "company_id", "noun", "quickbooks_id", name="uq_link_company_id_noun_quickbooks_id"
        ),
        sa.UniqueConstraint("company_id", "record_id", name="uq_link_company_id_record_id"),
    )
    _partial("ix_link_unseen", "link", where="time_modified = ''")
    _tenant(
        "dangling",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("line_id", _KEY),
        sa.Column("lines", sa.String(30)),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("noun", sa.String(30), nullable=False),
        sa.Column("quickbooks_id", sa.String(36), nullable=False),
        sa.Column("full_name", sa.String(512)),
    )
    _index("dangling", "noun", "quickbooks_id")
    _index("dangling", "record_id")


def _change() -> None:
    _tenant(
        "change",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("values", _JSON),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("try_after", _INSTANT),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("exchange_id", _KEY),
        sa.Column("looked_up_in", _KEY),
        sa.Column("waits_for", sa.Text()),
        sa.Column("waits_for_id", _KEY),
        sa.Column("reason", sa.Text()),
        sa.Column("finished_at", _INSTANT),
    )
    _partial(
        "uq_change_open",
        "change",
        "record_id",
        where="finished_at IS NULL AND state <> 'sent'",
        unique=True,
    )
    op.create_index("ix_change_record", "change", ["company_id", "record_id", "made_at"])
    _partial("ix_change_waiting", "change", "resource", "made_at", where="finished_at IS NULL")
    _tenant(
        "cursor",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("read_to", sa.String(19)),
        sa.Column("first_read_at", _INSTANT),
        sa.Column("read_at", _INSTANT),
        key="name",
    )


def _problem() -> None:
    _tenant(
        "problem",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("resource", sa.String(30)),
        sa.Column("record_id", _KEY),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("code", sa.String(20)),
        sa.Column("quickbooks_text", sa.Text()),
        sa.Column("session_id", _KEY),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("opened_at", _INSTANT, nullable=False),
        sa.Column("last_seen_at", _INSTANT, nullable=False),
        sa.Column("resolved_at", _INSTANT),
        sa.Column("resolution", sa.String(40)),
        sa.UniqueConstraint("company_id", "number", name="uq_problem_company_id_number"),
    )
    _partial("uq_problem_open", "problem", "cause", where="resolved_at IS NULL", unique=True)
    _index("problem", "record_id")


def _story() -> None:
    _tenant(
        "conflict",
        sa.Column("resource", sa.String(30), nullable=False),
        sa.Column("record_id", _KEY, nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("cashflow_value", _JSON),
        sa.Column("quickbooks_value", _JSON),
        sa.Column("winner", sa.String(12), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("session_id", _KEY),
    )
    _index("conflict", "record_id")
    _index("conflict", "at")
    _tenant(
        "audit",
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("detail", _JSON),
    )
    _index("audit", "at")
    op.create_table(
        "greeting",
        sa.Column("peer", sa.String(64), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("peer", name="pk_greeting"),
    )
