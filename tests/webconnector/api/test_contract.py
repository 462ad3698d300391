"""The names that other programs rely on: every one stands in the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest

from store.shapes import SHAPES
from webconnector.api import document
from webconnector.api.models import noun_of

RESOURCES = [
    "accounts",
    "departments",
    "vendors",
    "customers",
    "jobs",
    "items",
    "terms",
    "bills",
    "bill-payments",
    "vendor-credits",
    "funds-transfers",
    "invoices",
    "invoice-payments",
    "bank-balances",
    "problems",
    "sessions",
    "company",
]
ADDRESS = "line1 line2 line3 line4 line5 city state postal_code country"
BILL = """vendor number {date} due_date terms memo payable_account approval
    expense_lines: account amount memo department customer billable_status;
    item_lines: item description quantity cost amount department customer billable_status"""
PERSON = "name parent email phone bill_address ship_address terms active"
# Fields that a record takes, and its lines' after a colon each.
TAKEN = {
    "vendors": "name company_name email phone address account_number tax_id is_1099 terms active",
    "accounts": "name number type parent active description",
    "departments": "name parent active",
    "customers": PERSON,
    "bills": BILL.format(date="bill_date"),
    "bill-payments": """vendor payment_date method paid_from number memo
        applications: bill amount discount credits; applications.credits: vendor_credit amount""",
    "vendor-credits": BILL.format(date="credit_date").replace(" due_date terms", ""),
    "funds-transfers": "from_account to_account amount transfer_date memo",
    "invoices": """customer number invoice_date due_date terms po_number memo to_be_emailed
        department lines: item description quantity rate amount department taxable""",
    "invoice-payments": """customer payment_date amount method number deposit_to memo
        applications: invoice amount""",
}
# Fields that are only shown.
SHOWN = {
    "jobs": PERSON,
    "items": "name kind description price cost account active",
    "terms": "name kind due_days discount_days discount_percent",
    "invoices": "subtotal tax_total total balance_remaining is_paid",
}
FIXED = {
    "BankBalance": "account balance total_balance as_of",
    "InboxProblem": """kind title text advice code quickbooks_text record opened_at resolved_at
        count""",
    "Session": """started_at ended_at outcome changes_in changes_out problems calls quickbooks
        web_connector company_file""",
    "Sync": "state waits_for quickbooks_id last_synced_at problem",
    "NamedReference": "id name",
    "Address": ADDRESS,
    "ShownAddress": ADDRESS,
}
STATES = ["pending", "scheduled", "waiting", "sent", "synced", "failed", "skipped", "not_synced"]
WORDS = {
    ("BillPayment", "method"): {"check", "card"},
    ("BillExpenseLines", "billable_status"): {"billable", "not_billable", "has_been_billed"},
    ("Bill", "approval"): {"needs_approval", "approved"},
}


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    """The document's shapes by name."""
    found: dict[str, Any] = document.as_dict()["components"]["schemas"]
    return found


def fields(text: str) -> dict[str, set[str]]:
    """`a b lines: c d; lines.inner: e` by the place of each."""
    found: dict[str, set[str]] = {"": set()}
    place = ""
    for part in text.split(";"):
        for word in part.split():
            if word.endswith(":"):
                place = word[:-1]
                found[place] = set()
            else:
                found[place].add(word)
    return found


def inner(schemas: dict[str, Any], name: str, place: str) -> dict[str, Any]:
    """The properties of a shape, or of the lines at that place in it."""
    found: dict[str, Any] = schemas[name]["properties"]
    for step in filter(None, place.split(".")):
        name = found[step]["items"]["$ref"].rpartition("/")[2]
        found = schemas[name]["properties"]
    return found


def words(schema: dict[str, Any]) -> set[Any]:
    """What an enumeration allows, but null."""
    of = schema.get("anyOf", [schema])
    return {word for one in of for word in one.get("enum", [])}


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_is_read(resource: str) -> None:
    paths = document.as_dict()["paths"]
    assert "get" in paths[f"/api/v1/{resource}"]
    assert resource == "company" or any(
        path.startswith(f"/api/v1/{resource}/{{") and "get" in methods
        for path, methods in paths.items()
    )


@pytest.mark.parametrize("resource", TAKEN)
def test_every_field_is_made_changed_and_shown(schemas: dict[str, Any], resource: str) -> None:
    noun = noun_of(SHAPES[resource])
    for place, names in fields(TAKEN[resource]).items():
        never = {"parent"} if resource == "customers" else set()  # a customer's would be a job
        assert names <= set(inner(schemas, noun, place)), place
        for body in (f"{noun}New", f"{noun}Change"):
            assert names <= set(inner(schemas, body, place)) | never, (body, place)
        if place:
            assert "id" in inner(schemas, noun, place)
            assert "id" in inner(schemas, f"{noun}Change", place)


@pytest.mark.parametrize("resource", SHOWN)
def test_what_is_quickbooks_own_is_shown_and_not_taken(
    schemas: dict[str, Any], resource: str
) -> None:
    noun = noun_of(SHAPES[resource])
    names = fields(SHOWN[resource])[""]
    assert names <= set(schemas[noun]["properties"])
    for body in (f"{noun}New", f"{noun}Change"):
        assert not names & set(schemas.get(body, {}).get("properties", {}))


@pytest.mark.parametrize("name", FIXED)
def test_what_is_no_record_has_its_fields(schemas: dict[str, Any], name: str) -> None:
    assert fields(FIXED[name])[""] <= set(schemas[name]["properties"])


def test_the_words_are_these(schemas: dict[str, Any]) -> None:
    assert words(schemas["Sync"]["properties"]["state"]) == set(STATES)
    for (name, field), expected in WORDS.items():
        assert words(schemas[name]["properties"][field]) == expected, (name, field)
    given = schemas["BillNewExpenseLines"]["properties"]["billable_status"]
    assert words(given) == {"billable", "not_billable"}


def test_every_record_carries_its_sync(schemas: dict[str, Any]) -> None:
    for shape in SHAPES.values():
        assert "sync" in schemas[noun_of(shape)]["required"]


def test_versions_and_keys_are_taken_where_they_should_be() -> None:
    for path, methods in document.as_dict()["paths"].items():
        for method, operation in methods.items():
            headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
            expected = {
                "post": {"Idempotency-Key"},
                "patch": {"If-Match"},
                "delete": {"If-Match"},
            }.get(method, set())
            assert headers == expected, (method, path)


def test_the_acts_beyond_are_there() -> None:
    paths = document.as_dict()["paths"]
    for resource, act in (
        ("bill-payments", "void"),
        ("invoice-payments", "void"),
        ("funds-transfers", "void"),
        ("bills", "approve"),
        ("vendor-credits", "approve"),
    ):
        assert "post" in paths[f"/api/v1/{resource}/{{record_id}}/{act}"]
    for resource in TAKEN:
        assert "post" in paths[f"/api/v1/{resource}/bulk"]
    assert "get" in paths["/api/v1/changes"]
