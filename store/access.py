"""The tables of access: who may come in, and how often.

Owns their columns. It must not know what a person or a program may do once inside.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table

from store.ledger import metadata

bucket = Table(
    "bucket",
    metadata,
    Column("name", String(80), primary_key=True),  # scope and digest of the subject
    Column("full_at", BigInteger, nullable=False),  # Unix milliseconds, see buckets.py
)
