"""`company start, start-date, resync, confirm-file, rebind, remove`: sync-rules 2, 3, 8 and 9."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from store import company_moves, problem_acts
from store.errors import Invalid, Refused
from store.syncing import audit, company, link
from tests.acceptance.conftest import stock
from tests.acceptance.in_process import faulty
from tests.acceptance.test_start_date import days, invoice
from tests.acceptance.world import World
from tests.webconnector.command_line import CommandLine
from webconnector.rehearsal.company_file import CompanyFile


def asks_invoices_by_date(request: str) -> bool:
    """Whether invoices are asked for by their own date, as a backfill does."""
    asked = [part.split("</InvoiceQueryRq>")[0] for part in request.split("<InvoiceQueryRq")[1:]]
    return any("TxnDateRangeFilter" in part for part in asked)


def move_start(made: World, day: str, confirm: str | None = None) -> None:
    """The admin moves the start date."""
    with made.store.write() as conn:
        company_moves.start_date(
            conn, made.id, date.fromisoformat(day), confirm or day, "test", made.clock()
        )


def resync(made: World, resource: str) -> None:
    """The admin has a type read anew."""
    with made.store.write() as conn:
        company_moves.resync(conn, made.id, resource, "test", made.clock())


def acts(made: World) -> list[str]:
    """The audit trail."""
    with made.store.read() as conn:
        query = select(audit.c.act).where(audit.c.company_id == made.id).order_by(audit.c.id)
        return list(conn.execute(query).scalars())


# --- the start date


def test_the_date_may_be_moved_earlier_which_queues_a_one_time_backfill(acme: World) -> None:
    for day in ("2026-01-14", "2026-01-15", "2026-02-10", "2026-03-05"):
        invoice(acme, day)
    acme.sync()
    assert days(acme) == ["2026-03-05"]
    move_start(acme, "2026-01-15")
    before = len(acme.books.requests)
    acme.sync()
    assert days(acme) == ["2026-01-15", "2026-02-10", "2026-03-05"]
    asked = [text for text in acme.books.requests[before:] if "<FromTxnDate>2026-01-15" in text]
    assert len(asked) == 1
    assert "<ToTxnDate>2026-03-01" in asked[0]
    before = len(acme.books.requests)
    acme.sync()
    assert not any(map(asks_invoices_by_date, acme.books.requests[before:]))
    assert "company.start-date" in acts(acme)


def test_moved_twice_before_the_backfill_no_day_between_is_left_out(acme: World) -> None:
    invoice(acme, "2026-01-15")
    invoice(acme, "2026-02-20")
    acme.sync()
    move_start(acme, "2026-02-01")
    move_start(acme, "2026-01-01")
    acme.sync()
    assert days(acme) == ["2026-01-15", "2026-02-20"]


def test_never_later_and_only_with_a_typed_confirmation(acme: World) -> None:
    with pytest.raises(Refused, match="first sync"):
        move_start(acme, "2026-01-01")
    acme.sync()
    for day in ("2026-03-02", "2026-03-03"):
        with pytest.raises(Refused, match="earlier"):
            move_start(acme, day)
    with pytest.raises(Invalid, match="exactly"):
        move_start(acme, "2026-01-01", confirm="2026-01-02")
    assert "company.start-date" not in acts(acme)


# --- resync


def test_resync_reads_a_type_from_the_start_again_without_duplicates(acme: World) -> None:
    for name in ("One", "Two"):
        acme.books.add("Vendor", {"Name": name})
    acme.sync()
    before = {v["id"] for v in acme.all("vendors")}
    resync(acme, "vendors")
    asked = len(acme.books.requests)
    log = acme.sync()
    assert log.close_text == "0 changes in, 0 out, 0 problems"
    assert {v["id"] for v in acme.all("vendors")} == before
    assert "<FromModifiedDate>" not in acme.books.requests[asked].split("<VendorQueryRq")[1][:300]
    assert "company.resync" in acts(acme)


def test_resync_of_what_does_not_come_from_quickbooks_is_refused(acme: World) -> None:
    with pytest.raises(Refused, match="two_way_bills"):
        resync(acme, "bills")
    with pytest.raises(Invalid, match="vendors"):
        resync(acme, "nonsense")


# --- rebind


def rebind(made: World) -> str:
    """The admin lets go of the file; gives the new FileID."""
    with made.store.write() as conn:
        done = company_moves.rebind(conn, made.id, "test", made.clock())
    return str(done["new_file_id"])


def other(made: World, file_id: str) -> CompanyFile:
    """Another company file, to which the new .qwc was added."""
    books = CompanyFile(clock=made.clock, path=r"C:\QuickBooks\New.QBW", company_name="New Ltd")
    books.stamp(made.company.owner_id, file_id)
    return books


def test_binding_another_file_sets_a_new_start_date_and_uses_no_link_to_the_old_one(
    acme: World,
) -> None:
    acme.books.add("Vendor", {"Name": "Both"})
    acme.books.add("Vendor", {"Name": "Old file only"})
    acme.sync()
    both = acme.named("vendors", "Both")["id"]
    acme.clock.advance(days=10)
    acme.books = other(acme, rebind(acme))
    stock(acme)
    acme.books.add("Vendor", {"Name": "New file only"})
    key = acme.books.add("Vendor", {"Name": "Both"})
    acme.sync()
    with acme.store.read() as conn:
        row = conn.execute(select(company).where(company.c.id == acme.id)).one()
        mine = select(link.c.quickbooks_id).where(link.c.company_id == acme.id)
        ids = set(conn.execute(mine).scalars())
    assert (row.start_date, row.preview) == (date(2026, 3, 12), True)
    theirs = {r["ListID"] for kind in ("Vendor", "Account") for r in acme.books.all(kind)}
    assert ids <= theirs
    # Nothing is written before the preview; what has the same name is linked, not duplicated.
    assert {v["Name"] for v in acme.books.all("Vendor")} == {"Both", "New file only"}
    assert acme.get("vendors", both)["sync"]["quickbooks_id"] == key
    acme.start()
    acme.sync()
    names = ["Both", "New file only", "Old file only"]
    assert sorted(v["Name"] for v in acme.books.all("Vendor")) == names
    assert sorted(v["name"] for v in acme.all("vendors")) == names
    assert len(acme.all("accounts")) == len(acme.books.all("Account"))


def test_items_and_jobs_are_matched_by_name_after_a_rebind_too(acme: World) -> None:
    invoice(acme, "2026-03-05")
    acme.sync()
    item = acme.named("items", "Work")["id"]
    acme.books = other(acme, rebind(acme))
    stock(acme)
    invoice(acme, "2026-03-06")
    acme.sync()
    assert acme.named("items", "Work")["id"] == item


def test_documents_of_the_old_file_wait_until_somebody_decides(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Ours")["id"]
    lines = [{"account": {"name": "Rent"}, "amount": "5.00"}]
    bill = acme.add("bills", vendor=vendor, bill_date="2026-03-02", expense_lines=lines)
    acme.prefer(earlier_transactions="all")
    acme.sync()
    assert len(acme.books.all("Bill")) == 1
    acme.books = other(acme, rebind(acme))
    stock(acme)
    acme.sync()
    acme.start()
    acme.sync()
    assert acme.books.all("Bill") == []
    assert acme.get("bills", bill["id"])["sync"]["state"] == "not_synced"


def test_what_was_skipped_is_new_to_the_new_file_when_somebody_retries_it(acme: World) -> None:
    acme.sync()
    vendor = acme.add("vendors", name="Acme")["id"]
    acme.sync()
    acme.change("vendors", vendor, phone="5")
    acme.clock.advance(minutes=5)
    refusing = "status:3030@VendorMod"
    faulty(acme, refusing).run(acme.books)
    (refused,) = acme.problems()
    with acme.store.write() as conn:
        problem_acts.skip(conn, refused, "test", acme.clock())
    acme.books = other(acme, rebind(acme))
    stock(acme)
    acme.sync(70)
    acme.start()
    acme.sync()
    assert acme.books.all("Vendor") == []
    with acme.store.write() as conn:
        problem_acts.retry(conn, refused, "test", acme.clock())
    acme.sync()
    assert [(one["Name"], one["Phone"]) for one in acme.books.all("Vendor")] == [("Acme", "5")]
    assert acme.get("vendors", vendor)["sync"]["state"] == "synced"


def test_after_a_rebind_the_old_file_is_never_taken_for_the_new_one(acme: World) -> None:
    acme.sync()
    rebind(acme)
    log = acme.sync_any()
    assert log.outcome != "finished"
    assert "another CashFlow company" in str(log.last_error)


def test_a_session_that_runs_is_over_at_once(acme: World) -> None:
    acme.sync()
    acme.add("vendors", name="Ours")
    acme.clock.advance(minutes=5)
    steps = acme.connector.steps(acme.books)
    for operation, _ in steps:
        if operation == "sendRequestXML":
            rebind(acme)
            break
    for _ in steps:
        pass
    assert acme.books.all("Vendor") == []


# --- the commands


def test_start_shows_the_preview_before_it_starts(acme: World, webconnector: CommandLine) -> None:
    with acme.store.write() as conn:
        conn.execute(company.update().values(preview=True))
    acme.books.add("Vendor", {"Name": "Same"})
    acme.books.add("Vendor", {"Name": "Theirs"})
    acme.books.add("Vendor", {"Name": "ALIKE"})
    for name in ("Same", "Ours", "Alike"):
        acme.add("vendors", name=name)
    acme.sync()
    assert [v["Name"] for v in acme.books.find("Vendor", Name="Ours")] == []
    shown = webconnector.done("company", "show", acme.id)["first_sync"]["vendors"]
    assert shown == {
        "linked": 1,
        "created_in_cashflow": 2,
        "to_create_in_quickbooks": 1,
        "held": 1,
    }
    said = webconnector("company", "show", acme.id)
    assert "to create in QuickBooks" in said.out
    said = webconnector("company", "start", acme.id)
    assert said.code == 0, said.err
    assert said.out.index("to create in QuickBooks") < said.out.index("started")
    assert webconnector.done("company", "show", acme.id)["first_sync"] is None
    acme.sync()
    assert acme.books.find("Vendor", Name="Ours")


def test_start_date_resync_and_confirm_file_on_the_command_line(
    acme: World, webconnector: CommandLine
) -> None:
    acme.sync()
    assert "earlier" in webconnector.refused(
        "company", "start-date", acme.id, "2026-04-01", "--confirm", "2026-04-01"
    )
    done = webconnector.done(
        "company", "start-date", acme.id, "2026-01-01", "--confirm", "2026-01-01"
    )
    assert (done["old"], done["new"]) == ("2026-03-02", "2026-01-01")
    done = webconnector.done("company", "resync", acme.id, "customers")
    assert done == {"resources": ["customers", "jobs"]}
    assert "waits" in webconnector.refused("company", "confirm-file", acme.id)
    acme.clock.advance(hours=1)
    acme.books.restore(acme.books.backup())
    acme.sync()
    assert webconnector("company", "confirm-file", acme.id).code == 0
    assert acme.problems() == []


def test_rebind_writes_a_new_qwc_and_wants_the_name_right(
    acme: World, webconnector: CommandLine
) -> None:
    acme.sync()
    assert "Acme Ltd" in webconnector.refused("company", "rebind", acme.id, "--confirm", "Somebody")
    done = webconnector.done("company", "rebind", acme.id, "--confirm", "Acme Ltd")
    assert done["new_file_id"] in Path(done["qwc"]).read_text()


def test_leaving_exports_everything_and_disconnects(
    acme: World, webconnector: CommandLine, tmp_path: Path
) -> None:
    acme.books.add("Vendor", {"Name": "Acme"})
    acme.sync()
    target = tmp_path / "leaving.zip"
    assert "exactly" in webconnector.refused(
        "company", "remove", acme.id, "--confirm", "acme", "-o", str(target)
    )
    assert not target.exists()
    said = webconnector("company", "remove", acme.id, "--confirm", "Acme Ltd", "-o", str(target))
    assert said.code == 0, said.err
    assert "press Remove" in said.out
    with zipfile.ZipFile(target) as archive:
        vendors = [json.loads(line) for line in archive.read("vendors.jsonl").splitlines()]
        assert [vendor["name"] for vendor in vendors] == ["Acme"]
        assert b"company.remove" in archive.read("audit.jsonl")
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"password" not in everything
    assert acme.sync_any().outcome != "finished"
    assert webconnector.done("company", "show", acme.id)["state"] == "removed"
    assert "company.remove" in acts(acme)
    assert "has left" in webconnector.refused("company", "rebind", acme.id)
