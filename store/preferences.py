"""A company's preferences: their names, defaults, allowed values, and what each one does.

Owns how a preference is written as text and as JSON. It must not know the database: whether an
account exists is checked by `companies.py`, with the account types given here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Literal
from uuid import UUID

from qbxml.entities import ENTITIES
from store.errors import FieldError, Invalid

EARLIER = tuple(e.resource for e in ENTITIES if e.dated is not None and e.push.new)
"""The types of which some may have been made before the connection."""
minutes_max = 7 * 24 * 60
"""Longest minimum interval: a week."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a company chose; the defaults are those of a new company."""

    two_way_bills: bool = False
    import_open_bills: bool = True
    push_bills: Literal["saved", "approved"] = "saved"
    reapprove_on_change: bool = True
    master_in_conflict: Literal["quickbooks", "cashflow"] = "quickbooks"
    payment_posting: Literal["clearing", "direct"] = "clearing"
    money_out_clearing: str | None = None
    money_in_clearing: str | None = None
    ap_account: str | None = None
    ar_account: str | None = None
    deposit_to: str | None = None
    default_expense_account: str | None = None
    discount_account: str | None = None
    classes_on: bool | None = None
    minimum_interval_minutes: int = 0
    earlier_transactions: str = "hold"

    @staticmethod
    def effect(key: str) -> str:
        """What the preference does, in the user's words; Invalid for an unknown key."""
        return _choice(key).effect

    @staticmethod
    def from_json(stored: Mapping[str, Any]) -> Preferences:
        """Read the stored form. Keys of another version of the program are passed over."""
        return Preferences(**{key: value for key, value in stored.items() if key in CHOICES})

    def to_json(self) -> dict[str, Any]:
        """The stored form, all keys."""
        return asdict(self)


_WORDS = {"true": True, "yes": True, "on": True, "1": True}
_WORDS |= {"false": False, "no": False, "off": False, "0": False}
NOTHING = ("", "none", "null")


def _yes_no(text: str) -> bool:
    try:
        return _WORDS[text.lower()]
    except KeyError:
        raise ValueError("Say true or false.") from None


def _classes(text: str) -> bool | None:
    if text.lower() in {*NOTHING, "quickbooks"}:
        return None
    try:
        return _yes_no(text)
    except ValueError:
        raise ValueError("Say true, false, or none to do as QuickBooks does.") from None


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"Say {' or '.join(words)}.")
        return text.lower()

    return read


def _account(text: str) -> str | None:
    if text.lower() in NOTHING:
        return None
    try:
        return str(UUID(text))
    except ValueError:
        raise ValueError("Give an account's id or exact name, or none.") from None


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= minutes_max):
        raise ValueError(f"Give whole minutes from 0 to {minutes_max}.")
    return int(text)


HOLD, ALL, NEVER = "hold", "all", "never"


def _earlier(text: str) -> str:
    """`hold`, `all`, `never` or a day; per type as `bills:all,invoices:2024-01-31`."""
    return ",".join(_earlier_part(part) for part in text.split(","))


def _earlier_part(part: str) -> str:
    resource, colon, word = part.rpartition(":")
    resource, word = resource.strip().lower(), word.strip().lower()
    if colon and resource not in EARLIER:
        raise ValueError(f"There is no type {resource!r}. There are {', '.join(EARLIER)}.")
    if word not in {HOLD, ALL, NEVER}:
        try:
            word = date.fromisoformat(word).isoformat()
        except ValueError:
            raise ValueError(
                "Say hold, all, never, or a day such as 2024-01-31; for one type such as bills:all."
            ) from None
    return f"{resource}:{word}" if colon else word


def earlier_choice(value: str, resource: str) -> str:
    """What `earlier_transactions` says of one type: hold, all, never or a day (ISO)."""
    found = HOLD
    for part in value.split(","):
        of, colon, word = part.rpartition(":")
        if not colon:
            found = word
    for part in value.split(","):
        of, colon, word = part.rpartition(":")
        if colon and of == resource:
            found = word
    return found


@dataclass(frozen=True, slots=True)
class Choice:
    """One preference: what it does, how its text is read, which account types fit it."""

    effect: str
    read: Callable[[str], Any]
    account_types: tuple[str, ...] = ()


_EXPENSES = ("Expense", "OtherExpense", "CostOfGoodsSold")
PROFIT_AND_LOSS = ("Income", "OtherIncome", *_EXPENSES)

CHOICES: dict[str, Choice] = {
    "two_way_bills": Choice(
        "Bills entered, edited or deleted in QuickBooks come to CashFlow too.", _yes_no
    ),
    "import_open_bills": Choice(
        "When 2-way bill sync is switched on, the bills that are unpaid in QuickBooks on that day"
        " come over.",
        _yes_no,
    ),
    "push_bills": Choice(
        "When a bill goes to QuickBooks: as soon as it is saved, or once it is approved.",
        _one_of("saved", "approved"),
    ),
    "reapprove_on_change": Choice(
        "An approved bill whose amount, vendor or due date is changed in QuickBooks needs a new"
        " approval.",
        _yes_no,
    ),
    "master_in_conflict": Choice(
        "Whose value stands when the same field was changed on both sides; the other value is"
        " kept with the conflict.",
        _one_of("quickbooks", "cashflow"),
    ),
    "payment_posting": Choice(
        "Payments post to the clearing accounts, or directly to the bank or card account; bills are"
        " paid by card only directly.",
        _one_of("clearing", "direct"),
    ),
    "money_out_clearing": Choice(
        "The clearing account that bill payments are posted to.", _account, ("Bank",)
    ),
    "money_in_clearing": Choice(
        "The clearing account that invoice payments are deposited to.", _account, ("Bank",)
    ),
    "ap_account": Choice(
        "The payable account of bills that name none; none: QuickBooks chooses.",
        _account,
        ("AccountsPayable",),
    ),
    "ar_account": Choice(
        "The receivable account of invoices that name none; none: QuickBooks chooses.",
        _account,
        ("AccountsReceivable",),
    ),
    "deposit_to": Choice(
        "The account that invoice payments are deposited to, such as Undeposited Funds.",
        _account,
        ("Bank", "OtherCurrentAsset"),
    ),
    "default_expense_account": Choice(
        "The account of a bill's expense lines that name none.", _account, _EXPENSES
    ),
    "discount_account": Choice(
        "The account of discounts that a bill payment takes and that names none.",
        _account,
        PROFIT_AND_LOSS,
    ),
    "classes_on": Choice(
        "Departments are sent as classes: always, never, or (none) when QuickBooks has class"
        " tracking on.",
        _classes,
    ),
    "minimum_interval_minutes": Choice(
        "QuickBooks is not asked again before these minutes have passed, unless something waits to"
        " be sent.",
        _minutes,
    ),
    "earlier_transactions": Choice(
        "Transactions made in CashFlow before the connection: hold them, send all, send those dated"
        " on or after a day, or never; also per type, such as bills:all,invoices:2024-01-31.",
        _earlier,
    ),
}

assert set(CHOICES) == {field.name for field in fields(Preferences)}  # noqa: S101


def _choice(key: str) -> Choice:
    try:
        return CHOICES[key]
    except KeyError:
        near = difflib.get_close_matches(key, CHOICES, n=1)
        cure = f"Did you mean {near[0]}?" if near else f"There are {', '.join(CHOICES)}."
        raise Invalid((FieldError(f"/{key}", f"There is no such preference. {cure}"),)) from None


def parse(key: str, text: str) -> Any:
    """The value that the text means; Invalid, naming the key and the cure, otherwise.

    An account is given by its id here; names are looked up by `companies.set_preferences`.
    """
    choice = _choice(key)
    try:
        return choice.read(text.strip())
    except ValueError as error:
        raise Invalid((FieldError(f"/{key}", str(error)),)) from None


def account_types(key: str) -> tuple[str, ...]:
    """The types of account that fit the preference; empty: it is no account."""
    return _choice(key).account_types


def changed(before: Preferences, values: Mapping[str, Any]) -> Preferences:
    """The preferences with some values replaced; the values are already parsed."""
    return Preferences.from_json(before.to_json() | dict(values))
