"""What every test may ask for, and what no test may do.

It may ask for databases, a free port, the shared reference. It may not reach beyond this machine's
loopback, see the caller's WEBCONNECTOR_* settings, or (on CI) skip PostgreSQL or the browser.
"""

import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import structlog
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from tests.databases import RunFolder, new_folder
from tests.required import pytest_make_collect_report, pytest_runtest_makereport

if TYPE_CHECKING:
    from tests.acceptance.in_process import Server

__all__ = ["pytest_make_collect_report", "pytest_runtest_makereport"]

ROOT = Path(__file__).parent.parent
RUN_FOLDER = pytest.StashKey[RunFolder]()

# Nothing here measures time (two busy cores would make it fail for nothing), and a failure must
# print how to repeat it.
hypothesis.settings.register_profile(
    "default",
    deadline=None,
    derandomize=False,
    max_examples=100,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak", hypothesis.settings.get_profile("default"), max_examples=50_000
)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


# --- one folder for all processes of a run


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the run's folder; workers are told its path."""
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    path = Path(workerinput["run_folder"]) if workerinput else new_folder("wc-")
    config.stash[RUN_FOLDER] = RunFolder(path)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist: what a worker gets told."""
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER].path)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The first process, which outlives its workers, ends what the run shared."""
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        config.stash[RUN_FOLDER].close()


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> RunFolder:
    """The maker of databases, for tests that need more than one."""
    return pytestconfig.stash[RUN_FOLDER]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long ones first, in the random order that they have by now."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


# --- databases


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each kind in turn; a test for one of them parametrises `database_kind` itself."""
    return str(request.param)


@contextmanager
def new_database(run_folder: RunFolder, kind: str, *, migrated: bool) -> Iterator[str]:
    """Yields the URL of a new database and removes it afterwards."""
    if kind == "sqlite":
        with run_folder.folder() as folder:
            yield run_folder.new_sqlite(folder / "store.sqlite3", migrated=migrated)
        return
    name, url = run_folder.new_postgresql(migrated=migrated)
    yield url
    run_folder.drop_postgresql(name)


@pytest.fixture
def database_url(run_folder: RunFolder, database_kind: str) -> Iterator[str]:
    """URL of a fresh database with the newest schema; the test runs on SQLite and on PostgreSQL."""
    with new_database(run_folder, database_kind, migrated=True) as url:
        yield url


@pytest.fixture(scope="session")
def shared_server(run_folder: RunFolder) -> Iterator[Callable[[str], "Server"]]:
    """The server over a database of that kind which all tests of a process share.

    Each test has companies of its own there. That is cheap, and stricter than a database of its
    own: what reached into another company would find something.
    """
    from tests.acceptance import in_process  # noqa: PLC0415  tests that need no store must not

    made: dict[str, Server] = {}
    with ExitStack() as stack:

        def give(kind: str) -> "Server":
            if kind not in made:
                url = stack.enter_context(new_database(run_folder, kind, migrated=True))
                made[kind] = stack.enter_context(in_process.running(url))
            return made[kind]

        yield give


@pytest.fixture
def empty_database_url(run_folder: RunFolder, database_kind: str) -> Iterator[str]:
    """URL of a fresh database without any table; the test runs on SQLite and on PostgreSQL."""
    with new_database(run_folder, database_kind, migrated=False) as url:
        yield url


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Every test has an engine of its own; what one has compiled serves the next of its kind.

    Compiling is a sixth of a test's time. SQLAlchemy keeps what it compiled per engine, under its
    dialect; here all engines of a kind share it, and their dialects count as the same.
    """
    kept: dict[type, LRUCache[Any, Any]] = {}

    def shared(engine: Engine) -> LRUCache[Any, Any]:
        return kept.setdefault(type(engine.dialect), LRUCache(5000))

    def not_its_own(_engine: Engine, _cache: object) -> None:
        """In place of the cache that a new engine makes."""

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Engine, "_compiled_cache", property(shared, not_its_own), raising=False)
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patch.setattr(dialect, "__hash__", lambda self: hash(type(self)))
            patch.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
        yield


# --- the machine


class BeyondLoopbackError(AssertionError):
    """A test tried to reach another machine."""


def is_here(host: object) -> bool:
    """Whether an address names this machine; any name but localhost would ask a name server."""
    if host in {None, "", b"", "localhost", b"localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host))
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Refuses connections and name look-ups that leave the machine. Unix sockets stay free."""

    def guarded(name: str) -> Any:
        original = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            address = arguments[-1]  # of connect(address), sendto(data, [flags,] address)
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(address[0]):
                raise BeyondLoopbackError(f"{name} to {address} leaves this machine")
            return original(self, *arguments)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if not is_here(host):
            raise BeyondLoopbackError(f"looking up {host} leaves this machine")
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_caller() -> Iterator[None]:
    """A test sets every WEBCONNECTOR_* variable it means, and inherits none."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("WEBCONNECTOR_")]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def logs_as_they_were() -> Iterator[None]:
    """A test that sets up logging, as the server does, leaves nothing of it to the next one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference folder beside the project (Intuit's schema, examples); no release has it."""
    folder = ROOT.parent / "shared"
    if not (folder / "schema").is_dir():
        pytest.skip("../shared/schema is not at hand")
    return folder
