"""The people of a company: who comes in, letting somebody in, and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from store import logins, persons
from store.engine import Connection, Row
from store.errors import FieldError, Forbidden, Invalid
from store.persons import Right
from webconnector.console import acting, showing
from webconnector.console.visit import Visit, here

pages = Blueprint("members", __name__, url_prefix="/companies/<company_id>/people")


@pages.get("/")
def show(company_id: str) -> Response:
    """Who reaches this company."""
    return _page(company_id, None)


def _page(company_id: str, invalid: Invalid | None, **facts: Any) -> Response:
    one = here()
    with one.store.read() as conn:
        row = one.reach(conn, company_id)
        people = persons.list_people(conn, row.id)
    return showing.page(
        "members.html",
        section="members",
        company=row,
        people=people,
        may=one.person.may(Right.PEOPLE),
        email=request.form.get("email", "") if invalid else "",
        errors=showing.errors_of(invalid),
        status=showing.status_of(invalid),
        **facts,
    )


@pages.post("/")
def admit(company_id: str) -> Response:
    """Let somebody in; who is new gets a password, shown on the page that answers."""
    one = here()
    email, role = request.form.get("email", ""), request.form.get("role", "")

    def deed(conn: Connection, row: Row[Any]) -> tuple[str, str]:
        known = persons.find(conn, email)
        if known is not None:
            someone = persons.read(known)
            if someone.everywhere:
                text = "This is one of our support staff, who reach every company."
                raise Invalid((FieldError("/email", text),))
            persons.admit(conn, row.id, someone, one.who, one.now)
            return someone.email, ""
        if role == persons.Role.SUPPORT:
            raise Invalid((FieldError("/role", "Choose administrator or viewer."),))
        made, password = persons.add_person(
            conn, email=email, role=role, company_ids=[row.id], who=one.who, now=one.now
        )
        return made.email, password

    try:
        address, password = one.run(company_id, Right.PEOPLE, deed)
    except Invalid as error:
        return _page(company_id, error)
    return _page(company_id, None, admitted=address, password=password)


@pages.post("/<person_id>/dismiss")
def dismiss(company_id: str, person_id: str) -> BaseResponse:
    """They reach this company no more."""

    def deed(conn: Connection, row: Row[Any], one: Visit) -> None:
        if person_id == one.person.id:
            text = "You cannot take away your own way in. Another administrator can."
            raise Invalid((FieldError("/person", text),))
        persons.dismiss(conn, row.id, person_id, one.who, one.now)

    return acting.act(
        company_id,
        Right.PEOPLE,
        deed,
        said="They no longer reach this company.",
        back="console.members.show",
    )


@pages.post("/<person_id>/password")
def password(company_id: str, person_id: str) -> Response:
    """A new password for somebody who lost theirs; shown on the page that answers."""
    one = here()

    def deed(conn: Connection, row: Row[Any]) -> tuple[str, str]:
        someone = persons.member(conn, row.id, person_id)
        if not persons.all_within(conn, someone, one.person):
            raise Forbidden(
                "They also reach companies that you do not. Ask support for their new password."
            )
        return someone.email, logins.new_password(conn, someone, one.who, one.now)

    address, made = one.run(company_id, Right.PEOPLE, deed)
    return _page(company_id, None, admitted=address, password=made, again=True)
