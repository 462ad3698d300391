"""What QuickBooks sent and the ledger cannot hold: set aside, so that the rest of a page goes on.

Owns the `unstored` rows and their problems: what is unreadable or missing in a record, that it is
named to a person, and that it is asked for again. It must not know how a record is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import DecimalException

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from qbxml.entity import Entity, Field, Kind
from qbxml.parse import Deletion, Record
from store.changes import chunks
from store.context import Sync
from store.ledger import TABLES, column_name
from store.problems import Problem, open_causes, open_problem, resolve_cause
from store.syncing import link, unstored
from store.types import new_key

KIND = "unstored"
"""The kind of these problems."""
integer_max = 2**31 - 1
_SPOILT = (ValueError, TypeError, DecimalException, DataError, IntegrityError)
"""What one record's contents can cause; anything else is the database's or the program's fault."""


def storing(
    sync: Sync, records: Sequence[Record], store: Callable[[Sync, Sequence[Record]], None]
) -> None:
    """Store a page by `store`; a record that cannot be stored is set aside, the others are not."""
    sound = []
    for record in records:
        why = _unfit(record)
        if why:
            _set_aside(sync, record, why)
        else:
            sound.append(record)
    if sound:
        _settle(sync, _store(sync, sound, store))


def _store(
    sync: Sync, records: Sequence[Record], store: Callable[[Sync, Sequence[Record]], None]
) -> list[Record]:
    """All at once; when that fails, each half for itself, down to the one that is to blame.

    Gives what was stored.
    """
    counted = (sync.tally.changes_in, sync.tally.problems)
    try:
        with sync.conn.begin_nested():
            store(sync, records)
    except _SPOILT as error:
        sync.tally.changes_in, sync.tally.problems = counted
        sync.taken_back()
        if len(records) == 1:
            _set_aside(sync, records[0], f"it does not fit ({type(error).__name__})")
            return []
        half = len(records) // 2
        return _store(sync, records[:half], store) + _store(sync, records[half:], store)
    return list(records)


def _unfit(record: Record) -> str | None:
    """Why the record cannot be stored, for people; None when it can."""
    if not record.quickbooks_id:
        return "it has no id"
    heads = (
        ("id", record.quickbooks_id, link.c.quickbooks_id),
        ("EditSequence", record.edit_sequence, link.c.edit_sequence),
        ("time of modification", record.time_modified, link.c.time_modified),
    )
    for shown, text, column in heads:
        if len(text) > getattr(column.type, "length", 0):
            return f"its {shown} is longer than any of QuickBooks"
    if record.broken:
        return f"{_listed(record.entity, record.broken)} cannot be read"
    missing = [f.name for f in record.entity.fields if _lacks(record, f)]
    if missing:
        return f"{_listed(record.entity, missing)} is missing"
    huge = [
        f.name
        for f in record.entity.fields
        if f.kind is Kind.INT and abs(record.values.get(f.name) or 0) > integer_max
    ]
    return f"{_listed(record.entity, huge)} is too large" if huge else None


def _lacks(record: Record, field: Field) -> bool:
    """Whether the ledger must have it and QuickBooks did not send it; sums are made if absent."""
    column = TABLES[record.entity.resource].c.get(column_name(field))
    needed = column is not None and not column.nullable and field.kind is not Kind.AMOUNT
    return needed and field.empty is None and record.values.get(field.name) is None


def _listed(entity: Entity, names: Sequence[str]) -> str:
    elements = []
    for name in names:
        part = entity.by_name[name]
        element = part.elements[0] if isinstance(part, Field) else part.element
        elements.append(f"{element.rsplit('/', 1)[-1]}")
    return "its " + " and ".join(elements)


def _cause(noun: str, quickbooks_id: str) -> str:
    return f"{KIND}:{noun}:{quickbooks_id}"


def keep(sync: Sync, record: Record, why: str) -> None:
    """Remember a record that does not come over, and why; the caller tells a person."""
    entity = record.entity
    drop(sync, entity.query_noun, [record.quickbooks_id[:36]])
    sync.conn.execute(
        insert(unstored).values(
            company_id=sync.company_id,
            id=new_key(),
            resource=entity.resource,
            noun=entity.query_noun,
            quickbooks_id=record.quickbooks_id[:36],
            values=record.values,
            why=why,
            exchange_id=sync.exchange_id,
            again=False,
            at=sync.now,
        )
    )


def drop(sync: Sync, noun: str, quickbooks_ids: Sequence[str]) -> None:
    """These came over after all, or are gone from QuickBooks."""
    for ids in chunks(quickbooks_ids):
        sync.conn.execute(
            delete(unstored).where(
                unstored.c.company_id == sync.company_id,
                unstored.c.noun == noun,
                unstored.c.quickbooks_id.in_(ids),
            )
        )


def deleted(sync: Sync, deletions: Sequence[Deletion]) -> set[str]:
    """QuickBooks deleted these: whatever was set aside of them is over. Gives their resources."""
    gone: dict[str, set[str]] = {}
    for one in deletions:
        for entity in one.entities:
            gone.setdefault(entity.query_noun, set()).add(one.quickbooks_id)
    found: set[str] = set()
    for noun, ids in gone.items():
        rows = sync.conn.execute(
            select(unstored.c.resource, unstored.c.quickbooks_id).where(
                unstored.c.company_id == sync.company_id, unstored.c.noun == noun
            )
        ).all()
        over = [row for row in rows if row.quickbooks_id in ids]
        drop(sync, noun, [row.quickbooks_id for row in over])
        resolve_cause(sync, *(_cause(noun, row.quickbooks_id) for row in over))
        found |= {row.resource for row in over}
    return found


def _set_aside(sync: Sync, record: Record, why: str) -> None:
    keep(sync, record, why)
    entity = record.entity
    number = record.values.get(str(entity.number)) if entity.number else None
    shown = f"{entity.singular} {record.full_name or number or record.quickbooks_id or '?'}"
    open_problem(
        sync,
        Problem(
            cause=_cause(entity.query_noun, record.quickbooks_id[:36]),
            kind=KIND,
            title=f"{shown} could not be taken from QuickBooks",
            text=f"QuickBooks sent {shown}, but {why}. It was set aside; all others came over.",
            advice=(
                f"Open {shown} in QuickBooks, correct it and save it, and it comes with the next "
                "sync; if it is right there, choose Retry, or ask CashFlow support."
            ),
            quickbooks_text=f"{entity.family.id_element} {record.quickbooks_id}",
            resource=entity.resource,
        ),
    )


def _settle(sync: Sync, stored: Sequence[Record]) -> None:
    """What was set aside once and is stored now is no problem any more."""
    causes = {_cause(r.entity.query_noun, r.quickbooks_id): r for r in stored}
    for cause in open_causes(sync) & causes.keys():
        resolve_cause(sync, cause, unless_seen_now=False)
        drop(sync, causes[cause].entity.query_noun, [causes[cause].quickbooks_id])


def ask_again(conn: Connection, company_id: str, cause: str) -> bool:
    """Have the record of this problem read once more; False when it is none of ours."""
    kind, _, rest = cause.partition(":")
    noun, _, quickbooks_id = rest.partition(":")
    if kind != KIND:
        return False
    found = conn.execute(
        update(unstored)
        .where(
            unstored.c.company_id == company_id,
            and_(unstored.c.noun == noun, unstored.c.quickbooks_id == quickbooks_id),
        )
        .values(again=True)
    )
    return bool(found.rowcount)


_TO_READ = select(unstored.c.resource, unstored.c.quickbooks_id).where(
    unstored.c.company_id == bindparam("company"),
    unstored.c.again.is_(True),
    unstored.c.quickbooks_id != "",
)


def to_read(sync: Sync) -> dict[str, list[str]]:
    """What somebody wants to be read again: resource -> QuickBooks ids."""
    found: dict[str, list[str]] = {}
    for row in sync.conn.execute(_TO_READ, {"company": sync.company_id}):
        found.setdefault(row.resource, []).append(row.quickbooks_id)
    return found
