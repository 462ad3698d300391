"""Wrong passwords of Web Connectors: counted, slowed down, told to the administrator.

Owns which address may still try, and the problem that says who tried. It must not compare a
password. Being slowed down means that the password is not looked at: the answer is that of a wrong
one. Nobody else's tries may keep a company's own Web Connector out, so the address from which its
right password came last is never slowed down, nor is an address that has given no wrong one.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, update

from store import buckets, problems
from store.buckets import Rate
from store.syncing import connector

per_address: Final = Rate("wrong-address", events=30, seconds=600)
per_connector: Final = Rate("wrong-connector", events=20, seconds=600)
# The same bucket as `per_address`, full as soon as anything is in it.
_any: Final = Rate("wrong-address", events=1, seconds=20)
told_from = 3
noted_every = timedelta(minutes=1)
address_characters_max = 64
_IPV6_NETWORK_BITS = 64  # what one customer of a provider has to himself

CAUSE: Final = "wrong-password"


def held_back(conn: Connection, found: Row[Any] | None, address: str, now: datetime) -> bool:
    """Whether a password from this address is not even looked at; `found`: None for no user."""
    if found is not None and found.last_address == address:
        return False
    subject = _subject(address)
    if buckets.wait(conn, per_address, subject, now):
        return True
    if found is None or not buckets.wait(conn, per_connector, found.id, now):
        return False
    return buckets.wait(conn, _any, subject, now) > 0


def note_held_back(conn: Connection, found: Row[Any], address: str, now: datetime) -> None:
    """Somebody came whose password was not looked at: people are told that it was no right one.

    Written at most once in `noted_every` for an address: being slowed down stays cheap.
    """
    place = address[:address_characters_max]
    noted = found.refused_at is not None and now - found.refused_at < noted_every
    if noted and found.wrong_address == place:
        return
    conn.execute(
        update(connector)
        .where(connector.c.company_id == found.company_id, connector.c.id == found.id)
        .values(refused_at=now, wrong_address=place)
    )


def held_seconds(conn: Connection, found: Row[Any], now: datetime) -> int:
    """For how long no password is looked at from where the last wrong one came; 0: it is.

    Never longer than until the next try that is let through, which is less than a minute.
    """
    address = found.wrong_address
    if found.refused_at is None or address is None or address == found.last_address:
        return 0
    subject = _subject(address)
    asked = ((per_address, subject), (per_connector, found.id), (_any, subject))
    early, many, again = buckets.waits(conn, asked, now)
    return max(early, min(many, again))


def wrong(conn: Connection, found: Row[Any] | None, address: str, now: datetime) -> int:
    """Count one; gives how many the connector has had, 0 when nobody has that user name."""
    buckets.take(conn, per_address, _subject(address), now)
    if found is None:
        return 0
    buckets.take(conn, per_connector, found.id, now)
    times: int = conn.execute(
        update(connector)
        .where(connector.c.company_id == found.company_id, connector.c.id == found.id)
        .values(
            wrong_passwords=connector.c.wrong_passwords + 1,
            wrong_address=address[:address_characters_max],
        )
        .returning(connector.c.wrong_passwords)
    ).scalar_one()
    if times >= told_from:
        problems.open_apart(conn, found.company_id, _told(times, address), now)
    return times


def right(conn: Connection, found: Row[Any], address: str, now: datetime) -> None:
    """Wrong passwords from the same address were slips, and are forgotten."""
    if not found.wrong_passwords or found.wrong_address != address[:address_characters_max]:
        return
    buckets.forget(conn, per_address, _subject(address))
    buckets.forget(conn, per_connector, found.id)
    problems.resolve_apart(conn, found.company_id, CAUSE, now)
    conn.execute(
        update(connector)
        .where(connector.c.company_id == found.company_id, connector.c.id == found.id)
        .values(wrong_passwords=0, wrong_address=None)
    )


def _told(times: int, address: str) -> problems.Problem:
    return problems.Problem(
        cause=CAUSE,
        kind="wrong_password",
        title="Wrong passwords for this company's connection",
        text=f"A wrong password was given {times} times, the last time from {address}, and nothing "
        "was read or changed.",
        advice="If this was your own Web Connector, type its password there again, or choose New "
        "password for the Web Connector under Connection in CashFlow. If you do not know the "
        "address, nothing has to be done, for such a password cannot be guessed and further tries "
        "are slowed down.",
    )


def _subject(address: str) -> str:
    """What is counted as one: an IPv4 address, or the network that an IPv6 address is in."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return str(parsed)
