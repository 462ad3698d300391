"""Companies and their connectors: making, showing, preferring, pausing, starting, passwords.

Owns the rows of `company` and `connector` as people change them. It must not know the protocol,
and it never stores a password, only a keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from qbxml.errors import RecordError
from qbxml.text import guid_text
from store import comparing, cursors, preferences
from store.errors import FieldError, Invalid, Refused
from store.ledger import account
from store.overview import list_companies, show
from store.people import audit_row
from store.preferences import Preferences
from store.syncing import company, connector
from store.tenants import load, load_connector
from store.types import is_key, new_key

__all__ = [
    "NewCompany",
    "add_company",
    "check_preferences",
    "confirm_file",
    "find_connector",
    "is_zone",
    "list_companies",
    "load",
    "load_connector",
    "new_password",
    "new_secret",
    "password_hash",
    "password_matches",
    "pause",
    "preferences_of",
    "qwc_facts",
    "resume",
    "set_preferences",
    "show",
    "start",
]

name_characters_max = 200
every_minutes_max = 7 * 24 * 60

# Without the letters and digits that look alike: people read these over the telephone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_USERNAME_CHARACTERS = 8
_PASSWORD_GROUPS = 7
_GROUP_CHARACTERS = 4  # 28 characters of 31: 138 bits

_NOBODY = new_key()
"""Stands in for the company when an unknown user's password is checked."""


@dataclass(frozen=True, slots=True)
class NewCompany:
    """What `add_company` made; the password is shown here and never again."""

    id: str
    name: str
    username: str
    password: str
    owner_id: str
    file_id: str


def add_company(  # noqa: PLR0913 - the company's facts, all by name
    conn: Connection,
    *,
    name: str,
    time_zone: str,
    owner_id: str,
    secret_key: bytes,
    now: datetime,
    two_way_bills: bool = False,
    every_minutes: int = 15,
    preview: bool = True,
    who: str = "command line",
) -> NewCompany:
    """Make a company and its connector; Invalid names every wrong fact."""
    _check_facts(name, time_zone, every_minutes)
    chosen = Preferences(two_way_bills=two_way_bills)
    company_id, password = new_key(), new_secret()
    made = NewCompany(
        id=company_id,
        name=name.strip(),
        username=f"kcf-{_letters(_USERNAME_CHARACTERS)}",
        password=password,
        owner_id=_guid(owner_id),
        file_id=_guid(str(uuid4())),
    )
    conn.execute(
        insert(company).values(
            id=company_id,
            name=made.name,
            time_zone=time_zone,
            state="active",
            preferences=chosen.to_json(),
            preview=preview,
            two_way_since=now if two_way_bills else None,
            created_at=now,
        )
    )
    conn.execute(
        insert(connector).values(
            company_id=company_id,
            id=new_key(),
            username=made.username,
            password_hash=password_hash(company_id, password, secret_key),
            owner_id=made.owner_id,
            file_id=made.file_id,
            every_minutes=every_minutes,
            paths=[],
            stamped=False,
            exchange_count=0,
        )
    )
    detail = {"name": made.name, "two_way_bills": two_way_bills, "preview": preview}
    audit_row(conn, company_id, who, "company.add", detail, now)
    return made


def _check_facts(name: str, time_zone: str, every_minutes: int) -> None:
    wrong = []
    if not 0 < len(name.strip()) <= name_characters_max:
        text = f"Give the company a name of at most {name_characters_max} characters."
        wrong.append(FieldError("/name", text))
    if not is_zone(time_zone):
        text = "There is no such time zone. Give an IANA name such as America/New_York."
        wrong.append(FieldError("/time_zone", text))
    if not 1 <= every_minutes <= every_minutes_max:
        text = f"Give whole minutes from 1 to {every_minutes_max}."
        wrong.append(FieldError("/every_minutes", text))
    if wrong:
        raise Invalid(tuple(wrong))


def is_zone(time_zone: str) -> bool:
    """Whether it is the name of a time zone."""
    # Membership first: ZoneInfo takes the name as a path and reads what it finds there.
    return time_zone in _zones() and bool(ZoneInfo(time_zone).key)


@cache
def _zones() -> frozenset[str]:
    """All names; looked up once, because it walks through the whole zone database."""
    return frozenset(available_timezones())


def _guid(text: str) -> str:
    try:
        return guid_text(text)
    except RecordError:
        wrong = "Give a GUID such as {90a44fb7-33d9-4815-ac85-bc87a7e7d1eb}."
        raise Invalid((FieldError("/owner_id", wrong),)) from None


# --- passwords


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))


def new_secret() -> str:
    """A password of more than 128 bits in groups that are easy to read and copy."""
    return "-".join(_letters(_GROUP_CHARACTERS) for _ in range(_PASSWORD_GROUPS))


def password_hash(company_id: str, password: str, secret_key: bytes) -> str:
    """HMAC-SHA256 in hex; quick, which is enough for a generated password."""
    text = f"{company_id}\n{password}".encode()
    return hmac.new(secret_key, text, hashlib.sha256).hexdigest()


_BY_NAME = (
    select(connector, company.c.state.label("company_state"))
    .join(company, company.c.id == connector.c.company_id)
    .where(connector.c.username == bindparam("username"))
)


def find_connector(conn: Connection, username: str) -> Row[Any] | None:
    """The connector of that user name, with the company's `state`; the only way in by name."""
    return conn.execute(_BY_NAME, {"username": username}).one_or_none()


def password_matches(found: Row[Any] | None, password: str, secret_key: bytes) -> bool:
    """Whether this is the connector's password; takes as long for an unknown user (None)."""
    company_id = found.company_id if found is not None else _NOBODY
    # Outer blanks come from copying; a generated password has none.
    given = password_hash(company_id, password.strip(), secret_key)
    kept = found.password_hash if found is not None else "0" * len(given)
    return hmac.compare_digest(given, kept) and found is not None


def new_password(
    conn: Connection, company_id: str, secret_key: bytes, now: datetime, who: str = "command line"
) -> str:
    """Make a new password; the old one stops working at once."""
    load(conn, company_id)
    password = new_secret()
    hashed = password_hash(company_id, password, secret_key)
    _set_connector(conn, company_id, password_hash=hashed)
    audit_row(conn, company_id, who, "company.password", None, now)
    return password


# --- reading


def preferences_of(conn: Connection, company_id: str) -> Preferences:
    """What the company chose."""
    return Preferences.from_json(load(conn, company_id).preferences)


def qwc_facts(conn: Connection, company_id: str) -> dict[str, Any]:
    """What the .qwc file says of this company; the same each time."""
    row, line = load(conn, company_id), load_connector(conn, company_id)
    return {
        "company_id": company_id,
        "name": row.name,
        "username": line.username,
        "owner_id": line.owner_id,
        "file_id": line.file_id,
        "every_minutes": line.every_minutes,
    }


# --- changing


def set_preferences(
    conn: Connection, company_id: str, values: Mapping[str, str], who: str, now: datetime
) -> Preferences:
    """Change preferences given as text; all or none. Invalid names every wrong one.

    An account is given by id or by its exact full name, and must be of a type that fits.
    """
    before = Preferences.from_json(load(conn, company_id, to_change=True).preferences)
    parsed = check_preferences(conn, company_id, values)
    old = before.to_json()
    differing = {key: value for key, value in parsed.items() if old[key] != value}
    after = preferences.changed(before, differing)
    if differing:
        _set_company(conn, company_id, preferences=after.to_json())
    for key, value in differing.items():
        detail = {"key": key, "old": old[key], "new": value}
        audit_row(conn, company_id, who, "company.preference", detail, now)
    if differing.get("two_way_bills"):
        # What happened to linked bills meanwhile: nobody was listening.
        comparing.force(conn, company_id, ["Bill"])
        _set_company(conn, company_id, two_way_since=now)
    elif differing.get("import_open_bills") and after.two_way_bills:
        # Bills that were passed over are wanted now: all are read once more.
        cursors.forget(conn, company_id, ["Bill"])
    return after


def check_preferences(
    conn: Connection, company_id: str, values: Mapping[str, str]
) -> dict[str, Any]:
    """What the texts mean; Invalid names every wrong one. Changes nothing."""
    parsed: dict[str, Any] = {}
    wrong: list[FieldError] = []
    for key, text in values.items():
        try:
            parsed[key] = _value(conn, company_id, key, text)
        except Invalid as error:
            wrong.extend(error.fields)
    if wrong:
        raise Invalid(tuple(wrong))
    return parsed


def _value(conn: Connection, company_id: str, key: str, text: str) -> Any:
    types = preferences.account_types(key)
    if not types or text.strip().lower() in preferences.NOTHING:
        return preferences.parse(key, text)
    where = account.c.id if is_key(text.strip().lower()) else account.c.full_name
    wanted = text.strip().lower() if where is account.c.id else text.strip()
    found = conn.execute(
        select(account.c.id, account.c.type, account.c.active)
        .where(account.c.company_id == company_id, account.c.deleted_at.is_(None), where == wanted)
        .order_by(account.c.id)
    ).all()
    if not found:
        raise _wrong(key, "There is no such account. `webconnector records` lists the accounts.")
    fitting = [row for row in found if row.type in types]
    if not fitting:
        raise _wrong(key, f"The account is of type {found[0].type}; pick {' or '.join(types)}.")
    if not fitting[0].active:
        raise _wrong(key, "The account is inactive. Make it active first, or pick another.")
    return fitting[0].id


def _wrong(key: str, text: str) -> Invalid:
    return Invalid((FieldError(f"/{key}", text),))


def pause(conn: Connection, company_id: str, who: str, now: datetime) -> None:
    """Stop syncing until `resume`; nothing is lost meanwhile."""
    _move(conn, company_id, "paused", who, now)


def resume(conn: Connection, company_id: str, who: str, now: datetime) -> None:
    """Sync again from the next poll on."""
    _move(conn, company_id, "active", who, now)


def _move(conn: Connection, company_id: str, state: str, who: str, now: datetime) -> None:
    row = load(conn, company_id, to_change=True)
    if row.state == "removed":
        raise Refused(f"{row.name} has left. Add it as a new company instead.")
    if row.state != state:
        _set_company(conn, company_id, state=state)
        act = "company.pause" if state == "paused" else "company.resume"
        audit_row(conn, company_id, who, act, None, now)


def start(conn: Connection, company_id: str, who: str, now: datetime) -> None:
    """Let writing begin: somebody saw the preview of the first sync and agreed."""
    row = load(conn, company_id, to_change=True)
    if row.state == "removed":
        raise Refused(f"{row.name} has left. Add it as a new company instead.")
    if row.preview:
        _set_company(conn, company_id, preview=False)
        audit_row(conn, company_id, who, "company.start", None, now)


def confirm_file(conn: Connection, company_id: str, who: str, now: datetime) -> dict[str, Any]:
    """Accept the company file that waits for it (moved or renamed); gives what was accepted."""
    row = load(conn, company_id, to_change=True)
    line = load_connector(conn, company_id)
    awaiting: dict[str, Any] | None = line.awaiting
    if not awaiting:
        raise Refused(f"No company file of {row.name} waits to be confirmed.")
    stamp = awaiting.get("stamp")
    if stamp and stamp.strip("{}").casefold() != line.file_id.strip("{}").casefold():
        raise Refused(
            "This file carries the mark of another CashFlow company's connection. Open the right"
            " company file in QuickBooks, or bind this one with `webconnector company rebind`."
        )
    known = {path.casefold() for path in line.paths}
    # First, because that is where the Web Connector is sent from now on.
    added = [] if awaiting["path"].casefold() in known else [awaiting["path"]]
    _set_connector(
        conn,
        company_id,
        paths=[*added, *line.paths],
        company_file_name=awaiting.get("name") or line.company_file_name,
        stamped=bool(stamp),
        awaiting=None,
    )
    audit_row(conn, company_id, who, "company.confirm-file", dict(awaiting), now)
    return dict(awaiting)


def _set_company(conn: Connection, company_id: str, **values: Any) -> None:
    conn.execute(update(company).where(company.c.id == company_id).values(**values))


def _set_connector(conn: Connection, company_id: str, **values: Any) -> None:
    conn.execute(update(connector).where(connector.c.company_id == company_id).values(**values))
