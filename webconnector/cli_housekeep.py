"""`webconnector housekeep`: what has to be done now and then, once."""

from __future__ import annotations

from dataclasses import asdict

import click

from webconnector import housekeeping, logs, terminal
from webconnector.cli_options import examples, json_option, opened


@click.command(epilog=examples("webconnector housekeep"))
@json_option
@click.pass_context
def housekeep(ctx: click.Context, *, as_json: bool) -> None:
    """Delete what is past its time, and do whatever else is due.

    May run at any time and any number of times; meant to be run each minute by a timer, see
    docs/housekeeping.md. Exit code 1 when a job failed; the others were done all the same.
    """
    with opened() as place:
        logs.configure(place.settings.log_format, place.settings.log_level)
        work = housekeeping.Work(place.store, place.settings, place.now)
        done = list(housekeeping.run(work))
    if as_json:
        terminal.give_json({"jobs": [asdict(one) for one in done]})
    else:
        terminal.give_table(
            ("job", "done", "failed"), [(one.job, one.count, one.failed) for one in done], ""
        )
    if any(one.failed for one in done):
        ctx.exit(1)


COMMANDS = (housekeep,)
