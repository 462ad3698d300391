"""`webconnector company start`, `start-date`, `resync`, `confirm-file`, `rebind`, `remove`.

Owns how these acts are asked for and what the person has to do next. What they do is
`store.company_moves`'.
"""

from __future__ import annotations

import sys
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from store import companies, company_moves
from store.engine import Connection
from store.tenants import load
from webconnector import connection_file, terminal
from webconnector.cli_company import preview_table
from webconnector.cli_options import Place, company_argument, examples, json_option, opened

_OUT_OF_THE_WEB_CONNECTOR = (
    "On the QuickBooks computer: open the Web Connector, select the entry of this company and",
    "press Remove. Then in QuickBooks: Edit, Preferences, Integrated Applications, Company",
    "Preferences: select Key CashFlow and press Remove.",
)


@click.command(epilog=examples('webconnector company start "Acme Ltd"'))
@company_argument
@json_option
def start(*, company: str, as_json: bool) -> None:
    """Let writing to QuickBooks begin; first shows the preview of the first sync."""
    with opened() as place:
        company_id = place.company(company)
        with place.store.read() as conn:
            before = companies.show(conn, company_id)
        if not as_json and before["first_sync"] is not None:
            # Before it starts, so that it is seen even when starting is refused.
            preview_table(before["first_sync"])
            terminal.say()
        place.store.run(lambda conn: companies.start(conn, company_id, place.who, place.now))
        with place.store.read() as conn:
            found = companies.show(conn, company_id)
    if as_json:
        terminal.give_json(found | {"first_sync": before["first_sync"]})
        return
    terminal.say(f"{found['name']}: started. From the next session on changes go to QuickBooks.")


@click.command(
    "start-date",
    epilog=examples("webconnector company start-date 019a5c 2026-01-01 --confirm 2026-01-01"),
)
@company_argument
@click.argument("day", metavar="DATE", type=click.DateTime(("%Y-%m-%d",)))
@click.option("--confirm", required=True, metavar="DATE", help="The same date once more.")
@json_option
def start_date(*, company: str, day: datetime, confirm: str, as_json: bool) -> None:
    """Move the start date earlier, never later.

    QuickBooks' invoices dated between the new and the old start come over in the next session.
    """
    with opened() as place:
        company_id = place.company(company)
        done = place.store.run(
            lambda conn: company_moves.start_date(
                conn, company_id, day.date(), confirm, place.who, place.now
            )
        )
    if as_json:
        terminal.give_json(done)
        return
    terminal.say(f"The start date is {done['new']}, it was {done['old']}.")
    terminal.say(f"The next session reads once what lies between: {', '.join(done['backfill'])}.")


@click.command(epilog=examples("webconnector company resync 019a5c vendors"))
@company_argument
@click.argument("resource")
@json_option
def resync(*, company: str, resource: str, as_json: bool) -> None:
    """Read all of one type anew in the next session; nothing comes twice.

    Also applies a change of many records at once that was held back.
    """
    with opened() as place:
        company_id = place.company(company)
        done = place.store.run(
            lambda conn: company_moves.resync(conn, company_id, resource, place.who, place.now)
        )
    if as_json:
        terminal.give_json(done)
        return
    terminal.say(f"The next session reads anew: {', '.join(done['resources'])}.")


@click.command("confirm-file", epilog=examples("webconnector company confirm-file 019a5c"))
@company_argument
@json_option
def confirm_file(*, company: str, as_json: bool) -> None:
    """Accept the company file that waits: moved or renamed, restored or condensed."""
    with opened() as place:
        company_id = place.company(company)
        place.store.run(
            lambda conn: company_moves.confirm_file(conn, company_id, place.who, place.now)
        )
        with place.store.read() as conn:
            found = companies.show(conn, company_id)
    if as_json:
        terminal.give_json(found)
        return
    terminal.say(f"{found['name']}: the company file is confirmed.")


@click.command(epilog=examples('webconnector company rebind "Acme Ltd"'))
@company_argument
@click.option("--confirm", metavar="NAME", help="The company's name, typed; a terminal asks.")
@json_option
def rebind(*, company: str, confirm: str | None, as_json: bool) -> None:
    """Bind another company file: the one that is open in the next session.

    The records stay. Their links to the old file are deleted; they are matched with the new file
    as at a first sync, after its preview. Writes a new .qwc file, which has to be added.
    """
    with opened() as place:
        company_id = place.company(company)
        with place.store.read() as conn:
            name = load(conn, company_id).name
        if confirm is None and sys.stdin.isatty() and not as_json:
            confirm = click.prompt(f"The links to the old file are deleted. Type {name} to go on")
        if confirm is not None and confirm.strip() != name:
            raise terminal.CommandError(f"Nothing was done: type the company's name, {name}.")

        def act(conn: Connection) -> tuple[dict[str, Any], Path]:
            done = company_moves.rebind(conn, company_id, place.who, place.now)
            facts = companies.qwc_facts(conn, company_id)
            content = connection_file.connection_file(facts, place.settings.public_url)
            return done, connection_file.write(
                connection_file.default_place(place.settings, facts), content
            )

        done, written = place.store.run(act)
    if as_json:
        terminal.give_json(done | {"qwc": str(written)})
        return
    terminal.say(f"{name} has let go of {', '.join(done['paths']) or 'no file'}.")
    terminal.say(f"New .qwc file: {written}")
    terminal.say("Remove the old entry from the Web Connector, open the other company file in")
    terminal.say("QuickBooks as Admin, add this file, and type the same password.")


@click.command(epilog=examples('webconnector company remove 019a5c --confirm "Acme Ltd"'))
@company_argument
@click.option("--confirm", required=True, metavar="NAME", help="The company's name, typed.")
@click.option(
    "-o",
    "--output",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write the export.",
)
@json_option
def remove(*, company: str, confirm: str, path: Path | None, as_json: bool) -> None:
    """Disconnect a company that leaves: exports everything, then syncs no more.

    Its records and raw exchanges are deleted 30 days later; the audit trail stays.
    """
    with opened() as place:
        company_id = place.company(company)

        def act(conn: Connection) -> Path:
            company_moves.remove(conn, company_id, confirm, place.who, place.now)
            return _export(conn, company_id, path or _default_place(place, company_id))

        # The export is part of the act: without it the company stays connected.
        written = place.store.run(act)
    if as_json:
        terminal.give_json({"id": company_id, "state": "removed", "export": str(written)})
        return
    terminal.say(f"Disconnected. Everything was exported to {written}")
    terminal.say("Its records are deleted here after 30 days; the audit trail stays.")
    for line in _OUT_OF_THE_WEB_CONNECTOR:
        terminal.say(line)


def _default_place(place: Place, company_id: str) -> Path:
    day = f"{place.now:%Y-%m-%d}"
    return place.settings.data_dir / "exports" / f"{company_id}-{day}.zip"


def _export(conn: Connection, company_id: str, path: Path) -> Path:
    path = path.expanduser().absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in company_moves.export(conn, company_id):
            archive.writestr(name, text)
    return path


OF_COMPANY = (start, start_date, resync, confirm_file, rebind, remove)
