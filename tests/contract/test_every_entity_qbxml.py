"""Every record type's requests are qbXML 13.0 by Intuit's own schema, and survive the way back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from qbxml import build
from qbxml.compare import canonical, same
from qbxml.entities import BY_RESOURCE, WIRE
from qbxml.entity import Entity, Field, In, Kind, Lines, Undo
from qbxml.messages import DELETABLE, QUERIES, VOIDABLE
from qbxml.parse import replies
from tests.qbxml.samples import (
    CHANGED,
    GUID,
    PUSHED,
    adds_of,
    full_values,
    minimal_values,
    mods_of,
)

EACH = pytest.mark.parametrize("entity", WIRE, ids=lambda entity: entity.resource)
EACH_PUSHED = pytest.mark.parametrize("entity", PUSHED, ids=lambda entity: entity.resource)
EACH_CHANGED = pytest.mark.parametrize("entity", CHANGED, ids=lambda entity: entity.resource)
WALL = "2024-01-31T09:05:00"


@pytest.fixture(scope="session")
def schema(shared: Path) -> etree.XMLSchema:
    """Intuit's schema: the file of operations includes the other three."""
    return etree.XMLSchema(etree.parse(shared / "schema" / "qbxml-13.0" / "qbxmlops130.xsd"))


def check(schema: etree.XMLSchema, *requests: str) -> None:
    """Validate a message set of these requests."""
    document = build.message_set(requests, new_message_set_id="0123456789abcdef0123456")
    assert document.isascii()
    schema.assertValid(etree.fromstring(document.encode()))


def test_the_referee_refuses_wrong_order_and_over_long_texts(schema: etree.XMLSchema) -> None:
    good = build.add(BY_RESOURCE["departments"], {"name": "n" * 31, "active": True}, "1")
    name, active = f"<Name>{'n' * 31}</Name>", "<IsActive>true</IsActive>"
    assert name + active in good
    for bad in (active + name, f"<Name>{'n' * 32}</Name>{active}"):
        with pytest.raises(etree.DocumentInvalid):
            check(schema, good.replace(name + active, bad))


@EACH_PUSHED
def test_full_and_minimal_adds_are_valid(entity: Entity, schema: etree.XMLSchema) -> None:
    check(schema, build.add(entity, full_values(entity, In.ADD), "1"))
    check(schema, build.add(entity, minimal_values(entity), "1"))


@EACH_PUSHED
@settings(max_examples=25)
@given(data=st.data())
def test_any_good_record_makes_a_valid_add(
    entity: Entity, schema: etree.XMLSchema, data: st.DataObject
) -> None:
    check(schema, build.add(entity, data.draw(adds_of(entity)), "1"))


@EACH_CHANGED
def test_full_mods_are_valid(entity: Entity, schema: etree.XMLSchema) -> None:
    check(schema, build.mod(entity, "80-1", "123", full_values(entity, In.MOD), "1"))


@EACH_CHANGED
def test_each_part_can_be_changed_and_cleared_alone(
    entity: Entity, schema: etree.XMLSchema
) -> None:
    values = full_values(entity, In.MOD)
    for part in entity.fields:
        if In.MOD in part.messages:
            check(schema, build.mod(entity, "80-1", "1", {part.name: values[part.name]}, "1"))
        if In.MOD in part.messages and part.clearable:
            check(schema, build.mod(entity, "80-1", "1", {part.name: None}, "1"))


@EACH_CHANGED
@settings(max_examples=25)
@given(data=st.data())
def test_any_good_change_makes_a_valid_mod(
    entity: Entity, schema: etree.XMLSchema, data: st.DataObject
) -> None:
    check(schema, build.mod(entity, "80-1", "123", data.draw(mods_of(entity)), "1"))


@EACH
def test_every_query_is_valid(entity: Entity, schema: etree.XMLSchema) -> None:
    check(
        schema,
        build.query(entity, "1"),
        build.query(entity, "2", modified_from=WALL, only=("Name", "EditSequence")),
        build.query(entity, "3", ids=("80-1", "80-2")),
    )
    if entity.iterates:
        check(
            schema,
            build.query(entity, "4", iterator="Start", max_returned=100, modified_from=WALL),
            build.query(entity, "5", iterator_id="{abc}", max_returned=100, modified_from=WALL),
            build.query(entity, "6", iterator="Stop", iterator_id="{abc}"),
        )


EVERYTHING: dict[str, dict[str, Any]] = {
    "ids": {"ids": ("1-2",)},
    "full_names": {"full_names": ("A:B", "é & Söhne")},
    "ref_numbers": {"ref_numbers": ("17", "18")},
    "max_returned": {"max_returned": 5},
    "modified_from": {"modified_from": WALL},
    "dates": {"date_from": "2024-01-01", "date_to": "2024-01-31"},
    "party_ids": {"party_ids": ("80-1", "80-2")},
    "number_range": {"number_range": ("1", "9")},
    "account_type": {"account_type": ("Bank", "CreditCard")},
    "paid_status": {"paid_status": "NotPaidOnly"},
    "lines": {"lines": True},
    "linked": {"linked": True},
    "only": {"only": ("TimeModified",)},
    "owner_ids": {"owner_ids": ("0", GUID)},
}


@pytest.mark.parametrize("noun", QUERIES)
def test_each_filter_of_each_query_is_valid_alone_and_all_together(
    noun: str, schema: etree.XMLSchema
) -> None:
    takes = QUERIES[noun].takes
    check(schema, *(build.query(noun, "1", **EVERYTHING[name]) for name in sorted(takes)))
    for excluded in ("modified_from", "dates"):
        together: dict[str, Any] = {}
        for name in takes - {"ids", "full_names", "ref_numbers", excluded}:
            together |= EVERYTHING[name]
        check(schema, build.query(noun, "1", **together))


@EACH
def test_every_deleted_query_is_valid(entity: Entity, schema: etree.XMLSchema) -> None:
    if entity.undo is Undo.REVERSE:
        return  # QuickBooks reports no deletions of these
    for since in (None, WALL):
        check(schema, build.deleted_query(entity.family, entity.del_types, "1", since=since))


@EACH
def test_every_document_can_be_deleted_and_voided(entity: Entity, schema: etree.XMLSchema) -> None:
    for write, known in ((build.delete, DELETABLE), (build.void, VOIDABLE)):
        if entity.noun in known:
            check(schema, write(entity, "1-2", "1"))
        else:
            with pytest.raises(ValueError, match="QuickBooks has no"):
                write(entity, "1-2", "1")


def test_requests_about_the_company_are_valid(schema: etree.XMLSchema) -> None:
    check(
        schema,
        build.host_query("0"),
        build.company_query("1", owner_ids=(GUID,)),
        build.preferences_query("2"),
        build.company_activity_query("3"),
    )


# --- the way back


def as_answer(entity: Entity, request: str) -> str:
    """What QuickBooks would answer to an Add: the same elements in a Ret."""
    answer = re.sub(rf"(</?){entity.noun}AddRq[^>]*>", r"\g<1>_>", request)
    answer = re.sub(r"(</?[A-Za-z]+)Add>", r"\g<1>Ret>", answer)
    head = f"<{entity.family.id_element}>1-2</{entity.family.id_element}>"
    head += "<EditSequence>7</EditSequence>"
    answer = answer.replace(f"<{entity.noun}Ret>", f"<{entity.noun}Ret>{head}")
    answer = answer.replace("<_>", f'<{entity.noun}AddRs requestID="1" statusCode="0">')
    answer = answer.replace("</_>", f"</{entity.noun}AddRs>")
    return f"<QBXML><QBXMLMsgsRs>{answer}</QBXMLMsgsRs></QBXML>"


def without_names(part: Field | Lines, value: Any) -> Any:
    """References as they come back: an Add names them by id alone."""
    if isinstance(part, Lines):
        return [
            {"quickbooks_line_id": None}
            | {inner.name: without_names(inner, line[inner.name]) for inner in part.fields}
            for line in value
        ]
    return {**value, "name": None} if part.kind is Kind.REF and value else value


@EACH_PUSHED
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_added_is_read_back_the_same(entity: Entity, data: st.DataObject) -> None:
    values = data.draw(adds_of(entity))
    (reply,) = replies(as_answer(entity, build.add(entity, values, "1"))).replies
    (record,) = reply.records
    assert record.quickbooks_id == "1-2"
    # What is only written stands in this made-up reply, but in none of QuickBooks'.
    only_written = {
        f"{part.element}Ret" if isinstance(part, Lines) else part.elements[0]
        for part in entity.parts
        if In.RET not in part.messages
    }
    assert set(reply.unread) <= only_written
    ours, theirs = canonical(entity, values), canonical(entity, record.values)
    for name in ours:
        part = entity.by_name[name]
        if In.RET not in part.messages:
            continue
        if part.name == "tax_id" and ours[name] is None:
            assert name not in theirs
            continue
        assert same(part, values[name], record.values[name])
        assert theirs[name] == without_names(part, ours[name])


def test_customers_and_jobs_have_the_same_parts() -> None:
    assert BY_RESOURCE["customers"].parts == BY_RESOURCE["jobs"].parts
