"""The table's facts against Intuit's machine-readable specification of 13.0, and against itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qbxml.entities import BY_DEL_TYPE, BY_RESOURCE, BY_RET, ENTITIES, WIRE, queries, sharing_rows
from qbxml.entity import ADDRESS_PARTS, Entity, Family, Field, In, Kind, Lines, Undo
from qbxml.messages import DELETABLE, QUERIES, VOIDABLE

Spec = dict[str, Any]
EACH = pytest.mark.parametrize("entity", WIRE, ids=lambda entity: entity.resource)

TYPES = {
    Kind.TEXT: "STRTYPE",
    Kind.AMOUNT: "AMTTYPE",
    Kind.PRICE: "PRICETYPE",
    Kind.QUANTITY: "QUANTYPE",
    Kind.PERCENT: "PERCENTTYPE",
    Kind.INT: "INTTYPE",
    Kind.BOOL: "BOOLTYPE",
    Kind.DATE: "DATETYPE",
    Kind.ENUM: "ENUMTYPE",
    Kind.GUID: "GUIDTYPE",
}


@pytest.fixture(scope="session")
def spec(shared: Path) -> Spec:
    found: Spec = json.loads((shared / "schema" / "opspec-13.0.json").read_text())
    return found


def flat(kids: list[Any]) -> Iterator[Spec]:
    """The elements among these that a US company file takes, choices opened."""
    for kid in kids:
        if kid == "|":
            continue
        if "name" not in kid:
            yield from flat(kid["members"])
        elif "QBD" not in kid.get("not_in", ()):
            yield kid


def kids(node: Spec) -> dict[str, Spec]:
    return {kid["name"]: kid for kid in flat(node.get("kids", []))}


def at(nodes: dict[str, Spec], path: str) -> Spec | None:
    first, _, rest = path.partition("/")
    node = nodes.get(first)
    return at(kids(node), rest) if node and rest else node


def message(spec: Spec, entity: Entity, kind: str) -> dict[str, Spec] | None:
    """What stands in `VendorAdd` or `VendorMod`."""
    request = spec.get(f"{entity.noun}{kind}Rq")
    return kids(kids(request)[f"{entity.noun}{kind}"]) if request else None


def answers(spec: Spec, entity: Entity) -> list[dict[str, Spec]]:
    """What stands in each of its `Ret`s."""
    found = kids(spec[f"{entity.query_noun}QueryRs"])
    return [kids(found[tag]) for tag in entity.ret_elements]


WRITES = ((In.ADD, "Add"), (In.MOD, "Mod"))


def written(spec: Spec, entity: Entity) -> Iterator[tuple[tuple[Field, ...], In, dict[str, Spec]]]:
    """Each list of fields that we write, with the specification of where it goes."""
    for flag, kind in WRITES:
        nodes = message(spec, entity, kind)
        if nodes is None:
            continue
        yield entity.fields, flag, nodes
        for lines in entity.lines:
            fields, inside = place_of(lines, entity, nodes, kind)
            yield fields, flag, inside


def place_of(
    lines: Lines, entity: Entity, nodes: dict[str, Spec], kind: str
) -> tuple[tuple[Field, ...], dict[str, Spec]]:
    """The fields written of these lines, and what stands where they are written."""
    if not lines.within:
        return lines.fields, kids(nodes[f"{lines.element}{kind}"])
    outer = next(one for one in entity.lines if one.name == lines.within)
    fields = tuple(part for part in lines.fields if part.name != lines.by)
    return fields, kids(kids(nodes[f"{outer.element}{kind}"])[lines.element])


@EACH
def test_what_is_pushed_has_its_message(entity: Entity, spec: Spec) -> None:
    assert not entity.push.new or message(spec, entity, "Add") is not None
    changes = entity.push.edited or entity.push.inactive
    assert not changes or message(spec, entity, "Mod") is not None


@EACH
def test_each_written_field_is_in_its_message_with_its_type_and_length(
    entity: Entity, spec: Spec
) -> None:
    for fields, flag, nodes in written(spec, entity):
        for part in fields:
            if flag not in part.messages:
                continue
            node = nodes[part.elements[0]]
            if part.kind in TYPES:
                assert node["type"] == TYPES[part.kind], part
            if part.by_id:
                assert node["type"] == "IDTYPE", part
            elif part.kind is Kind.REF:
                assert kids(node)["FullName"].get("max") == part.max_characters, part
            elif part.kind is Kind.TEXT:
                assert node.get("max") == part.max_characters, part
            if part.kind is Kind.ADDRESS:
                ours = [(tag, length) for tag, _, length in ADDRESS_PARTS]
                theirs = [(name, kid["max"]) for name, kid in kids(node).items() if name != "Note"]
                assert ours == theirs


@EACH
def test_parts_stand_in_the_order_of_each_message(entity: Entity, spec: Spec) -> None:
    for fields, flag, nodes in written(spec, entity):
        order = list(nodes)
        ours = [order.index(part.elements[0]) for part in fields if flag in part.messages]
        assert ours == sorted(ours)
    for _, kind in WRITES:
        whole = message(spec, entity, kind)
        if whole and entity.lines:
            order = list(whole)
            outer = [one for one in entity.lines if not one.within]
            lines = [order.index(f"{one.element}{kind}") for one in outer]
            assert lines == sorted(lines)
            for inner in (one for one in entity.lines if one.within):
                around = next(one for one in outer if one.name == inner.within)
                order = list(kids(whole[f"{around.element}{kind}"]))
                before = next(part for part in around.fields if part.name == inner.after)
                assert order.index(before.elements[0]) + 1 == order.index(inner.element)


@EACH
def test_whatever_quickbooks_requires_we_require(entity: Entity, spec: Spec) -> None:
    for fields, flag, nodes in written(spec, entity):
        required = {name for name, node in nodes.items() if node.get("required")}
        ours = {part.elements[0] for part in fields if part.required}
        # Members of choices, none of which has to be there.
        required -= {"Rate", "RatePercent", "PriceLevelRef"}
        for _, kind in WRITES:
            required -= {f"{lines.element}{kind}" for lines in entity.lines}
            required -= {f"{lines.group}{kind}" for lines in entity.lines}
        for part in fields:  # of which one is always there
            required -= {part.elements[0], "RefNumber"} if part.unless else set()
        # What the builder writes itself.
        required -= {"ListID", "TxnID", "EditSequence", "TxnLineID"}
        required -= {part.elements[0] for part in fields if part.made}
        assert required <= ours, (entity.resource, flag)


@EACH
def test_each_read_field_is_in_a_reply_with_its_type(entity: Entity, spec: Spec) -> None:
    rets = answers(spec, entity)
    for part in entity.fields:
        if In.RET not in part.messages:
            assert not any(at(ret, part.elements[0]) for ret in rets), part
            continue
        for path in part.elements:
            nodes = [node for ret in rets if (node := at(ret, path))]
            assert nodes, (entity.resource, path)
            if part.kind in TYPES:
                assert {node["type"] for node in nodes} == {TYPES[part.kind]}, path
    for lines in entity.lines:
        if In.RET not in lines.messages:
            continue
        (ret,) = rets
        inside = kids(ret[f"{lines.element}Ret"])
        assert all(part.elements[0] in inside for part in lines.fields)
        if lines.group:
            assert f"{lines.element}Ret" in kids(ret[f"{lines.group}Ret"])


@EACH
def test_every_kind_of_reply_has_id_times_sequence_and_name(entity: Entity, spec: Spec) -> None:
    head = {entity.family.id_element, "TimeCreated", "TimeModified", "EditSequence"}
    if entity.family is Family.LIST:
        head.add("Name")
    for ret in answers(spec, entity):
        assert head <= set(ret)


@EACH
def test_words_are_quickbooks_words(entity: Entity, spec: Spec) -> None:
    for fields, _, nodes in written(spec, entity):
        for part in fields:
            if part.words:
                theirs = {word.split(" [")[0] for word in nodes[part.elements[0]]["enum"]}
                assert {word for _, word in part.words} == theirs
                assert set(part.read_words) <= {word for word, _ in part.words}


@EACH
def test_clear_elements_exist_and_stand_before_their_lines(entity: Entity, spec: Spec) -> None:
    nodes = message(spec, entity, "Mod")
    for lines in entity.lines:
        order = list(nodes or ())
        if lines.clear:
            assert order.index(lines.clear) + 1 == order.index(f"{lines.element}Mod")
        else:
            assert not any(name.startswith("Clear") for name in order)


@EACH
def test_deletions_are_asked_by_names_that_exist(entity: Entity, spec: Spec) -> None:
    request = kids(spec[f"{entity.family.value}DeletedQueryRq"])
    if entity.undo is Undo.REVERSE:
        return  # QuickBooks neither deletes these nor reports their deletion
    assert set(entity.del_types) <= set(request[f"{entity.family.value}DelType"]["enum"])
    for name in entity.del_types:
        assert entity in BY_DEL_TYPE[entity.family, name]


@pytest.mark.parametrize("noun", QUERIES)
def test_queries_take_what_the_specification_says(noun: str, spec: Spec) -> None:
    facts, node = QUERIES[noun], spec[f"{noun}QueryRq"]
    assert facts.iterates == ("iterator" in node["attrs"])
    elements = {
        "ids": facts.family.id_element,
        "full_names": "FullName",
        "ref_numbers": "RefNumber",
        "max_returned": "MaxReturned",
        "modified_from": {
            Family.LIST: "FromModifiedDate",
            Family.TXN: "ModifiedDateRangeFilter",
        }[facts.family],
        "dates": "TxnDateRangeFilter",
        "party_ids": "EntityFilter",
        "number_range": "RefNumberRangeFilter",
        "account_type": "AccountType",
        "paid_status": "PaidStatus",
        "lines": "IncludeLineItems",
        "linked": "IncludeLinkedTxns",
        "only": "IncludeRetElement",
        "owner_ids": "OwnerID",
    }
    there = kids(node)
    assert facts.takes == {name for name, element in elements.items() if element in there}


def test_voids_and_deletions_are_the_specification_s(spec: Spec) -> None:
    assert set(kids(spec["TxnVoidRq"])["TxnVoidType"]["enum"]) == VOIDABLE
    assert set(kids(spec["TxnDelRq"])["TxnDelType"]["enum"]) == DELETABLE


def test_no_reply_element_of_ours_stands_inside_another(spec: Spec) -> None:
    def inner(node: Spec) -> Iterator[str]:
        for name, kid in kids(node).items():
            yield name
            yield from inner(kid)

    for name, node in spec.items():
        if name.endswith("Rs"):
            for ret in kids(node).values():
                assert not set(inner(ret)) & set(BY_RET), name


# --- the table against itself


def test_what_a_record_refers_to_stands_above_it() -> None:
    for position, entity in enumerate(ENTITIES):
        above = {other.resource for other in ENTITIES[: position + 1]}
        assert set(entity.needs) <= above - {entity.resource}


@EACH
def test_references_point_at_records_that_are_read_and_written_first(entity: Entity) -> None:
    place = ENTITIES.index(BY_RESOURCE[entity.resource])
    above = {other.resource for other in ENTITIES[:place]}
    above.update(sharing_rows(entity.resource))
    parts = [*entity.fields, *(inner for lines in entity.lines for inner in lines.fields)]
    for part in parts:
        for target in part.to:
            assert target in above
            assert part.name == "parent" or not entity.push.new or target in entity.needs


@EACH
def test_names_are_unique_and_known_by_name(entity: Entity) -> None:
    assert len(entity.by_name) == len(entity.parts)
    for name in (entity.party, entity.number, entity.dated, entity.starts):
        if name is not None:
            assert entity.field(name).name == name
    for lines in entity.lines:
        with pytest.raises(KeyError):
            entity.field(lines.name)


@EACH
def test_a_field_beside_another_finds_it_there(entity: Entity) -> None:
    for lines in entity.lines:
        names = {part.name for part in lines.fields}
        for part in lines.fields:
            if part.beside is not None:
                assert part.beside in names
                assert part.neutral in {ours for ours, _ in part.words}


def test_customers_and_jobs_share_query_and_rows() -> None:
    assert sharing_rows("jobs") == ("customers", "jobs")
    assert sharing_rows("vendors") == ("vendors",)
    assert {len(group) for group in queries()} == {1, 2}
    assert all(isinstance(part, Field | Lines) for part in BY_RESOURCE["bills"].parts)
