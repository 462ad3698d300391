"""What gunicorn loads: `webconnector.wsgi:app`, built from the environment.

Importing this module has no effect: the application is made when `app` is first asked for, so a
wrong environment stops the worker when it starts, not at the first request.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from webconnector.settings import load

if TYPE_CHECKING:
    from flask import Flask


@cache
def application() -> Flask:
    """The application of this process. Raises SettingsError when the environment is wrong."""
    # Late, because metrics.py has to be imported after `serve` has said where workers count.
    from webconnector.app import create_app  # noqa: PLC0415

    return create_app(load())


def __getattr__(name: str) -> Flask:
    if name == "app":
        return application()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
