"""Where each page of the console has something to show: one address per route, none left out.

A new page whose address holds more than the company's id needs a line in `WHERE`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from store.engine import Connection

# Parts of pages and downloads, which are no pages of their own.
NO_PAGE = {
    "console.companies.bundle",
    "console.companies.now",
    "console.conflicts.export",
    "console.matching.export",
    "console.overview.rows",
    "console.problems.export",
    "console.problems.export_inbox",
    "console.records.export",
    "console.sessions.export",
    "console.sessions.export_list",
    "console.sessions.now",
    "console.trail.export",
    "console.wizard.check",
    "console.wizard.now",
}
PUBLIC = {"login": "/console/login", "support": "/support", "qbwc": "/qbwc", "error": "/nothing"}

# Argument of a route -> a value for it in this company.
WHERE: dict[str, Callable[[Connection, str], str]] = {
    "company_id": lambda _conn, company_id: company_id,
    "number": lambda conn, company_id: _first(conn, problem.c.number, problem.c.company_id == company_id, problem.c.kind == "duplicate"),
    "record_id": lambda conn, company_id: _first(conn, problem.c.record_id, problem.c.company_id == company_id, problem.c.resource == "bills"),
    "resource": lambda _conn, _company_id: "bills",
    "session_id": lambda conn, company_id: _first(conn, session.c.id, session.c.company_id == company_id, session.c.calls > 0),
}


def pages(app: Flask, conn: Connection, company_id: str) -> dict[str, str]:
    """Every page: a name for files and its path. KeyError for an argument nobody knows."""
    found = dict(PUBLIC)
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or "GET" not in (rule.methods or ()):
            continue
        if rule.endpoint in NO_PAGE or rule.endpoint == "console.entry.login":
            continue
        values: dict[str, Any] = {
            name: WHERE[name](conn, company_id) for name in sorted(rule.arguments)
        }
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **values)
        found[rule.endpoint.removeprefix("console.").replace(".", "-")] = path
    return found
