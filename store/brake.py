"""The brake: a session that would change or delete a great part of a type is held (sync-rules 8).

Owns the limits, the counting and the problem that says what was held. It must not know how pages
are kept meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, func, select

from qbxml.parse import Record
from store.arrival import moved
from store.changes import chunks
from store.context import Sync
from store.problems import Problem, open_problem, resolve_cause
from store.syncing import link

records_max = 50
percent_max = 10


_MERGED = select(link.c.quickbooks_id, link.c.resource, link.c.edit_sequence, link.c.base).where(
    link.c.company_id == bindparam("company"),
    link.c.noun == bindparam("noun"),
    link.c.quickbooks_id.in_(bindparam("ids", expanding=True)),
    link.c.base.is_not(None),
)


def changing(sync: Sync, records: Sequence[Record]) -> Counter[str]:
    """How many linked records per resource these would change in the App."""
    theirs = {
        record.quickbooks_id: record
        for record in records
        if sync.pulls(record.entity) and record.entity.pull.edited
    }
    found: Counter[str] = Counter()
    if not theirs:
        return found
    noun = records[0].entity.query_noun
    for ids in chunks(theirs):
        asked = {"company": sync.company_id, "noun": noun, "ids": ids}
        for row in sync.conn.execute(_MERGED, asked):
            record = theirs[row.quickbooks_id]
            same = row.edit_sequence == record.edit_sequence
            if not same and moved(record.entity, row.base, record.values):
                found[row.resource] += 1
    return found


def holds(sync: Sync, act: str, counts: Mapping[str, int], already: Mapping[str, int]) -> list[str]:
    """The resources to be held, with a problem for each.

    `act` is `changed`, `deleted` or `missing`; `already` is what this session did before.
    """
    held = []
    for resource, count in counts.items():
        if count and _too_many(sync, resource, count + already.get(resource, 0)):
            _tell(sync, act, resource, count)
            held.append(resource)
    return held


def passed(sync: Sync, act: str, resources: Iterable[str]) -> None:
    """Nothing of these is held any more."""
    resolve_cause(sync, *(_cause(act, resource) for resource in resources))


def _cause(act: str, resource: str) -> str:
    return f"brake:{act}:{resource}"


def _linked(sync: Sync, resource: str) -> int:
    return int(
        sync.conn.execute(
            select(func.count())
            .select_from(link)
            .where(
                link.c.company_id == sync.company_id,
                link.c.resource == resource,
                link.c.gone_at.is_(None),
            )
        ).scalar_one()
    )


def _too_many(sync: Sync, resource: str, count: int) -> bool:
    return count > records_max and count * 100 > percent_max * _linked(sync, resource)


def _tell(sync: Sync, act: str, resource: str, count: int) -> None:
    total = _linked(sync, resource)
    open_problem(
        sync,
        Problem(
            cause=_cause(act, resource),
            kind="mass_change",
            title=f"{count} of {total} {resource} would be {act} at once",
            text=(
                f"In QuickBooks {count} of {total} {resource} were {act}. CashFlow took over none "
                "of it, and writes nothing to QuickBooks until somebody has decided."
            ),
            advice=(
                f"If it is meant, open Connection in CashFlow and choose Read one record type anew "
                f"for {resource}, which takes all of it over; if not, undo it in QuickBooks, and "
                "the next sync goes on by itself."
            ),
            resource=resource,
        ),
    )
