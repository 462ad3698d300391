"""Sync-rules 2 and 1: which of QuickBooks' bills come over when 2-way bill sync is switched on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.guarded import bill, met
from tests.acceptance.test_paid_outside import entered, pay
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met, without 2-way bill sync; an open bill and a paid one are there."""
    made = met(make_world())
    entered(made, "OPEN")
    entered(made, "B-1")
    pay(made, "1.00")
    made.sync()
    return made


def numbers(made: World) -> list[str]:
    """The bills that the App has."""
    return sorted(one["number"] for one in made.all("bills"))


def test_a_bill_open_on_the_day_of_the_switch_comes_over_one_with_any_payment_never(
    linked: World,
) -> None:
    assert numbers(linked) == []
    linked.prefer(two_way_bills="true")
    entered(linked, "NEW")
    linked.sync()
    assert numbers(linked) == ["NEW", "OPEN"]
    (paid,) = linked.books.find("Bill", RefNumber="B-1")
    linked.books.edit("Bill", paid["TxnID"], {"Memo": "edited after the switch"})
    linked.sync()
    assert numbers(linked) == ["NEW", "OPEN"]


def test_without_import_open_bills_only_what_is_created_or_edited_after_the_switch_comes(
    linked: World,
) -> None:
    linked.prefer(two_way_bills="true", import_open_bills="false")
    linked.clock.advance(seconds=1)
    entered(linked, "NEW")
    linked.sync()
    assert numbers(linked) == ["NEW"]
    (old,) = linked.books.find("Bill", RefNumber="OPEN")
    linked.books.edit("Bill", old["TxnID"], {"Memo": "edited after the switch"})
    linked.sync()
    assert numbers(linked) == ["NEW", "OPEN"]


def test_import_open_bills_switched_on_later_brings_those_that_were_passed_over(
    linked: World,
) -> None:
    linked.prefer(two_way_bills="true", import_open_bills="false")
    linked.sync()
    assert numbers(linked) == []
    linked.prefer(import_open_bills="true")
    linked.sync()
    assert numbers(linked) == ["OPEN"]


def test_the_switch_counts_in_the_companys_time_zone(make_world: Callable[..., World]) -> None:
    made = met(make_world(company_time_zone="Asia/Tokyo", time_zone="Asia/Tokyo"))
    entered(made, "OLD")
    made.clock.advance(minutes=1)
    made.prefer(two_way_bills="true", import_open_bills="false")
    made.clock.advance(minutes=1)
    entered(made, "NEW")
    made.sync()
    assert numbers(made) == ["NEW"]


def test_switching_2wb_off_leaves_linked_bills_linked_and_on_again_compares_them_first(
    linked: World,
) -> None:
    linked.prefer(two_way_bills="true")
    ours = bill(linked, number="A-1")
    linked.sync()
    linked.prefer(two_way_bills="false")
    (theirs,) = linked.books.find("Bill", RefNumber="OPEN")
    linked.books.edit("Bill", theirs["TxnID"], {"Memo": "meanwhile"})
    linked.books.delete("Bill", linked.books.find("Bill", RefNumber="A-1")[0]["TxnID"])
    entered(linked, "MEANWHILE")
    linked.sync()
    before: dict[str, Any] = {one["number"]: one for one in linked.all("bills")}
    assert sorted(before) == ["A-1", "OPEN"]
    assert {one["sync"]["state"] for one in before.values()} == {"synced"}
    assert before["OPEN"]["memo"] is None
    linked.prefer(two_way_bills="true")
    linked.sync()
    assert numbers(linked) == ["MEANWHILE", "OPEN"]
    assert linked.get("bills", before["OPEN"]["id"])["memo"] == "meanwhile"
    assert "deleted_at" in linked.get("bills", ours["id"])


def test_a_bill_paid_while_2wb_was_off_is_seen_when_it_is_on_again(linked: World) -> None:
    linked.prefer(two_way_bills="true")
    linked.sync()
    linked.prefer(two_way_bills="false")
    (theirs,) = linked.books.find("Bill", RefNumber="OPEN")
    pay(linked, "100.00", AppliedToTxn=[{"TxnID": theirs["TxnID"], "PaymentAmount": "100.00"}])
    linked.sync()
    linked.prefer(two_way_bills="true")
    linked.sync()
    (found,) = linked.all("bills")
    assert (found["is_paid"], found["paid_outside"]) == (True, "100.00")
