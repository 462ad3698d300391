"""May to August 2026: closed periods, deletions, mishaps, and two months without a sync.

Owns these steps. Two-way bills are off.
"""

from __future__ import annotations

from datetime import date

from store import company_moves
from tests.acceptance.test_deletions import merge
from tests.acceptance.year import (
    ADMIN,
    APP,
    BOOKKEEPER,
    BOTH,
    MISHAP,
    Act,
    Script,
    Year,
    killed_after,
)
from tests.acceptance.year_march import RENT, bill_there, invoice_there, pay_invoice, receive

SUMMER = Script()
IMPORTED = 55
"""Vendors imported in June: more than the brake lets change at once."""


def bill(y: Year, word: str, vendor: str, day: str, amount: str, **more: object) -> None:
    """A bill of one expense line, made in the App; its number is the word."""
    body = {"vendor": y.ids[vendor], "bill_date": day, "number": word}
    y.add("bills", word, **body | {"expense_lines": [RENT | {"amount": amount}]} | more)


def invoice(y: Year, word: str, customer: str, day: str, rate: str) -> None:
    """An invoice of one line, made in the App; its number is the word."""
    line = {"item": {"name": "Work"}, "quantity": "1", "rate": rate, "taxable": False}
    body = {"customer": y.ids[customer], "number": word, "invoice_date": day}
    y.add("invoices", word, **body, lines=[line])


@SUMMER.on("2026-05-04", BOOKKEEPER)
def closes_april_and_what_is_dated_there_waits(y: Year) -> Act:
    y.made.books.closing_date = date(2026, 4, 30)
    bill(y, "late", "cedar", "2026-04-29", "12.00")
    y.change("bills", "summit bill", memo="too late")
    for word in ("late", "summit bill"):
        y.expect("closing_date", word, "April is closed")
        y.differs(word, "April is closed")
    bill(y, "may", "cedar", "2026-05-01", "13.00")
    yield
    assert y.state("bills", "may") == "synced"


@SUMMER.on("2026-05-05", BOOKKEEPER)
def opens_april_again_and_both_go(y: Year) -> Act:
    y.made.books.closing_date = date(2026, 3, 31)
    for word in ("late", "summit bill"):
        y.over("closing_date", word)
        y.agrees(word)
    yield
    assert y.there("Bill", "summit bill")["Memo"] == "too late"


@SUMMER.on("2026-05-06", BOOKKEEPER)
def switches_class_tracking_off_and_a_bill_goes_without_its_department(y: Year) -> Act:
    y.made.books.class_tracking = False
    y.add("departments", "south", name="South")
    y.differs("south", "class tracking is off")
    lines = [RENT | {"amount": "5.00", "department": {"name": "East"}}]
    bill(y, "classless", "cedar", "2026-05-06", "5.00", expense_lines=lines)
    y.differs("classless", "QuickBooks keeps no class of it")
    yield
    assert "ClassRef" not in y.there("Bill", "classless")["ExpenseLine"][0]


@SUMMER.on("2026-05-07", BOOKKEEPER)
def switches_class_tracking_on_and_the_department_goes(y: Year) -> Act:
    y.made.books.class_tracking = True
    y.agrees("south")
    yield
    assert y.there("Class", "south")["Name"] == "South"


@SUMMER.on("2026-05-08", APP)
def saves_the_bill_without_a_class_again(y: Year) -> Act:
    y.change("bills", "classless", memo="with its department now")
    y.agrees("classless")
    yield
    assert y.there("Bill", "classless")["ExpenseLine"][0]["ClassRef"]["FullName"] == "East"


@SUMMER.on("2026-05-11", APP)
def deletes_a_bill(y: Year) -> Act:
    key = y.key("may")
    y.made.delete("bills", y.ids["may"])
    yield
    assert not [b for b in y.made.books.all("Bill") if b["TxnID"] == key]


@SUMMER.on("2026-05-11", BOOKKEEPER)
def deletes_a_vendor_that_nothing_refers_to(y: Year) -> Act:
    y.strike("Vendor", "harbor here")
    yield
    assert "Pier 4 Chandlers" not in {v["name"] for v in y.made.all("vendors")}


@SUMMER.on("2026-05-11", BOOKKEEPER)
def deletes_one_invoice_and_voids_another(y: Year) -> Act:
    y.strike("Invoice", "group invoice")
    y.void("Invoice", "maple invoice")
    yield
    assert "Q-1" not in {i["number"] for i in y.made.all("invoices")}
    found = y.here("invoices", "maple invoice")
    assert (found["total"], found["balance_remaining"]) == ("0.00", "0.00")
    assert found["memo"].startswith("VOID:")


@SUMMER.on("2026-05-14", BOTH)
def the_app_deletes_a_bill_that_the_bookkeeper_edits_and_the_edit_stands(y: Year) -> Act:
    y.edit("Bill", "late", Memo="keep this")
    y.made.delete("bills", y.ids["late"])
    y.expect("delete_against_edit", "late", "the bookkeeper's edit stands")
    y.differs("late", "its memo does not come back without 2WB")
    yield
    assert y.here("bills", "late")["memo"] is None


@SUMMER.on("2026-05-15", APP)
def deletes_it_once_more_and_now_it_goes(y: Year) -> Act:
    key = y.key("late")
    y.made.delete("bills", y.ids["late"])
    y.over("delete_against_edit", "late")
    y.agrees("late")
    yield
    assert not [b for b in y.made.books.all("Bill") if b["TxnID"] == key]


@SUMMER.on("2026-05-15", BOTH)
def the_app_edits_a_vendor_that_the_bookkeeper_deletes(y: Year) -> Act:
    y.add("vendors", "fleeting", name="Fleeting Foods")
    yield
    y.strike("Vendor", "fleeting")
    y.change("vendors", "fleeting", phone="207-555-9")
    y.expect("edit_against_delete", "fleeting", "the App's edit stands")
    y.differs("fleeting", "QuickBooks has it no more")
    yield
    assert len(y.made.books.find("Vendor", Name="Fleeting Foods")) == 0


@SUMMER.on("2026-05-19", APP)
def makes_that_vendor_inactive_which_is_enough(y: Year) -> Act:
    y.change("vendors", "fleeting", active=False)
    y.over("edit_against_delete", "fleeting")
    yield
    assert y.state("vendors", "fleeting") == "synced"


@SUMMER.on("2026-05-20", MISHAP)
def a_bill_open_in_a_window_is_sent_later_by_itself(y: Year) -> Act:
    key = y.key("summit bill")
    y.made.books.in_use.add(key)
    y.change("bills", "summit bill", memo="after lunch")
    y.differs("summit bill", "somebody has it open")
    yield
    y.made.books.in_use.discard(key)
    y.made.clock.advance(hours=2)
    y.agrees("summit bill")
    yield
    assert y.there("Bill", "summit bill")["Memo"] == "after lunch"


@SUMMER.on("2026-05-20", BOTH)
def a_vendor_named_like_a_customer_waits_and_its_bill_with_it(y: Year) -> Act:
    y.add("vendors", "taken", name="Maple Court")
    bill(y, "taken bill", "taken", "2026-05-21", "8.00")
    y.expect("link", "taken", "a customer has the name")
    y.differs("taken", "refused")
    y.differs("taken bill", "waits for its vendor")
    yield
    assert y.here("bills", "taken bill")["sync"]["waits_for"] == "vendor Maple Court"


@SUMMER.on("2026-05-22", APP)
def renames_that_vendor_and_both_go(y: Year) -> Act:
    y.change("vendors", "taken", name="Maple Court (V)")
    y.over("link", "taken")
    y.agrees("taken")
    y.agrees("taken bill")
    yield
    assert y.there("Bill", "taken bill")["VendorRef"]["FullName"] == "Maple Court (V)"


@SUMMER.on("2026-06-01", ADMIN)
def lets_only_approved_bills_go(y: Year) -> Act:
    y.made.prefer(push_bills="approved")
    bill(y, "unapproved", "cedar", "2026-06-01", "77.00")
    y.differs("unapproved", "waits for approval")
    yield
    assert y.here("bills", "unapproved")["sync"]["waits_for"] == "approval"
    y.approve("unapproved")
    y.agrees("unapproved")
    yield
    y.made.prefer(push_bills="saved")


@SUMMER.on("2026-06-03", MISHAP)
def the_web_connector_is_killed_between_a_write_and_its_answer(y: Year) -> Act:
    bill(y, "killed", "cedar", "2026-06-03", "31.00")
    killed_after(y, "BillAddRq")
    assert y.state("bills", "killed") == "sent"
    y.made.clock.advance(minutes=16)
    yield
    assert len(y.made.books.find("Bill", RefNumber="killed")) == 1


@SUMMER.on("2026-06-04", BOTH)
def an_edit_made_while_a_session_runs_goes_in_the_same_or_the_next(y: Year) -> Act:
    bill(y, "meanwhile", "cedar", "2026-06-04", "32.00")
    y.made.clock.advance(minutes=5)
    for operation, answer in y.made.connector.steps(y.made.books):
        if operation == "sendRequestXML" and "<BillAddRq" in str(answer):
            y.change("bills", "meanwhile", memo="while it travelled")
    yield
    assert y.there("Bill", "meanwhile")["Memo"] == "while it travelled"


@SUMMER.on("2026-06-05", BOOKKEEPER)
def merges_two_vendors_and_their_bills_move(y: Year) -> Act:
    y.made.clock.advance(hours=3)
    merge(y.made, y.key("taken"), y.key("cedar"))
    yield
    assert y.here("bills", "taken bill")["vendor"]["name"] == "Cedar Electric"
    assert "Maple Court (V)" not in {v["name"] for v in y.made.all("vendors")}


@SUMMER.on("2026-06-05", BOOKKEEPER)
def imports_many_vendors(y: Year) -> Act:
    for number in range(IMPORTED):
        y.enter("Vendor", f"imported {number}", Name=f"Imported {number:02}")
    yield
    assert len(y.made.all("vendors")) > IMPORTED


@SUMMER.on("2026-06-08", BOOKKEEPER)
def changes_them_all_by_mistake_and_the_brake_holds(y: Year) -> Act:
    y.made.clock.advance(hours=3)
    for number in range(IMPORTED):
        y.edit("Vendor", f"imported {number}", Phone="0")
        y.differs(y.made.named("vendors", f"Imported {number:02}")["id"], "held by the brake")
    y.expect("mass_change", None, "all of them at once")
    bill(y, "behind the brake", "cedar", "2026-06-09", "6.00")
    y.differs("behind the brake", "nothing is written while it holds")
    yield
    assert y.made.named("vendors", "Imported 00")["phone"] is None


@SUMMER.on("2026-06-09", ADMIN)
def says_that_it_is_meant(y: Year) -> Act:
    with y.made.store.write() as conn:
        company_moves.resync(conn, y.made.id, "vendors", "test", y.made.clock())
    for key in [key for key, why in y.apart.items() if "brake" in why or "it holds" in why]:
        y.agrees(key)
    y.over("mass_change")
    yield
    assert y.made.named("vendors", f"Imported {IMPORTED - 1}")["phone"] == "0"


@SUMMER.on("2026-06-10", BOTH)
def the_last_sync_before_the_silence(y: Year) -> Act:
    invoice(y, "before", "maple here", "2026-06-10", "210.00")
    bill(y, "doomed", "summit here", "2026-06-10", "18.00")
    yield


# --- two months without a sync: what both do meanwhile


@SUMMER.on("2026-06-22", BOOKKEEPER)
def works_on_alone_in_june(y: Year) -> None:
    receive(y, "before", "60.00")
    y.edit("Customer", "maple", Name="Maple Courts", Phone="207-555-10")
    for number in range(3):
        y.strike("Vendor", f"imported {number}")
    invoice_there(y, "june there", "Maple Courts", "2026-06-22", "J-22")
    bill_there(y, "june bill there", "Cedar Electric", "2026-06-22", "CE-22", "222.00")


@SUMMER.on("2026-07-06", APP)
def works_on_alone_in_july(y: Year) -> None:
    bill(y, "july", "cedar", "2026-07-06", "71.00")
    invoice(y, "J-6", "maple here", "2026-07-06", "300.00")
    pay_invoice(y, "july pays", "maple here", "before", "150.00", "2026-07-06")
    y.change("customers", "maple here", email="maple@example.com", name="Maple Court")
    y.made.delete("bills", y.ids["doomed"])
    y.change("vendors", "summit here", phone="207-555-11")


@SUMMER.on("2026-07-27", BOOKKEEPER)
def moves_things_about_in_july(y: Year) -> None:
    credit = {"ItemRef": "Work", "Quantity": "1", "Rate": "20", "SalesTaxCodeRef": "Non"}
    credited = y.enter("CreditMemo", CustomerRef="River Houses", CreditMemoLine=[credit])
    applied = [
        {"TxnID": y.key("R-7"), "SetCredit": [{"CreditTxnID": credited, "AppliedAmount": 20}]}
    ]
    y.enter("ReceivePayment", CustomerRef="River Houses", TotalAmount=0, AppliedToTxn=applied)
    y.edit("Class", "east", Name="Far East")
    y.edit("Vendor", "acme", Email="a@b.example")


@SUMMER.on("2026-08-14", BOTH)
def one_sync_after_two_months_catches_up_with_everything(y: Year) -> Act:
    y.agrees("june")
    yield
    assert y.here("invoices", "before")["balance_remaining"] == "0.00"
    assert y.here("invoices", "R-7")["balance_remaining"] == "10.00"
    assert y.made.named("departments", "Far East")
    assert y.state("bills", "july") == "synced"
    assert y.numbered("invoices", "J-22", "J-22")["customer"]["name"] == "Maple Courts"
    assert (
        len([v for v in y.made.all("vendors") if v["name"].startswith("Imported")]) == IMPORTED - 3
    )


@SUMMER.on("2026-08-17", BOTH)
def the_next_sync_moves_nothing(y: Year) -> Act:
    y.made.clock.advance(minutes=5)
    log = y.made.sync()
    assert log.close_text == "0 changes in, 0 out, 0 problems"
    yield
