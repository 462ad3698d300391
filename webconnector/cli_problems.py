"""`webconnector problems`: what needs somebody."""

from __future__ import annotations

import click

from store.problem_list import list_problems
from webconnector import terminal
from webconnector.cli_options import examples, json_option, opened


@click.command(
    epilog=examples("webconnector problems", 'webconnector problems "Acme Ltd" --all --json')
)
@click.argument("company", metavar="[ID]", required=False)
@click.option("--all", "resolved", is_flag=True, help="Resolved ones too.")
@json_option
def problems(*, company: str | None, resolved: bool, as_json: bool) -> None:
    """List the open problems, of one company or of all, and what to do about each."""
    with opened() as place:
        company_id = place.company(company) if company else None
        with place.store.read() as conn:
            rows = list_problems(conn, company_id, resolved=resolved)
    if as_json:
        terminal.give_json(rows)
        return
    if not rows:
        terminal.say("There is no open problem." if not resolved else "There was no problem yet.")
    for row in rows:
        seen = f", {row['count']} times" if row["count"] > 1 else ""
        state = f" (resolved: {row['resolution']})" if row["resolved_at"] else ""
        terminal.say(f"{row['number']}. {row['company']['name']}: {row['title']}{state}")
        terminal.say(f"   {row['text']}")
        terminal.say(f"   What to do: {row['advice']}")
        terminal.say(f"   Since {terminal.moment(row['opened_at'])}{seen}.")
        if row["code"] or row["quickbooks_text"]:
            terminal.say(
                f"   QuickBooks: {terminal.shown(row['code'])} "
                f"{terminal.shown(row['quickbooks_text'])}"
            )


COMMANDS = (problems,)
