"""`webconnector demo`: see it work, from nothing, without QuickBooks."""

from __future__ import annotations

import signal
from dataclasses import asdict
from typing import Any

import click

from qbxml.entities import BY_RESOURCE
from webconnector import terminal
from webconnector.cli_options import examples, json_option
from webconnector.demo import COMPANY, Demo, Sync, play, started
from webconnector.settings import load

DIFFERENCES_SHOWN_MAX = 30


@click.command(epilog=examples("webconnector demo", "webconnector demo --once", "make demo ONCE=1"))
@click.option("--once", is_flag=True, help="Stop after printing; exit code 0 if both sides agree.")
@json_option
@click.pass_context
def demo(ctx: click.Context, *, once: bool, as_json: bool) -> None:
    """Play a first sync, edits on both sides and a second sync with a stand-in QuickBooks.

    The server is the real one; only QuickBooks is a stand-in. Everything lies in the folder
    `demo` of the data folder, which is emptied first.
    """
    # A stopped demo must stop its server: let the blocks below end as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with started(load().data_dir) as found:
        with terminal.progress("starting") as step:
            count = 0

            def tell(what: str) -> None:
                nonlocal count
                count += 1
                step(count, title=what)

            play(found, tell)
        if as_json:
            terminal.give_json(_facts(found))
        else:
            _print(found)
        if not once:
            terminal.note("The server stays up until Ctrl-C.")
            _wait()
    if once and not found.agrees:
        ctx.exit(1)


def _wait() -> None:
    try:
        signal.pause()
    except KeyboardInterrupt:
        terminal.note("Stopped.")


def _facts(found: Demo) -> dict[str, Any]:
    return {
        "agrees": found.agrees,
        "syncs": [
            {
                "title": sync.title,
                "outcome": sync.log.outcome,
                "calls": len(sync.log.calls),
                "to_cashflow": {name: asdict(one) for name, one in sync.to_cashflow.items()},
                "to_quickbooks": {name: asdict(one) for name, one in sync.to_quickbooks.items()},
            }
            for sync in found.syncs
        ],
        "linked": dict(found.result.linked),
        "fields_compared": found.result.fields,
        "differences": [str(one) for one in found.result.differences],
        "console": f"{found.url}/console/",
        "login": found.login,
        "login_password": found.login_password,
        "company": found.company_id,
        "qwc": str(found.qwc),
    }


def _print(found: Demo) -> None:
    terminal.say(f"{COMPANY}: what moved between CashFlow and the stand-in QuickBooks")
    for sync in found.syncs:
        terminal.say()
        _print_sync(sync)
    terminal.say()
    linked = sum(found.result.linked.values())
    terminal.say(
        f"Compared {found.result.fields} fields of {linked} records that both sides have:"
        f" {len(found.result.differences)} differences."
    )
    for difference in found.result.differences[:DIFFERENCES_SHOWN_MAX]:
        terminal.say(f"  {difference}")
    if len(found.result.differences) > DIFFERENCES_SHOWN_MAX:
        rest = len(found.result.differences) - DIFFERENCES_SHOWN_MAX
        terminal.say(f"  ... and {rest} more")
    terminal.say("Both sides agree." if found.agrees else "The two sides do NOT agree.")
    terminal.say()
    terminal.give_facts(
        {
            "console": f"{found.url}/console/ as {found.login}, password {found.login_password}",
            ".qwc file": found.qwc,
            "Web Connector": f"{found.url}/qbwc as {found.username}, password {found.password}",
            "look inside": f"WEBCONNECTOR_DATA_DIR={found.folder} webconnector sessions",
        }
    )


def _print_sync(sync: Sync) -> None:
    seconds = sum(call.seconds for call in sync.log.calls)
    terminal.say(
        f"{sync.title.capitalize()}: {sync.log.outcome}, {len(sync.log.calls)} calls, "
        f"{seconds:.1f} s. {sync.log.close_text or sync.log.last_error}"
    )
    terminal.give_table(
        ("", "QuickBooks -> CashFlow", "CashFlow -> QuickBooks"),
        [
            (
                resource,
                str(sync.to_cashflow.get(resource, "")),
                str(sync.to_quickbooks.get(resource, "")),
            )
            for resource in BY_RESOURCE
            if resource in sync.to_cashflow or resource in sync.to_quickbooks
        ],
        "  Nothing moved, as both sides had nothing new.",
    )


COMMANDS = (demo,)
