"""Two people at random, and the verdict: when both books agree.

Owns how an act is chosen and the verdict of `test_converges.py`, which holds the two books against
each other with the referee's own comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import select

from store.errors import Invalid, NotFound, Refused
from store.syncing import link
from tests.acceptance.both_books import Both
from tests.acceptance.two_money import Money
from tests.acceptance.two_people import People
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal_compare import Difference

_EXPLAINED = {"failed", "waiting", "skipped", "not_synced"}


class TwoSides(Money):
    """All that the two people may do, and what must hold when they rest."""

    acts: tuple[Callable[[Any], None], ...]

    def act(self, number: int) -> str:
        """Do the act of that number; gives its name, with `refused` when a side refused it."""
        act = self.acts[number % len(self.acts)]
        self.made.clock.advance(seconds=2)  # QuickBooks' stamps have whole seconds
        try:
            act(self)
        except (Invalid, NotFound, Refused, StatusError) as error:
            return f"{act.__name__}: refused, {error}"
        return act.__name__

    # --- the verdict

    def disagreements(self) -> list[str]:
        """What is wrong when all is quiet, in words; empty when both books agree."""
        both = Both(self.made)
        return [
            *(str(one) for one in self._differences(both)),
            *self._misplaced(both),
            *both.twice(),
            *self._broken(),
        ]

    def _differences(self, both: Both) -> Iterator[Difference]:
        links = self._links()
        held = self._held(links)
        gone = {one.record_id for one in links if one.gone_at}
        waiting = {
            record["id"]
            for records in both.ours.values()
            for record in records
            if record["sync"]["quickbooks_id"] in held or self._explained(record, gone)
        }
        for one in both.differing():
            if one.key not in waiting and one.key not in held:
                yield one

    def _misplaced(self, both: Both) -> Iterator[str]:
        for resource in ("accounts", "departments", "customers", "jobs"):
            for record in both.ours[resource]:
                above = record["parent"]
                expected = f"{above['name']}:{record['name']}" if above else record["name"]
                if record["full_name"] != expected:
                    yield f"{resource} {expected} is called {record['full_name']}"

    def _links(self) -> list[Any]:
        with self.made.store.read() as conn:
            return list(conn.execute(select(link).where(link.c.company_id == self.made.id)))

    def _held(self, links: list[Any]) -> set[str]:
        """QuickBooks' ids that an open problem speaks of, and what does not come back."""
        named = {str(p.quickbooks_text).removeprefix("TxnID ") for p in self.made.problems()}
        troubled = {p.record_id for p in self.made.problems()}
        linked = {one.quickbooks_id for one in links if one.record_id in troubled}
        alone = set() if self.two_way_bills else self.theirs_alone
        return named | linked | alone | self.never_back

    @staticmethod
    def _explained(record: dict[str, Any], gone: set[str]) -> bool:
        """Whether the record says itself why it is not the same in QuickBooks."""
        sync = record["sync"]
        if record["id"] in gone and not record.get("active", True):
            return True  # deleted there, inactive here: both agree that it is not needed
        reason = sync["problem"] is not None or sync["waits_for"] is not None
        return sync["state"] == "scheduled" or (sync["state"] in _EXPLAINED and reason)

    def _broken(self) -> Iterator[str]:
        for problem in self.made.problems():
            if problem.kind == "program":
                yield f"program: {problem.title}"
        if sum(self.made.books.trial_balance().values()):
            yield "the trial balance is not zero"


def acts_of(*kinds: type[People]) -> tuple[Callable[[Any], None], ...]:
    """What may happen; people enter and edit more than they delete."""
    return tuple(
        act
        for kind in kinds
        for name, act in vars(kind).items()
        if name.startswith(("app_", "books_", "admin_"))
        for _ in range(3 if "_edit" in name or "_add" in name else 1)
    )


TwoSides.acts = acts_of(People, Money)
