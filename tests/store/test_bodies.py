"""What a body may say: every wrong field at once, and whatever is valid reads back equal."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbxml.entity import ADDRESS_PARTS, Kind
from store.errors import Invalid
from store.shapes import SHAPES
from tests.store.conftest import NOW, Book

ONE_DATABASE = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def wrong(book: Book, resource: str, body: Any) -> dict[str, str]:
    """The pointers and texts with which a body is refused."""
    with pytest.raises(Invalid) as caught:
        book.create(resource, body)
    return {error.pointer: error.text for error in caught.value.fields}


# --- refusals


def test_every_wrong_field_is_named_at_once(book: Book) -> None:
    found = wrong(
        book,
        "bills",
        {
            "vendor": {"name": "Nobody"},
            "bill_date": "2024-02-30",
            "memo": 5,
            "nunber": "1",
            "amount": "1.00",
            "expense_lines": [{"amount": 12.5, "customer": 7}, "x", {"id": "y"}],
            "item_lines": {},
        },
    )
    assert set(found) == {
        "/vendor",
        "/bill_date",
        "/memo",
        "/nunber",
        "/amount",
        "/expense_lines/0/amount",
        "/expense_lines/0/customer",
        "/expense_lines/0/account",
        "/expense_lines/1",
        "/expense_lines/2/id",
        "/item_lines",
    }
    assert "Did you mean number?" in found["/nunber"]
    assert "cannot be set" in found["/amount"]


@pytest.mark.parametrize("body", [None, [], "x", 1])
def test_a_body_is_an_object(book: Book, body: Any) -> None:
    assert wrong(book, "vendors", body) == {"": "Give the record as a JSON object."}


@pytest.mark.parametrize(
    "value", [1, 1.0, True, None, "", "1.001", "1e3", "1,5", "NaN", "+1", [], {}]
)
def test_money_is_text_with_at_most_two_places(book: Book, value: Any) -> None:
    lines = [{"account": book.ids["accounts"], "amount": value}]
    assert set(wrong(book, "bills", book.bill(expense_lines=lines))) == {"/expense_lines/0/amount"}


@pytest.mark.parametrize("value", [1.5, True, "1.000001", "x", "10000000000", []])
def test_a_quantity_is_text_or_a_whole_number(book: Book, value: Any) -> None:
    lines = [{"item": book.ids["items"], "quantity": value}]
    assert set(wrong(book, "invoices", book.invoice(lines=lines))) == {"/lines/0/quantity"}
    line = {"item": book.ids["items"], "quantity": 3, "rate": "1"}
    assert book.create("invoices", book.invoice(lines=[line]))["lines"][0]["quantity"] == "3"


@pytest.mark.parametrize(
    "value", ["", "1.1.2024", "2024-1-1", "0000-01-01", "1899-12-31", 20240101]
)
def test_a_day_is_iso_and_exists(book: Book, value: Any) -> None:
    assert set(wrong(book, "bills", book.bill(bill_date=value))) == {"/bill_date"}


@pytest.mark.parametrize("value", [None, 1, "true"])
def test_a_yes_or_no_is_true_or_false(book: Book, value: Any) -> None:
    assert set(wrong(book, "vendors", {"name": "A", "active": value})) == {"/active"}


@pytest.mark.parametrize(
    "name", ["", "  ", "a:b", "x" * 42, "nul\x00", "\ud800", "bell\x07", None, 7]
)
def test_a_name_is_short_without_colon_and_printable(book: Book, name: Any) -> None:
    assert set(wrong(book, "vendors", {"name": name})) == {"/name"}


def test_a_text_that_grows_when_it_is_written_in_latin_letters_is_too_long(book: Book) -> None:
    assert "at most 41" in wrong(book, "vendors", {"name": "ß中" * 14})["/name"]


@pytest.mark.parametrize(
    "resource, field, most",
    [
        (resource, field.name, field.max_characters)
        for resource in ("accounts", "departments", "vendors", "customers")
        for field in SHAPES[resource].taken.values()
        if field.kind is Kind.TEXT
    ],
)
def test_every_text_may_be_as_long_as_quickbooks_keeps_and_no_longer(
    book: Book, resource: str, field: str, most: int
) -> None:
    body = {"name": "A"} | ({"type": "Expense"} if resource == "accounts" else {})
    assert book.create(resource, body | {field: "x" * most})[field] == "x" * most
    assert set(wrong(book, resource, body | {"name": "B"} | {field: "x" * (most + 1)})) == {
        f"/{field}"
    }


def test_an_address_is_checked_part_by_part(book: Book) -> None:
    address = {"line1": "x" * 42, "town": "X", "city": 5, "country": None}
    found = wrong(book, "vendors", {"name": "A", "address": address})
    assert set(found) == {"/address/line1", "/address/town", "/address/city"}
    assert set(wrong(book, "vendors", {"name": "A", "address": "x"})) == {"/address"}


@pytest.mark.parametrize(
    "value", ["x", "", 5, [], {}, {"id": 5}, {"name": ""}, {"id": None}, {"x": 1}]
)
def test_a_reference_is_an_id_or_an_exact_name(book: Book, value: Any) -> None:
    assert set(wrong(book, "bills", book.bill(vendor=value))) == {"/vendor"}


def test_a_name_that_two_records_have_needs_the_id(book: Book) -> None:
    for _ in range(2):
        book.arrived("vendors", name="Twin", active=True, is_1099=False)
    found = wrong(book, "bills", book.bill(vendor={"name": "Twin"}))
    assert "2 records" in found["/vendor"]


def test_a_deleted_record_cannot_be_referred_to(book: Book) -> None:
    gone = book.arrived("vendors", name="Gone", active=True, is_1099=False, deleted_at=NOW)
    for value in (gone, {"name": "Gone"}):
        assert set(wrong(book, "bills", book.bill(vendor=value))) == {"/vendor"}


def test_a_full_name_finds_the_record_below_its_parent(book: Book) -> None:
    made = book.create("invoices", book.invoice(customer={"name": "Best:Roof"}))
    assert made["customer"] == {"id": book.ids["jobs"], "name": "Best:Roof"}


# --- words that belong to another field


def line_of(book: Book, **extra: Any) -> dict[str, Any]:
    return {"account": book.ids["accounts"], "amount": "1.00"} | extra


def test_billable_needs_a_customer_and_a_customer_has_a_status(book: Book) -> None:
    body = book.bill(expense_lines=[line_of(book, billable_status="billable")])
    assert set(wrong(book, "bills", body)) == {"/expense_lines/0/billable_status"}
    body = book.bill(expense_lines=[line_of(book, customer=book.ids["jobs"])])
    line = book.create("bills", body)["expense_lines"][0]
    assert line["billable_status"] == "not_billable"
    body = book.bill(
        expense_lines=[line_of(book, customer=book.ids["jobs"], billable_status="has_been_billed")]
    )
    assert "Only QuickBooks" in wrong(book, "bills", body)["/expense_lines/0/billable_status"]


@pytest.mark.parametrize("kind", ["NonPosting", "expense", None, 1])
def test_an_account_has_one_of_quickbooks_types(book: Book, kind: Any) -> None:
    assert set(wrong(book, "accounts", {"name": "A", "type": kind})) == {"/type"}


def test_payable_and_receivable_accounts_are_of_their_type(book: Book) -> None:
    found = wrong(book, "bills", book.bill(payable_account=book.ids["accounts"]))
    assert "AccountsPayable" in found["/payable_account"]
    found = wrong(book, "invoices", book.invoice(receivable_account=book.ids["accounts"]))
    assert "AccountsReceivable" in found["/receivable_account"]


def test_a_total_below_zero_is_refused(book: Book) -> None:
    lines = [line_of(book, amount="-0.01")]
    assert set(wrong(book, "bills", book.bill(expense_lines=lines))) == {"/expense_lines"}
    assert (
        book.create("bills", book.bill(expense_lines=[*lines, line_of(book)]))["amount"] == "0.99"
    )


# --- whatever is valid reads back equal


LATIN = st.characters(
    min_codepoint=33, max_codepoint=255, categories=("L", "N", "P"), exclude_characters=":"
)
# Their QuickBooks form is the text itself, so lengths are as they seem.
texts = st.text(LATIN, min_size=1, max_size=11)
money = st.decimals(min_value=0, max_value=10**9, places=2).map(lambda value: f"{value:.2f}")
days = st.dates(min_value=date(1970, 1, 1), max_value=date(2998, 12, 31))
addresses = st.fixed_dictionaries({}, optional={name: texts for _, name, _ in ADDRESS_PARTS})
vendors = st.fixed_dictionaries(
    {"name": texts},
    optional={
        "company_name": st.none() | texts,
        "address": st.none() | addresses,
        "phone": texts,
        "email": texts,
        "account_number": texts,
        "tax_id": texts,
        "is_1099": st.booleans(),
        "active": st.booleans(),
    },
)
expenses = st.fixed_dictionaries({"amount": money}, optional={"memo": st.none() | texts})
bills = st.fixed_dictionaries(
    {"bill_date": days.map(str), "expense_lines": st.lists(expenses, min_size=1, max_size=4)},
    optional={"due_date": days.map(str), "number": texts, "memo": texts},
)


def assert_shown(shown: dict[str, Any], body: dict[str, Any]) -> None:
    for name, value in body.items():
        if isinstance(value, list):
            for line, given_line in zip(shown[name], value, strict=True):
                assert_shown(line, given_line)
        elif name == "address":
            assert shown[name] == (value or None)
        elif isinstance(shown[name], dict):
            assert shown[name]["id"] == value
        else:
            assert shown[name] == value


@ONE_DATABASE
@given(body=vendors, other=vendors)
def test_vendors_read_back_as_they_were_given(
    book: Book, body: dict[str, Any], other: dict[str, Any]
) -> None:
    undone = book.conn.begin_nested()
    made = book.create("vendors", body | {"name": f"1 {body['name']}"})
    assert_shown(made, body | {"name": f"1 {body['name']}"})
    changed = book.change("vendors", made["id"], other | {"name": f"2 {other['name']}"})
    assert_shown(changed, body | other | {"name": f"2 {other['name']}"})
    assert changed == book.get("vendors", made["id"])
    undone.rollback()


@ONE_DATABASE
@given(body=bills, other=bills)
def test_bills_read_back_as_they_were_given_and_add_up_to_the_cent(
    book: Book, body: dict[str, Any], other: dict[str, Any]
) -> None:
    undone = book.conn.begin_nested()
    for one in (body, other):
        for line in one["expense_lines"]:
            line["account"] = book.ids["accounts"]
    made = book.create("bills", book.bill() | body)
    assert_shown(made, body)
    changed = book.change("bills", made["id"], other)
    assert_shown(changed, body | other)
    expected = sum(Decimal(line["amount"]) for line in other["expense_lines"])
    assert changed["amount"] == f"{expected:.2f}"
    assert changed == book.get("bills", made["id"])
    undone.rollback()


@ONE_DATABASE
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["vendor", "bill_date", "memo", "expense_lines", "id", "name"])
                | st.text(max_size=5),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_body_does_more_than_be_refused(book: Book, body: Any) -> None:
    undone = book.conn.begin_nested()
    for resource in ("bills", "vendors", "customers"):
        with suppress(Invalid):
            book.create(resource, body)
    undone.rollback()
