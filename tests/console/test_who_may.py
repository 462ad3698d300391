"""Nobody sees or does what is not theirs: every route of the console, none left out."""

from __future__ import annotations

from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from store.ledger import metadata
from store.syncing import company
from store.types import new_key
from tests.console.site import SAME_ORIGIN, Site

# Routes that are about no company: who is signed in reaches them, and they show only one's own.
WITHOUT_COMPANY = {
    "console.account.end_login",
    "console.account.set_password",
    "console.account.set_zone",
    "console.account.show",
    "console.entry.leave",
    "console.overview.rows",
    "console.overview.start",
    "console.problems.export_inbox",
    "console.problems.inbox",
    "console.search.find",
    "console.wizard.add",
    "console.wizard.start",
}
OPEN = {"console.entry.come_in", "console.entry.login"}
# What a viewer may send: it changes nothing but their own account, or nothing at all.
VIEWERS_OWN = {
    "console.account.end_login",
    "console.account.set_password",
    "console.account.set_zone",
    "console.entry.leave",
    "console.weblog.read",
}
# Arguments of routes that are no ids.
NO_IDS: dict[str, Any] = {"number": 1, "resource": "vendors", "form": "csv"}


def address(site: Site, rule: Any, company_id: str) -> str:
    """The rule's address for a company, every other id made up."""
    known: dict[str, Any] = {"company_id": company_id, **NO_IDS}
    values: dict[str, Any] = {name: known.get(name) or new_key() for name in rule.arguments}
    with site.app.test_request_context():
        return str(url_for(rule.endpoint, **values))


def dump(site: Site) -> dict[str, list[Any]]:
    """All rows of all tables, but for the browsers' last sight of people."""
    with site.store.read() as conn:
        return {
            table.name: sorted(map(repr, conn.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name not in {"login", "person"}
        }


def test_every_route_is_about_a_company_or_known_not_to_be(site: Site) -> None:
    rules = [*site.rules("GET"), *site.rules("POST")]
    strange = {rule.endpoint for rule in rules if "company_id" not in rule.arguments}
    assert strange == WITHOUT_COMPANY | OPEN


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_outsider_gets_404_on_every_page_and_act_and_nothing_changes(
    site: Site, method: str
) -> None:
    browser, before = site.browser("outsider"), dump(site)
    rules = [rule for rule in site.rules(method) if "company_id" in rule.arguments]
    assert rules
    for rule in rules:
        path = address(site, rule, site.acme)
        answer = browser.get(path) if method == "GET" else browser.post(path)
        assert answer.status_code == 404, rule
        assert "Acme" not in answer.text
    assert dump(site) == before


def test_a_company_that_does_not_exist_looks_the_same_as_anothers(site: Site) -> None:
    browser = site.browser("outsider")
    answers = [
        browser.get(f"/console/companies/{one}/") for one in (site.acme, new_key(), "x", "'")
    ]
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_who_is_not_signed_in_is_sent_to_the_login(site: Site, method: str) -> None:
    client = site.app.test_client()
    for rule in site.rules(method):
        if rule.endpoint in OPEN:
            continue
        answer = client.open(address(site, rule, site.acme), method=method, headers=SAME_ORIGIN)
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/console/login")


def test_a_part_of_a_page_without_a_login_sends_the_whole_page_there(site: Site) -> None:
    path = f"/console/companies/{site.acme}/now"
    answer = site.app.test_client().get(path, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/console/login")


def test_a_viewer_changes_nothing(site: Site) -> None:
    browser, before = site.browser("viewer"), dump(site)
    for rule in site.rules("POST"):
        if rule.endpoint in VIEWERS_OWN | OPEN:
            continue
        assert browser.post(address(site, rule, site.acme)).status_code == 403, rule
    assert dump(site) == before


def test_support_sees_every_company_and_lets_nobody_in(site: Site) -> None:
    browser = site.browser("support")
    for one in (site.acme, site.other):
        assert browser.get(f"/console/companies/{one}/").status_code == 200
        assert browser.post(f"/console/companies/{one}/people/").status_code == 403
    assert browser.get("/console/connect").status_code == 403


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({}, True),
        (SAME_ORIGIN, False),
    ],
)
def test_no_write_from_elsewhere_is_believed(
    site: Site, headers: dict[str, str], token: bool
) -> None:
    browser, before = site.browser("admin"), dump(site)
    data = {"token": browser.token} if token else {"token": "0" * 64}
    for rule in site.rules("POST"):
        if not token and rule.endpoint in OPEN:
            continue
        path = address(site, rule, site.acme)
        answer = browser.client.post(path, data=data, headers=headers)
        assert answer.status_code == (403 if token else 400), rule
    assert dump(site) == before


def test_a_write_from_our_own_origin_is_believed(site: Site) -> None:
    browser = site.browser("admin")
    answer = browser.client.post(
        f"/console/companies/{site.acme}/connection/pause",
        data={"token": browser.token},
        headers={"Origin": "http://localhost"},
    )
    assert answer.status_code == 303
    with site.store.read() as conn:
        state = select(company.c.state).where(company.c.id == site.acme)
        assert conn.execute(state).scalar_one() == "paused"


def test_an_admin_sees_only_their_own_companies_in_the_overview(site: Site) -> None:
    page = site.browser("admin").get("/console/").text
    assert "Acme Ltd" in page
    assert "Other Ltd" not in page
    page = site.browser("support").get("/console/").text
    assert "Acme Ltd" in page
    assert "Other Ltd" in page
