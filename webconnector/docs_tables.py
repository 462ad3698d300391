"""The pages of docs/ that are written from the program's own tables.

Owns their layout. It must not hold a fact or a piece of advice of its own: change the table, then
run `python -m webconnector.docs_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from qbxml import hresult, status
from qbxml.statuses import RANGES, UNNAMED

ERRORS_FILE = Path("docs/errors.md")

_HEAD = """# Errors of QuickBooks and the Web Connector, and what happens next

This page is written from the program's tables by `python -m webconnector.docs_tables`; do not edit
it by hand. The words are those that the console shows; "the record" stands for the record's name.

"""
_STATUS_HEAD = """## Status codes

QuickBooks answers each request with a status code. 500 to 999 are warnings: what was asked was
done, with a remark, unless the table says otherwise. A row with a text in quotes holds when the
message says so.

Whatever the code, a message that says that the record is locked or in use by somebody else is tried
again by itself. A star marks codes whose meaning no public source confirms: read QuickBooks' own
words with them.

"""
_SET_HEAD = """## Status of a message set

Every change is sent under an id, so that after a lost answer QuickBooks can tell what became of it.
These codes answer that question.

"""
_HRESULT_HEAD = """## Failures of a whole call (hresult)

When QuickBooks could not be reached, or failed during a call, the Web Connector passes on one of
these codes. "Outcome open" means: a change sent in that call may have been saved all the same, so
CashFlow settles that first and sends nothing anew before.

"""


def errors_markdown() -> str:
    """Return docs/errors.md as Markdown, ending in a line end."""
    return (
        _HEAD
        + _STATUS_HEAD
        + _status_table([*status.rows(), *status.rows((*RANGES, UNNAMED))])
        + "\n"
        + _SET_HEAD
        + _status_table(status.rows(status.MESSAGE_SETS))
        + "\n"
        + _HRESULT_HEAD
        + _hresult_table()
    )


def _status_table(rows: Iterable[status.Row]) -> str:
    return _table(
        ("Code", "What happened", "What CashFlow does", "Advice"),
        (
            (
                ("any other" if row.code == str(UNNAMED.code) else row.code)
                + ("" if row.sure else " \\*"),
                row.title,
                row.act.value,
                row.advice,
            )
            for row in rows
        ),
    )


def _hresult_table() -> str:
    return _table(
        ("Code", "What happened", "What CashFlow does", "Outcome", "Advice"),
        (
            (
                row.code,
                row.title,
                row.action.value,
                "open" if row.outcome_unknown else "nothing saved",
                row.advice,
            )
            for row in hresult.rows()
        ),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    words = text.replace("{record}", "the record").replace("{quickbooks}", "(its own words)")
    return (words[:1].upper() + words[1:]).replace("|", "\\|")


def main() -> None:
    """Write the pages below the working folder, which is the project's."""
    ERRORS_FILE.parent.mkdir(exist_ok=True)
    ERRORS_FILE.write_text(errors_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
