"""Merges in QuickBooks: the vanished record's references go to the survivor, when that is certain.

Owns what counts as certain (sync-rules 8). QuickBooks never says into which record another was
merged, but it cannot delete a record that is in use, and a merge moves all its references at
once. So: every linked record that referred to the vanished one is read again; when all of them now
name one and the same other linked record, that is the survivor. It must not ask QuickBooks itself.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from qbxml.entities import BY_RESOURCE, ENTITIES, sharing_rows
from qbxml.entity import Entity, Family, Field, Lines
from qbxml.parse import Record
from store import deletions, feed
from store.changes import chunks
from store.context import Sync
from store.feed import Happened, Notice
from store.ledger import LINE_TABLES, TABLES, column_name
from store.problems import Problem, open_problem
from store.rows import Values, names_of, nouns_of
from store.syncing import link

evidence_max = 1000
"""Most records that are read again for one vanished record: the newest of those that named it."""


@dataclass(slots=True)
class Suspect:
    """A vanished list record that linked records referred to; query noun -> their ids."""

    quickbooks_id: str
    noun: str
    witnesses: dict[str, list[str]] = field(default_factory=dict)


def suspects(sync: Sync, rows: Sequence[Any]) -> list[Suspect]:
    """Those of these links, found deleted, that may have been merged into another record."""
    gone = {(row.noun, row.quickbooks_id) for row in rows}
    found = []
    for row in rows:
        if row.family != Family.LIST.value:
            continue
        one = Suspect(row.quickbooks_id, row.noun)
        for witness in _witnesses(sync, row):
            named = any(_named(witness.base or {}, witness.resource, row))
            if named and (witness.noun, witness.quickbooks_id) not in gone:
                one.witnesses.setdefault(witness.noun, []).append(witness.quickbooks_id)
        if one.witnesses:
            found.append(one)
    return found


def _referring(resource: str) -> Iterator[tuple[Entity, Lines | None, Field]]:
    """Every field that can refer to records of this resource."""
    for entity in ENTITIES:
        for part in entity.parts:
            fields = part.fields if isinstance(part, Lines) else (part,)
            for one in fields:
                if resource in one.to:
                    yield entity, part if isinstance(part, Lines) else None, one


def _witnesses(sync: Sync, row: Any) -> list[Any]:
    """The links of the records that refer to this one here, newest first."""
    found: dict[str, Any] = {}
    for entity, lines, one in _referring(row.resource):
        table = LINE_TABLES[entity.resource, lines.name] if lines else TABLES[entity.resource]
        owner = table.c.owner_id if lines else table.c.id
        referring = select(owner).where(
            table.c.company_id == sync.company_id, table.c[column_name(one)] == row.record_id
        )
        for witness in sync.conn.execute(
            select(link)
            .where(
                link.c.company_id == sync.company_id,
                link.c.resource == entity.resource,
                link.c.record_id.in_(referring),
                link.c.gone_at.is_(None),
            )
            .order_by(link.c.record_id.desc())
            .limit(evidence_max)
        ):
            found[witness.record_id] = witness
    return sorted(found.values(), key=lambda w: str(w.record_id), reverse=True)[:evidence_max]


def _named(values: Values, resource: str, row: Any) -> Iterator[tuple[str, str, str]]:
    """Where a plain record names that one: lines (or ''), the line's id (or ''), the field."""
    for part in BY_RESOURCE[resource].parts:
        if isinstance(part, Lines):
            for line in values.get(part.name) or ():
                for one in part.fields:
                    if _is(one, line.get(one.name), row):
                        yield part.name, line["quickbooks_line_id"], one.name
        elif _is(part, values.get(part.name), row):
            yield "", "", part.name


def _is(one: Field, value: Any, row: Any) -> bool:
    return bool(
        one.to and value and row.noun in nouns_of(one) and value.get("id") == row.quickbooks_id
    )


def settle(sync: Sync, noun: str, quickbooks_id: str, records: Sequence[Record]) -> None:
    """Act on a vanished record after its witnesses were read again (`records`, not yet stored)."""
    row = sync.conn.execute(
        select(link).where(
            link.c.company_id == sync.company_id,
            link.c.noun == noun,
            link.c.quickbooks_id == quickbooks_id,
            link.c.gone_at.is_(None),
        )
    ).first()
    if row is None:
        return
    now_named = _now_named(sync, row, records)
    if not now_named:  # all that referred to it are gone too, or name nothing in its place
        deletions.gone(sync, [row])
        return
    survivor = _linked(sync, noun, now_named) if len(now_named) == 1 else None
    if survivor is None or survivor.record_id == row.record_id:
        deletions.lost(sync, row)
        _unclear(sync, row)
        return
    _redirect(sync, row, survivor, records)
    deletions.gone(sync, [row])


def _now_named(sync: Sync, row: Any, records: Sequence[Record]) -> set[str]:
    """What stands now where the vanished record was named; '' for nothing."""
    bases = _bases(sync, records)
    found: set[str] = set()
    for record in records:
        witness = bases.get((record.entity.query_noun, record.quickbooks_id))
        if witness is None:
            continue
        for lines, line_id, name in _named(witness.base or {}, witness.resource, row):
            if not lines:
                value = record.values.get(name)
            else:
                kept = {line["quickbooks_line_id"]: line for line in record.values.get(lines) or ()}
                if line_id not in kept:
                    continue  # the line is no more
                value = kept[line_id].get(name)
            found.add((value or {}).get("id") or "")
    return found


def _bases(sync: Sync, records: Sequence[Record]) -> dict[tuple[str, str], Any]:
    by_noun: dict[str, list[str]] = {}
    for record in records:
        by_noun.setdefault(record.entity.query_noun, []).append(record.quickbooks_id)
    return {
        (noun, row.quickbooks_id): row
        for noun, quickbooks_ids in by_noun.items()
        for ids in chunks(quickbooks_ids)
        for row in sync.conn.execute(
            select(link).where(
                link.c.company_id == sync.company_id,
                link.c.noun == noun,
                link.c.quickbooks_id.in_(ids),
            )
        )
    }


def _linked(sync: Sync, noun: str, quickbooks_ids: set[str]) -> Any:
    (quickbooks_id,) = quickbooks_ids
    return sync.conn.execute(
        select(link).where(
            link.c.company_id == sync.company_id,
            link.c.noun == noun,
            link.c.quickbooks_id == quickbooks_id,
            link.c.gone_at.is_(None),
        )
    ).first()


def _redirect(sync: Sync, row: Any, survivor: Any, records: Sequence[Record]) -> None:
    """Whatever refers to the vanished record here refers to the survivor from now on."""
    repoint(sync.conn, sync.company_id, row.resource, row.record_id, survivor.record_id, sync.now)
    changed = [
        {"b_id": witness.id, "base": base}
        for witness in _bases(sync, records).values()
        if (base := _replaced(witness, row, survivor)) != witness.base
    ]
    if changed:
        sync.conn.execute(
            update(link).where(
                link.c.company_id == sync.company_id, link.c.id == bindparam("b_id")
            ),
            changed,
        )


def repoint(
    conn: Connection, company_id: str, resource: str, old: str, new: str, now: datetime
) -> None:
    """Whatever refers to the record `old` here refers to `new` from now on."""
    for one_of in sharing_rows(resource):
        for entity, lines, one in _referring(one_of):
            table = LINE_TABLES[entity.resource, lines.name] if lines else TABLES[entity.resource]
            column = column_name(one)
            mine = (table.c.company_id == company_id, table.c[column] == old)
            owner = table.c.owner_id if "owner_id" in table.c else table.c.id
            owners = conn.execute(select(owner).where(*mine, owner != new)).scalars().all()
            for ids in chunks(dict.fromkeys(owners)):
                conn.execute(update(table).where(*mine, owner.in_(ids)).values({column: new}))
                _touched(conn, company_id, entity, ids, now)


def _touched(
    conn: Connection, company_id: str, entity: Entity, ids: Sequence[str], now: datetime
) -> None:
    records = TABLES[entity.resource]
    conn.execute(
        update(records)
        .where(records.c.company_id == company_id, records.c.id.in_(ids))
        .values(version=records.c.version + 1, updated_at=now)
    )
    conn.execute(
        update(link)
        .where(link.c.company_id == company_id, link.c.record_id.in_(ids))
        .values(synced_version=link.c.synced_version + 1)
    )
    told = [Notice(Happened.RECORD_CHANGED, entity.resource, record_id) for record_id in ids]
    feed.publish(conn, company_id, told, now)


def _replaced(witness: Any, row: Any, survivor: Any) -> Values:
    """The witness's base, naming the survivor wherever it named the vanished record."""
    # By field, not by id: ListIDs are unique per type only.
    base: Values = copy.deepcopy(witness.base or {})
    for lines, line_id, name in list(_named(base, witness.resource, row)):
        if lines:
            holders = [line for line in base[lines] if line["quickbooks_line_id"] == line_id]
        else:
            holders = [base]
        for holder in holders:
            if _is(_field(witness.resource, lines, name), holder[name], row):
                holder[name] = {**holder[name], "id": survivor.quickbooks_id}
    return base


def _field(resource: str, lines: str, name: str) -> Field:
    entity = BY_RESOURCE[resource]
    if not lines:
        return entity.field(name)
    part = next(one for one in entity.lines if one.name == lines)
    return next(one for one in part.fields if one.name == name)


def _unclear(sync: Sync, row: Any) -> None:
    entity = BY_RESOURCE[row.resource]
    names = names_of(sync.conn, sync.company_id, [(row.resource, row.record_id)])
    shown = f"{entity.singular} {names.get(row.record_id, '?')}"
    open_problem(
        sync,
        Problem(
            cause=f"merged:{row.record_id}",
            kind="merged",
            title=f"{shown} vanished from QuickBooks, perhaps merged",
            text=(
                f"QuickBooks no longer has {shown}. It was probably merged, but what used it does "
                "not now use one other record, so into which cannot be told for certain."
            ),
            advice=(
                f"Choose the right record wherever CashFlow still uses {shown}, then delete it or "
                "make it inactive in CashFlow."
            ),
            resource=row.resource,
            record_id=row.record_id,
        ),
    )
