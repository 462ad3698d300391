"""What a failed call of QuickBooks means: its hresult, what to do next, the words for the user.

Owns the table of hresults, which the Web Connector passes on when a whole message set, or the
opening of the company file, failed. It must not know sessions nor how often something was tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from qbxml.wording import SAYS, Words, filled


class Action(Enum):
    """What happens next; the value is how the documentation words it."""

    RETRY = "try again at the next sync"
    RETRY_THEN_ASK = "try again at the next sync; tell the administrator when it stays"
    ADMIN = "stop and tell the administrator"
    PARK = "put this record aside, go on with the others"
    WRONG_FILE = "stop until the right company file is open"


@dataclass(frozen=True, slots=True)
class Hresult:
    """One row: a code as an unsigned number, or the codes `code` to `last`.

    `outcome_unknown`: a write in that message set may have been carried out all the same; it must
    be settled by message-set recovery before anything is sent anew.
    """

    code: int
    action: Action
    title: str
    why: str
    advice: str
    outcome_unknown: bool = False
    last: int | None = None


@dataclass(frozen=True, slots=True)
class HresultDecision:
    """What one hresult asks for. `hex` is the code as `0x80040400`, or the given text if none."""

    action: Action
    title: str
    why: str
    advice: str
    outcome_unknown: bool
    hex: str
    code: int | None
    known: bool


# Pairs of why and what to do; `{quickbooks}` is the message that came with the code.
_DIED = (
    "QuickBooks closed or crashed while it worked.",
    "Start it and open the company file; at the next sync CashFlow finds out what was saved, so"
    " that nothing is entered twice.",
)
_GRANT = (
    "The QuickBooks Admin has not allowed it, or has taken the permission back.",
    "Open the company file in QuickBooks as Admin in single-user mode and tick CashFlow under Edit"
    " > Preferences > Integrated Applications > Company Preferences; if it is not in that list, add"
    " its .qwc file to the Web Connector again.",
)
_OPEN_FILE = (
    "Open the company file that is connected to CashFlow in QuickBooks, then press Update Selected"
    " in the Web Connector."
)
_REPAIR = (
    "A part of QuickBooks or of the Web Connector is missing, damaged or of another version.",
    "Install the latest updates of both, or repair QuickBooks in Windows under Apps > QuickBooks >"
    " Modify > Repair, then press Update Selected in the Web Connector.",
)
_UNEXPLAINED = (
    SAYS,
    "CashFlow tries again at the next sync: close any message window in QuickBooks, restart"
    " QuickBooks and the Web Connector if this stays, or send these words to CashFlow support.",
)
_REASONLESS = "QuickBooks failed without a known reason"
_ASK, _TRY = Action.RETRY_THEN_ASK, Action.RETRY
_ADMIN, _FILE = Action.ADMIN, Action.WRONG_FILE

HRESULTS: tuple[Hresult, ...] = (
    Hresult(
        0x80040154,
        _ADMIN,
        "QuickBooks' interface for other programs is not installed properly",
        *_REPAIR,
    ),
    Hresult(
        0x80040308,
        _ADMIN,
        "Two parts of QuickBooks' interface do not fit together",
        *_REPAIR,
    ),
    Hresult(
        0x80040400,
        Action.PARK,
        "QuickBooks could not read what CashFlow sent",
        "Something in it has a form that QuickBooks does not take, and nothing was changed there.",
        "CashFlow finds the record at fault and goes on with the others; if this stays, send the"
        " details below to CashFlow support, with the file from Sessions > Bundle for support.",
    ),
    Hresult(
        0x80040401,
        _ASK,
        "The Web Connector could not reach QuickBooks",
        "QuickBooks is closed, or runs for another Windows user.",
        "Start QuickBooks and open the company file; CashFlow tries again at the next sync.",
        outcome_unknown=True,
    ),
    Hresult(0x80040402, _ASK, "QuickBooks failed unexpectedly", *_DIED, outcome_unknown=True),
    Hresult(
        0x80040403,
        _FILE,
        "QuickBooks could not open the company file",
        "It was moved or renamed, or somebody has it open alone.",
        _OPEN_FILE,
    ),
    Hresult(0x80040404, _ASK, _REASONLESS, *_UNEXPLAINED, outcome_unknown=True, last=0x80040407),
    Hresult(
        0x80040408,
        _ASK,
        "QuickBooks could not be started",
        "It runs as administrator or for another Windows user than the Web Connector, or shows an"
        " update or sign-in window.",
        "Close such windows, start QuickBooks as the Windows user who runs the Web Connector, not"
        " as administrator, and open the company file; CashFlow tries again at the next sync.",
    ),
    Hresult(0x80040409, _ASK, _REASONLESS, *_UNEXPLAINED, outcome_unknown=True),
    Hresult(
        0x8004040A,
        _FILE,
        "Another company file is open in QuickBooks",
        "CashFlow works with the one company file that it is connected to.",
        _OPEN_FILE,
    ),
    Hresult(
        0x8004040D, _TRY, "QuickBooks was closed during the sync", *_DIED, outcome_unknown=True
    ),
    Hresult(
        0x80040410,
        _ASK,
        "The company file is open in another mode",
        "QuickBooks has it in single-user mode where multi-user mode is wanted, or the other way"
        " round.",
        "Switch the mode under File in QuickBooks; CashFlow tries again at the next sync.",
    ),
    Hresult(
        0x80040414,
        _ASK,
        "A message window in QuickBooks waits for an answer",
        "As long as it is open, QuickBooks does nothing for other programs.",
        "Answer or close the window in QuickBooks; CashFlow tries again at the next sync.",
    ),
    Hresult(
        0x80040416,
        _ASK,
        "QuickBooks is not running",
        "The Web Connector does not know which company file it should open.",
        "Open QuickBooks with the company file that is connected to CashFlow, or allow syncs while"
        " it is closed under Edit > Preferences > Integrated Applications > Company Preferences >"
        " CashFlow > Properties.",
    ),
    Hresult(0x80040418, _ADMIN, "CashFlow was never allowed into this company file", *_GRANT),
    Hresult(0x8004041A, _ADMIN, "CashFlow has no access to this company file", *_GRANT),
    Hresult(
        0x8004041B,
        _TRY,
        "QuickBooks was busy",
        "Somebody was saving or using the company file.",
        "CashFlow tries again at the next sync; nothing has to be done.",
    ),
    Hresult(
        0x8004041C,
        _ASK,
        "QuickBooks had an internal error with the company file",
        "The file may be damaged.",
        "CashFlow tries again at the next sync; if this stays, choose File > Utilities > Verify"
        " Data in QuickBooks, then Rebuild Data if it finds something.",
        outcome_unknown=True,
    ),
    Hresult(
        0x8004041D,
        _ADMIN,
        "CashFlow may not sign in to QuickBooks by itself",
        "QuickBooks was closed, and the Admin has not allowed syncs while it is.",
        "As Admin, open Edit > Preferences > Integrated Applications > Company Preferences in"
        " QuickBooks, choose CashFlow, press Properties and let it sign in by itself, or leave"
        " QuickBooks open.",
    ),
    Hresult(
        0x8004041E,
        _ADMIN,
        "QuickBooks considers CashFlow's certificate expired",
        "The date of the QuickBooks computer is wrong, or the certificate is too old.",
        "Set that computer's date right; if it is right, tell CashFlow support.",
    ),
    Hresult(
        0x8004041F,
        _ADMIN,
        "This edition of QuickBooks does not work with other programs",
        "QuickBooks Basic and a few others let no program in.",
        "Use QuickBooks Pro, Premier or Enterprise.",
    ),
    Hresult(
        0x80040420,
        _ADMIN,
        "Somebody in QuickBooks refused CashFlow access",
        "The question whether CashFlow may come in was answered with No.",
        _GRANT[1],
    ),
    Hresult(
        0x80040421,
        _ASK,
        "QuickBooks passed on a message",
        SAYS,
        "Follow these words in QuickBooks; CashFlow tries again at the next sync.",
        outcome_unknown=True,
    ),
    Hresult(
        0x80040422,
        _TRY,
        "The company file is in use by another program",
        "That program has it alone, or needs single-user mode.",
        "CashFlow tries again at the next sync; if this stays, close the other program.",
    ),
    Hresult(
        0x80040423,
        _ADMIN,
        "This QuickBooks is too old for what CashFlow sends",
        "CashFlow needs QuickBooks Desktop 2014 or later.",
        "Install the latest updates under Help > Update QuickBooks Desktop, or upgrade.",
    ),
    Hresult(
        0x80040424,
        _TRY,
        "QuickBooks was still starting",
        "It takes no calls before the company file is open.",
        "Wait until it is open; CashFlow tries again at the next sync.",
    ),
    Hresult(
        0x80040427,
        _ADMIN,
        "QuickBooks is not activated",
        "Without activation it lets no other program in.",
        "Choose Help > Activate QuickBooks Desktop on that computer, then press Update Selected in"
        " the Web Connector.",
    ),
    Hresult(
        0x8004042A,
        _ADMIN,
        "QuickBooks does not allow access from another computer",
        "The Web Connector runs on another computer than QuickBooks.",
        "Run the Web Connector on the computer where QuickBooks runs.",
    ),
    Hresult(
        0x8004042C,
        _ADMIN,
        "CashFlow's certificate was revoked",
        "QuickBooks no longer trusts it.",
        "Tell CashFlow support; nothing can be done on this computer.",
    ),
    Hresult(0x80041000, _ASK, _REASONLESS, *_UNEXPLAINED, outcome_unknown=True, last=0x80041FFF),
    Hresult(0x80010105, _TRY, "QuickBooks crashed", *_DIED, outcome_unknown=True),
    Hresult(0x80010108, _TRY, "QuickBooks broke off the connection", *_DIED, outcome_unknown=True),
    Hresult(0x800706BA, _TRY, "QuickBooks is gone", *_DIED, outcome_unknown=True),
    Hresult(0x800706BE, _TRY, "QuickBooks broke off the call", *_DIED, outcome_unknown=True),
)
# Not an hresult anybody listed: whatever it was, a write may have gone through before it.
UNNAMED = Hresult(0, _ASK, _REASONLESS, *_UNEXPLAINED, outcome_unknown=True)

_HEX = re.compile(r"(?:0x)?([0-9a-f]{1,8})", re.IGNORECASE)
_DECIMAL = re.compile(r"-[0-9]{1,10}|[0-9]{9,10}")
_INSIDE = re.compile(r"\b0x([0-9a-f]{8})(?![0-9a-f])", re.IGNORECASE)
_UNSIGNED = 0xFFFFFFFF
_LOWEST = -0x80000000
_SHOWN_CHARACTERS_MAX = 80


def decide_hresult(text: str) -> HresultDecision:
    """Say what comes next after the `hresult` of connectionError or receiveResponseXML.

    Takes `0x80040400` and `80040400` in either case, the decimal forms of it, signed or not, and
    such a code inside other words. Anything else counts as unknown, with an unknown outcome.
    """
    code = _code(text.strip())
    row = UNNAMED if code is None else _row(code)
    return HresultDecision(
        action=row.action,
        title=row.title,
        why=row.why,
        advice=row.advice,
        outcome_unknown=row.outcome_unknown,
        hex=text.strip()[:_SHOWN_CHARACTERS_MAX] if code is None else f"0x{code:08X}",
        code=code,
        known=row is not UNNAMED,
    )


def explain_hresult(decision: HresultDecision, message: str) -> Words:
    """Give the words for the user; `message` is what came with the hresult."""
    told = Words(decision.title, decision.why, decision.advice)
    return filled(told, message, f"nothing but the code {decision.hex or '(none)'}")


def _code(text: str) -> int | None:
    if match := _HEX.fullmatch(text):
        return int(match[1], 16)
    if _DECIMAL.fullmatch(text):
        number = int(text)
        return number & _UNSIGNED if _LOWEST <= number <= _UNSIGNED else None
    match = _INSIDE.search(text)
    return int(match[1], 16) if match else None


def _row(code: int) -> Hresult:
    for row in HRESULTS:
        if row.code <= code <= (row.last or row.code):
            return row
    return UNNAMED


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the documentation."""

    code: str
    title: str
    why: str
    action: Action
    advice: str
    outcome_unknown: bool


def rows() -> list[Row]:
    """Return the table for the documentation, by code, the catch-all last."""
    named = sorted(HRESULTS, key=lambda each: each.code)
    codes = [f"0x{row.code:08X}" + (f"-{row.last:08X}" if row.last else "") for row in named]
    return [
        Row(code, row.title, row.why, row.action, row.advice, row.outcome_unknown)
        for code, row in zip((*codes, "any other"), (*named, UNNAMED), strict=True)
    ]
