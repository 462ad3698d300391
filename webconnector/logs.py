"""The log: events with fields, as text or JSON, one line each, on stderr.

Owns how events look, which fields never appear, and how loud other people's libraries may be.
Must not know what is logged. Records' contents are logged nowhere above debug; passwords, tickets
and keys not at all.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from webconnector import spyne_compat

HIDDEN: Final = "[hidden]"

# Field names whose values must never be read by whoever reads logs.
SECRET_FIELDS: Final = frozenset(
    {
        "authorization",
        "cookie",
        "database",
        "database_url",
        "hcp_response",
        "key",
        "password",
        "password_hash",
        "request",
        "response",
        "secret",
        "secret_key",
        "set_cookie",
        "strpassword",
        "ticket",
        "ticket_hash",
        "token",
        "wcticket",
    }
)

# Libraries and the least that they may say, whatever our own level: below it they write
# statements with their parameters, bodies, or one line for each request.
LIBRARY_LEVELS: Final = {
    "alembic": logging.WARNING,
    "gunicorn.access": logging.WARNING,
    "gunicorn.error": logging.INFO,
    "sqlalchemy": logging.WARNING,
    "werkzeug": logging.WARNING,
}


def configure(style: str = "text", level: str = "info") -> None:
    """Send every event of this process to stderr, in `style` text or json, from `level` up."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_contents,
        hide_secrets,
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "events": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": before,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        _renderer(style),
                    ],
                }
            },
            "handlers": {
                "stderr": {
                    "class": "logging.StreamHandler",
                    "formatter": "events",
                    "stream": sys.stderr,
                }
            },
            "root": {"handlers": ["stderr"], "level": level.upper()},
            "loggers": {
                name: {"level": least, "handlers": [], "propagate": True}
                for name, least in LIBRARY_LEVELS.items()
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    logging.captureWarnings(capture=True)
    spyne_compat.silence()


def _renderer(style: str) -> Processor:
    if style == "json":
        return structlog.processors.JSONRenderer(default=str)
    return structlog.processors.LogfmtRenderer(
        key_order=["timestamp", "level", "event"], drop_missing=True
    )


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace the values of secret fields, at any depth."""
    return _hidden(event)


def _hidden(fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in fields.items():
        if str(name).lower().replace("-", "_") in SECRET_FIELDS:
            fields[name] = HIDDEN
        elif isinstance(value, dict):
            fields[name] = _hidden(dict(value))
    return fields


def without_contents(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and place: its message may hold a record's contents."""
    raised = event.pop("exc_info", None)
    if raised is True:
        raised = sys.exc_info()
    if isinstance(raised, tuple):
        raised = raised[1]
    if isinstance(raised, BaseException):
        event.update(what_failed(raised))
    return event


def what_failed(error: BaseException) -> dict[str, str]:
    """Type, place and way of an exception, as fields of an event."""
    frames = traceback.extract_tb(error.__traceback__)
    way = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames]
    return {
        "error": type(error).__qualname__,
        "where": way[-1] if way else "unknown",
        "way": " ".join(way),
    }
