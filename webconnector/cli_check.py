"""`webconnector check`: what is wrong with this server's set-up, and how to mend it."""

from __future__ import annotations

from dataclasses import asdict

import click

from webconnector import terminal
from webconnector.checks import check_all
from webconnector.cli_options import examples, json_option
from webconnector.settings import load

_SIGNS = {"good": "good   ", "warning": "warning", "wrong": "WRONG  "}


@click.command(epilog=examples("webconnector check", "webconnector check --mail"))
@click.option("--mail", "with_mail", is_flag=True, help="Log in at the mail server; sends nothing.")
@json_option
@click.pass_context
def check(ctx: click.Context, *, with_mail: bool, as_json: bool) -> None:
    """Check settings, database, public address, certificate and clock.

    Exit code 1 when something is wrong; warnings alone leave it at 0.
    """
    findings = []
    for finding in check_all(load(), with_mail=with_mail):
        findings.append(finding)
        if not as_json:
            terminal.say(f"{_SIGNS[finding.verdict]}  {finding.check}: {finding.text}")
            if finding.cure:
                terminal.say(f"         {finding.cure}")
    wrong = [finding for finding in findings if finding.verdict == "wrong"]
    if as_json:
        terminal.give_json({"ok": not wrong, "findings": [asdict(finding) for finding in findings]})
    if wrong:
        ctx.exit(1)


COMMANDS = (check,)
