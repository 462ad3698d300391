"""Filters, trimming and paging of queries."""

from __future__ import annotations

import pytest

from tests.rehearsal.asking import (
    ask,
    ask_all,
    bill,
    books,
    invoice,
)
from webconnector.rehearsal.company_file import CompanyFile

OWNER = "{11111111-2222-3333-4444-555555555555}"


def names(company: CompanyFile, noun: str, inner: str) -> list[str]:
    answer = ask(company, f"<{noun}QueryRq>{inner}</{noun}QueryRq>")
    assert answer.code in (0, 1)
    return [str(node.findtext("FullName") or node.findtext("Name")) for node in answer.rets]


def numbers(company: CompanyFile, inner: str, noun: str = "Bill") -> list[str]:
    answer = ask(company, f"<{noun}QueryRq>{inner}</{noun}QueryRq>")
    assert answer.code in (0, 1)
    return [str(node.findtext("RefNumber")) for node in answer.rets]


def test_nothing_found_is_status_1_info() -> None:
    answer = ask(books(), "<InvoiceQueryRq/>")
    assert (answer.code, answer.severity, answer.text, answer.rets) == (
        1,
        "Info",
        "A query request did not find a matching object in QuickBooks",
        [],
    )


def test_missing_ids_are_a_warning_and_the_rest_comes() -> None:
    company = books()
    answer = ask(
        company,
        "<VendorQueryRq><FullName>acme</FullName><FullName>bleech</FullName></VendorQueryRq>",
    )
    assert (answer.code, answer.severity, answer.get("Name")) == (500, "Warn", "Acme")
    assert answer.text == (
        'The query request has not been fully completed. There was a required element ("bleech") '
        "that could not be found in QuickBooks."
    )
    assert ask(company, "<BillQueryRq><TxnID>FF-1</TxnID></BillQueryRq>").code == 500


def test_a_warning_does_not_stop_the_set() -> None:
    body = "<VendorQueryRq><FullName>x</FullName></VendorQueryRq><HostQueryRq/>"
    codes = [a.code for a in ask_all(books(), body, onError="stopOnError").answers]
    assert codes == [500, 0]


def test_only_active_records_come_unless_asked() -> None:
    company = books()
    company.add("Vendor", {"Name": "Asleep", "IsActive": False})
    status = "<ActiveStatus>{}</ActiveStatus>"
    assert names(company, "Vendor", "") == ["Acme", "Bolt"]
    assert names(company, "Vendor", status.format("InactiveOnly")) == ["Asleep"]
    assert names(company, "Vendor", status.format("All")) == ["Acme", "Bolt", "Asleep"]
    assert names(company, "Vendor", "<FullName>Asleep</FullName>") == ["Asleep"]


@pytest.mark.parametrize(
    "start,found",
    [
        ("2026-01-15T12:00:00", ["Acme", "Bolt", "New"]),
        ("2026-01-15T12:00:01", ["New"]),
        ("2026-01-15T12:01:00", ["New"]),
        ("2026-01-15T12:01:01", []),
        ("2026-01-15T12:01:00+09:00", ["New"]),
        ("2026-01-15", ["Acme", "Bolt", "New"]),
        ("2026-01-16", []),
    ],
)
def test_from_is_inclusive_local_and_deaf_to_offsets(start: str, found: list[str]) -> None:
    company = books()
    company.advance(60)
    company.add("Vendor", {"Name": "New"})
    assert names(company, "Vendor", f"<FromModifiedDate>{start}</FromModifiedDate>") == found


@pytest.mark.parametrize(
    "end,found",
    [
        ("2026-01-15T11:59:59", []),
        ("2026-01-15T12:00:00", ["Acme", "Bolt"]),
        ("2026-01-15", ["Acme", "Bolt"]),
        ("2026-01-14", []),
    ],
)
def test_to_is_inclusive_and_a_bare_date_is_its_whole_day(end: str, found: list[str]) -> None:
    assert names(books(), "Vendor", f"<ToModifiedDate>{end}</ToModifiedDate>") == found


def test_from_after_to_is_3030() -> None:
    inner = (
        "<FromModifiedDate>2026-02-01</FromModifiedDate><ToModifiedDate>2026-01-01</ToModifiedDate>"
    )
    assert ask(books(), f"<VendorQueryRq>{inner}</VendorQueryRq>").code == 3030


@pytest.mark.parametrize(
    "inner,found",
    [
        (
            "<NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>KI</Name></NameFilter>",
            ["Cole:Kitchen"],
        ),
        (
            "<NameFilter><MatchCriterion>Contains</MatchCriterion><Name>ol</Name></NameFilter>",
            ["Cole"],
        ),
        (
            "<NameFilter><MatchCriterion>EndsWith</MatchCriterion><Name>n</Name></NameFilter>",
            ["Cole:Kitchen"],
        ),
        ("<NameRangeFilter><FromName>d</FromName></NameRangeFilter>", ["Cole:Kitchen"]),
        ("<NameRangeFilter><ToName>d</ToName></NameRangeFilter>", ["Cole"]),
        (
            "<TotalBalanceFilter><Operator>GreaterThan</Operator><Amount>0.00</Amount>"
            "</TotalBalanceFilter>",
            ["Cole", "Cole:Kitchen"],
        ),
        ("<FullName>cole:KITCHEN</FullName>", ["Cole:Kitchen"]),
        ("<MaxReturned>1</MaxReturned>", ["Cole"]),
    ],
)
def test_filters_of_lists(inner: str, found: list[str]) -> None:
    company = books()
    invoice(company, customer="Cole:Kitchen")
    assert names(company, "Customer", inner) == found


def test_accounts_by_type() -> None:
    inner = "<AccountType>Bank</AccountType><AccountType>CreditCard</AccountType>"
    assert names(books(), "Account", inner) == ["Checking", "Card"]


def test_a_class_filter_and_a_currency_filter() -> None:
    company = books()
    company.add("Vendor", {"Name": "Eastern", "ClassRef": "East"})
    inner = "<ClassFilter><FullName>East</FullName></ClassFilter>"
    assert names(company, "Vendor", inner) == ["Eastern"]
    currency = (
        "<VendorQueryRq><CurrencyFilter><FullName>Euro</FullName></CurrencyFilter></VendorQueryRq>"
    )
    assert ask(company, currency).code == 3250


def dated_bills() -> CompanyFile:
    company = books()
    bill(company, RefNumber="a1", TxnDate="2026-01-01")
    bill(company, vendor="Bolt", RefNumber="A2", TxnDate="2026-01-02")
    company.advance(60)
    paid = bill(company, RefNumber="10", TxnDate="2026-01-03")
    company.add(
        "BillPaymentCheck",
        {
            "PayeeEntityRef": "Acme",
            "BankAccountRef": "Checking",
            "AppliedToTxn": [{"TxnID": paid, "PaymentAmount": 100}],
        },
    )
    bill(company, RefNumber="9", TxnDate="2026-01-04")
    return company


@pytest.mark.parametrize(
    "inner,found",
    [
        ("<RefNumber>A1</RefNumber><RefNumber>a2</RefNumber>", ["a1", "A2"]),
        ("<RefNumberCaseSensitive>A1</RefNumberCaseSensitive>", []),
        ("<RefNumberCaseSensitive>a1</RefNumberCaseSensitive>", ["a1"]),
        (
            "<RefNumberFilter><MatchCriterion>StartsWith</MatchCriterion><RefNumber>a</RefNumber>"
            "</RefNumberFilter>",
            ["a1", "A2"],
        ),
        (
            "<RefNumberRangeFilter><FromRefNumber>9</FromRefNumber><ToRefNumber>10</ToRefNumber>"
            "</RefNumberRangeFilter>",
            ["10", "9"],
        ),
        ("<EntityFilter><FullName>Bolt</FullName></EntityFilter>", ["A2"]),
        (
            "<EntityFilter><FullName>bolt</FullName></EntityFilter><RefNumberFilter><MatchCriterion>"
            "Contains</MatchCriterion><RefNumber>1</RefNumber></RefNumberFilter>",
            [],
        ),
        (
            "<AccountFilter><FullName>Accounts Payable</FullName></AccountFilter>",
            ["a1", "A2", "10", "9"],
        ),
        ("<AccountFilter><FullName>Checking</FullName></AccountFilter>", []),
        ("<PaidStatus>PaidOnly</PaidStatus>", ["10"]),
        ("<PaidStatus>NotPaidOnly</PaidStatus>", ["a1", "A2", "9"]),
        (
            "<TxnDateRangeFilter><FromTxnDate>2026-01-02</FromTxnDate><ToTxnDate>2026-01-03</ToTxnDate>"
            "</TxnDateRangeFilter>",
            ["A2", "10"],
        ),
        (
            "<TxnDateRangeFilter><DateMacro>All</DateMacro></TxnDateRangeFilter>",
            ["a1", "A2", "10", "9"],
        ),
        ("<TxnDateRangeFilter><DateMacro>Today</DateMacro></TxnDateRangeFilter>", []),
        (
            "<ModifiedDateRangeFilter><FromModifiedDate>2026-01-15T12:01:00</FromModifiedDate>"
            "</ModifiedDateRangeFilter>",
            ["10", "9"],
        ),
        ("<MaxReturned>2</MaxReturned>", ["a1", "A2"]),
    ],
)
def test_filters_of_transactions(inner: str, found: list[str]) -> None:
    assert numbers(dated_bills(), inner) == found


def test_a_filter_that_names_nobody_is_3120() -> None:
    inner = "<EntityFilter><FullName>Nobody</FullName></EntityFilter>"
    assert ask(books(), f"<BillQueryRq>{inner}</BillQueryRq>").code == 3120


def test_an_entity_filter_with_children_takes_the_jobs() -> None:
    company = books()
    invoice(company, RefNumber="1")
    invoice(company, customer="Cole:Kitchen", RefNumber="2")
    inner = "<EntityFilter><{0}>Cole</{0}></EntityFilter>"
    assert numbers(company, inner.format("FullName"), "Invoice") == ["1"]
    assert numbers(company, inner.format("FullNameWithChildren"), "Invoice") == ["1", "2"]


def test_lines_and_links_come_only_when_asked_for() -> None:
    company = dated_bills()
    query = "<BillQueryRq><RefNumber>10</RefNumber>{}</BillQueryRq>"
    bare = {node.tag for node in ask(company, query.format("")).ret}
    assert not {"ExpenseLineRet", "LinkedTxn"} & bare
    full = ask(
        company,
        query.format(
            "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>"
        ),
    )
    assert {"ExpenseLineRet", "LinkedTxn"} <= {node.tag for node in full.ret}
    payments = "<BillPaymentCheckQueryRq>{}</BillPaymentCheckQueryRq>"
    assert ask(company, payments.format("")).get("AppliedToTxnRet/TxnID") is None
    lines = "<IncludeLineItems>true</IncludeLineItems>"
    assert ask(company, payments.format(lines)).get("AppliedToTxnRet/TxnID")


def test_trimming_keeps_the_named_elements_only() -> None:
    answer = ask(
        books(),
        "<VendorQueryRq><MaxReturned>1</MaxReturned>"
        "<IncludeRetElement>Name</IncludeRetElement>"
        "<IncludeRetElement>ListID</IncludeRetElement></VendorQueryRq>",
    )
    assert [node.tag for node in answer.ret] == ["ListID", "Name"]


def test_custom_fields_need_their_owner() -> None:
    company = books()
    company.add(
        "Vendor",
        {
            "Name": "Custom",
            "DataExt": [
                {
                    "OwnerID": "0",
                    "DataExtName": "Colour",
                    "DataExtType": "STR255TYPE",
                    "DataExtValue": "red",
                },
                {
                    "OwnerID": OWNER,
                    "DataExtName": "Own",
                    "DataExtType": "STR255TYPE",
                    "DataExtValue": "x",
                },
            ],
        },
    )
    query = "<VendorQueryRq><FullName>Custom</FullName>{}</VendorQueryRq>"
    names = "VendorRet/DataExtRet/DataExtName"
    assert ask(company, query.format("")).every(names) == []
    assert ask(company, query.format("<OwnerID>0</OwnerID>")).every(names) == ["Colour"]
    both = query.format(f"<OwnerID>0</OwnerID><OwnerID>{OWNER}</OwnerID>")
    assert ask(company, both).every(names) == ["Colour", "Own"]


def test_meta_data_counts() -> None:
    company = books()
    only = ask(company, '<VendorQueryRq metaData="MetaDataOnly"/>')
    assert (only.node.get("retCount"), only.rets) == ("2", [])
    both = ask(company, '<AccountQueryRq metaData="MetaDataAndResponseData"/>')
    assert both.node.get("retCount") == str(len(both.rets))
