"""What each preference that names an account really does in QuickBooks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from store.errors import Invalid
from tests.acceptance.guarded import bill, invoice, met, state
from tests.acceptance.world import World

_TYPES = {
    "ap_account": ("AccountsPayable", "Rent"),
    "ar_account": ("AccountsReceivable", "Rent"),
    "default_expense_account": ("Expense", "Checking"),
    "deposit_to": ("OtherCurrentAsset", "Rent"),
    "money_out_clearing": ("Bank", "Rent"),
    "money_in_clearing": ("Bank", "Rent"),
}


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met; there is a second account of each kind."""
    made = met(make_world())
    for kind in dict.fromkeys(kind for kind, _ in _TYPES.values()):
        made.books.add("Account", {"Name": f"Other {kind}", "AccountType": kind})
    made.sync()
    return made


def only(made: World, kind: str) -> dict[str, Any]:
    """QuickBooks' only record of the kind."""
    (found,) = made.books.all(kind)
    return found


def test_ap_account_is_the_payable_account_of_bills_that_name_none(linked: World) -> None:
    linked.prefer(ap_account="Other AccountsPayable")
    plain = bill(linked, number="1")
    named = bill(linked, number="2", payable_account={"name": "Accounts Payable"})
    linked.sync()
    accounts = {b["RefNumber"]: b["APAccountRef"]["FullName"] for b in linked.books.all("Bill")}
    assert accounts == {"1": "Other AccountsPayable", "2": "Accounts Payable"}
    shown = linked.get("bills", plain["id"])["payable_account"]
    assert shown["name"] == "Other AccountsPayable"
    linked.prefer(ap_account="Accounts Payable")
    linked.change("bills", plain["id"], memo="edited")
    linked.sync()
    accounts = {b["RefNumber"]: b["APAccountRef"]["FullName"] for b in linked.books.all("Bill")}
    assert accounts["1"] == "Other AccountsPayable", "what is in QuickBooks stays where it is"
    assert state(linked, "bills", named) == "synced"


def test_ap_account_is_that_of_vendor_credits_too(linked: World) -> None:
    linked.prefer(ap_account="Other AccountsPayable")
    lines = [{"account": {"name": "Rent"}, "amount": "1.00"}]
    body = {"vendor": {"name": "Acme"}, "credit_date": "2026-03-02", "expense_lines": lines}
    linked.add("vendor-credits", **body)
    linked.sync()
    assert only(linked, "VendorCredit")["APAccountRef"]["FullName"] == "Other AccountsPayable"


def test_ar_account_is_the_receivable_account_of_invoices_that_name_none(linked: World) -> None:
    linked.prefer(ar_account="Other AccountsReceivable")
    invoice(linked)
    linked.sync()
    assert only(linked, "Invoice")["ARAccountRef"]["FullName"] == "Other AccountsReceivable"


def test_without_the_preference_quickbooks_chooses(linked: World) -> None:
    bill(linked)
    invoice(linked)
    linked.sync()
    assert only(linked, "Bill")["APAccountRef"]["FullName"] == "Accounts Payable"
    assert only(linked, "Invoice")["ARAccountRef"]["FullName"] == "Accounts Receivable"


def test_an_inactive_ap_account_is_told_before_sending(linked: World) -> None:
    linked.prefer(ap_account="Other AccountsPayable")
    account = linked.named("accounts", "Other AccountsPayable")
    linked.change("accounts", account["id"], active=False)
    made = bill(linked)
    linked.sync()
    assert state(linked, "bills", made) == "failed"
    (problem,) = linked.problems()
    assert "Other AccountsPayable" in problem.text


def test_default_expense_account_is_that_of_lines_that_name_none(linked: World) -> None:
    linked.prefer(default_expense_account="Other Expense")
    lines = [{"amount": "1.00"}, {"account": {"name": "Rent"}, "amount": "2.00"}]
    bill(linked, expense_lines=lines)
    linked.sync()
    names = [line["AccountRef"]["FullName"] for line in only(linked, "Bill")["ExpenseLine"]]
    assert names == ["Other Expense", "Rent"]


def test_without_a_default_a_line_must_name_its_account(linked: World) -> None:
    with pytest.raises(Invalid, match="missing"):
        bill(linked, expense_lines=[{"amount": "1.00"}])


def test_deposit_to_is_where_invoice_payments_go(linked: World) -> None:
    linked.prefer(deposit_to="Other OtherCurrentAsset")
    made = invoice(linked)
    linked.add(
        "invoice-payments",
        customer={"name": "Client"},
        payment_date="2026-03-02",
        amount="10.00",
        applications=[{"invoice": made["id"], "amount": "10.00"}],
    )
    linked.sync()
    payment = only(linked, "ReceivePayment")
    assert payment["DepositToAccountRef"]["FullName"] == "Other OtherCurrentAsset"


@pytest.mark.parametrize(("wanted", "department"), [("true", "North"), ("false", None)])
def test_classes_on_decides_whether_departments_go(
    linked: World, wanted: str, department: str | None
) -> None:
    linked.prefer(classes_on=wanted)
    line = {"account": {"name": "Rent"}, "amount": "1.00", "department": {"name": "North"}}
    bill(linked, expense_lines=[line])
    linked.sync()
    (sent,) = only(linked, "Bill")["ExpenseLine"]
    assert (sent.get("ClassRef") or {}).get("FullName") == department


@pytest.mark.parametrize("key", _TYPES)
def test_accounts_are_checked_against_those_pulled_with_their_type(linked: World, key: str) -> None:
    fitting, wrong = _TYPES[key]
    linked.prefer(**{key: f"Other {fitting}"})
    with pytest.raises(Invalid, match="pick"):
        linked.prefer(**{key: wrong})
    with pytest.raises(Invalid, match="no such account"):
        linked.prefer(**{key: "Nowhere"})
