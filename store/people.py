"""Who did what to a company: the audit trail.

Owns its rows, written in the transaction of the act. It must not decide who may do what.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from store.syncing import audit
from store.types import new_key

who_characters_max = 200


def audit_row(
    conn: Connection,
    company_id: str,
    who: str,
    act: str,
    detail: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Note one act, such as `company.pause`; `detail` is JSON and never holds a secret."""
    conn.execute(
        insert(audit).values(
            company_id=company_id,
            id=new_key(),
            at=now,
            who=who[:who_characters_max],
            act=act,
            detail=detail,
        )
    )
