"""Bills and vendor credits: defaults, accounts, lines, Mods, voids."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.rehearsal.asking import ask, ask_all, bill, bill_add, books, expense, mod
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import StatusError

EAST = "<ClassRef><FullName>East</FullName></ClassRef>"
COLE = "<CustomerRef><FullName>Cole</FullName></CustomerRef>"


def line_mod(line_id: str, more: str = "") -> str:
    return f"<ExpenseLineMod><TxnLineID>{line_id}</TxnLineID>{more}</ExpenseLineMod>"


def item_mod(line_id: str, more: str = "") -> str:
    return f"<ItemLineMod><TxnLineID>{line_id}</TxnLineID>{more}</ItemLineMod>"


def two_tables(company: CompanyFile) -> dict[str, Any]:
    txn_id = company.add(
        "Bill",
        {
            "VendorRef": "Acme",
            "ExpenseLine": [
                {"AccountRef": "Rent", "Amount": 1},
                {"AccountRef": "Office", "Amount": 2},
            ],
            "ItemLine": [{"ItemRef": "Work", "Quantity": 3}],
        },
    )
    company.advance(1)
    return company.get("Bill", txn_id)


def test_a_bill_takes_its_defaults_from_vendor_and_day() -> None:
    company = books()
    answer = ask(company, bill_add())
    assert answer.code == 0
    assert (answer.get("TxnDate"), answer.get("DueDate")) == ("2026-01-15", "2026-02-14")
    assert answer.get("APAccountRef/FullName") == "Accounts Payable"
    assert answer.get("TermsRef/FullName") == "Net 30"
    assert (answer.get("AmountDue"), answer.get("OpenAmount"), answer.get("IsPaid")) == (
        "100.00",
        "100.00",
        "false",
    )
    assert company.balance("Rent") == Decimal("100.00")
    assert company.balance("Accounts Payable") == Decimal("-100.00")
    assert company.find("Vendor", Name="Acme")[0]["Balance"] == "100.00"


def test_terms_driven_by_date_set_the_due_date() -> None:
    company = books()
    company.add("DateDrivenTerms", {"Name": "10th", "DayOfMonthDue": 10, "DueNextMonthDays": 5})
    due = {
        day: company.get("Bill", bill(company, TermsRef="10th", TxnDate=day))["DueDate"]
        for day in (date(2026, 1, 5), date(2026, 1, 6), date(2026, 12, 20))
    }
    assert list(due.values()) == ["2026-01-10", "2026-02-10", "2027-01-10"]


def test_duplicate_numbers_are_accepted() -> None:
    company = books()
    body = bill_add("<RefNumber>7</RefNumber>")
    assert [a.code for a in ask_all(company, body + body).answers] == [0, 0]


@pytest.mark.parametrize(
    "inner,lines,code",
    [
        ("<APAccountRef><FullName>Checking</FullName></APAccountRef>", None, 3140),
        ("", expense("Accounts Payable", "1.00"), 3140),
        ("", expense("Accounts Receivable", "1.00"), 3140),
        ("", expense("Nowhere", "1.00"), 3140),
        ("", "<ExpenseLineAdd><Amount>1.00</Amount></ExpenseLineAdd>", 3150),
        ("", "", 3180),
        ("", expense("Rent", "-5.00"), 3180),
        ("", expense("Rent", "5.00", "<BillableStatus>Billable</BillableStatus>"), 3180),
        (
            "",
            expense("Rent", "5.00", COLE + "<BillableStatus>HasBeenBilled</BillableStatus>"),
            3180,
        ),
        ("<LinkToTxnID>1-1</LinkToTxnID>", None, 3120),
    ],
)
def test_bills_that_are_refused(inner: str, lines: str | None, code: int) -> None:
    company = books()
    assert ask(company, bill_add(inner, lines)).code == code
    assert company.all("Bill") == []
    assert company.trial_balance() == {}


def test_a_missing_vendor_is_3140_with_quickbooks_words() -> None:
    answer = ask(books(), bill_add(vendor="Nobody"))
    assert answer.code == 3140
    assert answer.text == (
        'There is an invalid reference to QuickBooks Vendor "Nobody" in the Bill.  QuickBooks '
        "error message: Invalid argument.  The specified record does not exist in the list."
    )


@pytest.mark.parametrize("kind,name", [("Vendor", "Acme"), ("Account", "Rent"), ("Class", "East")])
def test_an_inactive_reference_is_refused(kind: str, name: str) -> None:
    company = books()
    company.edit(kind, company.find(kind, Name=name)[0]["ListID"], {"IsActive": False})
    assert ask(company, bill_add(lines=expense("Rent", "1.00", EAST))).code == 3140


def test_class_references_need_class_tracking() -> None:
    company = books(class_tracking=False)
    assert ask(company, bill_add(lines=expense("Rent", "1.00", EAST))).code == 3250


def test_item_lines_take_quantity_times_cost_and_the_amount_wins() -> None:
    company = books()
    item = "<ItemLineAdd><ItemRef><FullName>Work</FullName></ItemRef>{}</ItemLineAdd>"
    lines = (
        item.format("")
        + item.format("<Quantity>3</Quantity>")
        + item.format("<Quantity>2</Quantity><Cost>1.23456</Cost>")
        + item.format("<Quantity>4</Quantity><Cost>9</Cost><Amount>10.00</Amount>")
    )
    answer = ask(company, bill_add(lines=lines))
    assert answer.every("BillRet/ItemLineRet/Amount") == ["20.00", "60.00", "2.47", "10.00"]
    assert answer.every("BillRet/ItemLineRet/Cost") == ["20.00", "20.00", "1.23456", "2.50"]
    assert company.balance("Office") == Decimal("92.47")


def test_an_item_group_brings_its_items() -> None:
    company = books()
    company.add("ItemGroup", {"Name": "Kit", "ItemGroupLine": [{"ItemRef": "Work", "Quantity": 2}]})
    lines = (
        "<ItemGroupLineAdd><ItemGroupRef><FullName>Kit</FullName></ItemGroupRef>"
        "<Quantity>3</Quantity></ItemGroupLineAdd>"
    )
    answer = ask(company, bill_add(lines=lines))
    assert answer.get("ItemGroupLineRet/TotalAmount") == "120.00"
    assert answer.get("ItemGroupLineRet/ItemLineRet/Quantity") == "6.00"


def test_an_item_without_a_buying_side_or_of_the_wrong_kind_is_refused() -> None:
    company = books()
    company.add("ItemSubtotal", {"Name": "Sub"})
    company.add("ItemService", {"Name": "Bare"})
    item = "<ItemLineAdd><ItemRef><FullName>{}</FullName></ItemRef></ItemLineAdd>"
    assert ask(company, bill_add(lines=item.format("Sub"))).code == 3280
    assert ask(company, bill_add(lines=item.format("Bare"))).code == 3270


def test_touching_one_line_deletes_the_lines_not_named_of_both_kinds() -> None:
    company = books()
    view = two_tables(company)
    first = view["ExpenseLine"][0]["TxnLineID"]
    answer = ask(company, mod("Bill", view, line_mod(first, "<Amount>9.00</Amount>")))
    assert answer.every("BillRet/ExpenseLineRet/TxnLineID") == [first]
    assert answer.every("BillRet/ItemLineRet/TxnLineID") == []
    assert answer.get("AmountDue") == "9.00"


def test_a_header_mod_leaves_lines_alone() -> None:
    company = books()
    view = two_tables(company)
    answer = ask(company, mod("Bill", view, "<Memo>hello</Memo>"))
    assert answer.get("AmountDue") == view["AmountDue"] == "63.00"
    assert len(answer.every("BillRet/ExpenseLineRet")) == 2
    assert answer.get("EditSequence") != view["EditSequence"]


def test_lines_keep_their_ids_and_minus_one_makes_a_new_one() -> None:
    company = books()
    view = two_tables(company)
    first, second = (line["TxnLineID"] for line in view["ExpenseLine"])
    item = view["ItemLine"][0]["TxnLineID"]
    new = line_mod("-1", "<AccountRef><FullName>Rent</FullName></AccountRef><Amount>5.00</Amount>")
    answer = ask(
        company,
        mod(
            "Bill",
            view,
            line_mod(first) + line_mod(second) + new + item_mod(item, "<Quantity>1</Quantity>"),
        ),
    )
    ids = answer.every("BillRet/ExpenseLineRet/TxnLineID")
    assert ids[:2] == [first, second]
    assert len(ids) == 3
    assert answer.get("ItemLineRet/Amount") == "20.00"
    assert answer.get("AmountDue") == "28.00"


def test_lines_out_of_order_are_3290_and_unknown_ones_3120() -> None:
    company = books()
    view = two_tables(company)
    first, second = (line["TxnLineID"] for line in view["ExpenseLine"])
    answer = ask(company, mod("Bill", view, line_mod(second) + line_mod(first)))
    assert (answer.code, answer.text) == (
        3290,
        f'The item "{first}" is placed in the request in incorrect order.',
    )
    assert ask(company, mod("Bill", view, line_mod("FFFF-1"))).code == 3120
    assert company.get("Bill", view["TxnID"])["AmountDue"] == "63.00"


def test_clearing_one_table_keeps_the_other_and_clearing_both_is_refused() -> None:
    company = books()
    view = two_tables(company)
    clear = "<ClearExpenseLines>true</ClearExpenseLines>"
    both = clear + "<ClearItemLines>true</ClearItemLines>"
    assert ask(company, mod("Bill", view, both)).code == 3180
    assert ask(company, mod("Bill", view, clear)).get("AmountDue") == "60.00"


@pytest.mark.parametrize(
    "inner,code",
    [("<VendorRef><FullName/></VendorRef>", 3190), ("<TxnDate/>", 3190), ("<Memo/>", 0)],
)
def test_what_a_mod_may_clear(inner: str, code: int) -> None:
    company = books()
    view = company.get("Bill", bill(company, Memo="m"))
    assert ask(company, mod("Bill", view, inner)).code == code


def test_external_guid_is_echoed_by_transactions() -> None:
    company = books()
    guid = "{12345678-90AB-CDEF-1234-567890ABCDEF}"
    body = bill_add(f"<ExternalGUID>{guid}</ExternalGUID>")
    assert ask(company, body).get("ExternalGUID") == guid
    assert ask(company, "<BillQueryRq/>").get("ExternalGUID") == guid


@pytest.mark.parametrize(
    "day,code", [("2026-01-09", 3171), ("2026-01-10", 3171), ("2026-01-11", 0)]
)
def test_nothing_is_written_on_or_before_the_closing_date(day: str, code: int) -> None:
    company = books()
    open_bill = company.get("Bill", bill(company))
    company.closing_date = date(2026, 1, 10)
    answer = ask(company, bill_add(f"<TxnDate>{day}</TxnDate>"))
    assert answer.code == code
    assert ask(company, mod("Bill", open_bill, f"<TxnDate>{day}</TxnDate>")).code == code


def test_old_transactions_are_closed_too() -> None:
    company = books(closing_date=date(2026, 1, 10))
    old = company.get("Bill", bill(company, TxnDate="2026-01-02"))
    void = f"<TxnVoidRq><TxnVoidType>Bill</TxnVoidType><TxnID>{old['TxnID']}</TxnID></TxnVoidRq>"
    answers = ask_all(
        company, mod("Bill", old, "<Memo>x</Memo>") + void + void.replace("Void", "Del")
    ).answers
    assert [a.code for a in answers] == [3171, 3171, 3171]
    assert "on or before the closing date of the company" in answers[0].text


def test_an_accountants_copy_closes_the_time_before_its_dividing_date() -> None:
    company = books(accountant_copy_until=date(2026, 1, 10))
    assert ask(company, bill_add("<TxnDate>2026-01-10</TxnDate>")).code == 3170
    assert ask(company, bill_add("<TxnDate>2026-01-11</TxnDate>")).code == 0


def test_a_voided_bill_stays_with_nothing_in_it() -> None:
    company = books()
    txn_id = bill(company, Memo="January")
    void = f"<TxnVoidRq><TxnVoidType>Bill</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"
    answers = ask_all(company, void + void).answers
    assert [a.code for a in answers] == [0, 3185]
    assert [n.tag for n in answers[0].rets] == [
        "TxnVoidType",
        "TxnID",
        "TimeCreated",
        "TimeModified",
    ]
    view = company.get("Bill", txn_id)
    assert (view["AmountDue"], view["Memo"]) == ("0.00", "VOID: January")
    assert view["ExpenseLine"][0]["Amount"] == "0.00"
    assert company.balance("Rent") == 0


def test_a_deleted_bill_is_gone_and_told_of() -> None:
    company = books()
    txn_id = bill(company, RefNumber="9")
    company.advance(5)
    delete = f"<TxnDelRq><TxnDelType>Bill</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"
    answers = ask_all(company, delete + delete).answers
    assert [a.code for a in answers] == [0, 3120]
    assert [n.tag for n in answers[0].rets] == ["TxnDelType", "TxnID", "TimeDeleted", "RefNumber"]
    assert company.all("Bill") == []
    assert company.trial_balance() == {}


def test_vendor_credits_mirror_bills() -> None:
    company = books()
    body = bill_add().replace("BillAdd", "VendorCreditAdd")
    answer = ask(company, body)
    assert (answer.get("CreditAmount"), answer.get("OpenAmount")) == ("100.00", "100.00")
    assert company.balance("Rent") == Decimal("-100.00")
    view = company.find("VendorCredit")[0]
    line = view["ExpenseLine"][0]["TxnLineID"]
    company.advance(1)
    changed = ask(company, mod("VendorCredit", view, line_mod(line, "<Amount>40.00</Amount>")))
    assert changed.get("CreditAmount") == "40.00"
    assert ask(company, "<VendorCreditQueryRq/>").get("CreditAmount") == "40.00"


def test_the_bookkeepers_edit_replaces_one_table_of_lines() -> None:
    company = books()
    view = two_tables(company)
    kept = view["ExpenseLine"][1]
    company.edit(
        "Bill", view["TxnID"], {"ExpenseLine": [kept, {"AccountRef": "Rent", "Amount": 7}]}
    )
    again = company.get("Bill", view["TxnID"])
    assert [line["Amount"] for line in again["ExpenseLine"]] == ["2.00", "7.00"]
    assert again["ExpenseLine"][0]["TxnLineID"] == kept["TxnLineID"]
    assert again["ItemLine"] == view["ItemLine"]


def test_has_been_billed_is_quickbooks_own() -> None:
    company = books()
    txn_id = company.add(
        "Bill",
        {
            "VendorRef": "Acme",
            "ExpenseLine": [
                {
                    "AccountRef": "Rent",
                    "Amount": 5,
                    "CustomerRef": "Cole",
                    "BillableStatus": "HasBeenBilled",
                }
            ],
        },
    )
    view = company.get("Bill", txn_id)
    line = view["ExpenseLine"][0]["TxnLineID"]
    status = "<BillableStatus>{}</BillableStatus>"
    assert ask(company, mod("Bill", view, line_mod(line, status.format("Billable")))).code == 3180
    assert (
        ask(company, mod("Bill", view, line_mod(line, "<Memo>x</Memo>"))).get(
            "ExpenseLineRet/BillableStatus"
        )
        == "HasBeenBilled"
    )


def test_a_refused_act_of_the_bookkeeper_changes_nothing() -> None:
    company = books()
    with pytest.raises(StatusError):
        bill(company, vendor="Nobody")
    assert company.all("Bill") == []
