"""A session with nothing new on either side: what it costs the database, and what it leaves."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from store.syncing import connector, cursor, exchange, session
from tests.acceptance.world import World
from tests.databases import statements

statements_max = 56
"""Each costs the server about 0.15 ms of CPU, whatever it says."""
_GROW = (
    r"(SCAN|SEARCH) (link|exchange|call|event|audit|change|account|customer|vendor|bill|invoice)"
)
_WHOLE = re.compile(rf"{_GROW}\b(.*INDEX sqlite_autoindex_\w+ \(company_id=\?\))?$")
"""A step of a query's plan that reads all that a company has in a table that grows with it."""
_MOMENTS = {"last_call_at", "late_at", "last_full_session_at", "exchange_count"}


def _rows(world: World, table: Any) -> list[dict[str, Any]]:
    with world.store.read() as conn:
        mine = select(table).where(table.c.company_id == world.id)
        return [row._asdict() for row in conn.execute(mine)]


def test_an_idle_session_asks_the_database_little(acme: World) -> None:
    for _ in range(3):
        acme.sync()
    with statements(acme.store.engine) as seen:
        acme.sync()
    assert len(seen) <= statements_max, (len(seen), seen)
    written = [re.match(r"UPDATE (\w+)", one) for one in seen]
    calls = sum(one.startswith("INSERT INTO call ") for one in seen)
    saved = [found[1] for found in written if found]
    assert saved.count("session") < calls
    assert "account" not in saved
    assert "cursor" not in saved


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_an_idle_session_reads_no_table_that_grows_from_end_to_end(acme: World) -> None:
    for _ in range(3):
        acme.sync()
    with statements(acme.store.engine) as seen:
        acme.sync()
    with acme.store.engine.connect() as conn:
        for one in seen:
            values = (None,) * one.count("?")
            plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values)
            whole = [step.detail for step in plan if _WHOLE.match(step.detail)]
            assert not whole, (whole, one)


def test_an_idle_session_leaves_its_moments_and_nothing_else(acme: World) -> None:
    for _ in range(2):
        acme.sync()
    (before,), old = _rows(acme, connector), _rows(acme, cursor)
    acme.sync()
    (after,), new = _rows(acme, connector), _rows(acme, cursor)
    assert {name for name in after if after[name] != before[name]} == _MOMENTS
    assert after["exchange_count"] == before["exchange_count"] + 1
    last = max(_rows(acme, session), key=lambda row: row["started_at"])
    assert after["last_call_at"] == last["last_call_at"] == last["ended_at"]
    assert last["calls"] == 4, "all but the two before anybody says for whom"
    assert {row["state"] for row in _rows(acme, exchange)} == {"answered"}
    moved = {row["name"] for row in new} - {"Open Invoice"}  # looked at once a day
    assert {row["name"]: row["first_read_at"] for row in new} == {
        row["name"]: row["first_read_at"] for row in old
    }
    assert {row["name"] for row in new if row["read_at"] > before["last_call_at"]} == moved
