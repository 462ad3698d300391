"""How records are read: by name, whole, and never guessing."""

from __future__ import annotations

from typing import Any

import pytest

from qbxml.documents import BILL, INVOICE
from qbxml.entities import BY_RET, CUSTOMER, ITEM_KINDS, JOB, TERMS
from qbxml.entity import In
from tests.qbxml.answers import BOTH_WAYS, TXN_HEAD, line_ids, record, reply


@BOTH_WAYS
def test_a_customer_is_read_in_quickbooks_form() -> None:
    found = record(
        "CustomerRet",
        "<Name>Acme &amp; Söhne</Name><FullName>Acme &amp; Söhne</FullName>"
        "<IsActive>false</IsActive><Sublevel>0</Sublevel><BillAddress><Addr1>1 Main</Addr1>"
        "<City>Ames</City><Note>gone</Note></BillAddress><ShipAddress></ShipAddress><Phone/>"
        "<TermsRef><ListID>1-1</ListID><FullName>Net 30</FullName></TermsRef>"
        "<ExternalGUID>{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}</ExternalGUID><Novelty>x</Novelty>",
    )
    assert found.entity is CUSTOMER
    assert (found.quickbooks_id, found.edit_sequence) == ("80-1", "17")
    assert (found.time_created, found.time_modified) == (
        "2024-01-31T09:05:00",
        "2024-07-31T09:05:00",
    )
    assert found.full_name == "Acme & Söhne"
    address: dict[str, Any] = dict.fromkeys(
        ("line1", "line2", "line3", "line4", "line5", "city", "state")
    )
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
        "currency": None,
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
    read = [lines for lines in found.entity.lines if In.RET in lines.messages]
    assert all(found.values[lines.name] == [] for lines in read)


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


ITEM_CONTENTS: dict[str, tuple[str, dict[str, Any]]] = {
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
    empty: dict[str, Any] = dict.fromkeys(
        ("parent", "description", "price", "percent", "cost", "account")
    )
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
            "balance": None,
            "paid": True,
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
