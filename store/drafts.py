"""A record as it would be after a body: completed, added up, and checked as a whole.

Owns defaults, amounts and the checks that need more than one field. It must not write anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from qbxml.entity import Entity, Field
from store import bill_payments, paying
from store.account_types import account_types
from store.bodies import Given, GivenLine
from store.known import Known
from store.ledger import TABLES, column_name
from store.naming import levels_below, name_problem, name_taken, parent_problem
from store.shapes import DEFAULTS, LineShape, Shape
from store.totals import PRICES, TOTALS, complete_line, total, total_max
from store.types import new_key

Row = dict[str, Any]

# Kinds of lines whose account may be left out when the company has a default for it.
_DEFAULT_ACCOUNTS = {
    ("bills", "expense_lines"): "default_expense_account",
    ("vendor-credits", "expense_lines"): "default_expense_account",
}


transfer_memo_characters_max = 4095 - len(" [KCF R]") - 36
"""QuickBooks' 4095 less the room for the token that our memo carries there."""


@dataclass
class Draft:
    """The record and its lines as they would be; `before`: as they are (None: new)."""

    conn: Connection
    company_id: str
    shape: Shape
    given: Given
    before: Row | None
    lines_before: dict[str, list[Row]]
    row: Row = field(default_factory=dict)
    lines: dict[str, list[Row]] = field(default_factory=dict)
    known: Known | None = None
    """What was asked already; many drafts of one act share it."""

    @property
    def entity(self) -> Entity:
        """What kind of record it is."""
        return self.shape.entity

    @cached_property
    def asked(self) -> Known:
        """What the checks ask the database."""
        return self.known or Known(self.conn, self.company_id)

    def complete(self) -> None:
        """Fill `row` and `lines`; Invalid with everything that is wrong."""
        self._header()
        for line in self.shape.outer_lines:
            self._lines(line)
            for inner in line.inner:
                self._inner_lines(line, inner)
        self._total()
        # What follows asks the database, and needs names and references that could be read.
        for check in (*_CHECKS, *_OWN_CHECKS.get(self.entity.resource, ())):
            check(self)
        self.given.check()
        if "full_name" in TABLES[self.entity.resource].c and self.names_moved:
            above = self.row["parent_id"]
            path = f"{self.asked.row(self.entity.resource, above).full_name}:" if above else ""
            self.row["full_name"] = f"{path}{self.row['name']}"

    @property
    def names_moved(self) -> bool:
        """Whether it is new, renamed, or below another parent."""
        if self.before is None:
            return True
        moving = ("name", "parent_id")
        return any(self.before.get(name) != self.row.get(name) for name in moving)

    @property
    def changed(self) -> bool:
        """Whether it differs from what is there."""
        return self.before is None or self.row != self.before or self.lines != self.lines_before

    def _header(self) -> None:
        if self.before is not None:
            self.row = {**self.before, **self.given.columns}
            return
        fresh = DEFAULTS.get(self.entity.resource, {})
        self.row = {
            column_name(part): fresh.get(part.name, part.empty) for part in self.shape.shown
        }
        self.row |= self.given.columns | {"id": new_key()}
        _require(self.given, self.shape.taken, self.given.columns, "")

    def _lines(self, shape: LineShape) -> None:
        name = shape.part.name
        before = {line["id"]: line for line in self.lines_before.get(name, ())}
        if name not in self.given.lines:
            self.lines[name] = self.lines_before.get(name, [])
            return
        self.lines[name] = [
            self._line(shape, line, before.get(line.id or ""), position)
            for position, line in enumerate(self.given.lines[name])
        ]

    def _inner_lines(self, outer: LineShape, shape: LineShape) -> None:
        """Lines within lines are kept beside them, each with the field that tells in which."""
        name, within = shape.part.name, outer.part.name
        by = next(column_name(part) for part in shape.part.fields if part.name == shape.part.by)
        before = self.lines_before.get(name, [])
        if within not in self.given.lines:
            self.lines[name] = before
            return
        known = {line["id"]: line for line in before}
        was = {line["id"]: line[by] for line in self.lines_before.get(within, ())}
        found: list[Row] = []
        for given, row in zip(self.given.lines[within], self.lines[within], strict=True):
            if name in given.inner:
                made = [
                    self._line(shape, one, known.get(one.id or ""), 0) for one in given.inner[name]
                ]
            else:
                made = [one for one in before if given.id and one[by] == was[given.id]]
            found += [one | {by: row.get(by)} for one in made]
        self.lines[name] = [line | {"position": at} for at, line in enumerate(found)]

    def _line(self, shape: LineShape, given: GivenLine, before: Row | None, position: int) -> Row:
        kind = (self.entity.resource, shape.part.name)
        if before is None:
            self._default_account(kind, given)
            _require(self.given, shape.taken, given.columns, given.pointer)
        if kind in PRICES and (wrong := complete_line(PRICES[kind], given.columns, before)):
            self.given.refuse(f"{given.pointer}/amount", wrong)
        empty: Row = {column_name(part): part.empty for part in shape.part.fields}
        empty |= {column_name(part): part.empty for part in shape.shown}
        line = {**(before or {**empty, "quickbooks_line_id": None}), **given.columns}
        for part in shape.taken.values():
            if part.beside:
                self._beside(part, line, given, before)
        return line | {"id": given.id or new_key(), "position": position}

    def _default_account(self, kind: tuple[str, str], given: GivenLine) -> None:
        if kind in _DEFAULT_ACCOUNTS and "account_id" not in given.columns:
            default = getattr(self.asked.preferences, _DEFAULT_ACCOUNTS[kind])
            if default is not None:
                given.columns["account_id"] = default

    def _beside(self, part: Field, line: Row, given: GivenLine, before: Row | None) -> None:
        """A billable status belongs to a customer, and what was billed stays billed."""
        pointer, name = f"{given.pointer}/{part.name}", part.name
        was = before[name] if before else None
        if was in part.read_words:
            if line[name] != was:
                self.given.refuse(pointer, "QuickBooks has billed this line already.")
            return
        if line[f"{part.beside}_id"] is not None:
            line[name] = line[name] or part.neutral
        elif given.columns.get(name) in {None, part.neutral}:
            line[name] = None
        else:
            self.given.refuse(pointer, f"Give the {part.beside} it is billed to as well.")

    def _total(self) -> None:
        adding = TOTALS.get(self.entity.resource)
        if adding is None or self.given.wrong:
            return
        if self.before is not None and not set(adding.lines) & set(self.given.lines):
            return  # the lines are as they were, and so is QuickBooks' own total
        lines = [line for name in adding.lines for line in self.lines[name]]
        if not lines:
            self.given.refuse(f"/{adding.lines[0]}", "Give at least one line.")
            return
        value = total(lines)
        self.row[adding.column] = value
        if value < 0:
            text = "The lines add up to less than zero, which QuickBooks refuses."
            self.given.refuse(f"/{adding.lines[0]}", text)
        elif value > total_max:
            text = "The lines add up to more than QuickBooks can hold."
            self.given.refuse(f"/{adding.lines[0]}", text)


def _require(given: Given, fields: dict[str, Field], columns: Row, pointer: str) -> None:
    wrong = {error.pointer for error in given.wrong}
    if {pointer, f"{pointer}/id"} & wrong:
        return  # nothing of it could be read, so nothing can be said to be missing
    for name, part in fields.items():
        place = f"{pointer}/{name}"
        if part.required and column_name(part) not in columns and place not in wrong:
            given.refuse(place, "This is missing.")


# --- checks of the whole, each on its own


def _name(draft: Draft) -> None:
    row, entity = draft.row, draft.entity
    if draft.names_moved and row.get("name") and not draft.given.wrong:
        wrong: str | None
        if draft.asked.names is not None:  # those of all drafts of this act, asked for at once
            taken = (row["name"], row.get("parent_id")) in draft.asked.names
            wrong = name_taken(entity, row.get("parent_id")) if taken else None
        else:
            table = TABLES[entity.resource]
            wrong = name_problem(draft.conn, table, entity, draft.company_id, row)
        if wrong:
            draft.given.refuse("/name", wrong)


def _parent(draft: Draft) -> None:
    row = draft.row
    moved = draft.before is None or draft.before.get("parent_id") != row.get("parent_id")
    if row.get("parent_id") is None or not moved:
        return
    if draft.entity.child is False:
        text = "With a parent it would be a job. Jobs are made in QuickBooks and come over."
        draft.given.refuse("/parent", text)
        return
    table = TABLES[draft.entity.resource]
    above = draft.asked.above(draft.entity.resource, row["parent_id"])
    below = 0
    if draft.before is not None:
        below = levels_below(draft.conn, table, draft.company_id, row["id"])
    if wrong := parent_problem(row["id"], above, below):
        draft.given.refuse("/parent", wrong)


def _parent_type(draft: Draft) -> None:
    """A sub-account is of its parent's type."""
    if draft.row["parent_id"] is None:
        return
    above = draft.asked.row("accounts", draft.row["parent_id"]).type
    if draft.row.get("type") and above != draft.row["type"]:
        text = f"A sub-account is of its parent's type; the parent is of type {above}."
        draft.given.refuse("/type", text)


def _fixed_types(draft: Draft) -> None:
    given = draft.given
    _typed(draft, draft.entity.fields, given.columns, "")
    for lines in draft.entity.lines:
        for line in given.lines.get(lines.name, ()):
            _typed(draft, lines.fields, line.columns, line.pointer)


def _typed(draft: Draft, fields: Iterable[Field], columns: Row, pointer: str) -> None:
    for part in fields:
        wanted = account_types(draft.entity, part.name, draft.row)
        if not wanted or columns.get(column_name(part)) is None:
            continue
        found = draft.asked.row("accounts", columns[column_name(part)]).type
        if found not in wanted:
            text = f"This account is of type {found}; pick one of type {' or '.join(wanted)}."
            draft.given.refuse(f"{pointer}/{part.name}", text)


def _two_accounts(draft: Draft) -> None:
    """A transfer moves money from one account to another one."""
    row = draft.row
    if draft.given.wrong:
        return
    if row["from_account_id"] == row["to_account_id"]:
        draft.given.refuse("/to_account", "Give another account than the one it comes from.")
    if row["amount"] <= 0:
        draft.given.refuse("/amount", "Give an amount above zero.")
    if len(row["memo"] or "") > transfer_memo_characters_max:
        text = f"It is too long; a transfer's memo holds {transfer_memo_characters_max} characters."
        draft.given.refuse("/memo", text)


def _not_undeposited(draft: Draft) -> None:
    """Money that waits among Undeposited Funds is deposited in QuickBooks, not by a transfer."""
    chosen, row = draft.asked.preferences, draft.row
    if draft.given.wrong or chosen.deposit_to is None:
        return
    if draft.asked.row("accounts", chosen.deposit_to).type == _BANK:
        return
    for name in ("from_account", "to_account"):
        if row[f"{name}_id"] in {chosen.deposit_to, chosen.money_in_clearing}:
            text = (
                "Invoice payments go to Undeposited Funds (preference deposit_to), and their "
                "deposit is made in QuickBooks. Make no transfer of them, or set deposit_to to "
                "none."
            )
            draft.given.refuse(f"/{name}", text)


def _applications(draft: Draft) -> None:
    """A payment is above zero, and applies no more of it than there is, to its own customer's."""
    if draft.given.wrong:
        return
    lines, row = draft.lines["applications"], draft.row
    if row["amount"] <= 0:
        draft.given.refuse("/amount", "Give an amount above zero.")
    if sum(line["amount"] for line in lines) > row["amount"]:
        draft.given.refuse("/applications", "These add up to more than the payment.")
    ids = [line["invoice_id"] for line in lines]
    owners = {key: found.customer_id for key, found in draft.asked.rows("invoices", ids).items()}
    for position, line in enumerate(lines):
        pointer = f"/applications/{position}"
        if line["amount"] <= 0:
            draft.given.refuse(f"{pointer}/amount", "Give an amount above zero.")
        if line["invoice_id"] in ids[:position]:
            draft.given.refuse(f"{pointer}/invoice", "This invoice stands here twice.")
        elif owners.get(line["invoice_id"]) != row["customer_id"]:
            draft.given.refuse(
                f"{pointer}/invoice", "This invoice is another customer's or another job's."
            )


def _not_paid_already(draft: Draft) -> None:
    """A bill that QuickBooks holds as paid takes no second payment."""
    for part in draft.entity.lines:
        for document in part.fields:
            if document.by_id and "bills" in document.to and part.name in draft.given.lines:
                ids = [line[column_name(document)] for line in draft.lines[part.name]]
                known = [key for key in ids if key is not None]
                paying.refuse_paid(draft.asked.rows("bills", known).values())


def _bill_payment(draft: Draft) -> None:
    if not draft.given.wrong:
        known = draft.asked
        asked = bill_payments.Wanted(
            draft.row, draft.lines, known.preferences, known.rows, known.promised
        )
        for pointer, text in bill_payments.wrong(asked):
            draft.given.refuse(pointer, text)


def _paid_already(draft: Draft) -> None:
    """What payments apply to keeps its vendor, its payable account and enough of its amount."""
    if draft.before is not None and not draft.given.wrong:
        found = bill_payments.protected(
            draft.conn, draft.company_id, draft.entity.resource, draft.before, draft.row
        )
        for pointer, text in found:
            draft.given.refuse(pointer, text)


_BANK = "Bank"

_CHECKS: tuple[Callable[[Draft], None], ...] = (
    _name,
    _parent,
    _fixed_types,
    _paid_already,
    _not_paid_already,
)
# What one type alone must be.
_OWN_CHECKS: dict[str, tuple[Callable[[Draft], None], ...]] = {
    "accounts": (_parent_type,),
    "funds-transfers": (_two_accounts, _not_undeposited),
    "invoice-payments": (_applications,),
    "bill-payments": (_bill_payment,),
}
