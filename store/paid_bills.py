"""Bills that payments apply to, when QuickBooks edits their amount or deletes them.

Owns sync-rules 4 on them: such an edit is a problem and never applied, such a deletion a problem.
It must not know how records are read or written.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from qbxml.entity import Entity, Lines, Part
from qbxml.parse import Record
from store import bill_payments, problems
from store.context import Sync
from store.rows import shown_name
from store.unwritten import show

_EDITED = "paid_bill_edited"


def named(sync: Sync, entity: Entity, record_ids: Sequence[str]) -> set[str]:
    """Those of these records that scheduled or made payments apply to."""
    return set(bill_payments.applied_to(sync.conn, sync.company_id, entity.resource, record_ids))


def kept(
    sync: Sync, record: Record, row: Any, taken: Sequence[Part] | None
) -> Sequence[Part] | None:
    """What is taken of QuickBooks' values: never another amount, nor the lines that make it."""
    told, cause = record.values.get("amount"), f"{_EDITED}:{row.id}"
    lines = any(isinstance(part, Lines) for part in taken or ())
    if not lines or told is None or Decimal(told) == row.amount:
        problems.resolve_cause(sync, cause)
        return taken
    problems.open_problem(
        sync,
        problems.Problem(
            cause=cause,
            kind=_EDITED,
            title=f"The amount of bill {shown_name(row)} was changed in QuickBooks",
            text=(
                f"QuickBooks has {told} for it, CashFlow {row.amount:.2f}, and a payment applies "
                "to it. The amount and the lines were not taken over."
            ),
            advice=(
                "Set the amount back in QuickBooks, or void the payment in CashFlow, let the next "
                "sync take the new amount and enter the payment anew."
            ),
            resource=record.entity.resource,
            record_id=row.id,
        ),
    )
    # The lines stay in the base as they were: so the difference is seen until it is settled.
    for part in record.entity.lines:
        record.values.pop(part.name, None)
    record.values["amount"] = f"{row.amount:.2f}"
    return [part for part in taken or () if not isinstance(part, Lines)]


def deleted(sync: Sync, entity: Entity, record_id: str) -> None:
    """QuickBooks deleted it, and a payment applies to it: the App keeps both, and tells."""
    shown = show(sync, entity, record_id)
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"paid-deleted:{record_id}",
            kind="paid_deleted",
            title=f"{shown} was deleted in QuickBooks",
            text=f"{shown} was deleted in QuickBooks, and a payment in CashFlow names it.",
            advice=(
                f"Void the payment and delete the {entity.singular} in CashFlow too, or enter it "
                "anew in CashFlow and pay that one."
            ),
            resource=entity.resource,
            record_id=record_id,
        ),
    )
