"""`webconnector company` and `webconnector qwc`: companies, their preferences, passwords, files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from store import companies
from store.preferences import CHOICES, Preferences
from webconnector import connection_file, terminal
from webconnector.cli_options import Place, company_argument, examples, json_option, opened

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def company() -> None:
    """Companies, each bound to one QuickBooks company file."""


@company.command(
    epilog=examples(
        'webconnector company add "Acme Ltd" --time-zone America/New_York --qwc acme.qwc',
        'webconnector company add "Acme Ltd" --time-zone Europe/Berlin --two-way-bills --every 30',
    )
)
@click.argument("name")
@click.option("--time-zone", required=True, metavar="TZ", help="Such as America/New_York.")
@click.option("--two-way-bills", is_flag=True, help="Bills entered in QuickBooks come over too.")
@click.option(
    "--every", default=15, show_default=True, metavar="MINUTES", help="How often it is to sync."
)
@click.option("--qwc", "path", type=_FILE, metavar="FILE", help="Where to write the .qwc file.")
@click.option(
    "--no-preview", is_flag=True, help="Write to QuickBooks in the first session already."
)
@json_option
def add(
    *,
    name: str,
    time_zone: str,
    two_way_bills: bool,
    every: int,
    path: Path | None,
    no_preview: bool,
    as_json: bool,
) -> None:
    """Add a company; shows its user name, and its password this once."""
    with opened() as place:
        secret_key = place.settings.secret_key_bytes
        # The file is part of the act: without it there is no company either.
        with place.store.write() as conn:
            made = companies.add_company(
                conn,
                name=name,
                time_zone=time_zone,
                two_way_bills=two_way_bills,
                every_minutes=every,
                preview=not no_preview,
                owner_id=place.settings.owner_id,
                secret_key=secret_key,
                now=place.now,
                who=place.who,
            )
            facts = companies.qwc_facts(conn, made.id)
            written = _write(place, facts, path)
    result = {
        "id": made.id,
        "name": made.name,
        "username": made.username,
        "password": made.password,
        "qwc": str(written),
    }
    if as_json:
        terminal.give_json(result)
        return
    terminal.give_facts(
        {
            "company": made.name,
            "id": made.id,
            "user name": made.username,
            "password": made.password,
            ".qwc file": written,
        }
    )
    terminal.say()
    terminal.say("The password is shown only now. Next: open the company file in QuickBooks as")
    terminal.say("Admin, add the .qwc file in the Web Connector, and type the password there.")


@company.command("list", epilog=examples("webconnector company list"))
@json_option
def list_command(*, as_json: bool) -> None:
    """List all companies."""
    with opened() as place, place.store.read() as conn:
        rows = companies.list_companies(conn)
    if as_json:
        terminal.give_json(rows)
        return
    terminal.give_table(
        ("id", "name", "state", "last call", "waiting", "problems"),
        [
            (
                terminal.short(row["id"]),
                row["name"],
                row["state"],
                terminal.moment(row["last_call_at"]),
                row["backlog"],
                row["open_problems"],
            )
            for row in rows
        ],
        "There is no company yet. `webconnector company add --help` tells how to add one.",
    )


@company.command(epilog=examples('webconnector company show "Acme Ltd"'))
@company_argument
@json_option
def show(*, company: str, as_json: bool) -> None:
    """Show a company: its state, connector, preferences, records and backlog.

    ID is the company's id, the beginning of it, or its exact name.
    """
    with opened() as place:
        company_id = place.company(company)
        with place.store.read() as conn:
            found = companies.show(conn, company_id)
    if as_json:
        terminal.give_json(found)
        return
    plain = ("connector", "preferences", "records", "backlog", "last_session")
    beside = (*plain, "first_sync", "earlier")
    terminal.give_facts({key: value for key, value in found.items() if key not in beside})
    for part in plain:
        terminal.say()
        terminal.say(f"{part.replace('_', ' ')}:")
        if found[part]:
            terminal.give_facts({f"  {key}": value for key, value in found[part].items()})
        else:
            terminal.say(f"  {terminal.DASH}")
    if found["earlier"]:
        terminal.say()
        earlier_table(found["earlier"])
    if found["first_sync"]:
        terminal.say()
        preview_table(found["first_sync"])


def earlier_table(counts: dict[str, dict[str, Any]]) -> None:
    """What was made in CashFlow before the connection and was not sent (sync-rules 3)."""
    terminal.say("made before the connection (`company set ID earlier_transactions=bills:all`):")
    terminal.give_table(
        ("type", "records", "first", "last", "choice"),
        [(resource, *of_type.values()) for resource, of_type in counts.items()],
        "Nothing.",
    )


def preview_table(counts: dict[str, dict[str, int]]) -> None:
    """What the first sync has done and would do, per type (sync-rules 3)."""
    terminal.say("first sync (nothing is written to QuickBooks before `company start`):")
    headings = ("type", "linked", "created in CashFlow", "to create in QuickBooks", "held")
    terminal.give_table(
        headings,
        [(resource, *of_type.values()) for resource, of_type in counts.items()],
        "Nothing was read yet: run the Web Connector once.",
    )


def _keys() -> str:
    """The preferences for `set --help`."""
    lines = [f"  {key}: {choice.effect}" for key, choice in CHOICES.items()]
    return "\n\nPreferences:\n\n" + "\n\n".join(lines)


@company.command(
    "set",
    help="Change preferences; says what each one does." + _keys(),
    epilog=examples(
        "webconnector company set 019a5c two_way_bills=true",
        "webconnector company set 019a5c master_in_conflict=cashflow push_bills=approved",
    ),
)
@company_argument
@click.argument("assignments", nargs=-1, required=True, metavar="KEY=VALUE...")
@json_option
def set_command(*, company: str, assignments: Sequence[str], as_json: bool) -> None:
    """Change preferences."""
    values: dict[str, str] = {}
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise click.UsageError(f'"{assignment}" is not KEY=VALUE.')
        values[key.strip()] = text
    with opened() as place:
        company_id = place.company(company)
        after = place.store.run(
            lambda conn: companies.set_preferences(conn, company_id, values, place.who, place.now)
        ).to_json()
    if as_json:
        terminal.give_json(after)
        return
    for key in values:
        terminal.say(f"{key} = {terminal.shown(after[key])}: {Preferences.effect(key)}")


def _act(
    name: str, help_text: str, said: str, act: Callable[[Any, str, Place], Any]
) -> click.Command:
    """A command that does one thing to one company."""

    @company.command(name, help=help_text, epilog=examples(f"webconnector company {name} 019a5c"))
    @company_argument
    @json_option
    def command(*, company: str, as_json: bool) -> None:
        with opened() as place:
            company_id = place.company(company)
            place.store.run(lambda conn: act(conn, company_id, place))
            with place.store.read() as conn:
                found = companies.show(conn, company_id)
        if as_json:
            terminal.give_json(found)
        else:
            terminal.say(f"{found['name']}: {said}")

    return command


_act(
    "pause",
    "Stop syncing until `resume`; nothing is lost meanwhile.",
    "paused. The Web Connector is told that there is nothing to do.",
    lambda conn, company_id, place: companies.pause(conn, company_id, place.who, place.now),
)
_act(
    "resume",
    "Sync again.",
    "syncs again from the Web Connector's next call on.",
    lambda conn, company_id, place: companies.resume(conn, company_id, place.who, place.now),
)


@company.command(epilog=examples('webconnector company password "Acme Ltd"'))
@company_argument
@json_option
def password(*, company: str, as_json: bool) -> None:
    """Make a new password; the old one stops working at once."""
    with opened() as place:
        company_id = place.company(company)
        secret_key = place.settings.secret_key_bytes
        made = place.store.run(
            lambda conn: companies.new_password(conn, company_id, secret_key, place.now, place.who)
        )
        with place.store.read() as conn:
            facts = companies.qwc_facts(conn, company_id)
    result = {"id": company_id, "username": facts["username"], "password": made}
    if as_json:
        terminal.give_json(result)
        return
    terminal.give_facts({"user name": facts["username"], "password": made})
    terminal.say()
    terminal.say("Shown only now. Type it into the Web Connector in place of the old one.")


@click.command(
    epilog=examples('webconnector qwc "Acme Ltd" -o acme.qwc', "webconnector qwc 019a5c > acme.qwc")
)
@company_argument
@click.option("-o", "--output", "path", type=_FILE, metavar="FILE", help="Where to write it.")
@json_option
def qwc(*, company: str, path: Path | None, as_json: bool) -> None:
    """Give a company's .qwc file again, with the same ids; without -o on stdout."""
    with opened() as place:
        company_id = place.company(company)
        with place.store.read() as conn:
            facts = companies.qwc_facts(conn, company_id)
        content = connection_file.connection_file(facts, place.settings.public_url)
    written = str(connection_file.write(path, content)) if path else None
    if as_json:
        terminal.give_json({"id": company_id, "qwc": written, "content": content.decode()})
    elif written:
        terminal.say(f"Written: {written}")
    else:
        click.echo(content, nl=False)


def _write(place: Place, facts: dict[str, Any], path: Path | None) -> Path:
    content = connection_file.connection_file(facts, place.settings.public_url)
    return connection_file.write(
        path or connection_file.default_place(place.settings, facts), content
    )


COMMANDS = (company, qwc)
