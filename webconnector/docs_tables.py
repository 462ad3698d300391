"""The pages of docs/ that are written from the program's own tables.

Owns their layout. It must not hold a fact or a piece of advice of its own: change the table, then
run `python -m webconnector.docs_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from qbxml import hresult, status
from qbxml.entities import ENTITIES
from qbxml.entity import Entity, Flow, Switch, Undo
from qbxml.statuses import RANGES, UNNAMED

ERRORS_FILE = Path("docs/errors.md")
RECORD_TYPES_FILE = Path("docs/record-types.md")

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
        ("Code", "What happened", "Why", "What to do", "What CashFlow does"),
        (
            (
                ("any other" if row.code == str(UNNAMED.code) else row.code)
                + ("" if row.sure else " \\*"),
                row.title,
                row.why,
                row.advice,
                row.act.value,
            )
            for row in rows
        ),
    )


def _hresult_table() -> str:
    return _table(
        ("Code", "What happened", "Why", "What to do", "What CashFlow does", "Outcome"),
        (
            (
                row.code,
                row.title,
                row.why,
                row.advice,
                row.action.value,
                "open" if row.outcome_unknown else "nothing saved",
            )
            for row in hresult.rows()
        ),
    )


_TYPES_HEAD = """# What moves, and which way

This page is written from the entity table by `python -m webconnector.docs_tables`; do not edit it
by hand. "QB" is the QuickBooks company file, "App" is CashFlow. Bank balances of every Bank account
are read in each session, with the time of reading.

"""

_UNDONE = {
    Undo.VOID: "voided",
    Undo.DELETE: "voided (QuickBooks: deleted)",
    Undo.REVERSE: "undone by a reversing document",
}
_SWITCHES = {Switch.TWO_WAY_BILLS: "with 2-way bill sync: "}


def record_types_markdown() -> str:
    """Return docs/record-types.md as Markdown, ending in a line end."""
    heads = ("Resource", "In QuickBooks", "QB -> App", "App -> QB", "Remarks")
    return _TYPES_HEAD + _table(heads, (_type_row(entity) for entity in ENTITIES))


def _type_row(entity: Entity) -> tuple[str, ...]:
    nouns = ", ".join(entity.rets or (entity.noun,))
    return (
        f"`{entity.resource}`",
        f"{nouns} with a parent" if entity.child else nouns,
        direction(entity.pull),
        "; ".join(filter(None, (direction(entity.push), _UNDONE.get(entity.undo, "")))),
        _remarks(entity),
    )


def direction(flow: Flow) -> str:
    """`new, edited, inactive`, or `never`; the condition in front."""
    acts = [name for name in ("new", "edited", "inactive", "deleted") if getattr(flow, name)]
    condition = _SWITCHES[flow.switch] if flow.switch else ""
    return condition + ", ".join(acts) if acts else "never"


def _remarks(entity: Entity) -> str:
    remarks = (
        (entity.starts is not None, "only with a date from the start date on"),
        (entity.locked_once_synced, "locked in the App once it has synced"),
        (entity.scheduled, "goes on its date"),
        (entity.alone, "travels alone"),
    )
    return "; ".join(text for holds, text in remarks if holds)


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
    RECORD_TYPES_FILE.write_text(record_types_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
