"""What a failed call of QuickBooks means: its hresult, what to do next, the words for the user.

Owns the table of hresults, which the Web Connector passes on when a whole message set, or the
opening of the company file, failed. It must not know sessions nor how often something was tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


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
    advice: str
    outcome_unknown: bool = False
    last: int | None = None


@dataclass(frozen=True, slots=True)
class HresultDecision:
    """What one hresult asks for. `hex` is the code as `0x80040400`, or the given text if none."""

    action: Action
    title: str
    advice: str
    outcome_unknown: bool
    hex: str
    code: int | None
    known: bool


_STAYS = " CashFlow tries again at the next sync."
_DIED = (
    "QuickBooks closed or crashed while it worked. Start it and open the company file again."
    " CashFlow finds out at the next sync what was saved, so that nothing is entered twice."
)
_GRANT = (
    "Open the company file in QuickBooks as Admin in single-user mode. Under Edit > Preferences >"
    " Integrated Applications > Company Preferences, tick CashFlow to allow access. If it is not"
    " in the list, add its .qwc file to the Web Connector again."
)
_OPEN_FILE = (
    "Open the company file that is connected to CashFlow in QuickBooks, then press Update Selected"
    " in the Web Connector."
)
_REPAIR = (
    "Install the latest QuickBooks and Web Connector updates, or repair QuickBooks in Windows"
    " under Apps > QuickBooks > Modify > Repair. Then press Update Selected in the Web Connector."
)
_UNEXPLAINED = (
    "QuickBooks gives no reason for this code. Look for an open message window in QuickBooks, and"
    " restart QuickBooks and the Web Connector if it stays. CashFlow tries again at the next sync."
)
_ASK, _TRY = Action.RETRY_THEN_ASK, Action.RETRY
_ADMIN, _FILE = Action.ADMIN, Action.WRONG_FILE

HRESULTS: tuple[Hresult, ...] = (
    Hresult(
        0x80040154,
        _ADMIN,
        "QuickBooks' interface for other programs is not installed properly",
        _REPAIR,
    ),
    Hresult(
        0x80040308,
        _ADMIN,
        "Two parts of QuickBooks' interface do not fit together",
        _REPAIR,
    ),
    Hresult(
        0x80040400,
        Action.PARK,
        "QuickBooks could not read what CashFlow sent",
        "Nothing of it was carried out. CashFlow sends the records one by one to find the one at"
        " fault and goes on with the others. Send the details to CashFlow support.",
    ),
    Hresult(
        0x80040401,
        _ASK,
        "The Web Connector could not reach QuickBooks",
        "Start QuickBooks and open the company file." + _STAYS,
        outcome_unknown=True,
    ),
    Hresult(0x80040402, _ASK, "QuickBooks failed unexpectedly", _DIED, outcome_unknown=True),
    Hresult(
        0x80040403,
        _FILE,
        "QuickBooks could not open the company file",
        "It was moved or renamed, or somebody has it open alone. " + _OPEN_FILE,
    ),
    Hresult(
        0x80040404,
        _ASK,
        "QuickBooks failed without a reason",
        _UNEXPLAINED,
        outcome_unknown=True,
        last=0x80040407,
    ),
    Hresult(
        0x80040408,
        _ASK,
        "QuickBooks could not be started",
        "Start QuickBooks yourself and open the company file, as the Windows user who runs the Web"
        " Connector and not as administrator. Close any update or sign-in window." + _STAYS,
    ),
    Hresult(
        0x80040409,
        _ASK,
        "QuickBooks failed without a reason",
        _UNEXPLAINED,
        outcome_unknown=True,
    ),
    Hresult(0x8004040A, _FILE, "Another company file is open in QuickBooks", _OPEN_FILE),
    Hresult(
        0x8004040D,
        _TRY,
        "QuickBooks was closed during the sync",
        _DIED,
        outcome_unknown=True,
    ),
    Hresult(
        0x80040410,
        _ASK,
        "The company file is open in another mode",
        "Switch between single-user and multi-user mode under File in QuickBooks." + _STAYS,
    ),
    Hresult(
        0x80040414,
        _ASK,
        "A message window in QuickBooks waits for an answer",
        "Answer or close the window in QuickBooks." + _STAYS,
    ),
    Hresult(
        0x80040416,
        _ASK,
        "QuickBooks is not running",
        "Open QuickBooks with the company file that is connected to CashFlow. To sync while it is"
        " closed, allow it under Edit > Preferences > Integrated Applications > Company"
        " Preferences >"
        " CashFlow > Properties." + _STAYS,
    ),
    Hresult(0x80040418, _ADMIN, "CashFlow was never allowed into this company file", _GRANT),
    Hresult(0x8004041A, _ADMIN, "CashFlow has no access to this company file", _GRANT),
    Hresult(
        0x8004041B,
        _TRY,
        "QuickBooks was busy",
        "Somebody was saving or using the company file." + _STAYS,
    ),
    Hresult(
        0x8004041C,
        _ASK,
        "QuickBooks had an internal error with the company file",
        "If it stays, open File > Utilities > Verify Data in QuickBooks, and Rebuild Data if it"
        " finds"
        " something." + _STAYS,
        outcome_unknown=True,
    ),
    Hresult(
        0x8004041D,
        _ADMIN,
        "CashFlow may not sign in to QuickBooks by itself",
        "As Admin, open Edit > Preferences > Integrated Applications > Company Preferences in"
        " QuickBooks, choose CashFlow and press Properties. Tick the box that lets it sign in by"
        " itself and choose a user, or leave QuickBooks open.",
    ),
    Hresult(
        0x8004041E,
        _ADMIN,
        "QuickBooks considers CashFlow's certificate expired",
        "Check the date of the QuickBooks computer. If it is right, tell CashFlow support.",
    ),
    Hresult(
        0x8004041F,
        _ADMIN,
        "This edition of QuickBooks does not work with other programs",
        "Use QuickBooks Pro, Premier or Enterprise.",
    ),
    Hresult(0x80040420, _ADMIN, "Somebody in QuickBooks refused CashFlow access", _GRANT),
    Hresult(
        0x80040421,
        _ASK,
        "QuickBooks passed on a message",
        "Follow the message below." + _STAYS,
        outcome_unknown=True,
    ),
    Hresult(
        0x80040422,
        _TRY,
        "The company file is in use by another program",
        "Another program has it alone, or needs single-user mode." + _STAYS,
    ),
    Hresult(
        0x80040423,
        _ADMIN,
        "This QuickBooks is too old for what CashFlow sends",
        "CashFlow needs QuickBooks Desktop 2014 or later. Install the latest updates under Help >"
        " Update QuickBooks Desktop, or upgrade.",
    ),
    Hresult(
        0x80040424,
        _TRY,
        "QuickBooks was still starting",
        "Wait until the company file is open." + _STAYS,
    ),
    Hresult(
        0x80040427,
        _ADMIN,
        "QuickBooks is not activated",
        "Choose Help > Activate QuickBooks Desktop on that computer. Then press Update Selected in"
        " the Web Connector.",
    ),
    Hresult(
        0x8004042A,
        _ADMIN,
        "QuickBooks does not allow access from another computer",
        "Run the Web Connector on the computer where QuickBooks runs.",
    ),
    Hresult(
        0x8004042C,
        _ADMIN,
        "CashFlow's certificate was revoked",
        "Tell CashFlow support; nothing can be done on this computer.",
    ),
    Hresult(
        0x80041000,
        _ASK,
        "QuickBooks failed without a reason",
        _UNEXPLAINED,
        outcome_unknown=True,
        last=0x80041FFF,
    ),
    Hresult(0x80010105, _TRY, "QuickBooks crashed", _DIED, outcome_unknown=True),
    Hresult(0x80010108, _TRY, "QuickBooks broke off the connection", _DIED, outcome_unknown=True),
    Hresult(0x800706BA, _TRY, "QuickBooks is gone", _DIED, outcome_unknown=True),
    Hresult(0x800706BE, _TRY, "QuickBooks broke off the call", _DIED, outcome_unknown=True),
)
# Not an hresult anybody listed: whatever it was, a write may have gone through before it.
UNNAMED = Hresult(
    0, _ASK, "QuickBooks failed without a known reason", _UNEXPLAINED, outcome_unknown=True
)

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
        advice=row.advice,
        outcome_unknown=row.outcome_unknown,
        hex=text.strip()[:_SHOWN_CHARACTERS_MAX] if code is None else f"0x{code:08X}",
        code=code,
        known=row is not UNNAMED,
    )


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
    action: Action
    advice: str
    outcome_unknown: bool


def rows() -> list[Row]:
    """Return the table for the documentation, by code, the catch-all last."""
    found = []
    for row in sorted(HRESULTS, key=lambda each: each.code):
        code = f"0x{row.code:08X}" + (f"-{row.last:08X}" if row.last else "")
        found.append(Row(code, row.title, row.action, row.advice, row.outcome_unknown))
    rest = UNNAMED
    found.append(Row("any other", rest.title, rest.action, rest.advice, rest.outcome_unknown))
    return found
