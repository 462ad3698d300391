"""How the API speaks HTTP: errors, versions, repeated requests, limits, packing."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from store import idempotency as kept
from store.access import idempotency
from tests.webconnector.api.conftest import Api
from webconnector.api.problem_details import KINDS


def count(api: Api) -> int:
    return len(api.done("GET", "/vendors")["data"])


# --- errors


def test_every_wrong_field_is_named_at_once(api: Api) -> None:
    line = {"account": api.ids["accounts"], "amount": 1.5, "colour": "red"}
    body = {"vendor": "x", "due_date": "2024-02-31", "memoo": "", "expense_lines": [line]}
    found = api.refused(422, "POST", "/bills", body)
    assert {error["pointer"] for error in found["errors"]} == {
        "/vendor",
        "/due_date",
        "/memoo",
        "/bill_date",
        "/expense_lines/0/amount",
        "/expense_lines/0/colour",
    }
    assert all(error["detail"] for error in found["errors"])
    assert found["type"] == "/api/v1/docs#invalid"
    assert found["correlation_id"]


def test_a_pointer_is_escaped(api: Api) -> None:
    found = api.refused(422, "POST", "/vendors", {"name": "A", "a/b~c": 1})
    assert found["errors"][0]["pointer"] == "/a~1b~0c"


@pytest.mark.parametrize(
    "amount",
    ["1.234", "1,00", " 1.00", "1e3", "\u0661", 1, 1.0, "NaN", "", "--1", "10000000000000000"],
)
def test_money_is_a_decimal_text_of_two_places(api: Api, amount: Any) -> None:
    body = api.bill(expense_lines=[{"account": api.ids["accounts"], "amount": amount}])
    found = api.refused(422, "POST", "/bills", body)
    assert [error["pointer"] for error in found["errors"]] == ["/expense_lines/0/amount"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"\xff",
        b'{"name": NaN}',
        b'{"name": 1, "name": 2}',
        b"[" * 100_000,
        b'{"name": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_cannot_be_read(api: Api, data: bytes) -> None:
    answer = api.client.post(
        "/api/v1/vendors",
        data=data,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )
    assert answer.status_code == 400, answer.text
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "A\x00"},
        {"name": "\ud800"},
        {"name": "A", "terms": {"name": "\x00"}},
        {"name": "A", "terms": {"name": "\ud800"}},
        {"\ud800": 1},
        {"name": "A", "terms": ["x"]},
    ],
)
def test_text_that_no_database_takes_is_refused(api: Api, body: Any) -> None:
    api.refused(422, "POST", "/vendors", body)


@pytest.mark.parametrize("query", ["name=%00", "name=a%00", "after=%00", "name=" + "x" * 501])
def test_parameters_that_no_database_takes_are_refused(api: Api, query: str) -> None:
    api.refused(422, "GET", f"/vendors?{query}")


def test_other_content_is_not_taken(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}
    for options in (
        {"data": b"name=A", "content_type": "application/x-www-form-urlencoded"},
        {"data": b"{}"},
        {
            "data": gzip.compress(b"{}"),
            "content_type": "application/json",
            "headers": headers | {"Content-Encoding": "gzip"},
        },
    ):
        answer = api.client.post("/api/v1/vendors", **{"headers": headers, **options})
        assert answer.status_code == 415


def test_an_address_that_is_none_and_a_method_that_is_none(api: Api) -> None:
    api.refused(404, "GET", "/estimates")
    api.refused(404, "GET", "/bills/not-an-id")
    api.refused(404, "GET", "/problems/999999999999")
    answer = api("PUT", "/bills", {})
    assert answer.status_code == 405
    assert answer.content_type == "application/problem+json"
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_more_than_ten_megabytes_are_too_large_and_less_are_not(api: Api) -> None:
    name = "x" * (2 * 1024 * 1024)
    api.refused(422, "POST", "/vendors", {"name": name})
    found = api.refused(413, "POST", "/vendors", {"name": name * 6})
    assert found["type"].endswith("#too-large")


def test_our_own_failure_tells_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Acme owes 120.00")

    monkeypatch.setattr("store.resources.list_records", fail)
    found = api.refused(500, "GET", "/vendors")
    assert "Acme" not in json.dumps(found)
    assert found["correlation_id"]


def test_the_reference_tells_each_kind_of_problem(api: Api) -> None:
    page = api.client.get("/api/v1/docs").text
    for kind in KINDS.values():
        assert f'id="{kind.name}"' in page


# --- versions


def test_a_change_must_name_the_version_it_changes(api: Api) -> None:
    place = f"/vendors/{api.ids['vendors']}"
    version = api("GET", place).headers["ETag"]
    api.refused(428, "PATCH", place, {"phone": "1"})
    api.refused(428, "DELETE", f"/bills/{api.ids['bills']}")
    changed = api("PATCH", place, {"phone": "1"}, If_Match=version)
    assert changed.status_code == 200
    assert changed.headers["ETag"] == api("GET", place).headers["ETag"] != version
    found = api.refused(412, "PATCH", place, {"phone": "2"}, If_Match=version)
    assert "Read it again" in found["detail"]
    api.done("PATCH", place, {"phone": "3"}, If_Match=f'"x", {changed.headers["ETag"]}')
    api.done("PATCH", place, {"phone": "4"}, If_Match="*")
    api.refused(412, "PATCH", place, {"phone": "5"}, If_Match="nonsense")
    assert api.done("GET", place)["phone"] == "4"


def test_a_stale_deletion_deletes_nothing(api: Api) -> None:
    place = f"/bills/{api.ids['bills']}"
    version = api("GET", place).headers["ETag"]
    api.done("PATCH", place, {"memo": "x"}, If_Match=version)
    api.refused(412, "DELETE", place, If_Match=version)
    assert "deleted_at" not in api.done("GET", place)


def test_what_quickbooks_does_with_it_makes_no_other_version(api: Api) -> None:
    place = f"/vendors/{api.ids['vendors']}"
    version = api("GET", place).headers["ETag"]
    api.done("POST", "/problems/1/skip")
    answer = api("GET", place)
    assert answer.get_json()["sync"]["state"] == "skipped"
    assert answer.headers["ETag"] == version


# --- the same request twice


def test_the_same_request_under_one_key_is_done_once(api: Api) -> None:
    first = api("POST", "/vendors", {"name": "Once"}, Idempotency_Key="k-1")
    again = api("POST", "/vendors", {"name": "Once"}, Idempotency_Key="k-1")
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count(api) == 2


def test_another_request_under_the_key_is_refused(api: Api) -> None:
    api.done("POST", "/vendors", {"name": "Once"}, Idempotency_Key="k")
    for path, body in (("/vendors", {"name": "Other"}), ("/departments", {"name": "Once"})):
        found = api.refused(422, "POST", path, body, Idempotency_Key="k")
        assert found["type"].endswith("#key-mismatch")
    assert count(api) == 2


def test_what_was_refused_leaves_its_key_free(api: Api) -> None:
    api.refused(422, "POST", "/vendors", {}, Idempotency_Key="k")
    api.done("POST", "/vendors", {"name": "Mended"}, Idempotency_Key="k")


def test_while_one_is_at_work_the_key_is_in_use(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    body = {"name": "Slow"}
    from store import resources  # noqa: PLC0415 - patched below

    working = resources.create

    def slow(*arguments: Any) -> Any:
        if not seen:
            seen.append(0)
            with api.store.engine.connect() as conn:
                claimed = conn.execute(select(idempotency.c.status)).scalar_one()
            assert claimed is None
        return working(*arguments)

    monkeypatch.setattr(resources, "create", slow)
    api.done("POST", "/vendors", body, Idempotency_Key="k")
    with api.store.write() as conn:
        conn.execute(update(idempotency).values(status=None, started_at=datetime.now(UTC)))
    answer = api("POST", "/vendors", body, Idempotency_Key="k")
    assert (answer.status_code, answer.headers["Retry-After"]) == (409, "2")
    assert count(api) == 2


def test_a_claim_whose_worker_died_is_taken_over(api: Api) -> None:
    api.done("POST", "/vendors", {"name": "A"}, Idempotency_Key="k")
    before = datetime.now(UTC) - timedelta(seconds=kept.claim_seconds_max + 1)
    with api.store.write() as conn:
        conn.execute(update(idempotency).values(status=None, answer=None, started_at=before))
    api.refused(422, "POST", "/vendors", {"name": "A"}, Idempotency_Key="k")  # it is there already


def test_who_lost_the_claim_changes_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from store import resources  # noqa: PLC0415 - patched below

    working = resources.create

    def overtaken(conn: Any, *arguments: Any) -> Any:
        made = working(conn, *arguments)
        conn.execute(update(idempotency).values(attempt=api.company_id))
        return made

    monkeypatch.setattr(resources, "create", overtaken)
    api.refused(409, "POST", "/vendors", {"name": "A"}, Idempotency_Key="k")
    assert count(api) == 1


def test_keys_are_each_tokens_own_and_kept_a_week(api: Api) -> None:
    api.done("POST", "/departments", {"name": "A"}, Idempotency_Key="k")
    another = api("POST", "/terms-x", token=api.make_token())
    assert another.status_code == 404
    made = api("POST", "/departments", {"name": "B"}, token=api.make_token(), Idempotency_Key="k")
    assert made.status_code == 201
    with api.store.write() as conn:
        assert kept.sweep(conn, datetime.now(UTC) + timedelta(days=6, hours=23)) == 0
        assert kept.sweep(conn, datetime.now(UTC) + timedelta(days=7, minutes=1)) == 2


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_cannot_be_kept_is_refused(api: Api, key: str) -> None:
    found = api.refused(422, "POST", "/vendors", {"name": "A"}, Idempotency_Key=key)
    assert found["errors"][0]["parameter"] == "Idempotency-Key"


# --- packing


def test_long_answers_are_packed_for_who_can_unpack(api: Api) -> None:
    plain = api("GET", "/vendors?limit=1")
    for number in range(5):
        api.done("POST", "/vendors", {"name": f"V {number}"})
    packed = api("GET", "/vendors", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == api.done("GET", "/vendors")
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert packed.headers["Cache-Control"] == "no-store"


# --- the number of statements


def test_a_thousand_bills_by_bulk_cost_as_many_statements_as_ten(
    api: Api, statements: Callable[[], Any]
) -> None:
    def cost(records: int) -> int:
        bodies = [
            api.bill(number=f"B-{number}", vendor=vendors[number % len(vendors)])
            for number in range(records)
        ]
        with statements() as seen:
            made = api.done("POST", "/bills/bulk", {"records": bodies})["results"]
        assert [one["status"] for one in made] == [201] * records
        return len(seen)

    bodies = [{"name": f"V {number}"} for number in range(40)]
    made = api.done("POST", "/vendors/bulk", {"records": bodies})["results"]
    vendors = [one["record"]["id"] for one in made]
    few = cost(5)
    assert [cost(500), cost(500)] == [few, few]
    assert few < 60
