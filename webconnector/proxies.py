"""Whose address a call comes from when proxies stand in front.

Owns reading `X-Forwarded-For`, from the right, and only as far as the proxies that the settings
name: everything left of them can be forged. Must not know what the address is used for.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """The proxies in `10.0.0.0/8, 192.0.2.7`; ValueError names the entry that is none."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            raise ValueError(f"{word} is no IP address or network like 10.0.0.0/8") from None
    return tuple(found)


class ForwardedAddress:
    """Puts the client's address in the place of the proxy's before `app` sees the request."""

    def __init__(self, app: WSGIApplication, trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        address = environ.get("REMOTE_ADDR") or ""
        hops = (environ.get("HTTP_X_FORWARDED_FOR") or "").split(",")
        while hops and self._is_trusted(address):
            told = _address(hops.pop())
            if not told:
                break
            address = told
        environ["REMOTE_ADDR"] = address
        return self._app(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(parsed, "ipv4_mapped", None) or parsed
        return any(mapped in network for network in self._trusted)


def _address(hop: str) -> str:
    """The address in one hop, which may carry a port; empty when it holds none."""
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""
