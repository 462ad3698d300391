"""What QuickBooks has that looks like an unlinked App record, until somebody says what it is.

Owns the `candidate` rows: what was found, side by side with ours, and which were said to be
others (sync-rules 3 and 6). It must not decide what looks alike, nor link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    true,
    union_all,
)

from qbxml.compare import canonical, same
from qbxml.entities import BY_RESOURCE, ENTITIES
from qbxml.entity import Entity, Family, Field, In, Kind, Lines, Part
from qbxml.parse import Record
from store.changes import State, chunks
from store.context import Sync
from store.ledger import TABLES
from store.problems import DUPLICATES
from store.rows import Loaded, Values, names_of
from store.syncing import candidate, change, link, problem
from store.types import new_key


def keep(sync: Sync, entity: Entity, record_id: str, records: Sequence[Record]) -> None:
    """QuickBooks has these, alike to our record; what an earlier session found is forgotten."""
    mine = (candidate.c.company_id == sync.company_id, candidate.c.record_id == record_id)
    found = [record.quickbooks_id for record in records]
    sync.conn.execute(
        delete(candidate).where(
            *mine,
            candidate.c.apart_at.is_(None),
            (candidate.c.session_id != sync.session_id) | candidate.c.quickbooks_id.in_(found),
        )
    )
    sync.conn.execute(
        insert(candidate),
        [
            {
                "company_id": sync.company_id,
                "id": new_key(),
                "resource": entity.resource,
                "record_id": record_id,
                "noun": entity.query_noun,
                "quickbooks_id": record.quickbooks_id,
                "full_name": record.full_name or None,
                "edit_sequence": record.edit_sequence,
                "time_modified": record.time_modified,
                "values": record.values,
                "session_id": sync.session_id,
                "found_at": sync.now,
            }
            for record in records
        ],
    )


def apart(sync: Sync, record_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Pairs (our id, QuickBooks' id) that somebody said are two different ones."""
    found: set[tuple[str, str]] = set()
    for ids in chunks(record_ids):
        rows = sync.conn.execute(
            select(candidate.c.record_id, candidate.c.quickbooks_id).where(
                candidate.c.company_id == sync.company_id,
                candidate.c.record_id.in_(ids),
                candidate.c.apart_at.is_not(None),
            )
        )
        found.update((row.record_id, row.quickbooks_id) for row in rows)
    return found


_KNOWN = exists(link.c.id).where(
    link.c.company_id == candidate.c.company_id,
    link.c.noun == candidate.c.noun,
    link.c.quickbooks_id == candidate.c.quickbooks_id,
)
# Nothing holds these back any more: ours was found elsewhere, has another number or was deleted.
_LET_GO = and_(
    candidate.c.apart_at.is_(None),
    candidate.c.resource.in_(sorted(e.resource for e in ENTITIES if e.family is Family.TXN)),
    ~exists(problem.c.id).where(
        problem.c.company_id == candidate.c.company_id,
        problem.c.record_id == candidate.c.record_id,
        problem.c.kind.in_(DUPLICATES),
        problem.c.resolved_at.is_(None),
    ),
    # Of a record that a person set aside it may be the very one, entered by hand.
    ~exists(change.c.id).where(
        change.c.company_id == candidate.c.company_id,
        change.c.record_id == candidate.c.record_id,
        change.c.finished_at.is_(None),
        change.c.state == State.SKIPPED,
    ),
)
# What somebody linked, and then (`others`) what is none of ours and is not known yet.
_TO_READ = union_all(
    select(link.c.resource, link.c.quickbooks_id, false().label("others")).where(
        link.c.company_id == bindparam("company"), link.c.base.is_(None), link.c.gone_at.is_(None)
    ),
    select(candidate.c.resource, candidate.c.quickbooks_id, true()).where(
        candidate.c.company_id == bindparam("company"),
        or_(candidate.c.apart_at.is_not(None), _LET_GO),
        ~_KNOWN,
    ),
)


def to_read(sync: Sync) -> dict[str, list[str]]:
    """What the next session reads by id: resource -> QuickBooks ids.

    Records that were linked by a person are merged then; documents that were held back here and
    then said to be others, or are held back by nothing any more, come over as what they are.
    """
    found: dict[str, list[str]] = {}
    for row in sync.conn.execute(_TO_READ, {"company": sync.company_id}):
        if not row.others or sync.pulls(BY_RESOURCE[row.resource]):
            found.setdefault(row.resource, []).append(row.quickbooks_id)
    return found


def undecided(conn: Connection, company_id: str, record_ids: Iterable[str]) -> list[Any]:
    """The rows of candidates about which nobody has decided yet, as they were found."""
    found: list[Any] = []
    for ids in chunks(record_ids):
        found += conn.execute(
            select(candidate)
            .where(
                candidate.c.company_id == company_id,
                candidate.c.record_id.in_(ids),
                candidate.c.apart_at.is_(None),
            )
            .order_by(candidate.c.found_at, candidate.c.id)
        ).all()
    return found


def forget(conn: Connection, company_id: str, record_id: str) -> None:
    """The record has its link: nobody has to choose any more."""
    conn.execute(
        delete(candidate).where(
            candidate.c.company_id == company_id, candidate.c.record_id == record_id
        )
    )


# --- side by side


def brief(row: Any) -> dict[str, Any]:
    """One candidate in few words: id, name, and what tells a document from another."""
    entity, values = BY_RESOURCE[row.resource], row.values
    found: dict[str, Any] = {"quickbooks_id": row.quickbooks_id, "name": row.full_name}
    if entity.family is Family.TXN:
        party = (values.get(entity.party) or {}) if entity.party else {}
        found |= {
            "name": values.get("number"),
            "party": party.get("name"),
            "date": values.get(str(entity.dated)),
            "amount": values.get(entity.total),
        }
    return found


def side_by_side(
    conn: Connection, company_id: str, resource: str, record_id: str
) -> list[dict[str, Any]]:
    """Each undecided candidate with its fields beside ours, both as people read them.

    `{"quickbooks_id", "name", ..., "fields": [{"field", "cashflow", "quickbooks", "same"}]}`:
    amounts "120.00", days ISO, references by name, lines as lists of such values.
    """
    table = TABLES[resource]
    rows = conn.execute(
        select(table).where(table.c.company_id == company_id, table.c.id == record_id)
    ).all()
    return all_side_by_side(conn, company_id, resource, rows).get(record_id, [])


def all_side_by_side(
    conn: Connection, company_id: str, resource: str, rows: Sequence[Any]
) -> dict[str, list[dict[str, Any]]]:
    """As `side_by_side`, by record, of records of one type whose rows were read already.

    As many queries as for one record.
    """
    entity = BY_RESOURCE[resource]
    alike = undecided(conn, company_id, [row.id for row in rows])
    having = {one.record_id for one in alike}
    loaded = Loaded(conn, company_id, resource).take([row for row in rows if row.id in having])
    held = {record_id: loaded.values(record_id) for record_id in loaded.rows}
    names = _names(conn, company_id, entity, held.values())
    found: dict[str, list[dict[str, Any]]] = {}
    for one in alike:
        fields = _fields(entity, held[one.record_id], one, names)
        found.setdefault(one.record_id, []).append(brief(one) | {"fields": fields})
    return found


def _fields(entity: Entity, held: Values, row: Any, names: dict[str, str]) -> list[dict[str, Any]]:
    ours = canonical(entity, held)
    return [
        {
            "field": part.name,
            "cashflow": _shown(part, held.get(part.name), names),
            "quickbooks": _shown(part, row.values.get(part.name), {}),
            "same": same(part, ours.get(part.name), row.values.get(part.name)),
        }
        for part in entity.parts
        if part.shared or (isinstance(part, Field) and part.name == entity.total)
        if In.RET in part.messages and part.name in row.values
    ]


def _names(
    conn: Connection, company_id: str, entity: Entity, held: Iterable[Values]
) -> dict[str, str]:
    """What the records are called to which ours refer."""
    wanted: list[tuple[str, str]] = []
    for values in held:
        for part in entity.parts:
            if isinstance(part, Lines):
                for line in values.get(part.name) or ():
                    wanted += [w for f in part.fields for w in _reference(f, line.get(f.name))]
            else:
                wanted += _reference(part, values.get(part.name))
    return names_of(conn, company_id, wanted)


def _reference(field: Field, value: Any) -> list[tuple[str, str]]:
    if field.kind is Kind.REF and field.to and value and value.get("record_id"):
        return [(field.to[0], value["record_id"])]
    return []


def _shown(part: Part, value: Any, names: dict[str, str]) -> Any:
    if isinstance(part, Lines):
        return [
            {field.name: _shown(field, line.get(field.name), names) for field in part.fields}
            for line in value or ()
        ]
    if value is None:
        return None
    if part.kind is Kind.REF:
        return names.get(value.get("record_id", "")) or value.get("name")
    if part.kind is Kind.ADDRESS:
        return ", ".join(text for text in value.values() if text)
    return value
