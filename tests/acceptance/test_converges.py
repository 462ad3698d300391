"""Whatever both sides do, and wherever sessions die: two quiet syncs later both books agree."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.acceptance.in_process import Server, server
from tests.acceptance.two_sided import TwoSides
from tests.acceptance.world import World

QUIET = "0 changes in, 0 out"
CALLS_MOST = 24
share = {"sqlite": 0.1, "postgresql": 0.05}
"""Of the profile's examples: each is a whole company."""


class QuickBooksDiedError(Exception):
    """QuickBooks crashed on a request; what it did before is in the file."""

    hresult = "0x80010105"
    message = "The server threw an exception."


class Frail:
    """A QuickBooks that dies on the request of that number, before or after executing it."""

    def __init__(self, made: World, number: int, *, executed: bool) -> None:
        self._books = made.books
        self._left = number
        self._executed = executed

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)

    def process(self, text: str) -> str:
        self._left -= 1
        if self._left != 0:
            return self._books.process(text)
        if self._executed:
            self._books.process(text)
        raise QuickBooksDiedError


class Converging(RuleBasedStateMachine):
    """The App, the bookkeeper and the Web Connector, in any order."""

    server: Server

    def __init__(self) -> None:
        super().__init__()
        self.died = False

    @initialize(two_way_bills=st.booleans(), master=st.sampled_from(["quickbooks", "cashflow"]))
    def begin(self, two_way_bills: bool, master: str) -> None:
        self.made = self.server.world(two_way_bills=two_way_bills)
        self.made.prefer(master_in_conflict=master)
        self.random = 0
        self.sides = TwoSides(self.made, self._pick, two_way_bills=two_way_bills)

    def _pick(self, below: int) -> int:
        """Numbers of a linear congruence that each step seeds: a step is repeated by its seed."""
        self.random = (self.random * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.random >> 33) % below

    def _act(self, seed: int) -> None:
        self.random = seed
        note(self.sides.act(self._pick(len(TwoSides.acts))))

    @rule(seeds=st.lists(st.integers(0, 2**32), min_size=1, max_size=6))
    def both_work(self, seeds: list[int]) -> None:
        for seed in seeds:
            self._act(seed)

    @rule()
    def sync(self) -> None:
        self.made.sync(minutes=61)

    @rule(calls=st.integers(1, CALLS_MOST), seeds=st.lists(st.integers(0, 2**32), max_size=3))
    def sync_while_both_work(self, calls: int, seeds: list[int]) -> None:
        self.made.clock.advance(minutes=5)
        for number, _ in enumerate(self.made.connector.steps(self.made.books), 1):
            if number >= calls and seeds:
                self._act(seeds.pop())

    @rule(calls=st.integers(3, CALLS_MOST), executed=st.booleans())
    def the_web_connector_is_killed(self, calls: int, executed: bool) -> None:
        self.made.clock.advance(minutes=5)
        steps = self.made.connector.steps(self.made.books)
        for number, (operation, answer) in enumerate(steps, 1):
            if number >= calls and operation == "sendRequestXML":
                if executed and answer:
                    self.made.books.process(str(answer))
                break
        steps.close()
        self.made.clock.advance(minutes=16)
        self.died = True

    @rule(requests=st.integers(1, CALLS_MOST // 2), executed=st.booleans())
    def quickbooks_dies(self, requests: int, executed: bool) -> None:
        self.made.clock.advance(minutes=5)
        self.made.connector.run(Frail(self.made, requests, executed=executed))
        self.died = True

    def teardown(self) -> None:
        if hasattr(self, "sides"):
            self._agree()

    def _agree(self) -> None:
        for _ in range(3 if self.died else 2):
            self.made.sync()
        assert self.sides.disagreements() == []
        log = self.made.sync()
        assert log.close_text.startswith(QUIET), log.close_text


@pytest.mark.long
@pytest.mark.timeout(600)
def test_both_books_agree_after_any_course_of_events(database_url: str, database_kind: str) -> None:
    examples = max(1, round(share[database_kind] * settings().max_examples))
    with server(database_url) as running:
        machine: type[Converging] = type("Machine", (Converging,), {"server": running})
        run_state_machine_as_test(
            machine, settings=settings(max_examples=examples, stateful_step_count=14)
        )
