"""Undoing what QuickBooks has: a deletion, a void, or the same the other way round.

Owns which request undoes a record, by what the entity table says. It must not decide whether it
may be undone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from qbxml import build
from qbxml.entity import Entity, Undo
from qbxml.parse import Record
from store import tokens
from store.changes import Action
from store.context import Sync
from store.rows import Values
from store.scheduling import local_day

VOIDED_MEMO = "VOID:"
# A transfer the other way round: which field takes which field's value.
_SWAPPED = {"from_account": "to_account", "to_account": "from_account"}

_UNDO: dict[Undo, Callable[[Entity, str, str], str]] = {
    Undo.VOID: build.void,
    Undo.DELETE: build.delete,
}


def day_of(sync: Sync, row: Any) -> date:
    """The day on which the record was voided, where the company is."""
    return local_day(sync.time_zone, row.voided_at)


def reverses(entity: Entity, action: str) -> bool:
    """Whether this act enters a second document that takes the first one back."""
    return action == Action.VOID and entity.undo is Undo.REVERSE


def is_void(record: Record) -> bool:
    """Whether QuickBooks says that this document is void: no amount, and a memo that says so."""
    memo = str(record.values.get("memo") or "")
    return memo.startswith(VOIDED_MEMO) and not Decimal(record.values.get("amount") or 0)


def request(
    sync: Sync, entity: Entity, action: str, row: Any, values: Values, quickbooks_id: str, name: str
) -> str:
    """The request that takes the record back; `name` is its requestID."""
    if action == Action.DELETE:
        return build.delete(entity, quickbooks_id, name)
    if not reverses(entity, action):
        return _UNDO[entity.undo](entity.sent_as(values), quickbooks_id, name)
    swapped = {field: values[_SWAPPED.get(field, field)] for field in values}
    swapped[str(entity.dated)] = day_of(sync, row).isoformat()
    swapped["memo"] = tokens.put(tokens.take_out(values["memo"]), row.id, reversal=True)
    return build.add(entity, swapped, name)
