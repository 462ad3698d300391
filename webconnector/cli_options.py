"""What many commands share: `--json`, the opened database, and finding a company by what was typed.

Owns how a command line argument becomes a company. Must not know any single command.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from store.companies import list_companies
from store.engine import Store, current, open_store, require_migrated, upgrade
from webconnector import logs
from webconnector.settings import Settings, load
from webconnector.terminal import CommandError

Command = TypeVar("Command", bound=Callable[..., Any])
PREFIX_CHARACTERS_MIN = 4

json_option: Callable[[Command], Command] = click.option(
    "--json", "as_json", is_flag=True, help="Give JSON, for programs."
)
company_argument: Callable[[Command], Command] = click.argument("company", metavar="ID")


def examples(*lines: str) -> str:
    """The epilog of a command's help; click leaves a paragraph as it is after a backspace."""
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


@dataclass(frozen=True)
class Place:
    """Where a command works: the settings and the open database."""

    settings: Settings
    store: Store

    @property
    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)

    @property
    def who(self) -> str:
        """The person at the command line, for the audit trail."""
        try:
            return f"command line: {getpass.getuser()}"
        except (KeyError, OSError):  # a container's user without a name
            return "command line"

    def company(self, typed: str) -> str:
        """The id of the company meant by an id, the beginning of one, or an exact name.

        CommandError when there is none or more than one.
        """
        with self.store.read() as conn:
            rows = list_companies(conn)
        wanted = typed.strip().lower()
        for matches in (
            [row["id"] for row in rows if row["id"] == wanted],
            [row["id"] for row in rows if row["name"] == typed],
            [
                row["id"]
                for row in rows
                if len(wanted) >= PREFIX_CHARACTERS_MIN and row["id"].startswith(wanted)
            ],
        ):
            if len(matches) == 1:
                return str(matches[0])
            if matches:
                raise CommandError(
                    f'{len(matches)} companies match "{typed}". Give more of the id; '
                    "`webconnector company list` shows them."
                )
        raise CommandError(
            f'There is no company "{typed}". `webconnector company list` shows them all.'
        )


@contextmanager
def opened() -> Iterator[Place]:
    """The database, ready to use; a new SQLite file gets its tables first.

    Raises SettingsError, or NotMigrated when the tables are not at this program's version.
    """
    settings = load()
    if settings.log_level == "debug":
        logs.configure(settings.log_format, settings.log_level)
    settings.make_files()
    store = open_store(settings.database)
    try:
        if settings.embedded and current(store) is None:
            upgrade(settings.database)
        require_migrated(store)
        yield Place(settings, store)
    finally:
        store.close()
