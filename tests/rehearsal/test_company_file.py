"""The company as a whole: what it tells of itself, its clock, its demo, its independence."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import webconnector.rehearsal
from tests.rehearsal.asking import ask, ask_all, bill, books, envelope, judge, schema
from webconnector.rehearsal.books import Books, Posting
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.kinds import ITEM_KINDS, LIST_KINDS, TXN_KINDS
from webconnector.rehearsal.refusals import RequestRefused
from webconnector.rehearsal.reply_tables import HAS_RET
from webconnector.rehearsal.request_tables import REQUESTS
from webconnector.rehearsal.sample import sample_company

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
FILE = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"


def test_the_hcp_holds_host_company_and_preferences() -> None:
    company = books(closing_date=date(2025, 12, 31))
    company.stamp(OWNER, FILE)
    text = company.hcp()
    judge('<QBXML><QBXMLMsgsRq onError="stopOnError"/></QBXML>', text)
    root = etree.fromstring(text.encode("ascii"))[0]
    assert [(str(rs.tag), rs.get("requestID")) for rs in root] == [
        ("HostQueryRs", "0"),
        ("CompanyQueryRs", "1"),
        ("PreferencesQueryRs", "2"),
    ]
    assert root.findtext("*/CompanyRet/EIN") == "12-3456789"
    ext = {
        str(e.findtext("DataExtName")): e.findtext("DataExtValue")
        for e in root.iterfind("*/CompanyRet/DataExtRet")
    }
    assert ext["FileID"] == FILE
    assert "AppLock" in ext
    assert root.findtext("*/PreferencesRet/AccountingPreferences/ClosingDate") == "2025-12-31"
    assert "13.0" in [n.text for n in root.iterfind("*/HostRet/SupportedQBXMLVersion")]


def test_a_stamp_shows_only_to_its_owner_and_can_be_removed() -> None:
    company = books()
    company.stamp(OWNER, FILE)
    query = "<CompanyQueryRq>{}</CompanyQueryRq>"
    own = query.format(f"<OwnerID>{OWNER}</OwnerID>")
    assert ask(company, query.format("")).get("DataExtRet/DataExtValue") is None
    assert ask(company, query.format(f"<OwnerID>{FILE}</OwnerID>")).get("DataExtRet") is None
    assert FILE in ask(company, own).every("CompanyRet/DataExtRet/DataExtValue")
    company.remove_stamp(OWNER)
    assert FILE not in company.hcp()


def test_company_tells_of_an_accountants_copy() -> None:
    company = books(accountant_copy_until=date(2026, 1, 1))
    answer = ask(company, "<CompanyQueryRq/>")
    assert answer.get("AccountantCopy/DividingDate") == "2026-01-01"


def test_sales_tax_preferences_are_absent_when_sales_tax_is_off() -> None:
    assert ask(books(), "<PreferencesQueryRq/>").get("SalesTaxPreferences/PaySalesTax")
    off = ask(books(sales_tax=False), "<PreferencesQueryRq/>")
    assert off.get("SalesTaxPreferences/PaySalesTax") is None


def test_host_tells_list_sizes_when_asked() -> None:
    body = (
        "<HostQueryRq><IncludeListMetaData><IncludeMaxCapacity>true</IncludeMaxCapacity>"
        "</IncludeListMetaData></HostQueryRq>"
    )
    assert ask(books(), body).get("ListMetaData/ItemMetaData/MaxCapacity") == "14500"


def test_a_version_the_file_does_not_support_is_refused() -> None:
    company = CompanyFile(supported_versions=("12.0",))
    with pytest.raises(RequestRefused):
        company.process(envelope("<HostQueryRq/>"))
    company.process(envelope("<HostQueryRq/>", version="12.0"))


def test_a_clock_given_is_a_clock_used() -> None:
    moment = [datetime(2026, 3, 1, tzinfo=UTC)]
    company = CompanyFile(clock=lambda: moment[0])
    company.add("Vendor", {"Name": "A"})
    moment[0] = datetime(2026, 3, 2, tzinfo=UTC)
    company.add("Vendor", {"Name": "B"})
    assert [v["TimeCreated"][:10] for v in company.all("Vendor")] == ["2026-02-28", "2026-03-01"]
    with pytest.raises(TypeError):
        company.advance(1)


def test_debits_and_credits_must_agree() -> None:
    ledger = Books()
    with pytest.raises(AssertionError, match="out of balance"):
        ledger.post("1", [Posting("a", Decimal("1.00"))])
    ledger.post("1", [Posting("a", Decimal("1.00")), Posting("b", Decimal("-1.00"))])
    ledger._accounts["a"] += 1
    with pytest.raises(AssertionError, match="trial balance"):
        ledger.check()


def test_journal_entries_move_balances_and_must_balance() -> None:
    company = books()
    entry = {
        "JournalDebitLine": [{"AccountRef": "Checking", "Amount": 10}],
        "JournalCreditLine": [{"AccountRef": "Sales", "Amount": 10}],
    }
    company.add("JournalEntry", entry)
    assert company.balance("Checking") == Decimal("10.00")
    entry["JournalCreditLine"][0]["Amount"] = 9
    with pytest.raises(ValueError, match="Debits and credits differ"):
        company.add("JournalEntry", entry)


def test_every_request_is_remembered() -> None:
    company = books()
    ask_all(company, "<HostQueryRq/>")
    assert company.requests == [envelope("<HostQueryRq/>")]


# --- the demo company


def test_the_sample_is_large_awkward_balanced_and_always_the_same() -> None:
    one, two = sample_company(), sample_company()
    kinds = (*LIST_KINDS, *TXN_KINDS)
    assert sum(len(one.all(kind)) for kind in kinds) >= 200
    assert all(one.all(kind) == two.all(kind) for kind in kinds)
    assert all(one.all(kind) for kind in ITEM_KINDS)
    assert sum(one.trial_balance().values()) == 0
    assert max(c["FullName"].count(":") for c in one.all("Customer")) == 3
    assert {i["IsPaid"] for i in one.all("Invoice")} == {"true", "false"}


def test_the_sample_straddles_its_start_date() -> None:
    start = date(2025, 6, 1)
    days = sorted(i["TxnDate"] for i in sample_company(start=start).all("Invoice"))
    assert days[0] < start.isoformat() < days[-1]


@pytest.mark.parametrize(
    "settings", [{"sales_tax": False}, {"class_tracking": False}, {"personal_data": True}]
)
def test_the_sample_stands_with_features_off(settings: dict[str, Any]) -> None:
    assert sample_company(**settings).all("Invoice")


QUERIES = sorted(
    noun
    for noun in REQUESTS
    if noun.endswith("Query")
    and noun not in ("BillToPayQuery", "ListDeletedQuery", "TxnDeletedQuery")
)


@pytest.mark.parametrize("noun", QUERIES)
def test_every_reply_about_the_sample_follows_the_schema(noun: str) -> None:
    if schema() is None:
        pytest.skip("Intuit's qbXML 13.0 schema is not at hand")
    company = sample_company(personal_data=True)
    company.stamp(OWNER, FILE)
    for kind in ("Bill", "Invoice", "VendorCredit"):
        company.void(kind, company.all(kind)[0]["TxnID"])
    inner = ""
    if noun in {f"{kind}Query" for kind in TXN_KINDS} - {"TransferQuery"}:
        inner = "<IncludeLineItems>true</IncludeLineItems>"
        if "Payment" not in noun:
            inner += "<IncludeLinkedTxns>true</IncludeLinkedTxns>"
    elif noun.removesuffix("Query") in (*LIST_KINDS, "Item", "Terms"):
        inner = "<ActiveStatus>All</ActiveStatus>"
    if noun in ("VendorQuery", "CompanyQuery"):
        inner += f"<OwnerID>0</OwnerID><OwnerID>{OWNER}</OwnerID>"
    answer = ask(company, f"<{noun}Rq>{inner}</{noun}Rq>")
    assert answer.code == 0 or noun in (
        "TransferQuery",
        "BillPaymentCreditCardQuery",
        "EstimateQuery",
    )


# --- the referee


def test_the_referee_imports_nothing_it_judges() -> None:
    folder = Path(webconnector.rehearsal.__file__).parent
    judged = ("qbxml", "store", "qwc", "webconnector.soap", "webconnector.exchange")
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [])
            )
            assert not [name for name in names if name.startswith(judged)], module.name


def test_every_kind_has_a_ret_or_is_a_helper_list() -> None:
    assert set(TXN_KINDS) <= HAS_RET
    wire = {noun[:-3] for noun in REQUESTS if noun.endswith(("Add", "Mod"))}
    assert wire <= HAS_RET
    assert wire <= {*LIST_KINDS, *TXN_KINDS}


def test_ten_thousand_customers_are_no_burden() -> None:
    company = books()
    for n in range(10_000):
        company.add("Customer", {"Name": f"Customer {n}"})
    company.begin_session()
    answer = ask(
        company,
        '<CustomerQueryRq iterator="Start"><MaxReturned>100</MaxReturned></CustomerQueryRq>',
    )
    assert answer.node.get("iteratorRemainingCount") == "9902"


def test_a_refused_set_leaves_no_trace_in_the_books() -> None:
    company = books()
    bill(company)
    before = company.trial_balance()
    with pytest.raises(RequestRefused):
        company.process(envelope("<BillQueryRq><Wrong/></BillQueryRq>"))
    assert company.trial_balance() == before


def test_a_foreign_vendors_bill_shows_the_currency() -> None:
    company = books(multicurrency=True)
    company.add("Currency", {"Name": "Euro"})
    company.add("Vendor", {"Name": "Far", "CurrencyRef": "Euro"})
    bill(company, vendor="Far")
    assert ask(company, "<BillQueryRq/>").get("CurrencyRef/FullName") == "Euro"
    with pytest.raises(ValueError, match="3250"):
        books().add("Vendor", {"Name": "Far", "CurrencyRef": "Euro"})


def test_a_payment_cannot_be_edited_below_what_it_pays() -> None:
    company = books()
    company.add(
        "Invoice", {"CustomerRef": "Cole", "InvoiceLine": [{"ItemRef": "Work", "Quantity": 2}]}
    )
    payment = company.add(
        "ReceivePayment", {"CustomerRef": "Cole", "TotalAmount": 100, "IsAutoApply": True}
    )
    with pytest.raises(ValueError, match="3170"):
        company.edit("ReceivePayment", payment, {"TotalAmount": 99})
    company.edit("ReceivePayment", payment, {"TotalAmount": 101})
    assert company.get("ReceivePayment", payment)["UnusedPayment"] == "1.00"
