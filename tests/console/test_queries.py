"""No page asks the database more than twelve times, however many companies there are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from store import companies, sessions
from store.access import login
from tests.console.site import Browser, Site
from tests.console.test_who_may import OPEN
from tests.console.trouble import Trouble, doubled_bill, synced_bill, trouble

queries_max = 12
# A file that support asks for once is no page.
NO_PAGE = {"console.diagnostics.give"}
# Pages that lead elsewhere, or to nothing, while there is nothing to do on them.
ELSEWHERE: set[str] = {"console.wizard.start"}


def pick(rule: Any, where: Trouble) -> dict[str, Any]:
    """The rule's arguments; there is one exchange, and its number is no problem's."""
    values = where.values | ({"number": 1} if rule.endpoint == "console.sessions.raw" else {})
    return {name: values[name] for name in rule.arguments}


def crowd(site: Site, count: int) -> None:
    """Companies with a session each."""
    now = datetime.now(UTC)
    with site.store.write() as conn:
        for number in range(count):
            made = companies.add_company(
                conn,
                name=f"Company {number:03}",
                time_zone="UTC",
                owner_id=site.settings.owner_id,
                secret_key=site.settings.secret_key_bytes,
                now=now,
            )
            found = companies.find_connector(conn, made.username)
            assert found is not None
            sessions.heard(conn, found, "10.0.0.1", now)
            opened = sessions.begin(conn, found, sessions.new_ticket(), "ready", "34", now)
            assert opened is not None
            opened.end("closed", "finished" if number % 3 else "stopped", now)
            sessions.save(conn, opened)


def look(site: Site, browser: Browser, path: str) -> tuple[Any, list[str]]:
    """The page as who was last seen two minutes ago gets it, and what the database was asked."""
    earlier = update(login).values(last_seen_at=datetime.now(UTC) - timedelta(minutes=2))
    site.run(lambda conn: conn.execute(earlier))
    with site.counted() as seen:
        return browser.get(path), seen


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_page_asks_more_than_twelve_times(site: Site) -> None:
    crowd(site, 60)
    vendor = trouble(site, site.acme)
    doubled = doubled_bill(site, site.acme, vendor.record_id)
    synced = synced_bill(site, site.acme, vendor.record_id)
    for browser in (site.browser("support"), site.browser("admin")):
        for one in (vendor, doubled, synced):
            for rule in site.rules("GET"):
                if rule.endpoint in OPEN | NO_PAGE:
                    continue
                path = site.address(rule.endpoint, **pick(rule, one))
                answer, seen = look(site, browser, path)
                assert answer.status_code == 200 or rule.endpoint in ELSEWHERE, (rule, answer)
                assert len(seen) <= queries_max, (rule, len(seen), seen)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize("text", ["Acme", "4711", "50.00", "80-1", "a session", "a record"])
def test_no_search_asks_more_than_twelve_times(site: Site, text: str) -> None:
    crowd(site, 120)
    vendor = trouble(site, site.acme)
    doubled_bill(site, site.acme, vendor.record_id)
    asked = {"a session": vendor.session_id, "a record": vendor.record_id}.get(text, text)
    for browser in (site.browser("support"), site.browser("admin")):
        for within in ("", "ltd"):
            path = site.address("console.search.find", q=asked, **{"in": within})
            page, seen = look(site, browser, path)
            assert page.status_code == 200
            assert len(seen) <= queries_max, seen


def test_in_a_crowd_of_companies_records_are_found_by_id_or_within_one(site: Site) -> None:
    vendor = trouble(site, site.acme)
    bill = doubled_bill(site, site.acme, vendor.record_id)
    crowd(site, 120)
    browser = site.browser("support")
    mine = f"/companies/{site.acme}/records/bills/{bill.record_id}"

    def found(q: str, **within: str) -> str:
        return browser.get(site.address("console.search.find", q=q, **within)).text

    assert mine not in found("4711")
    assert "Name the company too" in found("4711")
    assert mine in found("4711", **{"in": "acme"})
    assert mine not in found("4711", **{"in": "other"})
    assert mine in found(bill.record_id)
    assert f"/companies/{site.acme}/sessions/{vendor.session_id}" in found(vendor.session_id)
    assert mine in site.browser("admin").get("/console/search?q=4711").text


def test_the_overview_is_worst_first_paged_and_searched(site: Site) -> None:
    crowd(site, 60)
    browser = site.browser("support")
    first, second = browser.get("/console/").text, browser.get("/console/?page=2").text
    # Twenty stopped; two never connected; forty are well.
    assert first.index("Company 057") < first.index("Acme Ltd") < first.index("Company 001")
    assert "Company 059" not in first
    assert "Company 059" in second
    found = browser.get("/console/?find=pany+007").text
    assert "Company 007" in found
    assert "Company 008" not in found
    assert "No company fits" in browser.get("/console/?find=zebra").text
    late = browser.get("/console/?health=failing").text
    assert "Company 057" in late
    assert "Company 001" not in late
