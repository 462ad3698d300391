"""The backfill after the start date was moved earlier: documents of the days it moved over, once.

Owns the cursor row `Backfill Invoice`, whose time is the last day to be read; it goes when that
was done. It must not know how QuickBooks is asked.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection

from qbxml.entities import ENTITIES
from store import cursors
from store.context import Sync

_PREFIX = "Backfill "


def name_of(noun: str) -> str:
    """The backfill's row in the cursor table."""
    return f"{_PREFIX}{noun}"


def queue(conn: Connection, company_id: str, old_start: date) -> list[str]:
    """Read in the next session what lies before the old start; gives the resources.

    One that still waits keeps its later end: no day between is left out.
    """
    known = cursors.rows(conn, company_id)
    queued = []
    for entity in ENTITIES:
        if entity.starts:
            queued.append(entity.resource)
            if name_of(entity.query_noun) not in known:
                last = old_start - timedelta(days=1)
                cursors.note(conn, company_id, name_of(entity.query_noun), last.isoformat())
    return queued


def queued(sync: Sync) -> dict[str, date]:
    """The backfills that wait: query noun -> the last day to be read."""
    return {
        name.removeprefix(_PREFIX): date.fromisoformat(row.read_to)
        for name, row in cursors.known(sync).items()
        if name.startswith(_PREFIX) and row.read_to is not None
    }
