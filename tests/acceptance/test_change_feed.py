"""The change feed tells in order and without gaps what QuickBooks changed and confirmed."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from store import feed, problem_acts
from store.errors import Gone
from store.feed import Happened, Notice
from store.syncing import event
from tests.acceptance.world import World


def told(made: World, after: int = 0) -> list[dict[str, Any]]:
    """All events after that number."""
    with made.store.read() as conn:
        return feed.read(conn, made.id, after=after, limit=10_000)


def last(made: World) -> int:
    events = told(made)
    return int(events[-1]["number"]) if events else 0


def kinds(events: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["resource"], one["id"]) for one in events]


def test_numbers_follow_each_other_without_gaps(acme: World) -> None:
    acme.sync()
    acme.add("vendors", name="Blue")
    acme.sync()
    numbers = [one["number"] for one in told(acme)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_what_quickbooks_adds_edits_and_deletes_is_told(acme: World) -> None:
    theirs = acme.books.add("Vendor", {"Name": "Blue"})
    acme.sync()
    vendor = acme.named("vendors", "Blue")["id"]
    assert ("record.changed", "vendors", vendor) in kinds(told(acme))
    after = last(acme)
    acme.books.edit("Vendor", theirs, {"Phone": "555"})
    acme.sync()
    assert kinds(told(acme, after))[0] == ("record.changed", "vendors", vendor)
    after = last(acme)
    acme.books.delete("Vendor", theirs)
    acme.sync()
    assert kinds(told(acme, after))[0] == ("record.changed", "vendors", vendor)


def test_what_the_app_wrote_is_told_when_quickbooks_confirms_it_and_not_before(
    acme: World,
) -> None:
    acme.sync()
    after = last(acme)
    made = acme.add("vendors", name="Blue")["id"]
    assert told(acme, after) == []
    acme.sync()
    session = acme.sessions()[0]["id"]
    assert kinds(told(acme, after)) == [
        ("record.synced", "vendors", made),
        ("session.finished", "sessions", session),
    ]
    after = last(acme)
    acme.sync()  # its echo is nothing new
    assert [one["kind"] for one in told(acme, after)] == ["session.finished"]


def test_two_that_were_linked_by_name_are_told(acme: World) -> None:
    made = acme.add("vendors", name="Blue")["id"]
    acme.books.add("Vendor", {"Name": "Blue"})
    acme.sync()
    assert ("record.synced", "vendors", made) in kinds(told(acme))


def test_a_problem_is_told_when_it_opens_and_when_it_ends(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Taken"})
    acme.sync()
    after = last(acme)
    made = acme.add("vendors", name="Taken")["id"]
    acme.sync()
    (found,) = acme.problems()
    number = str(found.number)
    assert ("problem.opened", "problems", number) in kinds(told(acme, after))
    after = last(acme)
    acme.sync()
    assert ("problem.opened", "problems", number) not in kinds(told(acme, after))
    acme.change("vendors", made, name="Free")
    acme.sync()
    assert ("problem.resolved", "problems", number) in kinds(told(acme, after))


def test_what_a_person_does_about_a_problem_is_told(acme: World) -> None:
    acme.books.add("Customer", {"Name": "Taken"})
    acme.sync()
    acme.add("vendors", name="Taken")
    acme.sync()
    after = last(acme)
    (found,) = acme.problems()
    with acme.store.write() as conn:
        problem_acts.skip(conn, problem_acts.find(conn, found.number, acme.id), "a", acme.clock())
    assert kinds(told(acme, after)) == [("problem.resolved", "problems", str(found.number))]


def test_transactions_at_the_same_time_leave_no_gap_and_no_disorder(acme: World) -> None:
    """Who reads while they run sees a beginning of the feed, never a hole in it."""
    holes: list[list[int]] = []
    done = threading.Event()

    def publish(name: int) -> None:
        for count in range(10):
            notice = Notice(Happened.RECORD_CHANGED, "vendors", f"{name}-{count}")

            def act(conn: Any, notice: Notice = notice) -> None:
                feed.publish(conn, acme.id, [notice], acme.clock())
                if int(notice.id.split("-")[1]) % 3 == 0 and notice.id not in refused:
                    refused.add(notice.id)
                    raise RuntimeError

            try:
                acme.store.run(act)
            except RuntimeError:
                acme.store.run(act)

    def follow() -> None:
        while not done.is_set():
            numbers = [one["number"] for one in told(acme)]
            if numbers != list(range(1, len(numbers) + 1)):
                holes.append(numbers)

    refused: set[str] = set()
    writers = [threading.Thread(target=publish, args=(name,)) for name in range(4)]
    reader = threading.Thread(target=follow)
    for thread in (*writers, reader):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert holes == []
    assert len(told(acme)) == 40


@pytest.mark.own_database  # all companies' old events go
def test_events_are_forgotten_and_who_comes_too_late_is_told(acme: World) -> None:
    acme.sync()
    later = acme.clock() + timedelta(days=feed.kept_days, minutes=1)
    with acme.store.write() as conn:
        assert feed.sweep(conn, acme.clock()) == 0
        feed.publish(conn, acme.id, [Notice(Happened.RECORD_SYNCED, "bills", "x")], later)
        assert feed.sweep(conn, later) > 0
    with acme.store.read() as conn:
        (left,) = conn.execute(select(event.c.number)).scalars()
    assert [one["number"] for one in told(acme, left - 1)] == [left]
    with pytest.raises(Gone, match=f"after {left}"):
        told(acme)


def test_each_company_has_its_own_numbers(acme: World) -> None:
    other = acme.neighbour()
    other.books.add("Vendor", {"Name": "Only there"})
    other.sync()
    acme.sync()
    assert told(acme)[0]["number"] == told(other)[0]["number"] == 1
    assert not {one["id"] for one in told(acme)} & {one["id"] for one in told(other)}
