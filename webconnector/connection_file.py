"""The .qwc file of one company: what it says, where it lies.

Owns our words in the file and its default place. The rules of the format are `qwc`'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from qwc.document import QwcDocument, public_urls, render
from webconnector.settings import Settings

PRODUCT: Final = "Key CashFlow"
DESCRIPTION: Final = "Keeps payables and receivables in step with QuickBooks."


def connection_file(facts: Mapping[str, Any], public_url: str) -> bytes:
    """The file for a company's `companies.qwc_facts`; the same each time.

    Raises qwc.document.InvalidQwc when the Web Connector would refuse it.
    """
    app_url, app_support = public_urls(public_url)
    return render(
        QwcDocument(
            # One Windows computer may serve several companies: each name must be its own.
            app_name=f"{PRODUCT}: {facts['name']}",
            # With it, adding the file again replaces the old entry without a question.
            app_unique_name=f"{PRODUCT} {facts['file_id'].strip('{}')[:8]}",
            app_url=app_url,
            app_description=DESCRIPTION,
            app_support=app_support,
            user_name=facts["username"],
            owner_id=facts["owner_id"],
            file_id=facts["file_id"],
            run_every_minutes=facts["every_minutes"],
            # Tax ids are synced where the QuickBooks user allows it, and left out elsewhere.
            personal_data_pref="pdpOptional",
        )
    )


def default_place(settings: Settings, facts: Mapping[str, Any]) -> Path:
    """Where a company's file is written when nobody says where."""
    words = re.sub(r"[^a-z0-9]+", "-", str(facts["name"]).lower()).strip("-")[:40]
    return settings.data_dir / "qwc" / f"{words or 'company'}-{facts['username']}.qwc"


def write(path: Path, content: bytes) -> Path:
    """Write the file, its folder too; gives the absolute path. Raises OSError."""
    path = path.expanduser().absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
