"""One currency: what is kept in another one is told, not stored as if it were ours (sync-rules 5).

Owns which currency the books are in and what becomes of foreign documents that arrive. It must not
know what is sent; `guards.py` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from qbxml.entity import Family
from qbxml.parse import Record
from store.context import Sync
from store.problems import Problem, open_problem

HOME_CURRENCY = "US Dollar"
"""That of a US company file, the only one that is written to."""

named_max = 10
"""How many documents a problem names."""


def home(sync: Sync) -> str:
    """The currency of the books."""
    return (sync.quickbooks.get("home_currency") or {}).get("name") or HOME_CURRENCY


def is_foreign(sync: Sync, record: Record) -> bool:
    """Whether this is a document whose amounts are in another currency than the books.

    Parties and accounts come over with their currency: by that nothing foreign is sent.
    """
    if record.entity.family is not Family.TXN:
        return False
    return record.values.get("currency") not in (None, home(sync))


def refuse(sync: Sync, records: Sequence[Record]) -> None:
    """Tell, in one problem per record type, which foreign documents did not come over."""
    if not records:
        return
    entity = records[0].entity
    shown = [
        f"{record.values.get('number') or 'without number'} of "
        f"{(record.values.get(str(entity.party)) or {}).get('name') or '?'} "
        f"({record.values['currency']})"
        for record in records[:named_max]
    ]
    more = f" and {len(records) - named_max} more" if len(records) > named_max else ""
    open_problem(
        sync,
        Problem(
            cause=f"foreign-currency:{entity.resource}",
            kind="foreign_currency_arrived",
            title=f"QuickBooks holds {entity.resource} in a foreign currency",
            text=(
                f"These {entity.resource} were not taken over: {', '.join(shown)}{more}. The books "
                f"are kept in {home(sync)}, and CashFlow knows one currency only."
            ),
            advice=(
                "Work on them in QuickBooks; they stay there. Mark this as done when you have "
                "seen it."
            ),
            resource=entity.resource,
        ),
    )
