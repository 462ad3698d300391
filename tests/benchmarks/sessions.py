"""An idle session, nothing new on either side: its calls, and the server's CPU for it.

Owns the measurement. The company file is the strict stand-in, the server a real gunicorn.
"""

from __future__ import annotations

from tests.benchmarks.books import ready_customers
from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import Ground, Grounds
from tests.benchmarks.serving import Served, product
from webconnector.rehearsal.web_connector import WebConnector

sessions = 60
warm_up = 5
calls_goal = 6
milliseconds_goal = 25.0
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def idle_milliseconds(ground: Ground, served: Served) -> tuple[float, int]:
    """Server CPU for one idle session, and its calls; the first session reads one customer."""
    books = ready_customers(ground.company, 1)
    connector = WebConnector(served.url, ground.company.username, ground.company.password)
    for _ in range(warm_up):
        connector.run(books)
        books.exhaust()
    before = served.cpu_seconds()
    for _ in range(sessions):
        log = connector.run(books)
        if log.outcome != "finished":
            raise RuntimeError(f"the session ended: {log.outcome} {log.last_error}")
    used = served.cpu_seconds() - before
    return used / sessions * 1000, len(connector.log.calls)


def measure(grounds: Grounds) -> list[Figure]:
    """Calls and CPU on each database."""
    found = []
    for kind, name in _NAMES.items():
        with grounds.fresh(kind) as ground, product(ground, grounds.folder) as served:
            milliseconds, calls = idle_milliseconds(ground, served)
        found.append(
            Figure(
                f"calls of an idle session on {name}",
                str(calls),
                f"{calls_goal}",
                calls == calls_goal,
            )
        )
        found.append(
            Figure(
                f"server CPU of an idle session on {name}",
                f"{milliseconds:.1f} ms",
                f"under {milliseconds_goal:.0f} ms",
                milliseconds < milliseconds_goal,
            )
        )
    return found
