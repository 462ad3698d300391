"""Logins to the console: opened with a password, found by their cookie, ended.

Owns the rows of `login` and how many wrong passwords are borne. It must not know pages. Only a
hash of the cookie is kept: who reads the database cannot come in with it.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from store import buckets, persons
from store.access import login, person
from store.buckets import Rate
from store.companies import new_secret
from store.engine import Store
from store.errors import FieldError, Invalid, NotFound, Refused
from store.persons import Person
from store.types import is_key, new_key

idle_minutes_max = 60
absolute_hours_max = 12
seen_every_seconds = 60
"""How exactly the time of the last page is kept: not every page writes."""

password_characters_min = 12
different_characters_min = 5

PER_EMAIL: Final = Rate("login", events=8, seconds=15 * 60)
PER_ADDRESS: Final = Rate("login-address", events=60, seconds=15 * 60)

_WRONG = "The e-mail address or the password is wrong."


@dataclass(frozen=True, slots=True)
class Login:
    """One browser in which somebody is signed in."""

    id: str
    person: Person
    secret_hash: str

    @property
    def token(self) -> str:
        """What a form has to carry to be believed; useless without the cookie."""
        return hmac.new(self.secret_hash.encode(), b"form", hashlib.sha256).hexdigest()


def come_in(
    store: Store, email: str, password: str, *, address: str, browser: str, now: datetime
) -> str:
    """The secret of a new login; Refused, without saying which of the two was wrong."""
    early = store.run(lambda conn: _counted(conn, email, address, now))
    if early:
        minutes = math.ceil(early / 60)
        raise Refused(
            f"There were too many tries. Wait {minutes} minute{'s' if minutes > 1 else ''}, or"
            " ask an administrator for a new password."
        )
    with store.read() as conn:
        row = persons.find(conn, email)
    # Between the transactions: it takes a tenth of a second on purpose.
    if not persons.password_fits(row.password_hash if row else None, password) or row is None:
        store.run(
            lambda conn: persons.access_row(
                conn, email.strip().lower(), "login.refused", None, {"address": address}, now
            )
        )
        raise Refused(_WRONG)
    someone = persons.read(row)

    def act(conn: Connection) -> str:
        buckets.forget(conn, PER_EMAIL, someone.email)
        secret = begin(conn, someone, address=address, browser=browser, now=now)
        persons.access_row(
            conn, someone.email, "login", someone.id, {"address": address, "browser": browser}, now
        )
        return secret

    return store.run(act)


def _counted(conn: Connection, email: str, address: str, now: datetime) -> int:
    """Count a try; the seconds it comes too early."""
    subject = email.strip().lower()
    return buckets.take(conn, PER_ADDRESS, address, now) or buckets.take(
        conn, PER_EMAIL, subject, now
    )


def begin(conn: Connection, someone: Person, *, address: str, browser: str, now: datetime) -> str:
    """Open a login for somebody who has shown who they are; gives the cookie's secret."""
    secret = secrets.token_urlsafe(32)
    conn.execute(
        insert(login).values(
            id=new_key(),
            person_id=someone.id,
            secret_hash=_hashed(secret),
            started_at=now,
            last_seen_at=now,
            address=address[:64],
            browser=browser[:200],
        )
    )
    conn.execute(update(person).where(person.c.id == someone.id).values(last_login_at=now))
    return secret


def find(store: Store, secret: str, now: datetime) -> Login | None:
    """The login of a cookie, if it still counts; notes that its person was here."""
    query = (
        select(
            person,
            login.c.id.label("login_id"),
            login.c.secret_hash,
            login.c.last_seen_at,
        )
        .join(person, person.c.id == login.c.person_id)
        .where(login.c.secret_hash == _hashed(secret), *_counts(now))
    )
    with store.read() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        return None
    if (now - row.last_seen_at).total_seconds() > seen_every_seconds:
        here = update(login).where(login.c.id == row.login_id).values(last_seen_at=now)
        store.run(lambda conn: conn.execute(here))
    return Login(row.login_id, persons.read(row), row.secret_hash)


def _counts(now: datetime) -> tuple[Any, ...]:
    return (
        login.c.ended_at.is_(None),
        login.c.last_seen_at > now - timedelta(minutes=idle_minutes_max),
        login.c.started_at > now - timedelta(hours=absolute_hours_max),
    )


def list_logins(conn: Connection, someone: Person, now: datetime) -> list[dict[str, Any]]:
    """Where they are signed in now, newest first."""
    rows = conn.execute(
        select(login)
        .where(login.c.person_id == someone.id, *_counts(now))
        .order_by(login.c.started_at.desc(), login.c.id.desc())
    )
    names = ("id", "started_at", "last_seen_at", "address", "browser")
    return [{name: getattr(row, name) for name in names} for row in rows]


def end(conn: Connection, someone: Person, login_id: str, now: datetime) -> None:
    """Sign out one browser of theirs; NotFound when it is not theirs."""
    theirs = (login.c.id == login_id, login.c.person_id == someone.id, login.c.ended_at.is_(None))
    ended = 0
    if is_key(login_id):
        ended = conn.execute(update(login).where(*theirs).values(ended_at=now)).rowcount
    if not ended:
        raise NotFound("There is no such login any more.")
    persons.access_row(conn, someone.email, "login.end", someone.id, {"login": login_id}, now)


def end_all(conn: Connection, person_id: str, now: datetime, *, but: str | None = None) -> int:
    """Sign out every browser of a person, `but` one; gives how many."""
    where = [login.c.person_id == person_id, login.c.ended_at.is_(None)]
    if but is not None:
        where.append(login.c.id != but)
    return conn.execute(update(login).where(*where).values(ended_at=now)).rowcount


# --- passwords


def new_password(conn: Connection, someone: Person, who: str, now: datetime) -> str:
    """A generated password; the old one stops working and every browser is signed out."""
    password = new_secret()
    _keep(conn, someone, password, now)
    persons.access_row(conn, who, "person.password", someone.id, {"email": someone.email}, now)
    return password


def choose_password(conn: Connection, found: Login, old: str, new: str, now: datetime) -> None:
    """The person's own choice; their other browsers are signed out.

    Invalid when the old one is wrong or the new one is too weak.
    """
    someone, wrong = found.person, []
    kept = conn.execute(select(person.c.password_hash).where(person.c.id == someone.id))
    if not persons.password_fits(kept.scalar_one(), old):
        wrong.append(FieldError("/old", "This is not your present password."))
    if not password_characters_min <= len(new) <= persons.password_characters_max:
        text = f"Take {password_characters_min} to {persons.password_characters_max} characters."
        wrong.append(FieldError("/new", text))
    elif new.lower() in {someone.email, old.lower()} or len(set(new)) < different_characters_min:
        wrong.append(FieldError("/new", "That is too easy to guess. Take several random words."))
    if wrong:
        raise Invalid(tuple(wrong))
    _keep(conn, someone, new, now, but=found.id)
    persons.access_row(conn, someone.email, "person.password", someone.id, {"chosen": True}, now)


def _keep(
    conn: Connection, someone: Person, password: str, now: datetime, *, but: str | None = None
) -> None:
    hashed = persons.password_hash(password)
    conn.execute(update(person).where(person.c.id == someone.id).values(password_hash=hashed))
    end_all(conn, someone.id, now, but=but)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
