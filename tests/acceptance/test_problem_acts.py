"""What a person does about a problem: retry, skip and its undo, done by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from store import problem_acts
from store.engine import Connection
from store.errors import Invalid, NotFound, Refused
from store.syncing import audit
from tests.acceptance.world import World

Act = Callable[[Connection, Any, str, datetime], None]


def do(made: World, act: Act, number: int) -> None:
    """A person acts on a problem."""
    with made.store.write() as conn:
        act(conn, problem_acts.find(conn, number, made.id), "test", made.clock())


@pytest.fixture
def refused(acme: World) -> tuple[World, str, str]:
    """A vendor that cannot go, because a customer has its name; gives both ids."""
    client = acme.books.add("Customer", {"Name": "Twice"})
    vendor = acme.add("vendors", name="Twice")["id"]
    acme.sync()
    return acme, vendor, client


def test_retry_sends_it_again_when_the_way_is_clear(refused: tuple[World, str, str]) -> None:
    made, vendor, client = refused
    made.books.edit("Customer", client, {"Name": "Twice (customer)"})
    made.sync()
    assert made.get("vendors", vendor)["sync"]["state"] == "failed"
    do(made, problem_acts.retry, made.problems()[0].number)
    made.sync()
    assert made.get("vendors", vendor)["sync"]["state"] == "synced"
    assert made.problems() == []


def test_a_skipped_record_stays_out_until_somebody_says_retry(
    refused: tuple[World, str, str],
) -> None:
    made, vendor, client = refused
    number = made.problems()[0].number
    do(made, problem_acts.skip, number)
    made.books.edit("Customer", client, {"Name": "Other"})
    made.change("vendors", vendor, phone="555")
    made.sync()
    assert made.get("vendors", vendor)["sync"]["state"] == "skipped"
    assert made.problems() == []
    assert made.books.all("Vendor") == []
    do(made, problem_acts.retry, number)
    made.sync()
    assert made.get("vendors", vendor)["sync"]["state"] == "synced"


def test_the_reason_of_a_skip_is_kept_in_the_audit_trail(refused: tuple[World, str, str]) -> None:
    made, vendor, _ = refused
    number = made.problems()[0].number
    with made.store.write() as conn:
        found = problem_acts.find(conn, number, made.id)
        with pytest.raises(Invalid, match="1000"):
            problem_acts.skip(conn, found, "ann", made.clock(), reason="x" * 1001)
        problem_acts.skip(conn, found, "ann", made.clock(), reason=" never meant for it ")
        problem_acts.retry(conn, found, "bob", made.clock())
    with made.store.read() as conn:
        rows = conn.execute(select(audit).where(audit.c.company_id == made.id)).all()
    acts = {row.act: (row.who, row.detail) for row in rows if row.act.startswith("problem.")}
    of = {"problem": number, "record": vendor}
    assert acts["problem.skip"] == ("ann", of | {"reason": "never meant for it"})
    assert acts["problem.retry"] == ("bob", of)


def test_done_by_hand_sends_nothing_more(refused: tuple[World, str, str]) -> None:
    made, vendor, _ = refused
    number = made.problems()[0].number
    do(made, problem_acts.done, number)
    made.sync()
    assert made.problems() == []
    assert made.get("vendors", vendor)["sync"]["state"] == "skipped"
    with pytest.raises(Refused, match="Nothing"):
        do(made, problem_acts.retry, number)


def test_an_unknown_number_is_said_to_be_unknown(acme: World) -> None:
    with pytest.raises(NotFound, match="number"):
        do(acme, problem_acts.retry, 99)
