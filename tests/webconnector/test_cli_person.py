"""`webconnector person`: who may sign in to the console."""

from __future__ import annotations

import pytest

from store import persons
from store.engine import open_store
from tests.webconnector.command_line import CommandLine


def fits(webconnector: CommandLine, email: str, password: str) -> bool:
    """Whether somebody could sign in with it."""
    store = open_store(f"sqlite:///{webconnector.folder}/webconnector.sqlite3")
    with store.read() as conn:
        row = persons.get(conn, email)
    store.close()
    return persons.password_fits(row.password_hash, password)


def test_a_person_is_added_with_a_password_shown_once(webconnector: CommandLine) -> None:
    acme = webconnector.done("company", "add", "Acme Ltd", "--time-zone", "UTC")["id"]
    made = webconnector.done(
        "person", "add", "Ann@Example.com", "--role", "admin", "--company", "Acme Ltd"
    )
    assert made.keys() == {"id", "email", "role", "password"}
    assert (made["email"], made["role"]) == ("ann@example.com", "admin")
    assert fits(webconnector, "ann@example.com", made["password"])
    (listed,) = webconnector.done("person", "list")
    assert listed["companies"] == [{"id": acme, "name": "Acme Ltd"}]
    assert made["password"] not in webconnector("person", "list").out


def test_a_new_password_ends_the_old_one(webconnector: CommandLine) -> None:
    first = webconnector.done("person", "add", "desk@example.com", "--role", "support")["password"]
    second = webconnector.done("person", "password", "desk@example.com")["password"]
    assert fits(webconnector, "desk@example.com", second)
    assert not fits(webconnector, "desk@example.com", first)


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("add", "nonsense", "--role", "admin"), 1, "Give an e-mail address"),
        (("add", "a@b.co", "--role", "owner"), 2, "admin"),
        (("add", "a@b.co"), 2, "--role"),
        (("add", "a@b.co", "--role", "admin", "--company", "Nobody"), 1, "There is no company"),
        (("password", "a@b.co"), 1, "There is no such person"),
    ],
)
def test_what_is_wrong_is_said(
    webconnector: CommandLine, arguments: tuple[str, ...], code: int, text: str
) -> None:
    assert text in webconnector.refused("person", *arguments, code=code)


def test_nobody_is_added_twice_and_support_needs_no_company(webconnector: CommandLine) -> None:
    webconnector.done("company", "add", "Acme Ltd", "--time-zone", "UTC")
    webconnector.done("person", "add", "a@b.co", "--role", "viewer", "--company", "Acme Ltd")
    again = webconnector.refused("person", "add", "A@b.co", "--role", "admin")
    assert "has this address already" in again
    refused = webconnector.refused(
        "person", "add", "s@b.co", "--role", "support", "--company", "Acme Ltd"
    )
    assert "Support reaches every company" in refused
