"""One call of the API: what an operation gets, and what it gives.

Owns these two shapes. It must not know HTTP's details nor any operation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from store.api_tokens import Caller
from store.engine import Connection
from webconnector.settings import Settings


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks for what; everything in it has been checked for its form."""

    caller: Caller
    now: datetime
    arguments: Mapping[str, str]
    """What stands in the path."""
    query: Mapping[str, Any]
    body: Any
    settings: Settings
    require: Callable[[Mapping[str, Any]], None]
    """Stale when the record is not in the version that the caller named."""

    @property
    def company_id(self) -> str:
        """The token's company; every row that is touched is this company's."""
        return self.caller.company_id

    @property
    def who(self) -> str:
        """For the audit trail."""
        return self.caller.who


@dataclass(frozen=True, slots=True)
class Answer:
    """What is given back: JSON and its status; `version`: of the record that it is."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Act = Callable[[Connection, Call], Answer]
