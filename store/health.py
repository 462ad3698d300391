"""Whether the database answers, and what time it has.

Owns questions about the database as a whole; `engine` owns the way to it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from store.engine import Store


def database_clock(store: Store) -> datetime:
    """The database's present time, UTC. Raises what the driver raises when it does not answer."""
    with store.read() as conn:
        moment: datetime = conn.execute(select(func.current_timestamp())).scalar_one()
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
