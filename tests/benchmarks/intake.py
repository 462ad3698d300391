"""Intake: how fast records of QuickBooks are stored, against the floor of the same run.

Owns the comparison. Rounds of ours and of the floor take turns, so that a noisy machine hits both;
the median round counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from tests.benchmarks import floor, pages
from tests.benchmarks.books import ready_customers
from tests.benchmarks.figures import Figure, ratio
from tests.benchmarks.ground import Ground, Grounds
from tests.benchmarks.serving import product
from webconnector.rehearsal.web_connector import WebConnector

rounds = 3
customers_of_invoices = 500
goals = {"sqlite": 2.0, "postgresql": 2.5}
known_records_per_second = "known servers of this kind: 310-460/s, a thin 8-column sink: 10,000/s"
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _ours(grounds: Grounds, kind: str, before: Sequence[str], measured: Sequence[str]) -> float:
    with grounds.fresh(kind) as ground:
        ground.take(before)
        return _seconds(lambda: ground.take(measured))


def _floor(grounds: Grounds, kind: str, noun: str, measured: Sequence[str]) -> float:
    with grounds.fresh(kind) as ground:
        take = floor.TAKE[kind]
        return _seconds(lambda: take(ground.store.engine, measured, noun, ground.company.id))


def _compared(
    grounds: Grounds, kind: str, noun: str, before: Sequence[str], measured: Sequence[str]
) -> tuple[float, float]:
    """Median seconds of ours and of the floor."""
    times = [
        (_ours(grounds, kind, before, measured), _floor(grounds, kind, noun, measured))
        for _ in range(rounds)
    ]
    return median(ours for ours, _ in times), median(low for _, low in times)


def in_process(grounds: Grounds, kind: str, records: int) -> list[Figure]:
    """Parse and apply in this process, one transaction a page."""
    on, goal = _NAMES[kind], goals[kind]
    measured = pages.customer_pages(records)
    ours, low = _compared(grounds, kind, "Customer", [], measured)
    rate = f" ({records / ours:,.0f} records/s, the floor {records / low:,.0f}/s)"
    found = [ratio(f"{records:,} customers on {on}, parse and store", ours, low, goal, more=rate)]
    invoices = max(100, records // 5)
    before = pages.customer_pages(customers_of_invoices)
    measured = pages.invoice_pages(invoices, customers_of_invoices)
    ours, low = _compared(grounds, kind, "Invoice", before, measured)
    rate = f" ({invoices / ours:,.0f} records/s, the floor {invoices / low:,.0f}/s)"
    what = f"{invoices:,} invoices of 5 lines on {on}, parse and store"
    return [*found, ratio(what, ours, low, 2.5, more=rate)]


def on_the_wire(grounds: Grounds, kind: str, records: int) -> Figure:
    """The same customers through SOAP over HTTP and a real gunicorn with one worker."""
    seconds, cpu = [], []
    for _ in range(rounds):
        with grounds.fresh(kind) as ground, product(ground, grounds.folder) as served:
            books = ready_customers(ground.company, records)
            connector = _connector(ground, served.url)
            used = served.cpu_seconds()
            seconds.append(_seconds(lambda: connector.run(books)))  # noqa: B023 - run at once
            cpu.append(served.cpu_seconds() - used)
            if connector.log.outcome != "finished":
                raise RuntimeError(f"the session ended: {connector.log.last_error}")
    low = median(
        _floor(grounds, kind, "Customer", pages.customer_pages(records)) for _ in range(rounds)
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
