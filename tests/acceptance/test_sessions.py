"""The session: who may open one, what each call answers, how it ends."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from store import companies
from store.syncing import connector
from tests.acceptance.world import World
from webconnector.rehearsal.company_file import CompanyFile


def authenticate(acme: World) -> list[str]:
    """The four answers."""
    answer = acme.connector.call(
        "authenticate",
        strUserName=acme.company.username,
        strPassword=acme.company.password,
    )
    assert isinstance(answer, list)
    return answer


def send(acme: World, ticket: str, books: CompanyFile | None = None) -> str:
    """The first sendRequestXML of a session."""
    books = books or acme.books
    return str(
        acme.connector.call(
            "sendRequestXML",
            ticket=ticket,
            strHCPResponse=books.hcp(),
            strCompanyFileName=books.path,
            qbXMLCountry="US",
            qbXMLMajorVers=16,
            qbXMLMinorVers=0,
        )
    )


def receive(acme: World, ticket: str, response: str, hresult: str = "", message: str = "") -> int:
    """ReceiveResponseXML."""
    answer = acme.connector.call(
        "receiveResponseXML", ticket=ticket, response=response, hresult=hresult, message=message
    )
    return int(str(answer))


def last_error(acme: World, ticket: str) -> str:
    """GetLastError."""
    return str(acme.connector.call("getLastError", ticket=ticket))


def close(acme: World, ticket: str) -> str:
    """CloseConnection."""
    return str(acme.connector.call("closeConnection", ticket=ticket))


def test_a_wrong_password_is_nvu_for_known_and_unknown_users(acme: World) -> None:
    for user in (acme.company.username, "nobody"):
        answer = acme.connector.call("authenticate", strUserName=user, strPassword="wrong")
        assert isinstance(answer, list)
        ticket, verdict = answer
        assert verdict == "nvu"
        assert ticket
        assert close(acme, ticket)


def test_a_paused_company_answers_none_and_goes_on_when_resumed(acme: World) -> None:
    with acme.store.write() as conn:
        companies.pause(conn, acme.id, "test", acme.clock())
    assert authenticate(acme)[1] == "none"
    with acme.store.write() as conn:
        companies.resume(conn, acme.id, "test", acme.clock())
    acme.sync()


def test_paused_in_mid_session_nothing_more_is_sent_and_it_says_why(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Waits")["id"]
    acme.clock.advance(minutes=5)
    steps = acme.connector.steps(acme.books)
    for operation, _ in steps:
        if operation == "sendRequestXML":
            with acme.store.write() as conn:
                companies.pause(conn, acme.id, "test", acme.clock())
            break
    for _ in steps:
        pass
    assert acme.books.all("Vendor") == []
    assert "paused" in acme.connector.log.close_text
    with acme.store.write() as conn:
        companies.resume(conn, acme.id, "test", acme.clock())
    acme.sync()
    assert acme.get("vendors", vendor)["sync"]["state"] == "synced"


def test_none_within_the_minimum_interval_unless_an_app_change_waits(acme: World) -> None:
    acme.prefer(minimum_interval_minutes="30")
    acme.sync()
    acme.clock.advance(minutes=10)
    assert authenticate(acme)[1] == "none"
    acme.add("vendors", name="Waits")
    acme.sync()
    acme.clock.advance(minutes=31)
    acme.sync()


def test_a_second_session_is_told_busy_with_the_seconds_left(acme: World) -> None:
    first = authenticate(acme)[0]
    acme.clock.advance(seconds=20)
    assert authenticate(acme)[1:] == ["busy", "40"]
    request = send(acme, first)
    assert request
    acme.clock.advance(minutes=10)  # QuickBooks may be held by an open window
    assert authenticate(acme)[1:] == ["busy", "300"]
    assert receive(acme, first, acme.books.process(request)) == 100


def test_a_silent_session_is_taken_over_and_its_ticket_stays_dead(acme: World) -> None:
    first = authenticate(acme)[0]
    acme.clock.advance(seconds=61)
    acme.sync()
    assert send(acme, first) == ""
    assert receive(acme, first, "<QBXML/>") == -1
    assert last_error(acme, first)
    assert close(acme, first)
    lost = acme.sessions()[-1]
    assert lost["outcome"] == "lost"


def test_an_unknown_ticket_gets_protocol_answers_and_changes_nothing(acme: World) -> None:
    acme.sync()
    before = acme.sessions()
    assert send(acme, "nobody's") == ""
    assert receive(acme, "nobody's", "<QBXML/>") == -1
    assert last_error(acme, "nobody's")
    assert acme.connector.call("connectionError", ticket="x", hresult="", message="") == "done"
    assert close(acme, "nobody's")
    assert acme.sessions() == before


def test_the_same_answer_delivered_twice_changes_nothing(acme: World) -> None:
    acme.books.add("Vendor", {"Name": "Once"})
    ticket = authenticate(acme)[0]
    reply = acme.books.process(send(acme, ticket))
    assert receive(acme, ticket, reply) == 100
    assert receive(acme, ticket, reply) == 100
    assert len(acme.all("vendors")) == 1
    assert close(acme, ticket) == "9 changes in, 0 out, 0 problems"


def test_a_request_asked_for_twice_is_the_same_text(acme: World) -> None:
    ticket = authenticate(acme)[0]
    assert send(acme, ticket) == send(acme, ticket)


def test_connection_error_answers_an_empty_path_once_then_done(acme: World) -> None:
    ticket = authenticate(acme)[0]
    error = {"hresult": "0x80040408", "message": "Could not start QuickBooks."}
    assert acme.connector.call("connectionError", ticket=ticket, **error) == ""
    assert acme.connector.call("connectionError", ticket=ticket, **error) == "done"
    assert close(acme, ticket)
    assert [p.code for p in acme.problems()] == ["0x80040408"]
    acme.clock.advance(minutes=2)
    acme.sync()
    assert acme.problems() == []


@pytest.mark.parametrize("hresult", ["0x8004041D", "-2147220451"])
def test_an_hresult_stops_the_session_and_says_why(acme: World, hresult: str) -> None:
    ticket = authenticate(acme)[0]
    send(acme, ticket)
    assert receive(acme, ticket, "", hresult, "not allowed to log in automatically") == -1
    assert "sign in" in last_error(acme, ticket).lower()
    assert "Stopped" in close(acme, ticket)
    acme.sync()
    assert acme.problems() == []


def test_a_session_closed_early_is_no_finished_one(acme: World) -> None:
    ticket = authenticate(acme)[0]
    send(acme, ticket)
    assert close(acme, ticket).startswith("Stopped")
    assert acme.sessions()[0]["outcome"] == "stopped"


def test_the_version_of_the_web_connector_and_each_call_are_in_the_log(acme: World) -> None:
    acme.sync()
    (session,) = acme.sessions()
    assert session["web_connector"]
    assert session["calls"] == 4
    assert session["outcome"] == "finished"
    assert session["quickbooks"].startswith("QuickBooks")


def test_an_unreadable_answer_stops_without_a_fault(acme: World) -> None:
    ticket = authenticate(acme)[0]
    send(acme, ticket)
    assert receive(acme, ticket, "<QBXML><broken") == -1
    assert "could not be read" in last_error(acme, ticket)
    close(acme, ticket)
    acme.sync()
    assert acme.problems() == []


def test_a_list_that_quickbooks_refuses_stops_writing_not_the_rest(acme: World) -> None:
    acme.add("vendors", name="Waits")
    ticket = authenticate(acme)[0]
    reply = acme.books.process(send(acme, ticket))
    start = reply.index("<VendorQueryRs")
    end = reply.index(">", start)
    name = reply[start:end].split('requestID="')[1].split('"')[0]
    status = 'statusCode="3260" statusSeverity="Error" statusMessage="No rights"'
    broken = f'{reply[:start]}<VendorQueryRs requestID="{name}" {status}/{reply[end:]}'
    assert receive(acme, ticket, broken) == 100
    close(acme, ticket)
    assert [p.kind for p in acme.problems()] == ["unread"]
    assert acme.books.all("Vendor") == []
    acme.sync()
    assert len(acme.books.all("Vendor")) == 1
    assert acme.problems() == []


def test_a_list_refused_on_its_second_page_moves_no_cursor(acme: World) -> None:
    early = [
        acme.books.add("Vendor", {"Name": f"{letter} {number:03}"})
        for letter, most in (("A", 100), ("Z", 20))
        for number in range(most)
    ]
    acme.clock.advance(days=2)
    acme.books.edit("Vendor", early[0], {"Phone": "555"})  # the newest time is on the first page
    ticket = authenticate(acme)[0]
    assert receive(acme, ticket, acme.books.process(send(acme, ticket))) < 100
    reply = acme.books.process(send(acme, ticket))
    name = reply.split("<VendorQueryRs", 1)[1].split('requestID="')[1].split('"')[0]
    status = 'statusCode="3260" statusSeverity="Error" statusMessage="No rights"'
    begin, end = reply.index("<VendorQueryRs"), reply.index("</VendorQueryRs>")
    rest = reply[end + len("</VendorQueryRs>") :]
    receive(acme, ticket, f'{reply[:begin]}<VendorQueryRs requestID="{name}" {status}/>{rest}')
    close(acme, ticket)
    assert [p.kind for p in acme.problems()] == ["unread"]
    acme.sync()
    assert len(acme.all("vendors")) == len(early)


def test_interactive_mode_is_declined(acme: World) -> None:
    ticket = authenticate(acme)[0]
    assert acme.connector.call("getInteractiveURL", wcTicket=ticket, sessionID="1") == ""
    assert acme.connector.call("interactiveDone", wcTicket=ticket) == "Done"
    assert acme.connector.call("interactiveRejected", wcTicket=ticket, reason="no") is not None


def test_a_call_for_an_old_session_does_not_say_how_the_company_is(acme: World) -> None:
    good = acme.sync().ticket
    acme.clock.advance(minutes=5)
    bad = authenticate(acme)[0]
    assert send(acme, bad)
    assert receive(acme, bad, "", "0x80040408", "Could not start QuickBooks.") == -1
    close(acme, bad)
    close(acme, good)
    acme.connector.call("getLastError", ticket=good)
    with acme.store.read() as conn:
        last = select(connector.c.last_outcome).where(connector.c.company_id == acme.id)
        assert conn.execute(last).scalar_one() == "stopped"
