"""The plan of a session: what is being read, what waits, how far it has come.

Owns the JSON kept in `session.plan`, so that any worker process can take the next call, and the
percentage made of it. It must not know the database, nor build or read qbXML.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

requests_per_set_max = 25
restarts_max = 1


@dataclass(slots=True)
class Read:
    """One query that is being read, page by page."""

    name: str
    """A query noun, or ListDeleted, TxnDeleted, Balances, or `Reread vendors`."""
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


@dataclass(slots=True)
class Plan:
    """What a session has to do and has done."""

    checked: bool = False
    """The company file was found to be the right one."""
    begun: bool = False
    reads: list[Read] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    """Exchanges with documents that wait until all lists are read."""
    unmoved: dict[str, str] = field(default_factory=dict)
    """Cursors of parked documents: they move when those are stored."""
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
        """To be kept until the next call."""
        return asdict(self)

    @property
    def open_reads(self) -> list[Read]:
        """What is still to be read."""
        return [read for read in self.reads if not read.done]

    def percent(self, waiting: int) -> int:
        """1 to 99 while there is work: what is done of what is known. `waiting`: writes left."""
        left = sum(max(1, read.remaining) for read in self.open_reads) + waiting
        return max(1, min(99, self.done * 100 // max(1, self.done + left)))
