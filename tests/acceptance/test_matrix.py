"""Every write, every step of a session, every fault: afterwards both books are the same.

A cell is one write type, one fault and where it strikes. Many cells share a world; a failure names
its cell. What strikes before or after the writes themselves is tried with one write of each type
in the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from qbxml.entities import BY_RESOURCE, ENTITIES
from store import problem_acts
from tests.acceptance.in_process import Server, faults_of, faulty, server
from tests.acceptance.world import World
from tests.acceptance.write_types import WRITE_TYPES, Record, WriteType, ground
from webconnector.rehearsal.fault_specs import CALLS
from webconnector.rehearsal_compare import Difference, Scope, compare

RECOVERIES_MAX = 4
AT_A_WRITE = (
    "kill-before@{}",
    "lost-reply@{}",
    "crash-before@{}",
    "crash-after@{}",
    "hresult:0x8004041B@{}",
    "hresult:0x80040400@{}",
    "locked@{}",
    "status:3180@{}",
    "status:3200@{}",
    "set-status:9002@{}",
    "set-status:9005@{}",
    "set-status:9001@{}",
    "lost-reply@{},set-status:9002@{}",
    "lost-reply@{},set-status:9002@{},lost-reply@{}",
    "garbled@{}",
    "empty@{}",
    "incomplete@{}",
    "slow:20@{}",
    "asleep:90@{}",
)
"""What befalls the very set that holds the write."""
_STEPS = tuple(step for step in CALLS if step not in {"connection-error", "last-error"})
AT_A_STEP = (
    *(f"{name}@{step}" for name, step in product(("kill-before", "kill-after"), _STEPS)),
    *(f"{name}@receive#{n}" for name, n in product(("kill-before", "kill-after"), (2, 3, 4))),
    *(f"{name}@send#{n}" for name, n in product(("kill-before", "kill-after"), (2, 3, 4))),
    *(f"duplicate@{step}" for step in _STEPS if step != "authenticate"),
    *(f"duplicate@{step}#{n}" for step, n in product(("send", "receive"), (2, 3, 4))),
    *(f"replay@{step}#{n}" for step, n in product(("send", "receive"), (1, 2, 3))),
    *(f"asleep:90@{step}" for step in _STEPS),
    *(f"second-connector@{step}" for step in _STEPS),
    *(f"asleep:20@receive#{n},second-connector@receive#{n}" for n in (1, 2, 3, 4)),
    *(f"asleep:20@send#{n},second-connector@send#{n}" for n in (2, 3)),
    "hresult:0x80040408@open*2",
    "hresult:0x8004040A@open",
    *(f"{name}@read#{n}" for name, n in product(("lost-reply", "crash-after", "garbled"), (1, 2))),
    "empty@read",
    "incomplete@read",
    "hresult:0x80040400@read",
    "clock:spring@open",
    "clock:autumn@open",
)
"""What befalls a session, with one write of each type in it."""
BY_A_PERSON = ("hresult:0x80040400", "status:3180", "status:3200")
"""Refusals that QuickBooks means: a person has the record sent again."""
_BANKS = ("Checking", "Clearing")


@pytest.fixture
def running(database_url: str) -> Iterator[Server]:
    with server(database_url) as made:
        yield made


class Cell:
    """One cell: the acts of the App, a bad session, the recovery, the comparison."""

    def __init__(self, made: World, types: Sequence[WriteType], spec: str) -> None:
        self.made = made
        self.types = types
        self.spec = spec

    def run(self, number: int, known: Sequence[Record | None]) -> str:
        """What went wrong; empty when both books agree."""
        made = self.made
        before = {one.kind: len(made.books.all(one.kind)) for one in self.types}
        written = [
            one.act(made, number, record) for one, record in zip(self.types, known, strict=True)
        ]
        made.clock.advance(minutes=5)
        faults = faults_of(made, self.spec)
        bad = faulty(made, faults)
        for _ in range(self.spec.count(",") + 1):
            bad.run(made.books)
            made.clock.advance(minutes=16)
        if not faults.happened:
            return f"the fault did not happen: {bad.log.outcome} {bad.log.last_error}"
        return self._recovered(before, written)

    def _recovered(self, before: dict[str, int], written: Sequence[Record]) -> str:
        made = self.made
        made.sync(minutes=70)
        if self.spec.startswith(BY_A_PERSON):
            _try_again(made)
        for one in self.types:
            before[one.kind] += one.adds
        wrong = "never looked"
        for _ in range(RECOVERIES_MAX):
            counts = {kind: len(made.books.all(kind)) for kind in before}
            wrong = f"QuickBooks has {counts} instead of {before}" if counts != before else ""
            wrong = wrong or _not_synced(made, self.types, written)
            if not wrong:
                return differences(made)
            made.sync(minutes=70)
        return wrong


def _try_again(made: World) -> None:
    """A person presses Retry at every record's problem."""
    with made.store.write() as conn:
        for one in made.problems():
            if one.record_id is not None:
                problem_acts.retry(conn, one, "test", made.clock())


def _not_synced(made: World, types: Sequence[WriteType], written: Sequence[Record]) -> str:
    for one, record in zip(types, written, strict=True):
        living = {found["id"]: found for found in made.all(one.resource)}
        if record["id"] in living and living[record["id"]]["sync"]["state"] != "synced":
            return f"{one.resource} is {living[record['id']]['sync']}"
    return ""


def differences(made: World) -> str:
    """Both books side by side, and what no quiet company may have."""
    ours = {entity.resource: made.all(entity.resource) for entity in ENTITIES}
    compared = compare(ours, made.books.all, Scope("2026-03-02")).differences
    voided = {r["id"] for rs in ours.values() for r in rs if r.get("voided_at")}
    found = [
        str(one)
        for one in compared
        if _means_something(one) and not (one.record in voided and one.cashflow == "synced")
    ]
    found += [f"{problem.kind}: {problem.title}" for problem in made.problems()]
    if sum(made.books.trial_balance().values()):
        found.append("the trial balance is not zero")
    return "; ".join(found)


def _means_something(one: Difference) -> bool:
    """QuickBooks' own figures of other accounts than banks come when it edits the account."""
    part = BY_RESOURCE[one.resource].by_name.get(one.field.split("/")[0])
    own = part is not None and not part.shared
    return not (own and one.resource == "accounts" and one.record not in _BANKS)


def _prepared(
    running: Server, types: Sequence[WriteType], cells: int
) -> tuple[World, list[list[Record | None]]]:
    made = running.world()
    ground(made)
    known = [[one.prepare(made, number) for one in types] for number in range(cells)]
    made.sync()
    assert differences(made) == ""
    return made, known


def play(running: Server, types: Sequence[WriteType], specs: Sequence[str]) -> list[str]:
    """The cells that failed, by name; each failure spoils its world, so another is made."""
    failed: list[str] = []
    made, known = _prepared(running, types, len(specs))
    for number, spec in enumerate(specs):
        if not known:  # the one before spoilt the world
            made, known = _prepared(running, types, len(specs) - number)
        name = f"{'+'.join(one.noun for one in types) if len(types) < 3 else 'all'} {spec}"
        try:
            wrong = Cell(made, types, spec).run(number, known.pop())
        except Exception as error:  # noqa: BLE001 - whatever it is, it names its cell
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            failed.append(f"{name}: {wrong}")
            known = []
    return failed


SHARE = {"sqlite": 2, "postgresql": 8}
"""One cell in so many is played by `make test`; `make soak` plays them all."""


def _share(specs: Sequence[str], database_kind: str, offset: int) -> Sequence[str]:
    every = SHARE[database_kind]
    return specs[offset % every :: every]


@pytest.mark.parametrize(
    "number", range(len(WRITE_TYPES)), ids=[f"{w.resource}-{w.noun}" for w in WRITE_TYPES]
)
def test_a_fault_at_the_write_itself(running: Server, database_kind: str, number: int) -> None:
    one = WRITE_TYPES[number]
    specs = [spec.replace("{}", one.noun) for spec in AT_A_WRITE]
    failed = play(running, [one], _share(specs, database_kind, number))
    assert not failed, "\n".join(failed)


@pytest.mark.long
@pytest.mark.parametrize("part", range(4))
def test_a_fault_at_any_step_of_a_session(running: Server, database_kind: str, part: int) -> None:
    specs = _share(AT_A_STEP[part::4], database_kind, part)
    failed = play(running, WRITE_TYPES, specs)
    assert not failed, "\n".join(failed)
