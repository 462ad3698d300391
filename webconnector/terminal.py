"""How the commands speak: results on stdout, everything else on stderr.

Owns tables, JSON, progress and what an error looks like. Must not know any command.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

# A table on a terminal fits itself to it; in a file or a pipe nothing is cut.
_PIPE_COLUMNS = 200
SHORT_ID_CHARACTERS = 13
DASH = "-"


class CommandError(Exception):
    """The command cannot do it; the text is one line that says why and what to do."""


class Step(Protocol):
    """Tells how far a long work is: done so far, in all if it is known, and what is being done."""

    def __call__(self, done: int, total: int | None = None, *, title: str | None = None) -> None:
        """Show it."""


def say(text: str = "") -> None:
    """A line of the result."""
    click.echo(text)


def note(text: str) -> None:
    """A line for the person who waits, not part of the result."""
    click.echo(text, err=True)


def give_json(value: Any) -> None:
    """The result for programs: one JSON document."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def give_error(text: str, *, as_json: bool) -> None:
    """One line on stderr, and for programs the same as JSON on stdout."""
    line = " ".join(text.split())
    click.echo(f"Error: {line}", err=True)
    if as_json:
        give_json({"error": line})


def give_table(headings: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> None:
    """Rows under headings; numbers to the right. `empty` is said when there is none."""
    listed = [list(row) for row in rows]
    if not listed:
        say(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, heading in enumerate(headings):
        numbers = all(isinstance(row[position], int | None) for row in listed)
        table.add_column(heading, justify="right" if numbers else "left", overflow="fold")
    for row in listed:
        table.add_row(*(Text(shown(value)) for value in row))
    _console().print(table)


def give_facts(facts: Mapping[str, Any]) -> None:
    """Names and values, one a line."""
    width = max((len(name) for name in facts), default=0)
    for name, value in facts.items():
        say(f"{name.ljust(width)}  {shown(value)}")


def shown(value: Any) -> str:
    """A value as people read it; JSON for what has parts."""
    if value is None or value == "":
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, Mapping) and "name" in value:
        return shown(value["name"])
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def moment(value: datetime | str | None) -> str:
    """A moment in UTC, to the second; also from its ISO text."""
    if value is None:
        return DASH
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{when:%Y-%m-%d %H:%M:%S}Z"


def short(key: str) -> str:
    """The beginning of an id that commands accept in its place."""
    return key[:SHORT_ID_CHARACTERS]


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """A bar on stderr while something takes long; nothing when stderr is not a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(title, total=None)

        def step(done: int, total: int | None = None, *, title: str | None = None) -> None:
            bar.update(task, completed=done, total=total, description=title)

        yield step


def _console() -> Console:
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPE_COLUMNS)
    return console
