"""Delivering webhooks: signed, to addresses outside this network only, in the feed's order.

Owns the request and what keeps it from reaching what it must not: https only, every address of
the name public and the one that was checked is the one that is called, no redirect, short waits.
`http` and loopback are for a server that is itself on localhost. It must not know the feed's rows.

`deliver` is the job for `webconnector housekeep`.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from datetime import datetime
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from store import webhooks
from store.engine import Store
from webconnector.settings import Settings

timeout_seconds: Final = 10
url_characters_max: Final = 500
batches_max: Final = 50
"""Most deliveries to one address in one run."""
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_OK: Final = range(200, 300)


class Forbidden(ValueError):
    """The address must not be called; the text says why."""


def deliver(store: Store, settings: Settings, now: datetime) -> int:
    """Tell every webhook what it has not been told; gives how many deliveries were taken."""
    count = 0
    with store.read() as conn:
        rows = webhooks.due(conn, now)
    for row in rows:
        for _ in range(batches_max):
            with store.read() as conn:
                current = [one for one in webhooks.due(conn, now) if one.id == row.id]
            if not current or not _one(store, settings, current[0], now):
                break
            count += 1
    return count


def _one(store: Store, settings: Settings, row: Any, now: datetime) -> bool:
    """One delivery; whether it was taken."""
    events = store.run(lambda conn: webhooks.claim(conn, row, now))
    if not events:
        return False
    wanted = [one for one in events if not row.kinds or one["kind"] in row.kinds]
    last = int(events[-1]["number"])
    try:
        if wanted:
            body = json.dumps({"webhook": row.id, "events": wanted}).encode()
            secret = webhooks.secret_of(row.company_id, row.id, settings.secret_key_bytes)
            post(row.url, body, signed(secret, body, now), local=is_local(settings))
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
        store.run(lambda conn: webhooks.failed(conn, row, why, now))
        return False
    store.run(lambda conn: webhooks.told(conn, row, last, now))
    return True


def signed(secret: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers of a delivery: when, and the HMAC-SHA256 over `TIMESTAMP.BODY`."""
    stamp = str(int(now.timestamp()))
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Webhook-Timestamp": stamp, "Webhook-Signature": f"v1={digest}"}


def is_local(settings: Settings) -> bool:
    """Whether this server is somebody's own machine."""
    return urlsplit(settings.public_url).hostname in _LOCAL


def checked(url: str, *, local: bool) -> SplitResult:
    """The parts of an address that may be called, before its name is looked up."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise Forbidden("Give an address such as https://example.com/hook.") from None
    if len(url) > url_characters_max or not url.isascii() or not url.isprintable() or " " in url:
        raise Forbidden(f"Give at most {url_characters_max} printable ASCII characters.")
    if not host or parts.username is not None or parts.fragment or port == 0:
        raise Forbidden("Give an address such as https://example.com/hook, without a user name.")
    if local and host in _LOCAL and parts.scheme in {"http", "https"}:
        return parts
    if parts.scheme != "https":
        raise Forbidden("Give an https address.")
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return parts
    if not literal.is_global or literal.is_multicast:
        raise Forbidden("This address is not on the public internet.")
    return parts


def _place(parts: SplitResult, *, local: bool) -> str:
    """The IP address to call; every one that the name has must be public."""
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if local and host in _LOCAL:
        return found[0]
    for text in found:
        address = ipaddress.ip_address(text.partition("%")[0])
        inner = getattr(address, "ipv4_mapped", None) or address
        if not inner.is_global or inner.is_multicast:
            raise Forbidden("This name leads to an address that is not on the public internet.")
    return found[0]


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name says a moment later."""

    def __init__(self, parts: SplitResult, place: str) -> None:
        secure = parts.scheme == "https"
        super().__init__(str(parts.hostname), parts.port or (443 if secure else 80))
        self.timeout = timeout_seconds
        self._place = place
        self._context = ssl.create_default_context() if secure else None

    def connect(self) -> None:
        """As http.client does, but by the IP address; the certificate is the name's."""
        plain = socket.create_connection((self._place, self.port), timeout_seconds)
        self.sock = (
            self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain
        )


def post(url: str, body: bytes, headers: dict[str, str], *, local: bool) -> None:
    """Send it; Forbidden, OSError or HTTPException when it is not taken with a 2xx."""
    parts = checked(url, local=local)
    connection = _Pinned(parts, _place(parts, local=local))
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            "POST",
            path,
            body,
            {"Content-Type": "application/json", "Connection": "close"} | headers,
        )
        status = connection.getresponse().status
    finally:
        connection.close()
    if status not in _OK:
        raise Forbidden(f"It answered {status}; redirects are not followed.")
