"""`webconnector token`: made once, shown once, listed, revoked."""

from __future__ import annotations

import pytest

from tests.webconnector.command_line import CommandLine


@pytest.fixture
def company(webconnector: CommandLine) -> str:
    made = webconnector.done("company", "add", "Acme Ltd", "--time-zone", "America/New_York")
    return str(made["id"])


def test_a_token_is_shown_once_and_listed_without_its_secret(
    webconnector: CommandLine, company: str
) -> None:
    made = webconnector.done("token", "add", company, "CashFlow app")
    assert (made["name"], made["scopes"]) == ("CashFlow app", ["read", "write"])
    secret = made["token"].removeprefix(f"kcf_{made['id']}_")
    assert len(secret) >= 43
    (listed,) = webconnector.done("token", "list", "Acme Ltd")
    assert (listed["id"], listed["name"], listed["last_used_at"]) == (
        made["id"],
        made["name"],
        None,
    )
    said = webconnector("token", "list", company)
    assert made["id"] in said.out
    assert secret not in str(listed) + said.out + said.err


def test_without_json_the_token_stands_alone_so_that_a_script_can_take_it(
    webconnector: CommandLine, company: str
) -> None:
    said = webconnector("token", "add", company, "App")
    assert said.out.startswith("kcf_")
    assert said.out.count("\n") == 1
    assert "not shown again" in said.err


def test_a_scope_can_be_chosen(webconnector: CommandLine, company: str) -> None:
    made = webconnector.done("token", "add", company, "Reports", "--scope", "read")
    assert made["scopes"] == ["read"]
    webconnector.refused("token", "add", company, "X", "--scope", "all", code=2)
    assert "/name" in webconnector.refused("token", "add", company, " ")


def test_a_token_is_revoked_by_its_id(webconnector: CommandLine, company: str) -> None:
    made = webconnector.done("token", "add", company, "App")
    first = webconnector.done("token", "revoke", made["id"])
    assert webconnector.done("token", "revoke", made["id"]) == first
    assert webconnector.done("token", "list", company)[0]["revoked_at"] == first["revoked_at"]
    assert "no token" in webconnector.refused("token", "revoke", "nobody")
