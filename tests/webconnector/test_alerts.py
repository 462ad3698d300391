"""Alerts and the digest by mail: each cause told once, none lost, whatever the mail server does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from store import alerts as rows
from store import problems
from store.access import membership, person
from store.engine import Store
from store.syncing import alert, company, connector, digest
from store.types import new_key
from tests.store.conftest import add_company
from tests.webconnector.mail_server import MailServer, mail_server
from webconnector import alerts, housekeeping
from webconnector.housekeeping import Work
from webconnector.mail import MailError, NotTaken
from webconnector.settings import Settings

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
SUPPORT = "support@example.com"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


@pytest.fixture
def settings(database_url: str, server: MailServer) -> Settings:
    return Settings(
        database_url=database_url,
        mail_host="127.0.0.1",
        mail_port=server.port,
        mail_security="none",
        mail_from="webconnector@example.com",
        mail_support=SUPPORT,
    )


@pytest.fixture
def acme(store: Store) -> str:
    """A company that syncs well."""
    with store.write() as conn:
        made = add_company(conn)
    well(store, made)
    return made


def put(store: Store, company_id: str, **values: Any) -> None:
    """Say how a company's connector is."""
    with store.write() as conn:
        conn.execute(update(connector).where(connector.c.company_id == company_id).values(**values))


def well(store: Store, company_id: str) -> None:
    late_at = NOW + timedelta(days=90)
    put(store, company_id, last_call_at=NOW, late_at=late_at, last_outcome="finished")


def open_problem(
    store: Store, company_id: str, cause: str = "one", at: datetime = NOW, **words: str
) -> None:
    values = {"title": "Bill 7 was not sent", "text": "secret text", "advice": "Do."} | words
    found = problems.Problem(
        cause=cause, kind="refused", quickbooks_text="secret memo", code="3100", **values
    )
    with store.write() as conn:
        problems.open_apart(conn, company_id, found, at)


def admit(store: Store, company_id: str, email: str, role: str = "admin") -> None:
    made = new_key()
    with store.write() as conn:
        conn.execute(
            insert(person).values(
                id=made,
                email=email,
                role=role,
                password_hash="-",
                sees_secrets=False,
                created_at=NOW,
            )
        )
        conn.execute(insert(membership).values(company_id=company_id, person_id=made, since=NOW))


def text(server: MailServer, number: int = -1) -> str:
    return str(server.taken[number][1].get_content())


def test_a_company_that_syncs_well_makes_no_mail(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    assert acme
    assert alerts.tell(store, settings, NOW) == 0
    assert server.taken == []


@pytest.mark.parametrize(
    ("trouble", "headline"),
    [
        ({"last_outcome": "stopped"}, "failing"),
        ({"last_outcome": "lost"}, "failing"),
        ({"refused_at": NOW}, "failing"),
        ({"late_at": NOW}, "has not called"),
    ],
)
def test_trouble_is_told_once_and_so_is_its_end(
    store: Store,
    settings: Settings,
    server: MailServer,
    acme: str,
    trouble: dict[str, Any],
    headline: str,
) -> None:
    put(store, acme, **trouble)
    assert alerts.tell(store, settings, NOW) == 1
    assert alerts.tell(store, settings, NOW + MINUTE) == 0
    well(store, acme)
    put(store, acme, refused_at=None)
    assert alerts.tell(store, settings, NOW + 2 * MINUTE) == 1
    assert alerts.tell(store, settings, NOW + 3 * MINUTE) == 0
    first, last = server.subjects()
    assert headline in first
    assert "works again" in last
    assert f"/console/companies/{acme}/" in text(server)
    put(store, acme, **trouble)
    assert alerts.tell(store, settings, NOW + 4 * MINUTE) == 1, "a new trouble is news"


def test_new_problems_come_in_one_mail_that_says_no_more_than_their_titles(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    for number in range(rows.problems_shown_max + 5):
        open_problem(store, acme, f"cause {number}", title=f"Bill no. {number}\nwas not sent")
    assert alerts.tell(store, settings, NOW) == 1
    assert server.subjects() == ["Acme Ltd: 55 new problems"]
    said = text(server)
    assert "Bill no. 0 was not sent" in said
    assert "and 5 more" in said
    assert "secret" not in said
    open_problem(store, acme, "cause 3")  # counted once more, not new
    assert alerts.tell(store, settings, NOW + MINUTE) == 0


def test_a_problem_that_comes_and_goes_is_told_once_a_day(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    told = 0
    for hours in (0, 1, 2, 50):
        at = NOW + timedelta(hours=hours)
        open_problem(store, acme, at=at)
        told += alerts.tell(store, settings, at)
        with store.write() as conn:
            problems.resolve_apart(conn, acme, "one", at + MINUTE)
    assert told == len(server.taken) == 2


def test_the_companys_admins_and_support_are_told_and_nobody_else(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    with store.write() as conn:
        other = add_company(conn, "Other Ltd")
    admit(store, acme, "ann@example.com")
    admit(store, acme, "viewer@example.com", "viewer")
    admit(store, other, "bob@example.com")
    open_problem(store, acme)
    alerts.tell(store, settings, NOW)
    assert [who for who, _ in server.taken] == [["ann@example.com", SUPPORT]]


def test_paused_removed_and_never_connected_companies_are_left_alone(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    with store.write() as conn:
        add_company(conn, "Never connected")
    put(store, acme, last_outcome="stopped")
    for state in ("paused", "removed"):
        with store.write() as conn:
            conn.execute(update(company).where(company.c.id == acme).values(state=state))
        assert alerts.tell(store, settings, NOW) == 0
    assert server.taken == []


def test_a_mail_server_that_is_down_loses_and_doubles_nothing(
    store: Store, settings: Settings, server: MailServer, acme: str, free_port: int
) -> None:
    put(store, acme, last_outcome="stopped")
    open_problem(store, acme)
    down = settings.model_copy(update={"mail_port": free_port})
    for minute in range(3):
        with pytest.raises(MailError, match=str(free_port)):
            alerts.tell(store, down, NOW + minute * MINUTE)
    assert alerts.tell(store, settings, NOW + 3 * MINUTE) == 1
    assert alerts.tell(store, settings, NOW + 4 * MINUTE) == 0
    assert len(server.taken) == 1


def test_a_mail_server_that_is_down_does_not_stop_the_other_jobs(
    store: Store, settings: Settings, acme: str, free_port: int
) -> None:
    open_problem(store, acme)
    down = settings.model_copy(update={"mail_port": free_port, "mail_digest_hour": 0})
    done = {one.job: one.failed for one in housekeeping.run(Work(store, down, NOW))}
    assert done.pop("alerts") == done.pop("digest") == "MailError"
    assert set(done.values()) == {""}
    assert list(done)[-1] == housekeeping.JOBS[-1].name


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
def test_a_refused_mail_is_tried_again_later_and_the_others_go(
    store: Store, settings: Settings, server: MailServer, acme: str, verb: str
) -> None:
    open_problem(store, acme)
    server.refuses[verb] = "451 later"
    with pytest.raises(NotTaken, match=r"451|Refused"):
        alerts.tell(store, settings, NOW)
    assert alerts.tell(store, settings, NOW + timedelta(seconds=1)) == 0, "it waits"
    server.refuses.clear()
    assert alerts.tell(store, settings, NOW + 2 * MINUTE) == 1
    assert server.subjects() == ["Acme Ltd: 1 new problem"]


def test_one_recipient_that_is_refused_does_not_keep_the_others_from_it(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    admit(store, acme, "gone@example.com")
    admit(store, acme, "jürgen@example.com")
    open_problem(store, acme)
    server.refuses["rcpt to:<gone@example.com>"] = "550 no such user"
    assert alerts.tell(store, settings, NOW) == 1
    assert [who for who, _ in server.taken] == [[SUPPORT]]
    assert alerts.tell(store, settings, NOW + timedelta(days=1)) == 0


def test_a_mail_whose_fate_is_unknown_goes_again_under_the_same_id(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    open_problem(store, acme)
    server.hangs_up_after_data = True
    with pytest.raises(MailError):
        alerts.tell(store, settings, NOW)
    with store.read() as conn:
        made = conn.execute(select(alert.c.id)).scalar_one()
    server.hangs_up_after_data = False
    assert alerts.tell(store, settings, NOW + 10 * MINUTE) == 1
    assert f"alert-{made}@" in str(server.taken[0][1]["Message-ID"])


def test_runs_at_once_send_each_mail_once(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    open_problem(store, acme)
    late = settings.model_copy(update={"mail_digest_hour": 0})
    counts: list[int] = []
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        counts.append(alerts.tell(store, late, NOW) + alerts.send_digest(store, late, NOW))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(counts) == len(server.taken) == 2
    assert len(counts) == 4


def test_a_line_break_in_a_name_makes_no_header(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    with store.write() as conn:
        name = "Acme\r\nBcc: x@example.com"
        conn.execute(update(company).where(company.c.id == acme).values(name=name))
    open_problem(store, acme)
    assert alerts.tell(store, settings, NOW) == 1
    assert server.taken[0][1]["Bcc"] is None
    assert server.taken[0][0] == [SUPPORT]


def test_without_a_mail_server_nothing_is_told_and_nothing_forgotten(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    open_problem(store, acme)
    quiet = Settings(database_url=settings.database)
    assert alerts.tell(store, quiet, NOW) == 0
    assert alerts.send_digest(store, quiet, NOW + timedelta(hours=12)) == 0
    assert alerts.tell(store, settings, NOW + MINUTE) == 1
    assert len(server.taken) == 1


def test_the_digest_goes_to_support_once_a_day_from_its_hour_on(
    store: Store, settings: Settings, server: MailServer, acme: str, free_port: int
) -> None:
    admit(store, acme, "ann@example.com")
    put(store, acme, last_outcome="stopped")
    open_problem(store, acme)
    assert alerts.send_digest(store, settings, NOW) == 0, "it is five"
    six = NOW + timedelta(hours=1)
    down = settings.model_copy(update={"mail_port": free_port})
    with pytest.raises(MailError):
        alerts.send_digest(store, down, six)
    server.refuses["DATA"] = "451 later"
    with pytest.raises(NotTaken):
        alerts.send_digest(store, settings, six)
    assert alerts.send_digest(store, settings, six) == 0, "it waits"
    server.refuses.clear()
    assert alerts.send_digest(store, settings, six + 5 * MINUTE) == 1
    assert alerts.send_digest(store, settings, six + timedelta(hours=10)) == 0
    assert alerts.send_digest(store, settings, six + timedelta(days=1)) == 1
    assert [who for who, _ in server.taken] == [[SUPPORT], [SUPPORT]]
    said = text(server, 0)
    assert "1 failing" in said
    assert "failing, last session stopped: Acme Ltd, 1 open problems" in said
    assert "Problems: 1 open, 1 new in 24 hours." in said


def test_what_went_long_ago_is_forgotten_and_what_did_not_go_is_kept(
    store: Store, settings: Settings, server: MailServer, acme: str
) -> None:
    open_problem(store, acme)
    alerts.tell(store, settings, NOW)
    alerts.send_digest(store, settings, NOW + timedelta(hours=2))
    server.refuses["DATA"] = "451 later"
    open_problem(store, acme, "two")
    later = NOW + timedelta(days=rows.kept_days + 1)
    with pytest.raises(NotTaken):
        alerts.tell(store, settings, later)
    with store.read() as conn:
        assert [one.sent_at for one in conn.execute(select(alert))] == [None]
        assert conn.execute(select(digest)).all() == []
