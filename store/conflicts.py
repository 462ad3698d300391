"""Both sides changed: the three-way merge, field by field, and what lost.

Owns sync-rules 4. The merge itself is pure; nothing is overwritten without a row that keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update

from qbxml.entity import Entity, Field, Lines, Part, Undo
from store import problems
from store.arrival import equal
from store.context import Sync
from store.ledger import TABLES
from store.rows import Values
from store.syncing import conflict
from store.types import new_key

LINES = "lines"
"""The name under which all lines together with the amount are one field."""


@dataclass(slots=True)
class Conflict:
    """One field that both sides changed to different values."""

    field: str
    cashflow: Any
    quickbooks: Any
    winner: str


@dataclass(slots=True)
class Merged:
    """What both sides shall hold, which parts of the App's change, and what is left to send."""

    values: Values = field(default_factory=dict)
    taken: list[Part] = field(default_factory=list)
    """Parts that QuickBooks' value replaces in the App."""
    to_send: bool = False
    conflicts: list[Conflict] = field(default_factory=list)


def _fields(entity: Entity) -> list[tuple[str, tuple[Part, ...]]]:
    """What is merged as one: each header field alone, all lines together."""
    headers: list[tuple[str, tuple[Part, ...]]] = [
        (part.name, (part,)) for part in entity.shared_parts if isinstance(part, Field)
    ]
    lines: tuple[Part, ...] = tuple(p for p in entity.shared_parts if isinstance(p, Lines))
    return [*headers, (LINES, lines)] if lines else headers


def _empty(parts: tuple[Part, ...], values: Values) -> bool:
    return all(values.get(part.name) in (None, [], {}) for part in parts)


def merge(entity: Entity, base: Values | None, ours: Values, theirs: Values, master: str) -> Merged:
    """Merge the App's values with QuickBooks' over the values both had last.

    Args:
        entity: the record type.
        base: the values as last sent or received; None at the first link.
        ours: the App's values in plain form.
        theirs: QuickBooks' values; a withheld part may be absent.
        master: who wins where both changed, `quickbooks` or `cashflow`.
    """
    merged = Merged()
    for name, parts in _fields(entity):
        if equal(parts, ours, theirs):
            continue
        if base is None:
            ours_moved, theirs_moved = not _empty(parts, ours), not _empty(parts, theirs)
        else:
            ours_moved = not equal(parts, ours, base)
            theirs_moved = not equal(parts, theirs, base)
        take_theirs = theirs_moved and not ours_moved
        if ours_moved and theirs_moved:
            take_theirs = master == "quickbooks"
            merged.conflicts.append(
                Conflict(
                    name,
                    {p.name: ours.get(p.name) for p in parts},
                    {p.name: theirs.get(p.name) for p in parts},
                    master,
                )
            )
        if take_theirs:
            merged.taken.extend(parts)
            merged.values |= {p.name: theirs[p.name] for p in parts if p.name in theirs}
        else:
            merged.to_send = True
    return merged


def keep(sync: Sync, entity: Entity, record_id: str, found: list[Conflict]) -> None:
    """Keep the losing values beside the winning ones."""
    if not found:
        return
    sync.conn.execute(
        insert(conflict),
        [
            {
                "company_id": sync.company_id,
                "id": new_key(),
                "resource": entity.resource,
                "record_id": record_id,
                "field": one.field,
                "cashflow_value": one.cashflow,
                "quickbooks_value": one.quickbooks,
                "winner": one.winner,
                "at": sync.now,
                "session_id": sync.session_id,
            }
            for one in found
        ],
    )


def edit_stands(sync: Sync, entity: Entity, record_id: str) -> None:
    """Delete against edit: the edit stands, the deletion becomes a problem (sync-rules 4).

    The caller settles the change.
    """
    table = TABLES[entity.resource]
    back = {name: None for name in ("deleted_at", "voided_at") if name in table.c}
    sync.conn.execute(
        update(table)
        .where(table.c.company_id == sync.company_id, table.c.id == record_id)
        .values(**back)
    )
    act, past = ("void", "voided") if entity.undo is not Undo.NEVER else ("delete", "deleted")
    problems.open_problem(
        sync,
        problems.Problem(
            cause=f"delete-against-edit:{record_id}",
            kind=problems.DELETE_AGAINST_EDIT,
            title=f"Not {past}: the {entity.singular} was edited in QuickBooks",
            text=(
                f"CashFlow {past} this {entity.singular} while QuickBooks edited it, and the edit "
                "stands."
            ),
            advice=f"Look at the edit, and {act} it again in CashFlow if it is still not wanted.",
            resource=entity.resource,
            record_id=record_id,
        ),
    )
