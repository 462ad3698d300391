"""Random schedules: whatever people do and whatever goes wrong, both books agree in the end.

Nothing lost, nothing twice, nothing in the wrong books, and "synced" only when it is true. A
failure prints its course of events. `make soak` plays 50,000 of them, see `soak.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from store import problem_acts
from store.errors import Refused
from tests.acceptance.in_process import Server, faults_of, faulty, server
from tests.acceptance.money_sides import MoneySides
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.fault_specs import Fault, any_fault

SCHEDULES = 200
PARTS = 2
"""Processes may share them."""
STEPS = 6
RECOVERIES_MAX = 4
CALLS_MOST = 12
LOST = (
    "lost-reply@write",
    "garbled@write",
    "garbled@write*2",
    "incomplete@write",
    "set-status:9005@write",
    "lost-reply@write,set-status:9002@write",
)
"""How the answer to a write is lost, so that it is asked for or looked for."""
OTHER_STAMP = "{00000000-1111-2222-3333-444444444444}"
seeds = st.integers(0, 2**32 - 1)


class Schedule(RuleBasedStateMachine):
    """The App, the bookkeeper, the Web Connector and bad luck, in any order."""

    server: Server

    @initialize(two_way_bills=st.booleans(), master=st.sampled_from(["quickbooks", "cashflow"]))
    def begin(self, two_way_bills: bool, master: str) -> None:
        self.made = self.server.world(two_way_bills=two_way_bills)
        self.made.prefer(master_in_conflict=master)
        self.random = 0
        self.sides = MoneySides(self.made, self._pick, two_way_bills=two_way_bills)

    def _pick(self, below: int) -> int:
        """Numbers of a linear congruence that each step seeds: a step is repeated by its seed."""
        self.random = (self.random * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.random >> 33) % below

    def _act(self, seed: int) -> None:
        self.random = seed
        note(self.sides.act(self._pick(len(self.sides.acts))))

    @rule(acts=st.lists(seeds, min_size=1, max_size=6))
    def both_work(self, acts: list[int]) -> None:
        for seed in acts:
            self._act(seed)

    @rule(
        faults=st.lists(seeds, min_size=1, max_size=3),
        acts=st.lists(seeds, max_size=3),
        call=st.integers(1, CALLS_MOST),
    )
    def a_session_goes_wrong(self, faults: list[int], acts: list[int], call: int) -> None:
        chosen = []
        for seed in faults:
            self.random = seed
            chosen.append(any_fault(self._pick))
        self._goes_wrong(chosen, acts, call)

    @rule(answers=st.sampled_from(LOST), acts=st.lists(seeds, max_size=3))
    def the_answer_to_a_write_is_lost(self, answers: str, acts: list[int]) -> None:
        self._goes_wrong(answers, [], 0)
        for seed in acts:
            self._act(seed)

    def _goes_wrong(self, faults: str | list[Fault], acts: list[int], call: int) -> None:
        played = faults_of(self.made, faults)
        note(f"faults: {', '.join(map(str, played.waiting))}")
        self.made.clock.advance(minutes=5)
        bad = faulty(self.made, played)
        for number, _ in enumerate(bad.steps(self.made.books), 1):
            if number >= call and acts:
                self._act(acts.pop())
        note(f"{bad.log.outcome} after {len(bad.log.calls)} calls; {', '.join(played.happened)}")
        self.made.clock.advance(minutes=2 if bad.log.outcome == "finished" else 16)

    @rule(days=st.sampled_from([1, 8, 85]))
    def nobody_comes(self, days: int) -> None:
        self.made.clock.advance(days=days)

    @rule()
    def another_file_is_open(self) -> None:
        wrong = CompanyFile(clock=self.made.clock, path=self.made.books.path)
        wrong.stamp(self.made.company.owner_id, OTHER_STAMP)
        self.made.clock.advance(minutes=16)
        self.made.connector.run(wrong)
        assert wrong.requests == [], "a request of ours reached the wrong file"
        self.made.clock.advance(minutes=1)

    @rule()
    def a_person_tries_again(self) -> None:
        with self.made.store.write() as conn:
            for one in self.made.problems():
                if one.record_id is not None:
                    try:
                        problem_acts.retry(conn, one, "test", self.made.clock())
                    except Refused as refused:
                        note(f"{one.kind}: {refused}")

    @invariant()
    def promises_are_kept(self) -> None:
        if hasattr(self, "sides"):
            broken = self.sides.broken_promises()
            assert not broken, "\n".join(broken)

    def teardown(self) -> None:
        if not hasattr(self, "sides"):
            return
        self.made.clock.advance(minutes=16)
        wrong = ["never looked"]
        for _ in range(RECOVERIES_MAX):
            self.made.sync(minutes=70)  # what was locked is tried again after a pause
            wrong = self.sides.disagreements()
            if not wrong:
                break
        assert not wrong, "\n".join(wrong)


def machine(running: Server) -> type[Schedule]:
    """Schedules on that server."""
    made: type[Schedule] = type("Machine", (Schedule,), {"server": running})
    return made


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("_part", range(PARTS))
def test_random_schedules_end_with_equal_books(database_url: str, _part: int) -> None:
    with server(database_url) as running:
        play(running, SCHEDULES // PARTS)


def play(running: Server, schedules: int, **options: Any) -> None:
    """So many schedules on that server."""
    run_state_machine_as_test(
        machine(running),
        settings=settings(max_examples=schedules, stateful_step_count=STEPS, **options),
    )
