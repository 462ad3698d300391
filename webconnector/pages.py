"""The public pages and the addresses for machines: support, console, health, metrics.

Owns what anybody may see without a login: nothing of any company. Must not know the Web
Connector's calls.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from store.engine import Store, require_migrated
from store.errors import NotMigrated
from webconnector import metrics
from webconnector.logs import what_failed
from webconnector.settings import Settings

_log = structlog.get_logger("webconnector.pages")


def pages(settings: Settings, store: Store) -> Blueprint:
    """The blueprint of all public pages."""
    found = Blueprint("pages", __name__)

    @found.get("/")
    def start() -> BaseResponse:
        return redirect(url_for("console.overview.start"))

    @found.get("/support")
    def support() -> str:
        return render_template(
            "support.html", email=settings.support_email, phone=settings.support_phone
        )

    @found.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="alive")

    @found.get("/readyz")
    def readyz() -> tuple[Response, int]:
        reason = _not_ready(lambda: require_migrated(store))
        if reason:
            return jsonify(status="not ready", reason=reason), 503
        return jsonify(status="ready"), 200

    @found.get("/metrics")
    def numbers() -> Response:
        return Response(metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    return found


def _not_ready(attempt: Callable[[], None]) -> str:
    """Why the database cannot be used, in words that tell outsiders nothing; empty: it can."""
    try:
        attempt()
    except NotMigrated as error:
        _log.warning("not_ready", reason=error.text)
        return "The database's tables are not at this program's version."
    except Exception as error:  # noqa: BLE001 - whatever the driver raises, the answer is the same
        _log.warning("not_ready", **what_failed(error))
        return "The database cannot be reached."
    return ""
