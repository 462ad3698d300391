"""What Preferences and the company file forbid is not sent: one table of guards, asked before.

Owns the rules that QuickBooks would refuse or, worse, take wrongly (sync-rules 5 and 8, qbxml.md
6.7), and their words. It must not know how requests are built, nor what becomes of what is held
back; `holding.py` does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from qbxml.entity import Entity, Family
from store import class_tracking, currency, undoing
from store.account_types import account_types
from store.changes import Action
from store.context import Sync
from store.paying_bills import Facts
from store.referred import Referred
from store.rows import Values
from store.rules import APPROVED

_WRITTEN = (Action.ADD, Action.MOD)
_PAST = {Action.ADD: "sent", Action.MOD: "changed", Action.DELETE: "deleted", Action.VOID: "voided"}
AGAIN = "the next sync tries again by itself"
_REOPEN = (
    "have the closing date moved in QuickBooks (Edit > Preferences > Accounting > Company "
    "Preferences)"
)
_IMPORT = "have the accountant's changes imported in QuickBooks (File > Accountant's Copy)"


class Outgoing(Protocol):
    """A change that could go, as `push.py` has it."""

    @property
    def change(self) -> Any: ...
    @property
    def entity(self) -> Entity: ...
    @property
    def values(self) -> Values: ...
    @property
    def row(self) -> Any: ...
    @property
    def link(self) -> Any | None: ...
    @property
    def shown(self) -> str: ...
    @property
    def asked(self) -> bool: ...
    @property
    def to_be_found(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Case:
    """A change and what the guards need to know about it."""

    sync: Sync
    item: Outgoing
    action: Action
    carried: Values
    """What its request would hold."""
    referred: Sequence[Referred]
    taxable: bool
    """Whether it is an invoice with a line marked taxable."""
    paying: Facts | None
    """What a bill payment applies to."""

    @property
    def entity(self) -> Entity:
        """What kind of record it is."""
        return self.item.entity

    @property
    def days(self) -> Iterator[str]:
        """The days (ISO) on which the act changes the books: ours, and QuickBooks' before it."""
        dated = self.entity.dated
        if not dated:
            return
        if undoing.reverses(self.entity, self.action):
            yield undoing.day_of(self.sync, self.item.row).isoformat()
            return
        before = self.item.link.base if self.item.link is not None else None
        known = (self.item.values, before) if self.action in _WRITTEN else (before,)
        for values in known:
            if values and values.get(dated):
                yield values[dated]


@dataclass(frozen=True, slots=True)
class Held:
    """Why a change does not go: what it waits for, and the problem's words."""

    waits_for: str
    title: str = ""
    text: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Guard:
    """One rule. `quiet`: waiting is its normal course, and no problem."""

    name: str
    applies: Callable[[Entity, Action], bool]
    check: Callable[[Case], Held | None]
    quiet: bool = False
    late: bool = False
    """Judged only once QuickBooks was asked in this session."""


# --- the rules


def _approval(case: Case) -> Held | None:
    waits = case.sync.preferences.push_bills == "approved" and case.item.row.approval != "approved"
    return Held("approval") if waits else None


def _class_tracking(case: Case) -> Held | None:
    return Held("class tracking in QuickBooks") if class_tracking.off(case.sync) else None


def _in_period(case: Case, until: str | None) -> str | None:
    """The first day of the record that is on or before `until`."""
    return min((day for day in case.days if until and day <= until), default=None)


def _either(case: Case, until: str, cure: str) -> str:
    """Another date helps only where QuickBooks has none in the period yet."""
    base = case.item.link.base if case.item.link is not None else None
    fixed = (base or {}).get(case.entity.dated, until + "+") <= until
    if case.action in _WRITTEN and not fixed:
        return f"Date it after {until}, or {cure}; {AGAIN}."
    return f"{cure[0].upper()}{cure[1:]}; {AGAIN}."


def _closing_date(case: Case) -> Held | None:
    until = case.sync.quickbooks.get("closing_date")
    day = _in_period(case, until)
    if day is None:
        return None
    shown, past = case.item.shown, _PAST[case.action]
    return Held(
        "the closing date",
        f"{shown} is dated in a closed period",
        f"{shown} is dated {day}, and the books in QuickBooks are closed up to {until}, so it was "
        f"not {past} there.",
        _either(case, str(until), _REOPEN),
    )


def _copy_of(case: Case) -> dict[str, Any]:
    copy = case.sync.quickbooks.get("accountant_copy")
    return copy if copy and copy.get("exists") else {}


def _accountant_copy(case: Case) -> Held | None:
    until = _copy_of(case).get("dividing_date")
    day = _in_period(case, until)
    if day is None:
        return None
    shown, past = case.item.shown, _PAST[case.action]
    return Held(
        "the accountant's copy",
        f"{shown} is dated in the accountant's period",
        f"An accountant works on a copy of the company file, and until that is finished nothing "
        f"dated on or before {until} may change. {shown} is dated {day}, so it was not {past} "
        "there.",
        _either(case, str(until), _IMPORT),
    )


def _accounts_of_the_copy(case: Case) -> Held | None:
    below = case.carried.get("parent") is not None
    if not _copy_of(case) or (case.action is Action.ADD and not below):
        return None
    shown = case.item.shown
    what = "added below another account" if case.action is Action.ADD else "changed"
    return Held(
        "the accountant's copy",
        f"{shown} cannot be {what} now",
        "An accountant works on a copy of the company file. Until that is finished, QuickBooks "
        f"lets nobody change accounts, make them inactive or add sub-accounts, so {shown} waits.",
        f"{_IMPORT[0].upper()}{_IMPORT[1:]}; {AGAIN}.",
    )


def _foreign_currency(case: Case) -> Held | None:
    home = currency.home(case.sync)
    foreign = [one for one in case.referred if one.currency not in (None, home)]
    if not foreign:
        return None
    names = " and ".join(f"{one.shown} is kept in {one.currency}" for one in foreign)
    noun = case.entity.singular
    return Held(
        "the home currency",
        f"{case.item.shown} is in a foreign currency",
        f"{names}, the books in {home}. CashFlow knows one currency only and would post a wrong "
        "amount, so nothing was sent.",
        f"Choose another that is kept in {home}, or enter this {noun} in QuickBooks and delete it "
        "in CashFlow.",
    )


def _inactive(case: Case) -> Held | None:
    whole = case.entity.family is Family.TXN
    found = [
        one for one in case.referred if not one.active and (whole or one.field.name == "parent")
    ]
    if not found:
        return None
    names = " and ".join(one.shown for one in found)
    are = "is" if len(found) == 1 else "are"
    where = "QuickBooks or CashFlow" if all(one.changes_here for one in found) else "QuickBooks"
    return Held(
        f"{found[0].shown} to be active",
        f"{case.item.shown} refers to something inactive",
        f"{names} {are} inactive, and QuickBooks takes no {case.entity.singular} with it.",
        f"Make {names} active in {where}, or choose another; {AGAIN}.",
    )


def _account_type(case: Case) -> Held | None:
    for one in case.referred:
        wanted = account_types(case.entity, one.field.name, case.item.values)
        if wanted and one.type not in wanted:
            label = one.field.name.replace("_", " ")
            fitting = " or ".join(wanted)
            return Held(
                f"another {label}",
                f"{case.item.shown} has the wrong {label}",
                f"{one.shown} is of type {one.type}; the {label} must be of type {fitting}. "
                "QuickBooks would refuse it, so nothing was sent.",
                f"Choose an account of type {fitting} as {label}; the next sync sends it.",
            )
    return None


def _sales_tax(case: Case) -> Held | None:
    if not case.taxable or case.sync.quickbooks.get("sales_tax") is not False:
        return None
    return Held(
        "sales tax in QuickBooks",
        f"{case.item.shown} has taxable lines, but sales tax is off in QuickBooks",
        "QuickBooks would add no sales tax and the invoice would be locked with a total that "
        "nobody meant, so nothing was sent.",
        "Turn sales tax on in QuickBooks (Edit > Preferences > Sales Tax > Company Preferences), "
        f"or make its lines not taxable in CashFlow; {AGAIN}.",
    )


def _documents(entity: Entity, _action: Action) -> bool:
    return entity.family is Family.TXN


def _documents_written(entity: Entity, action: Action) -> bool:
    return entity.family is Family.TXN and action in _WRITTEN


def _of(resource: str, *actions: Action) -> Callable[[Entity, Action], bool]:
    return lambda entity, action: entity.resource == resource and action in actions


GUARDS: tuple[Guard, ...] = (
    Guard(
        "approval",
        lambda entity, action: entity.resource in APPROVED and action in _WRITTEN,
        _approval,
        quiet=True,
    ),
    Guard("class_tracking", _of("departments", *_WRITTEN), _class_tracking, quiet=True),
    Guard("closing_date", _documents, _closing_date),
    Guard("accountant_copy", _documents, _accountant_copy),
    Guard("accountant_copy_accounts", _of("accounts", *_WRITTEN), _accounts_of_the_copy),
    Guard("foreign_currency", _documents_written, _foreign_currency),
    Guard(
        "inactive_reference",
        lambda entity, action: action is Action.ADD or _documents_written(entity, action),
        _inactive,
    ),
    Guard("account_type", _documents_written, _account_type),
    Guard("sales_tax", _of("invoices", Action.ADD), _sales_tax),
)
