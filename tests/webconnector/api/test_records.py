"""Records by the JSON API: made, read, changed, deleted, listed, each with its `sync`."""

from __future__ import annotations

from typing import Any

import pytest

from store.rules import acts_of
from store.shapes import SHAPES
from tests.webconnector.api.conftest import Api


def test_a_vendor_is_made_read_changed_and_listed(api: Api) -> None:
    answer = api("POST", "/vendors", {"name": "Blue Ridge", "phone": "555 0100"})
    made: Any = answer.json
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/vendors/{made['id']}"
    assert made["sync"]["state"] == "pending"
    version = answer.headers["ETag"]
    place = f"/vendors/{made['id']}"
    changed = api.done("PATCH", place, {"phone": "555 0101"}, If_Match=version)
    assert (changed["name"], changed["phone"]) == ("Blue Ridge", "555 0101")
    assert api.done("GET", place) == changed
    assert changed in api.done("GET", "/vendors")["data"]


def test_a_bill_is_approved_and_deleted(api: Api) -> None:
    bill = api.done("POST", "/bills", api.bill())
    assert bill["amount"] == "120.00"
    assert api.done("POST", f"/bills/{bill['id']}/approve")["approval"] == "approved"
    gone = api.done("DELETE", f"/bills/{bill['id']}", If_Match="*")
    assert gone["deleted_at"]
    assert bill["id"] not in {row["id"] for row in api.done("GET", "/bills")["data"]}
    listed = api.done("GET", "/bills?include_deleted=true")["data"]
    assert bill["id"] in {row["id"] for row in listed}


def test_a_transfer_is_voided(api: Api) -> None:
    voided = api.done("POST", f"/funds-transfers/{api.ids['funds-transfers']}/void")
    assert voided["voided_at"]


@pytest.mark.parametrize("resource", [*SHAPES, "bank-balances", "sessions", "problems"])
def test_every_resource_is_listed_and_read(api: Api, resource: str) -> None:
    listed = api.done("GET", f"/{resource}")
    one = api.done("GET", f"/{resource}/{api.ids[resource]}")
    assert one in listed["data"]
    assert listed["next_cursor"] is None


def test_the_company_is_the_tokens(api: Api) -> None:
    company = api.done("GET", "/company")
    assert (company["id"], company["name"]) == (api.company_id, "Acme Ltd")
    assert company["records"]["vendors"] == 1
    assert "username" not in str(company)


@pytest.mark.parametrize("resource", SHAPES)
def test_what_the_app_may_never_do_is_not_there(api: Api, resource: str) -> None:
    acts = acts_of(SHAPES[resource].entity)
    place = f"/{resource}/{api.ids[resource]}"
    for act, method, path in (
        ("create", "POST", f"/{resource}"),
        ("change", "PATCH", place),
        ("delete", "DELETE", place),
    ):
        if act not in acts:
            api.refused(405, method, path, {}, If_Match="*")


def test_what_the_rules_forbid_is_a_conflict_that_says_why(api: Api) -> None:
    bill = api.done("POST", "/bills", api.bill())
    api.done("DELETE", f"/bills/{bill['id']}", If_Match="*")
    found = api.refused(409, "PATCH", f"/bills/{bill['id']}", {"memo": "x"}, If_Match="*")
    assert "deleted" in found["detail"]


# --- lists


def test_pages_follow_each_other_without_loss_or_repetition(api: Api) -> None:
    for number in range(5):
        api.done("POST", "/vendors", {"name": f"V {number}"})
    seen: list[str] = []
    after = ""
    for _ in range(10):
        page = api.done("GET", f"/vendors?limit=2{after}")
        seen += [row["name"] for row in page["data"]]
        if page["next_cursor"] is None:
            break
        after = f"&after={page['next_cursor']}"
    assert sorted(seen) == sorted(["Acme", *(f"V {number}" for number in range(5))])


def test_lists_are_narrowed_down(api: Api) -> None:
    bill = api.done("POST", "/bills", api.bill(number="B-7", bill_date="2024-06-01"))

    def found(query: str) -> set[str]:
        return {row["id"] for row in api.done("GET", f"/bills?{query}")["data"]}

    assert found("number=b-7") == {bill["id"]}
    assert found("date_from=2024-06-01&date_to=2024-06-30") == {bill["id"]}
    others = {api.ids["bills"], api.ids["paid-bill"]}
    assert found("date_to=2024-05-31") == others
    assert found(f"vendor={api.ids['vendors']}") == {bill["id"], *others}
    assert found(f"vendor={api.ids['bills']}") == set()
    assert found("state=pending") == {bill["id"], *others}
    assert found("state=synced") == set()
    assert found("approval=approved") == set()
    vendors = api.done("GET", "/vendors?name=ACME")["data"]
    assert [row["id"] for row in vendors] == [api.ids["vendors"]]
    after = bill["updated_at"].replace("+", "%2B")
    assert found(f"updated_after={after}") == set()
    assert found(f"updated_after={bill['created_at'][:10]}T00:00:00Z") == {bill["id"]}


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "limit=501",
        "limit=1&limit=2",
        "state=done",
        "date_from=soon",
        "vendor=x",
        "nam=1",
        "after=x",
        "updated_after=2024-01-01",
        "include_deleted=yes",
    ],
)
def test_a_wrong_parameter_is_named(api: Api, query: str) -> None:
    found = api.refused(422, "GET", f"/bills?{query}")
    assert [error["parameter"] for error in found["errors"]] == [query.split("=", maxsplit=1)[0]]


# --- many at once


def test_each_of_many_has_its_own_result(api: Api) -> None:
    bodies = [api.bill(number="1"), api.bill(vendor="nobody"), {"vendr": 1}, api.bill(number="2")]
    results = api.done("POST", "/bills/bulk", {"records": bodies})["results"]
    assert [one["status"] for one in results] == [201, 422, 422, 201]
    assert [results[place]["record"]["number"] for place in (0, 3)] == ["1", "2"]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/vendor"
    assert {error["pointer"] for error in results[2]["problem"]["errors"]} >= {"/vendr", "/vendor"}
    assert api.done("GET", f"/bills/{results[3]['record']['id']}") == results[3]["record"]


def test_two_of_one_name_are_not_both_made(api: Api) -> None:
    results = api.done("POST", "/vendors/bulk", {"records": [{"name": "A"}, {"name": "A"}]})
    assert [one["status"] for one in results["results"]] == [201, 422]


@pytest.mark.parametrize("body", [{}, [], {"records": []}, {"records": [{}] * 501}, {"x": [{}]}])
def test_a_wrong_envelope_is_refused(api: Api, body: Any) -> None:
    api.refused(422, "POST", "/bills/bulk", body)
