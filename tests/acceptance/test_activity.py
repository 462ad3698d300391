"""Sync-rules 8: restored and condensed company files, noticed by CompanyActivity."""

from __future__ import annotations

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
