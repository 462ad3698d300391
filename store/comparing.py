"""Comparing ids: which linked records QuickBooks no longer has, and which moved unnoticed.

Owns when each type is compared (sync-rules 8) and what the difference is. It must not know how
the ids were asked for, nor what becomes of a difference. The cursor row `Compare Vendor` keeps
when that was last done; without a time it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection, select

from qbxml.entities import queries
from qbxml.entity import Entity, Family
from qbxml.parse import Record
from store import cursors
from store.binding import connector_of
from store.changes import chunks
from store.context import Sync
from store.syncing import link

every = timedelta(days=7)
silence_max = timedelta(days=80)
"""QuickBooks keeps deletions for 90 days."""
after_silence = timedelta(days=1)
"""After such a silence: at once, but not again at each session that does not come to its end."""
page_records = 500
"""An id and an EditSequence are short: pages of a comparison hold more records."""


def name_of(noun: str) -> str:
    """The comparison's row in the cursor table."""
    return f"Compare {noun}"


def due(sync: Sync) -> list[str]:
    """The query nouns whose ids are to be compared in this session."""
    last = connector_of(sync).last_full_session_at
    silent = last is not None and sync.now - last > silence_max
    pause = after_silence if silent else every
    known = cursors.known(sync)
    found = []
    for group in queries():
        noun = group[0].query_noun
        if not any(sync.pulls(entity) for entity in group) or noun not in known:
            continue
        compared = known.get(name_of(noun))
        # A first read has just seen all of them.
        when = known[noun].first_read_at if compared is None else compared.read_at
        if when is None or when + pause <= sync.now:
            found.append(noun)
    return found


def force(conn: Connection, company_id: str, nouns: Iterable[str]) -> None:
    """Compare these types in the next session."""
    for noun in nouns:
        cursors.note(conn, company_id, name_of(noun))


def force_all(conn: Connection, company_id: str) -> None:
    """Compare every type that was ever read."""
    known = cursors.rows(conn, company_id)
    force(conn, company_id, [g[0].query_noun for g in queries() if g[0].query_noun in known])


def again(sync: Sync) -> None:
    """In the middle of a session: compare every type anew that was ever read."""
    known = cursors.known(sync)
    nouns = [group[0].query_noun for group in queries() if group[0].query_noun in known]
    force(sync.conn, sync.company_id, nouns)
    cursors.changed(sync, [name_of(noun) for noun in nouns])


def wanted(entity: Entity) -> tuple[str, ...]:
    """The elements that a comparison needs of each record."""
    dated = entity.field(entity.starts).elements if entity.starts else ()
    return (entity.family.id_element, "EditSequence", *dated)


@dataclass(slots=True)
class Difference:
    """QuickBooks' ids that are linked but absent, and those that have to be read again."""

    absent: list[str] = field(default_factory=list)
    reread: list[str] = field(default_factory=list)


def differences(sync: Sync, noun: str, seen: dict[str, Record]) -> Difference:
    """Compare all ids that QuickBooks has of a type with the links.

    Read again is what has another EditSequence, what we thought was deleted, and what we never
    saw though it may come over.
    """
    found = Difference()
    unknown = set(seen)
    for row in sync.conn.execute(
        select(link.c.quickbooks_id, link.c.edit_sequence, link.c.gone_at)
        .where(link.c.company_id == sync.company_id, link.c.noun == noun)
        .order_by(link.c.quickbooks_id)
    ):
        record = seen.get(row.quickbooks_id)
        unknown.discard(row.quickbooks_id)
        if record is None:
            if row.gone_at is None:
                found.absent.append(row.quickbooks_id)
        elif row.gone_at is not None or record.edit_sequence != row.edit_sequence:
            found.reread.append(row.quickbooks_id)
    found.reread += sorted(key for key in unknown if _may_come(sync, seen[key]))
    return found


def _may_come(sync: Sync, record: Record) -> bool:
    """Whether an unlinked record may come over, as far as its id and date tell."""
    entity = record.entity
    if not sync.pulls(entity) or not entity.pull.new:
        return False
    if entity.starts and sync.start_date is not None:
        dated = record.values.get(entity.starts)
        return dated is not None and bool(dated >= sync.start_date.isoformat())
    return entity.family is Family.LIST


def linked_ids(sync: Sync, noun: str, quickbooks_ids: Sequence[str]) -> list[str]:
    """Those of these ids that are linked and not known to be gone."""
    return [
        found
        for ids in chunks(quickbooks_ids)
        for found in sync.conn.execute(
            select(link.c.quickbooks_id).where(
                link.c.company_id == sync.company_id,
                link.c.noun == noun,
                link.c.quickbooks_id.in_(ids),
                link.c.gone_at.is_(None),
            )
        ).scalars()
    ]
