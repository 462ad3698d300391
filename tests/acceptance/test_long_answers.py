"""A long answer is turned away before it is parsed, unless its ticket is or was a session's."""

from __future__ import annotations

from tests.acceptance.test_exactly_once import up_to_the_write
from tests.acceptance.test_sessions import authenticate, receive
from tests.acceptance.world import World
from webconnector.soap_envelope import HEAD_BYTES


def lengthened(reply: str) -> str:
    """The same answer, too long to be read before its ticket is looked at."""
    return reply.replace("<QBXMLMsgsRs", f"<!--{'x' * HEAD_BYTES}--><QBXMLMsgsRs", 1)


def test_a_long_late_answer_of_an_expired_ticket_still_counts(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    reply = lengthened(acme.books.process(request))
    acme.clock.advance(minutes=16)
    authenticate(acme)  # takes over
    before = acme.dump()
    assert receive(acme, "f" * 32, reply) == -1
    assert acme.dump() == before
    assert receive(acme, ticket, reply) == -1
    assert acme.get("vendors", vendor["id"])["sync"]["state"] == "synced"
