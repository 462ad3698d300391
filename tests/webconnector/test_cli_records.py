"""`webconnector records` and `record`: what the CashFlow app does, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.webconnector.command_line import CommandLine


@pytest.fixture
def company(webconnector: CommandLine) -> str:
    made = webconnector.done("company", "add", "Acme Ltd", "--time-zone", "America/New_York")
    return str(made["id"])


def add(webconnector: CommandLine, company: str, resource: str, **body: Any) -> dict[str, Any]:
    made: dict[str, Any] = webconnector.done(
        "record", "add", company, resource, "-", stdin=json.dumps(body)
    )
    return made


def test_a_vendor_is_added_changed_and_listed(webconnector: CommandLine, company: str) -> None:
    made = add(webconnector, company, "vendors", name="Blue Ridge", phone="555 0100")
    assert made["sync"]["state"] == "pending"
    body = json.dumps({"phone": "555 0101"})
    changed = webconnector.done("record", "change", company, "vendors", made["id"], "-", stdin=body)
    assert (changed["name"], changed["phone"]) == ("Blue Ridge", "555 0101")
    (listed,) = webconnector.done("records", company, "vendors")
    assert listed == changed
    shown = webconnector("records", company, "vendors").out
    assert "Blue Ridge" in shown
    assert "pending" in shown


def test_a_bill_refers_by_exact_name_and_can_be_approved_and_deleted(
    webconnector: CommandLine, company: str
) -> None:
    add(webconnector, company, "vendors", name="Blue Ridge")
    add(webconnector, company, "accounts", name="Office", type="Expense")
    bill = add(
        webconnector,
        company,
        "bills",
        vendor={"name": "Blue Ridge"},
        number="B-1",
        bill_date="2026-01-31",
        expense_lines=[{"account": {"name": "Office"}, "amount": "120.00"}],
    )
    assert bill["vendor"]["name"] == "Blue Ridge"
    assert bill["amount"] == "120.00"
    approved = webconnector.done("record", "approve", company, "bills", bill["id"])
    assert approved["approval"] == "approved"
    webconnector.done("record", "delete", company, "bills", bill["id"])
    assert webconnector.done("records", company, "bills") == []


def test_a_record_comes_from_a_file_too(
    webconnector: CommandLine, company: str, tmp_path: Path
) -> None:
    path = tmp_path / "vendor.json"
    path.write_text(json.dumps({"name": "Café d'Été"}), "utf-8")
    assert webconnector.done("record", "add", company, "vendors", str(path))["name"] == "Café d'Été"


def test_every_wrong_field_is_named_in_one_line(webconnector: CommandLine, company: str) -> None:
    body = json.dumps({"nam": "Blue", "phone": 5})
    line = webconnector.refused("record", "add", company, "vendors", "-", stdin=body)
    for part in ("/nam", "/phone", "/name"):
        assert part in line


@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_file_that_holds_no_record_is_refused(
    webconnector: CommandLine, company: str, text: str
) -> None:
    assert "JSON" in webconnector.refused("record", "add", company, "vendors", "-", stdin=text)


def test_all_records_are_listed_unless_limited(webconnector: CommandLine, company: str) -> None:
    for number in range(4):
        add(webconnector, company, "vendors", name=f"Vendor {number}")
    assert len(webconnector.done("records", company, "vendors")) == 4
    assert len(webconnector.done("records", company, "vendors", "--limit", "3")) == 3


def test_paging_loses_and_repeats_nothing(
    webconnector: CommandLine, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webconnector.cli_records.PAGE_RECORDS", 2)
    names = [f"V {number}" for number in range(5)]
    for name in names:
        add(webconnector, company, "vendors", name=name)
    listed = [row["name"] for row in webconnector.done("records", company, "vendors")]
    assert sorted(listed) == sorted(names)


def test_updated_after_leaves_out_what_is_older(webconnector: CommandLine, company: str) -> None:
    made = add(webconnector, company, "vendors", name="Old")
    add(webconnector, company, "vendors", name="New")
    listed = webconnector.done("records", company, "vendors", "--updated-after", made["updated_at"])
    assert [row["name"] for row in listed] == ["New"]
    assert webconnector.done("records", company, "vendors", "--updated-after", "2999-01-01") == []
    webconnector.refused("records", company, "vendors", "--updated-after", "soon", code=2)


def test_what_does_not_exist_is_said(webconnector: CommandLine, company: str) -> None:
    assert "resource" in webconnector.refused("records", company, "estimates")
    assert "no company" in webconnector.refused("records", "nobody", "vendors")
    assert "record id" in webconnector.refused("record", "delete", company, "bills", "B-1")
    unknown = "01a20000-0000-7000-8000-000000000000"
    assert "no bill" in webconnector.refused("record", "delete", company, "bills", unknown).lower()


def test_what_the_rules_forbid_is_refused_with_the_reason(
    webconnector: CommandLine, company: str
) -> None:
    made = add(webconnector, company, "vendors", name="Blue Ridge")
    assert "inactive" in webconnector.refused("record", "delete", company, "vendors", made["id"])
    assert webconnector.refused("record", "void", company, "vendors", made["id"])
    body = json.dumps({"name": "Consulting"})
    assert webconnector.refused("record", "add", company, "items", "-", stdin=body)


def test_bank_balances_can_be_listed(webconnector: CommandLine, company: str) -> None:
    assert webconnector.done("records", company, "bank-balances") == []
