"""Column types of the store: keys, money, prices, quantities and instants.

Owns how such values are written in the database. It must not know any table.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import uuid_utils
from sqlalchemy import BigInteger, DateTime, Dialect, Uuid
from sqlalchemy.types import TypeDecorator


def new_key() -> str:
    """A UUIDv7, dashed lower case: sortable by the time it was made."""
    return str(uuid_utils.uuid7())


_KEY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_key(text: str) -> bool:
    """Whether the text can be a key at all; PostgreSQL fails when compared with any other text."""
    return _KEY.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Whether a text can be asked for: PostgreSQL knows no NUL, UTF-8 no half a surrogate pair."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)


Key = Uuid[str](as_uuid=False)
"""A UUID, `str` in Python."""


class _Scaled(TypeDecorator[Decimal]):
    """A Decimal kept as an integer, because SQLite would keep a Numeric as a float."""

    impl = BigInteger
    cache_ok = True
    places: int = 0

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Accept Decimal, int or decimal text; refuse what would be rounded."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != int(scaled):
            raise ValueError(f"{value} has more than {self.places} places")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """A Decimal with exactly `places` places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


class Money(_Scaled):
    """An amount in integer cents."""

    cache_ok = True
    places = 2


class Price(_Scaled):
    """A price, quantity or percentage in integer hundred-thousandths."""

    cache_ok = True
    places = 5


Quantity = Price


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; aware in Python, also where the database forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody could say which moment is meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        moment: datetime = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always aware, UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
