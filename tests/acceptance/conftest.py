"""Worlds for the acceptance tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.in_process import Server, silent
from tests.acceptance.world import SECRET, World, world
from tests.webconnector.command_line import CommandLine


@pytest.fixture
def make_world(
    request: pytest.FixtureRequest, database_kind: str, shared_server: Callable[[str], Server]
) -> Iterator[Callable[..., World]]:
    """Make a world; options go to the company and its file.

    A test marked `own_database` has a database, a socket and the logs of its own.
    """
    if request.node.get_closest_marker("own_database"):
        url = request.getfixturevalue("database_url")
        with ExitStack() as stack:
            yield lambda **options: stack.enter_context(world(url, **options))
        return
    running = shared_server(database_kind)
    with silent():
        yield running.world
        running.check()


@pytest.fixture
def acme(make_world: Callable[..., World]) -> World:
    """A company connected to its file, with the records every test needs."""
    made: World = make_world()
    stock(made)
    return made


@pytest.fixture
def two_way(make_world: Callable[..., World]) -> World:
    """A company with two-way bills; both sides have met."""
    made = make_world(two_way_bills=True)
    stock(made)
    made.sync()
    return made


@pytest.fixture
def webconnector(
    acme: World,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> CommandLine:
    """The command line on the database of this world."""
    made = CommandLine(tmp_path, capsys, monkeypatch)
    made.set(
        DATABASE_URL=acme.settings.database,
        SECRET_KEY=SECRET,
        PUBLIC_URL="https://books.example.com",
    )
    return made


def stock(made: World) -> dict[str, Any]:
    """Accounts, items and people that QuickBooks has from the start."""
    books = made.books
    return {
        "bank": books.add("Account", {"Name": "Checking", "AccountType": "Bank"}),
        "rent": books.add("Account", {"Name": "Rent", "AccountType": "Expense"}),
        "sales": books.add("Account", {"Name": "Sales", "AccountType": "Income"}),
    }
