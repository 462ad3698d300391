"""The tables of QuickBooks' status codes: what each means, what happens next, what a person reads.

Owns the facts and the words per code; `status_texts.py` owns the shared words, `status.py` the
decision. It must not know records, sessions or how often something was tried.
"""

from __future__ import annotations

from dataclasses import dataclass

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
)


@dataclass(frozen=True, slots=True)
class Status:
    """One row: a code, or the codes `code` to `last`.

    `attempts_max` is how often CashFlow may act by itself on this answer before a person is asked;
    None leaves it to the caller's usual limit. `note` marks a success that says something.
    `sure=False` marks a meaning that no public page or log confirms.
    """

    code: int
    act: Act
    title: str
    advice: str = ""
    last: int | None = None
    attempts_max: int | None = None
    note: bool = False
    sure: bool = True
    splits: tuple[Split, ...] = ()


def _fix(code: int, title: str, advice: str = OURS, *, sure: bool = True) -> Status:
    return Status(code, Act.FIX, title, advice, sure=sure)


def _user(
    code: int, title: str, advice: str = ASK, *, splits: tuple[Split, ...] = (), sure: bool = True
) -> Status:
    return Status(code, Act.USER, title, advice, splits=splits, sure=sure)


def _noted(code: int, title: str, advice: str = "QuickBooks says: {quickbooks}.") -> Status:
    return Status(code, Act.OK, title, advice, note=True)


_EDITION = (
    "It was a warning, so the rest may have been saved: open {record} in QuickBooks and check it."
    " Send the details below to CashFlow support."
)
_REFERENCE = (
    "{record} names a record that QuickBooks does not have: it was not sent yet, or was deleted,"
    " renamed or merged there. CashFlow sends what is missing first. If the problem stays, open"
    " {record} and choose another one."
)

STATUSES: tuple[Status, ...] = (
    Status(0, Act.OK, "Done"),
    Status(1, Act.EMPTY, "Nothing found"),
    Status(
        500,
        Act.MISSING,
        "QuickBooks did not find everything it was asked for",
        "What is missing was deleted, renamed or merged in QuickBooks. CashFlow marks it and asks"
        " you before anything is made again.",
    ),
    Status(
        501,
        Act.SKIP,
        "{record} cannot be read by this version",
        "QuickBooks has it in a form that its interface for CashFlow cannot show. Nothing is lost"
        " in QuickBooks.",
    ),
    Status(
        510,
        Act.SKIP,
        "QuickBooks cannot hand out {record}",
        "CashFlow leaves it out and reads the rest. Open it in QuickBooks to see whether it is"
        " damaged.",
    ),
    _fix(530, "This edition of QuickBooks does not have a field of {record}", _EDITION),
    _fix(531, "This edition of QuickBooks does not know a value of {record}", _EDITION),
    _noted(540, "QuickBooks sent only a part of the list"),
    _noted(550, "{record} was saved without its notes", "Add the notes in QuickBooks by hand."),
    _noted(560, "QuickBooks took an outdated field"),
    _noted(
        570,
        "{record} was saved without its link",
        "The transaction it should be linked to is closed in QuickBooks. Open {record} in"
        " QuickBooks and check what it is applied to.",
    ),
    Status(
        600,
        Act.UNKNOWN,
        "QuickBooks remembers nothing of the last change",
        "The change may not have reached this company file. CashFlow looks it up before it sends"
        " anything again.",
    ),
    Status(
        1000,
        Act.RETRY,
        "QuickBooks had an internal error",
        "CashFlow tries a few times more. If it stays, open File > Utilities > Verify Data in"
        " QuickBooks, and Rebuild Data if it finds something. Then press Retry.",
        attempts_max=3,
    ),
    Status(
        1010,
        Act.RETRY,
        "QuickBooks was not available",
        "CashFlow tries again at the next sync. Leave QuickBooks open on the company file if it"
        " stays.",
    ),
    Status(
        1030,
        Act.SKIP,
        "This QuickBooks cannot do this",
        "The edition or year of QuickBooks lacks what {record} needs. Do it in QuickBooks by hand,"
        " or upgrade QuickBooks.",
    ),
    _fix(1060, "CashFlow numbered a request wrongly"),
    Status(
        2000,
        Act.FIX,
        "This answer belongs to QuickBooks Online",
        "A QuickBooks Desktop file never answers so. Check in the Web Connector that the right"
        " application is connected, and send the details to CashFlow support.",
        last=2999,
    ),
    Status(
        3000,
        Act.REREAD,
        "QuickBooks does not know the id of {record}",
        "It was probably deleted or merged in QuickBooks. CashFlow looks it up by name. If the"
        " problem stays, tell support.",
    ),
    _fix(3010, "A yes-or-no value was not understood"),
    _fix(3020, "A date was not understood"),
    _fix(3030, "A range of dates ends before it begins"),
    _fix(3031, "A range of names or numbers was not understood"),
    _fix(3035, "A duration was not understood"),
    _fix(3040, "An amount was not understood"),
    _fix(3045, "A price was not understood", sure=False),
    _fix(3050, "A percentage was not understood", sure=False),
    _fix(3060, "A quantity was not understood", sure=False),
    _fix(3065, "An id was not understood", sure=False),
    _fix(3070, "A text of {record} is too long for QuickBooks", LOOK),
    _fix(3080, "A text of {record} holds characters QuickBooks does not take", LOOK, sure=False),
    _fix(3085, "A number of {record} holds characters QuickBooks does not take", LOOK, sure=False),
    _user(
        3090,
        "QuickBooks does not take a value of {record}",
        "QuickBooks says: {quickbooks}. Most often a name holds a colon, which QuickBooks keeps"
        " for sub-records. Change it in CashFlow and press Retry.",
    ),
    Status(3100, Act.LINK, TAKEN.title, TAKEN.advice),
    _user(
        3101,
        "An amount of {record} became too large for QuickBooks",
        "Quantity times price, or the total, has more digits than QuickBooks keeps. Correct the"
        " amounts in CashFlow and press Retry.",
        sure=False,
    ),
    _fix(3110, "A choice of {record} is not one that QuickBooks offers", sure=False),
    Status(
        3120,
        Act.REREAD,
        "QuickBooks does not find what {record} refers to",
        "It was deleted there; or, for a payment, the bill or invoice is already paid or belongs"
        " to somebody else. CashFlow reads it again. If the problem stays, open {record} and"
        " choose another one.",
    ),
    _fix(3121, "QuickBooks does not know the owner of a custom field", sure=False),
    Status(3130, Act.DEPEND, "The parent of {record} is not in QuickBooks", _REFERENCE),
    Status(3140, Act.DEPEND, "{record} refers to something QuickBooks does not have", _REFERENCE),
    _fix(3150, "A value that QuickBooks needs is missing from {record}", LOOK),
    _fix(3151, "A value of {record} is not allowed here", sure=False),
    _fix(3152, "A value of {record} cannot be changed in QuickBooks", sure=False),
    _fix(3153, "A value of {record} does not fit its kind", sure=False),
    _user(
        3160,
        "QuickBooks does not delete {record}",
        "It is used by other records, or its kind cannot be deleted. Make it inactive in"
        " QuickBooks instead, or delete what uses it first. QuickBooks says: {quickbooks}.",
        splits=(DEPOSITED, CLOSED_PERIOD),
    ),
    _user(3161, CLOSED, CLOSING, sure=False),
    _user(
        3162,
        "QuickBooks does this only in single-user mode",
        "Ask everybody to close the company file, then choose File > Switch to Single-user Mode in"
        " QuickBooks. Run the sync, then press Retry here.",
        sure=False,
    ),
    _user(3170, "QuickBooks does not change {record}", splits=(MERGED, *SAVING)),
    _user(3171, CLOSED, CLOSING),
    _user(3172, "QuickBooks cannot save {record}", splits=SAVING, sure=False),
    _user(3173, "QuickBooks does not change {record}", splits=SAVING, sure=False),
    Status(3175, Act.RETRY, BUSY, LOCKED),
    Status(3176, Act.RETRY, "A record that {record} uses is in use in QuickBooks", LOCKED),
    _user(
        3177,
        "The currency of {record} does not fit",
        "CashFlow syncs records in the home currency only. Check the currency of the vendor or"
        " customer and of the account in QuickBooks, then press Retry.",
        sure=False,
    ),
    _user(3180, "QuickBooks could not save {record}", splits=SAVING),
    _user(
        3185,
        "QuickBooks could not void {record}",
        splits=(CLOSED_PERIOD, DEPOSITED),
        sure=False,
    ),
    _fix(3190, "A value of {record} cannot be emptied in QuickBooks", sure=False),
    Status(
        3200,
        Act.REREAD,
        "{record} was changed in QuickBooks meanwhile",
        "CashFlow reads it again, puts both changes together and sends it once more. If both sides"
        " keep changing, you are shown the two versions.",
        attempts_max=3,
    ),
    _fix(3205, "The address of {record} does not fit QuickBooks", LOOK, sure=False),
    _user(3210, "QuickBooks does not take a value of {record}", splits=(OVERPAID,)),
    _user(3220, "QuickBooks refused access to {record}", RIGHTS),
    Status(
        3230,
        Act.ALONE,
        "{record} was undone because of another record",
        "A record sent together with it failed. CashFlow sends this one again by itself.",
        attempts_max=1,
    ),
    Status(
        3231,
        Act.ALONE,
        "{record} was not looked at because of another record",
        "A record sent together with it failed. CashFlow sends this one again by itself.",
        attempts_max=1,
    ),
    Status(
        3240,
        Act.REREAD,
        "{record} was deleted and made again in QuickBooks",
        "CashFlow looks for the new one. If the problem stays, tell support.",
        sure=False,
    ),
    Status(
        3250,
        Act.SKIP,
        "A QuickBooks feature that {record} needs is off",
        "Turn it on under Edit > Preferences in QuickBooks (class tracking, inventory, sales tax"
        " and the like), if your edition has it. Then press Retry; until then CashFlow leaves this"
        " out.",
    ),
    _user(3260, "The QuickBooks user may not do this", RIGHTS),
    _user(
        3261,
        "CashFlow may not see personal data in QuickBooks",
        "In QuickBooks, open Edit > Preferences > Integrated Applications > Company Preferences,"
        " choose CashFlow and press Properties. Allow access to Social Security numbers and other"
        " personal data, then press Retry.",
    ),
    Status(
        3262,
        Act.SKIP,
        "QuickBooks asks for a payroll subscription",
        "CashFlow leaves out what needs it. Everything else goes on.",
    ),
    _user(
        3263,
        "CashFlow may only read this company file",
        "Take CashFlow out of the Web Connector, download its .qwc file here and add it again as"
        " the QuickBooks Admin. Then press Retry.",
    ),
    Status(
        3264,
        Act.SKIP,
        "QuickBooks asks for a merchant service subscription",
        "CashFlow leaves out what needs it. Everything else goes on.",
    ),
    _user(
        3270,
        "An account is missing for {record}",
        "In QuickBooks, open the item or the vendor or customer it uses and choose the account to"
        " post to. Then press Retry.",
    ),
    _fix(3280, "An item of {record} does not fit its line", LOOK, sure=False),
    Status(
        3290,
        Act.REREAD,
        "The lines of {record} stand in another order in QuickBooks",
        "CashFlow reads it again and sends the lines in QuickBooks' order.",
    ),
    _fix(3300, "A value of {record} cannot be changed, or is of the wrong list", sure=False),
    Status(3310, Act.USER, "QuickBooks refused {record}", ASK, last=3370, sure=False),
    _fix(3351, "A custom field does not fit {record}"),
    Status(
        3390,
        Act.RETRY,
        "QuickBooks has too many lists open",
        "CashFlow ends this sync and goes on at the next one. If it stays, close the company file"
        " in QuickBooks and open it again.",
    ),
    Status(
        3391,
        Act.RESTART,
        "QuickBooks lost its place in a list",
        "CashFlow reads this list again from its beginning. Nothing is read twice into the books.",
        attempts_max=1,
    ),
    _user(
        3500,
        "QuickBooks did not merge the records",
        "CashFlow never merges by itself. Merge them in QuickBooks in single-user mode, by giving"
        " one the other's name.",
    ),
    Status(9100, Act.FIX, "CashFlow linked two requests wrongly", OURS, last=9199),
)

# The status of a whole message set that was sent under an id, to learn what became of it.
_NOT_SURE = (
    "CashFlow looks in QuickBooks whether the change arrived. It sends nothing again before it"
    " knows."
)
MESSAGE_SETS: tuple[Status, ...] = (
    Status(0, Act.OK, "Done"),
    Status(600, Act.UNKNOWN, "QuickBooks remembers nothing of the last change", _NOT_SURE),
    Status(
        9001,
        Act.UNKNOWN,
        "QuickBooks has another change under the same id",
        _NOT_SURE + " Send the details below to CashFlow support.",
    ),
    Status(9002, Act.UNKNOWN, "QuickBooks kept no answer to the last change", _NOT_SURE),
    Status(9003, Act.UNKNOWN, "QuickBooks gave an unused answer", _NOT_SURE, sure=False),
    Status(9004, Act.FIX, "CashFlow gave a change too long an id", OURS),
    Status(9005, Act.UNKNOWN, "QuickBooks could not keep its answer", _NOT_SURE),
)

# What holds for codes of a range that no row names.
RANGES: tuple[Status, ...] = (
    Status(2, Act.OK, "Done, with a remark", "QuickBooks says: {quickbooks}.", last=499, note=True),
    Status(
        502, Act.OK, "Done, with a warning", "QuickBooks says: {quickbooks}.", last=999, note=True
    ),
)
UNNAMED = Status(
    -1,
    Act.USER,
    "QuickBooks refused {record}",
    "QuickBooks says: {quickbooks}. CashFlow does not try again by itself. Follow these words in"
    " QuickBooks and press Retry, or send them to CashFlow support.",
)
