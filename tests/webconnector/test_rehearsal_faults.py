"""Faults by name: how they are wished for, and that each strikes where its name says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.acceptance.in_process import faulty, server
from tests.acceptance.world import World
from tests.acceptance.write_types import ground
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.fault_specs import FAULTS, Fault, FaultSpecError, any_fault, parse, told
from webconnector.rehearsal.faults import Faults
from webconnector.rehearsal.web_connector import SessionLog


@pytest.mark.parametrize(
    ("spec", "read"),
    [
        ("lost-reply", "lost-reply@write"),
        ("lost-reply@BillAdd", "lost-reply@BillAdd"),
        ("status:3175@VendorMod*2", "status:3175@VendorMod*2"),
        ("kill-before@receive#3", "kill-before@receive#3"),
        ("crash-after", "crash-after:0x80010105@write"),
        (" slow@read , duplicate@close ", "slow:5@read,duplicate@close"),
    ],
)
def test_a_wish_is_read_with_the_usual_place_and_argument(spec: str, read: str) -> None:
    assert ",".join(map(str, parse(spec)[0])) == read
    assert ",".join(map(str, parse(read)[0])) == read


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("lost-replie@write", ["lost-replie", "lost-reply"]),
        ("lost-reply@BilAdd", ["BilAdd", "a request such as BillAdd"]),
        ("kill-before@write@read", ["kill-before@write@read", "NAME[:ARGUMENT]"]),
        ("status@BillAdd", ["status:", "a status code"]),
        ("status:many@BillAdd", ["status:many", "a status code"]),
        ("hresult:8004@open", ["hresult:8004", "0x80040402"]),
        ("locked:1@BillAdd", ["locked takes no argument"]),
        ("duplicate@write", ['"write" is no place', "receive"]),
        ("random:seed=x", ["random:seed=x", "random:seed=NUMBER"]),
        ("random", ["random:seed=NUMBER"]),
        ("", ["NAME[:ARGUMENT]"]),
    ],
)
def test_the_wrong_word_is_named(spec: str, words: list[str]) -> None:
    with pytest.raises(FaultSpecError) as refused:
        parse(spec)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_a_seed_repeats_its_faults() -> None:
    found = [list(map(str, faults)) for faults, _ in zip(_sessions(7), range(30), strict=False)]
    again = [list(map(str, faults)) for faults, _ in zip(_sessions(7), range(30), strict=False)]
    assert found == again
    assert found != [
        list(map(str, faults)) for faults, _ in zip(_sessions(8), range(30), strict=False)
    ]


def _sessions(seed: int) -> Iterator[list[Fault]]:
    chance = parse(f"random:seed={seed}:rate=80")[1]
    assert chance is not None
    return chance.sessions()


def test_every_fault_is_told_and_can_be_chosen_at_random() -> None:
    assert [name.partition(":")[0] for name, _, _ in told()] == list(FAULTS)
    chosen = {any_fault(number.__mod__).name for number in range(100)}
    assert chosen == set(FAULTS) - {"restored-backup", "reverted-file"}


@pytest.fixture
def made(database_url: str) -> Iterator[World]:
    with server(database_url) as running:
        found = running.world()
        ground(found)
        yield found


def strike(made: World, spec: str) -> tuple[SessionLog, Faults]:
    """One bad session with a new vendor in it."""
    made.add("vendors", name="Brand New")
    made.clock.advance(minutes=5)
    faults = Faults(spec, lambda seconds: made.clock.advance(seconds=seconds))
    return faulty(made, faults).run(made.books), faults


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(
    ("spec", "outcome", "vendors"),
    [
        ("lost-reply@VendorAdd", "killed", 2),
        ("kill-before@VendorAdd", "killed", 1),
        ("crash-before@write", "error", 1),
        ("crash-after@write", "error", 2),
        ("hresult:0x80040408@open*2", "error", 1),
        ("locked@VendorAdd", "finished", 1),
        ("set-status:9005@write", "finished", 2),
        ("garbled@write", "error", 2),
        ("empty@write", "error", 2),
        ("kill-after@authenticate", "killed", 1),
        ("duplicate@receive*9", "finished", 2),
        ("replay@receive", "finished", 2),
        ("second-connector@send", "finished", 2),
        ("iterators-lost@read", "finished", 2),
        ("slow:5@write", "finished", 2),
    ],
)
def test_a_fault_strikes_at_its_place(made: World, spec: str, outcome: str, vendors: int) -> None:
    log, faults = strike(made, spec)
    assert faults.happened
    assert log.outcome == outcome, (log.last_error, faults.happened)
    assert len(made.books.all("Vendor")) == vendors


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("season", ["spring", "autumn"])
def test_the_clocks_change_in_the_middle_of_a_session(made: World, season: str) -> None:
    _, faults = strike(made, f"clock:{season}@open")
    assert faults.happened == ["clock@open"]
    expected = {"spring": (2026, 3, 8, 6, 52), "autumn": (2026, 11, 1, 5, 52)}[season]
    assert made.clock.now.timetuple()[:5] == expected


def test_a_restored_file_is_the_first_one_and_says_so() -> None:
    for name, tells in (("restored-backup", True), ("reverted-file", False)):
        books = CompanyFile(clock=SettableClock())
        faults = Faults(f"{name}@open#2", lambda _seconds: None)
        faults.remember(books)
        faults.put_back(books)
        books.add("Vendor", {"Name": "Later"})
        faults.put_back(books)
        assert books.all("Vendor") == []
        assert (books.last_restore is not None) is tells
