"""What goes into requests, what keeps a record from going, and what queries exclude."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbxml import build
from qbxml.compare import canonical, same, transliterations
from qbxml.entities import (
    ACCOUNT,
    BILL,
    CUSTOMER,
    DEPARTMENT,
    ENTITIES,
    INVOICE,
    ITEM,
    JOB,
    TERMS,
    VENDOR,
)
from qbxml.entity import ADDRESS_PARTS, Entity, Family, Field, In, Kind
from qbxml.errors import QbxmlError, RecordError
from qbxml.messages import VOIDABLE
from qbxml.write import Unbuildable, Unsendable
from tests.qbxml.samples import PUSHED, full_values, minimal_values, sample

ACME = {"id": "80000001-1", "name": "Acme"}
OFFICE = {"id": "5B0001-1", "name": "Office"}
JOB_REF = {"id": "80000002-1", "name": "Big:Kitchen"}
BILL_VALUES: dict[str, Any] = {"vendor": ACME, "bill_date": "2024-01-31"}


def expense(**values: Any) -> dict[str, Any]:
    return {"account": OFFICE, "amount": "10.00", **values}


def tree(request: str) -> Any:
    return etree.fromstring(request)


def refused(entity: Entity, values: dict[str, Any]) -> dict[str, str]:
    """The findings of an Add, by path."""
    with pytest.raises(Unsendable) as caught:
        build.add(entity, values, "1")
    assert caught.value.field == caught.value.findings[0].field
    return {finding.field: finding.text for finding in caught.value.findings}


def text_parts() -> list[Any]:
    """Every text that is ever written: its entity, where, and the field."""
    found = []
    for entity in PUSHED:
        for part in entity.fields:
            if part.kind is Kind.TEXT and In.ADD in part.messages:
                found.append(pytest.param(entity, None, part, id=f"{entity.resource}-{part.name}"))
        for lines in entity.lines:
            found.extend(
                pytest.param(
                    entity, lines.name, part, id=f"{entity.resource}-{lines.name}-{part.name}"
                )
                for part in lines.fields
                if part.kind is Kind.TEXT
            )
    return found


EACH_TEXT = pytest.mark.parametrize("entity, lines, part", text_parts())


def with_text(
    entity: Entity, lines: str | None, part: Field, text: str
) -> tuple[dict[str, Any], str]:
    """A full record with that text, and its path."""
    values = full_values(entity, In.ADD)
    if lines is None:
        return values | {part.name: text}, part.name
    values[lines][0][part.name] = text
    return values, f"{lines}/0/{part.name}"


def written(entity: Entity, lines: str | None, part: Field, text: str) -> str | None:
    """What an Add holds of that text."""
    values, _ = with_text(entity, lines, part, text)
    request = build.add(entity, values, "1")
    assert request.isascii()
    found = tree(request)[0].find(
        part.elements[0]
        if lines is None
        else f"{entity.by_name[lines].element}Add/{part.elements[0]}"
    )
    return None if found is None else found.text


# --- texts


@EACH_TEXT
def test_a_text_at_its_limit_goes_whole_and_one_more_is_refused(
    entity: Entity, lines: str | None, part: Field
) -> None:
    assert part.max_characters is not None
    longest = "é" * part.max_characters
    assert written(entity, lines, part, longest) == longest
    values, path = with_text(entity, lines, part, longest + "é")
    findings = refused(entity, values)
    assert list(findings) == [path]
    assert str(part.max_characters) in findings[path]
    assert "Shorten it" in findings[path]


@EACH_TEXT
def test_length_is_that_of_quickbooks_form(entity: Entity, lines: str | None, part: Field) -> None:
    assert part.max_characters is not None
    text = "n" * (part.max_characters - 2)
    assert written(entity, lines, part, f"  {text}  ") == text
    assert list(refused(entity, with_text(entity, lines, part, text + "€")[0]))  # EUR: three


@EACH_TEXT
@pytest.mark.parametrize(
    "typed, kept",
    [
        ("é ü", "é ü"),
        ("5€", "5EUR"),
        ("Ωμ", "Om"),
        ("ok😀", "ok?"),
        ("it’s", "it's"),
        ("a<&>b", "a<&>b"),
        ("\x00a\x19b", "ab"),
        ("e\u0301t", "ét"),
    ],
)
def test_characters_reach_quickbooks_in_its_form(
    entity: Entity, lines: str | None, part: Field, typed: str, kept: str
) -> None:
    assert written(entity, lines, part, typed) == kept


@EACH_TEXT
def test_a_colon_is_refused_in_names_only(entity: Entity, lines: str | None, part: Field) -> None:
    if part.a_name:
        assert "colon" in refused(entity, with_text(entity, lines, part, "a:b")[0])[part.name]
    else:
        assert written(entity, lines, part, "a:b") == "a:b"


@EACH_TEXT
def test_line_ends_stay_only_where_lines_are_allowed(
    entity: Entity, lines: str | None, part: Field
) -> None:
    expected = "a\nb" if part.multiline else "a b"
    assert written(entity, lines, part, "a\r\nb") == expected


@pytest.mark.parametrize("tag, name, length", ADDRESS_PARTS)
def test_each_address_part_has_its_limit(tag: str, name: str, length: int) -> None:
    request = build.add(VENDOR, {"name": "A", "address": {name: "ß" * length}}, "1")
    assert tree(request).findtext(f"VendorAdd/VendorAddress/{tag}") == "ß" * length
    findings = refused(VENDOR, {"name": "A", "address": {name: "ß" * (length + 1)}})
    assert list(findings) == [f"address/{name}"]


@given(st.text())
def test_no_text_whatever_breaks_a_request(text: str) -> None:
    values = BILL_VALUES | {"memo": text, "expense_lines": [expense(memo=text)]}
    try:
        request = build.add(BILL, values, "1")
    except Unsendable as error:
        assert len(text) > 4000 or error.findings  # noqa: PT017 (either outcome is right)
    else:
        assert request.isascii()
        tree(request)


def test_all_findings_come_at_once_and_the_log_text_holds_no_contents() -> None:
    values = {
        "bill_date": "31/01/2024",
        "number": "secret-" + "9" * 20,
        "expense_lines": [expense(memo="ok"), {"account": OFFICE, "amount": "1.005"}],
        "item_lines": [{"quantity": "many"}],
    }
    with pytest.raises(Unsendable) as caught:
        build.add(BILL, values, "1")
    assert [finding.field for finding in caught.value.findings] == [
        "vendor",
        "bill_date",
        "number",
        "expense_lines/1/amount",
        "item_lines/0/quantity",
    ]
    assert "Expense line 2, amount" in caught.value.text
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value, RecordError)


# --- values


@pytest.mark.parametrize(
    "given_value, kept",
    [("120", "120.00"), ("-0", "0.00"), (7, "7.00"), (Decimal("1.5"), "1.50"), (" 1.10 ", "1.10")],
)
def test_amounts_go_with_two_places(given_value: Any, kept: str) -> None:
    values = BILL_VALUES | {"expense_lines": [expense(amount=given_value)]}
    assert tree(build.add(BILL, values, "1")).findtext(".//Amount") == kept


@pytest.mark.parametrize(
    "bad", ["1,000.00", "1.005", "1_0", "$5", "NaN", "1e3", 1.5, True, "12345678901234", "٣"]
)
def test_what_is_no_exact_amount_is_refused(bad: Any) -> None:
    findings = refused(BILL, BILL_VALUES | {"expense_lines": [expense(amount=bad)]})
    assert list(findings) == ["expense_lines/0/amount"]


@pytest.mark.parametrize(
    "name, bad",
    [
        ("bill_date", "2024-02-30"),
        ("bill_date", 20240131),
        ("memo", 5),
        ("terms", "Net 30"),
        ("terms", {"id": "x" * 37}),
        ("terms", {"id": None, "name": "n" * 32}),
        ("external_guid", "0b3f"),
    ],
)
def test_a_value_of_the_wrong_kind_is_a_finding(name: str, bad: Any) -> None:
    assert list(refused(BILL, BILL_VALUES | {name: bad})) == [name]


@pytest.mark.parametrize("entity", PUSHED, ids=lambda entity: entity.resource)
def test_required_values_must_be_there(entity: Entity) -> None:
    required = {part.name for part in entity.fields if part.required}
    assert set(refused(entity, {})) == required
    for name in required:
        assert list(refused(entity, minimal_values(entity) | {name: None})) == [name]


def test_a_reference_goes_by_id_and_without_one_by_name() -> None:
    by_id = build.add(BILL, BILL_VALUES, "1")
    assert "<VendorRef><ListID>80000001-1</ListID></VendorRef>" in by_id
    by_name = build.add(BILL, BILL_VALUES | {"vendor": {"id": None, "name": "A & B"}}, "1")
    assert "<VendorRef><FullName>A &amp; B</FullName></VendorRef>" in by_name
    assert list(refused(BILL, BILL_VALUES | {"vendor": {"id": None, "name": " "}})) == ["vendor"]


def test_the_record_id_travels_in_braces_in_adds_only() -> None:
    guid = "0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B"
    request = build.add(VENDOR, {"name": "A", "external_guid": guid}, "1")
    assert f"<ExternalGUID>{{{guid.lower()}}}</ExternalGUID>" in request
    assert "GUID" not in build.mod(VENDOR, "1", "2", {"name": "A", "external_guid": guid}, "1")


def test_invoices_say_that_they_wait_for_neither_printer_nor_mail() -> None:
    request = build.add(INVOICE, minimal_values(INVOICE), "1")
    assert "<IsToBePrinted>false</IsToBePrinted><IsToBeEmailed>false</IsToBeEmailed>" in request


def test_values_that_are_only_read_are_passed_over_and_unknown_names_refused() -> None:
    assert "Balance" not in build.add(
        ACCOUNT, {"name": "Bank", "type": "Bank", "balance": "5.00"}, "1"
    )
    with pytest.raises(Unbuildable, match="nmae"):
        build.add(VENDOR, {"name": "A", "nmae": "B"}, "1")
    with pytest.raises(Unbuildable, match="acount"):
        build.add(BILL, BILL_VALUES | {"expense_lines": [expense(acount=OFFICE)]}, "1")


def test_account_types_are_quickbooks_own_and_nonposting_is_never_made() -> None:
    for bad in ("NonPosting", "bank", "Cash"):
        assert list(refused(ACCOUNT, {"name": "A", "type": bad})) == ["type"]


# --- billable


def status(line: dict[str, Any]) -> str | None:
    request = build.add(BILL, BILL_VALUES | {"expense_lines": [line]}, "1")
    found: str | None = tree(request).findtext(".//BillableStatus")
    return found


def test_billable_status_is_always_said_with_a_customer() -> None:
    assert status(expense(customer=JOB_REF, billable_status="billable")) == "Billable"
    assert status(expense(customer=JOB_REF, billable_status="not_billable")) == "NotBillable"
    assert status(expense(customer=JOB_REF)) == "NotBillable"


def test_billable_without_a_customer_is_refused_and_not_billable_left_out() -> None:
    values = BILL_VALUES | {"expense_lines": [expense(billable_status="billable")]}
    assert "customer" in refused(BILL, values)["expense_lines/0/billable_status"]
    assert status(expense(billable_status="not_billable")) is None


def test_has_been_billed_is_never_written() -> None:
    line = expense(customer=JOB_REF, billable_status="has_been_billed")
    assert list(refused(BILL, BILL_VALUES | {"expense_lines": [line]})) == [
        "expense_lines/0/billable_status"
    ]
    kept = {"quickbooks_line_id": "1-1", **line}
    request = build.mod(BILL, "1-2", "3", {"expense_lines": [kept], "item_lines": []}, "1")
    assert "BillableStatus" not in request


# --- changes


def test_a_mod_holds_what_changed_and_clears_what_is_none() -> None:
    request = build.mod(
        VENDOR, "80-1", "123", {"phone": None, "terms": None, "name": "B", "active": False}, "9"
    )
    assert request == (
        '<VendorModRq requestID="9"><VendorMod><ListID>80-1</ListID>'
        "<EditSequence>123</EditSequence><Name>B</Name><IsActive>false</IsActive><Phone></Phone>"
        "<TermsRef><FullName></FullName></TermsRef></VendorMod></VendorModRq>"
    )


def test_an_address_in_a_mod_is_written_with_every_part() -> None:
    for address in ({"line1": "A"}, None):
        request = build.mod(VENDOR, "80-1", "123", {"address": address}, "9")
        (found,) = tree(request).iter("VendorAddress")
        assert [child.tag for child in found] == [tag for tag, _, _ in ADDRESS_PARTS]
        assert (found[0].text == "A") == bool(address)


@pytest.mark.parametrize("name", ["vendor", "bill_date", "due_date", "payable_account"])
def test_what_quickbooks_cannot_empty_is_refused(name: str) -> None:
    with pytest.raises(Unsendable) as caught:
        build.mod(BILL, "1-2", "3", {name: None}, "1")
    assert [finding.field for finding in caught.value.findings] == [name]


def test_lines_keep_their_ids_and_new_ones_get_minus_one() -> None:
    lines = [
        {"quickbooks_line_id": "1-7", "memo": "changed", "customer": None},
        expense(quickbooks_line_id=None, memo=None),
        {"quickbooks_line_id": "1-9"},
    ]
    request = build.mod(BILL, "1-2", "3", {"expense_lines": lines, "item_lines": []}, "1")
    first, second, third = tree(request).iter("ExpenseLineMod")
    assert [line.findtext("TxnLineID") for line in (first, second, third)] == ["1-7", "-1", "1-9"]
    assert [child.tag for child in first] == ["TxnLineID", "Memo", "CustomerRef"]
    assert [child.tag for child in second] == ["TxnLineID", "AccountRef", "Amount"]
    assert len(third) == 1
    assert "<ClearItemLines>true</ClearItemLines>" in request
    assert "ClearExpenseLines" not in request


def test_a_kept_line_leaves_alone_what_cannot_be_emptied() -> None:
    line = {"quickbooks_line_id": "1-7", "quantity": None, "cost": None, "description": None}
    request = build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": [line]}, "1")
    (found,) = tree(request).iter("ItemLineMod")
    assert [child.tag for child in found] == ["TxnLineID", "Desc"]


def test_lines_of_a_group_go_back_into_their_group() -> None:
    lines = [
        {"quickbooks_line_id": "1-3"},
        {"quickbooks_line_id": "1-7/1-8", "quantity": "2"},
        {"quickbooks_line_id": None, "description": "new"},
        {"quickbooks_line_id": "1-7/1-9"},
    ]
    request = build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": lines}, "1")
    (bill,) = tree(request)
    assert [child.tag for child in bill][-3:] == ["ItemLineMod", "ItemGroupLineMod", "ItemLineMod"]
    group = bill.find("ItemGroupLineMod")
    assert [found.text for found in group.iter("TxnLineID")] == ["1-7", "1-8", "1-9"]


def test_one_kind_of_lines_needs_the_other_and_both_cannot_be_empty() -> None:
    with pytest.raises(Unbuildable, match="item_lines"):
        build.mod(BILL, "1-2", "3", {"expense_lines": [expense()]}, "1")
    with pytest.raises(Unsendable, match="expense_lines"):
        build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": []}, "1")


def test_lines_left_out_are_left_alone() -> None:
    assert "Line" not in build.mod(BILL, "1-2", "3", {"memo": "x"}, "1")


@pytest.mark.parametrize("entity", [JOB, ITEM, TERMS], ids=lambda entity: entity.resource)
def test_what_never_goes_to_quickbooks_cannot_be_built(entity: Entity) -> None:
    with pytest.raises(Unbuildable, match="never added"):
        build.add(entity, minimal_values(entity), "1")
    with pytest.raises(Unbuildable, match="never changed"):
        build.mod(entity, "1", "2", minimal_values(entity), "1")


def test_invoices_are_never_changed_by_us() -> None:
    with pytest.raises(Unbuildable, match="never changed"):
        build.mod(INVOICE, "1", "2", {"memo": "x"}, "1")


@pytest.mark.parametrize("noun", ["ReceivePayment", "Transfer"])
def test_payments_of_customers_and_transfers_cannot_be_voided(noun: str) -> None:
    assert noun not in VOIDABLE
    with pytest.raises(Unbuildable):
        build.void(noun, "1-2", "1")


def test_customer_payments_can_be_deleted_and_transfers_not() -> None:
    assert "<TxnDelType>ReceivePayment</TxnDelType>" in build.delete("ReceivePayment", "1-2", "1")
    with pytest.raises(Unbuildable):
        build.delete("Transfer", "1-2", "1")


# --- queries


EXCLUDED: list[tuple[Any, dict[str, Any]]] = [
    (INVOICE, {"modified_from": "2024-01-31T00:00:00", "date_from": "2024-01-31"}),
    (INVOICE, {"ids": ("1-2",), "paid_status": "All"}),
    (INVOICE, {"ids": ("1-2",), "ref_numbers": ("5",)}),
    (INVOICE, {"ids": ("1-2",), "iterator": "Start", "max_returned": 5}),
    (INVOICE, {"full_names": ("A",)}),
    (INVOICE, {"account_type": "Bank"}),
    (INVOICE, {"iterator": "Start"}),
    (INVOICE, {"iterator": "Start", "iterator_id": "{1}", "max_returned": 5}),
    (INVOICE, {"iterator": "Stop"}),
    (INVOICE, {"iterator": "Again", "iterator_id": "{1}", "max_returned": 5}),
    (INVOICE, {"paid_status": "Open"}),
    (INVOICE, {"ids": ("",)}),
    (INVOICE, {"ids": "1-2"}),
    (INVOICE, {"max_returned": 0}),
    (ACCOUNT, {"iterator": "Start", "max_returned": 5}),
    (DEPARTMENT, {"owner_ids": ("0",)}),
    (TERMS, {"iterator_id": "{1}", "max_returned": 5}),
    (VENDOR, {"ref_numbers": ("5",)}),
    (VENDOR, {"date_from": "2024-01-31"}),
    (VENDOR, {"lines": True}),
    (VENDOR, {"party_ids": ("80-1",)}),
    (VENDOR, {"number_range": ("1", "2")}),
    ("Transfer", {"ref_numbers": ("5",)}),
    ("ReceivePayment", {"linked": True}),
    ("Report", {}),
]


@pytest.mark.parametrize("noun, asked", EXCLUDED)
def test_queries_refuse_what_excludes_itself(noun: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=".") as caught:
        build.query(noun, "1", **asked)
    assert isinstance(caught.value, QbxmlError)


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.resource)
def test_lists_are_asked_for_inactive_records_too_and_documents_for_lines(entity: Entity) -> None:
    request = build.query(entity, "1")
    is_list = entity.family is Family.LIST
    assert ("<ActiveStatus>All</ActiveStatus>" in request) == is_list
    assert ("<IncludeLineItems>true</IncludeLineItems>" in request) == entity.line_items
    assert "ActiveStatus" not in build.query(entity, "1", ids=("1-2",))
    assert "ActiveStatus" not in build.query(entity, "1", active_status_all=False)
    assert "IncludeLineItems" not in build.query(entity, "1", lines=False)


def test_modification_time_stands_bare_for_lists_and_wrapped_for_documents() -> None:
    wall = "2024-01-31T09:05:00-08:00"
    bare = "<FromModifiedDate>2024-01-31T09:05:00</FromModifiedDate>"
    assert f"<ActiveStatus>All</ActiveStatus>{bare}<" in build.query(
        VENDOR, "1", modified_from=wall, owner_ids=("0",)
    )
    assert f"<ModifiedDateRangeFilter>{bare}</ModifiedDateRangeFilter>" in build.query(
        BILL, "1", modified_from=wall
    )


def test_what_tells_a_job_from_a_customer_is_always_asked_for() -> None:
    request = build.query(CUSTOMER, "1", only=("ListID",))
    assert "<IncludeRetElement>Sublevel</IncludeRetElement>" in request
    assert "Sublevel" not in build.query(VENDOR, "1", only=("ListID",))
    assert "Sublevel" not in build.query(CUSTOMER, "1")


def test_an_iterator_starts_continues_and_stops() -> None:
    start = build.query(VENDOR, "1", iterator="Start", max_returned=5)
    assert start.startswith('<VendorQueryRq requestID="1" iterator="Start">')
    onward = build.query(VENDOR, "1", iterator_id="{a}", max_returned=5)
    assert onward.startswith('<VendorQueryRq requestID="1" iterator="Continue" iteratorID="{a}">')
    stop = build.query(VENDOR, "1", iterator="Stop", iterator_id="{a}")
    assert 'iterator="Stop"' in stop


def test_deletions_name_their_types() -> None:
    request = build.deleted_query(
        Family.TXN, ("Bill", "Invoice"), "1", since="2024-01-31T09:05:00"
    )
    assert request == (
        '<TxnDeletedQueryRq requestID="1"><TxnDelType>Bill</TxnDelType>'
        "<TxnDelType>Invoice</TxnDelType><DeletedDateRangeFilter>"
        "<FromDeletedDate>2024-01-31T09:05:00</FromDeletedDate></DeletedDateRangeFilter>"
        "</TxnDeletedQueryRq>"
    )
    with pytest.raises(Unbuildable):
        build.deleted_query(Family.TXN, (), "1", since=None)


# --- the envelope


def test_a_message_set_is_a_whole_document() -> None:
    assert build.message_set([build.host_query("0")], old_message_set_id="a") == (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
        '<QBXMLMsgsRq onError="continueOnError" oldMessageSetID="a">'
        '<HostQueryRq requestID="0"></HostQueryRq></QBXMLMsgsRq></QBXML>'
    )


@pytest.mark.parametrize(
    "bad",
    [
        {"new_message_set_id": "x" * 24},
        {"old_message_set_id": "x" * 24},
        {"new_message_set_id": "é"},
        {"on_error": "rollbackOnError"},
    ],
)
def test_message_sets_refuse_what_quickbooks_would(bad: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="."):
        build.message_set([build.host_query("0")], **bad)  # type: ignore[arg-type]


def test_a_message_set_without_requests_only_clears() -> None:
    with pytest.raises(Unbuildable):
        build.message_set([])
    assert "ClearAllMessageSets" in build.message_set(
        [], old_message_set_id=build.CLEAR_ALL_MESSAGE_SETS
    )


@pytest.mark.parametrize("request_id", ["", "x" * 51, "é", "a\nb"])
def test_request_ids_are_short_and_plain(request_id: str) -> None:
    with pytest.raises(Unbuildable):
        build.host_query(request_id)


@pytest.mark.parametrize("quickbooks_id, sequence", [("", "1"), ("x" * 37, "1"), ("1", "9" * 17)])
def test_ids_and_sequences_have_quickbooks_lengths(quickbooks_id: str, sequence: str) -> None:
    with pytest.raises(Unbuildable):
        build.mod(VENDOR, quickbooks_id, sequence, {"name": "A"}, "1")


# --- comparing


def test_the_canonical_form_is_what_quickbooks_would_keep() -> None:
    assert canonical(
        BILL,
        {
            "number": " 5’ ",
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


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: entity.resource)
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
        ("amount", "5", "5.00", True),
        ("memo", "", None, True),
        ("memo", "it’s", "it's", True),
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
    name: str, a: Any, b: Any, expected: bool  # noqa: FBT001 (a table of cases)
) -> None:
    assert same(BILL.by_name[name], a, b) is expected
    assert same(BILL.by_name[name], b, a) is expected


def test_addresses_are_compared_by_parts() -> None:
    part = VENDOR.field("address")
    assert same(part, {"line1": "A", "city": ""}, {"line1": "A "})
    assert same(part, {"line1": None}, None)
    assert not same(part, {"line1": "A"}, {"line2": "A"})


def test_characters_that_are_lost_are_named_with_their_field() -> None:
    findings = transliterations(
        BILL,
        BILL_VALUES | {"memo": "😀 and 5€", "expense_lines": [expense(memo="fine é"), expense(memo="😀")]},
    )
    assert [finding.field for finding in findings] == ["memo", "expense_lines/1/memo"]
    assert "😀" in findings[0].text
    (address,) = transliterations(VENDOR, {"name": "A", "address": {"city": "😀"}})
    assert address.field == "address/city"


def test_every_sample_is_valid() -> None:
    for entity in PUSHED:
        for part in entity.fields:
            assert canonical(entity, {part.name: sample(part)}) == {part.name: sample(part)}
