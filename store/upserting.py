"""Insert, or what to do when the row is there already: the one statement that dialects spell apart.

Owns that difference. It must not know any table. Statements are made once, at import: putting one
together costs more than running it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

_INSERTS: Final[dict[str, Any]] = {"sqlite": sqlite_insert, "postgresql": postgresql_insert}


def insert_of(conn: Connection) -> Any:
    """The `insert` of this connection's database, for a statement that is new each time."""
    return _INSERTS[conn.dialect.name]


class Upsert:
    """One statement, made for each dialect by `make`, which is given the dialect's `insert`."""

    def __init__(self, make: Callable[[Any], Executable]) -> None:
        self._made = {name: make(insert) for name, insert in _INSERTS.items()}

    def on(self, conn: Connection) -> Executable:
        """The statement as this connection's database understands it."""
        return self._made[conn.dialect.name]
