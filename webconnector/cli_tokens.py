"""`webconnector token`: who may use the JSON API of a company."""

from __future__ import annotations

import click

from store import api_tokens
from webconnector import terminal
from webconnector.cli_options import company_argument, examples, json_option, opened


@click.group()
def token() -> None:
    """Make, list and revoke tokens of the JSON API; each belongs to one company."""


@token.command(
    epilog=examples(
        'webconnector token add "Acme Ltd" "CashFlow app"',
        'webconnector token add 019a5c "Reports" --scope read',
    )
)
@company_argument
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(api_tokens.SCOPES),
    multiple=True,
    help="What it may do; both without it.",
)
@json_option
def add(*, company: str, name: str, scopes: tuple[str, ...], as_json: bool) -> None:
    """Make a token called NAME. It is shown once and cannot be shown again."""
    with opened() as place:
        company_id = place.company(company)
        key = place.settings.secret_key_bytes
        made = place.store.run(
            lambda conn: api_tokens.add(
                conn,
                company_id,
                name,
                scopes or api_tokens.SCOPES,
                secret_key=key,
                now=place.now,
                who=place.who,
            )
        )
    if as_json:
        terminal.give_json(made)
        return
    terminal.say(made["token"])
    terminal.note("Keep it: it is not shown again. Programs send it as Authorization: Bearer.")


@token.command("list", epilog=examples('webconnector token list "Acme Ltd"'))
@company_argument
@json_option
def list_(*, company: str, as_json: bool) -> None:
    """List a company's tokens, when each was last used, and which are revoked."""
    with opened() as place:
        company_id = place.company(company)
        with place.store.read() as conn:
            rows = api_tokens.list_tokens(conn, company_id)
    if as_json:
        terminal.give_json(rows)
        return
    terminal.give_table(
        ("id", "name", "scopes", "made", "last used", "revoked"),
        [
            (
                row["id"],
                row["name"],
                " ".join(row["scopes"]),
                terminal.moment(row["created_at"]),
                terminal.moment(row["last_used_at"]),
                terminal.moment(row["revoked_at"]),
            )
            for row in rows
        ],
        "There are no tokens.",
    )


@token.command(epilog=examples("webconnector token revoke k7m2x9qrtvwa"))
@click.argument("token_id")
@json_option
def revoke(*, token_id: str, as_json: bool) -> None:
    """Make a token useless at once."""
    with opened() as place:
        gone = place.store.run(lambda conn: api_tokens.revoke(conn, token_id, place.now, place.who))
    if as_json:
        terminal.give_json(gone)
        return
    terminal.say(f"Revoked: {gone['name']} ({gone['id']}).")


COMMANDS = (token,)
