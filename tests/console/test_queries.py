"""No page asks the database more than twelve times, however many companies there are."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store import companies, sessions
from tests.console.site import Site
from tests.console.test_who_may import OPEN, address

queries_max = 12
# A file that support asks for once is no page.
NO_PAGE = {"console.diagnostics.give"}


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


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_no_page_asks_more_than_twelve_times(site: Site) -> None:
    crowd(site, 60)
    browser = site.browser("support")
    for rule in site.rules("GET"):
        if rule.endpoint in OPEN | NO_PAGE:
            continue
        with site.counted() as seen:
            browser.get(address(site, rule, site.acme))
        assert len(seen) <= queries_max, (rule, len(seen), seen)


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
