"""A company's preferences: shown with what each does, changed after the effect was read.

Owns their words and order on the page. What a preference is and does is `store.preferences`'.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from store import companies, console_company
from store.engine import Connection
from store.errors import Invalid
from store.persons import Right
from store.preferences import CHOICES, Preferences, account_types
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("preferences", __name__, url_prefix="/companies/<company_id>/preferences")

# Order and words on the page; every preference stands in one group.
GROUPS: Final[dict[str, dict[str, str]]] = {
    "What is synced": {
        "two_way_bills": "2-way bill sync",
        "import_open_bills": "Take over unpaid bills",
        "push_bills": "Bills go to QuickBooks",
        "reapprove_on_change": "Approve again after changes",
        "earlier_transactions": "Earlier transactions",
    },
    "When both sides changed": {"master_in_conflict": "Whose value stands"},
    "Payments": {
        "payment_posting": "Payments post to",
        "money_out_clearing": "Money Out Clearing account",
        "money_in_clearing": "Money In Clearing account",
        "deposit_to": "Deposit payments to",
    },
    "Accounts and classes": {
        "ap_account": "Payable account",
        "ar_account": "Receivable account",
        "default_expense_account": "Expense account of lines without one",
        "discount_account": "Account of discounts taken",
        "classes_on": "Departments as classes",
    },
    "Schedule": {"minimum_interval_minutes": "Least minutes between sessions"},
}
LABELS: Final = {key: label for group in GROUPS.values() for key, label in group.items()}
assert set(LABELS) == set(CHOICES)  # noqa: S101 - a new preference needs its words here

_VALUES: Final = {
    ("push_bills", "saved"): "as soon as they are saved",
    ("push_bills", "approved"): "once they are approved",
    ("master_in_conflict", "quickbooks"): "QuickBooks",
    ("master_in_conflict", "cashflow"): "CashFlow",
    ("payment_posting", "clearing"): "the clearing accounts",
    ("payment_posting", "direct"): "the bank or card account directly",
    ("earlier_transactions", "hold"): "held",
    ("earlier_transactions", "all"): "all sent",
    ("earlier_transactions", "never"): "never sent",
    ("classes_on", "none"): "as QuickBooks does",
}
_PLAIN: Final = {"true": "on", "false": "off", "none": "not set"}


@dataclass(frozen=True, slots=True)
class Field:
    """One preference on the page; `options` are (value, words), empty for typed values."""

    key: str
    label: str
    effect: str
    value: str
    options: tuple[tuple[str, str], ...]
    radio: bool
    """Whether all options stand side by side; else they fold into a list."""

    @property
    def shown(self) -> str:
        """The present value in words."""
        return dict(self.options).get(self.value, self.value)


@pages.get("/")
def show(company_id: str) -> Response:
    """All of them, with what each does."""
    return _page(company_id, None)


def _page(company_id: str, invalid: Invalid | None) -> Response:
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        groups = groups_of(conn, row.id, Preferences.from_json(row.preferences), request.form)
    return showing.page(
        "preferences.html",
        section="preferences",
        company=row,
        groups=groups,
        may=one.person.may(Right.MANAGE),
        errors=showing.errors_of(invalid),
        status=showing.status_of(invalid),
    )


@pages.post("/review")
def review(company_id: str) -> BaseResponse:
    """What the changes would do, before they are saved; nothing is changed yet."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id, Right.MANAGE)
        before = Preferences.from_json(row.preferences)
        try:
            companies.check_preferences(conn, row.id, _given(request.form))
        except Invalid as error:
            return _page(company_id, error)
        old = _fields(groups_of(conn, row.id, before, {}))
        new = _fields(groups_of(conn, row.id, before, request.form))
    changed = [(old[key], field) for key, field in new.items() if field.value != old[key].value]
    if not changed:
        return showing.leave(url_for("console.preferences.show", company_id=row.id), "No change.")
    return showing.page(
        "preferences_review.html", section="preferences", company=row, changed=changed
    )


@pages.post("/")
def save(company_id: str) -> BaseResponse:
    """Change them, each with its row in the audit trail."""
    one = here()
    given = _given(request.form)
    try:
        one.run(
            company_id,
            Right.MANAGE,
            lambda conn, row: companies.set_preferences(conn, row.id, given, one.who, one.now),
        )
    except Invalid as error:
        return _page(company_id, error)
    target = url_for("console.preferences.show", company_id=company_id)
    return showing.leave(target, "Saved. It holds from the next session on.")


def _given(form: Mapping[str, str]) -> dict[str, str]:
    return {key: form[key] for key in LABELS if key in form}


def _fields(groups: dict[str, list[Field]]) -> dict[str, Field]:
    return {field.key: field for fields in groups.values() for field in fields}


def groups_of(
    conn: Connection, company_id: str, present: Preferences, form: Mapping[str, str]
) -> dict[str, list[Field]]:
    """The fields by group, with what the form says in place of what is stored."""
    stored = present.to_json()
    accounts = console_company.accounts(conn, company_id)
    return {
        title: [
            Field(
                key,
                label,
                Preferences.effect(key),
                form.get(key, _text(stored[key])),
                _options(key, accounts),
                bool(_of(key)),
            )
            for key, label in labels.items()
        ]
        for title, labels in GROUPS.items()
    }


def _text(value: Any) -> str:
    """A stored value as the form carries it."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _options(key: str, accounts: list[tuple[str, str, str]]) -> tuple[tuple[str, str], ...]:
    fitting = account_types(key)
    if fitting:
        rows = [(one, name) for one, name, kind in accounts if kind in fitting]
        return (("none", _PLAIN["none"]), *rows)
    return tuple((value, _VALUES.get((key, value), _PLAIN.get(value, value))) for value in _of(key))


def _of(key: str) -> tuple[str, ...]:
    """The values that a preference's type allows; empty when they are typed."""
    hint = _HINTS[key]
    if get_origin(hint) is Literal:
        return get_args(hint)
    if hint is bool:
        return ("true", "false")
    if get_origin(hint) is types.UnionType and bool in get_args(hint):
        return ("none", "true", "false")
    return ()


_HINTS: Final = get_type_hints(Preferences)
