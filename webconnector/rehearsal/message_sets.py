"""Error recovery: what the company file remembers of message sets that carried an id.

Owns the table of what newMessageSetID and oldMessageSetID do, per application. Must not know
what the requests of a set do.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from webconnector.rehearsal.outcomes import Outcome

ID_LENGTH_MAX = 23
CLEAR_ALL = "ClearAllMessageSets"
OK, NOTHING_STORED, OTHER_CONTENT, NO_RESPONSE, ID_TOO_LONG = 0, 600, 9001, 9002, 9004


@dataclass(frozen=True)
class Stored:
    """A message set that ran: its exact text and how each request came out."""

    content: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Decision:
    """What to do with a set: its status, whether to run it, what to repeat instead."""

    code: int | None
    runs: bool = False
    repeats: tuple[Outcome, ...] = ()
    keeps_as: str = ""
    drops: str = ""


@dataclass
class MessageSets:
    """The states stored in one company file."""

    _of_app: dict[str, dict[str, Stored]] = field(default_factory=dict)

    def decide(  # noqa: PLR0911 - one return per row of the table
        self, app: str, content: str, new: str | None, old: str | None, *, has_requests: bool
    ) -> Decision:
        """Reads the table of qbwc-protocol 6.1; changes nothing."""
        stored = self._of_app.get(app, {})
        if new is None and old is None:
            return Decision(None, runs=True)
        if any(len(name) > ID_LENGTH_MAX for name in (new, old) if name):
            return Decision(ID_TOO_LONG)
        if new is None:
            known = old == CLEAR_ALL or old in stored
            return Decision(OK, runs=True, drops=old or "") if known else Decision(NOTHING_STORED)
        if new == old:
            if new in stored:
                return Decision(OK, repeats=stored[new].outcomes)
            return Decision(NO_RESPONSE)
        if new in stored:
            if stored[new].content != content:
                return Decision(OTHER_CONTENT)
            return Decision(OK, repeats=stored[new].outcomes)
        if not has_requests:
            return Decision(NO_RESPONSE)
        return Decision(OK, runs=True, keeps_as=new, drops=old or "")

    def settle(
        self, app: str, decision: Decision, content: str, outcomes: tuple[Outcome, ...]
    ) -> None:
        """Remember and forget what the decision says, once the set has run."""
        stored = self._of_app.setdefault(app, {})
        if decision.drops == CLEAR_ALL:
            stored.clear()
        stored.pop(decision.drops, None)
        if decision.keeps_as:
            stored[decision.keeps_as] = Stored(content, outcomes)

    def forget(self, app: str, set_id: str) -> None:
        """Lose one stored state."""
        self._of_app.get(app, {}).pop(set_id, None)

    def known(self, app: str) -> tuple[str, ...]:
        """The ids stored for an application."""
        return tuple(self._of_app.get(app, {}))
