"""The diagnostics bundle of one company: a zip file to attach to a ticket.

Owns what is in it. Neither passwords nor the server's secrets nor raw requests are.
"""

from __future__ import annotations

import io
import json
import platform
import zipfile
from collections.abc import Mapping
from datetime import datetime
from importlib import metadata
from typing import Any, Final

from webconnector.redaction import redacted
from webconnector.settings import SECRETS, Settings

README: Final = """How one company's sync with QuickBooks Desktop stands, for support.

company.json   its preferences, its connection, QuickBooks' own settings, counts, backlog
sessions.json  the latest sessions: how each ended and what it moved
problems.json  what is open now, in the words the console shows
server.json    versions and settings of the server, without secrets

Names and numbers of records are in it: share it with support only.
No password, ticket, tax id or bank number is.
"""
_PACKAGES: Final = ("key-cashflow-webconnector", "spyne", "lxml", "flask", "sqlalchemy", "gunicorn")


def company_bundle(parts: Mapping[str, Any], settings: Settings, made_at: datetime) -> bytes:
    """A zip with each of `parts` as a JSON file, and the server's versions and settings."""
    server = {
        "made_at": made_at.isoformat(),
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "settings": settings.model_dump(mode="json", exclude={*SECRETS, "data_dir"}),
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README)
        for name, part in {**parts, "server": server}.items():
            text = json.dumps(_clean(part), indent=2, ensure_ascii=False, default=str)
            archive.writestr(f"{name}.json", text)
    return written.getvalue()


def _clean(part: Any) -> Any:
    """The same without secrets: texts of QuickBooks can hold a piece of a reply."""
    if isinstance(part, Mapping):
        return {name: _clean(value) for name, value in part.items()}
    if isinstance(part, list | tuple):
        return [_clean(value) for value in part]
    return redacted(part) if isinstance(part, str) else part
