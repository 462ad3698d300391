"""Webhooks: addresses that are told what stands in the change feed, in its order.

Owns their rows: how far each has been told, when it is tried again, and replaying. The secret of
one follows from the installation's key, so that none is stored. It must not know HTTP.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from store import feed
from store.access import webhook
from store.errors import Gone, NotFound, Refused
from store.people import audit_row
from store.syncing import company
from store.syncing import feed as counter
from store.tenants import load
from store.types import is_key, new_key

webhooks_max = 10
"""Most webhooks of a company."""
events_max = 100
"""Most events of one delivery."""
pause_seconds_min, pause_seconds_max = 30, 6 * 60 * 60
"""Pauses after failures double between these."""
claim_seconds = 120
"""A delivery under way keeps others off this long."""
error_characters_max = 200


def secret_of(company_id: str, webhook_id: str, secret_key: bytes) -> str:
    """What its deliveries are signed with; the receiver keeps the same."""
    text = f"webhook\n{company_id}\n{webhook_id}".encode()
    digest = hmac.new(secret_key, text, hashlib.sha256).digest()
    return "whsec_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def add(
    conn: Connection, company_id: str, url: str, kinds: Sequence[str], now: datetime, who: str
) -> str:
    """Tell this address from now on; gives its id. The caller has checked the address."""
    load(conn, company_id, to_change=True)
    count = conn.execute(
        select(func.count()).select_from(webhook).where(webhook.c.company_id == company_id)
    ).scalar_one()
    if count >= webhooks_max:
        raise Refused(f"A company has at most {webhooks_max} webhooks. Delete one first.")
    made = new_key()
    conn.execute(
        insert(webhook).values(
            company_id=company_id,
            id=made,
            url=url,
            kinds=list(kinds),
            created_at=now,
            told_to=feed.last_number(conn, company_id),
            attempts=0,
        )
    )
    audit_row(conn, company_id, who, "webhook.add", {"webhook": made}, now)
    return made


def list_all(conn: Connection, company_id: str) -> list[dict[str, Any]]:
    """The company's webhooks, the oldest first."""
    rows = conn.execute(
        select(webhook).where(webhook.c.company_id == company_id).order_by(webhook.c.id)
    )
    return [_shown(row) for row in rows]


def read(conn: Connection, company_id: str, webhook_id: str) -> dict[str, Any]:
    """One of them; NotFound when the company has none of that id."""
    return _shown(_find(conn, company_id, webhook_id))


def remove(
    conn: Connection, company_id: str, webhook_id: str, now: datetime, who: str
) -> dict[str, Any]:
    """Tell it nothing any more; what it was."""
    found = read(conn, company_id, webhook_id)
    conn.execute(
        delete(webhook).where(webhook.c.company_id == company_id, webhook.c.id == found["id"])
    )
    audit_row(conn, company_id, who, "webhook.remove", {"webhook": found["id"]}, now)
    return found


def replay(
    conn: Connection, company_id: str, webhook_id: str, after: int, now: datetime, who: str
) -> dict[str, Any]:
    """Tell it again what came after that number, at once."""
    found = _find(conn, company_id, webhook_id)
    feed.read(conn, company_id, after=after, limit=1)  # Gone when it is no longer kept
    told_to = min(after, feed.last_number(conn, company_id))
    _set(conn, found, told_to=told_to, attempts=0, try_after=None)
    detail = {"webhook": found.id, "after": after}
    audit_row(conn, company_id, who, "webhook.replay", detail, now)
    return read(conn, company_id, found.id)


# --- delivering


def due(conn: Connection, now: datetime) -> list[Row[Any]]:
    """Those that may have something to be told now, of all companies."""
    return list(
        conn.execute(
            select(webhook)
            .join(company, company.c.id == webhook.c.company_id)
            .join(counter, counter.c.company_id == webhook.c.company_id)
            .where(
                company.c.state != "removed",
                webhook.c.told_to < counter.c.last_number,
                webhook.c.try_after.is_(None) | (webhook.c.try_after <= now),
            )
            .order_by(webhook.c.company_id, webhook.c.id)
        )
    )


def claim(conn: Connection, row: Row[Any], now: datetime) -> list[dict[str, Any]] | None:
    """The next events for it, which nobody else delivers meanwhile; None: another one does."""
    mine = update(webhook).where(
        webhook.c.company_id == row.company_id,
        webhook.c.id == row.id,
        webhook.c.told_to == row.told_to,
        webhook.c.try_after.is_(None) | (webhook.c.try_after <= now),
    )
    taken = conn.execute(mine.values(try_after=now + timedelta(seconds=claim_seconds)))
    if not taken.rowcount:
        return None
    try:
        return feed.read(conn, row.company_id, after=row.told_to, limit=events_max)
    except Gone:
        return feed.read(
            conn, row.company_id, after=feed.oldest(conn, row.company_id) - 1, limit=events_max
        )


def told(conn: Connection, row: Row[Any], number: int, now: datetime) -> None:
    """It has everything up to that number, unless it was set back meanwhile."""
    _set(
        conn,
        row,
        webhook.c.told_to == row.told_to,
        told_to=number,
        attempts=0,
        try_after=None,
        last_told_at=now,
        last_error=None,
    )


def failed(conn: Connection, row: Row[Any], why: str, now: datetime) -> None:
    """It did not take the delivery: the pause before the next try doubles."""
    pause = min(pause_seconds_max, pause_seconds_min * 2 ** min(row.attempts, 20))
    _set(
        conn,
        row,
        webhook.c.told_to == row.told_to,
        attempts=row.attempts + 1,
        try_after=now + timedelta(seconds=pause),
        last_error=why[:error_characters_max],
    )


def _set(conn: Connection, row: Row[Any], *more: Any, **values: Any) -> None:
    conn.execute(
        update(webhook)
        .where(webhook.c.company_id == row.company_id, webhook.c.id == row.id, *more)
        .values(**values)
    )


def _find(conn: Connection, company_id: str, webhook_id: str) -> Row[Any]:
    key, found = webhook_id.lower(), None
    if is_key(key):
        found = conn.execute(
            select(webhook).where(webhook.c.company_id == company_id, webhook.c.id == key)
        ).one_or_none()
    if found is None:
        raise NotFound("There is no webhook with this id.")
    return found


def _shown(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": row.url,
        "kinds": row.kinds,
        "created_at": row.created_at.isoformat(),
        "told_to": row.told_to,
        "last_told_at": row.last_told_at.isoformat() if row.last_told_at else None,
        "failures": row.attempts,
        "try_after": row.try_after.isoformat() if row.try_after else None,
        "last_error": row.last_error,
    }
