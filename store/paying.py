"""Payments meet documents: what a payment may still apply to, and what it did.

Owns sync-rules 5 on invoice payments: the open balance read in the same session, what fits is
applied, the rest stays as credit and the user is told. It must not build requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from qbxml.entity import Entity, Lines
from store import problems
from store.context import Sync
from store.ledger import TABLES
from store.rows import Values
from store.syncing import link


def applications_of(entity: Entity) -> Lines | None:
    """The lines that apply a payment to documents, where the type has such."""
    return next((part for part in entity.lines if any(field.by_id for field in part.fields)), None)


def documents(entity: Entity, values: Values) -> dict[str, list[str]]:
    """QuickBooks' ids of the documents a payment applies to or applies, by resource."""
    found: dict[str, list[str]] = {}
    for part in entity.lines:
        for field in part.fields:
            for line in values.get(part.name) or () if field.by_id else ():
                if line.get(field.name):
                    found.setdefault(field.to[0], []).append(line[field.name]["id"])
    return {resource: list(dict.fromkeys(ids)) for resource, ids in found.items()}


def fit_invoices(sync: Sync, values: Values) -> Values:
    """Apply what the invoices still take, as QuickBooks said in this session; the rest is credit.

    Nothing fits: `IsAutoApply` false leaves the whole payment as the customer's credit.
    """
    lines = values["applications"]
    open_now = _balances(sync, [line["invoice"]["record_id"] for line in lines])
    fitting = []
    for line in lines:
        left = open_now.get(line["invoice"]["record_id"])
        wanted = Decimal(line["amount"])
        taken = wanted if left is None else min(wanted, left)
        if taken > 0:
            fitting.append({**line, "amount": f"{taken:.2f}"})
    return {**values, "applications": fitting, "auto_apply": None if fitting else False}


def _balances(sync: Sync, invoice_ids: Iterable[str]) -> dict[str, Decimal]:
    table = TABLES["invoices"]
    rows = sync.conn.execute(
        select(table.c.id, table.c.balance_remaining).where(
            table.c.company_id == sync.company_id, table.c.id.in_(list(invoice_ids))
        )
    )
    return {row.id: row.balance_remaining for row in rows if row.balance_remaining is not None}


def deposit_account(sync: Sync, values: Values) -> Values:
    """Where the money goes when the payment does not say: the company's preference."""
    chosen = sync.preferences
    account = chosen.deposit_to
    if account is None and chosen.payment_posting == "clearing":
        account = chosen.money_in_clearing
    if values["deposit_to"] is not None or account is None:
        return values
    known = sync.conn.execute(
        select(link.c.quickbooks_id).where(
            link.c.company_id == sync.company_id, link.c.record_id == account
        )
    ).scalar()
    return {**values, "deposit_to": {"id": known, "name": None} if known else None}


def tell_what_was_left(sync: Sync, entity: Entity, row: Any, shown: str) -> None:
    """The payment is in QuickBooks, but not all of it is applied: somebody should know."""
    part = applications_of(entity)
    table = TABLES[entity.resource]
    if part is None or not row.values or "unapplied" not in table.c:
        return
    paid = sync.conn.execute(
        select(table.c.unapplied).where(
            table.c.company_id == sync.company_id, table.c.id == row.record_id
        )
    ).scalar()
    if not paid:
        return
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"unapplied:{row.record_id}",
            kind="unapplied",
            title=f"Not all of {shown} is applied",
            text=f"QuickBooks keeps {paid} of it as the customer's credit.",
            advice=(
                "If a partial payment or credit memo was applied in QuickBooks before, apply the "
                "rest to another invoice there. Apply partial payments before credit memos."
            ),
            resource=entity.resource,
            record_id=row.record_id,
        ),
    )
