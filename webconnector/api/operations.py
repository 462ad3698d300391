"""The table of all that can be asked of the API.

Routes, the OpenAPI document, the reference pages and the tests follow from it; the resources and
what the App may do to them follow from `store.shapes` and `store.rules`. It must not know HTTP's
details.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from store.api_tokens import SCOPES
from store.filters import APPROVALS, SYNC_STATES, Filter, filters_of
from store.inbox import PROBLEM_STATES
from store.problem_acts import ACTS
from store.rules import acts_of
from store.shapes import BANK_BALANCES, SHAPES, Shape
from webconnector.api import around, hooks, incoming, records
from webconnector.api.calling import Act
from webconnector.api.fixed_models import (
    EVENT_KINDS,
    BankBalance,
    Bulk,
    BulkResults,
    Changes,
    Company,
    InboxProblem,
    Page,
    Replay,
    Session,
    Webhook,
    WebhookMade,
    WebhookNew,
)
from webconnector.api.incoming import Parameter
from webconnector.api.limits import BULK_RECORDS_MAX, PAGE_RECORDS, PAGE_RECORDS_MAX
from webconnector.api.models import models_of

READ, WRITE = SCOPES
_UUID = {"type": "string", "format": "uuid"}


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


# --- parameters of lists

_LIMIT = Parameter(
    "limit",
    f"Most records of the page; {PAGE_RECORDS} without it.",
    {"type": "integer", "minimum": 1, "maximum": PAGE_RECORDS_MAX},
    incoming.whole(PAGE_RECORDS_MAX),
)
_AFTER = Parameter(
    "after",
    "The `next_cursor` of the page before.",
    {"type": "string", "minLength": 1},
    incoming.text,
)
_PAGING = (
    Parameter(
        "updated_after",
        "Only what changed after this moment.",
        {"type": "string", "format": "date-time"},
        incoming.moment,
    ),
    _AFTER,
    _LIMIT,
)
_DELETED = Parameter(
    "include_deleted", "Deleted records too.", {"type": "boolean"}, incoming.yes_no
)
_OF_FILTER: dict[Filter, tuple[dict[str, Any], Any]] = {
    Filter.TEXT: ({"type": "string", "minLength": 1}, incoming.text),
    Filter.ID: (_UUID, incoming.key),
    Filter.DAY: ({"type": "string", "format": "date"}, incoming.day),
    Filter.YES_NO: ({"type": "boolean"}, incoming.yes_no),
    Filter.STATE: ({"type": "string", "enum": list(SYNC_STATES)}, incoming.one_of(SYNC_STATES)),
    Filter.APPROVAL: ({"type": "string", "enum": list(APPROVALS)}, incoming.one_of(APPROVALS)),
}
_TEXTS = {
    "name": "Exactly this name or full name, whatever its case.",
    "number": "Exactly this number, whatever its case.",
    "date_from": "Dated on or after this day.",
    "date_to": "Dated on or before this day.",
    "state": "Only this `sync.state`.",
    "parent": "Directly below this record.",
}


def _filters(shape: Shape) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name, _TEXTS.get(name, f"Only this `{name}`."), *_OF_FILTER[kind])
        for name, kind in filters_of(shape).items()
    )


# --- records


def _of_records(shape: Shape) -> Iterator[Operation]:
    entity, models = shape.entity, models_of(shape.entity.resource)
    resource, one = entity.resource, entity.singular
    many = resource.replace("-", " ")
    acts = acts_of(entity)
    place = f"/{resource}/{{record_id}}"
    shown = {"answer": models.shown, "tag": resource, "gives_version": True}
    yield Operation(
        f"{resource}_list",
        "GET",
        f"/{resource}",
        f"List {many}",
        records.listing(resource),
        Page[models.shown],  # type: ignore[name-defined]
        resource,
        parameters=(*_filters(shape), _DELETED, *_PAGING),
    )
    if "create" in acts:
        yield Operation(
            f"{resource}_create",
            "POST",
            f"/{resource}",
            f"Make a {one}",
            records.creating(resource),
            status=201,
            body=models.new,
            **shown,  # type: ignore[arg-type]
        )
        yield Operation(
            f"{resource}_bulk",
            "POST",
            f"/{resource}/bulk",
            f"Make up to {BULK_RECORDS_MAX} {many} at once",
            records.creating_many(resource),
            BulkResults[models.shown],  # type: ignore[name-defined]
            resource,
            body=Bulk[models.new],  # type: ignore[name-defined]
            description="Each has its own result. They do not see each other.",
        )
    yield Operation(
        f"{resource}_get",
        "GET",
        place,
        f"Read a {one}, also a deleted one",
        records.reading(resource),
        missing=True,
        **shown,  # type: ignore[arg-type]
    )
    yield from _changes(shape, place, shown)


def _changes(shape: Shape, place: str, shown: dict[str, Any]) -> Iterator[Operation]:
    resource, one = shape.entity.resource, shape.entity.singular
    acts = acts_of(shape.entity)
    if "change" in acts:
        yield Operation(
            f"{resource}_change",
            "PATCH",
            place,
            f"Change a {one}",
            records.changing(resource),
            body=models_of(resource).change,
            versioned=True,
            missing=True,
            description="Fields left out stay. Lines are given as the complete list.",
            **shown,
        )
    if "delete" in acts:
        yield Operation(
            f"{resource}_delete",
            "DELETE",
            place,
            f"Delete a {one}",
            records.deleting(resource),
            versioned=True,
            missing=True,
            **shown,
        )
    for act, doing in (("void", records.voiding), ("approve", records.approving)):
        if act in acts:
            yield Operation(
                f"{resource}_{act}",
                "POST",
                f"{place}/{act}",
                f"{act.capitalize()} a {one}",
                doing(resource),
                missing=True,
                **shown,
            )


# --- what is no record


def _balances() -> Iterator[Operation]:
    yield Operation(
        "bank_balances_list",
        "GET",
        f"/{BANK_BALANCES}",
        "List the newest balance of each bank account",
        records.listing(BANK_BALANCES),
        Page[BankBalance],
        BANK_BALANCES,
        parameters=_PAGING,
    )
    yield Operation(
        "bank_balances_get",
        "GET",
        f"/{BANK_BALANCES}/{{record_id}}",
        "Read a bank balance, also an older one",
        records.reading(BANK_BALANCES),
        BankBalance,
        BANK_BALANCES,
        missing=True,
        gives_version=True,
    )


def _problems() -> Iterator[Operation]:
    after = Parameter(
        "after",
        "The `next_cursor` of the page before.",
        {"type": "integer", "minimum": 1, "maximum": 999_999_999},
        incoming.whole(999_999_999),
    )
    state = Parameter(
        "state",
        "Which ones; open without it.",
        {"type": "string", "enum": list(PROBLEM_STATES)},
        incoming.one_of(PROBLEM_STATES),
    )
    record = Parameter("record", "Only those of this record.", _UUID, incoming.key)
    yield Operation(
        "problems_list",
        "GET",
        "/problems",
        "List what needs a person",
        around.problems,
        Page[InboxProblem],
        "problems",
        parameters=(state, record, after, _LIMIT),
    )
    place = "/problems/{number}"
    yield Operation(
        "problems_get",
        "GET",
        place,
        "Read a problem, also a resolved one",
        around.problem,
        InboxProblem,
        "problems",
        missing=True,
    )
    for act in ACTS:
        yield Operation(
            f"problems_{act}",
            "POST",
            f"{place}/{act}",
            _PROBLEM_ACTS.get(act, f"{act.capitalize()} a problem"),
            around.acting(act),
            InboxProblem,
            "problems",
            missing=True,
        )


_PROBLEM_ACTS = {
    "retry": "Send the record again at the next session",
    "skip": "Do not sync this record until somebody says retry",
    "done": "It was done by hand in QuickBooks: send nothing more",
}


def _others() -> Iterator[Operation]:
    after = Parameter("after", "The `next_cursor` of the page before.", _UUID, incoming.key)
    yield Operation(
        "sessions_list",
        "GET",
        "/sessions",
        "List the visits of the Web Connector, the newest first",
        around.sessions,
        Page[Session],
        "sessions",
        parameters=(after, _LIMIT),
    )
    yield Operation(
        "sessions_get",
        "GET",
        "/sessions/{session_id}",
        "Read a session",
        around.session,
        Session,
        "sessions",
        missing=True,
    )
    yield Operation(
        "company_get", "GET", "/company", "Read the company", around.company, Company, "company"
    )


def _changes_feed() -> Iterator[Operation]:
    after = Parameter(
        "after",
        "The `next_cursor` of the page before; from the beginning without it.",
        {"type": "integer", "minimum": 0, "maximum": 10**18 - 1},
        incoming.number,
    )
    kind = Parameter(
        "kind",
        "Only this kind.",
        {"type": "string", "enum": list(EVENT_KINDS)},
        incoming.one_of(EVENT_KINDS),
    )
    yield Operation(
        "changes_list",
        "GET",
        "/changes",
        "Follow what QuickBooks changed and confirmed, in order and without gaps",
        around.changes,
        Changes,
        "changes",
        parameters=(kind, after, _LIMIT),
        forgetful=True,
    )


def _webhooks() -> Iterator[Operation]:
    place = "/webhooks/{webhook_id}"
    one: dict[str, Any] = {
        "answer": Webhook,
        "tag": "webhooks",
        "missing": True,
        "gives_version": True,
    }
    yield Operation(
        "webhooks_list",
        "GET",
        "/webhooks",
        "List the webhooks",
        hooks.listing,
        Page[Webhook],
        "webhooks",
    )
    yield Operation(
        "webhooks_create",
        "POST",
        "/webhooks",
        "Tell an address what happens from now on",
        hooks.creating,
        WebhookMade,
        "webhooks",
        status=201,
        body=WebhookNew,
    )
    yield Operation("webhooks_get", "GET", place, "Read a webhook", hooks.reading, **one)
    yield Operation(
        "webhooks_delete",
        "DELETE",
        place,
        "Delete a webhook",
        hooks.deleting,
        versioned=True,
        **one,
    )
    yield Operation(
        "webhooks_replay",
        "POST",
        f"{place}/replay",
        "Tell it again what came after an event",
        hooks.replaying,
        body=Replay,
        forgetful=True,
        **one,
    )


def _all() -> Iterator[Operation]:
    for shape in SHAPES.values():
        yield from _of_records(shape)
    yield from _balances()
    yield from _problems()
    yield from _changes_feed()
    yield from _webhooks()
    yield from _others()


OPERATIONS: tuple[Operation, ...] = tuple(_all())
"""Every operation, in the order of the reference."""
