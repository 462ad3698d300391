"""Payments that credits cover alone: QuickBooks applies the credits and keeps no payment.

Owns sync-rules 5 on them: the reply names no payment, so it counts only after a read shows that
bill and credits changed; and such a payment is linked to itself. It must not read or send anything.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import update

from qbxml.entity import Entity
from qbxml.parse import Reply
from store import changes, paying_bills
from store.changes import Action
from store.context import Sync
from store.rows import Values
from store.syncing import change
from store.unwritten import show, tell_unknown

_BEFORE = "open_before"
_SAID_YES = "said_yes"
SEEN = "none"
"""In place of a time of modification: there is no record that could be read."""


def alone(values: Values) -> bool:
    """Whether credits cover all of these values of a payment, so that no money moves."""
    lines = values.get("applications") or ()
    moved = any(Decimal(line.get(n) or 0) for line in lines for n in ("amount", "discount"))
    return bool(values.get("credits")) and not moved


def noted(sync: Sync, record_id: str, values: Values) -> Values:
    """The values to be kept when it leaves: with what is open before."""
    if not alone(values):
        return values
    facts = paying_bills.facts(sync, [record_id])[record_id]
    return values | {_BEFORE: {str(one.quickbooks_id): f"{one.open:.2f}" for one in facts.applied}}


def thin(entity: Entity, row: Any, reply: Reply) -> bool:
    """Whether the reply to this Add does not say which record it made."""
    named = any(record.quickbooks_id for record in reply.records)
    recovered = reply.recovered is not None and reply.recovered.quickbooks_id
    return entity.thin_replies and row.action == Action.ADD and not (named or recovered)


def to_be_seen(sync: Sync, row: Any) -> None:
    """QuickBooks said yes; before that counts, its records are read in this session."""
    if changes.reopen(sync.conn, sync.company_id, row, sync.now, unknown=True, looked_up_in=None):
        sync.conn.execute(
            update(change)
            .where(change.c.company_id == sync.company_id, change.c.id == row.id)
            .values(values=row.values | {_SAID_YES: True})
        )


def in_doubt(row: Any) -> bool:
    """Whether this change left once, and only bills and credits can tell what became of it."""
    return bool(row.action == Action.ADD and _by_credits(row.values))


def _by_credits(sent: Values | None) -> bool:
    return bool(sent and (alone(sent) or sent.get(_SAID_YES)))


def tell_taken_back(sync: Sync, entity: Entity, row: Any) -> None:
    """Voided while nobody knew whether its credits had been applied: a person looks."""
    if not _by_credits(row.values):
        return
    shown = show(sync, entity, row.record_id)
    tell_unknown(
        sync,
        entity,
        row.record_id,
        title=f"Unknown whether QuickBooks applied the credits of {shown}",
        text=(
            f"CashFlow voided {shown} before it was known whether QuickBooks had applied its "
            "credits, and QuickBooks keeps no payment that could be looked for."
        ),
        advice=(
            "Look at its bills in QuickBooks: where the credits are applied, delete the vendor "
            "credit there and enter it anew."
        ),
    )


def seen(sync: Sync, row: Any) -> bool | None:
    """What bills and credits, read since, say: applied, not applied, or neither for certain."""
    before = row.values.get(_BEFORE)
    if before is None:
        return None
    facts = paying_bills.facts(sync, [row.record_id])[row.record_id]
    fell = [
        (Decimal(before.get(str(one.quickbooks_id), "-1")) - one.open, one.wanted)
        for one in facts.applied
    ]
    if all(by == wanted for by, wanted in fell):
        return True
    if all(by == 0 for by, _ in fell) and not row.values.get(_SAID_YES):
        return False
    return None


def tell(sync: Sync, entity: Entity, row: Any) -> None:
    """Nobody knows whether the credits were applied: it is not sent again."""
    changes.fail(sync.conn, sync.company_id, row.id)
    shown = show(sync, entity, row.record_id)
    tell_unknown(
        sync,
        entity,
        row.record_id,
        title=f"Unknown whether QuickBooks has {shown}",
        text=(
            f"QuickBooks was told to apply {shown}, and what is open of its bills and credits "
            "does not show whether it did. To be on the safe side it is not sent again."
        ),
        advice=(
            "Look at the bills in QuickBooks: if all is applied there, choose Done by hand; if "
            "not, void the payment in CashFlow and enter a new one."
        ),
    )
