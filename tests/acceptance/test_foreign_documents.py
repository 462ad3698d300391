"""Sync-rules 5: only US company files, one currency; what is foreign is told, not stored wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from store.ledger import account
from tests.acceptance.guarded import met
from tests.acceptance.test_invoices_follow import WORK
from tests.acceptance.world import World

_KINDS = {
    "invoices": ("Invoice", "CustomerRef", {"InvoiceLine": [WORK]}),
    "bills": ("Bill", "VendorRef", {"ExpenseLine": [{"AccountRef": "Rent", "Amount": "10.00"}]}),
}


@pytest.fixture
def many(make_world: Callable[..., World]) -> World:
    """A multicurrency company, with parties at home and in Euro, under 2-way bill sync."""
    made = met(make_world(two_way_bills=True, multicurrency=True))
    made.books.add("Currency", {"Name": "Euro"})
    euro = {"CurrencyRef": "Euro"}
    for kind, type_ in (("Vendor", "AccountsPayable"), ("Customer", "AccountsReceivable")):
        made.books.add(kind, {"Name": f"Rossi {kind}", **euro})
        made.books.add("Account", {"Name": type_, "AccountType": type_, **euro})
    made.sync()
    return made


def entered(made: World, resource: str, party: str, number: str, **more: Any) -> str:
    """The bookkeeper enters a document of 10.00."""
    kind, element, lines = _KINDS[resource]
    fields = {element: party, "TxnDate": "2026-03-02", "RefNumber": number}
    return made.books.add(kind, fields | lines | more)


@pytest.mark.parametrize(
    ("resource", "home", "abroad"),
    [("invoices", "Client", "Rossi Customer"), ("bills", "Acme", "Rossi Vendor")],
)
def test_a_foreign_document_of_quickbooks_is_refused_with_one_clear_problem(
    many: World, resource: str, home: str, abroad: str
) -> None:
    entered(many, resource, home, "HOME")
    entered(many, resource, abroad, "E-1")
    last = entered(many, resource, abroad, "E-2")
    many.sync()
    assert [one["number"] for one in many.all(resource)] == ["HOME"]
    (problem,) = many.problems()
    assert (problem.kind, problem.resource) == ("foreign_currency_arrived", resource)
    for word in (f"E-1 of {abroad} (Euro)", "E-2", "US Dollar"):
        assert word in problem.text
    many.books.edit(_KINDS[resource][0], last, {"Memo": "again"})
    many.sync()
    assert [one["number"] for one in many.all(resource)] == ["HOME"]
    assert len(many.problems()) == 1


@pytest.mark.parametrize(
    ("resource", "home", "abroad"),
    [("invoices", "Client", "Rossi Customer"), ("bills", "Acme", "Rossi Vendor")],
)
def test_the_problem_ends_by_itself_when_the_last_of_them_is_gone_or_in_the_home_currency(
    many: World, resource: str, home: str, abroad: str
) -> None:
    kind, element, _ = _KINDS[resource]
    one = entered(many, resource, abroad, "E-1")
    other = entered(many, resource, abroad, "E-2")
    many.sync()
    assert "E-1" in many.problems()[0].text
    many.books.delete(kind, one)
    many.sync()
    (problem,) = many.problems()
    assert "E-2" in problem.text
    assert "E-1" not in problem.text
    many.books.delete(kind, other)
    many.sync()
    assert many.problems() == []
    third = entered(many, resource, abroad, "E-3")
    many.sync()
    assert len(many.problems()) == 1
    ours = {"bills": ("APAccountRef", "Accounts Payable")}
    ours |= {"invoices": ("ARAccountRef", "Accounts Receivable")}
    many.books.edit(kind, third, {element: home, ours[resource][0]: ours[resource][1]})
    many.sync()
    assert [found["number"] for found in many.all(resource)] == ["E-3"]
    assert many.problems() == []


def test_the_balance_of_a_foreign_bank_account_is_not_shown_as_plain_money(many: World) -> None:
    many.books.add(
        "Account",
        {"Name": "Milan", "AccountType": "Bank", "CurrencyRef": "Euro", "OpenBalance": "70.00"},
    )
    many.sync()
    found = many.named("accounts", "Milan")
    assert found["currency"] == "Euro"
    assert "70.00" not in str(found)
    assert [one["account"]["name"] for one in many.all("bank-balances")] == ["Checking"]
    with many.store.read() as conn:
        rows = conn.execute(select(account.c.balance).where(account.c.currency == "Euro"))
        assert set(rows.scalars()) == {None}


def test_parties_in_a_foreign_currency_come_over_with_it_for_nothing_of_them_is_an_amount(
    many: World,
) -> None:
    assert many.named("vendors", "Rossi Vendor")["currency"] == "Euro"
    assert many.named("customers", "Rossi Customer")["currency"] == "Euro"
    assert many.problems() == []


@pytest.mark.parametrize("told_by", ["host", "web connector"])
def test_nothing_is_posted_to_another_countrys_file_and_a_text_says_why(
    make_world: Callable[..., World], told_by: str
) -> None:
    made = make_world(country="CA" if told_by == "host" else "US")
    if told_by == "web connector":
        made.connector.country = "CA"
    made.add("vendors", name="Ours")
    log = made.sync()
    assert made.books.all("Vendor") == []
    assert "Nothing was sent" in str(log.close_text)
    assert "one of CA" in str(log.close_text)
    (problem,) = made.problems()
    assert problem.kind == "country"
    assert "writes nothing" in problem.text
    made.books.country = made.connector.country = "US"
    made.sync()
    assert len(made.books.all("Vendor")) == 1
    assert made.problems() == []
