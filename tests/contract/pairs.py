"""Records that both sides have, of every type, for the contract tests.

Owns making them on either side and saying whether both sides agree. It must not know any type.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbxml.entity import Entity
from tests.contract import both_sides as sides
from tests.contract.ground import ENTITIES, Ground, Values

# What the stand-in's bookkeeper can enter.
MADE_BY_HAND = {entity.noun for entity in ENTITIES if entity.lines}
IDLE = "0 changes in, 0 out, 0 problems"


def entities(wanted: Callable[[Entity], object]) -> pytest.MarkDecorator:
    """The record types to which a rule applies."""
    chosen = [entity for entity in ENTITIES if wanted(entity)]
    return pytest.mark.parametrize("entity", chosen, ids=[entity.resource for entity in chosen])


ADDED = entities(lambda e: e.push.new)
EDITED = entities(lambda e: e.push.new and e.push.edited)
PULLED = entities(lambda e: e.pull.new)
FOLLOWED = entities(lambda e: e.pull.edited)


class Pair:
    """One record on both sides."""

    def __init__(self, ground: Ground, entity: Entity, kind: str, theirs: str, ours: str) -> None:
        self.ground, self.entity, self.kind = ground, entity, kind
        self.theirs, self.ours = theirs, ours

    @property
    def app(self) -> Values:
        """The App's shared fields."""
        made = self.ground.made
        return sides.shown(made.get(self.entity.resource, self.ours), self.entity)

    @property
    def quickbooks(self) -> Values:
        """QuickBooks' shared fields."""
        view = self.ground.made.books.get(self.kind, self.theirs)
        return sides.read(self.ground, self.entity, view)

    def check(self) -> None:
        """Both sides are equal, and the App knows it."""
        assert self.app == self.quickbooks, self.kind
        record = self.ground.made.get(self.entity.resource, self.ours)
        assert record["sync"]["state"] == "synced", record["sync"]


def made_in_the_app(ground: Ground, entity: Entity, count: int = 1) -> list[Pair]:
    """Full records of the App, synced."""
    ours = [
        ground.made.add(entity.resource, **sides.body(ground, entity, 1, f"{number}."))["id"]
        for number in range(count)
    ]
    ground.made.sync()
    syncs = [ground.made.get(entity.resource, one)["sync"] for one in ours]
    assert {sync["state"] for sync in syncs} == {"synced"}, syncs
    return [
        Pair(ground, entity, entity.noun, sync["quickbooks_id"], one)
        for one, sync in zip(ours, syncs, strict=True)
    ]


def made_in_quickbooks(
    ground: Ground, entity: Entity
) -> list[tuple[str, dict[str, str], str, str]]:
    """Full records of every kind and variant: kind, way, id and the start of its name."""
    found = []
    for number, (kind, way) in enumerate(sides.variants(entity)):
        start = f"{number}."
        fields = sides.written(ground, entity, kind, way, 1, start)
        found.append((kind, way, ground.made.books.add(kind, fields), start))
    return found


def pulled(ground: Ground, entity: Entity) -> list[tuple[Pair, dict[str, str], str]]:
    """Full records of QuickBooks that came over: pair, way, start of its name."""
    entered = made_in_quickbooks(ground, entity)
    ground.made.sync()
    ours = {r["sync"]["quickbooks_id"]: r["id"] for r in ground.made.all(entity.resource)}
    return [
        (Pair(ground, entity, kind, theirs, ours[theirs]), way, start)
        for kind, way, theirs, start in entered
    ]


def with_line_ids(pair: Pair, fields: Values) -> Values:
    """The same lines stay the same lines."""
    view = pair.ground.made.books.get(pair.kind, pair.theirs)
    for lines in pair.entity.lines:
        known = {"TxnLineID": view[lines.element][0]["TxnLineID"]}
        fields[lines.element] = [known | fields[lines.element][0]]
    return fields
