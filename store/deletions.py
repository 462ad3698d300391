"""Deletions in QuickBooks: what they mean for the App's records.

Owns sync-rules 4 and 8 on deletions. It must not know how they were asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from qbxml.entities import BY_RESOURCE
from qbxml.parse import Deletion
from store import changes
from store.changes import Action, State, chunks
from store.context import Sync
from store.ledger import TABLES
from store.problems import Problem, open_problem, resolve_records
from store.rows import names_of
from store.syncing import change, link


def apply(sync: Sync, deletions: Sequence[Deletion]) -> None:
    """Mark linked records as deleted; what the App edited meanwhile stays, as a problem."""
    by_noun: dict[str, set[str]] = {}
    for one in deletions:
        for entity in one.entities:
            by_noun.setdefault(entity.query_noun, set()).add(one.quickbooks_id)
    for noun, quickbooks_ids in by_noun.items():
        for ids in chunks(quickbooks_ids):
            rows = sync.conn.execute(
                select(link).where(
                    link.c.company_id == sync.company_id,
                    link.c.noun == noun,
                    link.c.quickbooks_id.in_(ids),
                    link.c.gone_at.is_(None),
                )
            ).all()
            _gone(sync, rows)


def _gone(sync: Sync, rows: Sequence[Any]) -> None:
    rows = [row for row in rows if _comes_over(sync, row.resource)]
    if not rows:
        return
    ids = [row.record_id for row in rows]
    standing = changes.open_changes(sync.conn, sync.company_id, ids)
    sync.conn.execute(
        update(link)
        .where(link.c.company_id == sync.company_id, link.c.record_id.in_(ids))
        .values(gone_at=sync.now)
    )
    for row in rows:
        waiting = standing.get(row.record_id)
        if waiting is not None and waiting.action not in (Action.DELETE, Action.VOID):
            _edited_here(sync, row)
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
    quiet = [key for key in ids if key not in standing]
    changes.close_record(
        sync.conn,
        sync.company_id,
        [k for k in ids if k in standing and standing[k].action in (Action.DELETE, Action.VOID)],
        sync.now,
    )
    resolve_records(sync, quiet)


def _comes_over(sync: Sync, resource: str) -> bool:
    entity = BY_RESOURCE[resource]
    return sync.pulls(entity) and entity.pull.deleted


def _edited_here(sync: Sync, row: Any) -> None:
    """The App's edit stands; it is never re-created in QuickBooks without a person's click."""
    entity = BY_RESOURCE[row.resource]
    name = names_of(sync.conn, sync.company_id, [(row.resource, row.record_id)])
    shown = f"{entity.singular} {name.get(row.record_id, '?')}"
    sync.conn.execute(
        update(change)
        .where(
            change.c.company_id == sync.company_id,
            change.c.record_id == row.record_id,
            change.c.finished_at.is_(None),
            change.c.state != State.SENT,
        )
        .values(state=State.FAILED)
    )
    open_problem(
        sync,
        Problem(
            cause=f"edit-against-delete:{row.record_id}",
            kind="edit_against_delete",
            title=f"{shown} was deleted in QuickBooks",
            text=f"{shown} was edited in CashFlow after it had been deleted in QuickBooks.",
            advice=(
                "If it is not needed any more, delete it or make it inactive in CashFlow too. "
                "If it is, enter it anew; it is not put back into QuickBooks by itself."
            ),
            resource=row.resource,
            record_id=row.record_id,
        ),
    )
