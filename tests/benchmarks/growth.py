"""Growth: what a changed record and an idle session cost when the store holds many records.

Owns the comparison of a small store with a large one.
"""

from __future__ import annotations

import time
from statistics import median

from tests.benchmarks import pages
from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import Ground, Grounds
from tests.benchmarks.serving import product
from tests.benchmarks.sessions import idle_milliseconds

records_small = 10_000
changed_records = 1_000
rounds = 5
goal = 1.3
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def _changed_microseconds(ground: Ground, records: int) -> float:
    """Microseconds for one changed record; the changed ones lie all over the store."""
    step = max(1, records // changed_records)
    numbers = range(1, records + 1, step)[:changed_records]
    times = []
    for edition in range(1, rounds + 1):
        rets = [pages.customer(number, edition) for number in numbers]
        answers = [
            pages.answer("Customer", rets[start : start + pages.page_records_max])
            for start in range(0, len(rets), pages.page_records_max)
        ]
        began = time.perf_counter()
        ground.take(answers)
        times.append((time.perf_counter() - began) / len(rets) * 1e6)
    return median(times)


def _measured(grounds: Grounds, kind: str, records: int) -> tuple[float, float]:
    """Microseconds for a changed record, milliseconds for an idle session."""
    with grounds.fresh(kind) as ground:
        ground.take(pages.customer_pages(records))
        if kind == "postgresql":
            with ground.store.write() as conn:
                conn.exec_driver_sql("ANALYZE")  # as its autovacuum would have
        changed = _changed_microseconds(ground, records)
        with product(ground, grounds.folder) as served:
            idle, _ = idle_milliseconds(ground, served)
    return changed, idle


def measure(grounds: Grounds, records_large: int) -> list[Figure]:
    """Large against small, on each database."""
    found = []
    for kind, name in _NAMES.items():
        small, large = (
            _measured(grounds, kind, records) for records in (records_small, records_large)
        )
        sizes = f"with {records_large:,} customers over that with {records_small:,}, {name}"
        for what, before, after, unit in (
            ("time for a changed record", small[0], large[0], "us"),
            ("server CPU of an idle session", small[1], large[1], "ms"),
        ):
            times = after / before
            found.append(
                Figure(
                    f"{what} {sizes}",
                    f"{times:.2f}x ({before:.1f} {unit}, then {after:.1f} {unit})",
                    f"at most {goal}x",
                    times <= goal,
                )
            )
    return found
