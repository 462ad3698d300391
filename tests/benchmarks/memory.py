"""Memory for large replies: the most a worker took while it received one, over its idle state.

Owns the measurement: a fresh server for each reply, the whole way into the store.
"""

from __future__ import annotations

from tests.benchmarks import pages
from tests.benchmarks.books import ready_customers
from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import Grounds
from tests.benchmarks.serving import product
from webconnector.rehearsal.web_connector import WebConnector

sizes_megabytes = (7, 60)
goal = 12.0
_MEGABYTE = 1_000_000


def measure(grounds: Grounds) -> list[Figure]:
    """One figure for each size."""
    return [_one(grounds, megabytes) for megabytes in sizes_megabytes]


def _one(grounds: Grounds, megabytes: int) -> Figure:
    records = megabytes * _MEGABYTE // len(pages.customer(1))
    with grounds.fresh("sqlite") as ground, product(ground, grounds.folder) as served:
        small = ready_customers(ground.company, 1)
        connector = WebConnector(
            served.url, ground.company.username, ground.company.password, timeout_seconds=600
        )
        connector.run(small)
        idle = served.memory_bytes("VmRSS")
        log = connector.run(ready_customers(ground.company, records, page_records=records))
        if log.outcome != "finished":
            raise RuntimeError(f"the session ended: {log.outcome} {log.last_error}")
        size = max(len(reply) for reply in log.replies)
        times = (served.memory_bytes("VmHWM") - idle) / size
        after = (served.memory_bytes("VmRSS") - idle) / _MEGABYTE
    return Figure(
        f"memory for a reply of {megabytes} MB ({records:,} customers) above idle",
        f"{times:.1f}x its size at most, {after:.0f} MB of it kept afterwards",
        f"under {goal:.0f}x",
        times < goal,
    )
