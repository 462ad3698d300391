"""Worlds without a socket: the same SOAP application, called as a function, on one database.

Owns what makes a schedule cheap: a Web Connector whose bytes go straight into the server's WSGI
application, and companies that are thrown away instead of databases.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog

from store.engine import Store, open_store
from tests.acceptance.world import MORNING, SECRET, Clock, World, check_requests
from webconnector.exchange import Exchange
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
        self._app = soap_application(
            Exchange(store, settings, self.clock), public_url=settings.public_url
        )

    def post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """One HTTP request, without HTTP."""
        answered: list[Any] = []
        environment = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/qbwc",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
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

    def world(self, **options: Any) -> World:
        """Another company with its own file; the clock goes back to the morning."""
        self.clock.now = MORNING
        made = World(self.store, "http://localhost/qbwc", self.clock, self.settings, **options)
        made.connector = connector(self, made)
        return made


class _Direct:
    """Sends to a server in this process."""

    server: Server

    def post(
        self, body: bytes, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """In place of the wire."""
        return self.server.post(body, headers or {})


class DirectWebConnector(_Direct, WebConnector):
    """A Web Connector without a wire."""


class FaultyDirectWebConnector(_Direct, FaultyWebConnector):
    """One that has bad days."""

    def _twin(self) -> WebConnector:
        twin = DirectWebConnector(self._url, self.user, self.password, wait=self.wait)
        twin.server = self.server
        return twin


def connector(server: Server, made: World) -> DirectWebConnector:
    """The Web Connector of a world."""
    found = DirectWebConnector(
        made.url, made.company.username, made.company.password, wait=made._wait
    )
    found.server = server
    return found


def faulty(made: World, faults: Faults) -> FaultyDirectWebConnector:
    """The same Web Connector, with faults."""
    known = made.connector
    assert isinstance(known, DirectWebConnector)
    found = FaultyDirectWebConnector(
        known._url, known.user, known.password, wait=known.wait, faults=faults
    )
    found.server = known.server
    return found


@contextmanager
def server(url: str) -> Iterator[Server]:
    """The server over a migrated database. Its log is silent: a schedule writes hundreds."""
    store = open_store(url)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield Server(store, Settings(database_url=url, secret_key=SECRET, public_url=PUBLIC_URL))
        check_requests(store)
    finally:
        structlog.reset_defaults()
        store.close()
