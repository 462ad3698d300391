"""`webconnector sessions` and `webconnector session`: the session log for support."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from store import session_log
from webconnector import terminal
from webconnector.bundle import bundle
from webconnector.cli_options import examples, json_option, opened


@click.command(
    epilog=examples("webconnector sessions", 'webconnector sessions "Acme Ltd" --limit 5')
)
@click.argument("company", metavar="[ID]", required=False)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 1000), metavar="N")
@json_option
def sessions(*, company: str | None, limit: int, as_json: bool) -> None:
    """List the latest sessions, of one company or of all."""
    with opened() as place:
        company_id = place.company(company) if company else None
        with place.store.read() as conn:
            rows = session_log.list_sessions(conn, company_id, limit=limit)
    if as_json:
        terminal.give_json(rows)
        return
    terminal.give_table(
        ("session", "company", "started", "seconds", "outcome", "calls", "in", "out", "problems"),
        [
            (
                terminal.short(row["id"]),
                row["company"]["name"],
                terminal.moment(row["started_at"]),
                row["seconds"],
                row["outcome"] or row["state"],
                row["calls"],
                row["changes_in"],
                row["changes_out"],
                row["problems"],
            )
            for row in rows
        ],
        "There was no session yet.",
    )


class _ShowUnlessTold(click.Group):
    """`session 019a...` means `session show 019a...`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=_ShowUnlessTold,
    options_metavar="",
    subcommand_metavar="SHOW | export SHOW",
    epilog=examples(
        "webconnector session 019a5c3e-77",
        "webconnector session 019a5c3e-77 --raw",
        "webconnector session export 019a5c3e-77 -o bundle.zip",
    ),
)
def session() -> None:
    """Show or export one session; SHOW is its id or the beginning of it."""


@session.command(epilog=examples("webconnector session 019a5c3e-77"))
@click.argument("prefix", metavar="SHOW")
@click.option("--raw", is_flag=True, help="With each request and reply; noted in the audit trail.")
@json_option
def show(*, prefix: str, raw: bool, as_json: bool) -> None:
    """Show each call of a session with its duration and answer."""
    with opened() as place, (place.store.write if raw else place.store.read)() as conn:
        company_id, session_id = session_log.find_session(conn, prefix)
        if raw:
            found = session_log.read_raw(
                conn, company_id, session_id, place.who, "session.raw", place.now
            )
        else:
            found = session_log.read_session(conn, company_id, session_id)
    if as_json:
        terminal.give_json(found)
    else:
        _tell(found)


def _tell(found: dict[str, Any]) -> None:
    terminal.give_facts(
        {key: value for key, value in found.items() if key not in {"log", "exchanges"}}
    )
    terminal.say()
    terminal.give_table(
        ("at", "call", "ms", "answer"),
        [
            (
                terminal.moment(line["at"]),
                line["operation"],
                line["milliseconds"],
                line["answer"],
            )
            for line in found["log"]
        ],
        "No call of this session is kept.",
    )
    terminal.say()
    terminal.give_table(
        ("exchange", "kind", "state", "records", "sent", "characters", "reply", "hresult"),
        [
            (
                line["number"],
                line["kind"],
                line["state"],
                line["records"],
                terminal.moment(line["sent_at"]),
                line["request_characters"],
                line["response_characters"],
                line["hresult"],
            )
            for line in found["exchanges"]
        ],
        "Nothing was sent to QuickBooks.",
    )
    for line in found["exchanges"]:
        for kind in ("request", "response"):
            if line.get(kind):
                terminal.say(f"\n--- {kind} of exchange {line['number']}\n{line[kind]}")


@session.command(epilog=examples("webconnector session export 019a5c3e-77 -o bundle.zip"))
@click.argument("prefix", metavar="SHOW")
@click.option(
    "-o", "--output", "path", required=True, type=click.Path(dir_okay=False, path_type=Path)
)
@json_option
def export(*, prefix: str, path: Path, as_json: bool) -> None:
    """Write a redacted bundle of a session (zip), to attach to a ticket."""
    with opened() as place, place.store.write() as conn:
        company_id, session_id = session_log.find_session(conn, prefix)
        found = session_log.read_raw(
            conn, company_id, session_id, place.who, "session.export", place.now
        )
        path.write_bytes(bundle(found, place.now))
    if as_json:
        terminal.give_json({"id": session_id, "file": str(path.absolute())})
    else:
        terminal.say(f"Written: {path.absolute()}")


COMMANDS = (sessions, session)
