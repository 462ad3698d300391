"""The comparison of both books notices every kind of disagreement."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from webconnector.rehearsal_compare import Scope, compare

SCOPE = Scope(start_date="2026-01-01", two_way_bills=True)
SYNCED = {"state": "synced", "quickbooks_id": ""}


def synced(quickbooks_id: str) -> dict[str, str]:
    return {**SYNCED, "quickbooks_id": quickbooks_id}


def cashflow() -> dict[str, list[dict[str, Any]]]:
    return {
        "accounts": [
            {
                "id": "a1",
                "name": "Office",
                "active": True,
                "type": "Expense",
                "parent": None,
                "sync": synced("A1"),
            }
        ],
        "vendors": [
            {
                "id": "v1",
                "name": "Blue Ridge",
                "active": True,
                "is_1099": False,
                "phone": None,
                "tax_id": "secret",
                "address": {"line1": "4 Mill Lane", "line2": None, "city": "Utica"},
                "sync": synced("V1"),
            }
        ],
        "bills": [
            {
                "id": "b1",
                "vendor": {"id": "v1", "name": "Blue Ridge"},
                "number": "B-1",
                "bill_date": "2026-01-31",
                "amount": "120.00",
                "expense_lines": [
                    {
                        "id": "l1",
                        "account": {"id": "a1", "name": "Office"},
                        "amount": "120.00",
                        "memo": "Café",
                        "billable_status": None,
                    }
                ],
                "item_lines": [],
                "sync": synced("B1"),
            }
        ],
    }


def quickbooks() -> dict[str, list[dict[str, Any]]]:
    return {
        "Account": [
            {"ListID": "A1", "Name": "Office", "IsActive": "true", "AccountType": "Expense"}
        ],
        "Vendor": [
            {
                "ListID": "V1",
                "Name": "Blue Ridge",
                "IsActive": "true",
                "VendorAddress": {"Addr1": "4 Mill Lane", "City": "Utica"},
            }
        ],
        "Bill": [
            {
                "TxnID": "B1",
                "VendorRef": {"ListID": "V1", "FullName": "Blue Ridge"},
                "RefNumber": "B-1",
                "TxnDate": "2026-01-31",
                "AmountDue": "120.00",
                "OpenAmount": "120.00",
                "ExpenseLine": [
                    {"AccountRef": {"ListID": "A1"}, "Amount": "120.00", "Memo": "Café"}
                ],
            }
        ],
    }


def differences(
    change: Callable[[dict[str, Any], dict[str, Any]], object], scope: Scope = SCOPE
) -> list[str]:
    ours, theirs = copy.deepcopy(cashflow()), copy.deepcopy(quickbooks())
    change(ours, theirs)

    def living(kind: str) -> Iterable[dict[str, Any]]:
        return theirs.get(kind, ())

    return [f"{one.resource}/{one.field}" for one in compare(ours, living, scope).differences]


def test_equal_books_agree_and_the_fields_are_counted() -> None:
    result = compare(cashflow(), lambda kind: quickbooks().get(kind, ()), SCOPE)
    assert result.agrees
    assert result.linked == {"accounts": 1, "vendors": 1, "bills": 1}
    assert result.fields > 10


def test_nothing_compared_is_no_agreement() -> None:
    assert not compare({}, lambda _kind: (), SCOPE).agrees


CASES: list[tuple[str, Callable[[Any, Any], object], list[str]]] = [
    ("a text", lambda a, _: a["vendors"][0].update(name="Blue"), ["vendors/name"]),
    ("empty here", lambda _, q: q["Vendor"][0].update(Phone="5"), ["vendors/phone"]),
    ("empty there", lambda a, _: a["vendors"][0].update(phone="5"), ["vendors/phone"]),
    ("a truth", lambda _, q: q["Vendor"][0].update(IsActive="false"), ["vendors/active"]),
    ("an address", lambda _, q: q["Vendor"][0]["VendorAddress"].pop("City"), ["vendors/address"]),
    ("a day", lambda _, q: q["Bill"][0].update(TxnDate="2026-02-01"), ["bills/bill_date"]),
    ("a total", lambda _, q: q["Bill"][0].update(AmountDue="1", OpenAmount="1"), ["bills/amount"]),
    ("a reference", lambda _, q: q["Bill"][0].update(VendorRef={"ListID": "V2"}), ["bills/vendor"]),
    (
        "a line's amount",
        lambda _, q: q["Bill"][0]["ExpenseLine"][0].update(Amount="119.99"),
        ["bills/expense_lines/0/amount"],
    ),
    (
        "a line's account",
        lambda _, q: q["Bill"][0]["ExpenseLine"][0].update(AccountRef={"ListID": "A2"}),
        ["bills/expense_lines/0/account"],
    ),
    ("a missing line", lambda _, q: q["Bill"][0].pop("ExpenseLine"), ["bills/expense_lines"]),
    (
        "a further line",
        lambda _, q: q["Bill"][0].update(ItemLine=[{"Amount": "1"}]),
        ["bills/item_lines"],
    ),
    ("gone there", lambda _, q: q["Bill"].clear(), ["bills/the record"]),
    ("gone here", lambda a, _: a["bills"].clear(), ["bills/the record"]),
    ("never sent", lambda a, _: a["bills"][0].update(sync=synced("")), ["bills/the record"] * 2),
    (
        "not confirmed",
        lambda a, _: a["vendors"][0]["sync"].update(state="pending"),
        ["vendors/sync"],
    ),
]


@pytest.mark.parametrize(("what", "change", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_difference_is_noticed(
    what: str, change: Callable[[Any, Any], object], expected: list[str]
) -> None:
    assert differences(change) == expected, what


def test_numbers_are_compared_by_value_and_texts_in_quickbooks_form() -> None:
    def change(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        theirs["Bill"][0]["ExpenseLine"][0]["Amount"] = "120"
        ours["vendors"][0]["name"] = "Blue Ridge "

    assert differences(change) == []


def test_personal_data_is_compared_only_when_it_may_be_read() -> None:
    allowed = Scope("2026-01-01", two_way_bills=True, personal_data=True)
    assert differences(lambda _ours, _theirs: None) == []
    assert differences(lambda _ours, _theirs: None, allowed) == ["vendors/tax_id"]


def test_documents_that_the_rules_leave_in_quickbooks_are_not_missed() -> None:
    def change(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        ours["bills"].clear()
        theirs["Bill"][0]["OpenAmount"] = "20.00"
        theirs["Invoice"] = [{"TxnID": "I1", "TxnDate": "2025-12-31", "RefNumber": "1"}]

    assert differences(change) == []


def test_an_invoice_from_the_start_date_on_is_missed() -> None:
    def change(_ours: dict[str, Any], theirs: dict[str, Any]) -> None:
        theirs["Invoice"] = [{"TxnID": "I1", "TxnDate": "2026-01-01", "RefNumber": "1"}]

    assert differences(change) == ["invoices/the record"]


def test_without_two_way_bills_quickbooks_bills_stay_there() -> None:
    one_way = Scope("2026-01-01", two_way_bills=False)
    assert differences(lambda ours, _theirs: ours["bills"].clear(), one_way) == []


# --- bill payments


def payment(**more: Any) -> dict[str, Any]:
    """One of CashFlow's; QuickBooks calls it P1."""
    found = {"id": "p1", "vendor": None, "paid_from": None, "payable_account": None}
    found |= {"payment_date": "2026-01-31", "number": "5001", "memo": None, "amount": "120.00"}
    return found | {"voided_at": None, "sync": synced("P1")} | more


def check(**more: str) -> dict[str, Any]:
    """The same in QuickBooks."""
    there = {"TxnID": "P1", "TxnDate": "2026-01-31", "RefNumber": "5001", "Amount": "120.00"}
    return there | more


@pytest.mark.parametrize(
    "ours,theirs,fields",
    [
        (payment(), check(), []),
        (payment(), check(Amount="100.00"), ["amount"]),
        (payment(), None, ["the record"]),
        (payment(voided_at="2026-02-01"), check(Amount="0.00", Memo="VOID:"), []),
        (payment(voided_at="2026-02-01"), check(), ["amount"]),
        (payment(amount="0.00", sync=synced("")), None, []),
        (payment(sync=synced("")), None, ["the record"]),
    ],
)
def test_bill_payments_agree_voided_ones_and_those_that_credits_covered_too(
    ours: dict[str, Any], theirs: dict[str, Any] | None, fields: list[str]
) -> None:
    def quickbooks(kind: str) -> list[dict[str, Any]]:
        return [theirs] if theirs is not None and kind == "BillPaymentCheck" else []

    result = compare({"bill-payments": [ours]}, quickbooks, SCOPE)
    assert [one.field for one in result.differences] == fields
