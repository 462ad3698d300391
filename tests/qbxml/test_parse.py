"""How answers are read: every reply in its order, and everything accounted for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qbxml import wellformed
from qbxml.documents import BILL
from qbxml.entities import BY_RET, CUSTOMER, JOB, VENDOR
from qbxml.entity import Family
from qbxml.parse import STATUS_UNKNOWN, Deletion, Recovered, Reply, replies
from tests.qbxml.answers import BOTH_WAYS, LIST_HEAD, reply


@BOTH_WAYS
def test_every_example_is_read_and_accounts_for_each_element(shared: Path) -> None:
    files = sorted((shared / "examples").glob("*.xml"))
    assert files
    for file in files:
        text = file.read_bytes()
        found = replies(text).replies
        assert found, file.name
        tree = wellformed.stream(wellformed.decoded(text), ("none",), lambda _: None)
        for one, element in zip(found, tree.iterfind("QBXMLMsgsRs/*"), strict=True):
            tags = Counter(child.tag for child in element)
            ours = Counter(read.ret for read in one.records)
            unread = {tag: one.unread[tag] for tag in tags if tag in one.unread}
            assert ours + Counter(unread) == tags, file.name
            for read, child in zip(
                one.records, (kid for kid in element if kid.tag in BY_RET), strict=True
            ):
                known = {"ListID", "TxnID", "TimeCreated", "TimeModified", "EditSequence"}
                known |= {"FullName", "Sublevel", "LinkedTxn"}
                for entity in BY_RET[read.ret]:
                    known |= {name.split("/")[0] for p in entity.fields for name in p.elements}
                    known |= {f"{lines.element}Ret" for lines in entity.lines}
                    known |= {f"{lines.group}Ret" for lines in entity.lines}
                assert {kid.tag for kid in child} - known <= set(one.unread), file.name


def test_both_ways_through_the_text_read_the_same(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [file.read_text() for file in (shared / "examples").glob("*.xml")]
    at_once = [replies(text) for text in texts]
    monkeypatch.setattr(wellformed, "AT_ONCE_CHARACTERS_MAX", 0)
    assert [replies(text) for text in texts] == at_once


# --- replies


def test_status_iterator_and_count_are_read() -> None:
    found = reply(
        "",
        "VendorQuery",
        'requestID="7" statusCode="500" statusSeverity="Warn" statusMessage="Not &lt;all&gt;"'
        ' retCount="12" iteratorRemainingCount="3" iteratorID="{a}"',
    )
    assert found == Reply(
        message="VendorQuery",
        request_id="7",
        status_code=500,
        severity="Warn",
        text="Not <all>",
        ret_count=12,
        iterator_remaining=3,
        iterator_id="{a}",
    )


@pytest.mark.parametrize("attributes", ["", 'statusCode="" retCount="x"', 'statusCode="zero"'])
def test_a_reply_without_status_is_no_success(attributes: str) -> None:
    found = reply(f"<VendorRet>{LIST_HEAD}</VendorRet>", "VendorQuery", attributes)
    assert found.status_code == STATUS_UNKNOWN
    assert (found.request_id, found.ret_count, found.iterator_remaining) == ("", None, None)
    assert found.records[0].entity is VENDOR


@BOTH_WAYS
def test_replies_stand_in_the_order_of_the_requests_with_their_own_records() -> None:
    found = replies(
        "<QBXML><QBXMLMsgsRs newMessageSetID='set' messageSetStatusCode='9002'>"
        f"<VendorAddRs requestID='1' statusCode='0'><VendorRet>{LIST_HEAD}</VendorRet>"
        "</VendorAddRs><VendorAddRs requestID='2' statusCode='3100'/>"
        f"<TermsQueryRs requestID='3' statusCode='0'><StandardTermsRet>{LIST_HEAD}"
        f"</StandardTermsRet><DateDrivenTermsRet>{LIST_HEAD}</DateDrivenTermsRet></TermsQueryRs>"
        "</QBXMLMsgsRs></QBXML>"
    )
    assert (found.message_set_id, found.message_set_status) == ("set", 9002)
    assert [(one.request_id, len(one.records)) for one in found.replies] == [
        ("1", 1),
        ("2", 0),
        ("3", 2),
    ]


def test_error_recovery_stands_in_for_the_record() -> None:
    found = reply(
        "<ErrorRecovery><TxnID>1-2</TxnID><TxnNumber>5</TxnNumber><EditSequence>7</EditSequence>"
        "<ExternalGUID>{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}</ExternalGUID></ErrorRecovery>",
        "BillAdd",
    )
    assert found.recovered == Recovered("1-2", "7", "0b3f7b1e-9a3c-4f5d-8f2e-1c2d3e4f5a6b")
    assert found.written_id == ""
    assert not found.records
    assert not found.unread


def test_voids_and_deletions_say_their_id_themselves() -> None:
    fields = "<TxnID>1-2</TxnID><TimeDeleted>2024-01-31T09:05:00-08:00</TimeDeleted>"
    found = reply(f"<TxnDelType>Bill</TxnDelType>{fields}<RefNumber>5</RefNumber>", "TxnDel")
    assert found.written_id == "1-2"
    assert not found.unread


@BOTH_WAYS
def test_deleted_records_name_the_types_they_may_be() -> None:
    time = "<TimeDeleted>2024-01-31T09:05:00-08:00</TimeDeleted>"
    found = reply(
        f"<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>80-1</ListID>{time}"
        f"<FullName>A:B</FullName></ListDeletedRet><ListDeletedRet><ListDelType>ToDo</ListDelType>"
        f"<ListID>80-2</ListID>{time}</ListDeletedRet>",
        "ListDeletedQuery",
    )
    assert found.deletions == [
        Deletion(Family.LIST, "Customer", (CUSTOMER, JOB), "80-1", "2024-01-31T09:05:00", "A:B"),
        Deletion(Family.LIST, "ToDo", (), "80-2", "2024-01-31T09:05:00", ""),
    ]
    document = reply(
        f"<TxnDeletedRet><TxnDelType>Bill</TxnDelType><TxnID>1-2</TxnID>{time}"
        "<RefNumber>17</RefNumber></TxnDeletedRet>",
        "TxnDeletedQuery",
    ).deletions[0]
    assert (document.family, document.entities, document.name) == (Family.TXN, (BILL,), "17")


def test_what_is_left_to_pay_and_to_apply_is_read_by_its_id() -> None:
    found = reply(
        "<BillToPayRet><BillToPay><TxnID>A</TxnID><TxnType>Bill</TxnType><AmountDue>90</AmountDue>"
        "</BillToPay></BillToPayRet><BillToPayRet><CreditToApply><TxnID>B</TxnID>"
        "<CreditRemaining>30.00</CreditRemaining></CreditToApply></BillToPayRet><BillToPayRet>"
        "<BillToPay><TxnID>C</TxnID><AmountDue>a lot</AmountDue></BillToPay></BillToPayRet>",
        "BillToPayQuery",
    )
    assert found.left == {"A": "90.00", "B": "30.00"}
    assert found.unread == {"BillToPay": 1}


def test_company_activity_is_read() -> None:
    found = reply(
        "<CompanyActivityRet><LastRestoreTime>2024-01-31T09:05:00-08:00</LastRestoreTime>"
        "<LastCondenseTime></LastCondenseTime></CompanyActivityRet>",
        "CompanyActivityQuery",
    ).company_activity
    assert found is not None
    assert (found.last_restored, found.last_condensed) == ("2024-01-31T09:05:00", "")


def test_unknown_records_and_elements_are_counted() -> None:
    found = reply(
        f"<EstimateRet><VendorRet>{LIST_HEAD}</VendorRet></EstimateRet><EstimateRet/>"
        f"<VendorRet>{LIST_HEAD}<Fax>1</Fax><Fax>2</Fax></VendorRet>"
    )
    assert found.unread == {"EstimateRet": 2, "Fax": 2}
    assert len(found.records) == 1


def test_what_moves_balances_names_the_documents_though_it_is_no_type_of_ours() -> None:
    text = (
        '<QBXML><QBXMLMsgsRs><CreditMemoQueryRs statusCode="0" requestID="1"><CreditMemoRet>'
        "<TxnID>7-1</TxnID><TimeModified>2026-03-02T09:05:00-05:00</TimeModified>"
        "<Subtotal>9.00</Subtotal><LinkedTxn><TxnID>3-1</TxnID><TxnType>Invoice</TxnType>"
        "<TxnDate>2026-03-02</TxnDate><LinkType>AMTTYPE</LinkType><Amount>-9.00</Amount>"
        "</LinkedTxn></CreditMemoRet></CreditMemoQueryRs></QBXMLMsgsRs></QBXML>"
    )
    (answer,) = replies(text).replies
    (mover,) = answer.movers
    assert (mover.quickbooks_id, mover.time_modified) == ("7-1", "2026-03-02T09:05:00")
    assert [(one["id"], one["amount"], one["paid"]) for one in mover.linked] == [
        ("3-1", "-9.00", True)
    ]
    assert (answer.records, answer.unread) == ([], {})


@pytest.mark.parametrize("tie", ["<LinkType>QUANTYPE</LinkType>", ""])
def test_a_purchase_order_pays_nothing_of_its_bill(tie: str) -> None:
    text = (
        '<QBXML><QBXMLMsgsRs><BillQueryRs statusCode="0" requestID="1"><BillRet>'
        "<TxnID>3-1</TxnID><LinkedTxn><TxnID>2-1</TxnID><TxnType>PurchaseOrder</TxnType>"
        f"<TxnDate>2026-03-02</TxnDate><RefNumber>PO-1</RefNumber>{tie}<Amount>9.00</Amount>"
        "</LinkedTxn></BillRet></BillQueryRs></QBXMLMsgsRs></QBXML>"
    )
    (record,) = replies(text).replies[0].records
    assert [(one["number"], one["paid"]) for one in record.linked] == [("PO-1", False)]
