"""What the Web Connector is told when the session logic fails.

Owns the fallback answers, the reference that ties them to the log, and the guard that turns any
exception or unfit result into one of them. Must not know XML, spyne or HTTP.

An operation never fails towards the Web Connector: it treats a SOAP fault as the end of the run
and does not even close the session (Programmer's Guide, appendix A: QBWC1012, 1041, 1042).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import traceback
from collections.abc import Callable
from typing import TypeVar

PRODUCT = "Key CashFlow"

Answer = str | int | tuple[str, ...]
Result = TypeVar("Result", str, int, tuple[str, ...])

_log = logging.getLogger("webconnector.soap")

INT32_MAX = 2**31 - 1


def _last_error(reference: str) -> str:
    return (
        f"{PRODUCT} had an error of its own and ended this session. Nothing is lost: the next "
        f"one goes on from here. If it happens again, tell support the reference {reference}."
    )


# One answer per operation, from (ticket, reference). They lead the Web Connector to the end of
# the run: authenticate 'busy' -> closeConnection; '' and -1 -> getLastError -> closeConnection.
FALLBACKS: dict[str, Callable[[str, str], Answer]] = {
    "serverVersion": lambda _ticket, _reference: PRODUCT,
    "clientVersion": lambda _ticket, _reference: "",
    "authenticate": lambda ticket, _reference: (ticket, "busy"),
    "sendRequestXML": lambda _ticket, _reference: "",
    "receiveResponseXML": lambda _ticket, _reference: -1,
    "connectionError": lambda _ticket, _reference: "done",
    "getLastError": lambda _ticket, reference: _last_error(reference),
    "closeConnection": lambda _ticket, reference: f"Ended with an error, reference {reference}",
    "getInteractiveURL": lambda _ticket, _reference: "",
    "interactiveRejected": lambda _ticket, _reference: "",
    "interactiveDone": lambda _ticket, _reference: "Done",
}


def reference_for(ticket: str) -> str:
    """Eight hexadecimal digits, the same for all calls of a ticket, telling nothing about it."""
    return hashlib.sha256(f"reference of {ticket}".encode("utf-8", "replace")).hexdigest()[:8]


def fallback(operation: str, ticket: str, reference: str) -> Answer:
    """The fallback answer of `operation`; without a ticket a fresh one stands in for it."""
    return FALLBACKS[operation](ticket or fresh_ticket(), reference)


def fresh_ticket() -> str:
    """A ticket for a refusal: the Web Connector closes the connection with it."""
    return secrets.token_hex(16)


def guarded(
    operation: str, ticket: str, ask: Callable[[], Result], kind: Callable[[object], Result]
) -> Result:
    """What `ask` answers, checked by `kind`; else the operation's fallback, with a log event."""
    ticket = ticket or fresh_ticket()
    try:
        return kind(ask())
    except Exception as error:  # noqa: BLE001 - whatever it is, the Web Connector needs an answer
        reference = reference_for(ticket)
        log_failure(operation, reference, error)
        return kind(fallback(operation, ticket, reference))


def log_failure(operation: str, reference: str, error: Exception) -> None:
    """Log that a call failed: where and by which type of error, never with which contents."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown"
    _log.error(
        "soap_call_failed",
        extra={
            "operation": operation,
            "reference": reference,
            "error": type(error).__qualname__,
            "where": where,
        },
    )


def as_text(value: object) -> str:
    """`value` when it is a string; TypeError otherwise."""
    if isinstance(value, str):
        return value
    raise TypeError(_not_the_kind("a string", value))


def as_int(value: object) -> int:
    """`value` when it is a 32-bit integer; TypeError otherwise."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= INT32_MAX:
        return int(value)
    raise TypeError(_not_the_kind("a 32-bit integer", value))


def as_strings(value: object) -> tuple[str, ...]:
    """`value` as a tuple when it is two to four strings, the ticket among them; else TypeError."""
    if isinstance(value, tuple | list) and 2 <= len(value) <= 4 and value[0]:  # noqa: PLR2004
        return tuple(as_text(item) for item in value)
    raise TypeError(_not_the_kind("two to four strings beginning with a ticket", value))


def _not_the_kind(expected: str, value: object) -> str:
    return f"the answer must be {expected}, not {type(value).__name__}"
