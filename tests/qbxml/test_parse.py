"""How answers are read: by name, whole, in small memory, and never guessing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml import wellformed
from qbxml.entities import BILL, BY_RET, CUSTOMER, ENTITIES, INVOICE, ITEM_KINDS, JOB, TERMS, VENDOR
from qbxml.entity import Family, In
from qbxml.host import PREFERENCES, AccountantCopy, DataExt, host_facts, redacted
from qbxml.parse import STATUS_UNKNOWN, Deletion, Record, Recovered, Reply, replies
from qbxml.wellformed import UnreadableReply

OK = 'requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"'
LIST_HEAD = (
    "<ListID>80-1</ListID><TimeCreated>2024-01-31T09:05:00-08:00</TimeCreated>"
    "<TimeModified>2024-07-31T09:05:00-08:00</TimeModified><EditSequence>17</EditSequence>"
)
TXN_HEAD = LIST_HEAD.replace("ListID", "TxnID")


def answer(content: str, message: str = "CustomerQuery", attributes: str = OK) -> str:
    return (
        f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><{message}Rs {attributes}>'
        f"{content}</{message}Rs></QBXMLMsgsRs></QBXML>"
    )


def reply(content: str, message: str = "CustomerQuery", attributes: str = OK) -> Reply:
    (found,) = replies(answer(content, message, attributes)).replies
    return found


def record(ret: str, content: str, head: str = LIST_HEAD) -> Record:
    (found,) = reply(f"<{ret}>{head}{content}</{ret}>", "Query").records
    return found


def line_ids(found: Record, name: str) -> list[str]:
    return [line["quickbooks_line_id"] for line in found.values[name]]


@pytest.fixture(params=["at once", "streamed"])
def path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways through the text: small answers at once, large ones piece by piece."""
    if request.param == "streamed":
        monkeypatch.setattr(wellformed, "AT_ONCE_CHARACTERS_MAX", 0)
        monkeypatch.setattr(wellformed, "PIECE_CHARACTERS", 7)
    return str(request.param)


# --- the wild


def test_every_example_is_read_and_accounts_for_each_element(shared: Path, path: str) -> None:
    files = sorted((shared / "examples").glob("*.xml"))
    assert files
    for file in files:
        text = file.read_bytes()
        found = replies(text).replies
        assert found, file.name
        tree = wellformed.stream(wellformed.decoded(text), (), lambda _: None)
        for one, element in zip(found, tree.iterfind("QBXMLMsgsRs/*"), strict=True):
            tags = Counter(child.tag for child in element)
            ours = Counter(read.ret for read in one.records)
            unread = {tag: one.unread[tag] for tag in tags if tag in one.unread}
            assert ours + Counter(unread) == tags, (file.name, path)
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


# --- records


def test_a_customer_is_read_in_quickbooks_form(path: str) -> None:
    found = record(
        "CustomerRet",
        "<Name>Acme &amp; Söhne</Name><FullName>Acme &amp; Söhne</FullName>"
        "<IsActive>false</IsActive><Sublevel>0</Sublevel><BillAddress><Addr1>1 Main</Addr1>"
        "<City>Ames</City><Note>gone</Note></BillAddress><ShipAddress></ShipAddress><Phone/>"
        "<TermsRef><ListID>1-1</ListID><FullName>Net 30</FullName></TermsRef>"
        "<ExternalGUID>{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}</ExternalGUID><Novelty>x</Novelty>",
    )
    assert found.entity is CUSTOMER, path
    assert (found.quickbooks_id, found.edit_sequence) == ("80-1", "17")
    assert (found.time_created, found.time_modified) == (
        "2024-01-31T09:05:00",
        "2024-07-31T09:05:00",
    )
    assert found.full_name == "Acme & Söhne"
    address = dict.fromkeys(("line1", "line2", "line3", "line4", "line5", "city", "state"))
    assert found.values == {
        "name": "Acme & Söhne",
        "active": False,
        "parent": None,
        "company_name": None,
        "bill_address": address
        | {"line1": "1 Main", "city": "Ames", "postal_code": None, "country": None},
        "ship_address": None,
        "phone": None,
        "email": None,
        "terms": {"id": "1-1", "name": "Net 30"},
        "external_guid": "0b3f7b1e-9a3c-4f5d-8f2e-1c2d3e4f5a6b",
    }


@pytest.mark.parametrize("ret", BY_RET)
def test_every_part_is_a_key_even_when_the_reply_is_bare(ret: str) -> None:
    found = record(ret, "", head="")
    for part in found.entity.parts:
        expected = In.RET in part.messages and not getattr(part, "withheld", False)
        assert (part.name in found.values) == expected
    assert (found.quickbooks_id, found.edit_sequence, found.time_modified) == ("", "", "")
    assert found.values.get("active", True) is True
    assert all(found.values[lines.name] == [] for lines in found.entity.lines)


def test_lists_of_lines_are_not_shared_between_records() -> None:
    one, other = (record("BillRet", "", TXN_HEAD) for _ in range(2))
    one.values["expense_lines"].append({})
    assert other.values["expense_lines"] == []


@pytest.mark.parametrize(
    "content, entity",
    [
        ("<Name>A</Name><Sublevel>0</Sublevel>", CUSTOMER),
        ("<Name>A</Name><ParentRef><ListID>80-2</ListID></ParentRef>", JOB),
        ("<Name>A</Name><Sublevel>2</Sublevel>", JOB),
        ("<Sublevel>1</Sublevel>", JOB),
        ("", CUSTOMER),
    ],
)
def test_a_customer_below_another_is_a_job(content: str, entity: Any) -> None:
    assert record("CustomerRet", content).entity is entity


def test_withheld_fields_are_unknown_when_absent_and_empty_when_empty() -> None:
    assert "tax_id" not in record("VendorRet", "<Name>A</Name>").values
    assert record("VendorRet", "<VendorTaxIdent></VendorTaxIdent>").values["tax_id"] is None
    assert record("VendorRet", "<VendorTaxIdent>1-2</VendorTaxIdent>").values["tax_id"] == "1-2"


ITEM_CONTENTS = {
    "ItemService": (
        "<SalesOrPurchase><Desc>D</Desc><Price>9.50000</Price>"
        "<AccountRef><ListID>5-1</ListID></AccountRef></SalesOrPurchase>",
        {"description": "D", "price": "9.5", "account": {"id": "5-1", "name": None}},
    ),
    "ItemNonInventory": (
        "<SalesAndPurchase><SalesDesc>D</SalesDesc><SalesPrice>9</SalesPrice>"
        "<IncomeAccountRef><FullName>Sales</FullName></IncomeAccountRef>"
        "<PurchaseCost>4.25</PurchaseCost><ExpenseAccountRef><FullName>COGS</FullName>"
        "</ExpenseAccountRef></SalesAndPurchase>",
        {
            "description": "D",
            "price": "9",
            "cost": "4.25",
            "account": {"id": None, "name": "Sales"},
        },
    ),
    "ItemOtherCharge": (
        "<SalesOrPurchase><PricePercent>18.0%</PricePercent></SalesOrPurchase>",
        {"percent": "18"},
    ),
    "ItemInventory": (
        "<AssetAccountRef><FullName>Stock</FullName></AssetAccountRef><SalesDesc>D</SalesDesc>"
        "<PurchaseCost>2</PurchaseCost><IncomeAccountRef><FullName>Sales</FullName>"
        "</IncomeAccountRef><SalesPrice>3</SalesPrice>",
        {
            "description": "D",
            "price": "3",
            "cost": "2",
            "account": {"id": None, "name": "Sales"},
        },
    ),
    "ItemInventoryAssembly": ("<SalesDesc>D</SalesDesc>", {"description": "D"}),
    "ItemFixedAsset": (
        "<PurchaseCost>900</PurchaseCost><AssetAccountRef><FullName>Cars</FullName>"
        "</AssetAccountRef><FixedAssetSalesInfo><SalesDesc>sold</SalesDesc></FixedAssetSalesInfo>"
        "<AssetDesc>van</AssetDesc>",
        {"description": "van", "cost": "900", "account": {"id": None, "name": "Cars"}},
    ),
    "ItemSubtotal": ("<ItemDesc>D</ItemDesc>", {"description": "D"}),
    "ItemDiscount": (
        "<ItemDesc>D</ItemDesc><DiscountRatePercent>10.0</DiscountRatePercent>",
        {"description": "D", "percent": "10"},
    ),
    "ItemPayment": (
        "<DepositToAccountRef><FullName>Bank</FullName></DepositToAccountRef>",
        {"account": {"id": None, "name": "Bank"}},
    ),
    "ItemSalesTax": ("<TaxRate>7.25</TaxRate>", {"percent": "7.25"}),
    "ItemSalesTaxGroup": ("<ItemDesc>D</ItemDesc>", {"description": "D"}),
    "ItemGroup": ("<ItemDesc>D</ItemDesc>", {"description": "D"}),
}


@pytest.mark.parametrize("kind", ITEM_KINDS)
def test_all_twelve_item_kinds_are_items(kind: str) -> None:
    content, expected = ITEM_CONTENTS[kind]
    found = record(f"{kind}Ret", f"<Name>I</Name>{content}")
    empty = dict.fromkeys(("parent", "description", "price", "percent", "cost", "account"))
    assert found.values == {"name": "I", "active": True, "kind": kind} | empty | expected
    assert found.full_name == "I"


def test_both_kinds_of_terms_are_read() -> None:
    standard = record("StandardTermsRet", "<Name>Net 30</Name><StdDueDays>30</StdDueDays>")
    driven = record(
        "DateDrivenTermsRet",
        "<Name>10th</Name><DayOfMonthDue>10</DayOfMonthDue>"
        "<DueNextMonthDays>5</DueNextMonthDays><DiscountPct>2.00</DiscountPct>",
    )
    assert standard.entity is driven.entity is TERMS
    assert standard.values["kind"] == "StandardTerms"
    assert standard.values["due_days"] == 30
    assert driven.values["kind"] == "DateDrivenTerms"
    assert driven.values["day_of_month_due"] == 10
    assert driven.values["discount_percent"] == "2"
    assert driven.values["due_days"] is None


def item_line(line_id: str, memo: str) -> str:
    return f"<ItemLineRet><TxnLineID>{line_id}</TxnLineID><Desc>{memo}</Desc></ItemLineRet>"


def test_lines_of_a_group_stand_in_its_place_in_order() -> None:
    found = record(
        "BillRet",
        "<TxnDate>2024-01-31</TxnDate><AmountDue>30.00</AmountDue>"
        + item_line("1-1", "a")
        + "<ItemGroupLineRet><TxnLineID>1-2</TxnLineID><Desc>kit</Desc>"
        "<TotalAmount>9.00</TotalAmount>"
        + item_line("1-3", "b")
        + item_line("1-4", "c")
        + "</ItemGroupLineRet>"
        + item_line("1-5", "d")
        + "<ExpenseLineRet><TxnLineID>1-6</TxnLineID><Amount>5.00</Amount>"
        "<BillableStatus>HasBeenBilled</BillableStatus></ExpenseLineRet>",
        TXN_HEAD,
    )
    assert found.entity is BILL
    assert found.full_name == ""
    assert line_ids(found, "item_lines") == ["1-1", "1-2/1-3", "1-2/1-4", "1-5"]
    assert [line["description"] for line in found.values["item_lines"]] == ["a", "b", "c", "d"]
    assert found.values["expense_lines"] == [
        {
            "quickbooks_line_id": "1-6",
            "account": None,
            "amount": "5.00",
            "memo": None,
            "customer": None,
            "department": None,
            "billable_status": "has_been_billed",
        }
    ]


def test_invoice_lines_of_a_group_too_and_links_are_kept() -> None:
    found = record(
        "InvoiceRet",
        "<IsPaid>true</IsPaid><LinkedTxn><TxnID>9-9</TxnID><TxnType>ReceivePayment</TxnType>"
        "<TxnDate>2024-02-01</TxnDate><RefNumber>77</RefNumber><LinkType>AMTTYPE</LinkType>"
        "<Amount>-5.00</Amount></LinkedTxn><InvoiceLineGroupRet><TxnLineID>1-2</TxnLineID>"
        "<InvoiceLineRet><TxnLineID>1-3</TxnLineID><RatePercent>5.0</RatePercent>"
        "</InvoiceLineRet></InvoiceLineGroupRet>",
        TXN_HEAD,
    )
    assert found.entity is INVOICE
    assert line_ids(found, "lines") == ["1-2/1-3"]
    assert found.values["is_paid"] is True
    assert found.linked == (
        {
            "id": "9-9",
            "type": "ReceivePayment",
            "amount": "-5.00",
            "date": "2024-02-01",
            "number": "77",
        },
    )


@pytest.mark.parametrize(
    "element, name",
    [
        ("<AmountDue>much</AmountDue>", "amount"),
        ("<TxnDate>soon</TxnDate>", "bill_date"),
        ("<IsPaid>maybe</IsPaid>", "is_paid"),
        ("<ExternalGUID>{7}</ExternalGUID>", "external_guid"),
        ("<ItemLineRet><Quantity>many</Quantity></ItemLineRet>", "item_lines"),
    ],
)
def test_what_cannot_be_read_is_unknown_never_empty(element: str, name: str) -> None:
    found = reply(f"<BillRet>{TXN_HEAD}{element}<Memo>m</Memo></BillRet>", "BillQuery")
    (only,) = found.records
    assert name not in only.values
    assert only.values["memo"] == "m"
    assert sum(found.unread.values()) == 1


def test_words_nobody_told_us_are_kept_as_they_are() -> None:
    found = record("AccountRet", "<AccountType>Crypto</AccountType>")
    assert found.values["type"] == "Crypto"


@pytest.mark.parametrize(
    "written, kept",
    [("5", "5.00"), ("-0.00", "0.00"), ("+7.10", "7.10"), ("007.00", "7.00"), ("", None)],
)
def test_amounts_have_two_places_however_they_come(written: str, kept: str | None) -> None:
    assert record("AccountRet", f"<Balance>{written}</Balance>").values["balance"] == kept


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


def test_replies_stand_in_the_order_of_the_requests_with_their_own_records(path: str) -> None:
    found = replies(
        "<QBXML><QBXMLMsgsRs newMessageSetID='set' messageSetStatusCode='9002'>"
        f"<VendorAddRs requestID='1' statusCode='0'><VendorRet>{LIST_HEAD}</VendorRet>"
        "</VendorAddRs><VendorAddRs requestID='2' statusCode='3100'/>"
        f"<TermsQueryRs requestID='3' statusCode='0'><StandardTermsRet>{LIST_HEAD}"
        f"</StandardTermsRet><DateDrivenTermsRet>{LIST_HEAD}</DateDrivenTermsRet></TermsQueryRs>"
        "</QBXMLMsgsRs></QBXML>"
    )
    assert (found.message_set_id, found.message_set_status) == ("set", 9002), path
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


def test_deleted_records_name_the_types_they_may_be(path: str) -> None:
    time = "<TimeDeleted>2024-01-31T09:05:00-08:00</TimeDeleted>"
    found = reply(
        f"<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>80-1</ListID>{time}"
        f"<FullName>A:B</FullName></ListDeletedRet><ListDeletedRet><ListDelType>ToDo</ListDelType>"
        f"<ListID>80-2</ListID>{time}</ListDeletedRet>",
        "ListDeletedQuery",
    )
    assert found.deletions == [
        Deletion(
            Family.LIST, "Customer", (CUSTOMER, JOB), "80-1", "2024-01-31T09:05:00", "A:B"
        ),
        Deletion(Family.LIST, "ToDo", (), "80-2", "2024-01-31T09:05:00", ""),
    ], path
    document = reply(
        f"<TxnDeletedRet><TxnDelType>Bill</TxnDelType><TxnID>1-2</TxnID>{time}"
        "<RefNumber>17</RefNumber></TxnDeletedRet>",
        "TxnDeletedQuery",
    ).deletions[0]
    assert (document.family, document.entities, document.name) == (Family.TXN, (BILL,), "17")


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


# --- what may be read at all


DOCTYPES = [
    '<!DOCTYPE QBXML [<!ENTITY a "b">]><QBXML>&a;</QBXML>',
    '<!DOCTYPE QBXML SYSTEM "file:///etc/passwd"><QBXML/>',
    '<?xml version="1.0"?>\n<!DOCTYPE QBXML><QBXML/>',
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><QBXML>&b;</QBXML>',
]


@pytest.mark.parametrize("text", DOCTYPES)
@pytest.mark.parametrize("encoding", ["", "utf-8", "utf-16"])
def test_document_types_are_refused(text: str, encoding: str, path: str) -> None:
    with pytest.raises(UnreadableReply, match="document type"):
        replies(text.encode(encoding) if encoding else text)
    with pytest.raises(UnreadableReply, match="document type"):
        host_facts(text)
    assert path


@pytest.mark.parametrize(
    "text",
    ["", "  ", "QuickBooks Point of Sale", "<html/>", "<QBXML>", answer("<a>")[:-20], "<QBXML/><x/>"],
)
def test_what_is_no_qbxml_is_unreadable(text: str, path: str) -> None:
    with pytest.raises(UnreadableReply):
        replies(text)
    with pytest.raises(UnreadableReply):
        host_facts(text)
    assert path


def test_the_error_quotes_nothing_of_the_record() -> None:
    with pytest.raises(UnreadableReply) as caught:
        replies(answer("<Secret-123>"))
    assert "Secret" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "written, kept",
    [
        ("a\x00b\x1fc", "abc"),
        ("it\x19s", "it's"),
        ("it&#x19;s &#25; &#x0;", "it's ' "),
        ("a\ud800b", "ab"),
        ("\uffff", None),
        ("R&D &amp; &eacute;\x01", "R&D & &eacute;"),
        ("D&#233;cor\x02", "Décor"),
        ("\x01&#99999999;", None),
    ],
)
def test_characters_that_xml_forbids_are_mended(written: str, kept: str | None, path: str) -> None:
    found = reply(f"<VendorRet>{LIST_HEAD}<Name>{written}</Name></VendorRet>")
    assert found.records[0].values["name"] == kept, path
    assert len(found.records) == 1


@pytest.mark.parametrize(
    "encoded",
    [
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode(),
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode("cp1252"),
        answer("<VendorRet><Name>Décor</Name></VendorRet>").encode("utf-16"),
        b"\xef\xbb\xbf \r\n" + answer("<VendorRet><Name>Décor</Name></VendorRet>").encode(),
    ],
)
def test_bytes_are_read_in_the_encodings_they_come_in(encoded: bytes, path: str) -> None:
    assert replies(encoded).replies[0].records[0].values["name"] == "Décor", path


def test_a_declared_encoding_does_not_mislead() -> None:
    text = answer("<VendorRet><Name>Décor</Name></VendorRet>").replace(
        '"1.0" ?', '"1.0" encoding="utf-16"?'
    )
    assert replies(text).replies[0].records[0].values["name"] == "Décor"


@given(st.text(), st.sampled_from(ENTITIES))
def test_no_text_whatever_raises_anything_else(text: str, entity: Any) -> None:
    for whole in (text, answer(f"<{entity.ret_elements[0]}>{text}</{entity.ret_elements[0]}>")):
        try:
            replies(whole)
        except UnreadableReply:
            pass


MEASURE = """
import resource, sys
from qbxml.parse import replies
one = "<CustomerRet><ListID>80-1</ListID><EditSequence>1</EditSequence>" + "".join(
    f"<{name}>{'x' * 20}</{name}>"
    for name in ("Name", "FullName", "CompanyName", "Phone", "Email", "Fax", "Contact", "Notes")
) + "<BillAddress><Addr1>A</Addr1><City>B</City></BillAddress></CustomerRet>"
count = 12_000_000 // len(one)
text = "<QBXML><QBXMLMsgsRs><CustomerQueryRs>" + one * count
text += "</CustomerQueryRs></QBXMLMsgsRs></QBXML>"
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
assert len(replies(text).replies[0].records) == count
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / len(text))
"""


def test_a_large_reply_takes_far_less_than_twelve_times_its_size() -> None:
    root = Path(__file__).parent.parent.parent
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE], cwd=root, capture_output=True, text=True, check=True
    )
    assert float(ran.stdout) < 8


# --- the company


COMPANY = (
    "<CompanyRet><IsSampleCompany>true</IsSampleCompany><CompanyName>Acme</CompanyName>"
    "<FirstMonthFiscalYear>April</FirstMonthFiscalYear>"
    "<FirstMonthIncomeTaxYear>January</FirstMonthIncomeTaxYear><EIN>12-3456789</EIN>"
    "<SSN>123-45-6789</SSN><AccountantCopy><AccountantCopyExists>true</AccountantCopyExists>"
    "<DividingDate>2023-12-31</DividingDate></AccountantCopy><DataExtRet>"
    "<OwnerID>{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}</OwnerID><DataExtName>FileID</DataExtName>"
    "<DataExtType>STR255TYPE</DataExtType><DataExtValue>{x}</DataExtValue></DataExtRet>"
    "</CompanyRet>"
)


def test_host_facts_are_read_and_personal_numbers_are_nowhere() -> None:
    text = (
        f"<QBXML><QBXMLMsgsRs><HostQueryRs {OK}><HostRet><ProductName>Pro</ProductName>"
        "<MajorVersion>31</MajorVersion><MinorVersion>0</MinorVersion><Country>US</Country>"
        "<SupportedQBXMLVersion>1.0</SupportedQBXMLVersion>"
        "<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><QBFileMode>MultiUser</QBFileMode>"
        f"</HostRet></HostQueryRs><CompanyQueryRs {OK}>{COMPANY}</CompanyQueryRs>"
        "<PreferencesQueryRs requestID='2' statusCode='3260'/></QBXMLMsgsRs></QBXML>"
    )
    facts = host_facts(text)
    assert (facts.product, facts.major_version, facts.minor_version) == ("Pro", "31", "0")
    assert (facts.country, facts.file_mode) == ("US", "MultiUser")
    assert facts.supported_versions == ("1.0", "13.0")
    assert (facts.company_name, facts.is_sample) == ("Acme", True)
    assert (facts.fiscal_year_month, facts.tax_year_month) == ("April", "January")
    assert facts.data_exts == (
        DataExt("0b3f7b1e-9a3c-4f5d-8f2e-1c2d3e4f5a6b", "FileID", "{x}"),
    )
    assert facts.accountant_copy == AccountantCopy(exists=True, dividing_date="2023-12-31")
    assert facts.preferences == {}
    assert facts.failed == {"PreferencesQuery": 3260}
    assert "3456789" not in repr(facts)
    assert "123-45" not in repr(facts)


def test_preferences_are_all_there_once_they_are_known() -> None:
    facts = host_facts(
        answer(
            "<PreferencesRet><AccountingPreferences><IsUsingClassTracking>true"
            "</IsUsingClassTracking><ClosingDate>2023-12-31</ClosingDate></AccountingPreferences>"
            "<CurrentAppAccessRights><IsPersonalDataAccessAllowed>false"
            "</IsPersonalDataAccessAllowed></CurrentAppAccessRights></PreferencesRet>",
            "PreferencesQuery",
        )
    )
    known = {"class_tracking": True, "closing_date": "2023-12-31", "personal_data": False}
    assert facts.preferences == dict.fromkeys(PREFERENCES) | {"sales_tax": False} | known
    assert facts.failed == {}


def test_sales_tax_is_on_when_its_preferences_are_there() -> None:
    facts = host_facts(
        answer(
            "<PreferencesRet><SalesTaxPreferences><DefaultItemSalesTaxRef><ListID>1-1</ListID>"
            "<FullName>CA</FullName></DefaultItemSalesTaxRef><DefaultTaxableSalesTaxCodeRef>"
            "<FullName>Tax</FullName></DefaultTaxableSalesTaxCodeRef></SalesTaxPreferences>"
            "</PreferencesRet>",
            "PreferencesQuery",
        )
    )
    assert facts.preferences["sales_tax"] is True
    assert facts.preferences["default_tax_item"] == {"id": "1-1", "name": "CA"}
    assert facts.preferences["taxable_code"] == {"id": None, "name": "Tax"}


@pytest.mark.parametrize(
    "written, kept",
    [
        (COMPANY, COMPANY.replace("12-3456789", "").replace("123-45-6789", "")),
        ("<EIN a='1'>1\n2</EIN ><SSN/>x", "<EIN a='1'></EIN ><SSN/>x"),
        ("<SSN><![CDATA[1]]></SSN>", "<SSN></SSN>"),
        ("<EIN>12-34", "<EIN>"),
        ("<EINS>1</EINS>", "<EINS>1</EINS>"),
    ],
)
def test_personal_numbers_are_taken_out_even_of_broken_text(written: str, kept: str) -> None:
    assert redacted(written) == kept
    assert redacted(written.encode()) == kept
