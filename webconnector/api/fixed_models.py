"""The shapes of the API that no record type decides: sync, problems, sessions, the company.

Owns their fields. It must not know any operation.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from store.feed import Happened
from store.filters import SYNC_STATES
from store.types import is_storable
from webconnector.api.limits import BULK_RECORDS_MAX

T = TypeVar("T")

Key = Annotated[
    str,
    Field(
        pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        examples=["019a5c00-0000-7000-8000-000000000000"],
    ),
]
Instant = Annotated[
    str, Field(json_schema_extra={"format": "date-time"}, examples=["2024-01-31T09:05:00+00:00"])
]
# What may be left out is never null; pydantic needs a default for it all the same.
ABSENT: Any = None
EVENT_KINDS = tuple(kind.value for kind in Happened)
Origin = Literal["app", "quickbooks"]


class Strict(BaseModel):
    """Nothing but the fields that are named."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


def _storable(text: str) -> str:
    if not is_storable(text):
        raise ValueError("This text holds characters that no database takes.")
    return text


Storable = Annotated[str, AfterValidator(_storable)]


class NamedReference(Strict):
    """Another record, with what people call it."""

    id: Key
    name: str | None


class SyncProblem(Strict):
    """The open problem of a record."""

    number: int
    title: str
    text: str
    advice: str
    code: str | None


class Sync(Strict):
    """How far a record has got on its way to QuickBooks.

    `synced` only when QuickBooks confirmed the present version; `sent`: its answer is owed.
    """

    state: Literal[SYNC_STATES]  # type: ignore[valid-type]
    waits_for: str | None
    quickbooks_id: str | None
    last_synced_at: Instant | None
    problem: SyncProblem | None


class BankBalance(Strict):
    """What QuickBooks said an account holds, at its last reading."""

    id: Key
    account: NamedReference
    balance: str
    total_balance: str | None
    as_of: Instant
    updated_at: Instant


class ProblemRecord(Strict):
    """The record that a problem is about."""

    id: Key
    resource: str
    name: str


class Compared(Strict):
    """A field of a record and of what QuickBooks has, as people read them."""

    field: str
    cashflow: Any = Field(description="Ours: text, number, truth value, null or a list of lines.")
    quickbooks: Any = Field(description="What QuickBooks has, in the same form.")
    same: bool


class Candidate(Strict):
    """What QuickBooks has that looks like the record."""

    quickbooks_id: str
    name: str | None = Field(description="Full name; of a document its number.")
    party: str | None = Field(ABSENT, description="Of a document: whose it is.")
    date: str | None = Field(ABSENT, description="Of a document.")
    amount: str | None = Field(ABSENT, description="Of a document.")
    fields: list[Compared] = Field(
        ABSENT, description="Side by side; only where a problem is read alone."
    )


class InboxProblem(Strict):
    """Something that needs a person."""

    number: int
    kind: str
    title: str
    text: str
    advice: str
    code: str | None
    quickbooks_text: str | None
    record: ProblemRecord | None
    candidates: list[Candidate] = Field(description="What it may be the same as, until decided.")
    opened_at: Instant
    last_seen_at: Instant
    resolved_at: Instant | None
    resolution: str | None
    count: int


class Session(Strict):
    """One visit of the Web Connector."""

    id: Key
    started_at: Instant
    ended_at: Instant | None
    seconds: float | None
    state: str
    outcome: str | None
    text: str | None
    last_error: str | None
    changes_in: int
    changes_out: int
    problems: int
    calls: int
    percent: int
    quickbooks: str | None
    web_connector: str | None
    company_file: str | None


class Event(Strict):
    """Something that happened; `id` is what the resource's address takes."""

    number: int
    kind: Literal[EVENT_KINDS]  # type: ignore[valid-type]
    resource: str
    id: str
    at: Instant


class Changes(Strict):
    """A page of the change feed; `next_cursor` is the `after` of the next one, also at the end."""

    data: list[Event]
    next_cursor: str
    has_more: bool


EventKinds = Annotated[
    list[Literal[EVENT_KINDS]],  # type: ignore[valid-type]
    Field(description="Only these kinds; empty: all.", json_schema_extra={"uniqueItems": True}),
]


class Webhook(Strict):
    """An address that is told what stands in the change feed, in its order."""

    id: Key
    url: str
    kinds: EventKinds
    created_at: Instant
    told_to: int = Field(description="The number of the last event that it took.")
    last_told_at: Instant | None
    failures: int = Field(description="Tries that failed since.")
    try_after: Instant | None
    last_error: str | None


class WebhookMade(Webhook):
    """A new webhook; its secret is shown here only."""

    secret: str


class WebhookNew(Strict):
    """An address to be told from now on."""

    url: Annotated[str, Field(max_length=500, examples=["https://example.com/hook"])]
    kinds: EventKinds = []


class Replay(Strict):
    """Where it is to be told again from."""

    after: Annotated[int, Field(ge=0, le=10**18 - 1)]


class Company(Strict):
    """The company that the token belongs to."""

    id: Key
    name: str
    state: Literal["active", "paused", "removed"]
    time_zone: str
    start_date: str | None
    connected_at: Instant | None
    preview: bool = Field(description="Nothing is written to QuickBooks until an admin starts it.")
    created_at: Instant
    preferences: dict[str, Any]
    records: dict[str, int] = Field(description="How many there are, by resource.")
    backlog: dict[str, dict[str, int]] = Field(
        description="What waits for QuickBooks, by resource and state."
    )
    open_problems: int


class WrongField(Strict):
    """One thing that is wrong: where it stands, and what to do about it."""

    pointer: str = Field(ABSENT, description="JSON pointer (RFC 6901) into the body.")
    parameter: str = Field(ABSENT, description="Name of a parameter or header.")
    detail: str


class ProblemDetails(Strict):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[WrongField] = Field(ABSENT, description="Every wrong field.")
    correlation_id: str = Field(ABSENT, description="Under which our log tells more.")


class Page(Strict, Generic[T]):
    """One page of a list; `next_cursor`: the `after` of the next one, null on the last."""

    data: list[T]
    next_cursor: str | None


class Bulk(Strict, Generic[T]):
    """Records to be made."""

    records: Annotated[list[T], Field(min_length=1, max_length=BULK_RECORDS_MAX)]


class BulkMade(Strict, Generic[T]):
    """A record of a bulk that was made."""

    status: Literal[201]
    record: T


class BulkWrong(Strict):
    """A record of a bulk that was not made, and why."""

    status: Literal[409, 422]
    problem: ProblemDetails


class BulkResults(Strict, Generic[T]):
    """What became of each record, in the order of the request."""

    results: list[BulkMade[T] | BulkWrong]
