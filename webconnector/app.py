"""The web application: the SOAP endpoint, the pages, error pages, and what every answer carries.

Owns how the parts are put together. `create_app` builds everything; importing has no effect.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

import structlog
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import Conflict, HTTPException, InternalServerError
from werkzeug.exceptions import Forbidden as HttpForbidden
from werkzeug.exceptions import NotFound as HttpNotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from store.engine import open_store
from store.errors import Forbidden, Invalid, NotFound, Refused
from webconnector import logs, metrics
from webconnector.api import blueprint
from webconnector.calls import WebConnectorCalls
from webconnector.console import console
from webconnector.exchange import Exchange
from webconnector.pages import pages
from webconnector.proxies import ForwardedAddress, networks
from webconnector.settings import Settings
from webconnector.soap import PATH, soap_application

BODY_BYTES_MAX: Final = 1024 * 1024
_log = structlog.get_logger("webconnector.app")

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def create_app(settings: Settings, calls: WebConnectorCalls | None = None) -> Flask:
    """The whole server as a WSGI application.

    `calls` answers the Web Connector; default: the exchange over the settings' database.
    """
    logs.configure(settings.log_format, settings.log_level)
    store = open_store(settings.database)
    app = Flask(__name__)
    # Flask's own limit; the SOAP endpoint has its own, per operation.
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAX
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["settings"] = settings
    app.extensions["store"] = store
    app.register_blueprint(pages(settings, store))
    app.register_blueprint(blueprint.api(settings, store))
    app.register_blueprint(console)
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Exception, _error_page)
    soap = soap_application(
        metrics.Measured(calls or Exchange(store, settings)), public_url=settings.public_url
    )
    app.wsgi_app = ForwardedAddress(  # type: ignore[method-assign]
        DispatcherMiddleware(app.wsgi_app, {PATH: soap}), networks(settings.trusted_proxies)
    )
    return app


def _begin() -> None:
    g.started = time.perf_counter()
    g.correlation_id = secrets.token_hex(4)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=g.correlation_id)


def _finish(response: Response) -> Response:
    page = request.endpoint or "unknown"
    seconds = time.perf_counter() - g.started
    metrics.PAGES.labels(page, response.status_code).inc()
    metrics.PAGE_SECONDS.labels(page).observe(seconds)
    _log.debug("page", page=page, status=response.status_code, milliseconds=round(seconds * 1000))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Correlation-ID"] = g.correlation_id
    return response


def _error_page(error: Exception) -> tuple[Any, int] | Response:
    """A page, or JSON for who asks for it, with the id under which the log tells more."""
    if request.path.startswith(f"{blueprint.PATH}/"):
        return blueprint.failed(error)
    error = _as_http(error)
    if not isinstance(error, HTTPException):
        _log.error("page_failed", page=request.endpoint, **logs.what_failed(error))
        error = InternalServerError()
    status = error.code or 500
    title, text = _WORDS.get(status, (error.name, ""))
    text = text or error.description or ""
    if request.accept_mimetypes.best == "application/json":
        return {"error": title, "correlation_id": g.correlation_id}, status
    return (
        render_template(
            "error.html", status=status, title=title, text=text, correlation_id=g.correlation_id
        ),
        status,
    )


def _as_http(error: Exception) -> Exception:
    """The store's refusals as answers of the web; anything else as it is."""
    if isinstance(error, NotFound):
        return HttpNotFound()
    if isinstance(error, Forbidden):
        return HttpForbidden(error.text)
    if isinstance(error, Refused | Invalid):
        return Conflict(error.text)
    return error


_WORDS: Final[dict[int, tuple[str, str]]] = {
    400: ("That did not work", ""),
    403: ("That is not yours to do", ""),
    404: ("Nothing is here", "The address may be misspelt, or the page has moved."),
    405: ("That cannot be done here", "This address only shows something."),
    409: ("That cannot be done now", ""),
    413: (
        "That is too much",
        "What was sent is larger than this page takes. Of a log, the last 5 megabytes are enough.",
    ),
    500: ("Something went wrong", "It is our fault, not yours. Trying again may help."),
}
