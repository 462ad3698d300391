"""Sync-rules 8: restored and condensed company files, noticed by CompanyActivity."""

from __future__ import annotations

from datetime import UTC, datetime

from store import company_moves
from tests.acceptance.world import World


def confirm(made: World) -> None:
    """The admin says that the file is right."""
    with made.store.write() as conn:
        company_moves.confirm_file(conn, made.id, "test", made.clock())


def kinds(made: World) -> list[str]:
    """The kinds of the open problems."""
    return [problem.kind for problem in made.problems()]


def restored(made: World) -> None:
    """Two vendors synced, then the file restored to the time of the first one."""
    made.books.add("Vendor", {"Name": "Old"})
    made.sync()
    snapshot = made.books.backup()
    made.clock.advance(hours=3)
    made.books.add("Vendor", {"Name": "Late"})
    made.sync()
    made.clock.advance(hours=3)
    made.books.restore(snapshot)


def test_company_activity_rides_in_the_first_read_set_of_each_session(acme: World) -> None:
    for _ in range(2):
        before = len(acme.books.requests)
        acme.sync()
        assert "<CompanyActivityQueryRq" in acme.books.requests[before]
    assert kinds(acme) == []


def test_a_new_restore_time_stops_writes_and_deletions_and_asks_a_person(acme: World) -> None:
    restored(acme)
    acme.add("vendors", name="Ours")
    for _ in range(2):
        log = acme.sync()
        assert "decide" in str(log.close_text)
        assert {v["Name"] for v in acme.books.all("Vendor")} == {"Old"}
        assert {v["name"] for v in acme.all("vendors")} == {"Old", "Late", "Ours"}
    (asked,) = acme.problems()
    assert asked.kind == "company_activity"


def test_it_compares_all_ids_and_says_what_is_missing(acme: World) -> None:
    restored(acme)
    acme.sync()
    (asked,) = acme.problems()
    assert "1 vendors" in asked.text


def test_after_the_confirmation_what_is_gone_is_deleted_and_writing_goes_on(acme: World) -> None:
    restored(acme)
    acme.add("vendors", name="Ours")
    acme.sync()
    confirm(acme)
    assert kinds(acme) == []
    acme.sync()
    assert {v["name"] for v in acme.all("vendors")} == {"Old", "Ours"}
    assert {v["Name"] for v in acme.books.all("Vendor")} == {"Old", "Ours"}
    assert kinds(acme) == []


def test_values_that_a_restore_rolled_back_are_read_again(acme: World) -> None:
    key = acme.books.add("Vendor", {"Name": "Old", "Phone": "1"})
    acme.sync()
    snapshot = acme.books.backup()
    acme.clock.advance(hours=3)
    acme.books.edit("Vendor", key, {"Phone": "2"})
    acme.sync()
    acme.clock.advance(hours=3)
    acme.books.restore(snapshot)
    acme.sync()
    assert acme.named("vendors", "Old")["phone"] == "1"


def test_a_record_that_a_restore_brought_back_is_here_again(acme: World) -> None:
    key = acme.books.add("Vendor", {"Name": "Back"})
    acme.sync()
    snapshot = acme.books.backup()
    acme.clock.advance(hours=3)
    acme.books.delete("Vendor", key)
    acme.sync()
    assert acme.all("vendors") == []
    acme.clock.advance(hours=3)
    acme.books.restore(snapshot)
    acme.sync()
    assert [v["name"] for v in acme.all("vendors")] == ["Back"]


def test_a_deletion_reported_meanwhile_is_not_applied_before_the_confirmation(
    acme: World,
) -> None:
    restored(acme)
    acme.sync()
    (old,) = acme.books.find("Vendor", Name="Old")
    acme.books.delete("Vendor", old["ListID"])
    acme.sync()
    assert {v["name"] for v in acme.all("vendors")} == {"Old", "Late"}
    confirm(acme)
    acme.sync()
    assert acme.all("vendors") == []


def test_a_condensed_file_is_noticed_as_well(acme: World) -> None:
    acme.sync()
    acme.books.last_condense = acme.clock()
    acme.sync()
    (asked,) = acme.problems()
    assert (asked.kind, "condensed" in asked.text) == ("company_activity", True)
    confirm(acme)
    acme.sync()
    assert kinds(acme) == []


def test_a_second_restore_asks_again(acme: World) -> None:
    restored(acme)
    acme.sync()
    confirm(acme)
    acme.sync()
    acme.clock.advance(hours=1)
    acme.books.restore(acme.books.backup())
    acme.sync()
    assert kinds(acme) == ["company_activity"]


def test_a_file_copied_back_without_a_restore_time_is_noticed_by_an_older_record(
    acme: World,
) -> None:
    """Ids and EditSequences go back in time, and CompanyActivity says nothing of it."""
    books = acme.books
    vendor = books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    snapshot = books.backup()
    acme.clock.advance(hours=5)
    books.edit("Vendor", vendor, {"Phone": "555"})
    acme.sync()
    acme.clock.advance(hours=5)
    books.restore(snapshot)
    books.last_restore = None
    acme.change("vendors", acme.named("vendors", "Acme")["id"], email="a@example.com")
    acme.add("vendors", name="Ours")
    acme.sync()
    before = books.get("Vendor", vendor)
    acme.sync()
    assert kinds(acme) == ["company_activity"]
    assert "earlier state" in acme.problems()[0].text
    assert books.get("Vendor", vendor) == before, "nothing is written until somebody has looked"
    confirm(acme)
    acme.sync()
    acme.sync()
    assert kinds(acme) == []
    assert books.get("Vendor", vendor)["Email"] == "a@example.com"
    assert {v["Name"] for v in books.all("Vendor")} == {"Acme", "Ours"}


def test_an_edit_in_the_repeated_hour_of_autumn_is_no_restore(acme: World) -> None:
    books = acme.books
    vendor = books.add("Vendor", {"Name": "Acme"})
    acme.clock.now = datetime(2026, 11, 1, 5, 50, tzinfo=UTC)  # 01:50, the first time
    books.edit("Vendor", vendor, {"Phone": "1"})
    acme.sync()
    acme.clock.now = datetime(2026, 11, 1, 6, 10, tzinfo=UTC)  # 01:10, the second time
    books.edit("Vendor", vendor, {"Phone": "2"})
    acme.sync()
    assert acme.named("vendors", "Acme")["phone"] == "2"
    assert kinds(acme) == []
