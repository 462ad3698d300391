"""Volume: thousands of records come in page by page, at a bounded number of queries a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import event, func, select

from store import brake
from store.ledger import customer
from store.syncing import link
from tests.acceptance.world import World

customers_many = 10_000
page_records = 100
# Queries of a session's single receiveResponseXML may not depend on the records in it.
queries_slack = 4


def add_customers(made: World, count: int, prefix: str = "Customer") -> list[str]:
    """So many customers of QuickBooks with most of their fields; gives their ListIDs."""
    return [
        made.books.add(
            "Customer",
            {
                "Name": f"{prefix} {number:05d}",
                "CompanyName": f"Company {number}",
                "BillAddress": {"Addr1": f"{number} Main Street", "City": "Springfield"},
                "Phone": f"555-{number:05d}",
                "Email": f"office@customer-{number}.example",
            },
        )
        for number in range(count)
    ]


def count_rows(made: World) -> tuple[int, int]:
    """Customers of the ledger, and links with customers of QuickBooks."""
    with made.store.read() as conn:
        rows = conn.execute(
            select(func.count()).select_from(customer).where(customer.c.company_id == made.id)
        ).scalar_one()
        links = conn.execute(
            select(func.count())
            .select_from(link)
            .where(link.c.company_id == made.id, link.c.noun == "Customer")
        ).scalar_one()
    return rows, links


@contextmanager
def counted_queries(made: World) -> Iterator[list[str]]:
    """The statements that reach the database meanwhile."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(made.store.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(made.store.engine, "before_cursor_execute", note)


def move_cursors(made: World, name: str) -> None:
    """Let hours pass around a new customer: the next session reads it again, and nothing older."""
    made.clock.advance(hours=5)
    made.books.add("Customer", {"Name": name})
    made.sync()
    made.clock.advance(hours=5)


def test_thousands_of_customers_come_in_whole_and_the_progress_only_rises(acme: World) -> None:
    count = customers_many
    add_customers(acme, count)
    log = acme.sync()
    assert count_rows(acme) == (count, count)
    assert len(log.requests) == count // page_records
    assert log.percents == sorted(log.percents)
    assert log.percents[-1] == 100
    assert all(1 <= percent <= 99 for percent in log.percents[:-1])
    # It tells how far it is, not merely that it moves.
    middle = log.percents[len(log.percents) // 2]
    assert 40 <= middle <= 60
    assert log.close_text.startswith(f"{count + len(acme.all('accounts'))} changes in, 0 out")
    last = acme.named("customers", f"Customer {count - 1:05d}")
    assert last["phone"] == f"555-{count - 1:05d}"
    assert last["bill_address"]["city"] == "Springfield"
    assert last["sync"]["state"] == "synced"


@pytest.mark.parametrize("act", ["new", "edited", "unchanged"])
def test_a_page_of_100_customers_costs_as_many_queries_as_one_of_10(
    acme: World, act: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brake, "records_max", 1000)  # so many at once would be held otherwise
    ids = add_customers(acme, 200, "Known")
    acme.sync()
    counts = []
    for many in (9, 99):
        move_cursors(acme, f"Marker {many}")
        if act == "new":
            add_customers(acme, many, f"New {many}")
        for list_id in ids[:many] if act != "new" else ():
            # We do not keep the fax: a page of records that only look edited.
            field = "Phone" if act == "edited" else "Fax"
            acme.books.edit("Customer", list_id, {field: f"555-{many}"})
        with counted_queries(acme) as seen:
            log = acme.sync()
        assert log.replies[0].count("<CustomerRet>") == many + 1
        assert len(log.requests) == 1
        counts.append(len(seen))
    assert abs(counts[1] - counts[0]) <= queries_slack, counts


def test_a_page_of_45_invoices_costs_as_many_queries_as_one_of_5(acme: World) -> None:
    work = add_work(acme)
    customers = add_customers(acme, 10)
    acme.sync()
    counts = []
    read_again = 0
    for many in (5, 5, 40):
        acme.clock.advance(hours=5)
        for number in range(many):
            add_invoice(acme, customers[number % 10], work, f"{read_again}-{number}")
        with counted_queries(acme) as seen:
            log = acme.sync()
        assert log.replies[0].count("<InvoiceRet>") == many + read_again
        assert len(log.requests) == 1
        read_again = many  # the next read overlaps this one
        counts.append(len(seen))
    # The first page of all holds nothing read before.
    assert abs(counts[2] - counts[1]) <= queries_slack, counts


def queries_of(request: str) -> dict[str, str | None]:
    """The queries of a set, with the ids of their iterators: Start, Continue or None."""
    root = etree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", request).encode())
    return {
        f"{element.tag} {element.get('iteratorID') or ''}".strip(): element.get("iterator")
        for element in root.iter()
        if str(element.tag).endswith("QueryRq")
    }


def still_open(reply: str) -> set[str]:
    """The queries whose iterators have records left."""
    root = etree.fromstring(re.sub(r"^<\?xml[^>]*\?>", "", reply).encode())
    return {
        f"{element.tag[:-1]}q {element.get('iteratorID')}"
        for element in root.iter()
        if int(element.get("iteratorRemainingCount") or 0) > 0
    }


def test_each_set_continues_every_open_iterator_and_asks_nothing_else(acme: World) -> None:
    add_customers(acme, 450)
    for number in range(250):
        acme.books.add("Vendor", {"Name": f"Vendor {number}"})
    log = acme.sync()
    assert len(log.requests) == 5
    first = queries_of(log.requests[0])
    assert {"CustomerQueryRq", "VendorQueryRq", "InvoiceQueryRq", "TxnDeletedQueryRq"} <= set(first)
    assert "Continue" not in first.values()
    for reply, request in zip(log.replies, log.requests[1:], strict=False):
        asked = queries_of(request)
        assert set(asked) == still_open(reply)
        assert set(asked.values()) == {"Continue"}
    assert not still_open(log.replies[-1])


def test_jobs_that_arrive_pages_before_their_parents_get_them(acme: World) -> None:
    books = acme.books
    early = [books.add("Customer", {"Name": f"Job {number}"}) for number in range(3)]
    add_customers(acme, 250)
    parent = books.add("Customer", {"Name": "Late parent"})
    for list_id in early:
        books.edit("Customer", list_id, {"ParentRef": {"ListID": parent}})
    log = acme.sync()
    assert len(log.requests) == 3
    assert "Late parent:Job 0</FullName>" in log.replies[0]
    assert "<Name>Late parent</Name>" in log.replies[2]
    parent_id = acme.named("customers", "Late parent")["id"]
    jobs = acme.all("jobs")
    assert sorted(job["full_name"] for job in jobs) == [f"Late parent:Job {n}" for n in range(3)]
    assert {job["parent"]["id"] for job in jobs} == {parent_id}


def test_a_job_before_its_parent_in_the_same_page_gets_it(acme: World) -> None:
    job = acme.books.add("Customer", {"Name": "Job"})
    parent = acme.books.add("Customer", {"Name": "Parent"})
    acme.books.edit("Customer", job, {"ParentRef": {"ListID": parent}})
    acme.sync()
    (found,) = acme.all("jobs")
    assert found["parent"]["id"] == acme.named("customers", "Parent")["id"]


def add_work(made: World) -> str:
    """An item to sell."""
    account = {"AccountRef": {"FullName": "Sales"}}
    return made.books.add("ItemService", {"Name": "Work", "SalesOrPurchase": account})


def add_invoice(made: World, list_id: str, item: str, number: str) -> None:
    """An invoice of two lines."""
    line = {"ItemRef": {"ListID": item}, "Desc": "hours", "Quantity": "2", "Rate": "50.00"}
    day = made.clock().date().isoformat()
    made.books.add(
        "Invoice",
        {
            "CustomerRef": {"ListID": list_id},
            "TxnDate": day,
            "RefNumber": number,
            "InvoiceLine": [line, line],
        },
    )


def test_invoices_that_arrive_before_their_customers_are_stored_with_them(
    make_world: Callable[..., World],
) -> None:
    made = make_world()
    made.books.add("Account", {"Name": "Sales", "AccountType": "Income"})
    work = add_work(made)
    customers = add_customers(made, 350)
    for number, list_id in enumerate(customers[-20:]):
        add_invoice(made, list_id, work, f"Q-{number}")
    log = made.sync()
    # All invoices came with the first page of customers, theirs with the last one.
    assert log.replies[0].count("<InvoiceRet>") == 20
    assert customers[-1] not in re.findall(r"<CustomerRet>\s*<ListID>([^<]*)", log.replies[0])
    found = {one["number"]: one for one in made.all("invoices")}
    assert len(found) == 20
    for number in range(20):
        one = found[f"Q-{number}"]
        assert one["customer"]["name"] == f"Customer {330 + number:05d}"
        assert [line["amount"] for line in one["lines"]] == ["100.00", "100.00"]
        assert one["lines"][0]["item"]["name"] == "Work"
        assert one["sync"]["state"] == "synced"
