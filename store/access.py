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
    String,
    Table,
)

from store.ledger import metadata
from store.types import Instant, Key

bucket = Table(
    "bucket",
    metadata,
    Column("name", String(80), primary_key=True),  # scope and digest of the subject
    Column("full_at", BigInteger, nullable=False),  # Unix milliseconds, see buckets.py
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
