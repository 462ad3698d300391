"""Deletions in QuickBooks: what they mean for the App's records.

Owns sync-rules 4 and 8 on deletions. It must not know how they were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from qbxml.entities import BY_RESOURCE
from qbxml.parse import Deletion
from store import changes, paid_bills, paying
from store.changes import Action, State, chunks
from store.context import Sync
from store.feed import Happened
from store.ledger import TABLES
from store.problems import Problem, open_problem, resolve_records
from store.rows import names_of
from store.syncing import change, link


def linked(sync: Sync, deletions: Sequence[Deletion]) -> list[Any]:
    """The links of what was deleted, as far as deletions of its type come over."""
    by_noun: dict[str, set[str]] = {}
    for one in deletions:
        for entity in one.entities:
            by_noun.setdefault(entity.query_noun, set()).add(one.quickbooks_id)
    return [row for noun, found in by_noun.items() for row in linked_to(sync, noun, sorted(found))]


def linked_to(sync: Sync, noun: str, quickbooks_ids: Sequence[str]) -> list[Any]:
    """The links, not yet gone, to these ids of QuickBooks, as far as deletions come over."""
    rows = [
        row
        for ids in chunks(quickbooks_ids)
        for row in sync.conn.execute(
            select(link).where(
                link.c.company_id == sync.company_id,
                link.c.noun == noun,
                link.c.quickbooks_id.in_(ids),
                link.c.gone_at.is_(None),
            )
        )
    ]
    return [row for row in rows if _comes_over(sync, row.resource)]


def lost(sync: Sync, row: Any) -> None:
    """QuickBooks no longer has it, the App keeps it: nothing of it is sent any more."""
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.id == row.id)
        .values(gone_at=sync.now)
    )


def gone(sync: Sync, rows: Sequence[Any]) -> None:
    """Mark linked records as deleted; what the App edited meanwhile stays, as a problem."""
    if not rows:
        return
    ids = [row.record_id for row in rows]
    standing = changes.open_changes(sync.conn, sync.company_id, ids)
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id.in_(ids))
        .values(gone_at=sync.now)
    )
    paid = {
        key
        for resource in dict.fromkeys(row.resource for row in rows)
        for key in paid_bills.named(sync, BY_RESOURCE[resource], ids)
    }
    for row in rows:
        waiting = standing.get(row.record_id)
        if row.record_id in paid:
            paid_bills.deleted(sync, BY_RESOURCE[row.resource], row.record_id)
            continue
        if waiting is not None and waiting.action not in (Action.DELETE, Action.VOID):
            edited_here(sync, row.resource, row.record_id)
            continue
        table = TABLES[row.resource]
        marked = sync.conn.execute(
            update(table)
            .where(
                table.c.company_id == sync.company_id,
                table.c.id == row.record_id,
                table.c.deleted_at.is_(None),
            )
            .values(deleted_at=sync.now, updated_at=sync.now, version=table.c.version + 1)
        )
        sync.conn.execute(
            update(link)
            .where(link.c.company_id == sync.company_id, link.c.record_id == row.record_id)
            .values(synced_version=link.c.synced_version + marked.rowcount, synced_at=sync.now)
        )
        sync.tally.changes_in += marked.rowcount
        if marked.rowcount:
            sync.note(Happened.RECORD_CHANGED, row.resource, row.record_id)
    quiet = [key for key in ids if key not in standing and key not in paid]
    changes.close_record(
        sync.conn,
        sync.company_id,
        [k for k in ids if k in standing and standing[k].action in (Action.DELETE, Action.VOID)],
        sync.now,
    )
    resolve_records(sync, quiet)
    # Bills that payments name are told of above, and stay.
    _tell_of_payments(sync, [row for row in rows if row.record_id not in paid])


def _tell_of_payments(sync: Sync, rows: Sequence[Any]) -> None:
    """A document that the App pays was deleted: its payment pays nothing any more."""
    by_resource: dict[str, list[str]] = {}
    for row in rows:
        by_resource.setdefault(row.resource, []).append(row.record_id)
    for resource, ids in by_resource.items():
        paid = paying.payments_of(sync.conn, sync.company_id, resource, ids)
        names = names_of(sync.conn, sync.company_id, [(resource, key) for key in paid])
        for record_id, payments in paid.items():
            shown = f"{BY_RESOURCE[resource].singular} {names.get(record_id, '?')}"
            open_problem(
                sync,
                Problem(
                    cause=f"paid-document-deleted:{record_id}",
                    kind="paid_document_deleted",
                    title=f"{shown} was deleted in QuickBooks, though CashFlow pays it",
                    text=(
                        f"{shown} is gone from QuickBooks, and CashFlow has paid or is to pay it: "
                        f"{', '.join(payments)}."
                    ),
                    advice=(
                        "If the deletion is right, void the payment in CashFlow; if not, enter "
                        "the document in QuickBooks again and apply the payment to it there. "
                        "Then choose Done by hand."
                    ),
                    resource=resource,
                    record_id=record_id,
                ),
            )


def _comes_over(sync: Sync, resource: str) -> bool:
    entity = BY_RESOURCE[resource]
    return sync.pulls(entity) and entity.pull.deleted


def edited_here(sync: Sync, resource: str, record_id: str) -> None:
    """The App's edit stands; it is never re-created in QuickBooks without a person's click."""
    entity = BY_RESOURCE[resource]
    name = names_of(sync.conn, sync.company_id, [(resource, record_id)])
    shown = f"{entity.singular} {name.get(record_id, '?')}"
    sync.conn.execute(
        update(change)
        .where(
            change.c.company_id == sync.company_id,
            change.c.record_id == record_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SENT,
        )
        .values(state=State.FAILED)
    )
    resolve_records(sync, [record_id])  # refusals before we knew why
    open_problem(
        sync,
        Problem(
            cause=f"edit-against-delete:{record_id}",
            kind="edit_against_delete",
            title=f"{shown} was deleted in QuickBooks",
            text=f"{shown} was edited in CashFlow after it had been deleted in QuickBooks.",
            advice=(
                "If it is not needed any more, delete it or make it inactive in CashFlow too; if "
                "it is, enter it anew."
            ),
            resource=resource,
            record_id=record_id,
        ),
    )
