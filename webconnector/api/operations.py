"""The table of all that can be asked of the API.

Routes, the OpenAPI document, the reference pages and the tests follow from it; the resources and
what the App may do to them follow from `store.shapes` and `store.rules`. It must not know HTTP's
details.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from store.inbox import PROBLEM_STATES
from store.shapes import BANK_BALANCES, SHAPES
from webconnector.api import around, hooks, incoming, problems, records
from webconnector.api.fixed_models import (
    EVENT_KINDS,
    BankBalance,
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
from webconnector.api.operation import Operation
from webconnector.api.parameters import LIMIT, PAGING, UUID
from webconnector.api.problems import ACTS
from webconnector.api.record_operations import operations_of

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
        parameters=PAGING,
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
    record = Parameter("record", "Only those of this record.", UUID, incoming.key)
    yield Operation(
        "problems_list",
        "GET",
        "/problems",
        "List what needs a person",
        problems.listing,
        Page[InboxProblem],
        "problems",
        parameters=(state, record, after, LIMIT),
    )
    place = "/problems/{number}"
    yield Operation(
        "problems_get",
        "GET",
        place,
        "Read a problem, also a resolved one",
        problems.reading,
        InboxProblem,
        "problems",
        missing=True,
    )
    for name, act in ACTS.items():
        yield Operation(
            f"problems_{name}",
            "POST",
            f"{place}/{name}",
            act.summary,
            problems.acting(act),
            InboxProblem,
            "problems",
            body=act.body,
            body_needed=act.body_needed,
            missing=True,
        )


def _others() -> Iterator[Operation]:
    after = Parameter("after", "The `next_cursor` of the page before.", UUID, incoming.key)
    yield Operation(
        "sessions_list",
        "GET",
        "/sessions",
        "List the visits of the Web Connector, the newest first",
        around.sessions,
        Page[Session],
        "sessions",
        parameters=(after, LIMIT),
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
        parameters=(kind, after, LIMIT),
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
        yield from operations_of(shape)
    yield from _balances()
    yield from _problems()
    yield from _changes_feed()
    yield from _webhooks()
    yield from _others()


OPERATIONS: tuple[Operation, ...] = tuple(_all())
"""Every operation, in the order of the reference."""
