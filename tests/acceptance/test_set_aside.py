"""Sync-rules 8: one failing record never stops the others, also on the way in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import Select, select

from qbxml.parse import Record
from store import problem_acts, pull
from store.context import Sync
from store.syncing import cursor, exchange, unstored
from tests.acceptance.conftest import stock
from tests.acceptance.world import World


def garble(monkeypatch: pytest.MonkeyPatch, made: World, right: str, wrong: str) -> None:
    """QuickBooks' answers hold nonsense where that text stands."""
    true_answer = made.books.process
    monkeypatch.setattr(
        made.books, "process", lambda request: true_answer(request).replace(right, wrong)
    )


def bills(made: World, *numbers: str) -> list[str]:
    """Bills of 3 January, for 7.77 each, entered in QuickBooks."""
    (vendor,) = made.books.find("Vendor", Name="Acme") or [None]
    key = vendor["ListID"] if vendor else made.books.add("Vendor", {"Name": "Acme"})
    return [
        made.books.add(
            "Bill",
            {
                "VendorRef": {"ListID": key},
                "TxnDate": "2026-01-03",
                "RefNumber": number,
                "Memo": f"memo {number}",
                "ExpenseLine": [{"AccountRef": "Rent", "Amount": "7.77"}],
            },
        )
        for number in numbers
    ]


@pytest.fixture
def two_way(make_world: Callable[..., World]) -> World:
    """Bills come over."""
    made = make_world(two_way_bills=True)
    stock(made)
    return made


def numbers(made: World) -> list[str]:
    """The bills that came over."""
    return sorted(one["number"] for one in made.all("bills"))


def unstored_of(made: World) -> Select[Any]:
    """The rows of what could not be stored."""
    return select(unstored).where(unstored.c.company_id == made.id)


SPOILT = {
    "a required date that cannot be read": (
        "<TxnDate>2026-01-03</TxnDate>", "<TxnDate>soon</TxnDate>", "TxnDate"),
    "a required date that is missing": ("<TxnDate>2026-01-03</TxnDate>", "", "TxnDate"),
    "an amount that is no amount": (
        "<AmountDue>7.77</AmountDue>", "<AmountDue>7,77 EUR</AmountDue>", "AmountDue"),
    "an amount too long for any column": (
        "<AmountDue>7.77</AmountDue>", f"<AmountDue>{'9' * 40}.00</AmountDue>", "AmountDue"),
    "a line's amount that cannot be read": (
        "<Amount>7.77</Amount>", "<Amount>?</Amount>", "ExpenseLine"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_one_record_that_cannot_be_stored_is_set_aside_and_the_rest_comes_over(
    two_way: World, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    right, wrong, element = SPOILT[case]
    good, bad = "A", "B"
    bills(two_way, good, bad, "C")
    true_answer = two_way.books.process

    def answer(request: str) -> str:
        head, sep, tail = true_answer(request).partition("<RefNumber>B<")
        if not sep:
            return head
        start = head.rindex("<BillRet>")
        end = tail.index("</BillRet>")
        one = (head[start:] + sep + tail[:end]).replace(right, wrong)
        return head[:start] + one + tail[end:]

    with monkeypatch.context() as patch:
        patch.setattr(two_way.books, "process", answer)
        two_way.sync()
    assert numbers(two_way) == ["A", "C"]
    (problem,) = two_way.problems()
    assert problem.kind == "unstored"
    assert "bill B" in problem.title
    assert element in problem.text
    # Nothing is lost: what could be read, and the whole answer.
    with two_way.store.read() as conn:
        row = conn.execute(unstored_of(two_way)).one()
        asked = select(exchange.c.response).where(exchange.c.id == row.exchange_id)
        assert wrong in conn.execute(asked).scalar_one()
        mine = cursor.c.company_id == two_way.id
        moved = select(cursor.c.read_to).where(mine, cursor.c.name == "Bill")
        assert conn.execute(moved).scalar_one()
    assert row.values["memo"] == "memo B"


def test_it_is_asked_for_again_after_a_retry_and_the_problem_ends_by_itself(
    two_way: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bills(two_way, "A")
    two_way.clock.advance(days=1)
    two_way.books.edit("Bill", bills(two_way, "Z")[0], {"TxnDate": "2026-01-04"})
    with monkeypatch.context() as patch:
        garble(patch, two_way, "<TxnDate>2026-01-03<", "<TxnDate>soon<")
        two_way.sync()
    two_way.sync()
    assert numbers(two_way) == ["Z"]
    (problem,) = two_way.problems()
    with two_way.store.write() as conn:
        problem_acts.retry(
            conn, problem_acts.find(conn, problem.number, two_way.id), "test", two_way.clock()
        )
    two_way.sync()
    assert numbers(two_way) == ["A", "Z"]
    assert two_way.problems() == []
    with two_way.store.read() as conn:
        assert conn.execute(unstored_of(two_way)).all() == []


def test_it_comes_with_its_next_edit(two_way: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (key,) = bills(two_way, "A")
    with monkeypatch.context() as patch:
        garble(patch, two_way, "<TxnDate>2026-01-03<", "<TxnDate>soon<")
        two_way.sync()
    two_way.books.edit("Bill", key, {"Memo": "corrected"})
    two_way.sync()
    assert numbers(two_way) == ["A"]
    assert two_way.problems() == []


def test_a_linked_record_that_cannot_be_read_stays_as_it_was(
    two_way: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (key,) = bills(two_way, "A")
    two_way.sync()
    two_way.books.edit("Bill", key, {"Memo": "new"})
    with monkeypatch.context() as patch:
        garble(patch, two_way, "<AmountDue>7.77<", "<AmountDue>?<")
        two_way.sync()
    (one,) = two_way.all("bills")
    assert (one["memo"], one["amount"]) == ("memo A", "7.77")
    assert [p.kind for p in two_way.problems()] == ["unstored"]
    two_way.books.edit("Bill", key, {"Memo": "newer"})
    two_way.sync()
    assert two_way.all("bills")[0]["memo"] == "newer"
    assert two_way.problems() == []


def test_deleted_in_quickbooks_it_is_no_problem_any_more(
    two_way: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _ = bills(two_way, "A", "B")
    with monkeypatch.context() as patch:
        garble(patch, two_way, "<TxnDate>2026-01-03<", "<TxnDate>soon<")
        two_way.sync()
        assert len(two_way.problems()) == 2
        two_way.books.delete("Bill", bad)
        two_way.sync()
    (problem,) = two_way.problems()
    assert "bill B" in problem.title
    with two_way.store.read() as conn:
        assert len(conn.execute(unstored_of(two_way)).all()) == 1


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<Name>Bad</Name>", ""),
        ("<Name>Bad</Name>", "<Name></Name>"),
        ("<EditSequence>", "<EditSequence>12345678901234567890"),
    ],
)
def test_a_list_goes_on_without_the_one_that_has_no_name_or_an_impossible_stamp(
    acme: World, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    acme.books.add("Vendor", {"Name": "Good"})
    acme.books.add("Vendor", {"Name": "Bad"})
    true_answer = acme.books.process

    def answer(request: str) -> str:
        parts = true_answer(request).split("<VendorRet>")
        return "<VendorRet>".join(
            part.replace(right, wrong) if "<Name>Bad<" in part else part for part in parts
        )

    with monkeypatch.context() as patch:
        patch.setattr(acme.books, "process", answer)
        acme.sync()
    assert [v["name"] for v in acme.all("vendors")] == ["Good"]
    assert [p.kind for p in acme.problems()] == ["unstored"]


def test_whatever_one_record_does_to_the_store_stops_no_other(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("One", "Two", "Three", "Four", "Five"):
        acme.books.add("Vendor", {"Name": name})
    true_store = pull._store

    def store(sync: Sync, records: Sequence[Record]) -> None:
        true_store(sync, records)
        if any(record.full_name == "Two" for record in records):
            raise ValueError("after all was written")

    with monkeypatch.context() as patch:
        patch.setattr(pull, "_store", store)
        log = acme.sync()
    assert sorted(v["name"] for v in acme.all("vendors")) == ["Five", "Four", "One", "Three"]
    (problem,) = acme.problems()
    assert "vendor Two" in problem.title
    assert "1 problem" in log.close_text


def test_a_number_larger_than_any_column_is_set_aside(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme.books.add("StandardTerms", {"Name": "Good", "StdDueDays": "30"})
    acme.books.add("StandardTerms", {"Name": "Bad", "StdDueDays": "31"})
    with monkeypatch.context() as patch:
        garble(patch, acme, "<StdDueDays>31<", f"<StdDueDays>{2**40}<")
        acme.sync()
    assert [one["name"] for one in acme.all("terms")] == ["Good"]
    assert [p.kind for p in acme.problems()] == ["unstored"]
