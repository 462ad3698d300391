"""How alembic runs the migrations: on the connection that `store.engine.upgrade` hands over.

Owns nothing but that; there is no ini file, and no way to run without a connection.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

import store.syncing  # noqa: F401 - its tables belong to the metadata
from store.ledger import metadata

# Any number that nobody else in this database uses: servers that start together take turns.
_LOCK = 5_309_210_113


def _run(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()


_run(context.config.attributes["connection"])
