"""Tokens of the JSON API: programs show one to reach the records of the one company it belongs to.

Owns making, finding, checking and revoking them. A token is `kcf_HANDLE_SECRET`; only a keyed hash
of the secret is kept. It must not know HTTP, nor what a scope allows where.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from store.access import api_token
from store.companies import password_hash
from store.errors import FieldError, Invalid, NotFound
from store.overview import instant
from store.people import audit_row
from store.syncing import company
from store.tenants import load
from store.types import new_key

SCOPES = ("read", "write")
name_characters_max = 100
secret_bytes = 32
last_use_seconds = 60
"""`last_used_at` is written at most this often: it is for people."""

_HANDLE_CHARACTERS = 12
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_FORM = re.compile(r"kcf_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = new_key()
"""Stands in for the company when an unknown token is checked."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: one company's token."""

    company_id: str
    token_id: str
    handle: str
    name: str
    scopes: tuple[str, ...]

    @property
    def who(self) -> str:
        """For the audit trail."""
        return f"token: {self.name} ({self.handle})"


def add(
    conn: Connection,
    company_id: str,
    name: str,
    scopes: Sequence[str],
    *,
    secret_key: bytes,
    now: datetime,
    who: str,
) -> dict[str, Any]:
    """Make a token; `token` in what comes back is shown here and never again."""
    load(conn, company_id)
    _check(name, scopes)
    handle = "".join(secrets.choice(_ALPHABET) for _ in range(_HANDLE_CHARACTERS))
    secret = secrets.token_urlsafe(secret_bytes)
    chosen = [scope for scope in SCOPES if scope in scopes]
    conn.execute(
        insert(api_token).values(
            company_id=company_id,
            id=new_key(),
            handle=handle,
            name=name.strip(),
            secret_hash=password_hash(company_id, secret, secret_key),
            scopes=chosen,
            created_at=now,
        )
    )
    detail = {"token": handle, "name": name.strip(), "scopes": chosen}
    audit_row(conn, company_id, who, "token.add", detail, now)
    return {
        "id": handle,
        "name": name.strip(),
        "scopes": chosen,
        "token": f"kcf_{handle}_{secret}",
    }


def _check(name: str, scopes: Sequence[str]) -> None:
    wrong = []
    if not 0 < len(name.strip()) <= name_characters_max or not name.isprintable():
        text = f"Give the token a name of at most {name_characters_max} characters."
        wrong.append(FieldError("/name", text))
    if not scopes or not set(scopes) <= set(SCOPES):
        wrong.append(FieldError("/scopes", f"Give one or more of {', '.join(SCOPES)}."))
    if wrong:
        raise Invalid(tuple(wrong))


def list_tokens(conn: Connection, company_id: str) -> list[dict[str, Any]]:
    """The company's tokens, the oldest first, revoked ones too; never their secrets."""
    load(conn, company_id)
    rows = conn.execute(
        select(api_token).where(api_token.c.company_id == company_id).order_by(api_token.c.id)
    )
    return [
        {
            "id": row.handle,
            "name": row.name,
            "scopes": row.scopes,
            "created_at": instant(row.created_at),
            "last_used_at": instant(row.last_used_at),
            "revoked_at": instant(row.revoked_at),
        }
        for row in rows
    ]


def revoke(conn: Connection, handle: str, now: datetime, who: str) -> dict[str, Any]:
    """Make a token useless at once; gives its id and name. NotFound when there is none."""
    row = _find(conn, handle.strip().lower())
    if row is None:
        raise NotFound("There is no token with this id. `webconnector token list ID` shows them.")
    if row.revoked_at is None:
        conn.execute(
            update(api_token)
            .where(api_token.c.company_id == row.company_id, api_token.c.id == row.id)
            .values(revoked_at=now)
        )
        detail = {"token": row.handle, "name": row.name}
        audit_row(conn, row.company_id, who, "token.revoke", detail, now)
    return {"id": row.handle, "name": row.name, "revoked_at": instant(row.revoked_at or now)}


def find(conn: Connection, given: str, secret_key: bytes) -> tuple[Caller, Row[Any]] | None:
    """Whose token it is; None when it is nobody's, revoked, or its company has left.

    Takes as long whether the handle, the secret or both are unknown.
    """
    match = _FORM.fullmatch(given)
    row = _find(conn, match[1]) if match else None
    company_id = row.company_id if row is not None else _NOBODY
    hashed = password_hash(company_id, match[2] if match else "", secret_key)
    kept = row.secret_hash if row is not None else "0" * len(hashed)
    if not hmac.compare_digest(hashed, kept) or row is None:
        return None
    if row.revoked_at is not None or row.company_state == "removed":
        return None
    return Caller(row.company_id, row.id, row.handle, row.name, tuple(row.scopes)), row


def used(conn: Connection, row: Row[Any], now: datetime) -> None:
    """Note the use of a token."""
    if row.last_used_at is None or now - row.last_used_at >= timedelta(seconds=last_use_seconds):
        conn.execute(
            update(api_token)
            .where(api_token.c.company_id == row.company_id, api_token.c.id == row.id)
            .values(last_used_at=now)
        )


def _find(conn: Connection, handle: str) -> Row[Any] | None:
    """The only way in by handle, before anybody knows the company."""
    return conn.execute(
        select(api_token, company.c.state.label("company_state"))
        .join(company, company.c.id == api_token.c.company_id)
        .where(api_token.c.handle == handle)
    ).one_or_none()
