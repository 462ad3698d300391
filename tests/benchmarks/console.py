"""Every page of the console over ten thousand companies: milliseconds and queries.

Owns the measurement: pages with something on them, for support and for an administrator, through
Flask without a socket. A page counts as its median of five after a first look.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any, Final

from tests.benchmarks import crowd
from tests.benchmarks.crowd import Crowd
from tests.benchmarks.figures import Figure
from tests.console.site import Browser, Site
from tests.console.trouble import Trouble

looks = 5
milliseconds_max = 1000.0
queries_max = 12
LOGIN: Final = {"console.entry.login"}
# Downloads: as long as what they hold, and asked for now and then; told without a goal.
FILES: Final = ("export", "export_inbox", "bundled", "give")
# Who adds companies is an administrator.
NOT_FOR: Final = {"support": {"console.wizard.start"}, "admin": set[str]()}


def measure() -> list[Figure]:
    """One figure per page, with both persons' times and queries."""
    made = crowd.crowd()
    site = made.site
    browsers = {name: site.browser(name) for name in NOT_FOR}
    figures = [Figure("what the pages are made from, in SQLite", made.size)]
    for endpoint, path, name in _pages(made):
        words, good = [], True
        for who, browser in browsers.items():
            if endpoint in NOT_FOR[who]:
                continue
            milliseconds, queries = _look(site, browser, path)
            words.append(f"{who} {milliseconds:.0f} ms, {queries} queries")
            good = good and milliseconds < milliseconds_max and queries <= queries_max
        if endpoint.rpartition(".")[2] in FILES:
            figures.append(Figure(f"download {name}", "; ".join(words)))
        else:
            goal = f"under 1 s, at most {queries_max} queries"
            figures.append(Figure(f"page {name}", "; ".join(words), goal, good))
    site.store.close()
    return figures


def _look(site: Site, browser: Browser, path: str) -> tuple[float, int]:
    """Median milliseconds, and the most queries of a look."""
    taken, asked = [], 0
    for _ in range(looks + 1):
        with site.counted() as seen:
            began = time.perf_counter()
            answer = browser.get(path)
            taken.append(time.perf_counter() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered {answer.status_code}")
        asked = max(asked, len(seen))
    return median(taken[1:]) * 1000, asked


def _pages(made: Crowd) -> Iterator[tuple[str, str, str]]:
    """Endpoint, path and a name for people: every route, and lists as they are asked for."""
    site = made.site
    for rule in sorted(site.rules("GET"), key=lambda rule: str(rule.endpoint)):
        if rule.endpoint not in LOGIN:
            values = {name: made.vendor.values[name] for name in rule.arguments}
            yield _page(site, rule.endpoint, values)
    yield _page(site, "console.records.show", _of(made.bill, "resource", "record_id"), "bill")
    yield _page(site, "console.records.show", _of(made.synced, "resource", "record_id"), "synced")
    yield _page(site, "console.problems.show", _of(made.bill, "number"), "duplicate bill")
    load = {"company_id": site.acme, "session_id": made.first_load}
    yield _page(site, "console.sessions.show", load, "first load")
    mine = {"company_id": site.acme}
    yield _page(site, "console.matching.show", mine | {"type": "bills"}, "bills")
    yield _page(site, "console.records.listed", mine | {"resource": "bills"}, "bills")
    yield _page(site, "console.trail.show", mine | {"who": "person3", "page": 50}, "filtered")
    yield _page(site, "console.overview.start", {"find": "Harbor", "page": 2}, "found by name")
    yield _page(site, "console.overview.start", {"page": 150}, "last pages")
    yield _page(site, "console.problems.inbox", {"page": 100}, "page 100")
    yield _page(site, "console.problems.inbox", {"standing": "resolved"}, "resolved")
    asked = {
        "name": "Summit Telecom",
        "number": "4711",
        "amount": "125.00",
        "QuickBooks' id": "80-1",
        "record id": made.bill.record_id,
        "session id": made.first_load,
        "message set": f"{site.acme[-8:]}-{crowd.exchanges + 1}",
    }
    for kind, text in asked.items():
        yield _page(site, "console.search.find", {"q": text}, kind)
        yield _page(site, "console.search.find", {"q": text, "in": "a"}, f"{kind}, some companies")


def _of(found: Trouble, *names: str) -> dict[str, Any]:
    return {name: found.values[name] for name in ("company_id", *names)}


def _page(
    site: Site, endpoint: str, values: Mapping[str, Any], more: str = ""
) -> tuple[str, str, str]:
    name = endpoint.removeprefix("console.") + (f" ({more})" if more else "")
    return endpoint, site.address(endpoint, **values), name
