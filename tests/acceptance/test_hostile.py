"""Hostile calls at the whole server: protocol answers or clean 4xx, no change, nothing told."""

from __future__ import annotations

import hashlib
import io
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from store.ledger import metadata
from tests.acceptance.conftest import stock
from tests.acceptance.test_sessions import authenticate, close, last_error, receive, send
from tests.acceptance.world import SECRET, World
from tests.webconnector.soap_calls import captured
from tests.webconnector.test_soap_hostile import HOSTILE
from webconnector import logs
from webconnector.rehearsal.soap_wire import Parameter
from webconnector.rehearsal.web_connector import WebConnector

# Raw bytes go over a socket, and the log and every table are looked through.
pytestmark = pytest.mark.own_database

CONTENTS = ("Zanzibar Holdings", "confidential memo", "555-0199", "98765.43")


@pytest.fixture
def neighbours(acme: World) -> tuple[World, World]:
    """Two companies of one server, each with its own file; the second holds CONTENTS."""
    other = acme.neighbour(path=r"C:\QuickBooks\Other.QBW", company_name="Other Ltd")
    stock(other)
    fill(other)
    other.sync()
    return acme, other


def fill(made: World) -> None:
    """Records whose contents nobody else may see."""
    name, memo, phone, amount = CONTENTS
    vendor = made.books.add("Vendor", {"Name": name, "Phone": phone})
    line = {"AccountRef": {"FullName": "Rent"}, "Amount": amount, "Memo": memo}
    fields = {"VendorRef": {"ListID": vendor}, "TxnDate": "2026-03-02", "ExpenseLine": [line]}
    made.books.add("Bill", fields)
    made.add("vendors", name=f"{name} Too", phone=phone)


def every_call(ticket: str, made: World, reply: str) -> Iterator[tuple[str, dict[str, Parameter]]]:
    """Each call that carries a ticket, with the data of `made`."""
    yield (
        "sendRequestXML",
        {
            "ticket": ticket,
            "strHCPResponse": made.books.hcp(),
            "strCompanyFileName": made.books.path,
            "qbXMLCountry": "US",
            "qbXMLMajorVers": 16,
            "qbXMLMinorVers": 0,
        },
    )
    answer: dict[str, Parameter] = {"response": reply, "hresult": "", "message": ""}
    yield "receiveResponseXML", {"ticket": ticket, **answer}
    yield "connectionError", {"ticket": ticket, "hresult": "0x80040408", "message": "no"}
    yield "getLastError", {"ticket": ticket}
    yield "getInteractiveURL", {"wcTicket": ticket, "sessionID": "1"}
    yield "interactiveRejected", {"wcTicket": ticket, "reason": "no"}
    yield "interactiveDone", {"wcTicket": ticket}
    yield "closeConnection", {"ticket": ticket}


def rows_of(made: World) -> dict[str, list[Any]]:
    """All rows of one company, the log of calls included."""
    with made.store.read() as conn:
        return {
            table.name: list(conn.execute(select(table).where(table.c[name] == made.id)))
            for table in metadata.sorted_tables
            for name in ("company_id" if table.name != "company" else "id",)
            if name in table.c
        }


# --- tenants


def test_a_ticket_of_one_company_never_reaches_another(neighbours: tuple[World, World]) -> None:
    mine, other = neighbours
    theirs = authenticate(other)[0]
    owed = send(other, theirs)
    reply = other.books.process(owed)
    before = rows_of(other)
    ticket = authenticate(mine)[0]
    said = [
        str(mine.connector.call(operation, **given))
        for operation, given in every_call(ticket, other, reply)
    ]
    assert rows_of(other) == before
    told = " ".join(said)
    assert not [content for content in CONTENTS if content in told]
    assert mine.all("vendors") == mine.all("bills") == []
    # The other company's session goes on as if nothing had happened.
    assert send(other, theirs) == owed
    assert receive(other, theirs, reply) >= 0
    assert rows_of(other) != before


def test_one_companys_stamped_file_is_never_used_for_another(
    neighbours: tuple[World, World],
) -> None:
    mine, other = neighbours
    ticket = authenticate(mine)[0]
    assert send(mine, ticket, other.books) == ""
    assert "another CashFlow company" in last_error(mine, ticket)
    close(mine, ticket)
    assert mine.all("vendors") == []


def test_each_companys_session_is_its_own(neighbours: tuple[World, World]) -> None:
    mine, other = neighbours
    first, second = authenticate(mine)[0], authenticate(other)[0]
    assert send(mine, first)
    assert send(other, second)
    close(mine, first)
    assert send(other, second), "one company's end must not end the other's session"
    password: dict[str, Parameter] = {"strPassword": other.company.password}
    crossed = mine.connector.call("authenticate", strUserName=mine.company.username, **password)
    assert isinstance(crossed, list)
    assert crossed[1] == "nvu"


# --- tickets


def replay(made: World, ticket: str, seen: list[tuple[str, dict[str, Parameter]]]) -> None:
    """Repeat calls and compare the database with before."""
    before = made.dump()
    refusals: dict[str, set[object]] = {
        "sendRequestXML": {""},
        "receiveResponseXML": {-1},
        "connectionError": {"done"},
    }
    for operation, given in seen:
        answer = made.connector.call(operation, **given)
        assert answer in refusals.get(operation, {answer}), operation
        assert not ticket or ticket not in str(answer)
    assert made.dump() == before


class Recording(WebConnector):
    """Remembers its calls as an eavesdropper would."""

    def __init__(self, made: World) -> None:
        super().__init__(made.url, made.company.username, made.company.password)
        self.seen: list[tuple[str, dict[str, Parameter]]] = []

    def call(self, op: str, **parameters: Parameter) -> Any:
        """One call, remembered."""
        if "ticket" in parameters:
            self.seen.append((op, parameters))
        return super().call(op, **parameters)


def test_a_whole_session_replayed_after_its_end_changes_nothing(acme: World) -> None:
    fill(acme)
    recording = Recording(acme)
    acme.connector = recording
    acme.sync()
    seen = recording.seen[:]
    assert len(seen) >= 5
    replay(acme, recording.log.ticket, seen)
    acme.connector = WebConnector(acme.url, acme.company.username, acme.company.password)
    acme.sync()
    replay(acme, recording.log.ticket, seen)


@pytest.mark.parametrize("kind", ["closed", "expired", "refused", "made up", "empty", "enormous"])
def test_a_ticket_that_opens_nothing_is_answered_by_the_protocol(acme: World, kind: str) -> None:
    stored = acme.books.process(_request_of_a_lost_session(acme))
    makers: dict[str, Callable[[], str]] = {
        "closed": lambda: _closed(acme),
        "expired": lambda: _expired(acme),
        "refused": lambda: _refused(acme),
        "made up": lambda: "f" * 32,
        "empty": lambda: "",
        "enormous": lambda: "é" * 20_000,
    }
    acme.clock.advance(minutes=16)
    ticket = makers[kind]()
    replay(acme, ticket, list(every_call(ticket, acme, stored)))


def _request_of_a_lost_session(made: World) -> str:
    return send(made, authenticate(made)[0])


def _closed(made: World) -> str:
    ticket = authenticate(made)[0]
    close(made, ticket)
    return ticket


def _expired(made: World) -> str:
    ticket = authenticate(made)[0]
    send(made, ticket)
    made.clock.advance(minutes=16)
    authenticate(made)
    return ticket


def _refused(made: World) -> str:
    answer = made.connector.call("authenticate", strUserName="nobody", strPassword="wrong")
    assert isinstance(answer, list)
    return answer[0]


# --- bodies


def test_broken_and_hostile_bodies_change_nothing_and_are_told_nothing(acme: World) -> None:
    acme.sync()
    before = acme.dump()
    for name, body in HOSTILE.items():
        raw = body.encode() if isinstance(body, str) else body
        status, _, said = acme.connector.post(raw)
        # Too long to be read without a ticket of ours: the protocol's refusal.
        assert status in {400, 413} or (status == 200 and b"XMLResult>-1</" in said), name
        assert b"root:" not in said, name
        assert len(said) < 1000, name
    assert acme.dump() == before
    acme.sync()


@pytest.mark.parametrize("filling", ["absent", "empty"])
def test_absent_and_empty_parameters_get_a_protocol_answer(acme: World, filling: str) -> None:
    before = acme.dump()
    numbers = ("qbXMLMajorVers", "qbXMLMinorVers")
    calls: list[tuple[str, dict[str, Parameter]]] = [("authenticate", {"strUserName": ""})]
    for operation, given in [*calls, *every_call("", acme, "")]:
        kept = {name: given[name] for name in numbers if name in given}
        values: dict[str, Parameter] = dict.fromkeys(given, "") if filling == "empty" else {}
        acme.connector.call(operation, **(values | kept))
    assert acme.dump() == before


def test_an_unknown_operation_and_a_wrong_encoding_are_refused(acme: World) -> None:
    before = acme.dump()
    for body in (captured("dropTables"), captured("getLastError", "<ticket>\xe9</ticket>")):
        status, _, _ = acme.connector.post(body.encode("latin-1"))
        assert status == 400
    assert acme.dump() == before


@pytest.mark.parametrize(
    "reply",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><QBXML>&e;</QBXML>',
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><QBXML>&b;</QBXML>',
        "<QBXML><QBXMLMsgsRs><CustomerQueryRs",
        "not xml at all",
        "<QBXML/>",
    ],
    ids=["external entity", "entities", "cut off", "no xml", "empty"],
)
def test_a_hostile_reply_of_quickbooks_is_not_taken(acme: World, reply: str) -> None:
    ticket = authenticate(acme)[0]
    send(acme, ticket)
    assert receive(acme, ticket, reply) in range(-1, 101)
    text = last_error(acme, ticket) + close(acme, ticket)
    assert "root:" not in text
    assert "haha" not in text
    assert acme.all("customers") == []
    acme.sync()


# --- logs


def eventful(made: World) -> tuple[str, ...]:
    """Sessions in which everything happens that is logged; gives what no log may hold."""
    wrong = "wr0ng-but-still-a-secret"
    user = made.company.username
    made.connector.call("authenticate", strUserName=user, strPassword=wrong)
    fill(made)
    tickets = [made.sync().ticket, made.sync().ticket]
    lost = authenticate(made)[0]
    send(made, lost)
    made.clock.advance(minutes=16)
    odd = authenticate(made)[0]
    send(made, odd)
    receive(made, odd, f"<QBXML><broken {CONTENTS[0]}")
    last_error(made, odd)
    close(made, odd)
    crashed = authenticate(made)[0]
    send(made, crashed)
    receive(made, crashed, "", "0x80040400", f"found an error in {CONTENTS[0]}")
    close(made, crashed)
    made.connector.post(
        captured("authenticate", f"<strPassword>{wrong}</strPassword><x/>").encode()
    )
    known = (made.company.password, wrong, SECRET, *tickets, lost, odd, crashed)
    return (*known, *(hashlib.sha256(t.encode()).hexdigest() for t in (lost, odd)))


@pytest.mark.parametrize("style", ["json", "text"])
def test_no_password_and_no_ticket_is_ever_written_at_any_level(
    acme: World, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)
    logs.configure(style, "debug")
    secrets = eventful(acme)
    written = stderr.getvalue()
    assert "session_opened" in written
    assert [secret for secret in secrets if secret in written] == []
    loud = [line for line in written.splitlines() if not _is_debug(line)]
    assert [c for c in CONTENTS if any(c in line for line in loud)] == []


def _is_debug(line: str) -> bool:
    return "level=debug" in line or '"level": "debug"' in line


def test_nothing_secret_is_even_handed_to_the_log(
    acme: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name, least in logs.LIBRARY_LEVELS.items():
        caplog.set_level(least, logger=name)
    with capture_logs() as events:
        secrets = eventful(acme)
    handed = [(str(e["log_level"]), repr(e)) for e in events]
    handed += [(r.levelname.lower(), repr(r.__dict__)) for r in caplog.records]
    assert {"session_opened", "session_lost"} <= {e["event"] for e in events}
    for level, text in handed:
        assert [secret for secret in secrets if secret in text] == []
        assert level == "debug" or [c for c in CONTENTS if c in text] == []


def test_no_password_and_no_ticket_is_kept_in_the_database(acme: World) -> None:
    kept_never = eventful(acme)[:-2]
    with acme.store.read() as conn:
        everything = repr([conn.execute(select(t)).all() for t in metadata.sorted_tables])
    assert CONTENTS[0] in everything
    assert [secret for secret in kept_never if secret in everything] == []
