"""Webhooks: signed, in order, tried again with growing pauses, replayed, and never sent inside."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from store import feed, webhooks
from store.engine import Store
from store.feed import Happened, Notice
from tests.store.conftest import add_company
from webconnector.settings import Settings
from webconnector.webhooks import Forbidden, checked, deliver, post

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SECRET = "a secret key of the tests, long enough"


class Receiver:
    """Somebody's server: what it got, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    def numbers(self) -> list[int]:
        return [one["number"] for _, body in self.got for one in json.loads(body)["events"]]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, secret_key=SECRET)


@pytest.fixture
def company(store: Store) -> str:
    with store.write() as conn:
        return add_company(conn)


def add(store: Store, company: str, url: str, *kinds: str) -> str:
    with store.write() as conn:
        return webhooks.add(conn, company, url, kinds, NOW, "test")


def happens(store: Store, company: str, *ids: str, kind: Any = Happened.RECORD_CHANGED) -> None:
    with store.write() as conn:
        feed.publish(conn, company, [Notice(kind, "bills", one) for one in ids], NOW)


def shown(store: Store, company: str, webhook: str) -> dict[str, Any]:
    with store.read() as conn:
        return webhooks.read(conn, company, webhook)


def test_what_happens_is_told_once_in_order_and_signed(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    happens(store, company, "before")
    made = add(store, company, receiver.url)
    happens(store, company, "a", "b")
    happens(store, company, "c")
    assert deliver(store, settings, NOW) == 1
    assert deliver(store, settings, NOW) == 0
    ((headers, body),) = receiver.got
    assert receiver.numbers() == [2, 3, 4]
    secret = webhooks.secret_of(company, made, SECRET.encode())
    text = headers["Webhook-Timestamp"].encode() + b"." + body
    wanted = hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
    assert headers["Webhook-Signature"] == f"v1={wanted}"
    assert headers["Webhook-Timestamp"] == str(int(NOW.timestamp()))


def test_many_events_come_in_several_deliveries(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    add(store, company, receiver.url)
    happens(store, company, *(str(number) for number in range(250)))
    assert deliver(store, settings, NOW) == 3
    assert receiver.numbers() == list(range(1, 251))


def test_only_the_kinds_that_it_wants_are_told(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    made = add(store, company, receiver.url, "record.synced")
    happens(store, company, "a")
    happens(store, company, "b", kind=Happened.RECORD_SYNCED)
    happens(store, company, "c")
    deliver(store, settings, NOW)
    assert receiver.numbers() == [2]
    assert shown(store, company, made)["told_to"] == 3


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_is_not_taken_is_tried_again_with_growing_pauses(
    store: Store, settings: Settings, company: str, receiver: Receiver, status: int
) -> None:
    made = add(store, company, receiver.url)
    happens(store, company, "a")
    receiver.status = status
    now, pauses = NOW, []
    for _ in range(4):
        assert deliver(store, settings, now) == 0
        again = datetime.fromisoformat(shown(store, company, made)["try_after"])
        pauses.append((again - now).total_seconds())
        assert deliver(store, settings, again - timedelta(seconds=1)) == 0
        now = again
    assert pauses == [30, 60, 120, 240]
    assert len(receiver.got) == 4  # no redirect was followed
    assert str(status) in shown(store, company, made)["last_error"]
    receiver.status = 204
    assert deliver(store, settings, now) == 1
    found = shown(store, company, made)
    assert (found["failures"], found["last_error"], found["try_after"]) == (0, None, None)


def test_it_can_be_replayed(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    made = add(store, company, receiver.url)
    happens(store, company, "a", "b", "c")
    deliver(store, settings, NOW)
    with store.write() as conn:
        webhooks.replay(conn, company, made, 1, NOW, "test")
    deliver(store, settings, NOW)
    assert receiver.numbers() == [1, 2, 3, 2, 3]


def test_two_runs_at_once_do_not_tell_it_twice(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    add(store, company, receiver.url)
    happens(store, company, "a")
    with store.read() as conn:
        (row,) = webhooks.due(conn, NOW)
    with store.write() as conn:
        assert webhooks.claim(conn, row, NOW)
    with store.write() as conn:
        assert webhooks.claim(conn, row, NOW) is None
    assert deliver(store, settings, NOW) == 0
    later = NOW + timedelta(seconds=webhooks.claim_seconds)
    assert deliver(store, settings, later) == 1  # whoever claimed it has died


def test_each_company_is_told_its_own(
    store: Store, settings: Settings, company: str, receiver: Receiver
) -> None:
    with store.write() as conn:
        other = add_company(conn, "Other Ltd")
    add(store, company, receiver.url)
    happens(store, other, "theirs")
    assert deliver(store, settings, NOW) == 0
    happens(store, company, "mine")
    deliver(store, settings, NOW)
    assert "theirs" not in str(receiver.got)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::ffff:10.0.0.1]/",
        "https://user:secret@example.com/",
        "https:///hook",
        "https://example.com:0/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "https://example.com/\r\nX: y",
        f"https://example.com/{'x' * 500}",
        "hook",
        "",
    ],
)
def test_an_address_that_must_not_be_called_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        checked(url, local=False)


@pytest.mark.parametrize(
    "place", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0"]
)
def test_a_public_name_that_leads_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443))
    inside = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, inside])
    with pytest.raises(Forbidden, match="public internet"):
        post("https://example.com/", b"{}", {}, local=False)


def test_loopback_is_for_a_server_on_localhost_only() -> None:
    assert checked("http://127.0.0.1:8080/", local=True).port == 8080
    with pytest.raises(Forbidden):
        checked("http://127.0.0.1:8080/", local=False)
    with pytest.raises(Forbidden):
        checked("http://10.0.0.1/", local=True)
