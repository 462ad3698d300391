"""What a step of a session reads once, and what becomes of that when something changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, update

from qbxml.parse import Record, replies
from store import aside, binding, comparing, cursors
from store.context import Sync
from store.preferences import Preferences
from store.syncing import connector, cursor
from store.types import new_key
from tests.databases import statements
from tests.store.conftest import NOW, add_company

EARLY, LATE = "2024-05-01T10:00:00", "2024-05-02T10:00:00"
_VENDOR = """<?xml version="1.0"?><QBXML><QBXMLMsgsRs><VendorQueryRs requestID="1" statusCode="0"
statusSeverity="Info" statusMessage="ok"><VendorRet><ListID>80000001-1</ListID>
<TimeCreated>2024-05-01T10:00:00-04:00</TimeCreated>
<TimeModified>2024-05-01T10:00:00-04:00</TimeModified><EditSequence>1</EditSequence>
<Name>Acme</Name><IsActive>true</IsActive></VendorRet></VendorQueryRs></QBXMLMsgsRs></QBXML>"""


@pytest.fixture
def sync(conn: Connection) -> Sync:
    """A step of a company's session."""
    return Sync(
        conn=conn,
        company_id=add_company(conn),
        session_id=new_key(),
        now=NOW,
        preferences=Preferences(),
        start_date=None,
        time_zone="UTC",
        quickbooks={},
    )


def later(sync: Sync) -> Sync:
    """The next step, an hour later."""
    made = replace(sync, now=sync.now + timedelta(hours=1), moved={})
    made.taken_back()
    return made


def stored(sync: Sync) -> dict[str, Any]:
    """The cursors in the database."""
    rows = sync.conn.execute(select(cursor).where(cursor.c.company_id == sync.company_id))
    return {row.name: (row.read_to, row.first_read_at, row.read_at) for row in rows}


def moved(sync: Sync, **to: str) -> Sync:
    """A step that moves these cursors; gives the next one."""
    for name, read_to in to.items():
        cursors.move(sync, name, read_to)
    cursors.keep(sync)
    return later(sync)


def test_a_cursor_is_written_when_the_step_ends(sync: Sync) -> None:
    cursors.move(sync, "Vendor", EARLY)
    cursors.move(sync, "Customer", "")
    assert stored(sync) == {}
    assert cursors.known(sync)["Vendor"].read_to == EARLY, "but the step itself knows"
    with statements(sync.conn.engine) as seen:
        cursors.keep(sync)
        cursors.keep(sync)
    assert len(seen) == 1
    assert stored(sync) == {"Vendor": (EARLY, NOW, NOW), "Customer": (None, NOW, NOW)}


def test_a_cursor_never_moves_back_and_keeps_when_it_was_first_read(sync: Sync) -> None:
    second = moved(sync, Vendor=LATE, Bill="", Customer=EARLY)
    moved(second, Vendor=EARLY, Bill="", Customer=LATE)
    assert stored(sync) == {
        "Vendor": (LATE, NOW, second.now),
        "Bill": (None, NOW, second.now),
        "Customer": (LATE, NOW, second.now),
    }


def test_a_cursor_that_another_transaction_moved_further_stays_there(sync: Sync) -> None:
    second = moved(sync, Vendor=EARLY)
    assert cursors.known(second)["Vendor"].read_to == EARLY
    sync.conn.execute(update(cursor).values(read_to=LATE))
    moved(second, Vendor=EARLY)
    assert stored(sync)["Vendor"][0] == LATE


def test_what_is_to_be_read_anew_is_not_taken_for_read_by_a_step_under_way(sync: Sync) -> None:
    second = moved(sync, Vendor=EARLY)
    assert "Vendor" in cursors.known(second)
    sync.conn.execute(delete(cursor))
    moved(second, Vendor="")
    assert stored(sync)["Vendor"] == (None, second.now, second.now), "read from the start again"


def test_a_comparison_asked_for_in_mid_step_is_due_although_one_has_just_ended(sync: Sync) -> None:
    second = moved(sync, Vendor=EARLY)
    cursors.move(second, comparing.name_of("Vendor"), "")
    assert comparing.due(second) == []
    comparing.again(second)
    assert comparing.due(second) == ["Vendor"]
    cursors.keep(second)
    assert stored(sync)[comparing.name_of("Vendor")] == (None, None, None)
    assert comparing.due(later(second)) == ["Vendor"]


def test_the_connector_is_written_only_when_something_of_it_changes(sync: Sync) -> None:
    facts = {"country": "US", "supported_versions": ["12.0", "13.0"]}
    binding.remember(sync, facts)
    second = later(sync)
    assert binding.connector_of(second).quickbooks == facts
    with statements(sync.conn.engine) as seen:
        binding.remember(second, dict(facts))
        binding.seen_again(second, (), "", stamped=False)
    assert seen == []
    binding.seen_again(second, ("old", "new"), "NEW", stamped=True)
    assert binding.connector_of(second).paths == ["new", "old"]
    row = sync.conn.execute(
        select(connector).where(connector.c.company_id == sync.company_id)
    ).one()
    assert (row.paths, row.stamped, row.quickbooks) == (["new", "old"], True, facts)


def test_what_was_taken_back_is_not_remembered(sync: Sync) -> None:
    """A page whose storing fails is rolled back: nothing that it wrote may be believed."""
    (reply,) = replies(_VENDOR).replies
    assert binding.connector_of(sync).activity is None
    assert cursors.known(sync) == {}

    def fail(step: Sync, _records: Sequence[Record]) -> None:
        binding.keep(step, activity={"awaiting": {"went_back": EARLY}})
        cursors.note(step.conn, step.company_id, comparing.name_of("Vendor"))
        cursors.changed(step, [comparing.name_of("Vendor")])
        assert comparing.name_of("Vendor") in cursors.known(step)
        raise ValueError("this record does not fit")

    aside.storing(sync, reply.records, fail)
    assert binding.connector_of(sync).activity is None
    assert cursors.known(sync) == {}
