"""September to November 2026: bills go both ways, a restored file, a moved file, more merges.

Owns these steps. Two-way bills are on.
"""

from __future__ import annotations

from store import company_moves
from tests.acceptance.test_deletions import merge
from tests.acceptance.year import ADMIN, APP, BOOKKEEPER, BOTH, Act, Script, Year
from tests.acceptance.year_march import RENT, bill_there, invoice_there
from tests.acceptance.year_summer import bill, invoice

AUTUMN = Script()


@AUTUMN.on("2026-09-01", ADMIN)
def switches_two_way_bills_on_and_what_is_open_comes_over(y: Year) -> Act:
    y.made.prefer(two_way_bills="true")
    yield
    numbers = {one["number"] for one in y.made.all("bills")}
    assert {"A-1", "H-1", "CE-22"} <= numbers
    assert y.numbered("bills", "A-1", "A-1 here")["vendor"]["name"] == "Acme North"


@AUTUMN.on("2026-09-02", BOOKKEEPER)
def enters_a_bill_with_both_kinds_of_lines(y: Year) -> Act:
    y.enter(
        "Bill",
        "theirs",
        VendorRef="Cedar Electric",
        RefNumber="B-1",
        TxnDate="2026-09-02",
        ExpenseLine=[{"AccountRef": "Rent", "Amount": "100.00", "ClassRef": "Far East"}],
        ItemLine=[{"ItemRef": "Work", "Quantity": "3", "Cost": "7.77"}],
    )
    yield
    found = y.numbered("bills", "B-1", "B-1")
    assert (found["amount"], found["approval"]) == ("123.31", "needs_approval")
    assert found["expense_lines"][0]["department"]["name"] == "Far East"


@AUTUMN.on("2026-09-03", BOTH)
def edit_its_header_and_its_lines_and_both_stand(y: Year) -> Act:
    lines = y.there("Bill", "theirs")["ExpenseLine"]
    y.edit("Bill", "theirs", ExpenseLine=[lines[0] | {"Amount": "110.00"}])
    y.change("bills", "B-1", memo="ours")
    yield
    assert y.here("bills", "B-1")["amount"] == "133.31"
    assert y.there("Bill", "theirs")["Memo"] == "ours"


@AUTUMN.on("2026-09-04", BOTH)
def both_edit_its_lines_and_all_of_them_are_one_conflict(y: Year) -> Act:
    lines = y.there("Bill", "theirs")["ExpenseLine"]
    y.edit("Bill", "theirs", ExpenseLine=[lines[0] | {"Amount": "111.00"}])
    ours = y.here("bills", "B-1")["expense_lines"]
    y.change("bills", "B-1", expense_lines=[ours[0] | {"amount": "999.00"}])
    yield
    assert y.here("bills", "B-1")["amount"] == y.there("Bill", "theirs")["AmountDue"] == "134.31"
    assert y.made.conflicts()[-1].field == "lines"


@AUTUMN.on("2026-09-07", BOOKKEEPER)
def changes_the_amount_of_an_approved_bill_and_it_needs_approval_again(y: Year) -> Act:
    y.approve("B-1")
    lines = y.there("Bill", "theirs")["ExpenseLine"]
    y.edit("Bill", "theirs", ExpenseLine=[lines[0] | {"Amount": "120.00"}])
    yield
    assert y.here("bills", "B-1")["approval"] == "needs_approval"
    y.approve("B-1")
    y.edit("Bill", "theirs", Memo="harmless")
    yield
    assert y.here("bills", "B-1")["approval"] == "approved"


@AUTUMN.on("2026-09-07", BOOKKEEPER)
def deletes_a_bill_and_it_goes_here_too(y: Year) -> Act:
    y.strike("Bill", "same there")
    yield
    assert "H-1" not in {one["number"] for one in y.made.all("bills")}


@AUTUMN.on("2026-09-07", APP)
def deletes_a_bill_of_quickbooks(y: Year) -> Act:
    y.numbered("bills", "CE-22", "CE-22")
    key = y.key("CE-22")
    y.made.delete("bills", y.ids["CE-22"])
    yield
    assert not [one for one in y.made.books.all("Bill") if one["TxnID"] == key]


@AUTUMN.on("2026-09-10", ADMIN)
def switches_two_way_bills_off_for_a_day(y: Year) -> Act:
    y.made.prefer(two_way_bills="false")
    y.edit("Bill", "theirs", Memo="meanwhile")
    y.differs("B-1", "two-way bills are off")
    bill_there(y, "gone again", "Harbour Supply", "2026-09-10", "H-9", "9.00")
    y.strike("Bill", "taken bill")
    y.differs("taken bill", "its deletion does not come back without 2WB")
    yield


@AUTUMN.on("2026-09-11", ADMIN)
def switches_it_on_again_and_all_linked_bills_are_compared(y: Year) -> Act:
    y.made.prefer(two_way_bills="true")
    y.agrees("B-1")
    y.agrees("taken bill")
    yield
    assert y.here("bills", "B-1")["memo"] == "meanwhile"
    assert y.numbered("bills", "H-9", "H-9")["amount"] == "9.00"


@AUTUMN.on("2026-09-14", BOTH)
def the_app_deletes_a_bill_that_the_bookkeeper_edits_and_the_edit_comes(y: Year) -> Act:
    y.edit("Bill", "H-9", Memo="needed")
    y.made.delete("bills", y.ids["H-9"])
    y.expect("delete_against_edit", "H-9", "the bookkeeper's edit stands")
    yield
    assert y.here("bills", "H-9")["memo"] == "needed"


@AUTUMN.on("2026-09-15", APP)
def deletes_that_bill_again_having_seen_the_edit(y: Year) -> Act:
    y.made.delete("bills", y.ids["H-9"])
    y.over("delete_against_edit", "H-9")
    yield
    assert "H-9" not in {one["RefNumber"] for one in y.made.books.all("Bill")}


@AUTUMN.on("2026-10-01", APP)
def marks_an_invoice_to_be_emailed(y: Year) -> Act:
    invoice(y, "E-7", "river here", "2026-10-01", "55.00")
    y.change("invoices", "E-7", to_be_emailed=True)
    yield
    assert y.there("Invoice", "E-7")["IsToBeEmailed"] == "true"
    y.edit("Invoice", "E-7", IsToBeEmailed="false", PONumber="PO 7")
    yield
    assert y.here("invoices", "E-7")["to_be_emailed"] is False
    assert y.here("invoices", "E-7")["po_number"] == "PO 7"


@AUTUMN.on("2026-10-05", BOOKKEEPER)
def edits_the_lines_of_an_app_made_invoice(y: Year) -> Act:
    (line,) = y.there("Invoice", "E-7")["InvoiceLine"]
    more = {"ItemRef": "Freight", "SalesTaxCodeRef": "Tax"}
    y.edit("Invoice", "E-7", InvoiceLine=[{"TxnLineID": line["TxnLineID"], "Rate": "60"}, more])
    yield
    assert y.here("invoices", "E-7")["tax_total"] == "0.66"


@AUTUMN.on("2026-10-12", BOOKKEEPER)
def restores_a_backup_and_nothing_is_written_until_somebody_says_so(y: Year) -> Act:
    backup = y.made.books.backup()
    y.made.clock.advance(hours=3)
    bill_there(y, "lost bill", "Cedar Electric", "2026-10-12", "LOST", "5.00")
    y.edit("Vendor", "summit", Phone="after the backup")
    yield
    y.made.clock.advance(hours=3)
    y.made.books.restore(backup)
    y.numbered("bills", "LOST", "lost here")
    bill(y, "after restore", "summit here", "2026-10-12", "44.00")
    y.expect("company_activity", None, "the file was restored")
    y.differs("lost here", "the restored file does not have it")
    y.differs("after restore", "nothing is written")
    yield
    assert y.here("vendors", "summit here")["phone"] == "207-555-11"


@AUTUMN.on("2026-10-13", ADMIN)
def confirms_the_restored_file(y: Year) -> Act:
    with y.made.store.write() as conn:
        company_moves.confirm_file(conn, y.made.id, "test", y.made.clock())
    y.over("company_activity")
    y.agrees("lost here")
    y.agrees("after restore")
    yield
    assert "LOST" not in {one["number"] for one in y.made.all("bills")}


@AUTUMN.on("2026-10-19", BOOKKEEPER)
def moves_the_company_file_and_nothing_moves_until_confirmed(y: Year) -> Act:
    y.made.books.path = r"D:\Books\Acme 2026.QBW"
    y.add("departments", "north", name="North")
    before = len(y.made.books.requests)
    log = y.made.sync_any()
    assert log.outcome != "finished"
    assert len(y.made.books.requests) == before
    with y.made.store.write() as conn:
        company_moves.confirm_file(conn, y.made.id, "test", y.made.clock())
    yield
    assert y.state("departments", "north") == "synced"


@AUTUMN.on("2026-11-01", BOTH)
def work_through_the_hour_that_comes_twice(y: Year) -> Act:
    """Daylight saving time ends at 06:00 UTC: 01:30 is told twice."""
    y.made.clock.advance(hours=-8)
    assert y.made.clock().hour in {5, 6}
    y.edit("Vendor", "summit", Phone="first 01:30")
    yield
    y.made.clock.advance(hours=1)
    y.edit("Vendor", "summit", Phone="second 01:30")
    y.edit("Customer", "river", Phone="207-555-12")
    yield
    assert y.here("vendors", "summit here")["phone"] == "second 01:30"


@AUTUMN.on("2026-11-02", BOOKKEEPER)
def merges_two_customers_and_their_invoices_move(y: Year) -> Act:
    y.enter("Customer", "twin", Name="River Houses Inc")
    invoice_there(y, "twin invoice", "River Houses Inc", "2026-11-02", "T-1")
    yield
    y.numbered("invoices", "T-1", "T-1")
    y.made.clock.advance(hours=3)
    y.edit("Invoice", "twin invoice", CustomerRef={"ListID": y.ids["river"]})
    y.strike("Customer", "twin")
    yield
    assert y.here("invoices", "T-1")["customer"]["name"] == "River Houses"
    assert "River Houses Inc" not in {one["name"] for one in y.made.all("customers")}


@AUTUMN.on("2026-11-02", BOOKKEEPER)
def merges_two_vendors_whose_bills_come_over(y: Year) -> Act:
    y.enter("Vendor", "twin vendor", Name="Cedar Electrical")
    bill_there(y, "twin bill", "Cedar Electrical", "2026-11-03", "TW-1", "17.00")
    yield
    y.made.clock.advance(hours=3)
    merge(y.made, y.ids["twin vendor"], y.key("cedar"))
    yield
    assert y.numbered("bills", "TW-1", "TW-1")["vendor"]["name"] == "Cedar Electric"


@AUTUMN.on("2026-11-16", BOTH)
def rename_and_move_the_same_department(y: Year) -> Act:
    y.edit("Class", "south", Name="Deep South")
    y.change("departments", "south", parent={"name": "North"})
    yield
    assert y.there("Class", "south")["FullName"] == "North:Deep South"
    assert y.here("departments", "south")["full_name"] == "North:Deep South"


@AUTUMN.on("2026-11-16", BOOKKEEPER)
def moves_an_invoice_before_the_start_and_it_stays_linked(y: Year) -> Act:
    y.edit("Invoice", "T-1", TxnDate="2026-01-05")
    yield
    assert y.here("invoices", "T-1")["invoice_date"] == "2026-01-05"
    y.edit("Invoice", "T-1", TxnDate="2026-11-02")
    yield


@AUTUMN.on("2026-11-16", APP)
def pays_with_lines_of_many_kinds(y: Year) -> Act:
    lines = [RENT | {"amount": "10.00"}, {"account": {"name": "Offices:Paper"}, "amount": "-2.50"}]
    bill(y, "credit line", "harbour here", "2026-11-30", "0", expense_lines=lines)
    yield
    assert y.there("Bill", "credit line")["AmountDue"] == "7.50"
