"""The diagnostics bundle of one session: a zip file to attach to a ticket.

Owns what is in it. Raw texts go in redacted, and only so.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from webconnector.redaction import SECRET_ELEMENTS, redacted

README = """This bundle tells one session of the QuickBooks Web Connector for support.

session.json   what was called, answered and moved, with durations
exchanges/     the requests to QuickBooks and its replies, as qbXML

Removed: the contents of {elements}. Passwords and tickets are never kept.
Names, amounts and addresses of records are still in it: share it with support only.
"""


def bundle(session: Mapping[str, Any], made_at: datetime) -> bytes:
    """A zip of a session as `session_log.read_raw` gives it; the session is left as it is."""
    exchanges = []
    texts: dict[str, str] = {}
    for exchange in session["exchanges"]:
        facts = {
            key: value for key, value in exchange.items() if key not in {"request", "response"}
        }
        for kind in ("request", "response"):
            text = redacted(exchange[kind])
            if text is not None:
                facts[kind] = f"exchanges/{exchange['number']:05d}-{kind}.xml"
                texts[facts[kind]] = text
        exchanges.append(facts)
    whole = {**session, "exchanges": exchanges, "made_at": made_at.isoformat(), "redacted": True}
    texts["session.json"] = json.dumps(whole, indent=2, ensure_ascii=False, default=str)
    texts["README.txt"] = README.format(elements=", ".join(SECRET_ELEMENTS))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(texts.items()):
            archive.writestr(name, text)
    return written.getvalue()
