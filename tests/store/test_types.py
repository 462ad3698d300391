"""Column types: money is exact, moments are aware, keys sort by time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import StatementError

from store.engine import open_store
from store.types import Instant, Key, Money, Price, is_key, new_key

metadata = MetaData()
kept = Table(
    "kept",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Key),
    Column("money", Money),
    Column("price", Price),
    Column("at", Instant),
)
ONE_DATABASE = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2)
prices = st.decimals(min_value=-(10**10), max_value=10**10, places=5)
moments = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis wants it naive, and adds the zone
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-14, 14).map(lambda hours: timezone(timedelta(hours=hours))),
)


@pytest.fixture
def conn(empty_database_url: str) -> Iterator[Connection]:
    opened = open_store(empty_database_url)
    with opened.write() as conn:
        metadata.create_all(conn)
        yield conn
    opened.close()


def round_trip(conn: Connection, **values: Any) -> Any:
    row_id = conn.execute(insert(kept).values(**values)).inserted_primary_key[0]  # type: ignore[index]
    return conn.execute(select(kept).where(kept.c.id == row_id)).one()


@ONE_DATABASE
@given(money=amounts, price=prices)
def test_decimals_come_back_exactly(conn: Connection, money: Decimal, price: Decimal) -> None:
    row = round_trip(conn, money=money, price=price)
    assert (row.money, row.price) == (money, price)
    assert row.money.as_tuple().exponent == -2
    assert row.price.as_tuple().exponent == -5


@ONE_DATABASE
@given(values=st.lists(amounts, min_size=1, max_size=20))
def test_the_database_adds_money_without_losing_a_cent(
    conn: Connection, values: list[Decimal]
) -> None:
    conn.execute(kept.delete())
    conn.execute(insert(kept), [{"money": value} for value in values])
    assert Decimal(str(conn.execute(select(func.sum(kept.c.money))).scalar_one())) == sum(values)


def test_ten_cents_and_twenty_are_thirty(conn: Connection) -> None:
    row = round_trip(conn, money="0.10", price=Decimal("0.20"))
    assert row.money + row.price == Decimal("0.30")
    assert str(row.money) == "0.10"


@pytest.mark.parametrize("column, value", [("money", "0.001"), ("price", "0.000001")])
def test_what_would_be_rounded_is_refused(conn: Connection, column: str, value: str) -> None:
    with pytest.raises(StatementError, match="has more than"):
        round_trip(conn, **{column: value})


@ONE_DATABASE
@given(at=moments)
def test_moments_come_back_aware_and_equal(conn: Connection, at: datetime) -> None:
    row = round_trip(conn, at=at)
    assert row.at == at
    assert row.at.tzinfo is not None
    assert row.at.utcoffset() == timedelta(0)


def test_a_naive_moment_is_refused(conn: Connection) -> None:
    with pytest.raises(StatementError, match="without a zone"):
        round_trip(conn, at=datetime(2024, 1, 1))  # noqa: DTZ001 - the point of the test


def test_nothing_stays_nothing(conn: Connection) -> None:
    row = round_trip(conn)
    assert (row.key, row.money, row.price, row.at) == (None, None, None, None)


def test_moments_of_different_zones_sort_by_time(conn: Connection) -> None:
    early = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=9)))
    late = datetime(2024, 1, 1, 11, tzinfo=UTC)
    conn.execute(insert(kept), [{"at": late}, {"at": early}])
    assert list(conn.execute(select(kept.c.at).order_by(kept.c.at)).scalars()) == [early, late]


def test_keys_are_dashed_lower_case_and_sort_by_their_making(conn: Connection) -> None:
    keys = [new_key() for _ in range(50)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert all(is_key(key) for key in keys)
    assert round_trip(conn, key=keys[0]).key == keys[0]


@pytest.mark.parametrize("text", ["", "x", "0190A44F-b733-7d98-8155-ac85bc87a7e7", "0" * 36])
def test_other_texts_are_no_keys(text: str) -> None:
    assert not is_key(text)
