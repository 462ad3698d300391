"""Worlds without a socket: the same SOAP application, called as a function, on one database.

Owns what makes a schedule cheap: a Web Connector whose bytes go straight into the server's WSGI
application, and companies that are thrown away instead of databases.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from ipaddress import IPv4Address
from typing import Any

import structlog
from sqlalchemy import select

from store.engine import Store, open_store
from store.syncing import company
from tests.acceptance.world import MORNING, SECRET, Clock, World, check_requests
from webconnector.exchange import Exchange
from webconnector.rehearsal.fault_specs import Fault
from webconnector.rehearsal.faults import Faults, FaultyWebConnector
from webconnector.rehearsal.web_connector import WebConnector
from webconnector.settings import Settings
from webconnector.soap import soap_application

PUBLIC_URL = "https://books.example.com"


class Server:
    """The server's application over one database; its clock is the one of all its worlds."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.clock = Clock()
        self._worlds = 0
        self._checked: set[str] = set()
        self._app = soap_application(
            Exchange(store, settings, self.clock), public_url=settings.public_url
        )

    def post(
        self, body: bytes, headers: Mapping[str, str], *, address: str
    ) -> tuple[int, dict[str, str], bytes]:
        """One HTTP request from that address, without HTTP."""
        answered: list[Any] = []
        environment = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/qbwc",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": address,
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }

        def start(status: str, sent: list[tuple[str, str]], _error: Any = None) -> Any:
            answered[:] = [int(status.split(maxsplit=1)[0]), dict(sent)]

        text = b"".join(self._app(environment, start))
        return answered[0], answered[1], text

    def world(self, *, now: datetime = MORNING, **options: Any) -> World:
        """Another company with its own file; the clock goes back to the morning, or to `now`."""
        self.clock.now = now
        return DirectWorld(self, **options)

    def new_address(self) -> str:
        """Where no other world's Web Connector calls from."""
        self._worlds += 1
        return str(IPv4Address("10.0.0.0") + self._worlds)

    def check(self) -> None:
        """Judge the requests to all companies made since the last time."""
        with self.store.read() as conn:
            new = set(conn.execute(select(company.c.id)).scalars()) - self._checked
        self._checked |= new
        check_requests(self.store, new)


class DirectWorld(World):
    """A world whose Web Connector needs no wire."""

    def __init__(self, running: Server, **options: Any) -> None:
        self.server = running
        self._address = running.new_address()
        url = "http://localhost/qbwc"
        super().__init__(running.store, url, running.clock, running.settings, **options)

    def neighbour(self, **options: Any) -> World:
        """Another company with its own company file on the same server."""
        return DirectWorld(self.server, **options)

    def connecting(self) -> WebConnector:
        """A Web Connector of this company."""
        found = DirectWebConnector(
            self.url, self.company.username, self.company.password, wait=self.wait
        )
        found.through = partial(self.server.post, address=self._address)
        return found


class _Direct:
    """Sends to a server in this process."""

    through: Callable[[bytes, Mapping[str, str]], tuple[int, dict[str, str], bytes]]

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """In place of the wire."""
        return self.through(body, headers or {})


class DirectWebConnector(_Direct, WebConnector):
    """A Web Connector without a wire."""


class FaultyDirectWebConnector(_Direct, FaultyWebConnector):
    """One that has bad days."""

    def _twin(self) -> WebConnector:
        twin = DirectWebConnector(self._url, self.user, self.password, wait=self.wait)
        twin.through = self.through
        return twin


def faults_of(made: World, wanted: str | Sequence[Fault]) -> Faults:
    """These faults; a computer that sleeps does so by the world's clock."""
    return Faults(wanted, lambda seconds: made.clock.advance(seconds=seconds))


def faulty(made: World, faults: Faults | str) -> FaultyDirectWebConnector:
    """The same Web Connector, with faults."""
    if isinstance(faults, str):
        faults = faults_of(made, faults)
    known = made.connector
    assert isinstance(known, DirectWebConnector)
    found = FaultyDirectWebConnector(
        known._url, known.user, known.password, wait=known.wait, faults=faults
    )
    found.through = known.through
    return found


@contextmanager
def server(url: str) -> Iterator[Server]:
    """The server over a migrated database. Its log is silent: a schedule writes hundreds."""
    with running(url) as made, silent():
        yield made
        made.check()


@contextmanager
def running(url: str) -> Iterator[Server]:
    """The server over a migrated database, for tests that check and silence it themselves."""
    store = open_store(url)
    try:
        yield Server(store, Settings(database_url=url, secret_key=SECRET, public_url=PUBLIC_URL))
    finally:
        store.close()


@contextmanager
def silent() -> Iterator[None]:
    """Nothing is logged meanwhile."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()
