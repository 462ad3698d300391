"""December 2026 to February 2027: the year is closed, and what is left is settled.

Owns these steps. Two-way bills are on.
"""

from __future__ import annotations

from datetime import date

from store import company_moves, problem_acts
from tests.acceptance.year import ADMIN, APP, BOOKKEEPER, BOTH, Act, Script, Year
from tests.acceptance.year_march import invoice_there, pay_invoice, receive
from tests.acceptance.year_summer import bill, invoice

WINTER = Script()


@WINTER.on("2026-12-01", BOOKKEEPER)
def condenses_the_file(y: Year) -> Act:
    y.made.books.last_condense = y.made.clock()
    y.expect("company_activity", None, "the file was condensed")
    yield
    with y.made.store.write() as conn:
        company_moves.confirm_file(conn, y.made.id, "test", y.made.clock())
    y.over("company_activity")
    yield


@WINTER.on("2026-12-07", BOTH)
def pay_the_same_invoice_and_the_part_that_fits_is_applied(y: Year) -> Act:
    receive(y, "J-6", "100.00")
    pay_invoice(y, "december pays", "maple here", "J-6", "300.00", "2026-12-07")
    y.expect("unapplied", "december pays", "the bookkeeper had received 100.00")
    yield
    assert y.here("invoice-payments", "december pays")["unapplied"] == "100.00"
    y.settle(problem_acts.done, "unapplied", "december pays")
    yield


@WINTER.on("2026-12-14", BOOKKEEPER)
def edits_a_payment_that_the_app_voids_and_the_edit_stands(y: Year) -> Act:
    y.edit("ReceivePayment", "december pays", Memo="keep")
    y.made.void("invoice-payments", y.ids["december pays"])
    y.expect("delete_against_edit", "december pays", "the bookkeeper's edit stands")
    y.differs("december pays", "edits of payments never come back")
    yield
    assert y.here("invoice-payments", "december pays")["voided_at"] is None


@WINTER.on("2026-12-15", APP)
def voids_that_payment_again(y: Year) -> Act:
    y.made.void("invoice-payments", y.ids["december pays"])
    y.over("delete_against_edit", "december pays")
    y.agrees("december pays")
    yield
    assert y.here("invoices", "J-6")["balance_remaining"] == "200.00"


@WINTER.on("2026-12-16", APP)
def pays_two_invoices_with_one_payment(y: Year) -> Act:
    open_ones = {word: y.here("invoices", word)["balance_remaining"] for word in ("J-6", "J-22")}
    total = f"{sum(float(one) for one in open_ones.values()):.2f}"
    y.add(
        "invoice-payments",
        "both paid",
        customer=y.ids["maple here"],
        payment_date="2026-12-16",
        amount=total,
        number="CHK 9",
        applications=[{"invoice": y.ids[word], "amount": one} for word, one in open_ones.items()],
    )
    yield
    assert y.here("invoices", "J-22")["is_paid"] is True


@WINTER.on("2026-12-17", BOOKKEEPER)
def deletes_that_payment_and_the_invoices_are_open_again(y: Year) -> Act:
    y.strike("ReceivePayment", "both paid")
    y.differs("both paid", "deletions of payments never come back")
    yield
    assert y.here("invoices", "J-22")["is_paid"] is False


@WINTER.on("2026-12-18", APP)
def voids_what_the_bookkeeper_deleted_and_both_agree(y: Year) -> Act:
    y.made.void("invoice-payments", y.ids["both paid"])
    y.agrees("both paid")
    yield


@WINTER.on("2026-12-31", APP)
def schedules_for_the_new_year_and_works_until_midnight(y: Year) -> Act:
    pay_invoice(y, "new year pays", "maple here", "J-22", "50.00", "2027-01-04")
    y.differs("new year pays", "scheduled")
    y.made.clock.advance(hours=14, minutes=30)  # in New York it is still 2026
    bill(y, "last", "cedar", "2026-12-31", "19.00")
    yield
    assert y.state("bills", "last") == "synced"


@WINTER.on("2027-01-04", APP)
def the_payment_goes_on_its_day(y: Year) -> Act:
    y.agrees("new year pays")
    yield
    assert y.state("invoice-payments", "new year pays") == "synced"


@WINTER.on("2027-01-11", BOOKKEEPER)
def closes_the_year_and_a_void_of_the_old_one_waits(y: Year) -> Act:
    y.made.books.closing_date = date(2026, 12, 31)
    y.made.void("invoice-payments", y.ids["july pays"])
    y.expect("closing_date", "july pays", "2026 is closed")
    y.change("bills", "last", memo="too late")
    y.expect("closing_date", "last", "2026 is closed")
    y.differs("last", "2026 is closed")
    yield
    assert len(y.made.books.find("ReceivePayment", TotalAmount="150.00")) == 1


@WINTER.on("2027-01-12", APP)
def takes_the_edit_of_the_old_year_back(y: Year) -> Act:
    y.change("bills", "last", memo=None)
    y.over("closing_date", "last")
    y.agrees("last")
    yield


@WINTER.on("2027-01-13", BOOKKEEPER)
def opens_the_year_for_a_day_and_the_void_goes(y: Year) -> Act:
    y.made.books.closing_date = date(2026, 3, 31)
    y.over("closing_date", "july pays")
    yield
    assert y.here("invoices", "before")["balance_remaining"] == "150.00"
    y.made.books.closing_date = date(2026, 12, 31)


@WINTER.on("2027-01-18", BOTH)
def go_on_in_the_new_year(y: Year) -> Act:
    invoice_there(y, "new there", "River Houses", "2027-01-18", "N-1")
    invoice(y, "N-2", "phase here", "2027-01-18", "81.25")
    bill(y, "new", "harbour here", "2027-01-18", "23.45")
    yield
    assert y.numbered("invoices", "N-1", "N-1")["balance_remaining"] == "125.00"


@WINTER.on("2027-02-01", APP)
def empties_the_clearing_account(y: Year) -> Act:
    left = y.banks()["Money In Clearing"]
    y.add(
        "funds-transfers",
        "february transfer",
        from_account={"name": "Money In Clearing"},
        to_account={"name": "Checking"},
        amount=left,
        transfer_date="2027-02-01",
    )
    yield
    assert y.banks()["Money In Clearing"] == "0.00"


@WINTER.on("2027-02-08", ADMIN)
def never_sends_the_bill_of_before_the_connection(y: Year) -> Act:
    y.made.delete("bills", y.ids["january"])
    y.agrees("january")
    yield


@WINTER.on("2027-02-15", APP)
def cleans_up_its_vendors(y: Year) -> Act:
    for number in range(3, 6):
        found = y.made.named("vendors", f"Imported {number:02}")
        y.made.change("vendors", found["id"], active=False)
    yield
    assert y.there("Vendor", "imported 5")["IsActive"] == "false"


@WINTER.on("2027-02-28", BOTH)
def rest_and_nothing_moves_any_more(y: Year) -> Act:
    yield
    log = y.made.sync()
    assert log.close_text == "0 changes in, 0 out, 0 problems"
