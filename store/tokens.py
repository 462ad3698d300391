"""Tokens in memos: how a transfer is found again after its answer was lost.

Owns their form. QuickBooks can keep no id of ours for a transfer (qbxml.md 6.3), so its memo does.
"""

from __future__ import annotations

import re

_REVERSAL = "R"
_TOKEN = re.compile(r"\s*\[KCF ([0-9a-f-]{36})(R?)\]")


def put(memo: str | None, record_id: str, *, reversal: bool = False) -> str:
    """The memo with the token behind it."""
    token = f"[KCF {record_id}{_REVERSAL if reversal else ''}]"
    return f"{memo} {token}" if memo else token


def take_out(memo: str | None) -> str | None:
    """The memo as the App knows it."""
    return (_TOKEN.sub("", memo) or None) if memo else memo


def found(memo: str | None, record_id: str, *, reversal: bool = False) -> bool:
    """Whether the memo carries this record's token."""
    match = _TOKEN.search(memo or "")
    return match is not None and (match[1], bool(match[2])) == (record_id, reversal)
