"""What QuickBooks' wording tells where a bare status code leaves it open, and shared advice.

Owns what can happen next (`Act`), the cases told apart by text (`Split`) and the advice that
several codes share. It must not know any code, record or session.

Words: `title` says what happened, without a full stop; `advice` says why and what to click, in at
most three sentences. Placeholders: `{record}` is the record's name, `{quickbooks}` QuickBooks' own
words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
    advice: str


OURS = (
    "CashFlow sent {record} in a form that QuickBooks does not take. Nothing was changed there."
    " Send the details below to CashFlow support."
)
LOOK = "Open {record} in CashFlow, correct the value that QuickBooks names below, then press Retry."
ASK = (
    "QuickBooks says: {quickbooks}. Put this right in QuickBooks, or change {record} in CashFlow,"
    " then press Retry. If the words do not help, send them to CashFlow support."
)
RIGHTS = (
    "The QuickBooks user that the Web Connector signs in as lacks the right to do this. In"
    " QuickBooks, open Company > Users > Set Up Users and Roles as Admin and give that user the"
    " right, then press Retry here."
)
CLOSING = (
    "{record} is dated on or before the closing date of the books. Change its date in CashFlow, or"
    " let the QuickBooks Admin move the closing date under Edit > Preferences > Accounting >"
    " Company Preferences. Then press Retry."
)
CLOSED = "The books are closed for this date"
LOCKED = (
    "Somebody has {record}, or a record it uses, open in QuickBooks. CashFlow tries again at the"
    " next sync. If it keeps happening, save and close the windows that show it in QuickBooks."
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
    LOCKED,
)
# The one text that sounds like a lock and is a name already taken.
NAME_TAKEN = "of the list element is already in use"

TAKEN = Split(
    (NAME_TAKEN,),
    Act.LINK,
    "The name of {record} is taken in QuickBooks",
    "Vendors, customers, employees and other names share one list of names in QuickBooks, inactive"
    " ones included. Give {record} another name in CashFlow, for example with (V) after a vendor's"
    " name, or rename the other one in QuickBooks and press Retry.",
)
CLOSED_PERIOD = Split(("closing date",), Act.USER, CLOSED, CLOSING)
DEPOSITED = Split(
    ("from the deposit", "been deposited"),
    Act.USER,
    "{record} is part of a deposit in QuickBooks",
    "QuickBooks does not change a payment that was deposited. In QuickBooks, open Banking > Make"
    " Deposits, find the deposit and take the payment out of it. Then press Retry.",
)
SAVING = (
    TAKEN,
    CLOSED_PERIOD,
    DEPOSITED,
    Split(
        ("credit limit",),
        Act.USER,
        "{record} goes over the credit limit in QuickBooks",
        "Raise the limit in QuickBooks: open the customer or vendor, choose Edit, then Payment"
        " Settings, and change Credit Limit. Then press Retry.",
    ),
    Split(
        ("sales rep",),
        Act.USER,
        "The sales rep of {record} was refused",
        "The initials are taken or not known in QuickBooks. Check them under Lists > Customer &"
        " Vendor Profile Lists > Sales Rep List, then press Retry.",
    ),
    Split(
        ("asset account",),
        Act.USER,
        "An item of {record} has no asset account",
        "In QuickBooks, open Lists > Item List, edit the item and choose its asset account. Then"
        " press Retry.",
    ),
    Split(
        ("insufficient quantit", "not enough quantit", "enough on hand"),
        Act.USER,
        "QuickBooks has too few of an item on {record}",
        "Check the quantity on hand under Lists > Item List in QuickBooks, or lower the quantity"
        " in CashFlow. Then press Retry.",
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
        "A total or a line is zero or below where QuickBooks wants more. Open {record} in"
        " CashFlow, correct the amounts and press Retry.",
    ),
)
MERGED = Split(
    ("cannot merge list elements", "can't merge list elements"),
    Act.USER,
    "{record} was given a name that another record has",
    "QuickBooks would have to merge the two, which CashFlow never asks for. Choose another name in"
    " CashFlow, or merge the two in QuickBooks. Then press Retry.",
)
OVERPAID = Split(
    ("cannot pay more than the amount due",),
    Act.REREAD,
    "{record} pays more than is still open",
    "In QuickBooks less is open than this payment applies, because of another payment or credit."
    " CashFlow reads the open amount again. If the problem stays, change what the payment applies"
    " to.",
)
