"""What is the same to QuickBooks, and what its form costs."""

from __future__ import annotations

from typing import Any

import pytest

from qbxml.compare import canonical, same, transliterations
from qbxml.documents import BILL
from qbxml.entities import VENDOR, WIRE
from qbxml.entity import Entity, In
from tests.qbxml.records import ACME, BILL_VALUES, JOB_REF, expense
from tests.qbxml.samples import PUSHED, full_values, sample

UNLINKED = {"id": None, "name": None, "unlinked": True}


def test_the_canonical_form_is_what_quickbooks_would_keep() -> None:
    assert canonical(
        BILL,
        {
            "number": " 5\u2019 ",
            "memo": "",
            "vendor": {"id": "1", "name": "A\tB", "more": 1},
            "terms": {"id": None, "name": None},
            "is_paid": None,
            "amount": "12",
            "bill_date": "2024-1-5",
            "item_lines": [{"item": ACME, "quantity": "2.500", "cost": "3"}],
            "expense_lines": None,
        },
    ) == {
        "number": "5'",
        "memo": None,
        "vendor": {"id": "1", "name": "A B"},
        "terms": None,
        "is_paid": False,
        "amount": "12.00",
        "bill_date": "2024-01-05",
        "item_lines": [
            {
                "quickbooks_line_id": None,
                "item": ACME,
                "description": None,
                "quantity": "2.5",
                "cost": "3",
                "amount": None,
                "customer": None,
                "department": None,
                "billable_status": None,
            }
        ],
        "expense_lines": [],
    }


@pytest.mark.parametrize("entity", WIRE, ids=lambda entity: entity.resource)
def test_canonical_changes_nothing_the_second_time(entity: Entity) -> None:
    once = canonical(entity, full_values(entity, In.RET))
    assert canonical(entity, once) == once


def test_what_is_no_value_stays_and_differs() -> None:
    assert canonical(BILL, {"amount": "lots", "terms": 5}) == {"amount": "lots", "terms": 5}
    assert not same(BILL.field("amount"), "lots", "1.00")


@pytest.mark.parametrize(
    "name, a, b, expected",
    [
        ("vendor", {"id": "1", "name": "A"}, {"id": "1", "name": "B"}, True),
        ("vendor", {"id": "1", "name": "A"}, {"id": "2", "name": "A"}, False),
        ("vendor", {"id": None, "name": "A "}, {"id": "2", "name": "A"}, True),
        ("vendor", {"id": None, "name": None}, None, True),
        ("vendor", ACME, None, False),
        ("vendor", UNLINKED, None, False),
        ("vendor", UNLINKED, ACME, False),
        ("amount", "5", "5.00", True),
        ("memo", "", None, True),
        ("memo", "it\u2019s", "it's", True),
        ("memo", "a", "A", False),
        ("is_paid", None, False, True),
        ("expense_lines", [], None, True),
        ("expense_lines", [expense()], [expense(quickbooks_line_id="1-2", memo="")], True),
        ("expense_lines", [expense()], [expense(amount="10.01")], False),
        ("expense_lines", [expense(), expense(memo="x")], [expense(memo="x"), expense()], False),
        (
            "expense_lines",
            [expense(customer=JOB_REF)],
            [expense(customer=JOB_REF, billable_status="not_billable")],
            True,
        ),
    ],
)
def test_same_is_what_quickbooks_could_not_tell_apart(
    name: str,
    a: Any,
    b: Any,
    expected: bool,
) -> None:
    assert same(BILL.by_name[name], a, b) is expected
    assert same(BILL.by_name[name], b, a) is expected


def test_what_refers_to_a_record_that_quickbooks_does_not_have_is_not_empty() -> None:
    once = canonical(BILL, {"vendor": UNLINKED | {"record_id": "1"}})
    assert once == {"vendor": UNLINKED}
    assert canonical(BILL, once) == once


def test_addresses_are_compared_by_parts() -> None:
    part = VENDOR.field("address")
    assert same(part, {"line1": "A", "city": ""}, {"line1": "A "})
    assert same(part, {"line1": None}, None)
    assert not same(part, {"line1": "A"}, {"line2": "A"})


def test_characters_that_are_lost_are_named_with_their_field() -> None:
    findings = transliterations(
        BILL,
        BILL_VALUES
        | {"memo": "😀 and 5€", "expense_lines": [expense(memo="fine é"), expense(memo="😀")]},
    )
    assert [finding.field for finding in findings] == ["memo", "expense_lines/1/memo"]
    assert "😀" in findings[0].text
    (address,) = transliterations(VENDOR, {"name": "A", "address": {"city": "😀"}})
    assert address.field == "address/city"


def test_every_sample_is_valid() -> None:
    for entity in PUSHED:
        for part in entity.fields:
            assert canonical(entity, {part.name: sample(part)}) == {part.name: sample(part)}
