"""Buckets: how often something may happen within a time, counted for all workers together.

Owns the counting (generic cell rate algorithm: one number per bucket). It must not know what is
counted: wrong passwords, calls of a token, logins. Subjects are kept as digests, because they are
addresses and user names.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, select

from store.access import bucket
from store.upserting import insert_of


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` within `seconds`; all of them may come at once, then they trickle."""

    scope: str
    events: int
    seconds: int

    @property
    def step(self) -> int:
        """Milliseconds that one event costs."""
        return max(1, self.seconds * 1000 // self.events)

    def name(self, subject: str) -> str:
        """The bucket of `subject`; the subject itself cannot be read from it."""
        return f"{self.scope}:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def take(conn: Connection, rate: Rate, subject: str, now: datetime) -> int:
    """Count one event; gives 0, or how many seconds too early it is (then it is not counted)."""
    present = _milliseconds(now)
    start = case((bucket.c.full_at > present, bucket.c.full_at), else_=present)
    statement = insert_of(conn)(bucket).values(name=rate.name(subject), full_at=present + rate.step)
    statement = statement.on_conflict_do_update(
        index_elements=[bucket.c.name],
        set_={"full_at": start + rate.step},
        where=start + rate.step - present <= rate.step * rate.events,
    ).returning(bucket.c.full_at)
    if conn.execute(statement).scalar_one_or_none() is not None:
        return 0
    return wait(conn, rate, subject, now)


def wait(conn: Connection, rate: Rate, subject: str, now: datetime) -> int:
    """How many seconds until one more event is allowed; 0: now. Counts nothing."""
    full_at = conn.execute(
        select(bucket.c.full_at).where(bucket.c.name == rate.name(subject))
    ).scalar_one_or_none()
    return _early(rate, full_at, now)


def waits(conn: Connection, asked: Sequence[tuple[Rate, str]], now: datetime) -> list[int]:
    """As `wait` of each rate with its subject, in one query."""
    names = {rate.name(subject) for rate, subject in asked}
    found = conn.execute(select(bucket.c.name, bucket.c.full_at).where(bucket.c.name.in_(names)))
    full_at = {row.name: row.full_at for row in found}
    return [_early(rate, full_at.get(rate.name(subject)), now) for rate, subject in asked]


def _early(rate: Rate, full_at: int | None, now: datetime) -> int:
    present = _milliseconds(now)
    early = max(full_at or 0, present) + rate.step - present - rate.step * rate.events
    return math.ceil(max(0, early) / 1000)


def forget(conn: Connection, rate: Rate, subject: str) -> None:
    """Empty the bucket: after a right password the wrong ones before it no longer count."""
    conn.execute(delete(bucket).where(bucket.c.name == rate.name(subject)))


def sweep(conn: Connection, now: datetime) -> int:
    """Remove the buckets that hold nothing any more; gives how many."""
    return conn.execute(delete(bucket).where(bucket.c.full_at <= _milliseconds(now))).rowcount


def _milliseconds(now: datetime) -> int:
    return int(now.timestamp() * 1000)
