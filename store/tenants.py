"""The way to a company's rows: one loader that says NotFound for whatever is not there.

Owns reaching `company` and `connector` by the company's id. It must not change anything.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from store.context import Connected
from store.errors import NotFound
from store.syncing import company, connector
from store.types import is_key

_COMPANY = select(company).where(company.c.id == bindparam("company"))
# Not its key: rows that only refer to it are written meanwhile.
_COMPANY_HELD = _COMPANY.with_for_update(key_share=True)


def load(conn: Connection, company_id: str, *, to_change: bool = False) -> Row[Any]:
    """The company's row; NotFound when there is none.

    `to_change` holds it until the commit: whoever changes something of a company holds it first,
    people, the App and the calls of a session alike, so that none works on what another changes.
    """
    found = None
    if is_key(company_id):
        query = _COMPANY_HELD if to_change else _COMPANY
        found = conn.execute(query, {"company": company_id}).one_or_none()
    if found is None:
        raise NotFound("There is no such company. `webconnector company list` shows all.")
    return found


def load_connector(conn: Connection, company_id: str) -> Row[Any]:
    """The company's connector; NotFound when there is no such company."""
    load(conn, company_id)
    return conn.execute(select(connector).where(connector.c.company_id == company_id)).one()


# Made once: every call of a session asks it.
_SESSION_FACTS: Select[Any] = (
    select(
        company.c.state,
        company.c.preferences,
        company.c.start_date,
        company.c.preview,
        company.c.time_zone,
        company.c.two_way_since,
        *(connector.c[one.name] for one in fields(Connected)),
    )
    .join(connector, connector.c.company_id == company.c.id)
    .where(company.c.id == bindparam("company"))
)


def session_facts(conn: Connection, company_id: str) -> Row[Any]:
    """What each call of a session needs of its company: preferences, start date, connector."""
    return conn.execute(_SESSION_FACTS, {"company": company_id}).one()
