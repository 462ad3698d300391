"""What happens while QuickBooks is asked about a document, before its answer comes."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, update

from store import problem_acts
from store.syncing import exchange
from tests.acceptance.test_bills import rent
from tests.acceptance.test_exactly_once import next_request
from tests.acceptance.test_in_doubt import only, their_bill
from tests.acceptance.test_sessions import authenticate, close, receive, send
from tests.acceptance.world import World


def _while_asked(made: World, act: Callable[[], object]) -> None:
    """A session in which that happens while QuickBooks is asked for bill B-1."""
    made.clock.advance(minutes=5)
    ticket = authenticate(made)[0]
    request, percent, pending = send(made, ticket), 0, True
    while request and 0 <= percent < 100:
        answer = made.books.process(request)
        if pending and "<RefNumber>B-1<" in request and "BillQueryRq" in request:
            act()
            pending = False
        percent = receive(made, ticket, answer)
        request = next_request(made, ticket) if 0 <= percent < 100 else ""
    close(made, ticket)
    assert not pending


def test_an_answer_about_its_old_number_does_not_let_the_new_one_go(acme: World) -> None:
    vendor, theirs = their_bill(acme, "B-2")
    bill = rent(acme, vendor, number="B-1")["id"]
    _while_asked(acme, lambda: acme.change("bills", bill, number="B-2"))
    acme.sync()
    assert [one["TxnID"] for one in acme.books.all("Bill")] == [theirs]
    assert [problem.kind for problem in acme.problems()] == ["duplicate"]


def test_an_answer_to_a_question_of_an_earlier_version_of_the_server_only_finds(
    acme: World,
) -> None:
    """It did not note which version of the record it was about: the question is asked again."""
    vendor, theirs = their_bill(acme, "B-1")
    rent(acme, vendor, number="B-1")

    def forget() -> None:
        acme.books.edit("Bill", theirs, {"RefNumber": "B-7"})
        with acme.store.write() as conn:
            mine = (exchange.c.company_id == acme.id, exchange.c.state == "sent")
            row = conn.execute(select(exchange).where(*mine)).one()
            purpose = {
                name: {key: what for key, what in one.items() if key != "versions"}
                for name, one in row.purpose.items()
            }
            conn.execute(update(exchange).where(*mine).values(purpose=purpose))

    before = len(acme.books.requests)
    _while_asked(acme, forget)
    asked = [one for one in acme.books.requests[before:] if "<RefNumber>B-1</RefNumber>" in one]
    assert len([one for one in asked if "BillQueryRq" in one]) == 2
    assert sorted(one["RefNumber"] for one in acme.books.all("Bill")) == ["B-1", "B-7"]


def test_a_link_made_while_it_is_asked_for_stays(acme: World) -> None:
    vendor, theirs = their_bill(acme, "B-1")
    bill = rent(acme, vendor, number="B-1")["id"]
    acme.sync()
    acme.books.edit("Bill", theirs, {"RefNumber": "B-9"})

    def link() -> None:
        with acme.store.write() as conn:
            (found,) = acme.problems()
            problem_acts.link_to(conn, found, None, "test", acme.clock())

    _while_asked(acme, link)
    acme.sync()
    acme.change("bills", bill, memo="goes over")
    acme.sync()
    assert only(acme, bill, theirs)
    assert acme.books.get("Bill", theirs)["Memo"] == "goes over"
    assert acme.problems() == []
