"""Which company file a company is bound to, and what QuickBooks last said of itself.

Owns those columns of `company` and `connector`. It must not judge; `webconnector.company_file`
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select, update

from store.context import Sync
from store.syncing import company, connector


def connector_of(sync: Sync) -> Row[Any]:
    """The company's connector."""
    return sync.conn.execute(
        select(connector).where(connector.c.company_id == sync.company_id)
    ).one()


def time_zone_of(sync: Sync) -> str:
    """The company's time zone."""
    found: str = sync.conn.execute(
        select(company.c.time_zone).where(company.c.id == sync.company_id)
    ).scalar_one()
    return found


def _set(sync: Sync, **values: Any) -> None:
    sync.conn.execute(
        update(connector).where(connector.c.company_id == sync.company_id).values(**values)
    )


def bind(sync: Sync, path: str, company_name: str, today: date, *, stamped: bool) -> date:
    """The first company file: bound from now on. Returns the start date, set once."""
    _set(sync, paths=[path], company_file_name=company_name, stamped=stamped, awaiting=None)
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
    _set(sync, **values, **({"stamped": True} if stamped else {}))


def await_confirmation(sync: Sync, path: str, company_name: str, stamp: str | None) -> None:
    """An admin has to say whether this is the same company."""
    _set(sync, awaiting={"path": path, "name": company_name, "stamp": stamp})


def remember(sync: Sync, facts: dict[str, Any]) -> None:
    """Keep what QuickBooks said of itself."""
    _set(sync, quickbooks=facts)


def full_session(sync: Sync) -> None:
    """Everything was read and nothing that could go is left."""
    _set(sync, last_full_session_at=sync.now)
