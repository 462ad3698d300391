"""Intake: how fast records of QuickBooks are stored, against the floor of the same run.

Owns the comparison. Rounds of ours and of the floor take turns, so that a noisy machine hits both;
the median round counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import NamedTuple

from tests.benchmarks import floor, pages
from tests.benchmarks.books import ready_customers
from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import Ground, Grounds
from tests.benchmarks.serving import product
from webconnector.rehearsal.web_connector import WebConnector

rounds = 3
customers_of_invoices = 500
_GOALS = {
    ("Customer", "sqlite"): 2.0,
    ("Customer", "postgresql"): 2.5,
    ("Invoice", "sqlite"): 2.5,
    ("Invoice", "postgresql"): 2.5,
}
_KINDS = {"Customer": "customers", "Invoice": "invoices of 5 lines"}
known_records_per_second = "known servers of this kind: 310-460/s, a thin 8-column sink: 10,000/s"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


class Taken(NamedTuple):
    """Seconds by the clock, and seconds of this process's CPU."""

    wall: float
    cpu: float


def _taken(act: Callable[[], object]) -> Taken:
    began, used = time.perf_counter(), time.process_time()
    act()
    return Taken(time.perf_counter() - began, time.process_time() - used)


def _ours(grounds: Grounds, kind: str, before: Sequence[str], measured: Sequence[str]) -> Taken:
    with grounds.fresh(kind) as ground:
        ground.take(before)
        return _taken(lambda: ground.take(measured))


def _floor(grounds: Grounds, kind: str, noun: str, measured: Sequence[str]) -> Taken:
    with grounds.fresh(kind) as ground:
        take = floor.TAKE[kind]
        return _taken(lambda: take(ground.store.engine, measured, noun, ground.company.id))


def _compared(
    grounds: Grounds, what: tuple[str, str, int], before: Sequence[str], measured: Sequence[str]
) -> Figure:
    """Ours against the floor; `what`: noun, database, number of records."""
    noun, kind, records = what
    pairs = [
        (_ours(grounds, kind, before, measured), _floor(grounds, kind, noun, measured))
        for _ in range(rounds)
    ]
    times = median(ours.wall / low.wall for ours, low in pairs)
    cpu = median(ours.cpu / low.cpu for ours, low in pairs)
    rate, floors = (records / median(pair[side].wall for pair in pairs) for side in (0, 1))
    goal = _GOALS[noun, kind]
    return Figure(
        f"{records:,} {_KINDS[noun]} on {_NAMES[kind]}, parse and store",
        f"{times:.2f}x the floor (its CPU alone: {cpu:.2f}x; {rate:,.0f} records/s,"
        f" the floor {floors:,.0f}/s)",
        f"at most {goal:.1f}x",
        times <= goal,
    )


def in_process(grounds: Grounds, kind: str, records: int) -> list[Figure]:
    """Parse and apply in this process, one transaction a page."""
    invoices = max(100, records // 5)
    customers = pages.customer_pages(customers_of_invoices)
    measured = pages.invoice_pages(invoices, customers_of_invoices)
    return [
        _compared(grounds, ("Customer", kind, records), [], pages.customer_pages(records)),
        _compared(grounds, ("Invoice", kind, invoices), customers, measured),
    ]


def on_the_wire(grounds: Grounds, kind: str, records: int) -> Figure:
    """The same customers through SOAP over HTTP and a real gunicorn with one worker."""
    seconds, cpu = [], []
    for _ in range(rounds):
        with grounds.fresh(kind) as ground, product(ground, grounds.folder) as served:
            books = ready_customers(ground.company, records)
            connector = _connector(ground, served.url)
            used = served.cpu_seconds()
            seconds.append(_taken(lambda: connector.run(books)).wall)  # noqa: B023 - run at once
            cpu.append(served.cpu_seconds() - used)
            if connector.log.outcome != "finished":
                raise RuntimeError(f"the session ended: {connector.log.last_error}")
    low = median(
        _floor(grounds, kind, "Customer", pages.customer_pages(records)).wall for _ in range(rounds)
    )
    rate, per_record = records / median(seconds), median(cpu) / records * 1e6
    return Figure(
        f"{records:,} customers on {_NAMES[kind]} through SOAP, HTTP and gunicorn, one worker",
        f"{rate:,.0f} records/s, {median(seconds) / low:.2f}x the floor without any wire,"
        f" server CPU {per_record:.0f} us a record ({known_records_per_second})",
    )


def _connector(ground: Ground, url: str) -> WebConnector:
    return WebConnector(url, ground.company.username, ground.company.password, timeout_seconds=600)


def measure(grounds: Grounds, records: int) -> list[Figure]:
    """All figures of the intake."""
    found: list[Figure] = []
    for kind in ("sqlite", "postgresql"):
        found += in_process(grounds, kind, records)
        found.append(on_the_wire(grounds, kind, records))
    return found
