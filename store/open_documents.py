"""Documents that moved without their own modification time: payments tell, and so does time.

Owns sync-rules 5 on that, for each type that others move (`Entity.moved_by`): which documents a
payment or credit in QuickBooks makes worth another look, which open ones are looked at once a day,
and what QuickBooks says settles them. It must not ask QuickBooks itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import and_, delete, select

from qbxml.entities import ENTITIES
from qbxml.entity import Entity
from qbxml.parse import Deletion, Mover, Record
from store import cursors
from store.bulk import insert_rows
from store.changes import chunks
from store.context import Sync
from store.ledger import TABLES
from store.syncing import link, settlement

looked_at_every_hours = 24
_Key = tuple[str, str]
"""QuickBooks' ids of a document and of what settles some of it."""


def name_of(entity: Entity) -> str:
    """The daily look's row in the cursor table."""
    return f"Open {entity.query_noun}"


def pulled(sync: Sync) -> list[Entity]:
    """The types that come over and whose balance others move."""
    return [entity for entity in ENTITIES if entity.moved_by and sync.pulls(entity)]


def due(sync: Sync, entity: Entity) -> list[str]:
    """QuickBooks' ids of all open documents of the type, once a day."""
    known = cursors.known(sync).get(name_of(entity))
    pause = timedelta(hours=looked_at_every_hours)
    if known is not None and known.read_at is not None and known.read_at + pause > sync.now:
        return []
    cursors.move(sync, name_of(entity), "")
    if known is None:
        return []  # all of them are being read for the first time
    return [key for key, balance in _balances(sync, entity).items() if balance != 0]


def _balances(
    sync: Sync, entity: Entity, quickbooks_ids: Sequence[str] | None = None
) -> dict[str, Decimal | None]:
    """What is open, as far as we know, of the linked documents of the type; None: all of them."""
    if quickbooks_ids is not None and not quickbooks_ids:
        return {}
    table = TABLES[entity.resource]
    query = (
        select(link.c.quickbooks_id, table.c[str(entity.balance)].label("balance"))
        .join(table, and_(table.c.company_id == link.c.company_id, table.c.id == link.c.record_id))
        .where(
            link.c.company_id == sync.company_id,
            link.c.noun == entity.query_noun,
            link.c.gone_at.is_(None),
        )
        .order_by(link.c.quickbooks_id)
    )
    if quickbooks_ids is None:
        return {row.quickbooks_id: row.balance for row in sync.conn.execute(query)}
    return {
        row.quickbooks_id: row.balance
        for ids in chunks(quickbooks_ids)
        for row in sync.conn.execute(query.where(link.c.quickbooks_id.in_(ids)))
    }


# --- what moved them


def moved(sync: Sync, entity: Entity, movers: Sequence[Record | Mover]) -> list[str]:
    """QuickBooks' ids of our documents that these payments and credits show to be moved.

    A payment tells the balance it left; a credit only what it settles, which must be what the
    document itself said. What no longer settles a document (voided, changed) has moved it too.
    """
    kept = _settled_by(sync, entity, [one.quickbooks_id for one in movers])
    told: dict[str, Decimal] = {}
    without: dict[_Key, Decimal] = {}
    named: set[_Key] = set()
    for mover in movers:
        for one in mover.linked:
            if one["type"] != entity.noun or not one["id"] or not one["paid"]:
                continue
            key = (one["id"], mover.quickbooks_id)
            named.add(key)
            if one["balance"] is not None:
                told[one["id"]] = Decimal(one["balance"])
            else:
                without[key] = without.get(key, Decimal(0)) + Decimal(one["amount"] or 0)
    suspects = {key[0] for key in kept if key not in named}
    suspects |= {key[0] for key, amount in without.items() if abs(amount) != kept.get(key, 0)}
    ours = _balances(sync, entity, sorted(suspects | told.keys()))
    return [
        key
        for key, balance in ours.items()
        if key in suspects or (key in told and told[key] != balance)
    ]


def moved_by_deletions(sync: Sync, entity: Entity, deletions: Iterable[Deletion]) -> list[str]:
    """QuickBooks' ids of our documents that something settled which is deleted now."""
    gone = [one.quickbooks_id for one in deletions if one.del_type in entity.moved_by]
    moved_ones = {key[0] for key in _settled_by(sync, entity, gone)}
    return list(_balances(sync, entity, sorted(moved_ones)))


def _settled_by(sync: Sync, entity: Entity, source_ids: Iterable[str]) -> dict[_Key, Decimal]:
    """What these payments and credits settled of which documents when those were last read."""
    return {
        (row.document_id, row.source_id): row.amount
        for ids in chunks(source_ids)
        for row in sync.conn.execute(
            select(settlement).where(
                settlement.c.company_id == sync.company_id,
                settlement.c.noun == entity.query_noun,
                settlement.c.source_id.in_(ids),
            )
        )
    }


# --- what settles them


def _settling(record: Record) -> dict[str, Decimal]:
    """QuickBooks' ids of what settles the document, and how much of it."""
    found: dict[str, Decimal] = {}
    for one in record.linked:
        if one["paid"] and one["id"]:
            found[one["id"]] = found.get(one["id"], Decimal(0)) + Decimal(one["amount"] or 0)
    return {source: abs(amount) for source, amount in found.items()}


def note(sync: Sync, records: Sequence[Record]) -> None:
    """Add to the values of documents what follows from their ties: orders, and who paid."""
    noted = [r for r in records if "paid_outside" in TABLES[r.entity.resource].c]
    sources = {source for record in noted for source in _settling(record)}
    ours: set[str] = set()
    for ids in chunks(sources):
        ours |= set(
            sync.conn.execute(
                select(link.c.quickbooks_id).where(
                    link.c.company_id == sync.company_id,
                    link.c.family == "Txn",
                    link.c.quickbooks_id.in_(ids),
                )
            ).scalars()
        )
    for record in noted:
        record.values["purchase_orders"] = [
            one["number"]
            for one in record.linked
            if one["type"] == "PurchaseOrder" and one["number"]
        ]
        record.values["paid_outside"] = f"{_outside(record, ours):.2f}"


def _outside(record: Record, ours: set[str]) -> Decimal:
    """How much of it was settled by what CashFlow did not make."""
    settling = _settling(record)
    if settling:
        return sum((v for key, v in settling.items() if key not in ours), Decimal(0))
    values = record.values  # tied to nothing, and yet some of it is settled
    left = values.get(str(record.entity.balance))
    whole = values.get("amount")
    return Decimal(0) if left is None or whole is None else Decimal(whole) - Decimal(left)


def keep(sync: Sync, records: Sequence[Record]) -> None:
    """Keep what settles these linked documents: its deletion tells nothing but its own id."""
    documents = {r.quickbooks_id: r for r in records if r.entity.moved_by}
    if not documents:
        return
    noun = records[0].entity.query_noun
    mine = (settlement.c.company_id == sync.company_id, settlement.c.noun == noun)
    known: dict[str, dict[str, Decimal]] = {}
    for ids in chunks(documents):
        for row in sync.conn.execute(
            select(settlement).where(*mine, settlement.c.document_id.in_(ids))
        ):
            known.setdefault(row.document_id, {})[row.source_id] = row.amount
    now = {key: _settling(record) for key, record in documents.items()}
    stale = [key for key in documents if now[key] != known.get(key, {})]
    for ids in chunks([key for key in stale if key in known]):
        sync.conn.execute(delete(settlement).where(*mine, settlement.c.document_id.in_(ids)))
    rows = [
        {
            "company_id": sync.company_id,
            "noun": noun,
            "document_id": key,
            "source_id": source,
            "amount": amount,
        }
        for key in stale
        for source, amount in now[key].items()
    ]
    if rows:
        insert_rows(sync.conn, settlement, rows)
