"""The pure state machine of one session: which call may follow which, as one dictionary.

Owns the states of a session and what each call means in each of them. It must not know SOAP, the
database or what a request contains. Source: Intuit's programmer's guide, chapters 2, 5, 8 and 10.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What we wait for from the Web Connector."""

    READY = "ready"  # sendRequestXML
    OWED = "owed"  # receiveResponseXML: QuickBooks is at work, the outcome is unknown
    STOPPING = "stopping"  # getLastError and closeConnection, something went wrong
    DONE = "done"  # closeConnection, all work is done
    CLOSED = "closed"
    EXPIRED = "expired"  # silent for too long, another session took over
    UNKNOWN = "unknown"  # no session of ours has this ticket


class Call(StrEnum):
    """The calls that carry a ticket."""

    SEND = "sendRequestXML"
    RECEIVE = "receiveResponseXML"
    CONNECTION_ERROR = "connectionError"
    LAST_ERROR = "getLastError"
    CLOSE = "closeConnection"
    INTERACTIVE_URL = "getInteractiveURL"
    INTERACTIVE_REJECTED = "interactiveRejected"
    INTERACTIVE_DONE = "interactiveDone"


class Move(StrEnum):
    """What a call makes us do."""

    NEXT = "next"  # hand out the next request, or say why there is none
    RESEND = "resend"  # the request in flight again, byte for byte
    TAKE = "take"  # store the answer and act on it
    REPEAT = "repeat"  # delivered twice: answer as before, change nothing
    LATE = "late"  # keep what a late answer proves, then refuse
    OPEN_AGAIN = "open again"  # QuickBooks could not be opened
    TELL = "tell"  # say what went wrong
    END = "end"  # close and say what was done
    AGAIN = "again"  # closed already: say the same
    DECLINE = "decline"  # not offered here
    REFUSE = "refuse"  # nothing to give


S, C, M = State, Call, Move

_INTERACTIVE = (C.INTERACTIVE_URL, C.INTERACTIVE_REJECTED, C.INTERACTIVE_DONE)

MOVES: dict[tuple[State, Call], Move] = {
    (S.READY, C.SEND): M.NEXT,
    (S.READY, C.RECEIVE): M.REPEAT,
    (S.READY, C.CONNECTION_ERROR): M.OPEN_AGAIN,
    (S.READY, C.LAST_ERROR): M.TELL,
    (S.READY, C.CLOSE): M.END,
    (S.OWED, C.SEND): M.RESEND,
    (S.OWED, C.RECEIVE): M.TAKE,
    (S.OWED, C.CONNECTION_ERROR): M.REFUSE,
    (S.OWED, C.LAST_ERROR): M.TELL,
    (S.OWED, C.CLOSE): M.END,
    (S.STOPPING, C.SEND): M.REFUSE,
    (S.STOPPING, C.RECEIVE): M.LATE,
    (S.STOPPING, C.CONNECTION_ERROR): M.REFUSE,
    (S.STOPPING, C.LAST_ERROR): M.TELL,
    (S.STOPPING, C.CLOSE): M.END,
    (S.DONE, C.SEND): M.REFUSE,
    (S.DONE, C.RECEIVE): M.REPEAT,
    (S.DONE, C.CONNECTION_ERROR): M.REFUSE,
    (S.DONE, C.LAST_ERROR): M.TELL,
    (S.DONE, C.CLOSE): M.END,
    (S.CLOSED, C.SEND): M.REFUSE,
    (S.CLOSED, C.RECEIVE): M.LATE,
    (S.CLOSED, C.CONNECTION_ERROR): M.REFUSE,
    (S.CLOSED, C.LAST_ERROR): M.TELL,
    (S.CLOSED, C.CLOSE): M.AGAIN,
    (S.EXPIRED, C.SEND): M.REFUSE,
    (S.EXPIRED, C.RECEIVE): M.LATE,
    (S.EXPIRED, C.CONNECTION_ERROR): M.REFUSE,
    (S.EXPIRED, C.LAST_ERROR): M.TELL,
    (S.EXPIRED, C.CLOSE): M.AGAIN,
    (S.UNKNOWN, C.SEND): M.REFUSE,
    (S.UNKNOWN, C.RECEIVE): M.REFUSE,
    (S.UNKNOWN, C.CONNECTION_ERROR): M.REFUSE,
    (S.UNKNOWN, C.LAST_ERROR): M.TELL,
    (S.UNKNOWN, C.CLOSE): M.AGAIN,
    **{(state, call): M.DECLINE for state in State for call in _INTERACTIVE},
}

# The answer where there is nothing to give; never a fault (protocol 3.9).
REFUSALS: dict[Call, str | int] = {
    C.SEND: "",
    C.RECEIVE: -1,
    C.CONNECTION_ERROR: "done",
    C.INTERACTIVE_URL: "",
    C.INTERACTIVE_REJECTED: "",
    C.INTERACTIVE_DONE: "Done",
}

# The states in which the company's one session is open.
OPEN_STATES = frozenset({S.READY, S.OWED, S.STOPPING, S.DONE})

if set(MOVES) != {(state, call) for state in State for call in Call}:
    raise AssertionError("the table of moves has a hole")


def move(state: State, call: Call) -> Move:
    """What this call means in this state."""
    return MOVES[state, call]


def silence_seconds_max(state: State, *, waiting: int, working: int) -> int:
    """How long a session may be silent before it counts as dead.

    `waiting` while the Web Connector owes us a call, `working` while QuickBooks is at work (a
    window open in QuickBooks can hold it for minutes).
    """
    return working if state is State.OWED else waiting
