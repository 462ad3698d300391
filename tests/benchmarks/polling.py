"""Ten thousand companies that poll: the peak of the morning, and what the machine can do at most.

Owns the crowd of Web Connectors and what is asked of it. The server is a real gunicorn on a
PostgreSQL that writes to its disk as in production; the clients share the machine with both.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import quantiles
from typing import Final

from sqlalchemy import Connection, Engine, Table, text

from store.companies import NewCompany, password_hash
from store.ledger import metadata
from tests.benchmarks import pages
from tests.benchmarks.books import ReadyBooks, ready_customers
from tests.benchmarks.figures import Figure
from tests.benchmarks.ground import SECRET, Ground, Grounds
from tests.benchmarks.serving import TICKS, Served, product
from webconnector.rehearsal.soap_wire import CallFailedError
from webconnector.rehearsal.web_connector import WebConnector

companies = 10_000
customers_each = 100
poll_minutes = 15
peak_times = 5
starts_per_second = int(companies / (poll_minutes * 60) * peak_times)
"""Session starts a second at the peak of the morning."""
peak_seconds = 60
at_once = 16
at_once_seconds = 20
warm_up = 200
workers = 2
clients_max = 200
milliseconds_goal = 250.0
# The servers of tests forget what they wrote when the power fails; customers' do not.
_DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
# What differs between one company and the next; all else is copied.
_OWN: Final = {
    ("company", "id"): "one.id",
    ("company", "name"): "'Company ' || one.number",
    ("connector", "username"): "one.username",
    ("connector", "password_hash"): "one.password_hash",
    ("connector", "file_id"): "one.file_id",
    ("session", "ticket_hash"): "md5(CAST(one.id AS text) || ticket_hash)",
}


@dataclass
class _Seen:
    """What the clients saw: seconds of each call, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    sessions: int = 0
    failed: list[str] = field(default_factory=list)
    late: float = 0.0
    """Seconds by which the last session began after its time."""

    def milliseconds(self, percent: int) -> float:
        """So many of a hundred calls took no longer."""
        return quantiles(self.seconds, n=100)[percent - 1] * 1000


def measure(grounds: Grounds) -> list[Figure]:
    """The peak, then as much as goes."""
    with grounds.fresh("postgresql") as ground, _durable(ground.store.engine):
        with product(ground, grounds.folder, workers) as served:
            _settle(ground, served)
        crowd = _crowd(ground)
        turns = itertools.cycle(crowd)
        with product(ground, grounds.folder, workers) as served:
            _play(served, itertools.islice(turns, warm_up), at_once)
            peak = _at_a_rate(served, turns)
            most = _at_most(served, turns)
    return [peak, most]


def _settle(ground: Ground, served: Served) -> None:
    """One company as all of them are: everything read, nothing new."""
    books = ready_customers(ground.company, customers_each)
    connector = WebConnector(served.url, ground.company.username, ground.company.password)
    for _ in range(3):
        if connector.run(books).outcome != "finished":
            raise RuntimeError(f"the session ended: {connector.log}")
        books.exhaust()


def _crowd(ground: Ground) -> Sequence[NewCompany]:
    """Copy that company, row by row of every table; passwords and file ids are their own."""
    model = ground.company
    crowd = [
        replace(
            model,
            id=f"{model.id[:-5]}{number:05d}",
            username=f"qbwc-{number}",
            file_id=f"{{{number:08d}-0000-4000-8000-000000000000}}",
        )
        for number in range(1, companies + 1)
    ]
    rows = [
        {
            "id": one.id,
            "number": number,
            "username": one.username,
            "password_hash": password_hash(one.id, one.password, SECRET.encode()),
            "file_id": one.file_id,
        }
        for number, one in enumerate(crowd, 1)
    ]
    with ground.store.engine.begin() as conn:
        conn.execute(
            text(
                "CREATE TEMPORARY TABLE one (id uuid, number integer, username text,"
                " password_hash text, file_id text)"
            )
        )
        conn.execute(
            text(
                "INSERT INTO one VALUES (CAST(:id AS uuid), :number, :username, :password_hash,"
                " :file_id)"
            ),
            rows,
        )
        for table in metadata.sorted_tables:
            if table.name == "company" or "company_id" in table.c:
                _copy(conn, table, model.id)
    with ground.store.engine.connect() as conn:
        conn.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))
    return crowd


def _copy(conn: Connection, table: Table, model: str) -> None:
    key = "id" if table.name == "company" else "company_id"
    values = {column.name: f'"{table.name}"."{column.name}"' for column in table.columns}
    values["company_id" if key == "company_id" else "id"] = "one.id"
    values |= {column: value for (name, column), value in _OWN.items() if name == table.name}
    columns = ", ".join(f'"{name}"' for name in values)
    conn.execute(
        text(
            f'INSERT INTO "{table.name}" ({columns}) SELECT {", ".join(values.values())}'  # noqa: S608 - our own names
            f' FROM "{table.name}", one WHERE "{table.name}".{key} = CAST(:model AS uuid)'
        ),
        {"model": model},
    )


def _at_a_rate(served: Served, turns: Iterator[NewCompany]) -> Figure:
    """Sessions begin at their times, whether or not earlier ones have ended."""
    count = starts_per_second * peak_seconds
    began = time.monotonic()
    times = (began + number / starts_per_second for number in range(count))
    before = _Used.now(served)
    seen = _play(served, itertools.islice(turns, count), clients_max, times)
    seconds = time.monotonic() - began
    good = not seen.failed and seen.milliseconds(99) < milliseconds_goal
    return Figure(
        f"{companies:,} companies with {customers_each} customers each on PostgreSQL, "
        f"{starts_per_second} session starts a second for {peak_seconds} s",
        f"{seen.sessions:,} sessions, {len(seen.failed)} failed{_first(seen)}; a call took "
        f"{seen.milliseconds(50):.0f} ms in the middle, {seen.milliseconds(99):.0f} ms at most in "
        f"99 of 100; the last began {seen.late:.1f} s late; {before.until_now(served, seconds)}",
        f"no failed call, p99 under {milliseconds_goal:.0f} ms, or the ceiling below",
        good,
    )


def _at_most(served: Served, turns: Iterator[NewCompany]) -> Figure:
    """As many sessions as go when each client begins the next one at once."""
    began = time.monotonic()
    until = began + at_once_seconds
    before = _Used.now(served)
    chosen = itertools.takewhile(lambda _: time.monotonic() < until, turns)
    seen = _play(served, chosen, at_once)
    seconds = time.monotonic() - began
    return Figure(
        f"the ceiling: {at_once} clients that never pause",
        f"{seen.sessions / seconds:.0f} session starts a second, {len(seen.failed)} failed"
        f"{_first(seen)}; a call took {seen.milliseconds(50):.0f} ms in the middle, "
        f"{seen.milliseconds(99):.0f} ms at most in 99 of 100; {before.until_now(served, seconds)}",
    )


def _first(seen: _Seen) -> str:
    return f" ({seen.failed[0]})" if seen.failed else ""


def _play(
    served: Served,
    chosen: Iterator[NewCompany],
    clients: int,
    times: Iterable[float] = itertools.repeat(0.0),
) -> _Seen:
    """A session for each of these companies, so many at a time, each not before its time."""
    seen, turn = _Seen(), threading.Lock()
    planned = zip(chosen, times, strict=False)

    def client() -> None:
        while True:
            with turn:
                one = next(planned, None)
            if one is None:
                return
            company, due = one
            books = ReadyBooks(company, (), pages.page_records_max)
            time.sleep(max(0.0, due - time.monotonic()))
            late = time.monotonic() - due if due else 0.0
            _session(served, company, books, seen)
            seen.late = late

    with ThreadPoolExecutor(clients) as pool:
        for done in [pool.submit(client) for _ in range(clients)]:
            done.result()
    return seen


def _session(served: Served, company: NewCompany, books: ReadyBooks, seen: _Seen) -> None:
    connector = WebConnector(served.url, company.username, company.password)
    try:
        log = connector.run(books)
    except CallFailedError as error:
        seen.failed.append(repr(error))
        return
    seen.sessions += 1
    seen.seconds += [call.seconds for call in log.calls]
    if log.outcome != "finished":
        seen.failed.append(f"{log.outcome} {log.last_error}")


@dataclass(frozen=True, slots=True)
class _Used:
    """CPU seconds so far: of the server, of the clients, of the whole machine."""

    server: float
    clients: float
    machine: float
    idle: float

    @classmethod
    def now(cls, served: Served) -> _Used:
        whole = Path("/proc/stat").read_text().splitlines()[0]
        ticks = [int(one) / TICKS for one in whole.split()[1:9]]
        return cls(served.cpu_seconds(), time.process_time(), sum(ticks), ticks[3] + ticks[4])

    def until_now(self, served: Served, seconds: float) -> str:
        """Who used the machine since, in percent of it."""
        now = _Used.now(served)
        whole = now.machine - self.machine
        shares = (now.server - self.server, now.clients - self.clients, now.idle - self.idle)
        server, clients, idle = (round(share / whole * 100) for share in shares)
        rest = 100 - server - clients - idle
        return (
            f"of {whole / seconds:.0f} cores the server used {server} %, the clients {clients} %, "
            f"PostgreSQL and the system {rest} %, {idle} % were idle"
        )


@contextmanager
def _durable(engine: Engine) -> Iterator[None]:
    """The database server keeps what it commits, for as long as this lasts."""
    with engine.connect() as conn:
        outside = conn.execution_options(isolation_level="AUTOCOMMIT")
        before = {name: outside.execute(text(f"SHOW {name}")).scalar_one() for name in _DURABLE}
        _set(outside, dict.fromkeys(_DURABLE, "on"))
    try:
        yield
    finally:
        with engine.connect() as conn:
            _set(conn.execution_options(isolation_level="AUTOCOMMIT"), before)


def _set(conn: Connection, values: dict[str, str]) -> None:
    for name, value in values.items():
        conn.execute(text(f"ALTER SYSTEM SET {name} = {value}"))
    conn.execute(text("SELECT pg_reload_conf()"))
