"""A change of the App that could go to QuickBooks, with all that its way needs to know.

Owns what follows from a change, its record and its link alone. It must not ask the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qbxml.entity import Entity, Family
from store import undoing
from store.changes import Action
from store.rows import Values, shown_name


@dataclass(slots=True)
class Ready:
    """A change that can go: nothing it needs is missing."""

    change: Any
    entity: Entity
    values: Values
    row: Any
    link: Any | None
    note: str | None = None
    """What QuickBooks does not get of it, for people."""
    asked: bool = False
    """Whether QuickBooks was asked in this session what must be known before it goes."""
    lacks: bool = False
    """Whether QuickBooks lacks what it refers to: it may only be looked for, not go."""

    @property
    def asks_first(self) -> bool:
        """Whether QuickBooks must be asked before: duplicates, or edits before a deletion."""
        if self.entity.family is not Family.TXN or self.change.action == Action.MOD:
            return False
        return self.change.action == Action.ADD or bool(self.link or self.change.values)

    @property
    def is_gone(self) -> bool:
        """Whether QuickBooks deleted it, so that no edit can reach it."""
        deleted = self.link is not None and self.link.gone_at is not None
        return deleted and self.change.action == Action.MOD

    @property
    def reverses(self) -> bool:
        """Whether it enters a second document that takes the first one back."""
        return undoing.reverses(self.entity, self.change.action)

    @property
    def may_have_arrived(self) -> bool:
        """Whether it left once to be entered, itself or its reversal, and nobody knows more."""
        return bool(self.change.values) and (self.link is None or self.reverses)

    @property
    def to_be_found(self) -> bool:
        """Whether QuickBooks must be asked in this session what became of it.

        Nothing keeps that question back: what forbids a write may be the trace of this very one.
        """
        return self.asks_first and self.may_have_arrived and not self.asked

    @property
    def removes(self) -> bool:
        """Whether it takes back what QuickBooks has."""
        return self.change.action in (Action.DELETE, Action.VOID)

    @property
    def shown(self) -> str:
        """The record for people: `vendor Acme`."""
        return f"{self.entity.singular} {shown_name(self.row)}"

    @property
    def sent_as(self) -> Entity:
        """What it is in QuickBooks."""
        return self.entity.sent_as(self.values)
