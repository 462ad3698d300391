"""Which company file a company is bound to, and what QuickBooks last said of itself.

Owns those columns of `company` and `connector`. It must not judge; `webconnector.company_file`
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from store.context import Connected, Sync
from store.syncing import company, connector

_NAMES = tuple(one.name for one in fields(Connected))
_CONNECTOR = select(*(connector.c[name] for name in _NAMES)).where(
    connector.c.company_id == bindparam("company")
)


def connected(row: Row[Any]) -> Connected:
    """What the connector's columns in this row say."""
    return Connected(**{name: getattr(row, name) for name in _NAMES})


def connector_of(sync: Sync) -> Connected:
    """The company's connector; asked once, for most steps change nothing of it."""
    if sync.connected is None:
        sync.connected = connected(
            sync.conn.execute(_CONNECTOR, {"company": sync.company_id}).one()
        )
    return sync.connected


def keep(sync: Sync, **values: Any) -> None:
    """Write these columns, as far as they are not so already."""
    known = connector_of(sync)
    changed = {name: value for name, value in values.items() if getattr(known, name) != value}
    if changed:
        sync.conn.execute(
            update(connector).where(connector.c.company_id == sync.company_id).values(**changed)
        )
        sync.connected = replace(known, **changed)


def bind(sync: Sync, path: str, company_name: str, today: date, *, stamped: bool) -> date:
    """The first company file: bound from now on. Returns the start date, set once."""
    keep(sync, paths=[path], company_file_name=company_name, stamped=stamped, awaiting=None)
    start: date | None = sync.conn.execute(
        select(company.c.start_date).where(company.c.id == sync.company_id)
    ).scalar_one()
    sync.conn.execute(
        update(company)
        .where(company.c.id == sync.company_id)
        .values(start_date=start or today, connected_at=sync.now)
    )
    return start or today


def seen_again(sync: Sync, paths: Sequence[str], path: str, *, stamped: bool) -> None:
    """The right file once more; a stamp that appeared counts from now on.

    The path it was found at comes first among the confirmed ones, for that is where the Web
    Connector is sent next: nobody may be there to open a file that has moved.
    """
    first = [one for one in paths if one.casefold() == path.casefold()]
    values: dict[str, Any] = {"awaiting": None}
    if first != list(paths[: len(first)]):
        values["paths"] = [*first, *(one for one in paths if one not in first)]
    keep(sync, **values, **({"stamped": True} if stamped else {}))


def await_confirmation(sync: Sync, path: str, company_name: str, stamp: str | None) -> None:
    """An admin has to say whether this is the same company."""
    keep(sync, awaiting={"path": path, "name": company_name, "stamp": stamp})


def remember(sync: Sync, facts: dict[str, Any]) -> None:
    """Keep what QuickBooks said of itself."""
    keep(sync, quickbooks=facts)
