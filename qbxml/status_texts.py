"""What QuickBooks' wording tells where a bare status code leaves it open, and shared advice.

Owns what can happen next (`Act`), a row of the tables (`Status`), the cases told apart by text
(`Split`) and the words that several codes share. It must not know any code, record or session.

Words: `title` says what happened, `why` the reason, `advice` what to click: one sentence each, for
a bookkeeper. Placeholders: `{record}` is the record's name, `{quickbooks}` QuickBooks' own words,
which also stand below every problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from qbxml.wording import SAYS


class Act(Enum):
    """What happens next; the value is how the documentation words it."""

    OK = "done"
    EMPTY = "nothing found, which is no error"
    MISSING = "the rest was answered; what is missing was deleted, renamed or merged"
    FIX = "stop this record: CashFlow sent something wrong"
    RETRY = "send again later, by itself"
    REREAD = "read the record from QuickBooks, build the request anew, send again"
    DEPEND = "bring the record it refers to first, then send again"
    ALONE = "send again, alone"
    LINK = "look the name up in QuickBooks, then link or ask"
    USER = "wait for a person"
    SKIP = "leave it out for this company file"
    RESTART = "start the reading of this list again"
    UNKNOWN = "find out in QuickBooks whether it was carried out, before anything is sent again"


@dataclass(frozen=True, slots=True)
class Split:
    """A case of one code that its text tells apart: any of `texts`, in lower case, makes it so."""

    texts: tuple[str, ...]
    act: Act
    title: str
    why: str
    advice: str


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
    why: str = ""
    advice: str = ""
    last: int | None = None
    attempts_max: int | None = None
    note: bool = False
    sure: bool = True
    splits: tuple[Split, ...] = ()


# Pairs of why and advice that several codes share.
OURS = (
    "CashFlow sent {record} in a form that QuickBooks does not take, and nothing was changed.",
    "Send the details below to CashFlow support, with the file from Sessions > Bundle for support.",
)
LOOK = (SAYS, "Correct this value of {record} in CashFlow, then choose Retry.")
ASK = (
    SAYS,
    "Put this right in QuickBooks or change {record} in CashFlow, then choose Retry; if the words"
    " do not help, send them to CashFlow support.",
)
RIGHTS = (
    "The QuickBooks user that the Web Connector signs in as lacks the right to do this.",
    "As Admin, give that user the right in QuickBooks under Company > Set Up Users and Passwords"
    " (in Enterprise: Company > Users), then choose Retry here.",
)
CLOSING = (
    "{record} is dated on or before the closing date of the books.",
    "Change its date in CashFlow, or let the QuickBooks Admin move the closing date under Edit >"
    " Preferences > Accounting > Company Preferences, then choose Retry.",
)
CLOSED = "The books are closed for this date"
LOCKED = (
    "Somebody has {record}, or a record it uses, open in QuickBooks.",
    "CashFlow tries again by itself; if this stays, save and close the windows that show it in"
    " QuickBooks.",
)
BUSY = "{record} is in use in QuickBooks"

# Texts that mean "somebody else holds it" whatever the code. Quoted names are cut out before.
LOCK = Split(
    (
        "modified by another user",
        "could not be locked",
        "in use by another user",
        "failed to acquire the lock",
        "list element is in use",
        "already in use. quickbooks error message: the list element",
    ),
    Act.RETRY,
    BUSY,
    *LOCKED,
)
# The one text that sounds like a lock and is a name already taken.
NAME_TAKEN = "of the list element is already in use"

TAKEN = Split(
    (NAME_TAKEN,),
    Act.LINK,
    "The name of {record} is taken in QuickBooks",
    "Vendors, customers, employees and other names share one list of names there, inactive ones"
    " included.",
    "Give {record} another name in CashFlow, for example with (V) after a vendor's name, or rename"
    " the other one in QuickBooks, then choose Retry.",
)
CLOSED_PERIOD = Split(("closing date",), Act.USER, CLOSED, *CLOSING)
DEPOSITED = Split(
    ("from the deposit", "been deposited"),
    Act.USER,
    "{record} is part of a deposit in QuickBooks",
    "QuickBooks does not change a payment that was deposited.",
    "In QuickBooks, open Banking > Make Deposits and take the payment out of its deposit, then"
    " choose Retry.",
)
SAVING = (
    TAKEN,
    CLOSED_PERIOD,
    DEPOSITED,
    Split(
        ("credit limit",),
        Act.USER,
        "{record} goes over the credit limit in QuickBooks",
        "With it, more would be open than the limit set for its customer or vendor.",
        "In QuickBooks, open the customer or vendor, choose Edit, then Payment Settings, and raise"
        " Credit Limit, then choose Retry.",
    ),
    Split(
        ("sales rep",),
        Act.USER,
        "The sales rep of {record} was refused",
        "The initials are taken or not known in QuickBooks.",
        "Check them in QuickBooks under Lists > Customer & Vendor Profile Lists > Sales Rep List,"
        " then choose Retry.",
    ),
    Split(
        ("asset account",),
        Act.USER,
        "An item of {record} has no asset account",
        "QuickBooks does not know where to post the value of the stock.",
        "In QuickBooks, open Lists > Item List, edit the item and choose its asset account, then"
        " choose Retry.",
    ),
    Split(
        ("insufficient quantit", "not enough quantit", "enough on hand"),
        Act.USER,
        "QuickBooks has too few of an item on {record}",
        "The quantity on hand would fall below zero.",
        "Check the quantity in QuickBooks under Lists > Item List, or lower it in CashFlow, then"
        " choose Retry.",
    ),
    Split(
        (
            "cannot be negative",
            "negative amount",
            "negative total",
            "zero amount",
            "amount of zero",
            "greater than zero",
        ),
        Act.USER,
        "QuickBooks does not take an amount of {record}",
        "A total or a line is zero or below where QuickBooks wants more.",
        "Correct the amounts of {record} in CashFlow, then choose Retry.",
    ),
)
MERGED = Split(
    ("cannot merge list elements", "can't merge list elements"),
    Act.USER,
    "{record} was given a name that another record has",
    "QuickBooks would have to merge the two, which CashFlow never asks for.",
    "Choose another name in CashFlow, or merge the two in QuickBooks, then choose Retry.",
)
OVERPAID = Split(
    ("cannot pay more than the amount due",),
    Act.REREAD,
    "{record} pays more than is still open",
    "In QuickBooks less is open than this payment applies, because of another payment or credit.",
    "CashFlow reads the open amount again; if this stays, change what the payment applies to.",
)
