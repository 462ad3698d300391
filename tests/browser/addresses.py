"""Where each page of the console has something to show: one address per route, none left out.

A new page whose address holds more than the company's id needs a line in `WHERE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import select

from store.engine import Connection
from store.ledger import bill, vendor
from store.syncing import exchange, problem

# Parts of pages and downloads, which are no pages of their own.
NO_PAGE = {
    "console.companies.now",
    "console.conflicts.export",
    "console.diagnostics.give",
    "console.overview.rows",
    "console.problems.export",
    "console.problems.export_inbox",
    "console.records.export",
    "console.sessions.bundled",
    "console.sessions.export",
    "console.sessions.now",
    "console.trail.export",
    "console.wizard.check",
    "console.wizard.now",
}
PUBLIC = {
    "login": "/console/login",
    "support": "/support",
    "qbwc": "/qbwc",
    "error": "/nothing",
    "api-reference": "/api/v1/docs",
}


def _record(conn: Connection, company_id: str) -> str:
    """A vendor that has something to tell: it was changed on both sides."""
    named = select(vendor.c.id).where(vendor.c.company_id == company_id)
    found = conn.execute(named.where(vendor.c.name == "Blue Ridge Paper Co.")).scalar()
    return str(found or conn.execute(named.limit(1)).scalar_one())


def _problem(conn: Connection, company_id: str) -> int:
    """The first duplicate, which has something to compare with; else the first problem."""
    query = select(problem.c.number).where(problem.c.company_id == company_id)
    first = query.order_by(problem.c.kind != "duplicate", problem.c.number).limit(1)
    return int(conn.execute(first).scalar_one())


def _written(conn: Connection, company_id: str) -> Any:
    """The last exchange that wrote something, with its session."""
    return conn.execute(
        select(exchange.c.session_id, exchange.c.number)
        .where(exchange.c.company_id == company_id, exchange.c.kind == "write")
        .order_by(exchange.c.number.desc())
        .limit(1)
    ).one()


# Argument of a route -> a value for it in this company; where one name means several things, the
# route's endpoint stands before it.
WHERE: dict[str, Callable[[Connection, str], Any]] = {
    "company_id": lambda _conn, company_id: company_id,
    "resource": lambda _conn, _company: "vendors",
    "record_id": _record,
    "console.problems.show number": _problem,
    "console.sessions.raw number": lambda conn, one: _written(conn, one).number,
    "session_id": lambda conn, one: _written(conn, one).session_id,
}


def _where(endpoint: str, name: str) -> Callable[[Connection, str], Any]:
    return WHERE.get(f"{endpoint} {name}") or WHERE[name]


def _bill(conn: Connection, company_id: str) -> str:
    """The bill that waits for its vendor, whose name is taken."""
    query = select(bill.c.id).where(bill.c.company_id == company_id, bill.c.number == "4711")
    return str(conn.execute(query).scalar_one())


def _taken(conn: Connection, company_id: str) -> int:
    """The problem of the taken name."""
    query = select(problem.c.number).where(problem.c.company_id == company_id)
    return int(conn.execute(query.where(problem.c.kind == "link")).scalar_one())


def _states(conn: Connection, company_id: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Pages as they look with something else on them: a name, the endpoint and its values."""
    mine = {"company_id": company_id}
    return {
        "overview-start-nothing-fits": ("overview.start", {"find": "Nobody"}),
        "problems-show-taken": ("problems.show", mine | {"number": _taken(conn, company_id)}),
        "records-listed-bills": ("records.listed", mine | {"resource": "bills"}),
        "records-show-waiting": (
            "records.show",
            mine | {"resource": "bills", "record_id": _bill(conn, company_id)},
        ),
        "search-find-found": ("search.find", {"q": "Summit"}),
        "search-find-nothing": ("search.find", {"q": "no such name"}),
        "trail-show-nothing": ("trail.show", mine | {"who": "nobody"}),
    }


def pages(app: Flask, conn: Connection, company_id: str) -> dict[str, str]:
    """Every page: a name for files and its path. KeyError for an argument nobody knows."""
    found = dict(PUBLIC)
    with app.test_request_context():
        for name, (endpoint, values) in _states(conn, company_id).items():
            found[name] = app.url_for(f"console.{endpoint}", **values)
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint in NO_PAGE or rule.endpoint == "console.entry.login":
            continue
        given: dict[str, Any] = {
            name: _where(rule.endpoint, name)(conn, company_id) for name in sorted(rule.arguments)
        }
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **given)
        found[rule.endpoint.removeprefix("console.").replace(".", "-")] = path
    return found
