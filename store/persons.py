"""Persons: who they are, what their role lets them do, which companies they reach.

Owns the rows of `person` and `membership`, and the one way from a person to a company. It must
not know cookies nor pages; logins are `logins.py`'s.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, Select, delete, exists, insert, not_, select, true, update
from sqlalchemy.exc import IntegrityError

from store.access import access_audit, membership, person
from store.companies import is_zone, new_secret
from store.errors import FieldError, Forbidden, Invalid, NotFound
from store.people import audit_row, who_characters_max
from store.syncing import company
from store.tenants import load
from store.types import is_key, new_key

email_characters_max = 254
password_characters_max = 200

_EMAIL = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;.]+")
_HASHER = PasswordHasher()


class Role(StrEnum):
    """What somebody is to the companies they reach."""

    ADMIN = "admin"
    SUPPORT = "support"
    VIEWER = "viewer"


class Right(StrEnum):
    """One kind of act; each page says which it needs."""

    SEE = "see"
    MEND = "mend"  # problems, conflicts, matching
    MANAGE = "manage"  # preferences, passwords, pause, files
    PEOPLE = "people"  # who else comes in; new companies
    RAW = "raw"  # requests and replies as sent, redacted


RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.ADMIN: frozenset(Right),
    Role.SUPPORT: frozenset(Right) - {Right.PEOPLE},
    Role.VIEWER: frozenset({Right.SEE}),
}

_MEANS: Final[dict[Right, str]] = {
    Right.SEE: "look at this",
    Right.MEND: "change how a record is synced",
    Right.MANAGE: "change how a company is connected",
    Right.PEOPLE: "add companies or let people in",
    Right.RAW: "see what was sent to and from QuickBooks",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may come in."""

    id: str
    email: str
    role: Role
    sees_secrets: bool
    time_zone: str | None

    @property
    def everywhere(self) -> bool:
        """Whether all companies are reached."""
        return self.role is Role.SUPPORT

    @property
    def unredacted(self) -> bool:
        """Whether tax ids and bank numbers are shown to them in raw texts."""
        return self.may(Right.RAW) and (self.role is Role.ADMIN or self.sees_secrets)

    def may(self, right: Right) -> bool:
        """Whether the role has the right, in the companies they reach."""
        return right in RIGHTS[self.role]


def read(row: Row[Any]) -> Person:
    """A person from a row that has `person`'s columns."""
    return Person(row.id, row.email, Role(row.role), row.sees_secrets, row.time_zone)


# --- the way to a company


def reached(someone: Person) -> Any:
    """The SQL condition on `company` that holds for the companies they reach."""
    if someone.everywhere:
        return true()
    return exists().where(
        membership.c.company_id == company.c.id, membership.c.person_id == someone.id
    )


def reached_ids(conn: Connection, someone: Person) -> list[str] | None:
    """The ids of the companies they reach; None for all."""
    if someone.everywhere:
        return None
    return list(
        conn.execute(
            select(membership.c.company_id).where(membership.c.person_id == someone.id)
        ).scalars()
    )


def reach(conn: Connection, someone: Person, company_id: str, right: Right = Right.SEE) -> Row[Any]:
    """The company's row for an act of theirs: the only way from a page to a company.

    NotFound for outsiders, as for a company that does not exist; Forbidden for members whose role
    lacks the right.
    """
    query: Select[Any] = select(company).where(company.c.id == company_id, reached(someone))
    row = conn.execute(query).one_or_none() if is_key(company_id) else None
    if row is None:
        raise NotFound("There is no such company.")
    require(someone, right)
    return row


def require(someone: Person, right: Right) -> None:
    """Forbidden when their role lacks the right."""
    if not someone.may(right):
        raise Forbidden(
            f"The role {someone.role} may not {_MEANS[right]}. Ask an administrator of the company."
        )


# --- reading


def find(conn: Connection, email: str) -> Row[Any] | None:
    """The row of that e-mail address, however it is capitalised."""
    return conn.execute(
        select(person).where(person.c.email == email.strip().lower()[:email_characters_max])
    ).one_or_none()


def get(conn: Connection, email: str) -> Row[Any]:
    """As `find`; NotFound when there is nobody."""
    row = find(conn, email)
    if row is None:
        raise NotFound("There is no such person. `webconnector person list` shows all.")
    return row


def member(conn: Connection, company_id: str, person_id: str) -> Person:
    """A person of the company; NotFound when they are none of its people."""
    row = None
    if is_key(person_id):
        row = conn.execute(
            select(person)
            .join(membership, membership.c.person_id == person.c.id)
            .where(membership.c.company_id == company_id, person.c.id == person_id)
        ).one_or_none()
    if row is None:
        raise NotFound("This person is not among the company's people.")
    return read(row)


def all_within(conn: Connection, someone: Person, other: Person) -> bool:
    """Whether `other` reaches every company that `someone` does."""
    if someone.everywhere or other.everywhere:
        return other.everywhere
    theirs = _companies_of(someone)
    missing = select(company.c.id).where(company.c.id.in_(theirs), not_(reached(other))).limit(1)
    return conn.execute(missing).first() is None


def _companies_of(someone: Person) -> Any:
    """The ids of the companies whose member somebody is, as a subquery."""
    return select(membership.c.company_id).where(membership.c.person_id == someone.id)


def list_people(conn: Connection, company_id: str | None = None) -> list[dict[str, Any]]:
    """Everybody (`company_id`: the members of a company) by e-mail, with their companies."""
    query = select(person).order_by(person.c.email)
    if company_id is not None:
        query = query.where(
            exists().where(
                membership.c.person_id == person.c.id, membership.c.company_id == company_id
            )
        )
    theirs: dict[str, list[dict[str, str]]] = {}
    mine = (
        select(membership.c.person_id, company.c.id, company.c.name)
        .join(company, company.c.id == membership.c.company_id)
        .order_by(company.c.name)
    )
    if company_id is not None:
        mine = mine.where(company.c.id == company_id)
    for person_id, one_id, name in conn.execute(mine):
        theirs.setdefault(person_id, []).append({"id": one_id, "name": name})
    return [
        {
            "id": row.id,
            "email": row.email,
            "role": row.role,
            "sees_secrets": row.sees_secrets,
            "companies": theirs.get(row.id, []),
            "created_at": row.created_at.isoformat(),
            "last_login_at": row.last_login_at.isoformat() if row.last_login_at else None,
        }
        for row in conn.execute(query)
    ]


# --- making and changing


def add_person(
    conn: Connection,
    *,
    email: str,
    role: str,
    company_ids: Sequence[str] = (),
    sees_secrets: bool = False,
    who: str,
    now: datetime,
) -> tuple[Person, str]:
    """Make a person; gives them and the first password, which is kept only as a hash.

    Invalid names every wrong fact; NotFound when there is no such company.
    """
    address = email.strip().lower()
    wrong = []
    if len(address) > email_characters_max or not _EMAIL.fullmatch(address):
        wrong.append(FieldError("/email", "Give an e-mail address, such as ann@example.com."))
    if role not in set(Role):
        wrong.append(FieldError("/role", f"Give one of {', '.join(Role)}."))
    elif company_ids and role == Role.SUPPORT:
        wrong.append(FieldError("/company", "Support reaches every company; name none."))
    if wrong:
        raise Invalid(tuple(wrong))
    password = new_secret()
    made = Person(new_key(), address, Role(role), sees_secrets, None)
    try:
        with conn.begin_nested():
            conn.execute(
                insert(person).values(
                    id=made.id,
                    email=address,
                    role=made.role,
                    password_hash=password_hash(password),
                    sees_secrets=sees_secrets,
                    created_at=now,
                )
            )
    except IntegrityError:
        text = "Somebody has this address already. `webconnector person list` shows all."
        raise Invalid((FieldError("/email", text),)) from None
    access_row(conn, who, "person.add", made.id, {"email": address, "role": role}, now)
    for company_id in company_ids:
        admit(conn, company_id, made, who, now)
    return made, password


def admit(conn: Connection, company_id: str, someone: Person, who: str, now: datetime) -> None:
    """Let them reach a company; nothing happens when they do already."""
    load(conn, company_id)
    keys = {"company_id": company_id, "person_id": someone.id}
    known = select(membership.c.since).filter_by(**keys)
    if conn.execute(known).one_or_none() is None:
        conn.execute(insert(membership).values(**keys, since=now))
        detail = {"email": someone.email, "role": someone.role.value}
        audit_row(conn, company_id, who, "person.admit", detail, now)


def dismiss(conn: Connection, company_id: str, person_id: str, who: str, now: datetime) -> None:
    """Let them reach the company no more; NotFound when they did not."""
    someone = member(conn, company_id, person_id)
    conn.execute(
        delete(membership).where(
            membership.c.company_id == company_id, membership.c.person_id == person_id
        )
    )
    audit_row(conn, company_id, who, "person.dismiss", {"email": someone.email}, now)


def set_time_zone(conn: Connection, someone: Person, time_zone: str) -> None:
    """The zone their times are shown in; empty: the browser's. Invalid for an unknown one."""
    if time_zone and not is_zone(time_zone):
        text = "There is no such time zone. Give an IANA name such as America/New_York."
        raise Invalid((FieldError("/time_zone", text),))
    conn.execute(
        update(person).where(person.c.id == someone.id).values(time_zone=time_zone or None)
    )


# --- passwords


def password_hash(password: str) -> str:
    """What is kept of a password."""
    return _HASHER.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Whether the password is right; takes as long when there is nobody (None)."""
    try:
        _HASHER.verify(hashed or _NOBODY, password[:password_characters_max])
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


# Of a random password that nobody knows, with the hasher's present parameters.
_NOBODY: Final = (
    "$argon2id$v=19$m=65536,t=3,p=4$F85rB2HGrCMNArO/WO4a0A"
    "$T5EOplpyp2gBUD9QpNHlr3oof+URQp6dAvl3/2bpvjg"
)


def access_row(
    conn: Connection,
    who: str,
    act: str,
    person_id: str | None,
    detail: dict[str, Any] | None,
    now: datetime,
) -> None:
    """Note an act that belongs to no company, such as a login; never with a secret."""
    conn.execute(
        insert(access_audit).values(
            id=new_key(),
            at=now,
            who=who[:who_characters_max],
            act=act,
            person_id=person_id,
            detail=detail,
        )
    )
