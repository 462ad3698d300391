"""Requests that may come twice: the first answer is kept, and given again.

Owns the rows of `idempotency`. A request claims its key before it works, in a transaction of its
own, so that a second one that comes meanwhile is seen; the answer is stored in the transaction of
the work itself. It must not know what was asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.exc import IntegrityError

from store.access import idempotency
from store.errors import KeyInUse, KeyMismatch
from store.syncing import company
from store.types import new_key

kept_days = 7
claim_seconds_max = 120
"""A claim without an answer is given up after this: its worker must have died."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that this request works under."""

    company_id: str
    token_id: str
    key: str
    fingerprint: str
    attempt: str


def claim(
    conn: Connection, company_id: str, token_id: str, key: str, fingerprint: str, now: datetime
) -> Claim | tuple[int, str]:
    """The key is ours now, or what was answered under it (status and text).

    KeyMismatch when something else was asked under it, KeyInUse while another is at work.
    """
    mine = Claim(company_id, token_id, key, fingerprint, new_key())
    row = conn.execute(select(idempotency).where(*_of(mine))).one_or_none()
    if row is not None and row.started_at > now - timedelta(days=kept_days):
        if row.fingerprint != fingerprint:
            raise KeyMismatch("This key was used for another request. Take a new one.")
        if row.status is not None:
            return int(row.status), str(row.answer)
        if row.started_at > now - timedelta(seconds=claim_seconds_max):
            raise _in_use()
    if row is None:
        _insert(conn, mine, now)
    else:
        taken = conn.execute(
            update(idempotency)
            .where(*_of(mine), idempotency.c.attempt == row.attempt)
            .values(
                fingerprint=fingerprint,
                attempt=mine.attempt,
                started_at=now,
                status=None,
                answer=None,
            )
        )
        if not taken.rowcount:
            raise _in_use()
    return mine


def _insert(conn: Connection, mine: Claim, now: datetime) -> None:
    values: dict[str, Any] = {
        "company_id": mine.company_id,
        "token_id": mine.token_id,
        "key": mine.key,
        "fingerprint": mine.fingerprint,
        "attempt": mine.attempt,
        "started_at": now,
    }
    try:
        with conn.begin_nested():
            conn.execute(idempotency.insert().values(**values))
    except IntegrityError:
        raise _in_use() from None  # another one came in between


def answered(conn: Connection, mine: Claim, status: int, answer: str) -> None:
    """Keep the answer, in the transaction of the work; KeyInUse when another took the key over."""
    kept = conn.execute(
        update(idempotency)
        .where(*_of(mine), idempotency.c.attempt == mine.attempt, idempotency.c.status.is_(None))
        .values(status=status, answer=answer)
    )
    if not kept.rowcount:
        raise _in_use()


def give_up(conn: Connection, mine: Claim) -> None:
    """Nothing was done under the key: it may be used again, with a mended body too."""
    conn.execute(
        delete(idempotency).where(
            *_of(mine), idempotency.c.attempt == mine.attempt, idempotency.c.status.is_(None)
        )
    )


def sweep(conn: Connection, now: datetime) -> int:
    """Forget the answers that are older than `kept_days`; gives how many."""
    count = 0
    for company_id in conn.execute(select(company.c.id)).scalars().all():
        count += conn.execute(
            delete(idempotency).where(
                idempotency.c.company_id == company_id,
                idempotency.c.started_at <= now - timedelta(days=kept_days),
            )
        ).rowcount
    return count


def _of(mine: Claim) -> tuple[Any, ...]:
    return (
        idempotency.c.company_id == mine.company_id,
        idempotency.c.token_id == mine.token_id,
        idempotency.c.key == mine.key,
    )


def _in_use() -> KeyInUse:
    return KeyInUse("A request under this key is under way. Ask again in a moment.")
