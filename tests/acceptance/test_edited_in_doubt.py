"""A write of which nobody knows whether it arrived, and a bookkeeper who changes it meanwhile.

Sync-rules 9: it is found by our own id, and that stays on it, whatever else is changed there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.in_process import faulty
from tests.acceptance.test_exactly_once import LOST, sent_again_after_a_lost_answer
from tests.acceptance.test_sessions import close, receive
from tests.acceptance.world import World
from tests.acceptance.write_types import WRITE_TYPES, WriteType, ground

RECOVERIES = 3
OTHER_DAY = {"TxnDate": "2026-01-15"}
OTHER_VENDOR = {"VendorRef": {"FullName": "Other vendor"}}
OTHER_CUSTOMER = {"CustomerRef": {"FullName": "Other client"}}
EDITS: dict[str, dict[str, Any]] = {
    "Vendor": {"Name": "Renamed"},
    "Customer": {"Name": "Renamed"},
    "Bill": {**OTHER_DAY, **OTHER_VENDOR, "RefNumber": "Other"},
    "VendorCredit": {**OTHER_DAY, **OTHER_VENDOR, "RefNumber": "Other"},
    "BillPaymentCheck": {**OTHER_DAY, "RefNumber": "Other"},
    "Invoice": {**OTHER_DAY, **OTHER_CUSTOMER, "RefNumber": "Other"},
    "ReceivePayment": {**OTHER_DAY, "RefNumber": "Other"},
    "Transfer": OTHER_DAY,
    "Account": {"Name": "Renamed"},
    "Class": {"Name": "Renamed"},
}
"""What the bookkeeper does to each kind of record before it is found."""
ADDS = [one for one in WRITE_TYPES if one.adds == 1]
WITH_OUR_ID = [one for one in ADDS if one.kind not in {"Account", "Class"}]
ASKED_AGAIN = ("garbled@{}", "lost-reply@{}")
"""QuickBooks remembers what became of it."""
FORGOTTEN = (
    "garbled@{},garbled@{}",
    "set-status:9005@{}",
    "incomplete@{}",
    "lost-reply@{},set-status:9002@{}",
)
"""It does not, or cannot say so: it is looked for."""


@pytest.mark.parametrize(
    ("one", "spec"),
    [
        *((one, spec) for one in ADDS for spec in ASKED_AGAIN),
        *((one, spec) for one in WITH_OUR_ID for spec in FORGOTTEN),
    ],
    ids=lambda value: f"{value.resource}-{value.noun}" if isinstance(value, WriteType) else value,
)
def test_what_is_changed_there_before_it_is_found_is_not_entered_again(
    make_world: Callable[..., World], one: WriteType, spec: str
) -> None:
    made = make_world()
    ground(made)
    made.books.add("Vendor", {"Name": "Other vendor"})
    made.books.add("Customer", {"Name": "Other client"})
    known = one.prepare(made, 1)
    made.sync()
    before = _ids(made, one.kind)
    record = one.act(made, 1, known)
    made.clock.advance(minutes=5)
    bad = faulty(made, spec.format(one.noun, one.noun))
    while not _ids(made, one.kind) - before:  # 9002 comes first where QuickBooks ran nothing
        made.clock.advance(minutes=16)
        for _ in bad.steps(made.books):
            if _ids(made, one.kind) - before:
                break
    (entered,) = _ids(made, one.kind) - before
    made.books.edit(one.kind, entered, EDITS[one.kind])
    made.clock.advance(minutes=16)
    for _ in range(RECOVERIES):
        bad.run(made.books)
        made.clock.advance(minutes=70)
    assert len(bad.faults.happened) == 1 + spec.count(",")
    assert _ids(made, one.kind) - before == {entered}
    assert {found["id"]: found for found in made.all(one.resource)}[record["id"]]["sync"][
        "state"
    ] == "synced"
    assert [problem.title for problem in made.problems()] == []


def _ids(made: World, kind: str) -> set[str]:
    return {found.get("TxnID") or found["ListID"] for found in made.books.all(kind)}


def _bill_in_doubt(acme: World) -> tuple[str, str]:
    """QuickBooks has a bill and forgot that we sent it; gives our id and its own."""
    bill, ticket, _ = sent_again_after_a_lost_answer(acme)
    (theirs,) = acme.books.all("Bill")
    assert 0 <= receive(acme, ticket, LOST) < 100
    close(acme, ticket)
    acme.clock.advance(minutes=16)
    return bill["id"], theirs["TxnID"]


def test_deleted_here_and_renumbered_there_it_is_deleted_there_too(acme: World) -> None:
    bill, theirs = _bill_in_doubt(acme)
    acme.delete("bills", bill)
    acme.books.edit("Bill", theirs, {"RefNumber": "Other", **OTHER_DAY})
    acme.sync()
    assert acme.books.all("Bill") == []
    assert acme.problems() == []


def test_moved_on_both_sides_it_is_found_and_only_then_changed(acme: World) -> None:
    bill, theirs = _bill_in_doubt(acme)
    acme.change("bills", bill, number="B-2", bill_date="2026-03-01")
    acme.books.edit("Bill", theirs, {"RefNumber": "Other", **OTHER_DAY})
    acme.sync()
    acme.sync()
    (found,) = acme.books.all("Bill")
    assert (found["TxnID"], found["RefNumber"], found["TxnDate"]) == (theirs, "B-2", "2026-03-01")
    assert acme.get("bills", bill)["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_what_is_found_and_one_like_it_are_no_duplicates_of_each_other(acme: World) -> None:
    bill, theirs = _bill_in_doubt(acme)
    acme.books.edit("Bill", theirs, {"RefNumber": "Other"})
    copied = {k: v for k, v in acme.books.get("Bill", theirs).items() if k in ("TxnDate", "Memo")}
    line = {"AccountRef": "Rent", "Amount": "1.00"}
    vendor = {"VendorRef": {"FullName": "Acme"}}
    acme.books.add("Bill", {**copied, **vendor, "RefNumber": "B-1", "ExpenseLine": [line]})
    acme.sync()
    assert len(acme.books.all("Bill")) == 2
    assert acme.get("bills", bill)["sync"]["quickbooks_id"] == theirs
    assert acme.problems() == []


def test_a_refused_question_leaves_it_in_doubt(acme: World) -> None:
    """A person tries again what QuickBooks would not look for: it is looked for all the same."""
    bill, theirs = _bill_in_doubt(acme)
    acme.books.edit("Bill", theirs, {"RefNumber": "Other", **OTHER_DAY})
    refusing = faulty(acme, "status:3100@BillQuery")
    refusing.run(acme.books)
    (problem,) = acme.problems()
    assert problem.record_id == bill
    acme.clock.advance(minutes=16)
    acme.change("bills", bill, number="B-3")  # tried again, under another number
    acme.sync()
    acme.sync()
    (found,) = acme.books.all("Bill")
    assert (found["TxnID"], found["RefNumber"]) == (theirs, "B-3")
    assert acme.problems() == []


def test_however_long_ago_it_left_it_is_asked_for_from_then_on(acme: World) -> None:
    bill, theirs = _bill_in_doubt(acme)
    acme.books.edit("Bill", theirs, OTHER_DAY)
    acme.clock.advance(days=9)
    acme.sync()
    assert [found["TxnID"] for found in acme.books.all("Bill")] == [theirs]
    assert acme.get("bills", bill)["sync"]["state"] == "synced"
