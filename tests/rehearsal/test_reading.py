"""What the stand-in refuses to read: everything off kills the whole set, and nothing runs."""

from __future__ import annotations

import pytest

from tests.rehearsal.asking import ask, books, envelope
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import UNREADABLE, RequestRefused

GOOD = "<VendorAddRq><VendorAdd><Name>Good</Name></VendorAdd></VendorAddRq>"


def vendor(inner: str) -> str:
    return f"<VendorAddRq><VendorAdd>{inner}</VendorAdd></VendorAddRq>"


def bill(inner: str) -> str:
    return (
        "<BillAddRq><BillAdd><VendorRef><FullName>Acme</FullName></VendorRef>"
        f"{inner}</BillAdd></BillAddRq>"
    )


BAD_REQUESTS = {
    "unknown request": "<VendorRemoveRq/>",
    "unknown element": vendor("<Name>X</Name><Colour>red</Colour>"),
    "misordered": vendor("<Name>X</Name><Phone>1</Phone><CompanyName>Y</CompanyName>"),
    "over-long": vendor(f"<Name>{'x' * 42}</Name>"),
    "missing required": vendor("<CompanyName>X</CompanyName>"),
    "repeated": vendor("<Name>X</Name><Name>Y</Name>"),
    "text beside elements": vendor("<Name>X</Name>stray"),
    "elements in a leaf": vendor("<Name><b>X</b></Name>"),
    "comment": vendor("<Name>X</Name><!-- hello -->"),
    "namespace": vendor('<Name xmlns="urn:x">X</Name>'),
    "attribute on a leaf": vendor('<Name lang="en">X</Name>'),
    "unknown attribute": '<VendorAddRq colour="red"><VendorAdd><Name>X</Name></VendorAdd>'
    "</VendorAddRq>",
    "duplicate attribute": '<VendorQueryRq requestID="1" requestID="2"/>',
    "two aggregates": "<VendorAddRq><VendorAdd><Name>X</Name></VendorAdd>"
    "<VendorAdd><Name>Y</Name></VendorAdd></VendorAddRq>",
    "amount with one decimal": bill("<ExpenseLineAdd><Amount>1.5</Amount></ExpenseLineAdd>"),
    "amount without decimals": bill("<ExpenseLineAdd><Amount>15</Amount></ExpenseLineAdd>"),
    "amount with a separator": bill("<ExpenseLineAdd><Amount>1,500.00</Amount></ExpenseLineAdd>"),
    "American date": bill("<TxnDate>01/31/2026</TxnDate>"),
    "no such day": bill("<TxnDate>2026-02-30</TxnDate>"),
    "bool as Y": vendor("<Name>X</Name><IsActive>Y</IsActive>"),
    "bool as 1": vendor("<Name>X</Name><IsActive>1</IsActive>"),
    "GUID without braces": vendor(
        "<Name>X</Name><ExternalGUID>12345678-1234-1234-1234-123456789012</ExternalGUID>"
    ),
    "datetime with Z": "<VendorQueryRq><FromModifiedDate>2026-01-01T00:00:00Z</FromModifiedDate>"
    "</VendorQueryRq>",
    "datetime with fraction": "<VendorQueryRq><FromModifiedDate>2026-01-01T00:00:00.5"
    "</FromModifiedDate></VendorQueryRq>",
    "datetime before 1970": "<VendorQueryRq><FromModifiedDate>1969-12-31T00:00:00"
    "</FromModifiedDate></VendorQueryRq>",
    "unknown word": "<VendorQueryRq><ActiveStatus>Some</ActiveStatus></VendorQueryRq>",
    "empty filter": "<VendorQueryRq><FromModifiedDate/></VendorQueryRq>",
    "ids and filters": "<VendorQueryRq><ListID>80000001-1</ListID><MaxReturned>5</MaxReturned>"
    "</VendorQueryRq>",
    "ids and names": "<VendorQueryRq><ListID>80000001-1</ListID><FullName>Acme</FullName>"
    "</VendorQueryRq>",
    "modified and dated": "<BillQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-01-01"
    "</FromModifiedDate></ModifiedDateRangeFilter><TxnDateRangeFilter>"
    "<FromTxnDate>2026-01-01</FromTxnDate></TxnDateRangeFilter>"
    "</BillQueryRq>",
    "list filter on a transaction": "<BillQueryRq><FromModifiedDate>2026-01-01</FromModifiedDate>"
    "</BillQueryRq>",
    "filter of a transaction on a list": "<VendorQueryRq><ModifiedDateRangeFilter/>"
    "</VendorQueryRq>",
    "iterator where there is none": '<AccountQueryRq iterator="Start"><MaxReturned>5</MaxReturned>'
    "</AccountQueryRq>",
    "Start without MaxReturned": '<VendorQueryRq iterator="Start"/>',
    "Start with an id": '<VendorQueryRq iterator="Start" iteratorID="{x}">'
    "<MaxReturned>5</MaxReturned></VendorQueryRq>",
    "Continue without an id": '<VendorQueryRq iterator="Continue"><MaxReturned>5</MaxReturned>'
    "</VendorQueryRq>",
    "id without iterator": '<VendorQueryRq iteratorID="{x}"/>',
    "unknown iterator step": '<VendorQueryRq iterator="Next"><MaxReturned>5</MaxReturned>'
    "</VendorQueryRq>",
    "MaxReturned of zero": "<VendorQueryRq><MaxReturned>0</MaxReturned></VendorQueryRq>",
    "unknown metaData": '<VendorQueryRq metaData="Yes"/>',
    "metaData where there is none": '<HostQueryRq metaData="MetaDataOnly"/>',
    "both sides of a choice": "<BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef/>"
    "<BankAccountRef/><IsToBePrinted>true</IsToBePrinted>"
    "<RefNumber>1</RefNumber><AppliedToTxnAdd><TxnID>1-1</TxnID>"
    "</AppliedToTxnAdd></BillPaymentCheckAdd></BillPaymentCheckAddRq>",
    "neither side of a choice": "<BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef/>"
    "<BankAccountRef/><AppliedToTxnAdd><TxnID>1-1</TxnID>"
    "</AppliedToTxnAdd></BillPaymentCheckAdd></BillPaymentCheckAddRq>",
    "macro of nobody": "<BillPaymentCheckAddRq><BillPaymentCheckAdd><PayeeEntityRef/>"
    "<BankAccountRef/><RefNumber>1</RefNumber><AppliedToTxnAdd>"
    '<TxnID useMacro="TxnID:b"/></AppliedToTxnAdd></BillPaymentCheckAdd>'
    "</BillPaymentCheckAddRq>",
    "unknown trim": "<VendorQueryRq><IncludeRetElement>FullName</IncludeRetElement>"
    "</VendorQueryRq>",
    "edition field": bill("<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>"),
    "class of a bill's head": bill("<ClassRef><FullName>East</FullName></ClassRef>"),
    "deleting a transfer": "<TxnDelRq><TxnDelType>Transfer</TxnDelType><TxnID>1-1</TxnID>"
    "</TxnDelRq>",
    "voiding a receipt": "<TxnVoidRq><TxnVoidType>ReceivePayment</TxnVoidType><TxnID>1-1</TxnID>"
    "</TxnVoidRq>",
    "reference beyond Latin-1": vendor("<Name>&#8217;</Name>"),
    "hexadecimal beyond Latin-1": vendor("<Name>&#x20AC;</Name>"),
    "control reference": vendor("<Name>&#7;</Name>"),
    "C1 control reference": vendor("<Name>&#146;</Name>"),
    "raw accent": vendor("<Name>Caf\u00e9</Name>"),
    "raw control": vendor("<Name>a\x07</Name>"),
    "not well-formed": "<VendorQueryRq>",
    "bare ampersand": vendor("<Name>A & B</Name>"),
}


@pytest.mark.parametrize("body", BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_one_bad_request_refuses_the_set_and_nothing_runs(body: str) -> None:
    company = books()
    before = len(company.all("Vendor"))
    with pytest.raises(RequestRefused) as refusal:
        company.process(envelope(GOOD + body))
    assert refusal.value.hresult == "0x80040400"
    assert refusal.value.message == UNREADABLE
    assert refusal.value.reason
    assert len(company.all("Vendor")) == before


BAD_DOCUMENTS = {
    "no XML declaration": '<?qbxml version="13.0"?><QBXML/>',
    "no qbxml instruction": envelope(GOOD).replace('<?qbxml version="13.0"?>', ""),
    "version not supported": envelope(GOOD, version="17.0"),
    "no version at all": envelope(GOOD, version=""),
    "document type": envelope(GOOD).replace("<QBXML>", "<!DOCTYPE QBXML><QBXML>"),
    "no onError": envelope(GOOD).replace(' onError="continueOnError"', ""),
    "rollbackOnError": envelope(GOOD, onError="rollbackOnError"),
    "unknown set attribute": envelope(GOOD, colour="red"),
    "unknown responseData": envelope(GOOD, responseData="some"),
    "empty set": envelope(""),
    "empty set id": envelope(GOOD, newMessageSetID=""),
    "two sets": envelope(GOOD).replace(
        "</QBXML>", '<QBXMLMsgsRq onError="stopOnError"><HostQueryRq/></QBXMLMsgsRq></QBXML>'
    ),
    "text in the set": envelope("stray" + GOOD),
    "text between requests": envelope(GOOD + "stray"),
    "other root": envelope(GOOD).replace("QBXML>", "QBX>"),
    "after the root": envelope(GOOD) + "<!-- end -->",
    "nothing": "",
}


@pytest.mark.parametrize("text", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS)
def test_a_bad_document_is_refused(text: str) -> None:
    company = books()
    with pytest.raises(RequestRefused):
        company.process(text)
    assert company.find("Vendor", Name="Good") == []
    assert company.requests == [text]
    assert company.refused[0][0] == text


def test_an_element_newer_than_the_declared_version_is_refused() -> None:
    company = books()
    body = vendor("<Name>X</Name><JobTitle>Owner</JobTitle>")
    with pytest.raises(RequestRefused):
        company.process(envelope(body, version="11.0"))
    company.process(envelope(body, version="12.0"))


def test_a_request_newer_than_the_declared_version_is_refused() -> None:
    with pytest.raises(RequestRefused):
        books().process(envelope("<TransferQueryRq/>", version="11.0"))


def test_a_reply_holds_no_element_newer_than_the_declared_version() -> None:
    company = CompanyFile()
    company.add("Vendor", {"Name": "X", "JobTitle": "Owner"})
    assert "JobTitle" in company.process(envelope("<VendorQueryRq/>", version="12.0"))
    assert "JobTitle" not in company.process(envelope("<VendorQueryRq/>", version="11.0"))


def test_latin_1_references_go_in_and_come_out() -> None:
    company = books()
    assert ask(company, vendor("<Name>D&#233;cor</Name>")).get("Name") == "D\u00e9cor"
    text = company.process(
        envelope("<VendorQueryRq><FullName>d&#xE9;cor</FullName></VendorQueryRq>")
    )
    assert "<Name>D&#233;cor</Name>" in text
    assert text.startswith('<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs>\n<VendorQueryRs ')
    assert text.isascii()
    assert "<?qbxml" not in text
