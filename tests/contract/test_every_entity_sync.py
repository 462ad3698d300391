"""Every record type at the wire, by the table alone: made full, edited, cleared on each side."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qbxml.entity import ADDRESS_PARTS, Entity, Field, In, Kind
from store.errors import Invalid
from store.shapes import SHAPES
from tests.contract import both_sides as sides
from tests.contract.ground import Ground, Values
from tests.contract.pairs import (
    ADDED,
    EDITED,
    FOLLOWED,
    IDLE,
    PULLED,
    entities,
    made_in_the_app,
    pulled,
    with_line_ids,
)

# --- made, and all fields of it


@ADDED
def test_what_the_app_makes_arrives_with_every_field(ground: Ground, entity: Entity) -> None:
    wanted = sides.body(ground, entity, 1, "0.")
    (pair,) = made_in_the_app(ground, entity)
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
    (pair,) = made_in_the_app(ground, entity)
    again = sides.body(ground, entity, 2)
    before = ground.made.get(entity.resource, pair.ours)
    for line in entity.lines:
        again[line.name] = [{"id": before[line.name][0]["id"], **again[line.name][0]}]
    ground.made.change(entity.resource, pair.ours, **again)
    assert ground.made.sync().close_text == "0 changes in, 1 out, 0 problems"
    pair.check()
    assert pair.app == sides.shown(again, entity)
    assert ground.made.sync().close_text == IDLE


@FOLLOWED
def test_an_edit_of_every_field_in_quickbooks_comes_over(ground: Ground, entity: Entity) -> None:
    pairs = pulled(ground, entity)
    for pair, way, start in pairs:
        fields = sides.written(ground, entity, pair.kind, way, 2, start)
        ground.made.books.edit(pair.kind, pair.theirs, with_line_ids(pair, fields))
    before = [pair.app for pair, _, _ in pairs]
    count = "1 change" if len(pairs) == 1 else f"{len(pairs)} changes"
    assert ground.made.sync().close_text == f"{count} in, 0 out, 0 problems"
    for (pair, _, _), old in zip(pairs, before, strict=True):
        pair.check()
        assert pair.app != old
    assert ground.made.sync().close_text == IDLE


@entities(lambda e: e.push.new and e.push.edited and e.pull.edited)
def test_edits_of_an_app_record_in_quickbooks_come_back(ground: Ground, entity: Entity) -> None:
    (pair,) = made_in_the_app(ground, entity)
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
    cases: list[tuple[str, Field]] = [("", part) for part in clearable(entity.fields, entity)]
    cases += [(ls.name, part) for ls in entity.lines for part in clearable(ls.fields, entity)]
    pairs = made_in_the_app(ground, entity, len(cases))
    before = [pair.quickbooks for pair in pairs]
    for (lines, part), pair in zip(cases, pairs, strict=True):
        change: Values = {part.name: None}
        if lines:
            (line,) = ground.made.get(entity.resource, pair.ours)[lines]
            change = {lines: [{"id": line["id"], **change}]}
        ground.made.change(entity.resource, pair.ours, **change)
    assert ground.made.sync().close_text == f"0 changes in, {len(cases)} out, 0 problems"
    for (lines, part), pair, old in zip(cases, pairs, before, strict=True):
        pair.check()
        new = pair.quickbooks
        assert (new[lines][0] if lines else new)[part.name] is None
        same = set(old) - {lines or part.name} - sides.FOLLOWS.get(part.name, set())
        assert {name: new[name] for name in same} == {name: old[name] for name in same}
    assert ground.made.sync().close_text == IDLE


def emptied(path: str) -> Values:
    """The edit that clears one element."""
    first, _, rest = path.partition("/")
    return {first: emptied(rest) if rest else ""}


def is_needed(kind: str, path: str) -> bool:
    """Whether QuickBooks never leaves this element empty."""
    last = path.rsplit("/", maxsplit=1)[-1]
    return sides.element_of(kind, path).required or last in sides.NEEDS.get(kind, {})


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
    typed, sent = sides.TYPED, sides.SENT
    wanted = sides.body(ground, entity, 1)
    names = [
        part.name
        for part in sides.fields_of(entity.fields, entity)
        if part.kind is Kind.TEXT and (part.max_characters or 99) >= len(sent) + 1
    ]
    wanted |= dict.fromkeys(names, f"{typed}1")
    ours = ground.made.add(entity.resource, **wanted)["id"]
    ground.made.sync()
    record = ground.made.get(entity.resource, ours)
    view = ground.made.books.get(entity.noun, record["sync"]["quickbooks_id"])
    theirs = sides.read(ground, entity, view)
    for name in names:
        assert (record[name], theirs[name]) == (f"{typed}1", f"{sent}1")
    assert ground.made.sync().close_text == IDLE
