"""What changes and queries hold, what they exclude, and the envelope."""

from __future__ import annotations

from typing import Any

import pytest

from qbxml import build
from qbxml.documents import BILL, INVOICE
from qbxml.entities import ACCOUNT, CUSTOMER, DEPARTMENT, ITEM, JOB, MOVERS, TERMS, VENDOR, WIRE
from qbxml.entity import ADDRESS_PARTS, Entity, Family
from qbxml.errors import QbxmlError
from qbxml.messages import VOIDABLE, names_its_documents
from qbxml.write import Unbuildable, Unsendable
from tests.qbxml.records import expense, tree
from tests.qbxml.samples import minimal_values

# --- changes


def test_a_mod_holds_what_changed_and_clears_what_is_none() -> None:
    request = build.mod(
        VENDOR, "80-1", "123", {"phone": None, "terms": None, "name": "B", "active": False}, "9"
    )
    assert request == (
        '<VendorModRq requestID="9"><VendorMod><ListID>80-1</ListID>'
        "<EditSequence>123</EditSequence><Name>B</Name><IsActive>false</IsActive><Phone></Phone>"
        "<TermsRef><FullName></FullName></TermsRef></VendorMod></VendorModRq>"
    )


def test_an_address_in_a_mod_is_written_with_every_part() -> None:
    for address in ({"line1": "A"}, None):
        request = build.mod(VENDOR, "80-1", "123", {"address": address}, "9")
        (found,) = tree(request).iter("VendorAddress")
        assert [child.tag for child in found] == [tag for tag, _, _ in ADDRESS_PARTS]
        assert (found[0].text == "A") == bool(address)


@pytest.mark.parametrize("name", ["vendor", "bill_date", "due_date", "payable_account"])
def test_what_quickbooks_cannot_empty_is_refused(name: str) -> None:
    with pytest.raises(Unsendable) as caught:
        build.mod(BILL, "1-2", "3", {name: None}, "1")
    assert [finding.field for finding in caught.value.findings] == [name]


def test_lines_keep_their_ids_and_new_ones_get_minus_one() -> None:
    lines = [
        {"quickbooks_line_id": "1-7", "memo": "changed", "customer": None},
        expense(quickbooks_line_id=None, memo=None),
        {"quickbooks_line_id": "1-9"},
    ]
    request = build.mod(BILL, "1-2", "3", {"expense_lines": lines, "item_lines": []}, "1")
    first, second, third = tree(request).iter("ExpenseLineMod")
    assert [line.findtext("TxnLineID") for line in (first, second, third)] == ["1-7", "-1", "1-9"]
    assert [child.tag for child in first] == ["TxnLineID", "Memo", "CustomerRef"]
    assert [child.tag for child in second] == ["TxnLineID", "AccountRef", "Amount"]
    assert len(third) == 1
    assert "<ClearItemLines>true</ClearItemLines>" in request
    assert "ClearExpenseLines" not in request


def test_a_kept_line_leaves_alone_what_cannot_be_emptied() -> None:
    line = {"quickbooks_line_id": "1-7", "quantity": None, "cost": None, "description": None}
    request = build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": [line]}, "1")
    (found,) = tree(request).iter("ItemLineMod")
    assert [child.tag for child in found] == ["TxnLineID", "Desc"]


def test_lines_of_a_group_go_back_into_their_group() -> None:
    lines = [
        {"quickbooks_line_id": "1-3"},
        {"quickbooks_line_id": "1-7/1-8", "quantity": "2"},
        {"quickbooks_line_id": None, "description": "new"},
        {"quickbooks_line_id": "1-7/1-9"},
    ]
    request = build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": lines}, "1")
    (bill,) = tree(request)
    assert [child.tag for child in bill][-3:] == ["ItemLineMod", "ItemGroupLineMod", "ItemLineMod"]
    group = bill.find("ItemGroupLineMod")
    assert [found.text for found in group.iter("TxnLineID")] == ["1-7", "1-8", "1-9"]


def test_one_kind_of_lines_needs_the_other_and_both_cannot_be_empty() -> None:
    with pytest.raises(Unbuildable, match="item_lines"):
        build.mod(BILL, "1-2", "3", {"expense_lines": [expense()]}, "1")
    with pytest.raises(Unsendable, match="expense_lines"):
        build.mod(BILL, "1-2", "3", {"expense_lines": [], "item_lines": []}, "1")


def test_lines_left_out_are_left_alone() -> None:
    assert "Line" not in build.mod(BILL, "1-2", "3", {"memo": "x"}, "1")


@pytest.mark.parametrize("entity", [JOB, ITEM, TERMS], ids=lambda entity: entity.resource)
def test_what_never_goes_to_quickbooks_cannot_be_built(entity: Entity) -> None:
    with pytest.raises(Unbuildable, match="never added"):
        build.add(entity, minimal_values(entity), "1")
    with pytest.raises(Unbuildable, match="never changed"):
        build.mod(entity, "1", "2", minimal_values(entity), "1")


def test_invoices_are_never_changed_by_us() -> None:
    with pytest.raises(Unbuildable, match="never changed"):
        build.mod(INVOICE, "1", "2", {"memo": "x"}, "1")


@pytest.mark.parametrize("noun", ["ReceivePayment", "Transfer"])
def test_payments_of_customers_and_transfers_cannot_be_voided(noun: str) -> None:
    assert noun not in VOIDABLE
    with pytest.raises(Unbuildable):
        build.void(noun, "1-2", "1")


def test_customer_payments_can_be_deleted_and_transfers_not() -> None:
    assert "<TxnDelType>ReceivePayment</TxnDelType>" in build.delete("ReceivePayment", "1-2", "1")
    with pytest.raises(Unbuildable):
        build.delete("Transfer", "1-2", "1")


# --- queries


EXCLUDED: list[tuple[Any, dict[str, Any]]] = [
    (INVOICE, {"modified_from": "2024-01-31T00:00:00", "date_from": "2024-01-31"}),
    (INVOICE, {"ids": ("1-2",), "paid_status": "All"}),
    (INVOICE, {"ids": ("1-2",), "ref_numbers": ("5",)}),
    (INVOICE, {"ids": ("1-2",), "iterator": "Start", "max_returned": 5}),
    (INVOICE, {"full_names": ("A",)}),
    (INVOICE, {"account_type": "Bank"}),
    (INVOICE, {"iterator": "Start"}),
    (INVOICE, {"iterator": "Start", "iterator_id": "{1}", "max_returned": 5}),
    (INVOICE, {"iterator": "Stop"}),
    (INVOICE, {"iterator": "Again", "iterator_id": "{1}", "max_returned": 5}),
    (INVOICE, {"paid_status": "Open"}),
    (INVOICE, {"ids": ("",)}),
    (INVOICE, {"ids": "1-2"}),
    (INVOICE, {"max_returned": 0}),
    (ACCOUNT, {"iterator": "Start", "max_returned": 5}),
    (DEPARTMENT, {"owner_ids": ("0",)}),
    (TERMS, {"iterator_id": "{1}", "max_returned": 5}),
    (VENDOR, {"ref_numbers": ("5",)}),
    (VENDOR, {"date_from": "2024-01-31"}),
    (VENDOR, {"lines": True}),
    (VENDOR, {"party_ids": ("80-1",)}),
    (VENDOR, {"number_range": ("1", "2")}),
    ("Transfer", {"ref_numbers": ("5",)}),
    ("ReceivePayment", {"linked": True}),
    ("Report", {}),
]


@pytest.mark.parametrize("noun, asked", EXCLUDED)
def test_queries_refuse_what_excludes_itself(noun: Any, asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        build.query(noun, "1", **asked)
    assert isinstance(caught.value, QbxmlError)


@pytest.mark.parametrize("entity", WIRE, ids=lambda entity: entity.resource)
def test_lists_are_asked_for_inactive_records_too_and_documents_for_lines(entity: Entity) -> None:
    request = build.query(entity, "1")
    is_list = entity.family is Family.LIST
    assert ("<ActiveStatus>All</ActiveStatus>" in request) == is_list
    assert ("<IncludeLineItems>true</IncludeLineItems>" in request) == entity.line_items
    assert "ActiveStatus" not in build.query(entity, "1", ids=("1-2",))
    assert "ActiveStatus" not in build.query(entity, "1", active_status_all=False)
    assert "IncludeLineItems" not in build.query(entity, "1", lines=False)


def test_modification_time_stands_bare_for_lists_and_wrapped_for_documents() -> None:
    wall = "2024-01-31T09:05:00-08:00"
    bare = "<FromModifiedDate>2024-01-31T09:05:00</FromModifiedDate>"
    assert f"<ActiveStatus>All</ActiveStatus>{bare}<" in build.query(
        VENDOR, "1", modified_from=wall, owner_ids=("0",)
    )
    assert f"<ModifiedDateRangeFilter>{bare}</ModifiedDateRangeFilter>" in build.query(
        BILL, "1", modified_from=wall
    )


def test_what_tells_a_job_from_a_customer_is_always_asked_for() -> None:
    request = build.query(CUSTOMER, "1", only=("ListID",))
    assert "<IncludeRetElement>Sublevel</IncludeRetElement>" in request
    assert "Sublevel" not in build.query(VENDOR, "1", only=("ListID",))
    assert "Sublevel" not in build.query(CUSTOMER, "1")


def test_an_iterator_starts_continues_and_stops() -> None:
    start = build.query(VENDOR, "1", iterator="Start", max_returned=5)
    assert start.startswith('<VendorQueryRq requestID="1" iterator="Start">')
    onward = build.query(VENDOR, "1", iterator_id="{a}", max_returned=5)
    assert onward.startswith('<VendorQueryRq requestID="1" iterator="Continue" iteratorID="{a}">')
    stop = build.query(VENDOR, "1", iterator="Stop", iterator_id="{a}")
    assert 'iterator="Stop"' in stop


def test_bills_to_pay_are_asked_for_one_vendor() -> None:
    assert build.bills_to_pay_query("1", "80000001-1") == (
        '<BillToPayQueryRq requestID="1"><PayeeEntityRef><ListID>80000001-1</ListID>'
        "</PayeeEntityRef></BillToPayQueryRq>"
    )
    with pytest.raises(Unbuildable):
        build.bills_to_pay_query("1", "")


def test_deletions_name_their_types() -> None:
    request = build.deleted_query(Family.TXN, ("Bill", "Invoice"), "1", since="2024-01-31T09:05:00")
    assert request == (
        '<TxnDeletedQueryRq requestID="1"><TxnDelType>Bill</TxnDelType>'
        "<TxnDelType>Invoice</TxnDelType><DeletedDateRangeFilter>"
        "<FromDeletedDate>2024-01-31T09:05:00</FromDeletedDate></DeletedDateRangeFilter>"
        "</TxnDeletedQueryRq>"
    )
    with pytest.raises(Unbuildable):
        build.deleted_query(Family.TXN, (), "1", since=None)


# --- the envelope


def test_a_message_set_is_a_whole_document() -> None:
    assert build.message_set([build.host_query("0")], old_message_set_id="a") == (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
        '<QBXMLMsgsRq onError="continueOnError" oldMessageSetID="a">'
        '<HostQueryRq requestID="0"></HostQueryRq></QBXMLMsgsRq></QBXML>'
    )


@pytest.mark.parametrize(
    "bad",
    [
        {"new_message_set_id": "x" * 24},
        {"old_message_set_id": "x" * 24},
        {"new_message_set_id": "é"},
        {"on_error": "rollbackOnError"},
    ],
)
def test_message_sets_refuse_what_quickbooks_would(bad: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build.message_set([build.host_query("0")], **bad)


def test_a_message_set_without_requests_only_clears() -> None:
    with pytest.raises(Unbuildable):
        build.message_set([])
    assert "ClearAllMessageSets" in build.message_set(
        [], old_message_set_id=build.CLEAR_ALL_MESSAGE_SETS
    )


@pytest.mark.parametrize("request_id", ["", "x" * 51, "é", "a\nb"])
def test_request_ids_are_short_and_plain(request_id: str) -> None:
    with pytest.raises(Unbuildable):
        build.host_query(request_id)


@pytest.mark.parametrize("quickbooks_id, sequence", [("", "1"), ("x" * 37, "1"), ("1", "9" * 17)])
def test_ids_and_sequences_have_quickbooks_lengths(quickbooks_id: str, sequence: str) -> None:
    with pytest.raises(Unbuildable):
        build.mod(VENDOR, quickbooks_id, sequence, {"name": "A"}, "1")


@pytest.mark.parametrize("resource", ["bills", "invoices"])
def test_documents_whose_balance_others_move_are_asked_with_their_ties(resource: str) -> None:
    entity = {"bills": BILL, "invoices": INVOICE}[resource]
    assert "<IncludeLinkedTxns>true<" in build.query(entity, "1", ids=["1-2"])
    assert "Linked" not in build.query(entity, "1", only=["TxnID"], lines=False)


@pytest.mark.parametrize("noun", MOVERS)
def test_whatever_moves_balances_is_asked_for_the_documents_it_names(noun: str) -> None:
    asked: dict[str, Any] = names_its_documents(noun)
    text = build.query(noun, "1", max_returned=10, **asked)
    assert ("IncludeLinkedTxns" in text) is (noun in {"VendorCredit", "CreditMemo"})
    assert ("IncludeLineItems" in text) is (noun not in {"VendorCredit", "CreditMemo"})
