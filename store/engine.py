"""The database: one engine, transactions that are retried when the database says so, migrations.

Owns connections and how SQLite and PostgreSQL differ. It must not know what the tables hold.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as Connection  # noqa: PLC0414 - for the upper layer
from sqlalchemy import Engine, create_engine, event
from sqlalchemy import Row as Row  # noqa: PLC0414 - as above
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from store.errors import NotMigrated

T = TypeVar("T")

busy_timeout_milliseconds = 30_000
attempts_max = 8
_RETRIED_SQLSTATES = {"40001", "40P01"}  # serialization failure, deadlock


class Store:
    """The open database; every function of this package takes one of its connections."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; on SQLite it takes the write lock at once."""
        with self.engine.connect().execution_options(may_write=True) as conn, conn.begin():
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads."""
        with self.engine.connect() as conn, conn.begin():
            yield conn

    def run(self, act: Callable[[Connection], T]) -> T:
        """`act` in one writing transaction, again when the database asks for a retry."""
        for attempt in range(1, attempts_max + 1):
            acted = False
            try:
                with self.write() as conn:
                    result = act(conn)
                    acted = True
            except DBAPIError as error:
                if attempt == attempts_max or not _may_retry(error, acted=acted):
                    raise
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - only a pause
            else:
                return result
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _may_retry(error: DBAPIError, *, acted: bool) -> bool:
    """Whether it is certain that nothing was committed, and another try may succeed."""
    if error.connection_invalidated:
        return not acted  # lost while committing: it may have been done, doing it twice is worse
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate in _RETRIED_SQLSTATES or "database is locked" in str(error.orig)


def open_store(url: str) -> Store:
    """Open the database at an SQLAlchemy URL (`sqlite:///file` or `postgresql+psycopg://...`)."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return Store(
            create_engine(
                url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=20
            )
        )
    engine = create_engine(
        url,
        hide_parameters=True,  # they are records of companies, and errors end up in logs
        # Connections are kept: closing the last one would write the whole WAL back each time.
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=20,
        connect_args={"timeout": busy_timeout_milliseconds / 1000},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Store(engine)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see `_begin_sqlite`
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # an answer to QuickBooks must survive a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={busy_timeout_milliseconds}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    # A transaction that reads first and writes later would fail with "locked" in the middle.
    may_write = conn.get_execution_options().get("may_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if may_write else "BEGIN")


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str, version: str = "head") -> None:
    """Bring the tables to this program's version, or to an older one; forward only."""
    store = open_store(url)
    config = _config(url)
    try:
        with store.write() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, version)
    finally:
        store.close()


def current(store: Store) -> str | None:
    """The version of the tables; None when there are none."""
    with store.read() as conn:
        return MigrationContext.configure(conn).get_current_revision()


def head() -> str:
    """The version of the tables that this program needs."""
    found = ScriptDirectory.from_config(_config("")).get_current_head()
    assert found is not None  # noqa: S101 - the package ships at least one migration
    return found


def require_migrated(store: Store) -> None:
    """Refuse to work on other tables than this program's."""
    found = current(store)
    if found != head():
        raise NotMigrated(
            f"The database is at version {found or 'none'}, this program needs {head()}. "
            "Run `webconnector db upgrade`."
        )
