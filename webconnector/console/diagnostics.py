"""The diagnostics bundle of a company: everything support asks for first, in one redacted file."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response

from store import console_inbox, overview, session_log, tenants
from store.console_inbox import Wanted
from store.engine import Connection, Row
from store.people import audit_row
from store.persons import Right
from webconnector import company_bundle
from webconnector.console import files
from webconnector.console.visit import here

pages = Blueprint("diagnostics", __name__, url_prefix="/companies/<company_id>")

SESSIONS: Final = 50


@pages.get("/diagnostics.zip")
def give(company_id: str) -> Response:
    """The bundle; taking it is in the audit trail."""
    one = here()

    def noted(conn: Connection, row: Row[Any]) -> Row[Any]:
        audit_row(conn, row.id, one.who, "company.bundle", None, one.now)
        return row

    row = one.run(company_id, Right.RAW, noted)
    with one.store.read() as conn:
        parts = {
            "company": overview.show(conn, row.id)
            | {"quickbooks": tenants.load_connector(conn, row.id).quickbooks},
            "sessions": session_log.list_sessions(conn, row.id, limit=SESSIONS),
            "problems": console_inbox.all_problems(conn, one.person, Wanted(company_id=row.id)),
        }
    content = company_bundle.company_bundle(parts, one.settings, one.now)
    return files.attached(content, "application/zip", f"diagnostics-{row.id[:8]}.zip")
