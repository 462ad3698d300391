"""Errors as RFC 9457 problem+json: what is wrong, where, and what to do.

Owns the kinds of problems, their status and words, and which error is which kind. It must not
know any operation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from werkzeug.exceptions import HTTPException

from store.errors import (
    FieldError,
    Gone,
    Invalid,
    KeyInUse,
    KeyMismatch,
    NotFound,
    Refused,
    Stale,
    StoreError,
)

CONTENT_TYPE: Final = "application/problem+json"
REFERENCE: Final = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: `type` is its anchor in the reference."""

    name: str
    status: int
    title: str
    advice: str

    @property
    def type(self) -> str:
        """The URI reference that identifies it."""
        return f"{REFERENCE}#{self.name}"


_KINDS: Final = (
    Kind("malformed", 400, "The request cannot be read", "Send a body of valid JSON in UTF-8."),
    Kind(
        "unauthorized",
        401,
        "A valid token is needed",
        "Send `Authorization: Bearer TOKEN`. `webconnector token add` makes one.",
    ),
    Kind("scope", 403, "The token may not do this", "Use a token with the scope that is named."),
    Kind("not-found", 404, "There is no such thing here", "Check the address and the id."),
    Kind(
        "not-allowed",
        405,
        "That cannot be done here",
        "The `Allow` header names what can be done.",
    ),
    Kind(
        "refused",
        409,
        "The rules forbid this",
        "The detail says what to do instead.",
    ),
    Kind(
        "key-in-use",
        409,
        "The same request is under way",
        "Ask again after the seconds in `Retry-After`.",
    ),
    Kind(
        "stale",
        412,
        "The record was changed meanwhile",
        "Read it again and change what is there now.",
    ),
    Kind(
        "gone",
        410,
        "Some of it is no longer kept",
        "Read the lists anew, then go on where the detail says.",
    ),
    Kind("too-large", 413, "The request is too large", "Send less at once."),
    Kind(
        "media-type",
        415,
        "This kind of content is not taken",
        "Send JSON, with `Content-Type: application/json`.",
    ),
    Kind("invalid", 422, "Some fields are wrong", "Mend every field that `errors` names."),
    Kind(
        "key-mismatch",
        422,
        "The key belongs to another request",
        "Use a new `Idempotency-Key` for each thing that is to be done.",
    ),
    Kind(
        "unconditional",
        428,
        "The change must name a version",
        "Send the record's `ETag` as `If-Match`.",
    ),
    Kind(
        "too-many",
        429,
        "Too many requests",
        "Ask again after the seconds in `Retry-After`.",
    ),
    Kind(
        "failed",
        500,
        "Something went wrong here",
        "It is our fault. Asking again may help; `correlation_id` tells us more.",
    ),
)
KINDS: Final = {kind.name: kind for kind in _KINDS}
_BY_STATUS: Final = {kind.status: kind for kind in reversed(_KINDS)}
_BY_ERROR: Final[Mapping[type[StoreError], str]] = {
    NotFound: "not-found",
    Gone: "gone",
    Refused: "refused",
    Stale: "stale",
    KeyInUse: "key-in-use",
    KeyMismatch: "key-mismatch",
}
RETRY_SECONDS: Final = 2


@dataclass(eq=False)
class Problem(Exception):
    """What an operation answers instead of its result."""

    kind: Kind
    detail: str
    errors: Sequence[Mapping[str, str]] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, correlation_id: str | None = None) -> dict[str, Any]:
        """The JSON of it."""
        found: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            found["errors"] = [dict(error) for error in self.errors]
        if correlation_id:
            found["correlation_id"] = correlation_id
        return found


def problem(name: str, detail: str, **headers: str) -> Problem:
    """A problem of that kind; headers by their names with `_` for `-`."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Problem(KINDS[name], detail, headers=named)


def wrong_fields(fields: Sequence[FieldError], *, where: str = "pointer") -> Problem:
    """Every wrong field at once; `where`: `pointer` into the body, or `parameter` of the query."""
    strip = "/" if where == "parameter" else ""
    errors = [{where: one.pointer.removeprefix(strip), "detail": one.text} for one in fields]
    count = len(errors)
    detail = "One field is wrong." if count == 1 else f"{count} fields are wrong."
    return Problem(KINDS["invalid"], detail, errors)


def of_error(error: Exception) -> Problem:
    """The problem that an error is; an unknown one is our own failure, and tells nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Invalid):
        return wrong_fields(error.fields)
    if isinstance(error, StoreError) and type(error) in _BY_ERROR:
        found = problem(_BY_ERROR[type(error)], error.text)
        if isinstance(error, KeyInUse):
            found.headers["Retry-After"] = str(RETRY_SECONDS)
        return found
    if isinstance(error, HTTPException) and error.code in _BY_STATUS:
        return _of_http(error)
    return problem("failed", KINDS["failed"].advice)


def _of_http(error: HTTPException) -> Problem:
    kind = _BY_STATUS[error.code or 500]
    headers = {
        name: value
        for name, value in error.get_headers()
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}
    }
    return Problem(kind, kind.advice, headers=headers)
