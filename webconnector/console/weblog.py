"""Paste QWCLog.txt: the Web Connector's own log is read, matched with our sessions, explained."""

from __future__ import annotations

import codecs
from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, request

from store import console_inbox
from store.engine import Connection
from webconnector import qwc_log
from webconnector.console import showing
from webconnector.console.visit import here

pages = Blueprint("weblog", __name__, url_prefix="/companies/<company_id>/web-connector-log")

SESSIONS_SHOWN: Final = 50
# How far the clocks of the PC and of the server may be apart.
CLOCKS_APART: Final = timedelta(minutes=2)


@pages.get("/")
def show(company_id: str) -> Response:
    """The form."""
    return _page(company_id, None)


@pages.post("/")
def read(company_id: str) -> Response:
    """What the pasted or uploaded log says; it is not kept."""
    text = request.form.get("log", "")
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        text = _decoded(upload.stream.read())
    return _page(company_id, qwc_log.read(text))


def _page(company_id: str, logged: list[qwc_log.LoggedSession] | None) -> Response:
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        shown = list(reversed(logged or ()))[:SESSIONS_SHOWN]
        matched = _matched(conn, row.id, shown)
    return showing.page(
        "weblog.html",
        section="sessions",
        company=row,
        read=None if logged is None else list(zip(shown, matched, strict=True)),
        first=qwc_log.first_error(logged) if logged else None,
    )


def _decoded(content: bytes) -> str:
    """The text of the file; Windows editors save it as UTF-16 too."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", "replace")


def _matched(conn: Connection, company_id: str, logged: list[qwc_log.LoggedSession]) -> list[Any]:
    """Our session of each logged one: the nearest in time, none twice."""
    if not logged:
        return []
    started = min(one.started_at for one in logged) - CLOCKS_APART
    ended = max(one.ended_at for one in logged) + CLOCKS_APART
    left = console_inbox.sessions_between(conn, company_id, started, ended)
    found = []
    for one in logged:
        fits = [
            row
            for row in left
            if one.started_at - CLOCKS_APART <= row.started_at <= one.ended_at + CLOCKS_APART
        ]
        apart = [abs(row.started_at - one.started_at) for row in fits]
        nearest = fits[apart.index(min(apart))] if fits else None
        if nearest is not None:
            left.remove(nearest)
        found.append(nearest)
    return found
