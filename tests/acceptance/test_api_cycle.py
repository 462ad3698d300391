"""What the app writes by the API reaches QuickBooks, and the API says so; for each resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from store import api_tokens
from store.rules import acts_of
from store.shapes import SHAPES
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World
from webconnector.api import blueprint

DAY = "2026-03-02"
LINE = {"account": {"name": "Rent"}, "amount": "120.00"}
BODIES: dict[str, dict[str, Any]] = {
    "accounts": {"name": "Travel", "type": "Expense"},
    "departments": {"name": "North"},
    "vendors": {"name": "Hillside", "phone": "555 0100"},
    "customers": {"name": "Best", "email": "b@example.com"},
    "bills": {
        "vendor": {"name": "Old Vendor"},
        "number": "B-2",
        "bill_date": DAY,
        "expense_lines": [LINE],
    },
    "vendor-credits": {
        "vendor": {"name": "Old Vendor"},
        "credit_date": DAY,
        "expense_lines": [LINE],
    },
    "invoices": {
        "customer": {"name": "Client"},
        "number": "I-2",
        "invoice_date": DAY,
        "lines": [{"item": {"name": "Work"}, "quantity": "2", "rate": "60.00"}],
    },
    "bill-payments": {
        "vendor": {"name": "Old Vendor"},
        "payment_date": DAY,
        "method": "check",
        "applications": [{"bill": {"name": "B-1"}, "amount": "20.00"}],
    },
    "invoice-payments": {
        "customer": {"name": "Client"},
        "payment_date": DAY,
        "amount": "4.00",
        "applications": [{"invoice": {"name": "Q-1"}, "amount": "4.00"}],
    },
    "funds-transfers": {
        "from_account": {"name": "Checking"},
        "to_account": {"name": "Money Out"},
        "amount": "75.50",
        "transfer_date": DAY,
    },
}
WRITTEN = [name for name, shape in SHAPES.items() if "create" in acts_of(shape.entity)]


@pytest.fixture
def call(acme: World) -> Callable[..., Any]:
    """The API over the world's store, by its clock."""
    acme.books.add("Account", {"Name": "Money Out", "AccountType": "Bank"})
    acme.books.add("Vendor", {"Name": "Old Vendor"})
    invoice(acme, DAY, RefNumber="Q-1")
    acme.sync()
    acme.prefer(money_out_clearing="Money Out")
    first = {**BODIES["bills"], "number": "B-1"}
    acme.add("bills", **first)
    acme.sync()
    app = Flask("webconnector.app")
    app.register_blueprint(blueprint.api(acme.settings, acme.store, acme.clock))
    app.register_error_handler(Exception, blueprint.failed)
    with acme.store.write() as conn:
        made = api_tokens.add(
            conn,
            acme.id,
            "app",
            api_tokens.SCOPES,
            secret_key=acme.settings.secret_key_bytes,
            now=acme.clock(),
            who="test",
        )
    client: FlaskClient = app.test_client()

    def done(method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {made['token']}", **headers}
        options: dict[str, Any] = {} if body is None else {"json": body}
        answer = client.open(f"/api/v1{path}", method=method, headers=named, **options)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json

    return done


def test_there_is_a_body_for_each_resource_that_goes() -> None:
    assert set(BODIES) == set(WRITTEN)


@pytest.mark.parametrize("resource", WRITTEN)
def test_what_is_made_by_the_api_is_in_quickbooks_and_says_so(
    acme: World, call: Callable[..., Any], resource: str
) -> None:
    made = call("POST", f"/{resource}", BODIES[resource])
    assert made["sync"]["state"] == "pending"
    acme.sync()
    found = call("GET", f"/{resource}/{made['id']}")
    assert found["sync"]["state"] == "synced"
    assert found["sync"]["problem"] is None
    nouns = [entity.noun for entity in SHAPES[resource].entity.wire]
    ids = [row.get("ListID") or row["TxnID"] for noun in nouns for row in acme.books.all(noun)]
    assert found["sync"]["quickbooks_id"] in ids
    listed = call("GET", f"/{resource}?state=synced")["data"]
    assert made["id"] in {row["id"] for row in listed}
    assert call("GET", "/sessions?limit=1")["data"][0]["changes_out"] == 1


@pytest.mark.parametrize("resource", [n for n in WRITTEN if SHAPES[n].entity.push.edited])
def test_what_is_changed_by_the_api_is_changed_in_quickbooks(
    acme: World, call: Callable[..., Any], resource: str
) -> None:
    made = call("POST", f"/{resource}", BODIES[resource])
    acme.sync()
    name = "memo" if "memo" in made else "name"
    place = f"/{resource}/{made['id']}"
    changed = call("PATCH", place, {name: "Anew"}, **{"If-Match": "*"})
    assert (changed[name], changed["sync"]["state"]) == ("Anew", "pending")
    acme.sync()
    assert call("GET", place)["sync"]["state"] == "synced"
    nouns = [entity.noun for entity in SHAPES[resource].entity.wire]
    theirs = [row.get("Memo") or row.get("Name") for noun in nouns for row in acme.books.all(noun)]
    assert "Anew" in theirs


def test_what_quickbooks_changes_is_read_by_the_api(acme: World, call: Callable[..., Any]) -> None:
    (theirs,) = [row for row in acme.books.all("Vendor") if row["Name"] == "Old Vendor"]
    acme.books.edit("Vendor", theirs["ListID"], {"Phone": "555 0199"})
    before = acme.clock().isoformat().replace("+", "%2B")
    acme.sync()
    (found,) = call("GET", f"/vendors?updated_after={before}")["data"]
    assert (found["phone"], found["sync"]["state"]) == ("555 0199", "synced")


def test_a_problem_is_told_and_answered_by_the_api(acme: World, call: Callable[..., Any]) -> None:
    acme.books.add("Customer", {"Name": "Taken"})
    acme.sync()
    made = call("POST", "/vendors", {"name": "Taken"})
    acme.sync()
    found = call("GET", f"/vendors/{made['id']}")["sync"]
    assert found["state"] == "failed"
    (problem,) = call("GET", f"/problems?record={made['id']}")["data"]
    assert problem["number"] == found["problem"]["number"]
    assert problem["record"] == {"id": made["id"], "resource": "vendors", "name": "Taken"}
    answered = call("POST", f"/problems/{problem['number']}/skip")
    assert answered["resolution"] == "skip"
    assert call("GET", f"/vendors/{made['id']}")["sync"]["state"] == "skipped"


@pytest.fixture
def duplicate(acme: World, call: Callable[..., Any]) -> tuple[Any, Any, str]:
    """A bill that QuickBooks has already: ours, its problem, QuickBooks' id of theirs."""
    (vendor,) = acme.books.find("Vendor", Name="Old Vendor")
    (rent,) = acme.books.find("Account", Name="Rent")
    theirs = acme.books.add(
        "Bill",
        {
            "VendorRef": {"ListID": vendor["ListID"]},
            "TxnDate": DAY,
            "RefNumber": "B-2",
            "ExpenseLine": [{"AccountRef": {"ListID": rent["ListID"]}, "Amount": "120.00"}],
        },
    )
    made = call("POST", "/bills", {**BODIES["bills"], "memo": "ours"})
    acme.sync()
    (problem,) = call("GET", f"/problems?record={made['id']}")["data"]
    return made, problem, theirs


def test_a_duplicate_is_shown_side_by_side_and_linked_by_the_api(
    acme: World, call: Callable[..., Any], duplicate: tuple[Any, Any, str]
) -> None:
    made, problem, theirs = duplicate
    (brief,) = problem["candidates"]
    assert (brief["quickbooks_id"], brief["party"]) == (theirs, "Old Vendor")
    assert (brief["date"], brief["amount"]) == (DAY, "120.00")
    place = f"/problems/{problem['number']}"
    (alone,) = call("GET", place)["candidates"]
    fields = {one.pop("field"): one for one in alone.pop("fields")}
    assert alone == brief
    assert fields["memo"] == {"cashflow": "ours", "quickbooks": None, "same": False}
    answered = call("POST", f"{place}/link", {"quickbooks_id": theirs})
    assert (answered["resolution"], answered["candidates"]) == ("link", [])
    acme.sync()
    sync = call("GET", f"/bills/{made['id']}")["sync"]
    assert (sync["state"], sync["quickbooks_id"]) == ("synced", theirs)


@pytest.mark.parametrize(
    ("act", "body", "number"),
    [("apart", {"reason": "A second delivery"}, "B-2"), ("renumber", {"number": "B-3"}, "B-3")],
)
def test_a_duplicate_is_another_bill_by_the_api(
    acme: World,
    call: Callable[..., Any],
    duplicate: tuple[Any, Any, str],
    act: str,
    body: dict[str, str],
    number: str,
) -> None:
    made, problem, theirs = duplicate
    assert call("POST", f"/problems/{problem['number']}/{act}", body)["resolution"] == act
    acme.sync()
    found = call("GET", f"/bills/{made['id']}")
    assert (found["number"], found["sync"]["state"]) == (number, "synced")
    assert found["sync"]["quickbooks_id"] != theirs


def test_a_duplicate_is_deleted_by_the_api(
    acme: World, call: Callable[..., Any], duplicate: tuple[Any, Any, str]
) -> None:
    made, problem, theirs = duplicate
    assert call("POST", f"/problems/{problem['number']}/delete")["resolution"] == "delete"
    acme.sync()
    assert call("GET", f"/bills/{made['id']}")["deleted_at"]
    assert theirs in {row["TxnID"] for row in acme.books.all("Bill")}
