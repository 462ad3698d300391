"""Sync-rules 9, wrong company file: what was owed before, what comes late, several good paths."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

from store import companies, company_moves
from tests.acceptance.test_company_file import other_file, refused
from tests.acceptance.test_exactly_once import next_request, up_to_the_write
from tests.acceptance.test_sessions import authenticate, close, last_error, receive, send
from tests.acceptance.world import World
from webconnector.rehearsal.company_file import CompanyFile

ELSEWHERE = r"D:\Moved\Acme.QBW"
STRANGE = "{00000000-1111-2222-3333-444444444444}"


def copied(acme: World, path: str) -> CompanyFile:
    """A copy of the company file at another place: same records, same stamp."""
    clock, acme.books.clock = acme.books.clock, None
    try:
        made = copy.deepcopy(acme.books)
    finally:
        acme.books.clock = clock
    made.clock, made.path = clock, path
    return made


def wrong_file(acme: World) -> CompanyFile:
    """A file with another connection's stamp, at the right place and of the right name."""
    made = other_file(acme)
    made.stamp(acme.company.owner_id, STRANGE)
    return made


def confirm(acme: World) -> None:
    """The administrator says that it is the same company."""
    with acme.store.write() as conn:
        companies.confirm_file(conn, acme.id, "test", acme.clock())


def rows_of_records(acme: World) -> dict[str, list[str]]:
    """Everything but sessions, problems, their events and what the connector knows of the file."""
    changing = {"session", "problem", "connector", "greeting", "feed"}
    rows = {name: rows for name, rows in acme.dump().items() if name not in changing}
    rows["event"] = [row for row in rows["event"] if "'record." in row]
    return rows


def owing(acme: World) -> tuple[str, str]:
    """A write left and its answer is not here; gives the ticket and the write."""
    acme.sync()
    acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    return up_to_the_write(acme)


@pytest.mark.parametrize("verdict", ["wrong", "another place", "another name", "no stamp"])
def test_in_a_wrong_file_nothing_is_sent_again_read_or_written(acme: World, verdict: str) -> None:
    _, request = owing(acme)
    right = acme.books
    found = {
        "wrong": lambda: wrong_file(acme),
        "another place": lambda: copied(acme, ELSEWHERE),
        "another name": lambda: other_file(acme, name="Acme Incorporated"),
        "no stamp": lambda: other_file(acme),
    }[verdict]()
    if verdict == "another name":
        found.stamp(acme.company.owner_id, acme.company.file_id)
    found.add("Vendor", {"Name": "Theirs"})
    acme.clock.advance(minutes=16)
    before, asked = rows_of_records(acme), len(found.requests)
    acme.books = found
    log = acme.sync_any()
    assert log.outcome in {"stopped", "error"}
    assert len(found.requests) == asked, "something was asked of the wrong file"
    assert rows_of_records(acme) == before
    for text in (log.last_error, log.close_text, acme.problems()[0].text):
        assert found.path in text
        assert right.path in text
    acme.books = right
    acme.sync()
    assert right.requests[-1].count("VendorAddRq") <= 1
    assert request in right.requests, "the write owed is settled in the right file"
    assert len([v for v in right.all("Vendor") if v["Name"] == "Acme"]) == 1
    assert acme.problems() == []


def test_a_late_answer_to_a_session_that_saw_the_wrong_file_is_not_believed(acme: World) -> None:
    ticket, request = owing(acme)
    theirs = copied(acme, ELSEWHERE)
    answer = theirs.process(request)
    acme.books.path, right = ELSEWHERE, acme.books.path
    assert next_request(acme, ticket) == "", "asked again, and another file is open now"
    acme.books.path = right
    before = rows_of_records(acme)
    assert receive(acme, ticket, answer) == -1
    assert rows_of_records(acme) == before
    text = last_error(acme, ticket)
    assert ELSEWHERE in text
    assert right in text
    close(acme, ticket)
    acme.sync()
    assert len(acme.books.all("Vendor")) == 1


def test_a_file_that_changes_in_mid_session_stops_it(acme: World) -> None:
    for number in range(150):
        acme.books.add("Vendor", {"Name": f"Vendor {number}"})
    ticket = authenticate(acme)[0]
    request = send(acme, ticket)
    assert 0 <= receive(acme, ticket, acme.books.process(request)) < 100
    right, acme.books.path = acme.books.path, ELSEWHERE
    assert next_request(acme, ticket) == ""
    text = last_error(acme, ticket)
    assert ELSEWHERE in text
    assert right in text


def test_an_answer_that_comes_after_a_rebind_is_not_applied_to_the_new_file(acme: World) -> None:
    ticket, request = owing(acme)
    answer = acme.books.process(request)
    with acme.store.write() as conn:
        company_moves.rebind(conn, acme.id, "test", acme.clock())
    before = rows_of_records(acme)
    assert receive(acme, ticket, answer) == -1
    assert rows_of_records(acme) == before
    fresh = CompanyFile(clock=acme.clock, path=ELSEWHERE, company_name="New Ltd")
    acme.books = fresh
    acme.clock.advance(minutes=16)
    acme.sync()
    assert request not in fresh.requests, "a write owed to the old file never reaches the new one"


def test_a_copy_of_the_file_waits_and_several_confirmed_paths_are_good(acme: World) -> None:
    acme.sync()
    original, copy_of_it = acme.books, copied(acme, ELSEWHERE)
    text = refused_copy(acme, copy_of_it)
    assert "another place" in text
    confirm(acme)
    acme.sync()
    assert authenticated_path(acme) == ELSEWHERE, "the Web Connector is sent where it was last"
    acme.books = original
    acme.sync()
    assert authenticated_path(acme) == original.path
    acme.books = copy_of_it
    copy_of_it.path = ELSEWHERE.upper()
    acme.sync()
    assert acme.problems() == []


def refused_copy(acme: World, books: CompanyFile) -> str:
    """Sync with a copy open, which has the records of the original."""
    asked = len(books.requests)
    acme.books = books
    log = acme.sync_any()
    assert log.outcome == "stopped"
    assert log.connection_errors == ["0x8004040A"], "the bound path was asked for, then any"
    assert len(books.requests) == asked
    return str(log.last_error)


def authenticated_path(acme: World) -> str:
    """What authenticate answers; the session is closed again."""
    ticket, path, *_ = authenticate(acme)
    close(acme, ticket)
    return path


def test_authenticate_names_no_file_until_one_is_bound_also_after_a_wrong_one(
    acme: World,
) -> None:
    assert authenticated_path(acme) == ""
    right = acme.books
    refused(acme, wrong_file(acme))
    assert len(acme.problems()) == 1
    assert authenticated_path(acme) == ""
    acme.books = right
    acme.sync()
    assert authenticated_path(acme) == right.path
    assert acme.problems() == [], "the right file ends the problem, also when it is the first"


def test_a_stamp_that_appears_after_a_first_session_without_one_counts_from_then_on(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    plain = CompanyFile(clock=made.clock)
    made.books = plain
    made.sync()
    plain.stamp(made.company.owner_id, made.company.file_id)
    made.sync()
    text = refused(made, other_file(made))
    assert "mark" in text


def test_a_path_and_names_of_any_length_get_a_clear_answer(acme: World) -> None:
    ticket = authenticate(acme)[0]
    odd = other_file(acme, path="C:\\" + "x" * 3000, name="n" * 500)
    odd.stamp(acme.company.owner_id, STRANGE)
    assert send(acme, ticket, odd) == ""
    assert "another CashFlow company" in last_error(acme, ticket)
    close(acme, ticket)
    ticket = authenticate(acme)[0]
    send(acme, ticket)
    assert receive(acme, ticket, "", "0x" + "8" * 2000, "m" * 5000) == -1
    assert last_error(acme, ticket)
