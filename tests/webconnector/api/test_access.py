"""Nobody reaches another company by the API, and nobody without a token reaches anything."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from store import api_tokens, companies
from store.access import api_token
from store.syncing import audit
from tests.webconnector.api.conftest import NOW, Api
from webconnector.api.operation import Operation
from webconnector.api.operations import OPERATIONS
from webconnector.settings import load

OPEN = {"api.openapi", "api.docs"}
IDS = [operation.id for operation in OPERATIONS]


def place(operation: Operation, ids: dict[str, str]) -> str:
    """The operation's path with ids in it."""
    path = operation.path
    for name in ("record_id", "session_id", "number", "webhook_id"):
        path = path.replace(f"{{{name}}}", ids.get(operation.tag, ""))
    return path


def test_the_table_of_operations_is_the_url_map(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert routes - OPEN == {f"api.{name}" for name in IDS}


def test_without_a_token_nothing_is_told(api: Api) -> None:
    wrong = ("", "Bearer", "Bearer x", f"Basic {api.token}", f"Bearer {api.token[:-1]}x")
    for operation in OPERATIONS:
        for given in wrong:
            answer = api(
                operation.method,
                place(operation, api.ids),
                {},
                Authorization=given,
                If_Match="*",
            )
            assert answer.status_code == 401, operation.id
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.content_type == "application/problem+json"


def test_another_companys_token_finds_nothing(api: Api, other: Api) -> None:
    """Every operation, from the table that the url map is made of."""
    theirs = dict.fromkeys(other.ids.values())
    for operation in OPERATIONS:
        path = place(operation, other.ids)
        if operation.tag == "problems" and operation.missing:
            path = path.replace("/1", "/2")  # problems count per company; see below
        answer = api(operation.method, path, {}, If_Match="*")
        if operation.missing:
            assert answer.status_code == 404, (operation.id, answer.text)
        assert not [key for key in theirs if key != "1" and key in answer.text], operation.id


def test_a_problem_of_the_same_number_is_the_own_one(api: Api, other: Api) -> None:
    api.done("POST", "/problems/1/done")
    assert api.done("GET", "/problems/1")["resolved_at"]
    assert other.done("GET", "/problems/1")["resolved_at"] is None


def test_a_scope_allows_no_more_than_it_says(api: Api) -> None:
    reading, writing = api.make_token("read"), api.make_token("write")
    for operation in OPERATIONS:
        token = writing if operation.scope == "read" else reading
        path = place(operation, api.ids)
        answer = api(operation.method, path, {}, token=token, If_Match="*")
        assert answer.status_code == 403, operation.id


def test_a_revoked_token_and_one_of_a_company_that_left_are_unknown(api: Api) -> None:
    another = api.make_token()
    assert api("GET", "/company", token=another).status_code == 200
    with api.store.write() as conn:
        api_tokens.revoke(conn, another.split("_")[1], NOW, "test")
    assert api("GET", "/company", token=another).status_code == 401
    with api.store.write() as conn:
        companies._set_company(conn, api.company_id, state="removed")
    assert api("GET", "/company").status_code == 401


def test_only_a_keyed_hash_is_kept_and_the_last_use_is_noted(api: Api) -> None:
    api.done("GET", "/company")
    with api.store.read() as conn:
        row = conn.execute(select(api_token)).one()
        (listed,) = api_tokens.list_tokens(conn, api.company_id)
    assert api.token.split("_", 2)[2] not in str(row)
    assert listed["last_used_at"]
    assert "hash" not in str(listed)


def test_every_write_is_in_the_audit_trail_with_the_tokens_name(api: Api) -> None:
    api.done("POST", "/vendors", {"name": "New"})
    api.done("POST", "/bills/bulk", {"records": [api.bill(), api.bill()]})
    with api.store.read() as conn:
        rows = conn.execute(select(audit).where(audit.c.who.like("token: CashFlow app%"))).all()
    assert sorted(row.act for row in rows) == ["bills.create", "bills.create", "vendors.create"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_too_many_calls_are_told_when_to_come_back(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load({}).api_calls_per_minute == 600
    monkeypatch.setattr("webconnector.api.access.buckets.take", lambda *_: 7)
    answer = api("GET", "/company")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
