"""`webconnector problems` and `problem`: what needs somebody, and what they do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from store import problem_acts
from store.engine import Connection, Row
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


@click.group()
def problem() -> None:
    """Do something about one problem: retry, skip, done."""


def _act(
    name: str, text: str, said: str, act: Callable[[Connection, Row[Any], str, datetime], None]
) -> None:
    @problem.command(
        name, help=text, epilog=examples(f"webconnector problem {name} 3 --company 'Acme Ltd'")
    )
    @click.argument("number", type=int, metavar="N")
    @click.option("--company", metavar="ID", help="Whose problem, where several have that number.")
    @json_option
    def command(*, number: int, company: str | None, as_json: bool) -> None:
        with opened() as place:
            company_id = place.company(company) if company else None
            with place.store.write() as conn:
                found = problem_acts.find(conn, number, company_id)
                act(conn, found, "command line", datetime.now(UTC))
        if as_json:
            terminal.give_json({"number": number, "resolution": name})
        else:
            terminal.say(said)


_act(
    "retry",
    "Send the record again at the next session; also the way back from skip.",
    "The next session sends it again.",
    problem_acts.retry,
)
_act(
    "skip",
    "Do not sync this record; `problem retry` takes it back.",
    "It is left out from now on. `webconnector problem retry` takes that back.",
    problem_acts.skip,
)
_act(
    "done",
    "It was done by hand in QuickBooks: send nothing more for it.",
    "Closed as done by hand.",
    problem_acts.done,
)

COMMANDS = (problems, problem)
