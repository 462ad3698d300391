"""How values are written, and what keeps a record from going."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import build
from qbxml.documents import BILL, INVOICE
from qbxml.entities import ACCOUNT, VENDOR
from qbxml.entity import ADDRESS_PARTS, Entity, Field, In, Kind
from qbxml.errors import RecordError
from qbxml.write import Unbuildable, Unsendable
from tests.qbxml.records import BILL_VALUES, JOB_REF, OFFICE, expense, refused, tree
from tests.qbxml.samples import PUSHED, full_values, minimal_values


def text_parts() -> list[Any]:
    """Every text that is ever written: its entity, where, and the field."""
    found: list[Any] = []
    for entity in PUSHED:
        found.extend(
            pytest.param(entity, None, part, id=f"{entity.resource}-{part.name}")
            for part in entity.fields
            if part.kind is Kind.TEXT and In.ADD in part.messages
        )
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
    assert "shorten it" in findings[path]


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
        ("it\u2019s", "it's"),
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
    required = {part.name for part in entity.parts if part.required}
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
