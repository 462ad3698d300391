"""Two server processes, the calls of one session spread over both: same result as with one."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from store.engine import open_store
from tests.acceptance.conftest import stock
from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.world import SECRET, Clock, World, check_requests
from tests.webconnector.test_soap_gunicorn import port_in
from webconnector.rehearsal.web_connector import WebConnector
from webconnector.settings import Settings

ROOT = Path(__file__).parents[2]
PUBLIC_URL = "https://books.example.com"
PROCESSES = 2
ROUNDS = 4
# What differs between two companies with the same books.
_OWN = {"id", "created_at", "updated_at", "last_synced_at", "quickbooks_id", "as_of"}
_OWN |= {"ListID", "TxnID", "TxnLineID", "EditSequence", "TimeCreated", "TimeModified"}
_OWN |= {"TxnNumber", "ExternalGUID"}
KINDS = ("Account", "Class", "Vendor", "Customer", "Bill", "Invoice")
RESOURCES = ("accounts", "departments", "vendors", "customers", "jobs", "items", "bills")


class WallClock(Clock):
    """The real time, since the servers live in it; a test may only put QuickBooks ahead of it."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The present moment and what the test added."""
        return datetime.now(UTC) + self.ahead

    def advance(self, **by: float) -> None:
        """Put QuickBooks' clock ahead."""
        self.ahead += timedelta(**by)


@contextmanager
def gunicorn(database_url: str, folder: Path, *, killed: bool = False) -> Iterator[str]:
    """One server process with one worker; gives the endpoint's address.

    `killed`: the test kills workers, which the server tells as an error in its log.
    """
    folder.mkdir()
    environment = os.environ | {
        "HOME": str(folder),
        "PYTHONPATH": str(ROOT),
        "WEBCONNECTOR_DATABASE_URL": database_url,
        "WEBCONNECTOR_DATA_DIR": str(folder),
        "WEBCONNECTOR_SECRET_KEY": SECRET,
        "WEBCONNECTOR_PUBLIC_URL": PUBLIC_URL,
        "WEBCONNECTOR_LOG_LEVEL": "debug",
    }
    command = [
        *(sys.executable, "-m", "gunicorn", "-c", "python:webconnector.gunicorn_conf"),
        *("--bind", "127.0.0.1:0", "--workers", "1", "webconnector.wsgi:app"),
    ]
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, env=environment
        )
    try:
        yield f"http://127.0.0.1:{port_in(log, server)}/qbwc"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    written = log.read_text()
    assert "Traceback" not in written
    assert killed or "level=error" not in written


class Servers:
    """Server processes over one database, and companies that use them."""

    def __init__(self, addresses: list[str], database_url: str) -> None:
        self.addresses = addresses
        self.store = open_store(database_url)
        self.used: list[str] = []
        self._settings = Settings(
            database_url=database_url, secret_key=SECRET, public_url=PUBLIC_URL
        )

    def company(self, *, spread: bool) -> World:
        """A company whose calls go to all processes in turn, or to the first one only."""
        made = World(self.store, self.addresses[0], WallClock(), self._settings)
        stock(made)
        if spread:
            made.connector = self.connector(made)
        return made

    def connector(self, made: World) -> WebConnector:
        """A Web Connector that asks another process with each call."""
        turns = itertools.cycle(self.addresses)

        def next_address() -> str:
            self.used.append(next(turns))
            return self.used[-1]

        return WebConnector(next_address, made.company.username, made.company.password)


@pytest.fixture
def servers(database_url: str, tmp_path: Path) -> Iterator[Servers]:
    """Two processes on the database of this test."""
    with ExitStack() as stack, ThreadPoolExecutor() as together:
        ways = [gunicorn(database_url, tmp_path / f"server-{n}") for n in range(PROCESSES)]
        made = Servers(list(together.map(stack.enter_context, ways)), database_url)
        stack.callback(made.store.close)
        stack.callback(check_requests, made.store)
        yield made


def live(made: World) -> list[str]:
    """Two sessions with work on both sides; gives what the Web Connector showed."""
    books = made.books
    top = books.add("Customer", {"Name": "Client", "Email": "c@example.com"})
    low = books.add("Customer", {"Name": "Job", "ParentRef": {"ListID": top}})
    books.add("Customer", {"Name": "Deep", "ParentRef": {"ListID": low}})
    price = {"Price": "10.00", "AccountRef": {"FullName": "Sales"}}
    books.add("ItemService", {"Name": "Work", "SalesOrPurchase": price})
    for number in range(150):  # more than a page
        books.add("Vendor", {"Name": f"Vendor {number}"})
    department = made.add("departments", name="North")
    texts = [made.sync().close_text]
    vendor = made.add("vendors", name="Brand New & Söhne", phone="555")
    line = {"account": {"name": "Rent"}, "amount": "120.00", "department": department["id"]}
    bill = made.add(
        "bills", vendor=vendor["id"], bill_date="2026-03-02", number="1", expense_lines=[line]
    )
    made.add(
        "invoices",
        customer={"name": "Client:Job"},
        invoice_date="2026-03-02",
        number="A-1",
        lines=[{"item": {"name": "Work"}, "quantity": "2", "rate": "9.99"}],
    )
    texts.append(made.sync().close_text)
    made.change("bills", bill["id"], memo="changed")
    books.edit("Customer", top, {"Phone": "555-2"})
    texts += [made.sync().close_text, made.sync().close_text]
    return texts


def without_own(value: Any) -> Any:
    """The same without ids and times."""
    if isinstance(value, dict):
        return {k: without_own(inner) for k, inner in value.items() if k not in _OWN}
    return [without_own(inner) for inner in value] if isinstance(value, list) else value


def both_sides(made: World) -> dict[str, list[Any]]:
    """All books, ids and times apart."""
    found = {kind: made.books.all(kind) for kind in KINDS}
    found |= {resource: made.all(resource) for resource in (*RESOURCES, "invoices")}
    return {name: sorted(map(without_own, rows), key=repr) for name, rows in found.items()}


def test_the_calls_of_one_session_may_go_to_any_process(servers: Servers) -> None:
    spread, alone = servers.company(spread=True), servers.company(spread=False)
    assert live(spread) == live(alone)
    calls = [servers.used.count(address) for address in servers.addresses]
    assert min(calls) >= 10
    assert max(calls) - min(calls) <= 1, "the calls went to the processes in turn"
    assert both_sides(spread) == both_sides(alone)
    for made in (spread, alone):
        assert made.problems() == []
        assert {s["outcome"] for s in made.sessions()} == {"finished"}
        states = {r["sync"]["state"] for name in RESOURCES for r in made.all(name)}
        assert states == {"synced"}


def at_once(*acts: Any) -> list[Any]:
    """The results of acts that begin at the same moment."""
    barrier = Barrier(len(acts))

    def act(one: Any) -> Any:
        barrier.wait(timeout=30)
        return one()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


def test_of_two_that_authenticate_at_once_one_gets_the_session_the_other_is_told_busy(
    servers: Servers,
) -> None:
    made = servers.company(spread=True)
    callers = [
        WebConnector(address, made.company.username, made.company.password)
        for address in servers.addresses
        for _ in range(2)
    ]

    def ask(caller: WebConnector) -> Any:
        return caller.call(
            "authenticate", strUserName=made.company.username, strPassword=made.company.password
        )

    for _ in range(ROUNDS):
        answers = at_once(*(lambda caller=caller: ask(caller) for caller in callers))
        opened = [answer for answer in answers if answer[1] != "busy"]
        busy = [answer for answer in answers if answer[1] == "busy"]
        assert len(opened) == 1
        assert opened[0][1] in ("", made.books.path)
        assert all(int(answer[2]) > 0 for answer in busy)
        assert len({answer[0] for answer in answers}) == len(answers), "tickets are never shared"
        for answer in busy:  # a refused ticket is good for nothing but closing
            assert send(made, answer[0]) == ""
            assert close(made, answer[0])
        assert send(made, opened[0][0])
        close(made, opened[0][0])
    assert len(made.sessions()) == ROUNDS


def test_an_answer_delivered_to_both_processes_at_once_counts_once(servers: Servers) -> None:
    made = servers.company(spread=True)
    for number in range(20):
        made.books.add("Vendor", {"Name": f"Vendor {number}"})
    ticket = authenticate(made)[0]
    stored = made.books.process(send(made, ticket))
    callers = [
        WebConnector(address, made.company.username, made.company.password)
        for address in servers.addresses
    ]

    def deliver(caller: WebConnector) -> Any:
        return caller.call(
            "receiveResponseXML", ticket=ticket, response=stored, hresult="", message=""
        )

    answers = at_once(*(lambda caller=caller: deliver(caller) for caller in callers))
    assert answers == [100, 100]
    assert len(made.all("vendors")) == 20
    assert receive(made, ticket, stored) == 100
    assert close(made, ticket).startswith("28 changes in, 0 out")
