"""Open iterators of one session.

Owns their ids, what is left of them and when they die. They live as long as the session, at
most so long without a call, and expect the same filters each time.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from webconnector.rehearsal import refusals
from webconnector.rehearsal.preferences import Preferences
from webconnector.rehearsal.refusals import StatusError


@dataclass
class Iteration:
    """One query under way: the ids not yet given out."""

    noun: str
    filters: str
    rest: list[tuple[str, str]]
    used: datetime


@dataclass
class Iterators:
    """The iterators of the open session."""

    prefs: Preferences
    _open: dict[str, Iteration] = field(default_factory=dict)

    def start(self, noun: str, filters: str, found: list[tuple[str, str]]) -> tuple[str, Iteration]:
        """A new iteration over (kind, id) pairs. 3390 when too many are open."""
        if len(self._open) >= self.prefs.open_iterators_max:
            raise StatusError(3390, "There are too many open iterators.")
        iterator_id = f"{{{uuid.uuid4()}}}"
        self._open[iterator_id] = Iteration(noun, filters, found, self.prefs.clock())
        return iterator_id, self._open[iterator_id]

    def resume(self, iterator_id: str, noun: str, filters: str) -> Iteration:
        """An iteration under way. 3391 when it is dead, 3120 when the filters are others."""
        iteration = self._open.get(iterator_id)
        now = self.prefs.clock()
        if iteration is None or iteration.noun != noun:
            raise refusals.dead_iterator(iterator_id)
        if (now - iteration.used).total_seconds() > self.prefs.iterator_idle_seconds_max:
            del self._open[iterator_id]
            raise refusals.dead_iterator(iterator_id)
        if iteration.filters != filters:
            raise StatusError(3120, f'The iterator "{iterator_id}" was started with other filters.')
        iteration.used = now
        return iteration

    def take(self, iterator_id: str, many: int) -> list[tuple[str, str]]:
        """The next page; a finished iteration is freed."""
        iteration = self._open[iterator_id]
        page, iteration.rest = iteration.rest[:many], iteration.rest[many:]
        if not iteration.rest:
            del self._open[iterator_id]
        return page

    def left(self, iterator_id: str) -> int:
        """How many are still to come; a freed iteration has none."""
        iteration = self._open.get(iterator_id)
        return len(iteration.rest) if iteration is not None else 0

    def stop(self, iterator_id: str) -> None:
        if self._open.pop(iterator_id, None) is None:
            raise refusals.dead_iterator(iterator_id)

    def close(self) -> None:
        """The session ended: all of them die."""
        self._open.clear()
