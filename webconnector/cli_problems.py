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
        for one in row["candidates"]:
            facts = [str(one[key]) for key in ("name", "party", "date", "amount") if one.get(key)]
            terminal.say(f"   In QuickBooks: {one['quickbooks_id']} {', '.join(facts)}")
        if row["code"] or row["quickbooks_text"]:
            terminal.say(
                f"   QuickBooks: {terminal.shown(row['code'])} "
                f"{terminal.shown(row['quickbooks_text'])}"
            )


@click.group()
def problem() -> None:
    """Do something about one problem: retry, link, apart, renumber, skip, delete, done."""


Act = Callable[[Connection, Row[Any]], Any]


def _do(number: int, company: str | None, act: Act) -> Any:
    """Act on the problem of that number in one transaction; gives what the act gives."""
    with opened() as place:
        company_id = place.company(company) if company else None
        return place.store.run(lambda conn: act(conn, problem_acts.find(conn, number, company_id)))


def _told(number: int, resolution: str, said: str, *, as_json: bool) -> None:
    if as_json:
        terminal.give_json({"number": number, "resolution": resolution})
    else:
        terminal.say(said)


_number = click.argument("number", type=int, metavar="N")
_company = click.option(
    "--company", metavar="ID", help="Whose problem, where several have that number."
)
_WHO = "command line"


def _act(
    name: str, text: str, said: str, act: Callable[[Connection, Row[Any], str, datetime], None]
) -> None:
    @problem.command(
        name, help=text, epilog=examples(f"webconnector problem {name} 3 --company 'Acme Ltd'")
    )
    @_number
    @_company
    @json_option
    def command(*, number: int, company: str | None, as_json: bool) -> None:
        _do(number, company, lambda conn, found: act(conn, found, _WHO, datetime.now(UTC)))
        _told(number, name, said, as_json=as_json)


_act(
    "retry",
    "Send the record again at the next session; also the way back from skip.",
    "The next session sends it again.",
    problem_acts.retry,
)
_act(
    "done",
    "It was done by hand in QuickBooks: send nothing more for it.",
    "Closed as done by hand.",
    problem_acts.done,
)
_act(
    "delete",
    "Delete the record in CashFlow: what QuickBooks has is the right one.",
    "Deleted in CashFlow.",
    problem_acts.delete,
)


@problem.command(
    epilog=examples(
        "webconnector problem link 3", "webconnector problem link 3 80000012-1700000000"
    )
)
@_number
@click.argument("record", metavar="[RECORD]", required=False)
@_company
@json_option
def link(*, number: int, record: str | None, company: str | None, as_json: bool) -> None:
    """Say that our record and what QuickBooks has are the same; the next session merges them.

    RECORD is QuickBooks' id of it as `webconnector problems` shows it, or the id of the CashFlow
    record that came from it. It may be left out when there is only one.
    """
    linked = _do(
        number,
        company,
        lambda conn, found: problem_acts.link_to(conn, found, record, _WHO, datetime.now(UTC)),
    )
    said = f"Linked to {linked['quickbooks_id']}. The next session merges both."
    _told(number, "link", said, as_json=as_json)


@problem.command(epilog=examples('webconnector problem skip 3 --reason "Was only a test"'))
@_number
@click.option("--reason", default="", metavar="TEXT", help="Why; kept in the audit trail.")
@_company
@json_option
def skip(*, number: int, reason: str, company: str | None, as_json: bool) -> None:
    """Do not sync this record; `problem retry` takes it back."""
    _do(
        number,
        company,
        lambda conn, found: problem_acts.skip(conn, found, _WHO, datetime.now(UTC), reason),
    )
    said = "It is left out from now on. `webconnector problem retry` takes that back."
    _told(number, "skip", said, as_json=as_json)


@problem.command(
    epilog=examples('webconnector problem apart 3 --reason "A second delivery on the same day"')
)
@_number
@click.option("--reason", required=True, metavar="TEXT", help="Why; kept in the audit trail.")
@_company
@json_option
def apart(*, number: int, reason: str, company: str | None, as_json: bool) -> None:
    """Post it anyway: it is another one than what QuickBooks has."""
    _do(
        number,
        company,
        lambda conn, found: problem_acts.apart(conn, found, reason, _WHO, datetime.now(UTC)),
    )
    _told(number, "apart", "The next session posts it.", as_json=as_json)


@problem.command(epilog=examples("webconnector problem renumber 3 1024-B"))
@_number
@click.argument("text", metavar="NUMBER")
@_company
@json_option
def renumber(*, number: int, text: str, company: str | None, as_json: bool) -> None:
    """Give the record another number, or another name if it is of a list."""
    _do(
        number,
        company,
        lambda conn, found: problem_acts.renumber(conn, found, text, _WHO, datetime.now(UTC)),
    )
    _told(number, "renumber", "Changed. The next session sends it.", as_json=as_json)


COMMANDS = (problems, problem)
