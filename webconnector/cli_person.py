"""`webconnector person`: who may sign in to the console."""

from __future__ import annotations

from collections.abc import Sequence

import click

from store import logins, persons
from store.persons import Role
from webconnector import terminal
from webconnector.cli_options import examples, json_option, opened

ROLES = tuple(role.value for role in Role)


@click.group()
def person() -> None:
    """People who sign in to the console: admins, support staff, viewers."""


@person.command(
    epilog=examples(
        "webconnector person add ann@example.com --role admin --company 019a5c",
        "webconnector person add desk@example.com --role support",
    )
)
@click.argument("email")
@click.option(
    "--role",
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="What they may do.",
)
@click.option(
    "--company",
    "typed",
    multiple=True,
    metavar="ID",
    help="A company that an admin or viewer reaches; may be given several times.",
)
@click.option(
    "--sees-secrets",
    is_flag=True,
    help="Support only: tax ids and bank numbers in raw requests and replies are not removed.",
)
@json_option
def add(*, email: str, role: str, typed: Sequence[str], sees_secrets: bool, as_json: bool) -> None:
    """Let somebody in; shows their first password this once.

    An admin without a company can add one in the console. Support reaches every company.
    """
    with opened() as place:
        company_ids = [place.company(one) for one in typed]
        with place.store.write() as conn:
            made, password = persons.add_person(
                conn,
                email=email,
                role=role,
                company_ids=company_ids,
                sees_secrets=sees_secrets,
                who=place.who,
                now=place.now,
            )
        console = f"{place.settings.public_url}/console/"
    facts = {"id": made.id, "email": made.email, "role": made.role.value}
    _give(facts, password, console, as_json=as_json)


@person.command("list", epilog=examples("webconnector person list"))
@json_option
def list_command(*, as_json: bool) -> None:
    """List everybody who may sign in."""
    with opened() as place, place.store.read() as conn:
        rows = persons.list_people(conn)
    if as_json:
        terminal.give_json(rows)
        return
    terminal.give_table(
        ("e-mail", "role", "companies", "last login"),
        [
            (
                row["email"],
                row["role"],
                "all"
                if row["role"] == Role.SUPPORT
                else ", ".join(one["name"] for one in row["companies"]),
                terminal.moment(row["last_login_at"]),
            )
            for row in rows
        ],
        "Nobody may sign in yet. `webconnector person add --help` tells how to let somebody in.",
    )


@person.command(epilog=examples("webconnector person password ann@example.com"))
@click.argument("email")
@json_option
def password(*, email: str, as_json: bool) -> None:
    """Make a new password; the old one stops working and all browsers are signed out."""
    with opened() as place:
        with place.store.write() as conn:
            found = persons.read(persons.get(conn, email))
            made = logins.new_password(conn, found, place.who, place.now)
        console = f"{place.settings.public_url}/console/"
    _give({"email": found.email}, made, console, as_json=as_json)


def _give(facts: dict[str, str], password: str, console: str, *, as_json: bool) -> None:
    if as_json:
        terminal.give_json(facts | {"password": password})
        return
    terminal.give_facts(facts | {"password": password, "console": console})
    terminal.say()
    terminal.say("The password is shown only now. They can choose their own under Your account.")


COMMANDS = (person,)
