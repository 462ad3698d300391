"""A year of a company: the clock, the two people, and what must hold after every sync.

Owns the form of a step and what is declared; the steps are told in `year_march.py` to
`year_winter.py`. A step acts, yields once per sync, and says what must hold after it. Whatever
the two books disagree on has to be declared, and whatever is declared has to be so.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from store import problem_acts, resources
from store.syncing import link
from tests.acceptance.both_books import Both
from tests.acceptance.world import World

Fields = dict[str, Any]
Act = Generator[None]
"""What a step is: it acts, then yields for each sync, and looks at both books after it."""

APP, BOOKKEEPER, ADMIN, BOTH, MISHAP = "the App", "the bookkeeper", "an admin", "both", "a mishap"
Told = TypeVar("Told", bound="Callable[[Year], Act | None]")
_END = object()


@dataclass(frozen=True)
class Step:
    """One step of the year: the day (ISO), who acts, and what is done and expected."""

    day: str
    who: str
    act: Callable[[Year], Act | None]

    def __str__(self) -> str:
        told = self.act.__name__.replace("_", " ")
        return f"{self.day} {self.who}: {told}"


class Script(list[Step]):
    """The steps of a part of the year, in their order."""

    def on(self, day: str, who: str) -> Callable[[Told], Told]:
        """The decorator that makes a function a step of this day."""

        def kept(act: Told) -> Told:
            self.append(Step(day, who, act))
            return act

        return kept


@dataclass
class Year:
    """One world, and what the script remembers and declares of it."""

    made: World
    ids: dict[str, str] = field(default_factory=dict)
    """What the script made, by its own word for it: App ids, and QuickBooks' ids."""
    open: dict[tuple[str, str | None], str] = field(default_factory=dict)
    """The problems that have to be open, by kind and record, and why."""
    apart: dict[str, str] = field(default_factory=dict)
    """Records (by App id, or QuickBooks' where the App has none) that differ, and why."""

    def run(self, steps: list[Step]) -> None:
        """The whole script; steps of one day share their syncs. AssertionErrors name the step."""
        for day, together in groupby(steps, key=lambda step: step.day):
            self._until(day)
            begun = [(step, self._begin(step)) for step in together]
            acting = [(step, act) for step, act in begun if act is not None]
            while acting := [one for one in acting if self._goes_on(*one)]:
                self.sync([step for step, _ in acting])

    def _begin(self, step: Step) -> Act | None:
        """The step at work; None when it was done at once, without a sync."""
        try:
            return step.act(self)
        except Exception as error:
            error.add_note(str(step))
            raise

    def _goes_on(self, step: Step, acting: Act) -> bool:
        """Act up to the next sync; whether there is one."""
        try:
            return next(acting, _END) is not _END
        except Exception as error:
            error.add_note(str(step))
            raise

    def _until(self, day: str) -> None:
        morning = datetime.fromisoformat(f"{day}T14:00").replace(tzinfo=UTC)
        assert morning.date() >= self.made.clock.now.date(), f"{day} is over"
        self.made.clock.now = max(self.made.clock.now, morning)

    def sync(self, steps: list[Step]) -> None:
        """One update; both books are held against each other after it."""
        try:
            self.made.sync()
            self.check()
        except Exception as error:
            error.add_note("\n".join(map(str, steps)))
            raise

    # --- the bookkeeper; QuickBooks' stamps have whole seconds

    def enter(self, kind: str, name: str = "", **fields: Any) -> str:
        """The bookkeeper enters a record; `name` remembers it."""
        self.made.clock.advance(seconds=2)
        key = self.made.books.add(kind, fields)
        if name:
            self.ids[name] = key
        return key

    def edit(self, kind: str, word: str, **fields: Any) -> None:
        """The bookkeeper edits a record."""
        self.made.clock.advance(seconds=2)
        self.made.books.edit(kind, self.key(word), fields)

    def strike(self, kind: str, word: str) -> None:
        """The bookkeeper deletes a record."""
        self.made.clock.advance(seconds=2)
        self.made.books.delete(kind, self.key(word))

    def void(self, kind: str, word: str) -> None:
        """The bookkeeper voids a document."""
        self.made.clock.advance(seconds=2)
        self.made.books.void(kind, self.key(word))

    def there(self, kind: str, word: str) -> Fields:
        """A record as QuickBooks has it, by the script's word for either side's record."""
        return self.made.books.get(kind, self.key(word))

    def key(self, word: str) -> str:
        """QuickBooks' id of what the script made on either side."""
        known = self.ids.get(word, word)
        if not _is_ours(known):
            return known
        with self.made.store.read() as conn:
            linked = conn.execute(
                select(link.c.quickbooks_id).where(
                    link.c.company_id == self.made.id, link.c.record_id == known
                )
            ).scalar()
        return str(linked or known)

    # --- the App

    def add(self, resource: str, word: str = "", **body: Any) -> Fields:
        """The App makes a record; `word` remembers it."""
        record = self.made.add(resource, **body)
        if word:
            self.ids[word] = record["id"]
        return record

    def change(self, resource: str, word: str, **body: Any) -> Fields:
        """The App changes a record."""
        return self.made.change(resource, self.ids.get(word, word), **body)

    def here(self, resource: str, word: str) -> Fields:
        """A record as the App has it."""
        return self.made.get(resource, self.ids.get(word, word))

    def state(self, resource: str, word: str) -> str:
        """Where it stands."""
        return str(self.here(resource, word)["sync"]["state"])

    def named(self, resource: str, name: str, word: str) -> Fields:
        """Remember the App's record of that full name."""
        found = self.made.named(resource, name)
        self.ids[word] = found["id"]
        return found

    def numbered(self, resource: str, number: str, word: str) -> Fields:
        """Remember the App's document of that number."""
        (found,) = [one for one in self.made.all(resource) if one["number"] == number]
        self.ids[word] = found["id"]
        return found

    def approve(self, word: str) -> None:
        """Somebody approves a bill."""
        with self.made.store.write() as conn:
            resources.approve(
                conn, self.made.id, "bills", self.ids[word], self.made.clock(), "test"
            )

    def settle(self, act: Callable[..., None], kind: str, word: str | None = None) -> None:
        """A person acts on the open problem of that kind (and record): it is no longer open."""
        record = self.ids[word] if word else None
        (found,) = [p for p in self.made.problems() if (p.kind, p.record_id) == (kind, record)]
        with self.made.store.write() as conn:
            row = problem_acts.find(conn, found.number, self.made.id)
            act(conn, row, "test", self.made.clock())
        del self.open[kind, record]

    # --- what the script declares

    def expect(self, kind: str, word: str | None, why: str) -> None:
        """From now on this problem is open."""
        self.open[kind, self.ids[word] if word else None] = why

    def over(self, kind: str, word: str | None = None) -> None:
        """It is no longer open."""
        del self.open[kind, self.ids[word] if word else None]

    def differs(self, word: str, why: str) -> None:
        """From now on this record differs."""
        self.apart[self.ids.get(word, word)] = why

    def agrees(self, word: str) -> None:
        """It no longer does."""
        del self.apart[self.ids.get(word, word)]

    # --- the verdict

    def check(self) -> None:
        """What must hold after every sync."""
        told = {(p.kind, p.record_id): f"{p.title} {p.text}" for p in self.made.problems()}
        assert told.keys() == self.open.keys(), (told, self.open)
        both = Both(self.made)
        found = both.differences()
        assert found.keys() == self.apart.keys(), (found, self.apart)
        assert both.twice() == []
        assert sum(self.made.books.trial_balance().values()) == 0
        for here, there in (
            (both.receivables(self.apart), both.owed("Customer")),
            (both.payables(self.apart), both.owed("Vendor")),
            (both.banks(), both.banks_there()),
        ):
            assert here == there, (here, there)

    def banks(self) -> dict[str, str]:
        """The newest balance of each bank account here."""
        return Both(self.made).banks()


def killed_after(y: Year, request: str) -> None:
    """The Web Connector dies when QuickBooks has carried out that request, before it answers."""
    y.made.clock.advance(minutes=5)
    steps = y.made.connector.steps(y.made.books)
    for operation, answer in steps:
        if operation == "sendRequestXML" and f"<{request}" in str(answer):
            y.made.books.process(str(answer))
            break
    steps.close()


def _is_ours(key: str) -> bool:
    """Whether it is an App id; QuickBooks' are shorter."""
    try:
        UUID(key)
    except ValueError:
        return False
    return True
