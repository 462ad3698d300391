"""The store's errors, by what the caller can do next.

`str(error)` is for logs and developers and holds no record contents; `text` is for people.
"""

from __future__ import annotations

from dataclasses import dataclass


class StoreError(Exception):
    """Base of the store's errors; `text` is what a user reads."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class NotFound(StoreError):
    """Nothing of that id belongs to this company."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: a JSON pointer below the record, and what to do about it."""

    pointer: str
    text: str


class Invalid(StoreError):
    """The input is wrong; `fields` names every field at once."""

    def __init__(self, fields: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{f.pointer}: {f.text}" for f in fields))
        self.fields = fields


class Gone(StoreError):
    """It was there once and is no longer kept."""


class Refused(StoreError):
    """The rules forbid it for this record (locked, read-only, closed); the text says why."""


class Stale(StoreError):
    """The record was changed since the caller read it; reading it again is the way on."""


class KeyInUse(StoreError):
    """A request under the same idempotency key is under way; asking again later is the way on."""


class KeyMismatch(StoreError):
    """The idempotency key belongs to another request."""


class Forbidden(StoreError):
    """The person may look at it, but this act is not theirs; the text says whose it is."""


class NotMigrated(StoreError):
    """The database's tables are older or newer than this program."""
