"""The engine: one transaction at a time, retried exactly when that is safe."""

import sqlite3
from collections.abc import Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from store.engine import Store, attempts_max, open_store

metadata = MetaData()
counter = Table(
    "counter",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", Integer, nullable=False),
)


@pytest.fixture
def counting(empty_database_url: str) -> Iterator[Store]:
    opened = open_store(empty_database_url)
    with opened.write() as conn:
        metadata.create_all(conn)
        conn.execute(insert(counter), [{"id": 1, "number": 0}, {"id": 2, "number": 0}])
    yield opened
    opened.close()


def add(conn: Connection, counter_id: int = 1) -> None:
    conn.execute(
        update(counter).where(counter.c.id == counter_id).values(number=counter.c.number + 1)
    )


def number(opened: Store, counter_id: int = 1) -> int:
    with opened.read() as conn:
        found: int = conn.execute(
            select(counter.c.number).where(counter.c.id == counter_id)
        ).scalar_one()
    return found


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engine.random.uniform", lambda *_: 0)


def locked() -> DBAPIError:
    return OperationalError("x", {}, sqlite3.OperationalError("database is locked"))


def lost() -> DBAPIError:
    return OperationalError("x", {}, Exception("gone"), connection_invalidated=True)


def test_what_is_written_is_there_and_what_fails_leaves_nothing(counting: Store) -> None:
    counting.run(add)

    def act(conn: Connection) -> None:
        add(conn)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        counting.run(act)
    assert number(counting) == 1


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("failure", [locked, lost])
def test_an_act_is_done_once_however_often_it_is_tried(counting: Store, failure: Any) -> None:
    tries = []

    def act(conn: Connection) -> str:
        add(conn)
        tries.append(1)
        if len(tries) < attempts_max:
            raise failure()
        return "done"

    assert counting.run(act) == "done"
    assert len(tries) == attempts_max
    assert number(counting) == 1


@pytest.mark.usefixtures("no_pauses")
def test_tries_are_limited(counting: Store) -> None:
    tries = []

    def act(_conn: Connection) -> None:
        tries.append(1)
        raise locked()

    with pytest.raises(OperationalError):
        counting.run(act)
    assert len(tries) == attempts_max


def test_other_errors_are_not_tried_again(counting: Store) -> None:
    tries = []

    def act(conn: Connection) -> None:
        tries.append(1)
        conn.execute(insert(counter).values(id=1, number=0))

    with pytest.raises(IntegrityError):
        counting.run(act)
    assert len(tries) == 1


def test_a_connection_lost_while_committing_is_not_tried_again(
    counting: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def act(conn: Connection) -> None:
        add(conn)
        tries.append(1)

    def commit_and_lose(connection: Any) -> None:
        connection.commit()
        raise lost()

    monkeypatch.setattr(counting.engine.dialect, "do_commit", commit_and_lose)
    with pytest.raises(OperationalError):
        counting.run(act)
    monkeypatch.undo()
    assert len(tries) == 1
    assert number(counting) == 1


def test_writers_at_the_same_time_lose_nothing(counting: Store) -> None:
    def work() -> None:
        for _ in range(20):
            counting.run(add)

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number(counting) == 60


def test_readers_do_not_wait_for_a_writer(counting: Store) -> None:
    with counting.write() as conn:
        add(conn)
        assert number(counting) == 0
    assert number(counting) == 1


@pytest.mark.parametrize(
    "database_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def test_a_deadlock_is_tried_again(counting: Store) -> None:
    barrier = Barrier(2)
    tries: list[int] = []

    def work(first: int, second: int) -> None:
        def act(conn: Connection) -> None:
            conn.execute(text("SET LOCAL deadlock_timeout = '10ms'"))
            tries.append(first)
            add(conn, first)
            if tries.count(first) == 1:
                barrier.wait(timeout=30)
            add(conn, second)

        counting.run(act)

    threads = [Thread(target=work, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (number(counting, 1), number(counting, 2)) == (2, 2)
    assert len(tries) == 3


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_sqlite_checks_references_and_survives_a_power_cut(counting: Store) -> None:
    with counting.read() as conn:
        pragma = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("foreign_keys", "journal_mode", "synchronous")
        }
    assert pragma == {"foreign_keys": 1, "journal_mode": "wal", "synchronous": 2}


def test_a_plain_postgresql_address_gets_our_driver() -> None:
    opened = open_store("postgresql://nobody@localhost/nothing")
    assert opened.engine.url.drivername == "postgresql+psycopg"
    opened.close()
