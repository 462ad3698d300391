"""What one operation of the API is: an entry of the table that all else follows from.

Owns its shape. It must not know any operation.
"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from store.api_tokens import SCOPES
from webconnector.api.calling import Act
from webconnector.api.incoming import Parameter

READ, WRITE = SCOPES


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked: method and path, who may, what comes in and goes out."""

    id: str
    method: str
    path: str
    summary: str
    act: Act
    answer: type[BaseModel]
    tag: str
    status: int = 200
    parameters: tuple[Parameter, ...] = ()
    body: type[BaseModel] | None = None
    body_needed: bool = True
    """Without it the call may come with no body at all."""
    versioned: bool = False
    """It takes `If-Match`."""
    gives_version: bool = False
    """Its answer carries an `ETag`."""
    missing: bool = False
    """What it names in its path may not be there."""
    forgetful: bool = False
    """What it reads is not kept for ever."""
    description: str = ""

    @property
    def scope(self) -> str:
        """What the token must be allowed."""
        return READ if self.method == "GET" else WRITE

    @property
    def repeatable(self) -> bool:
        """It takes an `Idempotency-Key`."""
        return self.method == "POST"
