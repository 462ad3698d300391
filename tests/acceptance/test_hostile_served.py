"""Quality's list of hostile calls, as one table, against the running server (gunicorn).

Each call gets the protocol's answer or a clean 4xx, never a 500; no record, link or write changes;
nothing of anybody's is in a reply or in the log.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from store.engine import open_store
from tests.acceptance.conftest import stock
from tests.acceptance.test_hostile import CONTENTS, every_call, fill
from tests.acceptance.test_sessions import authenticate, close, send
from tests.acceptance.test_workers import PUBLIC_URL, WallClock, gunicorn
from tests.acceptance.world import SECRET, World
from tests.webconnector.soap_calls import captured, parameters
from tests.webconnector.test_soap_hostile import HOSTILE
from webconnector.rehearsal.soap_wire import envelope, read_reply
from webconnector.settings import Settings
from webconnector.soap_contract import BODY_BYTES_MAX, MIB, OPERATIONS

REFUSED = frozenset({400, 413})
ANSWERED = frozenset({200})
# What the calls of an open session may change: its own course, and what it was told of.
COURSE = {"event", "feed", "session", "problem", "connector", "exchange"}
# What a session that has nothing to give answers.
NOTHING: dict[str, tuple[Any, ...]] = {
    "sendRequestXML": ("",),
    "receiveResponseXML": (-1,),
    "connectionError": ("done",),
    "getInteractiveURL": ("",),
    "interactiveRejected": ("",),
    "interactiveDone": ("Done",),
}


@dataclass
class Ground:
    """A server, two companies with records, and tickets of every bad kind."""

    mine: World
    other: World
    reply: str = ""
    tickets: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One hostile call: its bytes, the statuses it may get, the tables it may touch."""

    name: str
    body: bytes
    operation: str = ""
    statuses: frozenset[int] = REFUSED
    length: int | None = None
    may_touch: frozenset[str] = frozenset()
    answers: tuple[Any, ...] = ()


def ticket_rows(ground: Ground) -> Iterator[Row]:
    """Every call with a ticket that opens nothing."""
    for kind, ticket in ground.tickets.items():
        for operation, given in every_call(ticket, ground.mine, ground.reply):
            yield Row(
                f"{operation} with a ticket that is {kind}",
                envelope(operation, given),
                operation,
                ANSWERED,
                answers=NOTHING.get(operation, ()),
            )


def foreign_rows(ground: Ground) -> Iterator[Row]:
    """The ticket of another company's open session, with this company's file and answers."""
    ticket = authenticate(ground.other)[0]
    for operation, given in every_call(ticket, ground.mine, ground.reply):
        touched = frozenset(COURSE)
        yield Row(
            f"{operation} with a foreign ticket",
            envelope(operation, given),
            operation,
            ANSWERED,
            may_touch=touched,
        )


def disordered_rows(ground: Ground) -> Iterator[Row]:
    """A good ticket, the calls in an order that no Web Connector has."""
    ticket = authenticate(ground.mine)[0]
    calls = dict(every_call(ticket, ground.mine, ground.reply))
    order = (
        *("receiveResponseXML", "interactiveDone", "connectionError", "connectionError"),
        *("receiveResponseXML", "sendRequestXML", "connectionError", "closeConnection"),
        *("sendRequestXML", "receiveResponseXML", "closeConnection", "getLastError"),
    )
    for number, operation in enumerate(order):
        touched = frozenset(COURSE)
        body = envelope(operation, calls[operation])
        name = f"{operation} as call {number} of a session in disorder"
        yield Row(name, body, operation, ANSWERED, may_touch=touched)


def nil_rows() -> Iterator[Row]:
    """Parameters that are nil or absent."""
    numbers = {"qbXMLMajorVers": "13", "qbXMLMinorVers": "0"}
    for operation, contract in OPERATIONS.items():
        kept = {name: value for name, value in numbers.items() if name in contract.parameters}
        nil = "".join(
            f'<{name} xsi:nil="true"/>' for name in contract.parameters if name not in kept
        )
        for form, inner in (("nil", nil), ("absent", "")):
            body = captured(operation, inner + parameters(kept)).encode()
            yield Row(f"{operation} with {form} parameters", body, operation, ANSWERED)


def body_rows() -> Iterator[Row]:
    """Bodies that are no call."""
    for name, body in HOSTILE.items():
        raw = body if isinstance(body, bytes) else body.encode()
        # Long and without a ticket: answered by the protocol, unread.
        statuses = REFUSED | ANSWERED if len(raw) > 64 * 1024 else REFUSED
        yield Row(name, raw, "receiveResponseXML", statuses)
    whole = captured("getLastError", "<ticket>t</ticket>").encode()
    yield Row("cut off on the wire", whole[:-20], length=len(whole))
    yield Row("100 MB", b"", length=100_000_000 + BODY_BYTES_MAX)
    yield Row("100 MiB", b"", length=100 * MIB)
    long = {"ticket": "f" * 32, "response": "x" * (40 * MIB), "hresult": "", "message": ""}
    body = captured("receiveResponseXML", parameters(long)).encode()
    yield Row("40 MiB of a stranger", body, "receiveResponseXML", ANSWERED, answers=(-1,))


def post(made: World, row: Row) -> tuple[int, dict[str, str], bytes]:
    """Send the row's bytes; status, headers and body of the answer."""
    address = urlsplit(made.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        connection.putrequest("POST", address.path)
        connection.putheader("Content-Type", "text/xml; charset=utf-8")
        connection.putheader("Content-Length", str(row.length or len(row.body)))
        connection.endheaders(row.body)
        if row.length is not None and row.body:
            connection.sock.shutdown(1)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def check(ground: Ground, row: Row, secrets: list[str]) -> None:
    """One row: its answer, and the whole database before and after."""
    before = ground.mine.dump()
    status, headers, said = post(ground.mine, row)
    assert status in row.statuses, (row.name, status, said[:200])
    assert headers["Content-Type"] == "text/xml; charset=utf-8", row.name
    if status == http.client.OK:
        answer = read_reply(row.operation, status, headers, said)
        assert not row.answers or answer in row.answers, (row.name, answer)
    text = said.decode()
    assert [word for word in (*secrets, "Traceback", "root:") if word in text] == [], row.name
    after = ground.mine.dump()
    changed = {name for name in before if before[name] != after[name]} - {"greeting"}
    assert changed <= row.may_touch, (row.name, changed)


def closed(made: World) -> str:
    """The ticket of a session that is over."""
    ticket = authenticate(made)[0]
    close(made, ticket)
    return ticket


@pytest.fixture
def ground(database_url: str, tmp_path: Path) -> Iterator[Ground]:
    """Two companies on one real server, both synced."""
    store = open_store(database_url)
    settings = Settings(database_url=database_url, secret_key=SECRET, public_url=PUBLIC_URL)
    with gunicorn(database_url, tmp_path / "server") as url:
        mine = World(store, url, WallClock(), settings)
        other = mine.neighbour(path=r"C:\QuickBooks\Other.QBW", company_name="Other Ltd")
        for made in (mine, other):
            stock(made)
        fill(other)
        for made in (mine, other):
            made.sync()
        yield Ground(mine, other)
    store.close()


def test_every_hostile_call_gets_a_clean_answer_and_changes_nothing(
    ground: Ground, tmp_path: Path
) -> None:
    mine = ground.mine
    replayed = mine.sync().ticket
    opened = authenticate(mine)[0]
    ground.reply = mine.books.process(send(mine, opened))
    close(mine, opened)
    ground.tickets = {
        "unknown": "f" * 32,
        "closed": closed(mine),
        "replayed": replayed,
        "empty": "",
        "enormous": "é" * 20_000,
    }
    secrets = [*CONTENTS, mine.company.password, ground.other.company.password, SECRET]
    for rows in (ticket_rows(ground), nil_rows(), body_rows()):
        for row in rows:
            check(ground, row, secrets)
    private = [*secrets, mine.company.username]
    for rows in (foreign_rows(ground), disordered_rows(ground)):
        for row in rows:
            check(ground, row, private)
    written = (tmp_path / "server" / "log").read_text()
    assert written.count("soap_call_refused") > len(HOSTILE)
    tickets = [ticket for ticket in ground.tickets.values() if ticket]
    assert [word for word in (*secrets, *tickets, opened) if word in written] == []
    for made in (mine, ground.other):
        made.sync()
