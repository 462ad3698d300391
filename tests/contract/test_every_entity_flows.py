"""Every record type at the wire: inactive, deleted, and what no flow allows never happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from sqlalchemy import select, update

from qbxml.entity import Entity, Family, Field
from store.errors import Refused
from store.shapes import SHAPES
from store.syncing import exchange
from tests.acceptance.world import check_requests, world
from tests.contract import both_sides as sides
from tests.contract.ground import Ground, Values, kinds_of
from tests.contract.pairs import (
    IDLE,
    MADE_BY_HAND,
    entities,
    made_in_quickbooks,
    made_in_the_app,
    pulled,
    with_line_ids,
)

# --- inactive


@entities(lambda e: e.push.inactive and e.pull.inactive)
def test_inactive_goes_both_ways(ground: Ground, entity: Entity) -> None:
    (pair,) = made_in_the_app(ground, entity)
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


@entities(lambda e: e.push.new and e.family is Family.TXN)
def test_a_reference_that_is_inactive_in_quickbooks_is_a_problem_until_it_is_active(
    ground: Ground, entity: Entity
) -> None:
    made = ground.made
    cases = references_of(entity)
    wanted = [one_reference_of_round_1(ground, entity, *case) for case in cases]
    targets = {
        (kinds_of(SHAPES[part.to[0]].entity)[0], ground.target(part, 1)[1]) for _, part in cases
    }
    for kind, theirs in targets:
        made.books.edit(kind, theirs, {"IsActive": "false"})
    made.sync()
    ours = [made.add(entity.resource, **body)["id"] for body in wanted]
    made.sync()
    for (lines, part), one in zip(cases, ours, strict=True):
        sync = made.get(entity.resource, one)["sync"]
        assert sync["state"] == "failed", (lines, part.name)
        assert "inactive" in sync["problem"]["text"], (lines, part.name)
    assert made.books.all(entity.noun) == []
    for kind, theirs in targets:
        made.books.edit(kind, theirs, {"IsActive": "true"})
    made.sync()
    assert {made.get(entity.resource, one)["sync"]["state"] for one in ours} == {"synced"}
    assert made.problems() == []


def references_of(entity: Entity) -> list[tuple[str, Field]]:
    """Every reference to a list: the kind of lines it stands in, or nothing, and the field."""
    shape = SHAPES[entity.resource]
    found = [("", part) for part in shape.taken.values() if part.to]
    for line in shape.lines:
        found += [(line.part.name, part) for part in line.taken.values() if part.to]
    return found


def one_reference_of_round_1(ground: Ground, entity: Entity, lines: str, part: Field) -> Values:
    """A record of round 2 but for this reference."""
    start = f"{lines[:2]}{part.name[:4]}"
    body, other = (sides.body(ground, entity, round_, start) for round_ in (2, 1))
    place, source = (body[lines][0], other[lines][0]) if lines else (body, other)
    place[part.name] = source[part.name]
    return body


# --- deleted


@entities(lambda e: e.pull.new and e.pull.deleted)
def test_deleted_in_quickbooks_is_deleted_in_the_app(ground: Ground, entity: Entity) -> None:
    pairs = pulled(ground, entity)
    for pair, _, _ in pairs:
        ground.made.books.delete(pair.kind, pair.theirs)
    log = ground.made.sync()
    assert log.close_text.startswith(f"{len(pairs)} change")
    assert {p.ours for p, _, _ in pairs}.isdisjoint(
        r["id"] for r in ground.made.all(entity.resource)
    )
    assert ground.made.sync().close_text == IDLE
    assert ground.made.problems() == []


@entities(lambda e: e.push.new and e.push.deleted)
def test_deleted_in_the_app_is_deleted_in_quickbooks(ground: Ground, entity: Entity) -> None:
    (pair,) = made_in_the_app(ground, entity)
    ground.made.delete(entity.resource, pair.ours)
    ground.made.sync()
    assert ground.made.books.all(entity.noun) == []
    assert ground.made.sync().close_text == IDLE


# --- what no flow allows never happens


@entities(lambda e: not e.push.new)
def test_what_only_quickbooks_makes_is_never_pushed(ground: Ground, entity: Entity) -> None:
    made = ground.made
    record = made.all(entity.resource)[0]
    before = [made.books.all(kind) for kind in kinds_of(entity)]
    with pytest.raises(Refused, match="QuickBooks"):
        made.add(entity.resource, name="Ours")
    with pytest.raises(Refused, match="QuickBooks"):
        made.change(entity.resource, record["id"], name="Ours")
    with pytest.raises(Refused, match="QuickBooks"):
        made.delete(entity.resource, record["id"])
    assert made.sync().close_text == IDLE
    assert [made.books.all(kind) for kind in kinds_of(entity)] == before


@entities(lambda e: e.push.new and not e.push.edited)
def test_what_is_locked_once_synced_is_neither_changed_nor_deleted(
    ground: Ground, entity: Entity
) -> None:
    (pair,) = made_in_the_app(ground, entity)
    again = sides.body(ground, entity, 2)
    with pytest.raises(Refused, match="QuickBooks"):
        ground.made.change(entity.resource, pair.ours, **again)
    with pytest.raises(Refused, match="QuickBooks"):
        ground.made.delete(entity.resource, pair.ours)
    assert ground.made.sync().close_text == IDLE
    pair.check()


@entities(lambda e: e.push.new and e.family is Family.LIST)
def test_list_records_are_made_inactive_never_deleted(ground: Ground, entity: Entity) -> None:
    record = ground.made.all(entity.resource)[0]
    with pytest.raises(Refused, match="inactive"):
        ground.made.delete(entity.resource, record["id"])


def quiet(entity: Entity) -> bool:
    """Whether nothing of it comes over, at least while no switch is on."""
    return not entity.pull or entity.pull.switch is not None


@entities(lambda e: quiet(e) and e.noun in MADE_BY_HAND)
def test_without_a_flow_or_its_switch_nothing_comes_over(
    make_ground: Callable[..., Ground], entity: Entity
) -> None:
    ground = make_ground(two_way_bills=False)
    made = ground.made
    (_, way, theirs, _), *_ = made_in_quickbooks(ground, entity)
    assert made.sync().close_text == IDLE
    made.books.edit(entity.noun, theirs, sides.written(ground, entity, entity.noun, way, 2))
    assert made.sync().close_text == IDLE
    made.books.delete(entity.noun, theirs)
    assert made.sync().close_text == IDLE
    assert made.all(entity.resource) == []


@entities(lambda e: quiet(e) and e.push.new and e.noun in MADE_BY_HAND)
def test_without_a_flow_or_its_switch_edits_of_our_record_do_not_come_back(
    make_ground: Callable[..., Ground], entity: Entity
) -> None:
    ground = make_ground(two_way_bills=False)
    made = ground.made
    (pair,) = made_in_the_app(ground, entity)
    before = pair.app
    way = sides.paths(entity.noun, sides.fields_of(entity.fields, entity))
    fields = sides.written(ground, entity, entity.noun, way, 2)
    made.books.edit(entity.noun, pair.theirs, with_line_ids(pair, fields))
    assert made.sync().close_text == IDLE
    assert pair.app == before
    if entity.push.edited:  # the App's fields are sent, over what was edited there
        made.change(entity.resource, pair.ours, memo="ours")
        made.sync()
        pair.check()
        assert pair.app == before | {"memo": "ours"}
    made.books.delete(entity.noun, pair.theirs)
    made.sync()
    assert [r["id"] for r in made.all(entity.resource)] == [pair.ours]


@entities(lambda e: any(p.withheld for p in e.fields))
def test_withheld_fields_are_neither_sent_nor_emptied_without_personal_data(
    make_ground: Callable[..., Ground], entity: Entity
) -> None:
    ground = make_ground(personal_data=False)
    (pair,) = made_in_the_app(ground, entity)
    kept = [p.name for p in entity.fields if p.withheld]
    assert [pair.quickbooks[name] for name in kept] == [None] * len(kept)
    ground.made.books.edit(pair.kind, pair.theirs, {"Name": "Renamed"})
    ground.made.sync()
    wanted = sides.body(ground, entity, 1)
    assert [pair.app[name] for name in kept] == [wanted[name] for name in kept]
    assert pair.app["name"] == "Renamed"


# --- the referee of all acceptance and contract tests


def test_a_request_that_is_not_qbxml_13_fails_a_test_when_its_world_ends(
    database_url: str, shared: Path
) -> None:
    assert shared.is_dir()
    with world(database_url) as made:
        made.sync()
        check_requests(made.store)
        with made.store.write() as conn:
            sent = conn.execute(select(exchange.c.request)).scalars().first()
            assert sent is not None
            conn.execute(update(exchange).values(request=sent.replace("ActiveStatus", "Active")))
        with pytest.raises(etree.DocumentInvalid):
            check_requests(made.store)
        with made.store.write() as conn:
            conn.execute(update(exchange).values(request=sent))
