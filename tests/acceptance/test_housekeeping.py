"""Housekeeping: what is past its time goes, what is not settled or not old stays, twice is once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select, update

from store import company_moves, retention
from store.ledger import bank_balance, metadata
from store.syncing import call, exchange, session
from store.types import new_key
from tests.acceptance.conftest import stock
from tests.acceptance.test_company_file_answers import owing
from tests.acceptance.test_exactly_once import up_to_the_write
from tests.acceptance.test_hostile import fill
from tests.acceptance.test_sessions import receive
from tests.acceptance.world import World
from webconnector import housekeeping
from webconnector.housekeeping import Done, Job, Work

# It tidies the whole database.
pytestmark = pytest.mark.own_database

KEPT = {"audit", "company", "connector"}


def housekeep(acme: World) -> dict[str, int]:
    """Run all jobs; none may fail. Gives what each did."""
    done = list(housekeeping.run(Work(acme.store, acme.settings, acme.clock())))
    assert [one for one in done if one.failed] == []
    return {one.job: one.count for one in done}


def count(acme: World, table: Table) -> int:
    """Rows of this company."""
    with acme.store.read() as conn:
        query = select(func.count()).select_from(table).where(table.c.company_id == acme.id)
        return int(conn.execute(query).scalar_one())


def dump(acme: World) -> dict[str, list[str]]:
    """Everything but when a company was looked at."""
    return {name: rows for name, rows in acme.dump().items() if name != "company"}


def test_nothing_goes_before_its_time(acme: World) -> None:
    fill(acme)
    acme.sync()
    acme.clock.advance(days=acme.settings.keep_exchanges_days - 1)
    before = dump(acme)
    housekeep(acme)
    after = dump(acme)
    assert after.pop("greeting") == []
    before.pop("greeting")
    assert after == before


def test_old_sessions_calls_and_raw_exchanges_go_and_a_second_run_does_nothing(
    acme: World,
) -> None:
    fill(acme)
    acme.sync()
    records = {name: acme.all(name) for name in ("vendors", "accounts")}
    acme.clock.advance(days=acme.settings.keep_exchanges_days, minutes=10)
    fresh = acme.sync()
    rows = {table.name: count(acme, table) for table in (session, call, exchange)}
    assert housekeep(acme)["old sessions and balances"] > 0
    assert count(acme, session) == 1
    assert count(acme, exchange) == len(fresh.requests) < rows["exchange"]
    assert 0 < count(acme, call) < rows["call"]
    after = acme.dump()
    assert set(housekeep(acme).values()) == {0}
    assert acme.dump() == after
    for name, before in records.items():
        assert [one["id"] for one in acme.all(name)] == [one["id"] for one in before]
    acme.sync()
    assert acme.problems() == []


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_a_write_that_is_not_settled_stays_with_its_session_however_old(
    acme: World, state: str
) -> None:
    ticket, request = owing(acme)
    reply = acme.books.process(request)
    if state == "unknown":
        with acme.store.write() as conn:
            owed = exchange.c.company_id == acme.id, exchange.c.state == "sent"
            conn.execute(update(exchange).where(*owed).values(state="unknown"))
    acme.clock.advance(days=1000)
    with acme.store.write() as conn:
        over = session.c.company_id == acme.id, session.c.ended_at.is_(None)
        conn.execute(update(session).where(*over).values(state="expired", ended_at=acme.clock()))
    housekeep(acme)
    assert count(acme, session) == 1
    assert count(acme, exchange) >= 1
    if state == "sent":
        assert receive(acme, ticket, reply) == -1
        assert acme.named("vendors", "Acme")["sync"]["state"] == "synced", "late, but it counts"
        acme.clock.advance(hours=2)
        housekeep(acme)
        assert count(acme, session) == 0


def test_an_open_session_is_not_touched(acme: World) -> None:
    owing(acme)
    acme.clock.advance(days=1000)
    acme.settings = acme.settings.model_copy(update={"keep_exchanges_days": 1})
    with acme.store.read() as conn:
        open_one = select(session.c.id).where(session.c.ended_at.is_(None))
        opened = conn.execute(open_one).scalar_one()
    housekeep(acme)
    with acme.store.read() as conn:
        assert conn.execute(select(session.c.id)).scalars().all() == [opened]


def balance(acme: World, account_id: str, days_ago: int) -> None:
    """One row of the history of a bank account."""
    at = acme.clock() - timedelta(days=days_ago)
    with acme.store.write() as conn:
        conn.execute(
            insert(bank_balance).values(
                company_id=acme.id,
                id=new_key(),
                account_id=account_id,
                balance=days_ago,
                total_balance=days_ago,
                as_of=at,
                first_read_at=at,
            )
        )


def test_bank_balances_go_after_400_days_but_never_an_accounts_newest(acme: World) -> None:
    acme.sync()
    quiet = acme.add("accounts", name="Quiet", type="Bank")["id"]
    busy = acme.add("accounts", name="Busy", type="Bank")["id"]
    for days in (401, 500):
        balance(acme, quiet, days)
    for days in (1, 399, 401, 900):
        balance(acme, busy, days)
    housekeep(acme)
    with acme.store.read() as conn:
        rows = conn.execute(select(bank_balance.c.account_id, bank_balance.c.balance)).all()
    kept = sorted((r.account_id == busy, int(r.balance)) for r in rows if r.balance)
    assert kept == [(False, 401), (True, 1), (True, 399)]


def of_company(made: World) -> dict[str, list[Any]]:
    """All rows that belong to one company, by table."""
    with made.store.read() as conn:
        return {
            table.name: list(conn.execute(select(table).where(table.c.company_id == made.id)).all())
            for table in metadata.sorted_tables
            if "company_id" in table.c
        }


def test_a_company_that_left_keeps_its_audit_trail_only_and_others_keep_everything(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "batch_rows_max", 3)
    other = acme.neighbour(path=r"C:\QuickBooks\Other.QBW", company_name="Other Ltd")
    stock(other)
    for made in (acme, other):
        customer = made.books.add("Customer", {"Name": "Client"})
        made.books.add("Customer", {"Name": "Job", "ParentRef": {"ListID": customer}})
        fill(made)
        made.sync()
    owing(acme)  # what is owed goes too: nobody will ever settle it
    with acme.store.write() as conn:
        company_moves.remove(conn, acme.id, "Acme Ltd", "ann", acme.clock())
    trail, theirs = of_company(acme)["audit"], of_company(other)
    acme.clock.advance(days=retention.removed_kept_days, minutes=-1)
    assert housekeep(acme)["companies that left"] == 0
    acme.clock.advance(minutes=2)
    assert housekeep(acme)["companies that left"] > 10
    left = {name: rows for name, rows in of_company(acme).items() if rows}
    assert set(left) <= KEPT
    assert left["audit"][: len(trail)] == trail
    assert left["audit"][-1].act == "company.erase"
    assert acme.books.path not in repr(left["connector"])
    assert of_company(other) == theirs
    after = acme.dump()
    assert housekeep(acme)["companies that left"] == 0
    assert acme.dump() == after
    assert acme.sync_any().outcome == "none"
    other.sync()


def test_counters_and_greetings_that_hold_nothing_are_swept(acme: World) -> None:
    acme.connector.call("clientVersion", strVersion="34.0")
    acme.connector.call("authenticate", strUserName="nobody", strPassword="wrong")
    done = housekeep(acme)
    assert done["empty counters"] == done["forgotten greetings"] == 0
    acme.clock.advance(minutes=11)
    done = housekeep(acme)
    assert (done["empty counters"], done["forgotten greetings"]) == (1, 1)


def test_resolved_problems_stay(acme: World) -> None:
    ticket, _ = up_to_the_write_with_a_problem(acme)
    assert ticket
    acme.clock.advance(days=2000)
    acme.sync()
    assert acme.problems() == []
    before = count(acme, metadata.tables["problem"])
    housekeep(acme)
    assert count(acme, metadata.tables["problem"]) == before == 1


def up_to_the_write_with_a_problem(acme: World) -> tuple[str, str]:
    """A write that QuickBooks' rights stop for good, until the next session."""
    acme.sync()
    acme.add("vendors", name="Acme")
    acme.clock.advance(minutes=5)
    ticket, request = up_to_the_write(acme)
    assert receive(acme, ticket, "", "0x8004041D", "not allowed to log in") == -1
    return ticket, request


def test_a_job_that_fails_does_not_stop_the_others(acme: World) -> None:
    def broken(_work: Work) -> int:
        raise OSError("a secret that no log may hold")

    jobs = (Job("broken", broken), Job("good", lambda _work: 7))
    done = list(housekeeping.run(Work(acme.store, acme.settings, acme.clock()), jobs))
    assert done == [Done("broken", 0, "OSError"), Done("good", 7)]


def test_each_job_has_a_name_of_its_own() -> None:
    assert len({job.name for job in housekeeping.JOBS}) == len(housekeeping.JOBS)
