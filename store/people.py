"""Who did what to a company: the audit trail.

Owns its rows, written in the transaction of the act. It must not decide who may do what.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    """Note one act, such as `company.pause`; `detail` is JSON and never holds a secret.

    A record's story shows the acts whose detail names its id as `record`.
    """
    audit_rows(conn, company_id, who, act, [detail], now)


def audit_rows(
    conn: Connection,
    company_id: str,
    who: str,
    act: str,
    details: Sequence[dict[str, Any] | None],
    now: datetime,
) -> None:
    """Note the same act for each of the details, in one statement."""
    if not details:
        return
    conn.execute(
        insert(audit),
        [
            {
                "company_id": company_id,
                "id": new_key(),
                "at": now,
                "who": who[:who_characters_max],
                "act": act,
                "detail": detail,
                "record_id": (detail or {}).get("record"),
            }
            for detail in details
        ],
    )
