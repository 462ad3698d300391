"""`webconnector rehearse`: play Web Connector and QuickBooks against any server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from webconnector import terminal
from webconnector.cli_options import examples, json_option
from webconnector.movement import Moved, moved, quickbooks_snapshot
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.fault_specs import FaultSpecError, told
from webconnector.rehearsal.faults import Faults, FaultyWebConnector
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.sample import sample_company
from webconnector.rehearsal.soap_wire import CallFailedError
from webconnector.rehearsal.web_connector import SessionLog, WebConnector
from webconnector.terminal import CommandError

SECONDS_BETWEEN_SESSIONS = 60
# Vendors, customers and invoices each, on top of the sample company; XS is an empty file.
PROFILES = {"XS": None, "S": 0, "M": 500, "L": 3000, "XL": 10_000}
GOOD_OUTCOMES = frozenset({"finished", "none"})


@dataclass(frozen=True)
class Played:
    """One session: its log and what it changed in the company file."""

    log: SessionLog
    moved: dict[str, Moved]
    faults: tuple[str, ...] = ()
    """What went wrong in it, by wish."""


def _list(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click calls it so
    if wanted:
        terminal.give_table(("fault", "place", "what happens"), told(), "")
        ctx.exit()


@click.command(
    epilog=examples(
        "webconnector rehearse --url http://localhost:8000/qbwc --user kcf-... --password ...",
        "webconnector rehearse --url ... --user ... --password ... --profile M --sessions 3",
        "webconnector rehearse ... --sessions 4 --faults lost-reply@BillAdd,random:seed=7",
    )
)
@click.option("--url", required=True, help="The AppURL, such as http://localhost:8000/qbwc.")
@click.option("--user", required=True, help="The user name in the .qwc file.")
@click.option("--password", required=True)
@click.option(
    "--file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    help='A JSON list of records to add: [{"kind": "Vendor", "fields": {"Name": "Acme"}}].',
)
@click.option(
    "--profile",
    type=click.Choice(tuple(PROFILES), case_sensitive=False),
    default="S",
    show_default=True,
    help="How much the made-up company file holds; XS: nothing but --file.",
)
@click.option(
    "--faults",
    "spec",
    help="What goes wrong: NAME[:ARGUMENT][@PLACE][#OCCURRENCE][*TIMES],... or random:seed=N.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list,
    help="The names for --faults, where each can strike, and what it does.",
)
@click.option("--sessions", default=1, show_default=True, type=click.IntRange(1, 1000))
@json_option
@click.pass_context
def rehearse(  # noqa: PLR0913 - one parameter per option
    ctx: click.Context,
    *,
    url: str,
    user: str,
    password: str,
    path: Path | None,
    profile: str,
    spec: str | None,
    sessions: int,
    as_json: bool,
) -> None:
    """Play the Web Connector with a stand-in QuickBooks against a server, and tell what moved.

    The stand-in refuses what QuickBooks would refuse. The same profile is the same company file
    each time, so a server that knows it finds nothing new.
    """
    faults = _faults(spec)
    books = company_file(profile.upper(), path)
    if faults is None:
        connector = WebConnector(url, user, password)
    else:
        faults.advance = lambda seconds: books.advance(round(seconds))
        connector = FaultyWebConnector(url, user, password, faults=faults)
    played = []
    for number in range(1, sessions + 1):
        played.append(_session(connector, books, number, faults))
        if not as_json:
            _print(number, played[-1])
    if as_json:
        terminal.give_json({"sessions": [_facts(one) for one in played]})
    if any(one.log.outcome not in GOOD_OUTCOMES and not one.faults for one in played):
        ctx.exit(1)


def _faults(spec: str | None) -> Faults | None:
    """What was wished for; the company file's clock comes later."""
    if spec is None:
        return None
    try:
        return Faults(spec, lambda _seconds: None)
    except FaultSpecError as error:
        raise CommandError(f"--faults: {error}") from None


def company_file(profile: str, path: Path | None) -> CompanyFile:
    """The company file of a profile with the records of a JSON file added.

    CommandError naming the first record that QuickBooks would refuse.
    """
    clock = SettableClock(datetime.now(UTC))
    count = PROFILES[profile]
    if count is None:
        books = CompanyFile(clock=clock)
    else:
        books = sample_company(start=datetime.now(UTC).date(), clock=clock)
        with terminal.progress(f"company file {profile}") as step:
            for number in range(count):
                _enlarge(books, number)
                step(number + 1, count)
    if path is not None:
        _add_records(books, path)
    return books


def _enlarge(books: CompanyFile, number: int) -> None:
    books.add(
        "Vendor",
        {"Name": f"Vendor {number:06d}", "Phone": f"555 {number:06d}", "TermsRef": "Net 30"},
    )
    books.add("Customer", {"Name": f"Customer {number:06d}", "Email": f"c{number}@example.com"})
    books.add(
        "Invoice",
        {
            "CustomerRef": f"Customer {number:06d}",
            "TxnDate": books.clock().date(),
            "RefNumber": f"L{number:06d}",
            "InvoiceLine": [{"ItemRef": "Consulting", "Quantity": number % 9 + 1}],
        },
    )


def _add_records(books: CompanyFile, path: Path) -> None:
    try:
        records: Any = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise CommandError(f"{path} is not JSON: {error}.") from None
    if not isinstance(records, list):
        raise CommandError(f"{path} must hold a JSON list of records.")
    for position, record in enumerate(records):
        try:
            books.add(record["kind"], record["fields"])
        except (KeyError, TypeError):
            raise CommandError(
                f'{path}, record {position}: it must be {{"kind": ..., "fields": {{...}}}}.'
            ) from None
        except (StatusError, ValueError) as error:
            raise CommandError(f"{path}, record {position}: {error}") from None


def _session(
    connector: WebConnector, books: CompanyFile, number: int, faults: Faults | None
) -> Played:
    books.advance(SECONDS_BETWEEN_SESSIONS)
    before = quickbooks_snapshot(books)
    known = len(faults.happened) if faults else 0
    with terminal.progress(f"session {number}") as step:
        try:
            for count, (operation, _) in enumerate(connector.steps(books), start=1):
                step(count, title=f"session {number}: {operation}")
        except CallFailedError as error:
            raise CommandError(
                f"Session {number}, after {len(connector.log.calls)} calls: {error}"
            ) from None
    happened = tuple(faults.happened[known:]) if faults else ()
    return Played(connector.log, moved(before, quickbooks_snapshot(books)), happened)


def _print(number: int, one: Played) -> None:
    seconds = sum(call.seconds for call in one.log.calls)
    terminal.say(
        f"Session {number}: {one.log.outcome}, {len(one.log.calls)} calls, "
        f"{len(one.log.requests)} requests, {seconds:.1f} s. "
        f"{one.log.last_error or one.log.close_text}".rstrip()
    )
    if one.faults:
        terminal.say(f"  What went wrong: {', '.join(one.faults)}.")
    terminal.give_table(
        ("", "written to QuickBooks"),
        [(resource, str(difference)) for resource, difference in one.moved.items()],
        "  Nothing was written to QuickBooks.",
    )


def _facts(one: Played) -> dict[str, Any]:
    return {
        "outcome": one.log.outcome,
        "faults": list(one.faults),
        "calls": [
            {"operation": call.op, "milliseconds": round(call.seconds * 1000)}
            for call in one.log.calls
        ],
        "requests": len(one.log.requests),
        "last_error": one.log.last_error,
        "close_text": one.log.close_text,
        "written_to_quickbooks": {name: str(difference) for name, difference in one.moved.items()},
    }


COMMANDS = (rehearse,)
