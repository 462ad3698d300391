"""A record that QuickBooks cannot read: why, as far as it can be found, and what to do.

Owns the problem of a request that was refused as a whole when it was alone. It must not know how
it was found among the others.
"""

from __future__ import annotations

from typing import Any

from qbxml.examining import Examined, examine
from qbxml.write import listed
from store import changes
from store.context import Sync
from store.problems import Problem, open_problem
from store.unwritten import show


def park(sync: Sync, one: Any, request: str, code: str, message: str) -> None:
    """Take the change out of the queue and tell; `request` is the exact text that was refused."""
    entity = changes.entity_of(one.resource)
    shown = show(sync, entity, one.record_id)
    text, advice = _words(shown, examine(entity, request), message)
    changes.fail(sync.conn, sync.company_id, one.id)
    open_problem(
        sync,
        Problem(
            cause=f"unreadable:{one.record_id}",
            kind="unreadable",
            title=f"QuickBooks cannot read {shown}",
            text=text,
            advice=advice,
            code=code,
            quickbooks_text=message or None,
            resource=one.resource,
            record_id=one.record_id,
        ),
    )


def _words(shown: str, found: Examined, message: str) -> tuple[str, str]:
    if found.wrong:
        return (
            f"QuickBooks refused {shown} whole, and nothing was changed there. The reason: "
            f"{listed(found.wrong)}",
            "Correct this in CashFlow and the next sync sends it; if it looks right there, send "
            "the details below to CashFlow support.",
        )
    if found.unusual:
        return (
            f"QuickBooks refused {shown} whole without a reason, and nothing was changed there. "
            f"All that is unusual in it: {listed(found.unusual)}",
            "Write this another way in CashFlow and the next sync sends it; if that does not help, "
            "send the details below to CashFlow support.",
        )
    said = message.rstrip(". ") or "nothing more"
    return (
        f"QuickBooks refused {shown} whole, and nothing was changed there; CashFlow finds nothing "
        f"wrong in it. QuickBooks says: {said}.",
        "Send the details below to CashFlow support, and choose Retry when they say so.",
    )
