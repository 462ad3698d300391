"""Sync-rules 8: the brake on mass change."""

from __future__ import annotations

import pytest

from store import brake, company_moves
from tests.acceptance.world import World


def filled(made: World, count: int) -> list[str]:
    """That many vendors, synced."""
    keys = [made.books.add("Vendor", {"Name": f"V{number:03}"}) for number in range(count)]
    made.sync()
    made.clock.advance(hours=3)
    return keys


def edited(made: World, keys: list[str], **fields: str) -> None:
    """The bookkeeper changes all these vendors."""
    for key in keys:
        made.books.edit("Vendor", key, fields or {"Phone": "555"})


def phones(made: World) -> set[str | None]:
    """The telephone numbers here."""
    return {vendor["phone"] for vendor in made.all("vendors")}


def apply(made: World) -> None:
    """The admin says that it is meant."""
    with made.store.write() as conn:
        company_moves.resync(conn, made.id, "vendors", "test", made.clock())


def test_more_than_50_records_and_more_than_10_percent_are_held_before_applying(
    acme: World,
) -> None:
    keys = filled(acme, 60)
    edited(acme, keys[:51])
    acme.add("vendors", name="Ours")
    acme.sync()
    assert phones(acme) == {None}
    (held,) = acme.problems()
    assert (held.kind, held.title) == ("mass_change", "51 of 60 vendors would be changed at once")
    assert acme.books.find("Vendor", Name="Ours") == []


def test_50_records_pass(acme: World) -> None:
    keys = filled(acme, 60)
    edited(acme, keys[:50])
    acme.sync()
    assert phones(acme) == {None, "555"}
    assert acme.problems() == []


def test_10_percent_pass(acme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brake, "records_max", 1)
    keys = filled(acme, 20)
    edited(acme, keys[:2])
    acme.sync()
    assert phones(acme) == {None, "555"}
    edited(acme, keys[2:5])
    acme.sync()
    assert [p.kind for p in acme.problems()] == ["mass_change"]


def test_first_reads_are_exempt(acme: World) -> None:
    filled(acme, 120)
    assert len(acme.all("vendors")) == 120
    assert acme.problems() == []


def test_a_read_of_several_pages_is_judged_as_a_whole(acme: World) -> None:
    keys = filled(acme, 110)
    edited(acme, keys)
    acme.sync()
    assert phones(acme) == {None}
    assert "110 of 110" in acme.problems()[0].title


def test_inactivating_counts_like_changing(acme: World) -> None:
    keys = filled(acme, 51)
    edited(acme, keys, IsActive="false")
    acme.sync()
    assert all(vendor["active"] for vendor in acme.all("vendors"))
    assert [p.kind for p in acme.problems()] == ["mass_change"]


def test_deletions_are_held_as_well(acme: World) -> None:
    keys = filled(acme, 51)
    for key in keys:
        acme.books.delete("Vendor", key)
    acme.sync()
    assert len(acme.all("vendors")) == 51
    assert "would be deleted" in acme.problems()[0].title
    apply(acme)
    acme.sync()
    assert acme.all("vendors") == []
    acme.sync()
    assert acme.problems() == []


def test_changes_and_deletions_of_a_type_count_together(acme: World) -> None:
    keys = filled(acme, 60)
    edited(acme, keys[:30])
    for key in keys[30:]:
        acme.books.delete("Vendor", key)
    acme.sync()
    assert len(acme.all("vendors")) == 60
    assert "would be deleted" in acme.problems()[0].title


def test_what_a_comparison_finds_is_held_too(acme: World) -> None:
    keys = filled(acme, 51)
    for key in keys:
        acme.books.delete("Vendor", key)
    acme.clock.advance(days=100)
    for _ in range(2):
        acme.sync()
        assert len(acme.all("vendors")) == 51
        assert [p.kind for p in acme.problems()] == ["mass_change"]
    apply(acme)
    acme.sync()
    assert acme.all("vendors") == []
    acme.sync()
    assert acme.problems() == []


def test_apply_takes_over_what_was_held_once_without_the_brake(acme: World) -> None:
    keys = filled(acme, 60)
    edited(acme, keys)
    acme.sync()
    apply(acme)
    acme.sync()
    assert phones(acme) == {"555"}
    assert acme.problems() == []
    acme.clock.advance(hours=3)
    edited(acme, keys, Phone="666")
    acme.sync()
    assert phones(acme) == {"555"}


def test_undone_in_quickbooks_it_resolves_itself(acme: World) -> None:
    keys = filled(acme, 51)
    edited(acme, keys)
    acme.sync()
    acme.clock.advance(hours=1)
    for key in keys:
        acme.books.edit("Vendor", key, {"Phone": ""})
    acme.sync()
    assert acme.problems() == []
    assert phones(acme) == {None}


def test_other_types_go_on_being_read(acme: World) -> None:
    keys = filled(acme, 51)
    edited(acme, keys)
    acme.books.add("Customer", {"Name": "Client"})
    acme.sync()
    assert acme.named("customers", "Client")
