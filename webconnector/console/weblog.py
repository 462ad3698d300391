"""Paste QWCLog.txt: the Web Connector's own log is read, matched with our sessions, explained."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, request

from store import console_inbox
from store.engine import Connection
from webconnector import qwc_log
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("weblog", __name__, url_prefix="/companies/<company_id>/web-connector-log")

UPDATES_SHOWN: Final = 50
BODY_BYTES_MAX: Final = 8 * 1024 * 1024
# How far the clocks of the PC and of the server may be apart.
CLOCKS_APART: Final = timedelta(minutes=2)


@pages.get("/")
def show(company_id: str) -> Response:
    """The form."""
    return _page(company_id, None)


@pages.post("/")
def read(company_id: str) -> Response:
    """What the pasted or uploaded log says; it is not kept."""
    request.max_content_length = request.max_form_memory_size = BODY_BYTES_MAX
    text = request.form.get("log", "")
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        text = upload.stream.read(qwc_log.log_characters_max).decode("utf-8", "replace")
    return _page(company_id, qwc_log.read(text))


def _page(company_id: str, updates: list[qwc_log.Update] | None) -> Response:
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        shown = list(reversed(updates or ()))[:UPDATES_SHOWN]
        matched = _matched(conn, row.id, shown)
    return showing.page(
        "weblog.html",
        section="sessions",
        company=row,
        updates=None if updates is None else list(zip(shown, matched, strict=True)),
        first=qwc_log.first_error(updates) if updates else None,
    )


def _matched(conn: Connection, company_id: str, updates: list[qwc_log.Update]) -> list[Any]:
    """Our session of each update, by their times."""
    if not updates:
        return []
    started = min(update.started_at for update in updates) - CLOCKS_APART
    ended = max(update.ended_at for update in updates) + CLOCKS_APART
    ours = console_inbox.sessions_between(conn, company_id, started, ended)
    return [
        next(
            (
                row
                for row in ours
                if update.started_at - CLOCKS_APART <= row.started_at
                and row.started_at <= update.ended_at + CLOCKS_APART
            ),
            None,
        )
        for update in updates
    ]
