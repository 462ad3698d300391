"""The command line: `webconnector`. Puts the commands together and turns errors into exit codes.

Owns exit codes (0 done, 1 refused or failed, 2 wrong usage) and the form of an error. Each
command's work is in its noun's module, `cli_<noun>.py`.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence

import click

from qwc.errors import InvalidQwc
from store.errors import Invalid, StoreError
from webconnector import (
    cli_check,
    cli_company,
    cli_company_moves,
    cli_db,
    cli_demo,
    cli_housekeep,
    cli_person,
    cli_problems,
    cli_records,
    cli_rehearse,
    cli_serve,
    cli_sessions,
    cli_tokens,
    terminal,
)
from webconnector.cli_options import examples
from webconnector.settings import SettingsError

FAILED = 1
WRONG_USAGE = 2
INTERRUPTED = 130


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples(
        "webconnector serve",
        'webconnector company add "Acme Ltd" --time-zone America/New_York --qwc acme.qwc',
    ),
)
@click.version_option(package_name="key-cashflow-webconnector")
def webconnector() -> None:
    """Key CashFlow's end of the QuickBooks Web Connector."""


for _command in cli_company_moves.OF_COMPANY:
    cli_company.company.add_command(_command)
for _module in (
    cli_serve,
    cli_demo,
    cli_db,
    cli_company,
    cli_records,
    cli_sessions,
    cli_problems,
    cli_tokens,
    cli_person,
    cli_rehearse,
    cli_check,
    cli_housekeep,
):
    for _command in _module.COMMANDS:
        webconnector.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        code = webconnector.main(given, prog_name="webconnector", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        terminal.say(error.format_message())
        return WRONG_USAGE
    except click.UsageError as error:
        help_for = error.ctx.command_path if error.ctx else "webconnector"
        terminal.give_error(f"{error.format_message()} See `{help_for} --help`.", as_json=as_json)
        return WRONG_USAGE
    except click.exceptions.Abort:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader had enough (`| head`); nothing more may be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        logging.getLogger("webconnector.cli").debug("command_failed", exc_info=error)
        terminal.give_error(_sentence(error), as_json=as_json)
        return FAILED
    return code if isinstance(code, int) else 0


def _sentence(error: Exception) -> str:
    """What went wrong, in one sentence for the person at the keyboard."""
    if isinstance(error, Invalid):
        return "; ".join(f"{found.pointer}: {found.text}" for found in error.fields)
    if isinstance(error, StoreError):
        return error.text
    if isinstance(error, SettingsError | terminal.CommandError | click.ClickException):
        return str(error.message if isinstance(error, click.ClickException) else error)
    if isinstance(error, InvalidQwc):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".removeprefix(": ")
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}"


if __name__ == "__main__":
    sys.exit(main())
