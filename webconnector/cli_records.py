"""`webconnector records` and `webconnector record`: what the CashFlow app does with its records."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import click

from store import resources
from webconnector import terminal
from webconnector.cli_options import Place, company_argument, examples, json_option, opened
from webconnector.terminal import CommandError

PAGE_RECORDS = 500

# Columns of the table beside the id, those a resource has; everything else is in --json.
COLUMNS = (
    "number",
    "full_name",
    "name",
    "type",
    "kind",
    "vendor",
    "customer",
    "account",
    "bill_date",
    "invoice_date",
    "payment_date",
    "amount",
    "total",
    "balance",
    "as_of",
    "active",
    "sync",
)


class _Moment(click.ParamType[datetime]):
    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            self.fail(f'"{value}" is no ISO time, such as 2026-01-31T12:00:00Z.', param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@click.command(
    epilog=examples(
        'webconnector records "Acme Ltd" vendors',
        "webconnector records 019a5c bills --updated-after 2026-01-31 --limit 1000 --json",
    )
)
@company_argument
@click.argument("resource")
@click.option("--updated-after", type=_Moment(), metavar="T", help="ISO time; UTC without a zone.")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="At most so many; without it all."
)
@json_option
def records(
    *, company: str, resource: str, updated_after: datetime | None, limit: int | None, as_json: bool
) -> None:
    """List a company's records of one kind, with how far each has got.

    RESOURCE is an API resource: accounts, departments, vendors, customers, jobs, items, terms,
    bills, bill-payments, vendor-credits, invoices, invoice-payments, funds-transfers,
    bank-balances.
    """
    with opened() as place:
        company_id = place.company(company)
        rows = _all(place, company_id, resource, updated_after, limit)
    if as_json:
        terminal.give_json(rows)
        return
    columns = [name for name in COLUMNS if rows and name in rows[0]]
    if "full_name" in columns:
        columns.remove("name")
    terminal.give_table(
        ("id", *(name.replace("_", " ") for name in columns)),
        [(row["id"], *(_cell(name, row[name]) for name in columns)) for row in rows],
        f"There are no {resource}.",
    )


def _cell(name: str, value: Any) -> Any:
    return _CELLS[name](value) if name in _CELLS else value


def _state(sync: dict[str, Any] | None) -> str | None:
    if sync is None:
        return None
    waits = f" for {sync['waits_for']}" if sync.get("waits_for") else ""
    return f"{sync['state']}{waits}"


_CELLS: dict[str, Callable[[Any], Any]] = {"sync": _state, "as_of": terminal.moment}


def _all(
    place: Place, company_id: str, resource: str, updated_after: datetime | None, limit: int | None
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after: str | None = None
    with terminal.progress(resource) as step, place.store.read() as conn:
        while limit is None or len(rows) < limit:
            wanted = PAGE_RECORDS if limit is None else min(PAGE_RECORDS, limit - len(rows))
            page = resources.list_records(
                conn,
                company_id,
                resource,
                updated_after=updated_after,
                after=after,
                limit=wanted,
            )
            rows.extend(page)
            step(len(rows))
            if len(page) < wanted:
                break
            after = resources.cursor_of(page[-1])
    return rows


@click.group(
    epilog=examples(
        'webconnector record add "Acme Ltd" vendors vendor.json',
        'echo \'{"phone": "555 0100"}\' | webconnector record change 019a5c vendors 019a5d -',
    )
)
def record() -> None:
    """Add, change, delete, void or approve one record, as the CashFlow app does."""


@record.command(
    epilog=examples(
        'webconnector record add "Acme Ltd" vendors vendor.json',
        'echo \'{"name": "Acme"}\' | webconnector record add 019a5c vendors -',
    )
)
@company_argument
@click.argument("resource")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@json_option
def add(*, company: str, resource: str, file: TextIO, as_json: bool) -> None:
    """Add a record from a JSON FILE, or from - for the standard input.

    References are ids or exact names: {"vendor": {"name": "Acme"}}. Money is text: "120.00".
    """
    body = _body(file)
    with opened() as place:
        company_id = place.company(company)
        made = place.store.run(
            lambda conn: resources.create(conn, company_id, resource, body, place.now, place.who)
        )
    _give(made, "Added", as_json=as_json)


@record.command(
    epilog=examples(
        'echo \'{"phone": "555 0100"}\' | webconnector record change 019a5c vendors 019a5d -'
    )
)
@company_argument
@click.argument("resource")
@click.argument("record_id", metavar="RECORD_ID")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@json_option
def change(*, company: str, resource: str, record_id: str, file: TextIO, as_json: bool) -> None:
    """Change a record by the fields in a JSON FILE, or from - for the standard input.

    Fields left out stay. Lines are given completely: those with their id change, those without
    are new, those left out are deleted.
    """
    body = _body(file)
    with opened() as place:
        company_id = place.company(company)
        wanted = _record_id(record_id)
        changed = place.store.run(
            lambda conn: resources.change_record(
                conn, company_id, resource, wanted, body, place.now, place.who
            )
        )
    _give(changed, "Changed", as_json=as_json)


def _act(name: str, help_text: str, said: str, act: Callable[..., Any]) -> click.Command:
    """A command that does one thing to one record."""

    @record.command(
        name, help=help_text, epilog=examples(f"webconnector record {name} 019a5c bills RECORD_ID")
    )
    @company_argument
    @click.argument("resource")
    @click.argument("record_id", metavar="RECORD_ID")
    @json_option
    def command(*, company: str, resource: str, record_id: str, as_json: bool) -> None:
        with opened() as place:
            company_id = place.company(company)
            wanted = _record_id(record_id)
            done = place.store.run(
                lambda conn: act(conn, company_id, resource, wanted, place.now, place.who)
            )
        _give(done or {"id": wanted}, said, as_json=as_json)

    return command


_act("delete", "Delete a record, where the rules let the App do so.", "Deleted", resources.delete)
_act("void", "Void a payment or transfer.", "Voided", resources.void)
_act("approve", "Approve a bill or credit.", "Approved", resources.approve)


def _body(file: TextIO) -> dict[str, Any]:
    try:
        body = json.load(file)
    except ValueError as error:
        raise CommandError(f"{file.name} is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise CommandError(f"{file.name} must hold one JSON object, the record's fields.")
    return body


def _record_id(typed: str) -> str:
    try:
        return str(UUID(typed.strip()))
    except ValueError:
        raise CommandError(
            f'"{typed}" is no record id. `webconnector records ... --json` shows whole ids.'
        ) from None


def _give(record: dict[str, Any], said: str, *, as_json: bool) -> None:
    if as_json:
        terminal.give_json(record)
        return
    name = record.get("full_name") or record.get("name") or record.get("number") or ""
    state = _state(record.get("sync"))
    tail = f" Sync: {state}." if state else ""
    terminal.say(f"{said}: {name} {record['id']}.{tail}".replace("  ", " "))


COMMANDS = (records, record)
