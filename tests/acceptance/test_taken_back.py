"""What was taken back in the App, or done by hand in QuickBooks, never goes again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from store import problem_acts
from store.errors import Refused
from tests.acceptance.conftest import stock
from tests.acceptance.test_bill_payments import bill, part, pay, ready, state
from tests.acceptance.test_bills import rent
from tests.acceptance.test_both_at_once import lose_for_good, up_to_the_bill
from tests.acceptance.test_company_moves import other, rebind
from tests.acceptance.test_exactly_once import up_to_the_write
from tests.acceptance.test_invoices import ours
from tests.acceptance.test_sessions import close, receive
from tests.acceptance.test_start_date import invoice
from tests.acceptance.world import World


@pytest.fixture
def linked(make_world: Callable[..., World]) -> World:
    """Both sides have met, and bills can be paid."""
    return ready(make_world())


def by_hand(made: World) -> None:
    """Somebody did in QuickBooks what the one open problem is about."""
    (found,) = made.problems()
    with made.store.write() as conn:
        problem_acts.done(conn, found, "test", made.clock())


def test_a_voided_payment_is_not_posted_into_another_company_file(linked: World) -> None:
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    linked.void("bill-payments", payment)
    linked.sync()
    linked.books = other(linked, rebind(linked))
    stock(linked)
    linked.books.add("Account", {"Name": "Money Out", "AccountType": "Bank"})
    linked.sync()
    linked.start()
    linked.prefer(earlier_transactions="all")
    linked.sync()
    linked.sync()
    assert len(linked.books.all("Bill")) == 1
    assert linked.books.all("BillPaymentCheck") == []


def test_a_payment_made_by_hand_is_not_posted_when_it_is_edited_later(linked: World) -> None:
    linked.prefer(money_out_clearing="none")
    payment = pay(linked, part(bill(linked), "100.00"))
    linked.sync()
    by_hand(linked)
    linked.prefer(money_out_clearing="Money Out")
    linked.change("bill-payments", payment, memo="by hand")
    linked.sync()
    assert linked.books.all("BillPaymentCheck") == []
    assert state(linked, payment) == "skipped"


def test_a_vendor_made_by_hand_is_linked_and_not_added_to_the_app_again(acme: World) -> None:
    acme.sync()
    key = acme.books.add("Customer", {"Name": "Acme"})
    vendor = acme.add("vendors", name="Acme")["id"]
    acme.sync()
    by_hand(acme)
    acme.books.edit("Customer", key, {"Name": "Acme, customer"})
    theirs = acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    assert [one["id"] for one in acme.all("vendors")] == [vendor]
    sync = acme.get("vendors", vendor)["sync"]
    assert (sync["state"], sync["quickbooks_id"]) == ("synced", theirs)


def their_invoice(made: World) -> dict[str, Any]:
    """Whatever an invoice needs on both sides, and ours."""
    invoice(made, "2026-03-02", RefNumber="Q-1")
    made.sync()
    return ours(made)


def our_bill(made: World) -> dict[str, Any]:
    """A bill of the App."""
    return rent(made, made.add("vendors", name="Acme")["id"], number="B-1")


def test_deleted_while_nobody_knows_whether_it_arrived_it_does_not_come_back_as_quickbooks_own(
    two_way: World,
) -> None:
    record = our_bill(two_way)
    two_way.clock.advance(minutes=5)
    lose_for_good(two_way, arrived(two_way, "BillAddRq"))
    two_way.delete("bills", record["id"])
    two_way.sync()
    assert two_way.all("bills") == []
    assert two_way.books.all("Bill") == []
    assert two_way.problems() == []


@pytest.mark.parametrize("there", [True, False])
def test_an_invoice_is_not_deleted_while_nobody_knows_whether_it_arrived(
    two_way: World, there: bool
) -> None:
    """QuickBooks is never told to delete one; one that it does not have may go."""
    record = their_invoice(two_way)
    two_way.clock.advance(minutes=5)
    lose_for_good(two_way, arrived(two_way, "InvoiceAddRq", there=there))
    with pytest.raises(Refused, match="on its way"):
        two_way.delete("invoices", record["id"])
    two_way.books.closing_date = date(2026, 12, 31)  # what did not arrive waits after all
    two_way.sync(16)
    if there:
        with pytest.raises(Refused, match="locked here"):
            two_way.delete("invoices", record["id"])
    else:
        two_way.delete("invoices", record["id"])
    assert len(two_way.books.all("Invoice")) == 1 + there


def arrived(made: World, noun: str, *, there: bool = True) -> str:
    """The request with which one of these left, and arrived or not."""
    _, request = up_to_the_write(made, f"<{noun}")
    if there:
        made.books.process(request)
    return request


def test_what_was_deleted_before_quickbooks_refused_it_is_no_problem(acme: World) -> None:
    acme.sync()
    record = our_bill(acme)
    ticket, request = up_to_the_bill(acme)
    acme.delete("bills", record["id"])
    acme.books.closing_date = date(2026, 12, 31)
    receive(acme, ticket, acme.books.process(request))
    close(acme, ticket)
    acme.books.closing_date = None
    acme.sync()
    assert acme.problems() == []
    assert acme.books.all("Bill") == []
