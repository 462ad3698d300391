"""`webconnector db`: the database's tables and their version."""

from __future__ import annotations

import click

from store.engine import current, head, open_store, upgrade
from webconnector import terminal
from webconnector.cli_options import examples, json_option
from webconnector.settings import load


@click.group()
def db() -> None:
    """The database's tables and their version."""


@db.command(
    "upgrade", epilog=examples("WEBCONNECTOR_DATABASE_URL=postgresql://... webconnector db upgrade")
)
@json_option
def upgrade_command(*, as_json: bool) -> None:
    """Bring the tables to this program's version; never backwards."""
    settings = load()
    settings.make_files()
    store = open_store(settings.database)
    try:
        before = current(store)
        upgrade(settings.database)
        after = current(store)
    finally:
        store.close()
    if as_json:
        terminal.give_json({"before": before, "version": after})
    elif before == after:
        terminal.say(f"The tables are at version {after} already.")
    else:
        terminal.say(f"Upgraded from {before or 'nothing'} to version {after}.")


@db.command("current", epilog=examples("webconnector db current"))
@json_option
def current_command(*, as_json: bool) -> None:
    """Show the version of the tables, and the one that this program needs."""
    settings = load()
    settings.make_files()
    store = open_store(settings.database)
    try:
        found = current(store)
    finally:
        store.close()
    if as_json:
        terminal.give_json({"version": found, "needed": head(), "migrated": found == head()})
        return
    terminal.say(f"The tables are at version {found or 'none'}; this program needs {head()}.")
    if found != head():
        terminal.say("Run `webconnector db upgrade`.")


COMMANDS = (db,)
