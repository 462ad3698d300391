"""Whose address it is: X-Forwarded-For counts as far as trusted proxies wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.webconnector.soap_calls import ask
from webconnector.proxies import ForwardedAddress, networks


def seen(trusted: str, remote: str, forwarded: str | None) -> str:
    """The address that the application sees."""
    addresses: list[str] = []

    def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        addresses.append(environ["REMOTE_ADDR"])
        start_response("200 OK", [])
        return [b""]

    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    ask(ForwardedAddress(app, networks(trusted)), REMOTE_ADDR=remote, **headers)
    return addresses[0]


@pytest.mark.parametrize(
    ("trusted", "remote", "forwarded", "address"),
    [
        ("", "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.0/8", "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", "10.1.2.3", None, "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8 192.0.2.9", "10.1.2.3", "6.6.6.6, 198.51.100.7, 192.0.2.9", "198.51.100.7"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.7, nonsense", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.7:50312", "198.51.100.7"),
        ("10.0.0.0/8", "10.1.2.3", '"[2001:db8::7]:443"', "2001:db8::7"),
        ("10.0.0.0/8", "::ffff:10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("::1", "::1", "10.9.9.9, 10.8.8.8", "10.8.8.8"),
        ("10.0.0.0/8", "10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("10.0.0.0/8", "", "198.51.100.7", ""),
    ],
)
def test_only_what_trusted_proxies_wrote_counts(
    trusted: str, remote: str, forwarded: str | None, address: str
) -> None:
    assert seen(trusted, remote, forwarded) == address


def test_a_wrong_entry_is_named() -> None:
    with pytest.raises(ValueError, match=r"proxy\.example is no IP address"):
        networks("10.0.0.0/8, proxy.example")
