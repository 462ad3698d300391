"""The problem inbox, and one problem with everything that can be done about it.

Owns these pages. What the acts do is `store.problem_acts`'s, as for the command line and the API.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from store import candidates, console_inbox, problem_acts, problem_list
from store.console_inbox import Standing, Wanted
from store.engine import Connection, Row
from store.errors import FieldError, Invalid
from store.persons import Right
from store.problems import DUPLICATES
from webconnector.console import acting, files, hiding, showing
from webconnector.console.kinds import kind_words
from webconnector.console.visit import Visit, here

pages = Blueprint("problems", __name__)
pages.add_app_template_filter(kind_words, "kind_words")

COMPANY: Final = "/companies/<company_id>/problems"


@pages.get("/problems")
def inbox() -> Response:
    """The problems of every company the person reaches."""
    return _list(None)


@pages.get(f"{COMPANY}/")
def of_company(company_id: str) -> Response:
    """The problems of one company."""
    return _list(company_id)


@pages.get("/problems/export.<form>")
def export_inbox(form: str) -> Response:
    """The problems of every company the person reaches, as CSV or JSON."""
    one, form = here(), files.known(form)
    with one.store.read() as conn:
        rows = console_inbox.all_problems(conn, one.person, _wanted(None))
    return files.given(rows, form, "problems")


@pages.get(f"{COMPANY}/export.<form>")
def export(company_id: str, form: str) -> Response:
    """The problems of one company, as CSV or JSON."""
    one, form, wanted = here(), files.known(form), _wanted(company_id)
    rows = files.listed(
        one,
        company_id,
        "problems",
        lambda conn, _row: console_inbox.all_problems(conn, one.person, wanted),
    )
    return files.given(rows, form, f"problems-{company_id[:8]}")


def _wanted(company_id: str | None) -> Wanted:
    standing = request.args.get("standing", "")
    return Wanted(
        standing=Standing(standing) if standing in set(Standing) else Standing.OPEN,
        kind=request.args.get("kind") or None,
        company_id=company_id,
        page=showing.page_number(),
    )


def _list(company_id: str | None) -> Response:
    one, wanted = here(), _wanted(company_id)
    with one.store.read() as conn:
        row = one.reach(conn, company_id) if company_id is not None else None
        found = console_inbox.problems(conn, one.person, wanted)
    template = "company_problems.html" if row is not None else "problems.html"
    return showing.page(
        template,
        section="problems",
        company=row,
        wanted=wanted,
        endpoint="console.problems.of_company" if row is not None else "console.problems.inbox",
        place={"company_id": row.id} if row is not None else {},
        **found,
    )


@pages.get(f"{COMPANY}/<int:number>")
def show(company_id: str, number: int) -> Response:
    """One problem: what happened, to which record, what to do."""
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        found = problem_acts.find(conn, number, row.id)
        shown = problem_list.facts(found, problem_list.record_names(conn, [found]), row.name)
        alike = (
            candidates.side_by_side(conn, row.id, str(found.resource), found.record_id)
            if found.kind in DUPLICATES and found.record_id and found.resolved_at is None
            else []
        )
    for other in alike:
        hiding.hide(other["fields"], str(found.resource), one.person)
    return showing.page(
        "problem.html",
        section="problems",
        company=row,
        problem=shown,
        candidates=alike,
        duplicate=found.kind in DUPLICATES,
        may=one.person.may(Right.MEND),
    )


# --- acts: the form's button names one

Act = Callable[[Connection, Row[Any], Visit], None]


def _link(conn: Connection, found: Row[Any], one: Visit) -> None:
    wanted = request.form.get("candidate") or None
    problem_acts.link_to(conn, found, wanted, one.who, one.now)


def _skip(conn: Connection, found: Row[Any], one: Visit) -> None:
    reason = request.form.get("reason", "").strip()
    if not reason:
        # The command line may leave it out; who sees the page later wants to know.
        raise Invalid((FieldError("/reason", "Say why this record is not to be synced."),))
    problem_acts.skip(conn, found, one.who, one.now, reason)


ACTS: Final[dict[str, tuple[str, Act]]] = {
    "retry": (
        "It is sent again at the next session.",
        lambda conn, found, one: problem_acts.retry(conn, found, one.who, one.now),
    ),
    "skip": (
        "This record is not synced until somebody says so.",
        _skip,
    ),
    "done": (
        "It counts as done by hand.",
        lambda conn, found, one: problem_acts.done(conn, found, one.who, one.now),
    ),
    "delete": (
        "The record was deleted in CashFlow.",
        lambda conn, found, one: problem_acts.delete(conn, found, one.who, one.now),
    ),
    "renumber": (
        "It goes with its new name or number at the next session.",
        lambda conn, found, one: problem_acts.renumber(
            conn, found, request.form.get("number", ""), one.who, one.now
        ),
    ),
    "apart": (
        "It is kept apart and goes at the next session.",
        lambda conn, found, one: problem_acts.apart(
            conn, found, request.form.get("reason", ""), one.who, one.now
        ),
    ),
    "link": ("They are linked; the next session merges them.", _link),
}


@pages.post(f"{COMPANY}/<int:number>")
def act(company_id: str, number: int) -> BaseResponse:
    """Do what the button says."""
    name = request.form.get("act", "")
    said, deed = ACTS.get(name, ("", _unknown))
    return acting.act(
        company_id,
        Right.MEND,
        lambda conn, row, one: deed(conn, problem_acts.find(conn, number, row.id), one),
        said=said,
        **_back(number),
    )


def _back(number: int) -> dict[str, Any]:
    """Where the act was begun: the page of all duplicates, or the problem's own."""
    if request.form.get("back") == "matching":
        return {"back": "console.matching.show"}
    return {"back": "console.problems.show", "number": number}


def _unknown(_conn: Connection, _found: Row[Any], _one: Visit) -> None:
    raise Invalid((FieldError("/act", "This page does not know that act. Load it anew."),))


@pages.post(f"{COMPANY}/retry")
def retry_kind(company_id: str) -> BaseResponse:
    """Retry all open problems of a kind."""
    kind = request.form.get("kind", "")

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        problem_acts.retry_kind(conn, row.id, kind, one.who, one.now)

    return acting.act(
        company_id,
        Right.MEND,
        deed,
        said="All of this kind are sent again at the next session.",
        back="console.problems.of_company",
    )
