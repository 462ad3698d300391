"""What every step of a sync needs to know: whose records, which session, what time it is.

Owns no rule; it saves each function of `pull` and `push` six parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from qbxml.entity import Entity, Flow
from store.feed import Happened, Notice
from store.preferences import Preferences


@dataclass(slots=True)
class Tally:
    """What a session moved; shown to the user when it ends."""

    changes_in: int = 0
    changes_out: int = 0
    problems: int = 0


@dataclass(slots=True)
class Cursor:
    """How far one list was read; see `cursors.py`."""

    name: str
    read_to: str | None
    first_read_at: datetime | None
    read_at: datetime | None


@dataclass(slots=True)
class Connected:
    """What a step needs of the company's connector; see `binding.py`, which alone changes it."""

    owner_id: str
    file_id: str
    paths: list[str]
    company_file_name: str | None
    stamped: bool
    awaiting: dict[str, Any] | None
    quickbooks: dict[str, Any] | None
    activity: dict[str, Any] | None
    last_full_session_at: datetime | None


@dataclass(slots=True)
class Sync:
    """One company's session at work, inside one transaction."""

    conn: Connection
    company_id: str
    session_id: str
    now: datetime
    preferences: Preferences
    start_date: date | None
    time_zone: str
    quickbooks: dict[str, Any]
    """What QuickBooks said of itself in this session: country, sales tax codes, closing date."""
    two_way_since: str | None = None
    """When 2-way bill sync was switched on, as a wall clock in the company's time zone shows it."""
    preview: bool = False
    """Nothing is written to QuickBooks until an admin has agreed (sync-rules 3)."""
    paused: bool = False
    """An admin stopped it a moment ago: no further request leaves."""
    open_causes: set[str] | None = None
    """Causes of the company's open problems, once somebody asked; see `problems.py`."""
    connected: Connected | None = None
    """The company's connector, once somebody asked; see `binding.py`."""
    cursors: dict[str, Cursor] | None = None
    """The company's cursors, once somebody asked; see `cursors.py`."""
    moved: dict[str, str] = field(default_factory=dict)
    """The cursors that this step moved, and where to; `cursors.keep` writes them at its end."""
    went_back: bool = False
    """A record was found older than it was known: the file was put back; see `activity.py`."""
    exchange_id: str | None = None
    """The exchange whose answer is being stored, so that what cannot be is found again."""
    tally: Tally = field(default_factory=Tally)
    notices: list[Notice] = field(default_factory=list)
    """What happened in this call, for the change feed; see `feed.py`."""

    def taken_back(self) -> None:
        """A part of the transaction was rolled back: what was read of it is read again."""
        self.open_causes = self.connected = self.cursors = None

    def note(self, kind: Happened, resource: str, record_id: str) -> None:
        """Tell who follows the company's change feed, when this transaction is committed."""
        self.notices.append(Notice(kind, resource, record_id))

    def flows(self, flow: Flow) -> bool:
        """Whether anything moves in this flow under the company's switches."""
        if flow.switch is not None and not getattr(self.preferences, flow.switch.value):
            return False
        return bool(flow)

    def pulls(self, entity: Entity) -> bool:
        """Whether QuickBooks' records of this type come over."""
        return self.flows(entity.pull)

    def pushes(self, entity: Entity) -> bool:
        """Whether the App's records of this type go over."""
        return self.flows(entity.push)
