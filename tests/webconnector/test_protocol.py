"""Every call in every state of a session, at the wire: never a fault, refusals change nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.world import World, world
from webconnector import protocol
from webconnector.protocol import MOVES, OPEN_STATES, Call, Move, State, move, silence_seconds_max
from webconnector.rehearsal.soap_wire import Parameter, Reply

# Protocol 3.9 and sync-rules 8 as a table: rows are states, columns calls, a cell is the move.
COLUMNS = [
    "sendRequestXML",
    "receiveResponseXML",
    "connectionError",
    "getLastError",
    "closeConnection",
]
TABLE = """
ready     next    repeat  open-again  tell  end
owed      resend  take    refuse      tell  end
stopping  refuse  late    refuse      tell  end
done      refuse  repeat  refuse      tell  end
closed    refuse  late    refuse      tell  again
expired   refuse  late    refuse      tell  again
unknown   refuse  refuse  refuse      tell  again
"""
INTERACTIVE = ["getInteractiveURL", "interactiveRejected", "interactiveDone"]
EXPECTED = {
    (row.split()[0], call): word.replace("-", " ")
    for row in TABLE.strip().splitlines()
    for call, word in zip(COLUMNS, row.split()[1:], strict=True)
}
EXPECTED |= {(state, call): "decline" for state, _ in set(EXPECTED) for call in INTERACTIVE}

# Moves after which the database is as it was, the log of calls apart.
QUIET = {"resend", "repeat", "tell", "again", "decline", "refuse"}
# What a request that is sent once more may change: the outcome of the first time stays unknown.
RESENT = ("exchange.times_sent", "exchange.sent_at")


class Answer(NamedTuple):
    """What the wire must say: the words for the failure message, and the test."""

    words: str
    fits: Callable[[Reply], bool]


def exactly(value: str | int) -> Answer:
    """This and nothing else."""
    return Answer(repr(value), lambda reply: reply == value and type(reply) is type(value))


REQUEST = Answer("a message set", lambda reply: "<QBXMLMsgsRq" in str(reply))
PERCENT = Answer("0 to 100", lambda reply: isinstance(reply, int) and 0 <= reply <= 100)
TEXT = Answer("some text", lambda reply: isinstance(reply, str) and bool(reply.strip()))
ANSWERS: dict[tuple[str, str], Answer] = {
    ("next", "sendRequestXML"): REQUEST,
    ("resend", "sendRequestXML"): REQUEST,
    ("refuse", "sendRequestXML"): exactly(""),
    ("take", "receiveResponseXML"): PERCENT,
    ("repeat", "receiveResponseXML"): PERCENT,
    ("late", "receiveResponseXML"): exactly(-1),
    ("refuse", "receiveResponseXML"): exactly(-1),
    ("open again", "connectionError"): exactly(""),
    ("refuse", "connectionError"): exactly("done"),
    ("tell", "getLastError"): TEXT,
    ("end", "closeConnection"): TEXT,
    ("again", "closeConnection"): TEXT,
    ("decline", "getInteractiveURL"): exactly(""),
    ("decline", "interactiveRejected"): Answer("a text", lambda reply: isinstance(reply, str)),
    ("decline", "interactiveDone"): exactly("Done"),
}


def test_the_table_is_the_one_of_the_protocol() -> None:
    assert {(s.value, c.value): m.value for (s, c), m in MOVES.items()} == EXPECTED
    assert {s.value for s in State} == {state for state, _ in EXPECTED}
    assert {m.value for m in Move} == set(EXPECTED.values())
    for state in State:
        for call in Call:
            assert move(state, call) is MOVES[state, call]


def test_a_company_has_one_session_in_the_states_that_are_open() -> None:
    assert {state.value for state in OPEN_STATES} == {"ready", "owed", "stopping", "done"}


@pytest.mark.parametrize("state", list(State))
def test_only_while_quickbooks_is_at_work_the_long_silence_counts(state: State) -> None:
    limit = silence_seconds_max(state, waiting=60, working=900)
    assert limit == (900 if state is State.OWED else 60)


# --- at the wire


def to_ready(made: World) -> str:
    """A session of which sendRequestXML is awaited."""
    return authenticate(made)[0]


def to_midway(made: World) -> str:
    """An answer is stored, and there is more to do."""
    made.add("vendors", name=f"Acme {made.clock().isoformat().replace(':', '.')}")
    ticket = to_ready(made)
    assert 0 <= receive(made, ticket, made.books.process(send(made, ticket))) < 100
    return ticket


def to_owed(made: World) -> str:
    """A request is out."""
    ticket = to_ready(made)
    assert send(made, ticket)
    return ticket


def to_stopping(made: World) -> str:
    """QuickBooks refused, getLastError or closeConnection is awaited."""
    ticket = to_owed(made)
    assert receive(made, ticket, "", "0x80040408", "Could not start QuickBooks.") == -1
    return ticket


def to_done(made: World) -> str:
    """All is done, closeConnection is awaited."""
    ticket = to_ready(made)
    while request := send(made, ticket):
        if receive(made, ticket, made.books.process(request)) == 100:
            break
    return ticket


def to_closed(made: World) -> str:
    """It ended properly."""
    ticket = to_done(made)
    close(made, ticket)
    return ticket


def to_expired(made: World) -> str:
    """Another session took over."""
    ticket = to_owed(made)
    made.clock.advance(minutes=16)
    authenticate(made)
    return ticket


def to_unknown(made: World) -> str:
    """A ticket nobody has."""
    assert made.id
    return "0" * 32


WAYS = {
    State.READY: to_midway,
    State.OWED: to_owed,
    State.STOPPING: to_stopping,
    State.DONE: to_done,
    State.CLOSED: to_closed,
    State.EXPIRED: to_expired,
    State.UNKNOWN: to_unknown,
}


def parameters(made: World, call: Call, ticket: str, reply: str) -> dict[str, Parameter]:
    """What the Web Connector would send with this call."""
    error = {"hresult": "0x80040408", "message": "Could not start QuickBooks."}
    first: dict[str, Parameter] = {
        "strHCPResponse": made.books.hcp(),
        "strCompanyFileName": made.books.path,
        "qbXMLCountry": "US",
        "qbXMLMajorVers": 16,
        "qbXMLMinorVers": 0,
    }
    more: dict[Call, dict[str, Parameter]] = {
        Call.SEND: first,
        Call.RECEIVE: {"response": reply, "hresult": "", "message": ""},
        Call.CONNECTION_ERROR: {**error},
        Call.INTERACTIVE_URL: {"sessionID": "1"},
        Call.INTERACTIVE_REJECTED: {"reason": "no"},
    }
    name = "wcTicket" if "nteractive" in call.value else "ticket"
    return {name: ticket, **more.get(call, {})}


@pytest.fixture
def reply(database_url: str) -> str:
    """An answer of QuickBooks that would change the books here, were it taken."""
    with world(database_url) as made:
        made.books.add("Vendor", {"Name": "Must not come twice"})
        ticket = to_ready(made)
        found = made.books.process(send(made, ticket))
        close(made, ticket)
    return found


@pytest.mark.parametrize("state", list(State))
def test_each_call_is_answered_by_the_protocol_and_a_refused_one_changes_nothing(
    database_url: str, state: State, reply: str
) -> None:
    with world(database_url) as made:
        for call in Call:
            made.clock.advance(minutes=16)  # whatever the last cell left is dead by now
            expected = EXPECTED[state.value, call.value]
            cell = f"{call.value} in state {state.value}: {expected}"
            ticket = WAYS[state](made)
            made.clock.advance(seconds=5)
            said = reply
            if expected == "take":  # the request is out: only its own answer is one
                said = made.books.process(send(made, ticket))
            sent_again = RESENT if expected == "resend" else ()
            before, whole = made.dump(but=sent_again), made.dump()
            answer = made.connector.call(call, **parameters(made, call, ticket, said))
            wanted = ANSWERS[expected, call.value]
            assert wanted.fits(answer), f"{cell} must answer {wanted.words}, not {answer!r}"
            if expected in QUIET:
                assert made.dump(but=sent_again) == before, cell
                assert expected != "resend" or made.dump() != whole, cell
            elif expected not in ("late", "open again"):
                assert made.dump() != before, cell


@pytest.mark.parametrize("state", [State.DONE, State.CLOSED, State.EXPIRED, State.UNKNOWN])
def test_any_order_of_refused_calls_leaves_the_database_as_it_is(
    database_url: str, state: State, reply: str
) -> None:
    refused = [c for c in Call if EXPECTED[state.value, c.value] not in ("late", "end")]
    with world(database_url) as made:
        ticket = WAYS[state](made)
        before = made.dump()
        for call in [*refused, *reversed(refused)]:
            made.connector.call(call, **parameters(made, call, ticket, reply))
        assert made.dump() == before


def take_over(made: World, _ticket: str) -> None:
    """The session falls silent and another begins."""
    made.clock.advance(minutes=16)
    authenticate(made)


@pytest.mark.parametrize("state", [State.STOPPING, State.CLOSED, State.EXPIRED])
def test_a_late_answer_to_a_write_counts_before_it_is_refused(
    database_url: str, state: State
) -> None:
    ends: dict[State, Callable[[World, str], object]] = {
        State.STOPPING: lambda made, ticket: receive(made, ticket, "", "0x80010105", "It crashed."),
        State.CLOSED: close,
        State.EXPIRED: take_over,
    }
    with world(database_url) as made:
        vendor = made.add("vendors", name="Acme")
        ticket = to_ready(made)
        while "VendorAddRq" not in (request := send(made, ticket)):
            receive(made, ticket, made.books.process(request))
        stored = made.books.process(request)
        ends[state](made, ticket)
        assert made.get("vendors", vendor["id"])["sync"]["state"] == "sent"
        assert receive(made, ticket, stored) == -1
        assert made.get("vendors", vendor["id"])["sync"]["state"] == "synced"
        before = made.dump()
        assert receive(made, ticket, stored) == -1
        assert made.dump() == before


def test_repeat_gives_the_percentage_that_was_given_before(database_url: str) -> None:
    with world(database_url) as made:
        made.add("vendors", name="Acme")
        ticket = to_ready(made)
        answered = made.books.process(send(made, ticket))
        first = receive(made, ticket, answered)
        assert 0 < first < 100
        assert receive(made, ticket, answered) == first


def test_an_answer_before_any_request_stores_nothing(database_url: str, reply: str) -> None:
    with world(database_url) as made:
        ticket = to_ready(made)
        before = made.dump()
        assert receive(made, ticket, reply) == 0
        after = made.dump()
        assert {name for name in after if after[name] != before[name]} <= {"session"}
        assert made.all("vendors") == []


def test_the_request_resent_is_the_same_byte_for_byte(database_url: str) -> None:
    with world(database_url) as made:
        ticket = to_owed(made)
        first = send(made, ticket)
        assert send(made, ticket) == first


def test_every_refusal_stands_in_the_table_of_answers() -> None:
    refused = {call for (_, call), word in MOVES.items() if word in (Move.REFUSE, Move.DECLINE)}
    assert refused == set(protocol.REFUSALS)
    assert not any(re.search("fault|error", str(text)) for text in protocol.REFUSALS.values())
