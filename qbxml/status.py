"""What a status code in a reply means: what to do next, and the words for the user.

Owns the decision from code and text to an `Act`; the facts stand in `statuses.py`. It must not know
records, sessions or how often something was tried: it only says what kind of step comes next.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qbxml.set_statuses import MESSAGE_SETS
from qbxml.status_texts import LOCK, NAME_TAKEN, Act, Split, Status
from qbxml.statuses import RANGES, STATUSES, UNNAMED
from qbxml.wording import Words, filled

__all__ = [
    "MESSAGE_SETS", "STATUSES", "Act", "Decision", "Row", "Status",
    "decide", "decide_message_set", "explain", "rows",
]  # fmt: skip

ERROR_FIRST = 1000
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Decision:
    """What one answer asks for.

    `title`, `why` and `advice` may hold placeholders, see `explain`. `text` is QuickBooks' message,
    unchanged. `note`: done, but with a remark that the user should see. `attempts_max`: how often
    this may be acted on without a person, None for the caller's usual limit. `may_have_saved`: the
    request may have been carried out; if the reply holds a record, link it before acting.
    """

    act: Act
    title: str
    why: str
    advice: str
    text: str
    code: int = 0
    note: bool = False
    attempts_max: int | None = None
    may_have_saved: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether what QuickBooks sent with this answer may be stored as good."""
        return self.act in {Act.OK, Act.EMPTY, Act.MISSING}


def _by_code(table: tuple[Status, ...]) -> dict[int, Status]:
    found: dict[int, Status] = {}
    for status in table:
        if status.last is not None:
            continue
        if status.code in found:
            raise ValueError(f"status code {status.code} stands twice in the table")
        found[status.code] = status
    return found


_STATUS = _by_code(STATUSES)
_STATUS_RANGES = tuple(status for status in (*STATUSES, *RANGES) if status.last is not None)
_MESSAGE_SET = _by_code(MESSAGE_SETS)


def decide(code: int, message: str, *, severity: str = "") -> Decision:
    """Say what comes next after `statusCode`, `statusMessage` and `statusSeverity` of one response.

    Judged by code and text. The severity has been seen wrong in both directions, so it counts only
    where no row names the code: an unnamed warning (500 to 999) called an error is no success.
    """
    status = _find(code)
    if status in RANGES and severity.strip().lower() == "error":
        status = UNNAMED
    words = _folded(message)
    # Below 1000, or with the outcome open, something may have been written: no blind retry there.
    case: Status | Split = status
    may_be_locked = code >= ERROR_FIRST and status.act is not Act.UNKNOWN
    if may_be_locked and NAME_TAKEN not in words and _says(LOCK, words):
        case = LOCK
    else:
        case = next((split for split in status.splits if _says(split, words)), status)
    return Decision(
        act=case.act,
        title=case.title,
        why=case.why,
        advice=case.advice,
        text=message,
        code=code,
        note=status.note,
        # The limit belongs to the code's own meaning; a lock is retried as locks are.
        attempts_max=status.attempts_max if case is status else None,
        may_have_saved=0 <= code < ERROR_FIRST or case.act is Act.UNKNOWN,
    )


def decide_message_set(code: int | None, message: str = "") -> Decision:
    """Say what comes next after `messageSetStatusCode`; None, its absence, is as good as 0.

    OK means: look at the inner responses. A code without a row leaves the outcome unknown.
    """
    status = _MESSAGE_SET.get(code or 0) or _MESSAGE_SET[9002]
    return Decision(
        act=status.act,
        title=status.title,
        why=status.why,
        advice=status.advice,
        text=message,
        code=code or 0,
        may_have_saved=status.act in {Act.OK, Act.UNKNOWN},
    )


def _find(code: int) -> Status:
    if code in _STATUS:
        return _STATUS[code]
    if code in _MESSAGE_SET:
        return _MESSAGE_SET[code]
    for status in _STATUS_RANGES:
        if status.code <= code <= (status.last or status.code):
            return status
    return UNNAMED


def _folded(message: str) -> str:
    """Lower case, single blanks, without quoted names: a vendor may be called anything."""
    return " ".join(_QUOTED.sub('""', message).lower().split())


def _says(split: Split, words: str) -> bool:
    return any(text in words for text in split.texts)


def explain(decision: Decision, record: str = "", **words: str) -> Words:
    """Give the words for the user, placeholders filled; safe for any name and message.

    An unnamed record is called "the record". Where `why` does not quote QuickBooks' own words,
    show `decision.text` beside them.
    """
    told = Words(decision.title, decision.why, decision.advice)
    silent = f"nothing but the code {decision.code}"
    return filled(told, decision.text, silent, record, **words)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the documentation: `code` as text, for ranges `9100-9199`."""

    code: str
    title: str
    why: str
    act: Act
    advice: str
    sure: bool


def rows(table: tuple[Status, ...] = STATUSES) -> list[Row]:
    """Return the table for the documentation, splits as rows of their own below their code."""
    found: list[Row] = []
    for status in table:
        code = str(status.code) if status.last is None else f"{status.code}-{status.last}"
        cases: dict[str, Status | Split] = {code: status}
        cases |= {f'{code}, "{split.texts[0]}"': split for split in status.splits}
        found += (
            Row(name, case.title, case.why, case.act, case.advice, status.sure)
            for name, case in cases.items()
        )
    return found
