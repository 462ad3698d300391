"""The tables of QuickBooks' status codes: what each means, what happens next, what a person reads.

Owns the facts and the words per code; `status_texts.py` owns the shared words, `set_statuses.py`
the codes of whole message sets, `status.py` the decision. It must not know records, sessions or
how often something was tried.
"""

from __future__ import annotations

from qbxml.status_texts import (
    ASK,
    BUSY,
    CLOSED,
    CLOSED_PERIOD,
    CLOSING,
    DEPOSITED,
    LOCKED,
    LOOK,
    MERGED,
    OURS,
    OVERPAID,
    RIGHTS,
    SAVING,
    TAKEN,
    Act,
    Split,
    Status,
)
from qbxml.wording import SAYS

_Pair = tuple[str, str]
"""Why, and what to do."""


def _fix(code: int, title: str, pair: _Pair = OURS, *, sure: bool = True) -> Status:
    return Status(code, Act.FIX, title, *pair, sure=sure)


def _fix_unsure(code: int, title: str) -> Status:
    """One whose meaning nobody confirmed: QuickBooks' own words stand for the reason."""
    return _fix(code, title, (SAYS, OURS[1]), sure=False)


def _user(
    code: int, title: str, pair: _Pair = ASK, *, splits: tuple[Split, ...] = (), sure: bool = True
) -> Status:
    return Status(code, Act.USER, title, *pair, splits=splits, sure=sure)


def _noted(code: int, title: str, pair: _Pair) -> Status:
    return Status(code, Act.OK, title, *pair, note=True)


_EDITION = (
    "It was a warning, so the rest may have been saved.",
    "Open {record} in QuickBooks and check it, and send the details below to CashFlow support.",
)
_SUBSCRIPTION = (
    "QuickBooks keeps this for companies that pay Intuit for it.",
    "CashFlow leaves out what needs it, and everything else goes on.",
)
_NOTHING_TO_DO = (SAYS, "Nothing has to be done.")

STATUSES: tuple[Status, ...] = (
    Status(0, Act.OK, "Done"),
    Status(1, Act.EMPTY, "Nothing found"),
    Status(
        500,
        Act.MISSING,
        "QuickBooks did not find everything it was asked for",
        "What is missing was deleted, renamed or merged in QuickBooks.",
        "CashFlow marks it and asks you before anything is made again.",
    ),
    Status(
        501,
        Act.SKIP,
        "{record} is in a form that CashFlow cannot read",
        "QuickBooks keeps it in a way that it does not show to other programs.",
        "CashFlow leaves it out and nothing is lost: work on it in QuickBooks.",
    ),
    Status(
        510,
        Act.SKIP,
        "QuickBooks cannot hand out {record}",
        "It may be damaged in the company file.",
        "CashFlow leaves it out and reads the rest; open it in QuickBooks and look whether it is"
        " whole.",
    ),
    _fix(530, "This edition of QuickBooks does not have a field of {record}", _EDITION),
    _fix(531, "This edition of QuickBooks does not know a value of {record}", _EDITION),
    _noted(
        540,
        "QuickBooks sent only a part of the list",
        (SAYS, "If something is missing in CashFlow, send these words to CashFlow support."),
    ),
    _noted(
        550,
        "{record} was saved without its notes",
        ("QuickBooks took everything else.", "Add the notes in QuickBooks by hand."),
    ),
    _noted(560, "QuickBooks took {record}, with a remark", _NOTHING_TO_DO),
    _noted(
        570,
        "{record} was saved without its link",
        (
            "The transaction it should be linked to is closed in QuickBooks.",
            "Open {record} in QuickBooks and check what it is applied to.",
        ),
    ),
    Status(
        600,
        Act.UNKNOWN,
        "QuickBooks remembers nothing of the last change",
        "The change may not have reached this company file.",
        "CashFlow looks for it in QuickBooks before it sends anything again; nothing has to be"
        " done.",
    ),
    Status(
        1000,
        Act.RETRY,
        "QuickBooks had an internal error",
        "It gives no other reason.",
        "CashFlow tries a few times more; if this stays, choose File > Utilities > Verify Data in"
        " QuickBooks, then Rebuild Data if it finds something, and then Retry here.",
        attempts_max=3,
    ),
    Status(
        1010,
        Act.RETRY,
        "QuickBooks was not available",
        "It was closed, starting or busy.",
        "CashFlow tries again at the next sync; if this stays, leave QuickBooks open on the company"
        " file.",
    ),
    Status(
        1030,
        Act.SKIP,
        "This QuickBooks cannot do what CashFlow asked for",
        "Its edition or year lacks what {record} needs.",
        "Do it in QuickBooks by hand, or upgrade QuickBooks and choose Retry.",
    ),
    _fix(1060, "CashFlow numbered a message to QuickBooks wrongly"),
    Status(
        2000,
        Act.FIX,
        "This answer belongs to QuickBooks Online",
        "A QuickBooks Desktop company file never answers so.",
        "Check in the Web Connector that the right application is connected, and send the details"
        " below to CashFlow support.",
        last=2999,
    ),
    Status(
        3000,
        Act.REREAD,
        "QuickBooks no longer knows {record}, or something it uses",
        "It was probably deleted or merged in QuickBooks.",
        "CashFlow reads it again; if this stays, choose another one in {record} in CashFlow, or"
        " enter {record} anew.",
    ),
    _fix(3010, "A yes-or-no value of {record} was not understood"),
    _fix(3020, "A date of {record} was not understood"),
    _fix(3030, "A range of dates ends before it begins"),
    _fix(3031, "A range of names or numbers was not understood"),
    _fix(3035, "A length of time was not understood"),
    _fix(3040, "An amount of {record} was not understood"),
    _fix_unsure(3045, "A price of {record} was not understood"),
    _fix_unsure(3050, "A percentage of {record} was not understood"),
    _fix_unsure(3060, "A quantity of {record} was not understood"),
    _fix_unsure(3065, "An internal number of {record} was not understood"),
    _fix(3070, "A text of {record} is too long for QuickBooks", LOOK),
    _fix(3080, "A text of {record} holds characters QuickBooks does not take", LOOK, sure=False),
    _fix(3085, "A number of {record} holds characters QuickBooks does not take", LOOK, sure=False),
    _user(
        3090,
        "QuickBooks does not take a value of {record}",
        (
            SAYS,
            "Most often a name holds a colon, which QuickBooks keeps for sub-records: change it in"
            " CashFlow, then choose Retry.",
        ),
    ),
    Status(3100, Act.LINK, TAKEN.title, TAKEN.why, TAKEN.advice),
    _user(
        3101,
        "An amount of {record} became too large for QuickBooks",
        (
            "Quantity times price, or the total, has more digits than QuickBooks keeps.",
            "Correct the amounts in CashFlow, then choose Retry.",
        ),
        sure=False,
    ),
    _fix_unsure(3110, "A choice in {record} is not one that QuickBooks offers"),
    Status(
        3120,
        Act.REREAD,
        "QuickBooks does not find what {record} refers to",
        "It was deleted there, or the bill or invoice to be paid is already paid or belongs to"
        " somebody else.",
        "CashFlow reads it again; if this stays, open {record} in CashFlow and choose another one.",
    ),
    _fix_unsure(3121, "QuickBooks does not know the owner of a custom field"),
    Status(
        3130,
        Act.DEPEND,
        "The parent of {record} is not in QuickBooks",
        "It was deleted, renamed or merged there.",
        "Choose another parent in CashFlow, or put it right in QuickBooks, then choose Retry.",
    ),
    Status(
        3140,
        Act.DEPEND,
        "{record} refers to something QuickBooks does not have",
        SAYS,
        "What it names was deleted, renamed or merged there: choose another one in {record} in"
        " CashFlow, or put it right in QuickBooks, then choose Retry.",
    ),
    _fix(3150, "A value that QuickBooks needs is missing from {record}", LOOK),
    _fix_unsure(3151, "A value of {record} is not allowed here"),
    _fix_unsure(3152, "A value of {record} cannot be changed in QuickBooks"),
    _fix_unsure(3153, "A value of {record} does not fit its kind"),
    _user(
        3160,
        "QuickBooks does not delete {record}",
        (
            SAYS,
            "If other records use it, delete those first or make it inactive in QuickBooks, then"
            " choose Done by hand here.",
        ),
        splits=(DEPOSITED, CLOSED_PERIOD),
    ),
    _user(3161, CLOSED, CLOSING, sure=False),
    _user(
        3162,
        "QuickBooks does this only in single-user mode",
        (
            "The company file is open in multi-user mode.",
            "Ask everybody to close it, choose File > Switch to Single-user Mode in QuickBooks,"
            " choose Retry here and let the sync run.",
        ),
        sure=False,
    ),
    _user(3170, "QuickBooks does not change {record}", splits=(MERGED, *SAVING)),
    _user(3171, CLOSED, CLOSING),
    _user(3172, "QuickBooks cannot save {record}", splits=SAVING, sure=False),
    _user(3173, "QuickBooks does not change {record}", splits=SAVING, sure=False),
    Status(3175, Act.RETRY, BUSY, *LOCKED),
    Status(3176, Act.RETRY, "A record that {record} uses is in use in QuickBooks", *LOCKED),
    _user(
        3177,
        "The currency of {record} does not fit",
        (
            "CashFlow syncs records in the home currency only.",
            "Check the currency of its vendor or customer and of the account in QuickBooks, then"
            " choose Retry.",
        ),
        sure=False,
    ),
    _user(3180, "QuickBooks could not save {record}", splits=SAVING),
    _user(
        3185,
        "QuickBooks could not void {record}",
        splits=(CLOSED_PERIOD, DEPOSITED),
        sure=False,
    ),
    _fix_unsure(3190, "A value of {record} cannot be emptied in QuickBooks"),
    Status(
        3200,
        Act.REREAD,
        "{record} was changed in QuickBooks meanwhile",
        "Both sides changed it since the last sync.",
        "CashFlow reads it again, puts both changes together and sends it once more; if this stays,"
        " save and close it in QuickBooks and choose Retry.",
        attempts_max=3,
    ),
    _fix(3205, "The address of {record} does not fit QuickBooks", LOOK, sure=False),
    _user(3210, "QuickBooks does not take a value of {record}", splits=(OVERPAID,)),
    _user(3220, "QuickBooks refused access to {record}", RIGHTS),
    Status(
        3230,
        Act.ALONE,
        "{record} was undone because of another record",
        "A record that was sent together with it failed.",
        "CashFlow sends this one again by itself; if this stays, choose Retry.",
        attempts_max=1,
    ),
    Status(
        3231,
        Act.ALONE,
        "{record} was not looked at because of another record",
        "A record that was sent together with it failed.",
        "CashFlow sends this one again by itself; if this stays, choose Retry.",
        attempts_max=1,
    ),
    Status(
        3240,
        Act.REREAD,
        "{record} was deleted and made again in QuickBooks",
        "QuickBooks takes the new one for another record.",
        "CashFlow reads it again; if this stays, send the details below to CashFlow support.",
        sure=False,
    ),
    Status(
        3250,
        Act.SKIP,
        "A QuickBooks feature that {record} needs is off",
        "Class tracking, inventory, sales tax or the like is switched off, or not in this edition.",
        "Turn it on in QuickBooks under Edit > Preferences, then choose Retry; until then CashFlow"
        " leaves this out.",
    ),
    _user(3260, "The QuickBooks user may not do this", RIGHTS),
    _user(
        3261,
        "CashFlow may not see personal data in QuickBooks",
        (
            "The QuickBooks Admin did not allow it.",
            "In QuickBooks, open Edit > Preferences > Integrated Applications > Company"
            " Preferences, choose CashFlow, press Properties and allow access to Social Security"
            " numbers and other personal data, then choose Retry here.",
        ),
    ),
    Status(3262, Act.SKIP, "QuickBooks asks for a payroll subscription", *_SUBSCRIPTION),
    _user(
        3263,
        "CashFlow may only read this company file",
        (
            "It was connected with the right to read only.",
            "Take CashFlow out of the Web Connector, download its .qwc file under Connection here,"
            " add it again as the QuickBooks Admin, then choose Retry.",
        ),
    ),
    Status(3264, Act.SKIP, "QuickBooks asks for a merchant service subscription", *_SUBSCRIPTION),
    _user(
        3270,
        "An account is missing for {record}",
        (
            "An item, a vendor or a customer on it has no account to post to.",
            "Choose the account in that item, vendor or customer in QuickBooks, then choose Retry.",
        ),
    ),
    _fix(3280, "An item of {record} does not fit its line", LOOK, sure=False),
    Status(
        3290,
        Act.REREAD,
        "The lines of {record} stand in another order in QuickBooks",
        "Somebody moved, added or deleted lines there.",
        "CashFlow reads it again and sends the lines in QuickBooks' order; if this stays, send the"
        " details below to CashFlow support.",
    ),
    _fix_unsure(3300, "A value of {record} cannot be changed, or is of the wrong list"),
    Status(3310, Act.USER, "QuickBooks refused {record}", *ASK, last=3370, sure=False),
    _fix(3351, "A custom field does not fit {record}"),
    Status(
        3390,
        Act.RETRY,
        "QuickBooks has too many lists open",
        "Earlier syncs or other programs left lists open there.",
        "CashFlow ends this sync and goes on at the next one; if this stays, close the company file"
        " in QuickBooks and open it again.",
    ),
    Status(
        3391,
        Act.RESTART,
        "QuickBooks lost its place in a list",
        "It was closed, or another company file was opened, in the middle of the list.",
        "CashFlow reads this list again from its beginning, and nothing comes over twice.",
        attempts_max=1,
    ),
    _user(
        3500,
        "QuickBooks did not merge the records",
        (
            "Merging needs single-user mode, and CashFlow never merges by itself.",
            "Merge them in QuickBooks in single-user mode, by giving one the other's name.",
        ),
    ),
    Status(9100, Act.FIX, "CashFlow tied two records together wrongly", *OURS, last=9199),
)

# What holds for codes of a range that no row names.
RANGES: tuple[Status, ...] = (
    Status(2, Act.OK, "Done, with a remark", *_NOTHING_TO_DO, last=499, note=True),
    Status(502, Act.OK, "Done, with a warning", *_NOTHING_TO_DO, last=999, note=True),
)
UNNAMED = Status(
    -1,
    Act.USER,
    "QuickBooks refused {record}",
    SAYS,
    "CashFlow does not try again by itself: follow these words in QuickBooks and choose Retry, or"
    " send them to CashFlow support.",
)
