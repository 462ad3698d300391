"""What can be done about a problem by the API, for each act of the table."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from store.syncing import audit
from tests.webconnector.api.conftest import Api
from webconnector.api.problems import ACTS

# A body that each act takes; None: it takes none.
BODIES: dict[str, dict[str, Any] | None] = {
    "retry": None,
    "link": {"quickbooks_id": "8000-1"},
    "apart": {"reason": "Another shop"},
    "renumber": {"number": "Acme (north)"},
    "skip": {"reason": "Only a test"},
    "done": None,
    "delete": None,
}


def test_there_is_a_body_for_each_act() -> None:
    assert set(BODIES) == set(ACTS)
    assert {name for name, body in BODIES.items() if body} == {n for n in ACTS if ACTS[n].body}


@pytest.mark.parametrize("name", [name for name, body in BODIES.items() if body])
def test_the_body_of_an_act_is_checked_before_anything_happens(api: Api, name: str) -> None:
    place = f"/problems/1/{name}"
    field = next(iter(BODIES[name] or {}))
    for body, pointer in (
        ([], ""),
        ("x", ""),
        ({**(BODIES[name] or {}), "a/b": 1}, "/a~1b"),
        ({field: 7}, f"/{field}"),
        ({field: None}, f"/{field}"),
        ({field: "a\0"}, f"/{field}"),
        ({field: "\ud800"}, f"/{field}"),
    ):
        found = api.refused(422, "POST", place, body)
        assert [error["pointer"] for error in found["errors"]] == [pointer], body
        assert all(error["detail"] for error in found["errors"])
    assert api.done("GET", "/problems/1")["resolved_at"] is None


@pytest.mark.parametrize("name", [n for n in ACTS if ACTS[n].body and ACTS[n].body_needed])
def test_an_act_that_needs_a_body_says_which_field(api: Api, name: str) -> None:
    assert api("POST", f"/problems/1/{name}").status_code == 415
    found = api.refused(422, "POST", f"/problems/1/{name}", {})
    assert found["errors"][0]["detail"] == "Give this field."


@pytest.mark.parametrize("name", ["link", "apart"])
def test_what_looks_like_nothing_else_cannot_be_compared(api: Api, name: str) -> None:
    found = api.refused(409, "POST", f"/problems/1/{name}", BODIES[name])
    assert "duplicates" in found["detail"]


def test_a_link_names_one_thing(api: Api) -> None:
    body = {"quickbooks_id": "8000-1", "record": api.ids["vendors"]}
    found = api.refused(422, "POST", "/problems/1/link", body)
    assert [error["pointer"] for error in found["errors"]] == ["/record"]


@pytest.mark.parametrize("body", [None, {}, {"reason": " Only a test "}])
def test_a_record_is_left_out_and_the_reason_is_kept(api: Api, body: Any) -> None:
    assert api.done("POST", "/problems/1/skip", body)["resolution"] == "skip"
    assert api.done("GET", f"/vendors/{api.ids['vendors']}")["sync"]["state"] == "skipped"
    with api.store.read() as conn:
        row = conn.execute(select(audit).where(audit.c.act == "problem.skip")).one()
    assert row.detail.get("reason") == ("Only a test" if body else None)
    assert row.who.startswith("token: CashFlow app")


def test_a_new_name_is_checked_like_any_name(api: Api) -> None:
    found = api.refused(422, "POST", "/problems/1/renumber", {"number": "x" * 42})
    assert [error["pointer"] for error in found["errors"]] == ["/number"]
    found = api.refused(422, "POST", "/problems/1/renumber", {"number": "  "})
    assert [error["pointer"] for error in found["errors"]] == ["/number"]
    answer = api.done("POST", "/problems/1/renumber", BODIES["renumber"])
    assert answer["resolution"] == "renumber"
    assert api.done("GET", f"/vendors/{api.ids['vendors']}")["name"] == "Acme (north)"


def test_a_record_that_may_not_be_deleted_stays(api: Api) -> None:
    assert "inactive" in api.refused(409, "POST", "/problems/1/delete")["detail"]
    assert api.done("GET", "/problems/1")["resolved_at"] is None
