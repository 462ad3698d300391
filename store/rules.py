"""What the App may do to a record: sync-rules 1 and 7, and why not.

Owns the refusals, in words that say what to do instead. It must not change anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from qbxml.entity import Entity, Family, Undo
from store import bill_payments, covered
from store.changes import State
from store.errors import Refused
from store.syncing import change, link
from store.tenants import load

# Where the App has an act of its own for a type; everything else is refused with the cure.
APPROVED = frozenset({"bills", "vendor-credits"})

_ON_ITS_WAY = (
    "This {} is on its way to QuickBooks, and the answer is still out."
    " Wait for the next session to end; if a problem of it stands, choose Retry there first."
)
_INSTEAD_OF_VOID = {
    "bills": "Delete the bill instead.",
    "vendor-credits": "Delete it in QuickBooks.",
    "invoices": "Void the invoice in QuickBooks; the change comes over.",
}


def acts_of(entity: Entity) -> frozenset[str]:
    """What the App can do to records of a type at all; whether to this record, `may_*` says."""
    pushed = bool(entity.push.new or entity.push.edited)
    possible = {
        "create": entity.push.new,
        "change": pushed,
        "delete": pushed and entity.family is Family.TXN,
        "approve": entity.resource in APPROVED,
        "void": entity.undo is not Undo.NEVER,
    }
    return frozenset(act for act, can in possible.items() if can)


def company_open(conn: Connection, company_id: str) -> None:
    """NotFound when there is no such company, Refused when it has left.

    Holds the company until the commit: a session must not send or merge half of what follows.
    """
    if load(conn, company_id, to_change=True).state == "removed":
        raise Refused("This company has left; its records can no longer be changed.")


def may_create(entity: Entity) -> None:
    """Refused for what only QuickBooks makes."""
    if not entity.push.new:
        raise Refused(
            f"{_many(entity)} are made in QuickBooks. Enter the {entity.singular} there;"
            " it comes over with the next session."
        )


def may_change(conn: Connection, entity: Entity, row: Any) -> None:
    """Refused for what only QuickBooks may change, and for what is deleted."""
    if row.deleted_at is not None:
        raise Refused(f"This {entity.singular} is deleted; nothing of it can be changed.")
    if not (entity.push.new or entity.push.edited):
        raise Refused(
            f"{_many(entity)} are kept in QuickBooks. Change the {entity.singular} there."
        )
    if entity.locked_once_synced:
        _not_locked(conn, entity, row)


def may_delete(conn: Connection, entity: Entity, row: Any) -> None:
    """Refused for lists, which are made inactive, and for what only QuickBooks may delete."""
    may_change(conn, entity, row)
    if entity.family is Family.LIST:
        raise Refused(
            f"{_many(entity)} are not deleted, because documents refer to them."
            f" Make the {entity.singular} inactive instead."
        )
    if bill_payments.applied_to(conn, row.company_id, entity.resource, [row.id]):
        raise Refused(
            f"A payment names this {entity.singular}, so it stays. Void the payment first."
        )
    if not entity.push.deleted and _linked(conn, row):
        raise Refused(
            f"This {entity.singular} is in QuickBooks, which cannot be told to delete it."
            " Delete it there; here it can only be changed."
        )
    if not entity.push.deleted and _in_doubt(conn, row):
        raise Refused(_ON_ITS_WAY.format(entity.singular))


def may_approve(entity: Entity, row: Any) -> None:
    """Refused for what has no approval."""
    if entity.resource not in APPROVED:
        raise Refused(f"{_many(entity)} need no approval.")
    if row.deleted_at is not None:
        raise Refused(f"This {entity.singular} is deleted; it cannot be approved.")


def may_void(conn: Connection, entity: Entity, row: Any) -> None:
    """Refused for all but payments and transfers: documents are deleted, lists made inactive."""
    if entity.undo is not Undo.NEVER:
        if row.deleted_at is not None:
            raise Refused(f"This {entity.singular} is deleted; it cannot be voided.")
        if entity.thin_replies and _linked_to_itself(conn, row):
            raise Refused(
                f"Credits covered all of this {entity.singular}, so QuickBooks applied them and"
                " keeps no payment that could be voided. Free the credits in QuickBooks: delete"
                " the vendor credit there and enter it anew."
            )
        soon = (State.SENT, State.PENDING)  # else a person is asked to look, and may then void it
        if any(covered.in_doubt(one) and one.state in soon for one in _open(conn, row)):
            raise Refused(_ON_ITS_WAY.format(entity.singular))
        return
    instead = _INSTEAD_OF_VOID.get(entity.resource, "Make it inactive instead.")
    raise Refused(f"{_many(entity)} cannot be voided in CashFlow. {instead}")


def _not_locked(conn: Connection, entity: Entity, row: Any) -> None:
    if getattr(row, "voided_at", None) is not None:
        raise Refused(f"This {entity.singular} is void; enter a new one instead.")
    there = (
        f"Change the {entity.singular} in QuickBooks; what you do there comes over."
        if entity.pull.edited
        else "Void it and enter a new one."
    )
    if row.origin == "quickbooks":
        raise Refused(f"This {entity.singular} was made in QuickBooks. {there}")
    if _linked(conn, row):
        raise Refused(f"This {entity.singular} is in QuickBooks now and is locked here. {there}")
    if _in_doubt(conn, row):
        raise Refused(_ON_ITS_WAY.format(entity.singular))


def _linked(conn: Connection, row: Any) -> bool:
    linked = conn.execute(
        select(link.c.id).where(link.c.company_id == row.company_id, link.c.record_id == row.id)
    ).first()
    return linked is not None


def _linked_to_itself(conn: Connection, row: Any) -> bool:
    found = conn.execute(
        select(link.c.quickbooks_id).where(
            link.c.company_id == row.company_id, link.c.record_id == row.id
        )
    ).scalar()
    return bool(found == row.id)


def _in_doubt(conn: Connection, row: Any) -> bool:
    """Whether it left, and nobody knows yet what became of it: QuickBooks may have it as it was."""
    return any(one.state == State.SENT or one.values for one in _open(conn, row))


def _open(conn: Connection, row: Any) -> Sequence[Any]:
    return conn.execute(
        select(change).where(
            change.c.company_id == row.company_id,
            change.c.record_id == row.id,
            change.c.finished_at.is_(None),
        )
    ).all()


def _many(entity: Entity) -> str:
    return entity.resource.replace("-", " ").capitalize()
