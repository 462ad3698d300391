"""A second look at a refused request: nothing wrong in what is well written, else it is named."""

from __future__ import annotations

import pytest

from qbxml import build
from qbxml.documents import BILL
from qbxml.entities import BY_RESOURCE, VENDOR
from qbxml.entity import Entity, In
from qbxml.examining import examine
from tests.qbxml.samples import CHANGED, PUSHED, full_values, minimal_values

by_noun = pytest.mark.parametrize("entity", PUSHED, ids=lambda entity: entity.noun)
changed = pytest.mark.parametrize("entity", CHANGED, ids=lambda entity: entity.noun)


def document(request: str) -> str:
    """The message set with this request alone."""
    return build.message_set([request], new_message_set_id="kcf1-1")


def bill() -> str:
    """A bill with two expense lines, as it leaves."""
    values = {
        "vendor": {"id": "80000001-1", "name": "Acme"},
        "bill_date": "2026-01-15",
        "number": "A-1",
        "memo": "January",
        "expense_lines": [
            {"account": {"id": "80000002-1", "name": "Rent"}, "amount": "120.00", "memo": "rent"},
            {"account": {"id": "80000002-1", "name": "Rent"}, "amount": "7.00", "memo": "heat"},
        ],
    }
    return document(build.add(BILL, values, "1"))


def wrong(text: str, entity: Entity = BILL) -> list[tuple[str, str]]:
    """The findings of one request."""
    return [(finding.field, finding.text) for finding in examine(entity, text).wrong]


@by_noun
def test_whatever_we_add_has_nothing_wrong(entity: Entity) -> None:
    whole = BY_RESOURCE[entity.resource]
    for values in (full_values(entity, In.ADD), minimal_values(entity)):
        assert examine(whole, document(build.add(entity, values, "1"))).wrong == []


@changed
def test_whatever_we_change_has_nothing_wrong(entity: Entity) -> None:
    full = full_values(entity, In.MOD)
    assert wrong(document(build.mod(entity, "80-1", "123", full, "1")), entity) == []
    cleared = {
        name: None
        for name, part in entity.by_name.items()
        if name in full and getattr(part, "clearable", False) and name != "active"
    }
    assert wrong(document(build.mod(entity, "80-1", "123", cleared, "1")), entity) == []


@pytest.mark.parametrize(
    ("old", "new", "field", "text"),
    [
        ("<Memo>January<", f"<Memo>{'x' * 4096}<", "memo",
         "Memo has 4096 characters, but QuickBooks keeps at most 4095"),
        ("<Memo>heat<", f"<Memo>{'x' * 4096}<", "expense_lines/1/memo",
         "Expense line 2, memo has 4096 characters, but QuickBooks keeps at most 4095"),
        ("<Memo>January<", "<Memo>&#8364; 7&#8217;<", "memo",
         "Memo holds \u20ac and \u2019, which QuickBooks cannot read"),
        ("<Memo>January<", "<Memo>a&#146;b<", "memo",
         "Memo holds character 146, which QuickBooks cannot read"),
        (">7.00<", ">7.5<", "expense_lines/1/amount",
         "Expense line 2, amount is not an amount such as 1250.75"),
        (">2026-01-15<", ">2026-02-30<", "bill_date", "Bill date is no day of the calendar"),
        (">2026-01-15<", "><", "bill_date",
         "Bill date is empty, which QuickBooks does not allow"),
        ("<TxnDate>2026-01-15</TxnDate>", "", "bill_date", "Bill date is missing"),
        ("<VendorRef><ListID>80000001-1</ListID></VendorRef>", "", "vendor", "Vendor is missing"),
        ("<RefNumber>A-1</RefNumber><Memo>January</Memo>",
         "<Memo>January</Memo><RefNumber>A-1</RefNumber>", "number",
         '"RefNumber" stands in the wrong order'),
        ("<Memo>January</Memo>", "<Colour>red</Colour>", "",
         '"Colour" has no place in this record'),
    ],
)  # fmt: skip
def test_what_is_against_the_rules_is_named_with_its_field(
    old: str, new: str, field: str, text: str
) -> None:
    sent = bill()
    assert old in sent
    assert wrong(sent.replace(old, new)) == [(field, text)]


def test_a_choice_that_does_not_exist_is_named() -> None:
    account = BY_RESOURCE["accounts"]
    sent = document(build.add(account, {"name": "Rent", "type": "Expense"}, "1"))
    ((field, text),) = wrong(sent.replace(">Expense<", ">Expenses<"), account)
    assert (field, text[:22]) == ("type", "Type is not one of Acc")


def test_what_is_allowed_but_rare_is_unusual() -> None:
    values = {"name": "Caf\u00e9", "address": {"line1": "Stra\u00dfe 1"}}
    found = examine(VENDOR, document(build.add(VENDOR, values, "1")))
    assert found.wrong == []
    assert [(one.field, one.text) for one in found.unusual] == [
        ("name", "Name holds \u00e9"),
        ("address/line1", "Address, line1 holds \u00df"),
    ]
    late = examine(BILL, bill().replace("2026-01-15", "2206-01-15"))
    assert [one.text for one in late.unusual] == ["Bill date is in 2206"]


def test_damaged_text_is_named_and_other_requests_have_nothing_to_find() -> None:
    assert wrong(bill()[:-3]) == [("", "what CashFlow sent is damaged")]
    assert wrong(document(build.delete(BILL, "1-2", "1"))) == []
