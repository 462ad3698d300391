"""Vendor credits that stay applied in QuickBooks after their payment was voided there.

Owns the problem that says so, and its end: QuickBooks is asked in each session whether the credits
are free again. It must not build the question; `webconnector/reading.py` asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from qbxml.entity import Entity
from qbxml.parse import Record
from store import bill_payments, problems
from store.changes import Action
from store.context import Sync
from store.ledger import bill_payment_credit as lines
from store.syncing import link, problem
from store.unwritten import show

_KIND = "credits_applied"
_NOTHING = Decimal(0)


def voided(sync: Sync, entity: Entity, row: Any) -> list[str]:
    """A payment was voided: QuickBooks' ids of its credits, which may be applied still."""
    if row.action != Action.VOID or not (row.values or {}).get("credits"):
        return []
    shown = show(sync, entity, row.record_id)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"{_KIND}:{row.record_id}",
            kind=_KIND,
            title=f"Credits of the voided {shown} are still applied",
            text=(
                f"{shown} is void in QuickBooks, but the vendor credits it applied still reduce "
                "its bills there."
            ),
            advice=(
                "In QuickBooks, open the vendor credit and delete it, or delete the voided payment "
                "and enter the credit anew. This ends by itself when the credits are free."
            ),
            resource=entity.resource,
            record_id=row.record_id,
        ),
    )
    return [line["vendor_credit"]["id"] for line in row.values["credits"]]


def open_ones(sync: Sync) -> list[str]:
    """QuickBooks' ids of the credits in question."""
    return list(dict.fromkeys(row.credit for rows in _standing(sync).values() for row in rows))


def _standing(sync: Sync) -> dict[str, list[Any]]:
    """The credits of each payment that such a problem is about."""
    causes = [c for c in problems.open_causes(sync) if c.startswith(f"{_KIND}:")]
    if not causes:
        return {}
    credit, owed = link.alias("credit"), link.alias("owed")
    rows = sync.conn.execute(
        select(
            lines.c.owner_id,
            lines.c.bill_id,
            lines.c.vendor_credit_id,
            credit.c.quickbooks_id.label("credit"),
            owed.c.quickbooks_id.label("bill"),
        )
        .join(
            problem,
            and_(
                problem.c.company_id == lines.c.company_id,
                problem.c.record_id == lines.c.owner_id,
                problem.c.kind == _KIND,
                problem.c.resolved_at.is_(None),
            ),
        )
        .join(credit, _same(credit, lines.c.vendor_credit_id))
        .join(owed, _same(owed, lines.c.bill_id))
        .where(lines.c.company_id == sync.company_id)
    )
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(row)
    return found


def _same(alias: Any, reference: Any) -> Any:
    return and_(alias.c.company_id == lines.c.company_id, alias.c.record_id == reference)


def judge(sync: Sync, records: Sequence[Record]) -> None:
    """These credits were read with what they are applied to: free ones end their problem."""
    by_id = {record.quickbooks_id: record for record in records}
    for payment_id, rows in _standing(sync).items():
        if all(row.credit in by_id for row in rows) and not any(
            _applied(sync, by_id[row.credit], row) for row in rows
        ):
            problems.resolve_cause(sync, f"{_KIND}:{payment_id}")


def _applied(sync: Sync, record: Record, row: Any) -> bool:
    """Whether more of the credit is on the bill than living payments put there."""
    there = sum(
        (abs(Decimal(one["amount"] or 0)) for one in record.linked if one["id"] == row.bill),
        _NOTHING,
    )
    return there > bill_payments.credit_on_bill(
        sync.conn, sync.company_id, row.vendor_credit_id, row.bill_id
    )
