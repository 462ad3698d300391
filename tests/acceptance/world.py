"""A whole world for a test: a company here, its QuickBooks there, and the wire between them.

The server is the real SOAP application over the real store; the stand-in Web Connector talks to
it over HTTP. Clocks are the test's own.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from wsgiref.types import WSGIApplication

from lxml import etree
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from store import companies, resources, session_log
from store.engine import Store, open_store
from store.ledger import metadata
from store.syncing import conflict, exchange, problem
from tests.rehearsal.asking import schema
from webconnector.exchange import Exchange
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.web_connector import SessionLog, WebConnector
from webconnector.settings import Settings
from webconnector.soap import soap_application

# What a call leaves in the session log beside its row in `call`.
_LOGGED = {"calls", "last_call_at"}
MORNING = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
SECRET = "a secret key of the tests, long enough"


class Clock:
    """The time on both sides; only the test moves it."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment, aware, UTC."""
        return self.now

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


class _QuietHandler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """The tests look at answers, not at access logs."""


@contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """Serve an application on a free loopback port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietHandler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/qbwc"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class World:
    """One company, one company file, one server."""

    def __init__(
        self, store: Store, url: str, clock: Clock, settings: Settings, **options: Any
    ) -> None:
        self.store = store
        self.url = url
        self.clock = clock
        self.settings = settings
        preview = options.pop("preview", False)
        two_way = options.pop("two_way_bills", False)
        zone = options.pop("company_time_zone", "America/New_York")
        with store.write() as conn:
            self.company = companies.add_company(
                conn,
                name="Acme Ltd",
                time_zone=zone,
                two_way_bills=two_way,
                preview=preview,
                owner_id=settings.owner_id,
                secret_key=settings.secret_key_bytes,
                now=clock(),
            )
        self.id = self.company.id
        self.books = options.pop("books", None) or CompanyFile(clock=clock, **options)
        self.books.stamp(self.company.owner_id, self.company.file_id)
        self.connector = self.connecting()

    def connecting(self) -> WebConnector:
        """A Web Connector of this company."""
        return WebConnector(self.url, self.company.username, self.company.password, wait=self.wait)

    def wait(self, seconds: float) -> None:
        """What the Web Connector does in place of sleeping."""
        self.clock.advance(seconds=seconds)

    def sync(self, minutes: float = 5) -> SessionLog:
        """One whole update, some minutes later; it must finish."""
        log = self.sync_any(minutes)
        assert log.outcome == "finished", (log.outcome, log.last_error, log.close_text)
        return log

    def sync_any(self, minutes: float = 5) -> SessionLog:
        """One whole update, however it ends."""
        self.clock.advance(minutes=minutes)
        log: SessionLog = self.connector.run(self.books)
        self.clock.advance(minutes=1)
        return log

    # --- the App

    def add(self, resource: str, **body: Any) -> dict[str, Any]:
        """The App makes a record."""
        with self.store.write() as conn:
            return resources.create(conn, self.id, resource, body, self.clock(), "test")

    def change(self, resource: str, record_id: str, **body: Any) -> dict[str, Any]:
        """The App changes a record."""
        with self.store.write() as conn:
            return resources.change_record(
                conn, self.id, resource, record_id, body, self.clock(), "test"
            )

    def delete(self, resource: str, record_id: str) -> None:
        """The App deletes a record."""
        with self.store.write() as conn:
            resources.delete(conn, self.id, resource, record_id, self.clock(), "test")

    def void(self, resource: str, record_id: str) -> None:
        """The App voids a payment or transfer."""
        with self.store.write() as conn:
            resources.void(conn, self.id, resource, record_id, self.clock(), "test")

    def get(self, resource: str, record_id: str) -> dict[str, Any]:
        """A record as the App sees it."""
        with self.store.read() as conn:
            return resources.get_record(conn, self.id, resource, record_id)

    def all(self, resource: str) -> list[dict[str, Any]]:
        """All living records of a resource, as the App sees them."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        with self.store.read() as conn:
            while page := resources.list_records(conn, self.id, resource, after=after, limit=500):
                found += page
                if len(page) < 500:
                    break
                after = resources.cursor_of(page[-1])
        return found

    def named(self, resource: str, name: str) -> dict[str, Any]:
        """The one living record of that name."""
        (found,) = [r for r in self.all(resource) if name in (r.get("full_name"), r.get("name"))]
        return found

    def problems(self) -> list[Any]:
        """The open problems."""
        with self.store.read() as conn:
            return list(
                conn.execute(
                    select(problem)
                    .where(problem.c.company_id == self.id, problem.c.resolved_at.is_(None))
                    .order_by(problem.c.number)
                )
            )

    def conflicts(self) -> list[Any]:
        """What lost, newest last."""
        with self.store.read() as conn:
            return list(
                conn.execute(
                    select(conflict)
                    .where(conflict.c.company_id == self.id)
                    .order_by(conflict.c.at, conflict.c.id)
                )
            )

    def prefer(self, **values: str) -> None:
        """The admin changes preferences."""
        with self.store.write() as conn:
            companies.set_preferences(conn, self.id, values, "test", self.clock())

    def start(self) -> None:
        """The admin agrees to the preview."""
        with self.store.write() as conn:
            companies.start(conn, self.id, "test", self.clock())

    def neighbour(self, **options: Any) -> World:
        """Another company with its own company file on the same server."""
        return World(self.store, self.url, self.clock, self.settings, **options)

    def dump(self, *, but: Collection[str] = ()) -> dict[str, list[str]]:
        """All rows of all tables but what every call or wrong password writes: logs and counts.

        And `but` these columns, as "table.column".
        """
        with self.store.read() as conn:
            return {
                table.name: sorted(
                    repr(
                        [
                            (name, value)
                            for name, value in row._asdict().items()
                            if name not in _LOGGED and f"{table.name}.{name}" not in but
                        ]
                    )
                    for row in conn.execute(select(table))
                )
                for table in metadata.sorted_tables
                if table.name not in {"call", "bucket"}
            }

    def sessions(self) -> list[dict[str, Any]]:
        """The session log, newest first."""
        with self.store.read() as conn:
            return session_log.list_sessions(conn, self.id, limit=50)


@contextmanager
def world(url: str, **options: Any) -> Iterator[World]:
    """A migrated database, a server over it, one company with its company file."""
    clock = options.pop("clock", None) or Clock()
    settings = Settings(database_url=url, secret_key=SECRET, public_url="https://books.example.com")
    store = open_store(url)
    answering = Exchange(store, settings, clock)
    try:
        with serving(soap_application(answering, public_url=settings.public_url)) as address:
            yield World(store, address, clock, settings, **options)
            check_requests(store)
    finally:
        store.close()


def check_requests(store: Store, company_ids: Collection[str] | None = None) -> None:
    """Every request that left is qbXML 13.0 by Intuit's own schema, where that is at hand.

    Of these companies, or of all.
    """
    judge = schema()
    if judge is None:  # test_every_entity_sync.py says so, once
        return
    with store.read() as conn:
        asked = select(exchange.c.request).distinct()
        if company_ids is not None:
            asked = asked.where(exchange.c.company_id.in_(company_ids))
        sent = conn.execute(asked).scalars().all()
    for text in sent:
        judge.assertValid(etree.fromstring(text.encode()))
