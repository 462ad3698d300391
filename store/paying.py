"""Payments meet documents: what a payment may still apply to, what it did, what is paid already.

Owns sync-rules 5 on bills paid outside and on invoice payments: the open balance read in the same
session, what fits is applied, the rest stays as credit and the user is told. It must not build
requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, and_, select

from qbxml.entities import ENTITIES
from qbxml.entity import Entity, Lines
from store import default_accounts, problems
from store.changes import chunks
from store.context import Sync
from store.errors import Refused
from store.ledger import LINE_TABLES, TABLES, column_name
from store.rows import Values, shown_name


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
    return {**values, "deposit_to": default_accounts.in_quickbooks(sync, account)}


def payments_of(
    conn: Connection, company_id: str, resource: str, record_ids: Sequence[str]
) -> dict[str, list[str]]:
    """What the App pays of these documents: their ids -> our payments, for people."""
    found: dict[str, list[str]] = {}
    for entity in ENTITIES:
        part = applications_of(entity)
        for field in part.fields if part is not None else ():
            if part is None or not field.by_id or resource not in field.to:
                continue
            lines, payment = LINE_TABLES[entity.resource, part.name], TABLES[entity.resource]
            document = lines.c[column_name(field)]
            same = (payment.c.company_id == lines.c.company_id, payment.c.id == lines.c.owner_id)
            query = (
                select(document.label("document"), payment)
                .join(payment, and_(*same))
                .where(
                    lines.c.company_id == company_id,
                    payment.c.deleted_at.is_(None),
                    payment.c.voided_at.is_(None),
                )
                .order_by(payment.c[str(entity.dated)], payment.c.id)
            )
            for ids in chunks(record_ids):
                for row in conn.execute(query.where(document.in_(ids))):
                    shown = f"{entity.singular} {shown_name(row)} of {row.amount}"
                    found.setdefault(row.document, []).append(shown)
    return found


def refuse_paid(bills: Iterable[Any]) -> None:
    """Refused when one of these rows is a bill paid already, with who paid it (sync-rules 5)."""
    for row in bills:
        if not row.is_paid:
            continue
        outside = f", {row.paid_outside} of it outside CashFlow" if row.paid_outside else ""
        raise Refused(
            f"Bill {shown_name(row)} is paid in QuickBooks{outside}. A second payment would be "
            "too much. If it is not paid, void or delete that payment in QuickBooks and sync."
        )


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
