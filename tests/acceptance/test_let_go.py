"""What was held back as a likely duplicate comes over once nothing holds it back any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store import problem_acts
from tests.acceptance.test_bills import rent
from tests.acceptance.world import World


def _renumber(made: World) -> None:
    with made.store.write() as conn:
        problem_acts.renumber(conn, made.problems()[0], "B-2", "test", made.clock())


def _delete(made: World) -> None:
    with made.store.write() as conn:
        problem_acts.delete(conn, made.problems()[0], "test", made.clock())


def _done(made: World) -> None:
    with made.store.write() as conn:
        problem_acts.done(conn, made.problems()[0], "test", made.clock())


@pytest.mark.parametrize(
    ("act", "expected"),
    [(_renumber, ["B-1", "B-2", "B-9"]), (_delete, ["B-1", "B-9"]), (_done, ["B-1", "B-9"])],
    ids=["renumbered", "deleted", "done-by-hand"],
)
def test_the_other_bill_of_its_number_comes_over_however_late(
    two_way: World, act: Callable[[World], None], expected: list[str]
) -> None:
    vendor = two_way.add("vendors", name="Acme")["id"]
    two_way.sync()
    line = {"AccountRef": "Rent", "Amount": "7.00"}
    head = {"VendorRef": {"FullName": "Acme"}, "TxnDate": "2026-03-02", "RefNumber": "B-1"}
    two_way.books.add("Bill", {**head, "ExpenseLine": [line]})
    rent(two_way, vendor, number="B-1")
    two_way.sync()
    assert [problem.kind for problem in two_way.problems()] == ["duplicate"]
    two_way.clock.advance(hours=5)
    two_way.books.add("Bill", {**head, "RefNumber": "B-9", "ExpenseLine": [line]})
    two_way.sync()
    act(two_way)
    for _ in range(3):
        two_way.sync()
    # Of what was entered by hand the App has its own record already.
    assert sorted(one["number"] for one in two_way.all("bills")) == expected
    assert two_way.problems() == []
