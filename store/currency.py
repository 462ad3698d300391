"""One currency: what is kept in another one is told, not stored as if it were ours (sync-rules 5).

Owns which currency the books are in and what becomes of foreign documents and balances that arrive.
It must not know what is sent; `guards.py` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from qbxml.entity import Entity, Family, Kind
from qbxml.parse import Record
from store import aside
from store.context import Sync
from store.problems import Problem, open_causes, open_problem, resolve_cause
from store.syncing import unstored

HOME_CURRENCY = "US Dollar"
"""That of a US company file, the only one that is written to."""

named_max = 10
"""How many documents a problem names."""


def home(sync: Sync) -> str:
    """The currency of the books."""
    return (sync.quickbooks.get("home_currency") or {}).get("name") or HOME_CURRENCY


def is_foreign(sync: Sync, record: Record) -> bool:
    """Whether its amounts are in another currency than the books."""
    return record.values.get("currency") not in (None, home(sync))


def is_foreign_document(sync: Sync, record: Record) -> bool:
    """Whether it does not come over. Parties and accounts do, and by them nothing is sent."""
    return record.entity.family is Family.TXN and is_foreign(sync, record)


def without_foreign_amounts(sync: Sync, records: Iterable[Record]) -> None:
    """The balance of an account in another currency would be shown as if it were ours."""
    for record in records:
        if record.entity.family is not Family.LIST or not is_foreign(sync, record):
            continue
        for part in record.entity.fields:
            if part.kind is Kind.AMOUNT and not part.shared and part.name in record.values:
                record.values[part.name] = None


def refuse(sync: Sync, arrived: Sequence[Record], foreign: Sequence[Record]) -> None:
    """Tell, in one problem per record type, which foreign documents did not come over.

    `arrived`: all of the page, of one query, that are not linked; what was foreign and is no more
    ends here.
    """
    entities = {record.entity.resource: record.entity for record in foreign}
    for record in foreign:
        aside.keep(sync, record, _why(record.values))
    told = [r for r in arrived if r not in foreign and _cause(r.entity) in open_causes(sync)]
    if told:
        aside.drop(sync, told[0].entity.query_noun, [record.quickbooks_id for record in told])
    entities |= {record.entity.resource: record.entity for record in told}
    for entity in entities.values():
        settle(sync, entity, seen_now=any(r.entity is entity for r in foreign))


def settle(sync: Sync, entity: Entity, *, seen_now: bool = False) -> None:
    """Tell which foreign documents of this type there are; the problem ends with the last one."""
    if not seen_now and _cause(entity) not in open_causes(sync):
        return
    rows = sync.conn.execute(
        select(unstored.c["values"], unstored.c.why)
        .where(unstored.c.company_id == sync.company_id, unstored.c.resource == entity.resource)
        .order_by(unstored.c.at, unstored.c.id)
    ).all()
    # Others of this type may be set aside because they cannot be read.
    values = [held for held, why in rows if held.get("currency") and why == _why(held)]
    if not values:
        resolve_cause(sync, _cause(entity))
    else:
        _tell(sync, entity, values)


def _cause(entity: Entity) -> str:
    return f"foreign-currency:{entity.resource}"


def _why(values: dict[str, Any]) -> str:
    return f"it is in {values['currency']}"


def _tell(sync: Sync, entity: Entity, found: Sequence[dict[str, Any]]) -> None:
    shown = [
        f"{values.get('number') or 'without number'} of "
        f"{(values.get(str(entity.party)) or {}).get('name') or '?'} ({values['currency']})"
        for values in found[:named_max]
    ]
    more = f" and {len(found) - named_max} more" if len(found) > named_max else ""
    open_problem(
        sync,
        Problem(
            cause=_cause(entity),
            kind="foreign_currency_arrived",
            title=f"QuickBooks holds {entity.resource} in a foreign currency",
            text=(
                f"These {entity.resource} were not taken over: {', '.join(shown)}{more}. The books "
                f"are kept in {home(sync)}, and CashFlow knows one currency only."
            ),
            advice=(
                "Work on them in QuickBooks, where they stay, and choose Done by hand here when "
                "you have seen it."
            ),
            resource=entity.resource,
        ),
    )
