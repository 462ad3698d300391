"""Passwords and tickets: long, kept as hashes, compared in constant time; what is counted."""

from __future__ import annotations

import hmac
import math
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from store import companies, sessions, wrong_passwords
from store.companies import add_company
from store.tenants import load_connector
from tests.store.conftest import NOW, OWNER, SECRET


def made(conn: Connection) -> companies.NewCompany:
    """A company as `webconnector company add` makes it."""
    return add_company(
        conn,
        name="Acme Ltd",
        time_zone="America/New_York",
        owner_id=OWNER,
        secret_key=SECRET,
        now=NOW,
    )


def test_generated_passwords_and_tickets_have_at_least_128_bits() -> None:
    secrets = [companies.new_secret() for _ in range(200)]
    letters = {letter for secret in secrets for letter in secret.replace("-", "")}
    assert len(letters) == 31
    lengths = {len(secret.replace("-", "")) for secret in secrets}
    assert all(length * math.log2(len(letters)) >= 128 for length in lengths)
    assert len(set(secrets)) == len(secrets)
    tickets = [sessions.new_ticket() for _ in range(200)]
    assert len(set(tickets)) == len(tickets)
    assert {len(bytes.fromhex(ticket)) * 8 for ticket in tickets} == {128}


def test_a_password_is_kept_as_a_hash_that_only_the_secret_key_can_make(conn: Connection) -> None:
    new = made(conn)
    kept = load_connector(conn, new.id)
    assert new.password not in repr(kept)
    assert kept.password_hash == companies.password_hash(new.id, new.password, SECRET)
    assert kept.password_hash != companies.password_hash(new.id, new.password, b"x" * 40)
    assert kept.password_hash != companies.password_hash(made(conn).id, new.password, SECRET), (
        "bound to its company"
    )


def test_the_comparison_is_constant_in_time_for_known_and_unknown_users(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []
    honest = hmac.compare_digest

    def watched(left: Any, right: Any) -> bool:
        compared.append((left, right))
        return honest(left, right)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    new = made(conn)
    found = companies.find_connector(conn, new.username)
    assert companies.password_matches(found, new.password, SECRET)
    assert not companies.password_matches(found, "", SECRET)
    assert not companies.password_matches(None, new.password, SECRET)
    assert not companies.password_matches(None, "", SECRET)
    assert [len(left) == len(right) == 64 for left, right in compared] == [True] * 4


def test_a_ticket_is_kept_as_its_hash_only(conn: Connection) -> None:
    new = made(conn)
    found = companies.find_connector(conn, new.username)
    assert found is not None
    ticket = sessions.new_ticket()
    assert sessions.begin(conn, found, ticket, "ready", "", NOW) is not None
    assert sessions.is_known(conn, ticket)
    assert not sessions.is_known(conn, sessions.ticket_hash(ticket))
    assert not sessions.is_known(conn, "")


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
        ("203.0.113.9", "203.0.113.10", False),
        ("", "203.0.113.9", False),
    ],
)
def test_what_counts_as_one_address(conn: Connection, one: str, other: str, together: bool) -> None:
    for _ in range(wrong_passwords.per_address.events):
        wrong_passwords.wrong(conn, None, one, NOW)
    assert wrong_passwords.held_back(conn, None, other, NOW) is together
    later = NOW + timedelta(minutes=11)
    assert not wrong_passwords.held_back(conn, None, other, later)


def test_a_right_password_without_a_wrong_one_before_asks_the_database_nothing(
    conn: Connection,
) -> None:
    known = companies.find_connector(conn, made(conn).username)
    assert known is not None
    nothing: Any = None
    wrong_passwords.right(nothing, known, "203.0.113.9", NOW)
