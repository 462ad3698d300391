"""What keeps a bill payment from going: its account, its bills' accounts, approval, what is open.

Owns these rules and their words (sync-rules 5). It must not know what becomes of what is held back;
`holding.py` does.
"""

from __future__ import annotations

from collections.abc import Callable

from qbxml.entity import Entity
from store import covered
from store.changes import Action
from store.guards import AGAIN, Case, Guard, Held
from store.paying_bills import Applied, Facts


def _facts(case: Case) -> Facts:
    return case.paying or Facts()


def _approved(case: Case) -> Held | None:
    if case.sync.preferences.push_bills != "approved":
        return None
    waits = [one.shown for one in _facts(case).applied if not one.approved]
    return Held(f"the approval of {waits[0]}") if waits else None


def _posting(case: Case) -> Held | None:
    """The account that the money leaves is the one that the preference wants."""
    found = _why_not(case, _facts(case).paid_from_id)
    return _held_posting(case, *found) if found is not None else None


def _why_not(case: Case, given: str | None) -> tuple[str, str] | None:
    """Why it has no account to post to, and what to do."""
    chosen = case.sync.preferences
    there = (case.item.values.get("paid_from") or {}).get("id")
    if chosen.payment_posting == "direct":
        nowhere = "it names no account to pay from", "Name the bank or card account it is paid from"
        return None if there else nowhere
    if (found := _not_clearing(case, chosen.money_out_clearing, given)) is not None:
        return found
    absent = (
        "QuickBooks does not have the clearing account yet",
        "Look at that account's own problem",
    )
    return None if there else absent


def _not_clearing(case: Case, clearing: str | None, given: str | None) -> tuple[str, str] | None:
    """Why it cannot post to the clearing account, and what to do."""
    if case.item.values["method"] == "card":
        return "payments post to a clearing account, which is no card's", _CARD
    if clearing is None:
        return "payments post to a clearing account, and none is chosen", _CHOOSE
    if given not in (None, clearing):
        why = "payments post to the clearing account, and it names another one"
        return why, f"Leave the account to pay from empty, or {_DIRECT}"
    return None


_DIRECT = "let payments post to the bank or card account directly (Preferences > Payments post to)"
_CHOOSE = (
    "Choose the Money Out Clearing account, one of type Bank, under Preferences in CashFlow, or "
    f"{_DIRECT}"
)
_CARD = f"Void it and pay by check, or {_DIRECT}"


def _held_posting(case: Case, why: str, advice: str) -> Held:
    shown = case.item.shown
    return Held(
        "an account to pay from",
        f"{shown} has no account to pay from",
        f"{shown} was not sent: {why}.",
        f"{advice}; {AGAIN}.",
    )


def _payable(case: Case) -> Held | None:
    found = {one.payable_account_id for one in _facts(case).applied} - {None}
    if len(found) <= 1:
        return None
    return Held(
        "one payable account",
        f"{case.item.shown} pays bills of several payable accounts",
        "In QuickBooks one payment settles bills and credits of one payable account, so nothing "
        "was sent.",
        "Void it and enter one payment for each payable account.",
    )


def _open_amounts(case: Case) -> Held | None:
    """Never more than is open in QuickBooks, as it said in this session."""
    if covered.in_doubt(case.item.change):
        return None  # what it may have done itself is no reason
    short = [one for one in _facts(case).applied if one.wanted > one.open]
    if not short:
        return None
    return Held(
        "open amounts in QuickBooks",
        f"{case.item.shown} is more than is open in QuickBooks",
        "; ".join(_short(one) for one in short) + ". Nothing was posted.",
        "Void this payment, and unless the bill was paid in QuickBooks enter one that fits what is "
        f"open; or free the amount in QuickBooks, and {AGAIN}.",
    )


def _short(one: Applied) -> str:
    wanted = f"this payment takes {one.wanted:.2f}"
    if one.open > 0:
        return f"Of {one.shown} {one.open:.2f} is open in QuickBooks, {wanted}"
    return f"Nothing is open of {one.shown} in QuickBooks (paid, used or deleted), {wanted}"


def _goes(entity: Entity, action: Action) -> bool:
    return entity.resource == "bill-payments" and action is Action.ADD


def _guard(
    name: str, check: Callable[[Case], Held | None], *, quiet: bool = False, late: bool = False
) -> Guard:
    return Guard(name, _goes, check, quiet=quiet, late=late)


PAYMENT_GUARDS: tuple[Guard, ...] = (
    _guard("documents_approval", _approved, quiet=True),
    _guard("posting", _posting),
    _guard("payable", _payable),
    _guard("open_amount", _open_amounts, late=True),
)
