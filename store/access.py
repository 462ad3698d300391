"""The tables of access: who may come in, and how often.

Owns their columns. It must not know what a person or a program may do once inside.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from store.ledger import metadata
from store.types import Instant, Key

bucket = Table(
    "bucket",
    metadata,
    Column("name", String(80), primary_key=True),  # scope and digest of the subject
    Column("full_at", BigInteger, nullable=False),  # Unix milliseconds, see buckets.py
)

# What programs show to use the JSON API of one company, see api_tokens.py.
api_token = Table(
    "api_token",
    metadata,
    Column("company_id", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("handle", String(16), nullable=False, unique=True),  # the part that is no secret
    Column("name", String(100), nullable=False),
    Column("secret_hash", String(64), nullable=False),  # keyed hash, hex
    Column("scopes", JSON(none_as_null=True), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),  # to the minute
    Column("revoked_at", Instant),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)

# Answers kept for who asks the same again, see idempotency.py.
idempotency = Table(
    "idempotency",
    metadata,
    Column("company_id", Key, primary_key=True),
    Column("token_id", Key, primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("fingerprint", String(64), nullable=False),  # SHA-256 of what was asked
    Column("attempt", Key, nullable=False),  # who is at work on it
    Column("started_at", Instant, nullable=False),
    Column("status", Integer),  # None: not answered yet
    Column("answer", Text),
    ForeignKeyConstraint(["company_id", "token_id"], ["api_token.company_id", "api_token.id"]),
    Index(None, "company_id", "started_at"),
)

# Addresses that are told what stands in the change feed, see webhooks.py.
webhook = Table(
    "webhook",
    metadata,
    Column("company_id", Key, primary_key=True),
    Column("id", Key, primary_key=True),
    Column("url", String(500), nullable=False),
    Column("kinds", JSON(none_as_null=True), nullable=False),  # empty: all
    Column("created_at", Instant, nullable=False),
    Column("told_to", BigInteger, nullable=False),  # the last event's number
    Column("attempts", Integer, nullable=False),  # that failed since
    Column("try_after", Instant),
    Column("last_told_at", Instant),
    Column("last_error", String(200)),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)

person = Table(
    "person",
    metadata,
    Column("id", Key, primary_key=True),
    Column("email", String(254), nullable=False, unique=True),  # lower case
    Column("role", String(10), nullable=False),  # see persons.Role
    Column("password_hash", String(200), nullable=False),  # argon2id
    Column("sees_secrets", Boolean, nullable=False),  # support: raw texts without redaction
    Column("time_zone", String(64)),  # none: the browser's
    Column("created_at", Instant, nullable=False),
    Column("last_login_at", Instant),
)

# Whose records an admin or a viewer reaches; support reaches all.
membership = Table(
    "membership",
    metadata,
    Column("company_id", Key, primary_key=True),
    Column("person_id", Key, primary_key=True),
    Column("since", Instant, nullable=False),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
    ForeignKeyConstraint(["person_id"], ["person.id"]),
    Index(None, "person_id", "company_id"),
)

login = Table(
    "login",
    metadata,
    Column("id", Key, primary_key=True),
    Column("person_id", Key, nullable=False),
    Column("secret_hash", String(64), nullable=False, unique=True),  # of the cookie
    Column("started_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("address", String(64), nullable=False),
    Column("browser", String(200), nullable=False),
    ForeignKeyConstraint(["person_id"], ["person.id"]),
    Index(None, "person_id", "started_at"),
)

# Acts that belong to no company: logins, persons made, passwords chosen.
access_audit = Table(
    "access_audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(200), nullable=False),
    Column("act", String(60), nullable=False),
    Column("person_id", Key),  # whom it concerns
    Column("detail", JSON(none_as_null=True)),
    Index(None, "at"),
    Index(None, "person_id", "at"),
)
