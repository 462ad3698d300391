"""Paging by iterator, and what is told of deleted records."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.rehearsal.asking import WINTER_NOON, Answer, ask, bill, books
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile

# --- iterators


def page(
    company: CompanyFile, step: str, more: str = "", many: int = 2, noun: str = "Vendor"
) -> Answer:
    limit = f"<MaxReturned>{many}</MaxReturned>" if step != "Stop" else ""
    key = f' iteratorID="{more}"' if more else ""
    return ask(company, f'<{noun}QueryRq iterator="{step}"{key}>{limit}</{noun}QueryRq>')


def five_vendors() -> CompanyFile:
    company = books()
    for n in range(3):
        company.add("Vendor", {"Name": f"V{n}"})
    company.begin_session()
    return company


def left(answer: Answer) -> str:
    return str(answer.node.get("iteratorRemainingCount"))


def iterator_id(answer: Answer) -> str:
    return str(answer.node.get("iteratorID"))


def test_an_iterator_walks_to_the_end() -> None:
    company = five_vendors()
    first = page(company, "Start")
    key = iterator_id(first)
    assert re.fullmatch(r"\{[0-9a-f-]{36}\}", key)
    second, third = page(company, "Continue", key), page(company, "Continue", key)
    assert [left(a) for a in (first, second, third)] == ["3", "1", "0"]
    found = [node.findtext("Name") for a in (first, second, third) for node in a.rets]
    assert found == ["Acme", "Bolt", "V0", "V1", "V2"]
    dead = page(company, "Continue", key)
    assert (dead.code, dead.text) == (3391, f'The iteratorID "{key}" is not valid.')


def test_an_iterator_dies_with_its_session() -> None:
    company = five_vendors()
    key = iterator_id(page(company, "Start"))
    company.end_session()
    company.begin_session()
    assert page(company, "Continue", key).code == 3391


def test_an_iterator_dies_when_stopped_idle_or_asked_for_another_list() -> None:
    company = five_vendors()
    stopped, idle = iterator_id(page(company, "Start")), iterator_id(page(company, "Start"))
    assert page(company, "Stop", stopped).code == 0
    assert page(company, "Stop", stopped).code == 3391
    assert page(company, "Continue", stopped).code == 3391
    assert page(company, "Continue", idle, noun="Customer").code == 3391
    company.advance(11)
    assert page(company, "Continue", idle).code == 3391


def test_an_iterator_waits_ten_seconds_for_the_next_page() -> None:
    company = five_vendors()
    key = iterator_id(page(company, "Start"))
    company.advance(10)
    assert page(company, "Continue", key).code == 0


def test_a_continue_must_repeat_the_filters() -> None:
    company = five_vendors()
    key = iterator_id(page(company, "Start"))
    other = (
        f'<VendorQueryRq iterator="Continue" iteratorID="{key}"><MaxReturned>2</MaxReturned>'
        "<ActiveStatus>All</ActiveStatus></VendorQueryRq>"
    )
    assert ask(company, other).code == 3120
    assert page(company, "Continue", key, many=9).code == 0


def test_too_many_iterators_are_3390() -> None:
    company = five_vendors()
    codes = [page(company, "Start").code for _ in range(company.open_iterators_max + 1)]
    assert codes == [0] * company.open_iterators_max + [3390]


def test_a_record_deleted_between_pages_is_left_out() -> None:
    company = five_vendors()
    first = page(company, "Start")
    company.delete("Vendor", company.find("Vendor", Name="V0")[0]["ListID"])
    second = page(company, "Continue", iterator_id(first))
    assert [node.findtext("Name") for node in second.rets] == ["V1"]


# --- deletions


def test_deletions_are_told_by_type_in_order_for_ninety_days() -> None:
    company = books()
    extra = company.add("Class", {"Name": "West", "ParentRef": "East"})
    company.delete("Class", extra)
    company.advance(60)
    company.delete("Vendor", company.find("Vendor", Name="Bolt")[0]["ListID"])
    query = (
        "<ListDeletedQueryRq><ListDelType>Vendor</ListDelType>"
        "<ListDelType>Class</ListDelType>{}</ListDeletedQueryRq>"
    )
    answer = ask(company, query.format(""))
    assert answer.every("ListDeletedRet/FullName") == ["Bolt", "East:West"]
    assert answer.get("TimeDeleted") == "2026-01-15T12:01:00-05:00"
    since = (
        "<DeletedDateRangeFilter><FromDeletedDate>2026-01-15T12:00:01</FromDeletedDate>"
        "</DeletedDateRangeFilter>"
    )
    assert ask(company, query.format(since)).every("ListDeletedRet/FullName") == ["Bolt"]
    company.advance(90 * 86400 - 30)
    assert ask(company, query.format("")).every("ListDeletedRet/FullName") == ["Bolt"]
    company.advance(60)
    assert ask(company, query.format("")).code == 1


def test_only_the_types_asked_for_are_told() -> None:
    company = books()
    company.delete("Bill", bill(company, RefNumber="77"))
    query = "<TxnDeletedQueryRq><TxnDelType>{}</TxnDelType></TxnDeletedQueryRq>"
    assert ask(company, query.format("Bill")).get("RefNumber") == "77"
    assert ask(company, query.format("Invoice")).code == 1


def test_the_repeated_hour_of_autumn_shows_the_same_wall_time_twice() -> None:
    before = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 01:30 summer time
    company = CompanyFile(clock=SettableClock(before))
    company.add("Vendor", {"Name": "First"})
    company.advance(int(timedelta(hours=1).total_seconds()))
    company.add("Vendor", {"Name": "Second"})
    times = {v["Name"]: v["TimeModified"] for v in company.all("Vendor")}
    assert times["First"] == times["Second"] == "2026-11-01T01:30:00-05:00"
    assert WINTER_NOON.tzinfo is UTC
