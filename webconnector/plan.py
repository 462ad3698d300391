"""The plan of a session: what is being read, what waits, how far it has come.

Owns the JSON kept in `session.plan`, so that any worker process can take the next call, and the
percentage made of it. It must not know the database, nor build or read qbXML.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

requests_per_set_max = 25
restarts_max = 1


@dataclass(slots=True)
class Read:
    """One query that is being read, page by page."""

    name: str
    """A query noun, ListDeleted, TxnDeleted, Balances, Activity, or `Reread Vendor`.

    Reads of one name are one read: their pages are judged, and done, together.
    """
    do: str
    """How its reply is taken, see `reading.READERS`."""
    narrow: dict[str, Any] = field(default_factory=dict)
    """Its filters; QuickBooks wants the same ones with every page."""
    iterates: bool = False
    iterator_id: str | None = None
    remaining: int = 0
    seen: str = ""
    restarts: int = 0
    done: bool = False
    """The last page is here."""
    settled: bool = False
    """What it brought is stored, or held back for a person."""
    braked: bool = False
    """Nothing of it is stored before all of it is here and few enough records change."""
    keeps: bool = False
    """Its cursor stays: what it brought is not all stored."""
    moved: bool = False
    """Its cursor was moved in this session."""
    led_by: str = ""
    """The read that made this one necessary; its cursor moves when this one is settled too."""
    pages: list[str] = field(default_factory=list)
    """Exchanges with pages that wait to be stored."""
    noun: str = ""
    """The query noun it asks, where that is not its name."""
    about: dict[str, Any] = field(default_factory=dict)
    """What its reply is compared with, and what was found so far."""

    @property
    def asks(self) -> str:
        """The query noun it asks."""
        return self.noun or self.name

    @property
    def cursor(self) -> bool:
        """Whether a cursor of that name moves when it is settled."""
        whole = self.do in ("query", "applied") and " " not in self.name
        return self.do in ("deletions", "compare") or whole


@dataclass(slots=True)
class Plan:
    """What a session has to do and has done."""

    checked: bool = False
    """The company file was found to be the right one."""
    begun: bool = False
    reads: list[Read] = field(default_factory=list)
    first: list[str] = field(default_factory=list)
    """Query nouns that are read from the start in this session: the brake lets them pass."""
    moved: dict[str, int] = field(default_factory=dict)
    """Per resource, how many linked records this session changed or deleted so far."""
    held: list[str] = field(default_factory=list)
    """Reads that the brake held; nothing is written then."""
    restored: bool = False
    """The company file was restored or condensed and nobody has confirmed it (activity.py)."""
    compared: bool = False
    """The comparisons that are due were planned."""
    failed: list[str] = field(default_factory=list)
    """Reads that QuickBooks refused; nothing is written then."""
    one_at_a_time: bool = False
    batch_max: int = requests_per_set_max
    wrote: bool = False
    done: int = 0

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Plan:
        """The plan as it was kept."""
        reads = [Read(**read) for read in stored.get("reads", [])]
        return cls(**{**stored, "reads": reads})

    def to_json(self) -> dict[str, Any]:
        """To be kept until the next call; shares its lists with the plan."""
        reads = [{name: getattr(read, name) for name in _READ} for read in self.reads]
        return {**{name: getattr(self, name) for name in _PLAN}, "reads": reads}

    @property
    def open_reads(self) -> list[Read]:
        """What is still to be read."""
        return [read for read in self.reads if not read.done]

    def group(self, name: str) -> list[Read]:
        """All reads of that name that are not settled."""
        return [read for read in self.reads if read.name == name and not read.settled]

    @property
    def unsettled(self) -> list[str]:
        """The names of reads whose records are not stored yet, in their order."""
        return list(dict.fromkeys(read.name for read in self.reads if not read.settled))

    @property
    def read_whole(self) -> list[Read]:
        """Reads whose cursor may move: they and all that they led to are stored.

        A session may end before what they led to is read, and nothing else remembers that.
        """
        open_ones = {one.led_by for one in self.reads if not one.settled or one.name in self.failed}
        done = (read for read in self.reads if read.cursor and read.settled and not read.keeps)
        waiting = open_ones.union(self.failed)
        return [read for read in done if not read.moved and read.name not in waiting]

    @property
    def writable(self) -> bool:
        """Whether the picture is whole and trusted: otherwise nothing may be written."""
        return not (self.failed or self.held or self.restored)

    def percent(self, waiting: int) -> int:
        """1 to 99 while there is work: what is done of what is known. `waiting`: writes left."""
        left = sum(max(1, read.remaining) for read in self.open_reads) + waiting
        return max(1, min(99, self.done * 100 // max(1, self.done + left)))


# `dataclasses.asdict` copies everything in depth, which nobody needs: three times a session.
_READ = tuple(one.name for one in fields(Read))
_PLAN = tuple(one.name for one in fields(Plan))
