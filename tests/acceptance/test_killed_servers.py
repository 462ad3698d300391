"""Real processes die: a worker between receiving and committing, PostgreSQL in mid-session."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from sqlalchemy import update

from store.syncing import session
from tests.acceptance.conftest import stock
from tests.acceptance.test_exactly_once import up_to_the_write
from tests.acceptance.test_sessions import close, last_error, receive
from tests.acceptance.test_workers import Servers, gunicorn
from tests.acceptance.world import World, world
from tests.databases import RunFolder
from webconnector.rehearsal.web_connector import ConnectionLost

STEPS = ("clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection")
LONG_AGO = timedelta(hours=1)
_ESTABLISHED = "01"


@contextmanager
def locked(database_url: str) -> Iterator[None]:
    """Nobody can commit a call: SQLite's write lock, or PostgreSQL's lock of what comes last."""
    if database_url.startswith("sqlite"):
        holder = sqlite3.connect(database_url.removeprefix("sqlite:///"), check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            holder.rollback()
            holder.close()
        return
    with psycopg.connect(database_url.replace("+psycopg", "")) as holder_of_tables:
        # A call writes its line of the log when all its other work is done.
        holder_of_tables.execute('LOCK TABLE "call", greeting IN EXCLUSIVE MODE')
        yield
        holder_of_tables.rollback()


def whole_request_is_read(port: int) -> bool:
    """Whether a worker has accepted a connection to that port and taken all bytes off it.

    One that nobody has accepted yet has no inode, and outlives the worker in the queue.
    """
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, _, state, queues, _, _, _, _, inode = line.split()[:10]
        if state == _ESTABLISHED and int(local.split(":")[1], 16) == port:
            return inode != "0" and int(queues.split(":")[1], 16) == 0
    return False


def worker_of(port: int) -> int:
    """The process that serves that port, not the one that started it."""
    inodes = {
        f"socket:[{line.split()[9]}]"
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if int(line.split()[1].split(":")[1], 16) == port and line.split()[3] == "0A"
    }
    holders = [
        int(p.name) for p in Path("/proc").iterdir() if p.name.isdecimal() and _holds(p, inodes)
    ]
    (worker,) = [one for one in holders if _parent(one) in holders]
    return worker


def _holds(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(one.readlink()) in inodes for one in (process / "fd").iterdir())
    except OSError:  # another user's, or gone
        return False


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])


class Executioner:
    """Kills the worker that has received a call and cannot commit it."""

    def __init__(self, made: World, database_url: str, step: str) -> None:
        self.made = made
        self.step = step
        self._url = database_url
        self._port = int(urlsplit(made.url).port or 0)
        self._pool = ThreadPoolExecutor(1)
        self._stack = ExitStack()
        self.struck = False

    def __call__(self, moment: str, operation: str) -> None:
        """Told of every call of the Web Connector."""
        if moment == "sending" and operation == self.step and not self.struck and self._is_time():
            self.struck = True
            worker = worker_of(self._port)
            self._stack.enter_context(locked(self._url))
            self._death = self._pool.submit(self._strike, worker)

    def _is_time(self) -> bool:
        """The answer to receive is the one to a write; of the other steps any."""
        written = any("VendorAdd" in text for text in self.made.books.requests[-1:])
        return self.step != "receiveResponseXML" or written

    def _strike(self, worker: int) -> None:
        deadline = time.monotonic() + 30
        while not whole_request_is_read(self._port):
            assert time.monotonic() < deadline, "the call never arrived"
        os.kill(worker, signal.SIGKILL)
        self._stack.close()

    def rest(self) -> None:
        """Tell what went wrong in the other thread."""
        self._death.result()
        self._pool.shutdown()


def is_given_up(made: World) -> None:
    """As if the dead session had been silent for long: the servers live in real time."""
    with made.store.write() as conn:
        conn.execute(
            update(session)
            .where(session.c.company_id == made.id, session.c.ended_at.is_(None))
            .values(last_call_at=made.clock() - LONG_AGO)
        )


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        address = stack.enter_context(gunicorn(database_url, tmp_path / "server", killed=True))
        servers = Servers([address], database_url)
        stack.callback(servers.store.close)
        yield servers.company(spread=False)


@pytest.mark.timeout(180)
def test_a_worker_killed_between_receiving_and_committing_loses_nothing(
    served: World, database_url: str
) -> None:
    served.sync()
    for number, step in enumerate(STEPS, 1):
        vendor = served.add("vendors", name=f"Vendor {number}")
        executioner = Executioner(served, database_url, step)
        served.connector.on_call = executioner
        with pytest.raises(ConnectionLost):
            served.sync_any()
        executioner.rest()
        served.connector.on_call = None
        is_given_up(served)
        served.sync()
        assert len(served.books.all("Vendor")) == number, step
        assert served.get("vendors", vendor["id"])["sync"]["state"] == "synced", step
        assert served.problems() == [], step


@pytest.fixture
def own_postgresql() -> Iterator[RunFolder]:
    """A PostgreSQL that the test may stop, with its durability on."""
    folder = RunFolder(Path(tempfile.mkdtemp(prefix="wc-")))
    try:
        yield folder
    finally:
        folder.close()


@pytest.mark.timeout(180)
@pytest.mark.postgresql
@pytest.mark.parametrize("database_kind", ["postgresql"])
@pytest.mark.parametrize("stopped_at", ["answer", "request"])
def test_postgresql_stopped_and_started_in_mid_session_loses_nothing(
    own_postgresql: RunFolder, database_kind: str, stopped_at: str
) -> None:
    assert database_kind == "postgresql"
    _, url = own_postgresql.new_postgresql(migrated=True)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM RESET {name}".encode())
        connection.execute("SELECT pg_reload_conf()")
    with world(url) as made:
        stock(made)
        made.sync()
        vendor = made.add("vendors", name="Brand New")
        made.clock.advance(minutes=5)
        ticket, request = up_to_the_write(made)
        reply = made.books.process(request)
        with own_postgresql.stopped():
            if stopped_at == "answer":
                assert receive(made, ticket, reply) == -1
            assert last_error(made, ticket)
            assert close(made, ticket)
        made.clock.advance(minutes=16)
        made.sync()
        assert len(made.books.all("Vendor")) == 1
        assert made.get("vendors", vendor["id"])["sync"]["state"] == "synced"
        assert made.problems() == []
