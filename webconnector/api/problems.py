"""The problem inbox by the API: listed, read, and what can be done about a problem.

Owns the table of these acts with the bodies that they take. What an act does is
`store.problem_acts`'s, as for the command line and the console. It must not know HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from store import inbox, problem_acts
from store.engine import Connection, Row
from store.errors import FieldError, Invalid, NotFound
from store.problem_acts import reason_characters_max
from webconnector.api.around import only
from webconnector.api.calling import Act, Answer, Call
from webconnector.api.fixed_models import ABSENT, InboxProblem, Key, Storable, Strict
from webconnector.api.incoming import read_model
from webconnector.api.limits import PAGE_RECORDS
from webconnector.api.records import page

_NUMBER_MAX = 2**31 - 1
_ID_CHARACTERS_MAX = 100


class LinkTo(Strict):
    """Which of the candidates it is; nothing is needed when there is one only."""

    quickbooks_id: Annotated[Storable, Field(min_length=1, max_length=_ID_CHARACTERS_MAX)] = Field(
        ABSENT, description="QuickBooks' id of the candidate."
    )
    record: Key = Field(ABSENT, description="The CashFlow record that came from the candidate.")


class KeepApart(Strict):
    """Why it is another one than what QuickBooks has; kept in the audit trail."""

    reason: Annotated[Storable, Field(min_length=1, max_length=reason_characters_max)]


class LeaveOut(Strict):
    """Why it is not to be synced; kept in the audit trail."""

    reason: Annotated[Storable, Field(max_length=reason_characters_max)] = ""


class Renumber(Strict):
    """The new number, or the new name of a record of a list."""

    number: Annotated[Storable, Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class ProblemAct:
    """One thing that can be done about a problem, and the body that says how."""

    summary: str
    run: Callable[[Connection, Row[Any], Mapping[str, Any], str, datetime], object]
    body: type[BaseModel] | None = None
    body_needed: bool = True


def _link(
    conn: Connection, found: Row[Any], given: Mapping[str, Any], who: str, now: datetime
) -> None:
    if given.get("quickbooks_id") and given.get("record"):
        text = "Give `quickbooks_id` or `record`, not both."
        raise Invalid((FieldError("/record", text),))
    wanted = given.get("quickbooks_id") or (given.get("record") or "").lower() or None
    problem_acts.link_to(conn, found, wanted, who, now)


def _renumber(
    conn: Connection, found: Row[Any], given: Mapping[str, Any], who: str, now: datetime
) -> None:
    try:
        problem_acts.renumber(conn, found, given["number"], who, now)
    except Invalid as error:
        # The store names the record's own field.
        wrong = tuple(FieldError("/number", one.text) for one in error.fields)
        raise Invalid(wrong) from None


ACTS: dict[str, ProblemAct] = {
    "retry": ProblemAct(
        "Send the record again at the next session",
        lambda conn, found, _given, who, now: problem_acts.retry(conn, found, who, now),
    ),
    "link": ProblemAct(
        "It is the same as what QuickBooks has: the next session merges both",
        _link,
        LinkTo,
        body_needed=False,
    ),
    "apart": ProblemAct(
        "It is another one than what QuickBooks has: post it anyway",
        lambda conn, found, given, who, now: problem_acts.apart(
            conn, found, given["reason"], who, now
        ),
        KeepApart,
    ),
    "renumber": ProblemAct(
        "Give the record another number, or a record of a list another name", _renumber, Renumber
    ),
    "skip": ProblemAct(
        "Do not sync this record until somebody says retry",
        lambda conn, found, given, who, now: problem_acts.skip(
            conn, found, who, now, given["reason"]
        ),
        LeaveOut,
        body_needed=False,
    ),
    "done": ProblemAct(
        "It was done by hand in QuickBooks: send nothing more",
        lambda conn, found, _given, who, now: problem_acts.done(conn, found, who, now),
    ),
    "delete": ProblemAct(
        "Delete the record in CashFlow: what QuickBooks has is the right one",
        lambda conn, found, _given, who, now: problem_acts.delete(conn, found, who, now),
    ),
}
"""What a program can do about a problem, by the word for it."""


def listing(conn: Connection, call: Call) -> Answer:
    """A page of problems by number."""
    limit = call.query.get("limit", PAGE_RECORDS)
    rows = inbox.problems_page(
        conn,
        call.company_id,
        after=call.query.get("after", 0),
        limit=limit + 1,
        which=call.query.get("state", "open"),
        record_id=call.query.get("record"),
    )
    shown = [only(InboxProblem, row) for row in rows]
    return Answer(page(shown, limit, lambda row: str(row["number"])))


def reading(conn: Connection, call: Call) -> Answer:
    """One problem, also a resolved one."""
    return Answer(_problem(conn, call))


def acting(one: ProblemAct) -> Act:
    """Do this about a problem; the problem afterwards."""

    def act(conn: Connection, call: Call) -> Answer:
        _problem(conn, call)
        found = problem_acts.find(conn, _number(call), call.company_id)
        given = {} if one.body is None else read_model(one.body, call.body)
        one.run(conn, found, given, call.who, call.now)
        return Answer(_problem(conn, call))

    return act


def _problem(conn: Connection, call: Call) -> dict[str, Any]:
    return only(InboxProblem, inbox.problem_of(conn, call.company_id, _number(call)))


def _number(call: Call) -> int:
    text = call.arguments["number"]
    if text.isascii() and text.isdigit() and len(text) <= len(str(_NUMBER_MAX)):
        number = int(text)
        if number <= _NUMBER_MAX:
            return number
    raise NotFound("There is no problem of this number.")
