"""Every record type at the wire, by the table alone: both ways, full, edited, cleared, deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select, update

from qbxml import build
from qbxml.entities import ENTITIES
from qbxml.entity import ADDRESS_PARTS, Entity, Family, Field, In, Kind
from store.errors import Invalid, Refused
from store.shapes import SHAPES
from store.syncing import exchange
from tests.acceptance.world import World, check_requests, world
from tests.contract import both_sides as sides
from tests.contract.both_sides import Ground, Values
from webconnector.rehearsal.reply_tables import ret_grammar

IDLE = "0 changes in, 0 out, 0 problems"


def entities(wanted: Callable[[Entity], object]) -> pytest.MarkDecorator:
    """The record types to which a rule applies."""
    chosen = [entity for entity in ENTITIES if wanted(entity)]
    return pytest.mark.parametrize("entity", chosen, ids=[entity.resource for entity in chosen])


ADDED = entities(lambda e: e.push.new)
EDITED = entities(lambda e: e.push.new and e.push.edited)
PULLED = entities(lambda e: e.pull.new)
FOLLOWED = entities(lambda e: e.pull.edited)


@pytest.fixture
def make_ground(database_url: str) -> Iterator[Callable[..., Ground]]:
    """Make a connected world with what references point at; every switch is on unless told."""
    with ExitStack() as stack:

        def make(**options: Any) -> Ground:
            chosen = {"two_way_bills": True, "personal_data": True} | options
            return Ground(stack.enter_context(world(database_url, **chosen)))

        yield make


@pytest.fixture
def ground(make_ground: Callable[..., Ground]) -> Ground:
    """The usual one."""
    return make_ground()


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


def made_in_the_app(ground: Ground, entity: Entity) -> Pair:
    """A full record of the App, synced."""
    ours = ground.made.add(entity.resource, **sides.body(ground, entity, 1))["id"]
    ground.made.sync()
    sync = ground.made.get(entity.resource, ours)["sync"]
    assert sync["state"] == "synced", sync
    return Pair(ground, entity, entity.noun, sync["quickbooks_id"], ours)


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


# --- made, and all fields of it


@ADDED
def test_what_the_app_makes_arrives_with_every_field(ground: Ground, entity: Entity) -> None:
    wanted = sides.body(ground, entity, 1)
    pair = made_in_the_app(ground, entity)
    pair.check()
    assert pair.app == sides.shown(wanted, entity)
    shape = SHAPES[entity.resource]
    everything = {p.name for p in sides.fields_of(entity.fields, entity) if In.ADD in p.messages}
    everything |= {f"{line.part.name}/{n}" for line in shape.lines for n in line.taken}
    assert set(sides.filled(pair.quickbooks)) == everything
    assert ground.made.sync().close_text == IDLE
    assert ground.made.problems() == []


@PULLED
def test_what_quickbooks_makes_comes_over_with_every_field(ground: Ground, entity: Entity) -> None:
    seen: set[str] = set()
    for pair, _, _ in pulled(ground, entity):
        pair.check()
        seen |= set(sides.filled(pair.app))
    everything = {part.name for part in sides.fields_of(entity.fields, entity)}
    everything |= {
        f"{lines.name}/{sides.CODES[part.name][0] if part.name in sides.CODES else part.name}"
        for lines in entity.lines
        for part in lines.fields
    }
    assert seen == everything, "some field was never filled"
    assert ground.made.sync().close_text == IDLE
    assert ground.made.problems() == []


# --- edited


@EDITED
def test_an_edit_of_every_field_in_the_app_goes_over(ground: Ground, entity: Entity) -> None:
    pair = made_in_the_app(ground, entity)
    again = sides.body(ground, entity, 2)
    before = ground.made.get(entity.resource, pair.ours)
    for line in entity.lines:
        again[line.name] = [{"id": before[line.name][0]["id"], **again[line.name][0]}]
    ground.made.change(entity.resource, pair.ours, **again)
    assert ground.made.sync().close_text == "0 changes in, 1 out, 0 problems"
    pair.check()
    assert pair.app == sides.shown(again, entity)
    assert ground.made.sync().close_text == IDLE


def with_line_ids(pair: Pair, fields: Values) -> Values:
    """The same lines stay the same lines."""
    view = pair.ground.made.books.get(pair.kind, pair.theirs)
    for lines in pair.entity.lines:
        known = {"TxnLineID": view[lines.element][0]["TxnLineID"]}
        fields[lines.element] = [known | fields[lines.element][0]]
    return fields


@FOLLOWED
def test_an_edit_of_every_field_in_quickbooks_comes_over(ground: Ground, entity: Entity) -> None:
    pairs = pulled(ground, entity)
    for pair, way, start in pairs:
        fields = sides.written(ground, entity, pair.kind, way, 2, start)
        ground.made.books.edit(pair.kind, pair.theirs, with_line_ids(pair, fields))
    before = [pair.app for pair, _, _ in pairs]
    count = f"{len(pairs)} change{'s'[: len(pairs) > 1]}"
    assert ground.made.sync().close_text == f"{count} in, 0 out, 0 problems"
    for (pair, _, _), old in zip(pairs, before, strict=True):
        pair.check()
        assert pair.app != old
    assert ground.made.sync().close_text == IDLE


@entities(lambda e: e.push.new and e.push.edited and e.pull.edited)
def test_edits_of_an_app_record_in_quickbooks_come_back(ground: Ground, entity: Entity) -> None:
    pair = made_in_the_app(ground, entity)
    way = sides.paths(entity.noun, sides.fields_of(entity.fields, entity))
    fields = sides.written(ground, entity, entity.noun, way, 2, "x")
    ground.made.books.edit(pair.kind, pair.theirs, with_line_ids(pair, fields))
    assert ground.made.sync().close_text == "1 change in, 0 out, 0 problems"
    pair.check()


# --- cleared


def clearable(parts: tuple[Field, ...], entity: Entity) -> list[Field]:
    """The fields that can be emptied; yes and no are never empty, a job's parent makes it one."""
    return [
        part
        for part in sides.fields_of(parts, entity)
        if part.clearable
        and part.kind is not Kind.BOOL
        and not (part.name == "parent" and entity.child)
    ]


@EDITED
def test_each_field_emptied_in_the_app_is_emptied_in_quickbooks(
    ground: Ground, entity: Entity
) -> None:
    pair = made_in_the_app(ground, entity)
    for part in clearable(entity.fields, entity):
        before = pair.quickbooks
        ground.made.change(entity.resource, pair.ours, **{part.name: None})
        assert ground.made.sync().close_text == "0 changes in, 1 out, 0 problems", part.name
        pair.check()
        same = set(before) - {part.name} - sides.FOLLOWS.get(part.name, set())
        after = pair.quickbooks
        assert after[part.name] is None
        assert {name: after[name] for name in same} == {name: before[name] for name in same}
    for lines in entity.lines:
        for part in clearable(lines.fields, entity):
            (line,) = ground.made.get(entity.resource, pair.ours)[lines.name]
            ground.made.change(
                entity.resource, pair.ours, **{lines.name: [{"id": line["id"], part.name: None}]}
            )
            log = ground.made.sync()
            assert log.close_text == "0 changes in, 1 out, 0 problems", part.name
            pair.check()
            assert pair.quickbooks[lines.name][0][part.name] is None
    assert ground.made.sync().close_text == IDLE


def emptied(path: str) -> Values:
    """The edit that clears one element."""
    first, _, rest = path.partition("/")
    return {first: emptied(rest) if rest else ""}


def is_needed(kind: str, path: str) -> bool:
    """Whether QuickBooks never leaves this element empty."""
    return sides.element_of(kind, path).required or path.split("/")[-1] in sides.NEEDS.get(kind, {})


@FOLLOWED
def test_each_field_emptied_in_quickbooks_is_emptied_in_the_app(
    ground: Ground, entity: Entity
) -> None:
    pairs = pulled(ground, entity)
    for part in clearable(entity.fields, entity):
        touched = [
            (pair, way[part.name])
            for pair, way, _ in pairs
            if part.name in way and not is_needed(pair.kind, way[part.name])
        ]
        for pair, path in touched:
            ground.made.books.edit(pair.kind, pair.theirs, emptied(path))
        log = ground.made.sync()
        assert log.close_text.endswith(" in, 0 out, 0 problems"), (part.name, log.close_text)
        for pair, _ in touched:
            pair.check()
            assert pair.app[part.name] is None, (pair.kind, part.name)
    for lines in entity.lines:
        for part in clearable(lines.fields, entity):
            for pair, _, _ in pairs:
                (line,) = ground.made.books.get(pair.kind, pair.theirs)[lines.element]
                line |= {part.elements[0]: ""}
                if part.name in {beside.beside for beside in lines.fields}:
                    line = {k: v for k, v in line.items() if k != "BillableStatus"}
                    line["BillableStatus"] = ""
                ground.made.books.edit(pair.kind, pair.theirs, {lines.element: [line]})
            ground.made.sync()
            for pair, _, _ in pairs:
                pair.check()
                assert pair.app[lines.name][0][part.name] is None
    assert ground.made.sync().close_text == IDLE


# --- texts


def texts_of(entity: Entity) -> Iterator[tuple[str, int, Values]]:
    """Every text that the App writes: JSON pointer, longest, and a body with it over-long."""
    shape = SHAPES[entity.resource]
    for part in sides.fields_of(list(shape.taken.values()), entity):
        if part.kind is Kind.ADDRESS:
            for _, name, most in ADDRESS_PARTS:
                yield f"/{part.name}/{name}", most, {part.name: {name: "x" * (most + 1)}}
        elif part.kind is Kind.TEXT and part.max_characters:
            over = "x" * (part.max_characters + 1)
            yield f"/{part.name}", part.max_characters, {part.name: over}
    for line in shape.lines:
        for part in line.taken.values():
            if part.kind is Kind.TEXT and part.max_characters:
                over = "x" * (part.max_characters + 1)
                where = f"/{line.part.name}/0/{part.name}"
                yield where, part.max_characters, {line.part.name: [{part.name: over}]}


@ADDED
def test_each_over_long_text_is_refused_in_the_app_with_its_limit(
    ground: Ground, entity: Entity
) -> None:
    before = ground.made.dump()
    found = list(texts_of(entity))
    assert found
    for pointer, most, over in found:
        with pytest.raises(Invalid) as refused:
            ground.made.add(entity.resource, **over)
        told = {error.pointer: error.text for error in refused.value.fields}
        assert str(most) in told[pointer], pointer
    assert ground.made.dump() == before


@ADDED
def test_what_quickbooks_cannot_write_is_transliterated_there_and_kept_here(
    ground: Ground, entity: Entity
) -> None:
    (typed, sent), *_ = sides.TRANSLITERATED.items()
    wanted = sides.body(ground, entity, 1)
    names = [
        part.name
        for part in sides.fields_of(entity.fields, entity)
        if part.kind is Kind.TEXT and (part.max_characters or 99) >= len(sent) + 1
    ]
    wanted |= {name: f"{typed}1" for name in names}
    ours = ground.made.add(entity.resource, **wanted)["id"]
    ground.made.sync()
    record = ground.made.get(entity.resource, ours)
    view = ground.made.books.get(entity.noun, record["sync"]["quickbooks_id"])
    theirs = sides.read(ground, entity, view)
    for name in names:
        assert (record[name], theirs[name]) == (f"{typed}1", f"{sent}1")
    assert ground.made.sync().close_text == IDLE


# --- inactive


@entities(lambda e: e.push.inactive and e.pull.inactive)
def test_inactive_goes_both_ways(ground: Ground, entity: Entity) -> None:
    pair = made_in_the_app(ground, entity)
    ground.made.change(entity.resource, pair.ours, active=False)
    ground.made.sync()
    assert pair.quickbooks["active"] is False
    ground.made.books.edit(pair.kind, pair.theirs, {"IsActive": "true"})
    ground.made.sync()
    pair.check()
    assert pair.app["active"] is True


@entities(lambda e: e.pull.inactive)
def test_inactive_in_quickbooks_is_inactive_in_the_app(ground: Ground, entity: Entity) -> None:
    pairs = pulled(ground, entity)
    for pair, _, _ in pairs:
        ground.made.books.edit(pair.kind, pair.theirs, {"IsActive": "false"})
    ground.made.sync()
    for pair, _, _ in pairs:
        pair.check()
        assert pair.app["active"] is False
