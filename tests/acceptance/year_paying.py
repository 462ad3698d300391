"""The second half of November 2026: bills are paid, on both sides.

Owns these steps. Two-way bills are on; payments post to the clearing account.
"""

from __future__ import annotations

from typing import Any

import pytest

from store.errors import Refused
from tests.acceptance.year import APP, BOOKKEEPER, BOTH, MISHAP, Act, Script, Year, killed_after
from tests.acceptance.year_summer import bill

PAYING = Script()


def part(y: Year, word: str, amount: str | None, **more: Any) -> dict[str, Any]:
    """What a payment applies to one bill."""
    return {"bill": y.ids[word], "amount": amount} | more


def pay(y: Year, word: str, day: str, *parts: dict[str, Any], **more: Any) -> None:
    """A check to Cedar Electric, made in the App."""
    body = {"vendor": y.ids["cedar"], "payment_date": day, "method": "check"}
    y.add("bill-payments", word, **body | {"applications": list(parts)} | more)


def pay_there(y: Year, word: str, bill_word: str, amount: str) -> None:
    """The bookkeeper pays a bill by check."""
    owed = y.there("Bill", bill_word)
    y.enter(
        "BillPaymentCheck",
        word,
        PayeeEntityRef={"ListID": owed["VendorRef"]["ListID"]},
        BankAccountRef="Checking",
        AppliedToTxn=[{"TxnID": owed["TxnID"], "PaymentAmount": amount}],
    )


@PAYING.on("2026-11-17", APP)
def pays_two_bills_with_a_credit_and_a_discount(y: Year) -> Act:
    y.made.prefer(discount_account="Discounts")
    set_here = [{"vendor_credit": y.ids["credit"], "amount": "20.00"}]
    first = part(y, "killed", "10.00", credits=set_here, discount="1.00")
    pay(y, "check", "2026-11-17", first, part(y, "meanwhile", "32.00"), number="1001")
    yield
    assert y.there("BillPaymentCheck", "check")["Amount"] == "42.00"
    assert y.here("bills", "killed")["is_paid"] is True
    assert y.here("vendor-credits", "credit")["open_amount"] == "35.00"
    assert y.banks()["Money Out Clearing"] == "-42.00"


@PAYING.on("2026-11-18", APP)
def moves_the_money_to_the_clearing_account(y: Year) -> Act:
    y.add(
        "funds-transfers",
        "check money",
        from_account={"name": "Checking"},
        to_account={"name": "Money Out Clearing"},
        amount="42.00",
        transfer_date="2026-11-18",
    )
    yield
    assert y.banks()["Money Out Clearing"] == "0.00"


@PAYING.on("2026-11-18", APP)
def schedules_a_payment_of_a_bill(y: Year) -> Act:
    pay(y, "july check", "2026-11-25", part(y, "july", "71.00"))
    y.differs("july check", "scheduled")
    yield
    assert y.state("bill-payments", "july check") == "scheduled"


@PAYING.on("2026-11-20", BOOKKEEPER)
def pays_one_bill_in_part_and_another_in_full(y: Year) -> Act:
    pay_there(y, "july there", "july", "21.00")
    pay_there(y, "unapproved there", "unapproved", "77.00")
    yield
    assert y.here("bills", "july")["open_amount"] == "50.00"
    assert y.here("bills", "unapproved")["is_paid"] is True
    with pytest.raises(Refused, match="outside"):
        pay(y, "second", "2026-11-20", part(y, "unapproved", "77.00"))


@PAYING.on("2026-11-25", APP)
def the_scheduled_payment_no_longer_fits_and_is_not_posted(y: Year) -> Act:
    y.expect("open_amount", "july check", "the bookkeeper had paid 21.00")
    yield
    assert y.state("bill-payments", "july check") == "failed"


@PAYING.on("2026-11-26", APP)
def voids_it_and_pays_what_is_left(y: Year) -> Act:
    y.made.void("bill-payments", y.ids["july check"])
    y.over("open_amount", "july check")
    y.agrees("july check")
    pay(y, "july rest", "2026-11-26", part(y, "july", "50.00"), number="1002")
    yield
    assert y.here("bills", "july")["is_paid"] is True


@PAYING.on("2026-11-26", APP)
def lets_a_credit_alone_cover_a_bill(y: Year) -> Act:
    bill(y, "covered", "cedar", "2026-11-26", "35.00")
    set_here = [{"vendor_credit": y.ids["credit"], "amount": "35.00"}]
    pay(y, "by credit", "2026-11-26", part(y, "covered", None, credits=set_here))
    yield
    assert y.here("bills", "covered")["is_paid"] is True
    assert y.here("vendor-credits", "credit")["open_amount"] == "0.00"


@PAYING.on("2026-11-27", MISHAP)
def the_answer_to_a_payment_is_lost_and_it_is_there_once(y: Year) -> Act:
    bill(y, "paid once", "cedar", "2026-11-27", "90.00")
    pay(y, "once", "2026-11-27", part(y, "paid once", "90.00"), number="1003")
    killed_after(y, "BillPaymentCheckAddRq")
    y.made.clock.advance(minutes=16)
    yield
    assert len(y.made.books.find("BillPaymentCheck", RefNumber="1003")) == 1


@PAYING.on("2026-11-28", BOTH)
def the_bookkeeper_edits_a_paid_bill_and_it_is_not_taken(y: Year) -> Act:
    (line,) = y.there("Bill", "paid once")["ExpenseLine"]
    y.edit("Bill", "paid once", ExpenseLine=[line | {"Amount": "95.00"}])
    y.expect("paid_bill_edited", "paid once", "a payment applies to it")
    y.differs("paid once", "the amount was not taken")
    yield
    (line,) = y.there("Bill", "paid once")["ExpenseLine"]
    y.edit("Bill", "paid once", ExpenseLine=[line | {"Amount": "90.00"}])
    y.over("paid_bill_edited", "paid once")
    y.agrees("paid once")
    yield


@PAYING.on("2026-11-29", APP)
def voids_a_payment_and_the_bill_is_open_again(y: Year) -> Act:
    y.made.void("bill-payments", y.ids["once"])
    yield
    assert y.there("BillPaymentCheck", "once")["Memo"].startswith("VOID:")
    assert y.here("bills", "paid once")["open_amount"] == "90.00"


@PAYING.on("2026-11-29", BOOKKEEPER)
def deletes_his_payment_and_the_bill_is_open_again(y: Year) -> Act:
    y.strike("BillPaymentCheck", "unapproved there")
    yield
    assert y.here("bills", "unapproved")["open_amount"] == "77.00"


@PAYING.on("2026-11-30", BOTH)
def void_a_payment_with_a_credit_and_the_bookkeeper_frees_it(y: Year) -> Act:
    y.made.void("bill-payments", y.ids["check"])
    y.expect("credits_applied", "check", "QuickBooks leaves the credit applied")
    yield
    assert y.here("bills", "killed")["open_amount"] == "11.00"
    y.strike("BillPaymentCheck", "check")
    y.over("credits_applied", "check")
    yield
    assert y.here("bills", "killed")["open_amount"] == "31.00"
    assert y.here("vendor-credits", "credit")["open_amount"] == "20.00"
