"""Events are counted exactly, for each subject on its own."""

from datetime import timedelta

from sqlalchemy import Connection

from store import buckets
from store.buckets import Rate
from tests.store.conftest import NOW

RATE = Rate("test", events=3, seconds=60)


def test_so_many_at_once_and_then_one_for_each_step(conn: Connection) -> None:
    assert [buckets.take(conn, RATE, "a", NOW) for _ in range(5)] == [0, 0, 0, 20, 20]
    assert buckets.wait(conn, RATE, "a", NOW + timedelta(seconds=19)) == 1
    later = NOW + timedelta(seconds=20)
    assert [buckets.take(conn, RATE, "a", later) for _ in range(2)] == [0, 20]


def test_subjects_and_scopes_are_counted_apart(conn: Connection) -> None:
    for _ in range(4):
        buckets.take(conn, RATE, "a", NOW)
    assert buckets.wait(conn, RATE, "b", NOW) == 0
    assert buckets.wait(conn, Rate("other", events=3, seconds=60), "a", NOW) == 0


def test_looking_counts_nothing_and_forgetting_empties(conn: Connection) -> None:
    for _ in range(10):
        assert buckets.wait(conn, RATE, "a", NOW) == 0
    for _ in range(4):
        buckets.take(conn, RATE, "a", NOW)
    buckets.forget(conn, RATE, "a")
    assert buckets.take(conn, RATE, "a", NOW) == 0


def test_an_empty_bucket_is_swept_away_and_a_full_one_stays(conn: Connection) -> None:
    buckets.take(conn, RATE, "a", NOW)
    assert buckets.sweep(conn, NOW) == 0
    assert buckets.sweep(conn, NOW + timedelta(seconds=20)) == 1
