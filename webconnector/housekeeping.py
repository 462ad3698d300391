"""Housekeeping: what is done each minute beside the Web Connector's calls, as one table of jobs.

Owns the table, the order of the jobs, and that one that fails does not stop the others. It must
not know what a job does; each says how much it did. All of them are idempotent, and two runs at
once do no harm. A new job is one line in `JOBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from store import buckets, feed, idempotency, retention
from store.engine import Connection, Store
from webconnector import alerts, logs, webhooks
from webconnector.settings import Settings

companies_max = 1000
"""Companies whose old rows are looked for in one run; the others are next minute's."""
batches_max = 200
"""Batches of one kind of row of one company in one run."""

_log = structlog.get_logger("webconnector.housekeeping")


@dataclass(frozen=True, slots=True)
class Work:
    """What a job works with."""

    store: Store
    settings: Settings
    now: datetime


@dataclass(frozen=True, slots=True)
class Job:
    """`name` in words for people; `run` does what is to be done and gives how much it was."""

    name: str
    run: Callable[[Work], int]


@dataclass(frozen=True, slots=True)
class Done:
    """How a job went; `failed` is the type of the exception that ended it, or empty."""

    job: str
    count: int
    failed: str = ""


def run(work: Work, jobs: Sequence[Job] | None = None) -> Iterator[Done]:
    """Each job once, in the order of the table."""
    for job in JOBS if jobs is None else jobs:
        try:
            done = Done(job.name, job.run(work))
        except Exception as error:  # noqa: BLE001 - the other jobs must have their turn
            done = Done(job.name, 0, type(error).__name__)
            _log.error("housekeeping_failed", job=job.name, **logs.what_failed(error))
        if done.count:
            _log.info("housekeeping", job=job.name, count=done.count)
        yield done


def _emptied(work: Work, act: Callable[[Connection], int]) -> int:
    """Batch after batch, each in a transaction of its own, until none is left."""
    count = 0
    for _ in range(batches_max):
        gone = work.store.run(act)
        count += gone
        if not gone:
            break
    return count


def old_rows(work: Work) -> int:
    """Sessions with calls and raw exchanges, and bank balances, after their time."""
    before = work.now - timedelta(days=work.settings.keep_exchanges_days)
    with work.store.read() as conn:
        companies = retention.due(conn, work.now, companies_max)
    count = 0
    for company_id in companies:

        def sessions(conn: Connection, company_id: str = company_id) -> int:
            return retention.sessions(conn, company_id, before)

        def balances(conn: Connection, company_id: str = company_id) -> int:
            return retention.balances(conn, company_id, work.now)

        def tidied(conn: Connection, company_id: str = company_id) -> None:
            retention.tidied(conn, company_id, work.now)

        count += _emptied(work, sessions) + _emptied(work, balances)
        work.store.run(tidied)
    return count


def removed_companies(work: Work) -> int:
    """Records and raw exchanges of companies that left 30 days ago."""
    with work.store.read() as conn:
        companies = retention.to_erase(conn, work.now)
    count = 0
    for company_id in companies:

        def erase(conn: Connection, company_id: str = company_id) -> int:
            return retention.erase(conn, company_id, work.now)

        count += _emptied(work, erase)
    return count


def _counters(work: Work) -> int:
    return work.store.run(lambda conn: buckets.sweep(conn, work.now))


def _greetings(work: Work) -> int:
    return work.store.run(lambda conn: retention.greetings(conn, work.now))


def _webhooks(work: Work) -> int:
    return webhooks.deliver(work.store, work.settings, work.now)


def _alerts(work: Work) -> int:
    return alerts.tell(work.store, work.settings, work.now)


def _digest(work: Work) -> int:
    return alerts.send_digest(work.store, work.settings, work.now)


def _events(work: Work) -> int:
    return work.store.run(lambda conn: feed.sweep(conn, work.now))


def _answers(work: Work) -> int:
    return work.store.run(lambda conn: idempotency.sweep(conn, work.now))


JOBS: Final[tuple[Job, ...]] = (
    Job("old sessions and balances", old_rows),
    Job("companies that left", removed_companies),
    Job("empty counters", _counters),
    Job("forgotten greetings", _greetings),
    Job("webhooks", _webhooks),
    Job("alerts", _alerts),
    Job("digest", _digest),
    Job("old events", _events),
    Job("kept answers", _answers),
)
