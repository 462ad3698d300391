"""Nobody reaches another company's records, by no function and through no reference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from store import changes, companies, resources
from store.changes import Action
from store.errors import Invalid, NotFound
from store.shapes import SHAPES
from tests.store.conftest import NOW, Book

RECORDS = list(SHAPES)


def calls(book: Book, resource: str, record_id: str) -> list[Callable[[], Any]]:
    """Every function that takes a record's id, called in the book's company."""
    where = (book.conn, book.company_id, resource, record_id)
    return [
        lambda: resources.get_record(*where),
        lambda: resources.change_record(*where, {}, NOW, "intruder"),
        lambda: resources.delete(*where, NOW, "intruder"),
        lambda: resources.approve(*where, NOW, "intruder"),
        lambda: resources.void(*where, NOW, "intruder"),
    ]


@pytest.mark.parametrize("resource", RECORDS)
def test_another_companys_record_is_not_found(book: Book, other_book: Book, resource: str) -> None:
    before = other_book.get(resource, other_book.ids[resource])
    for call in calls(book, resource, other_book.ids[resource]):
        with pytest.raises(NotFound):
            call()
    assert other_book.get(resource, other_book.ids[resource]) == before


@pytest.mark.parametrize("record_id", ["", "x", "0190a44f-b733-7d98-8155-ac85bc87a7e7", "' OR 1"])
@pytest.mark.parametrize("resource", ["vendors", "bills"])
def test_an_unknown_id_is_not_found(book: Book, resource: str, record_id: str) -> None:
    for call in calls(book, resource, record_id):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("resource", [*RECORDS, "bank-balances"])
def test_an_unknown_company_has_no_records(book: Book, resource: str) -> None:
    nobody = Book(book.conn, "0190a44f-b733-7d98-8155-ac85bc87a7e7")
    with pytest.raises(NotFound):
        resources.list_records(nobody.conn, nobody.company_id, resource)
    with pytest.raises(NotFound):
        nobody.get(resource, book.ids[resource])


def test_another_companys_bank_balance_is_not_found(book: Book, other_book: Book) -> None:
    with pytest.raises(NotFound):
        book.get("bank-balances", other_book.ids["bank-balances"])


@pytest.mark.parametrize("resource", [*RECORDS, "bank-balances"])
def test_lists_show_the_companys_own_records_only(
    book: Book, other_book: Book, resource: str
) -> None:
    mine = {row["id"] for row in resources.list_records(book.conn, book.company_id, resource)}
    assert mine
    theirs = resources.list_records(other_book.conn, other_book.company_id, resource)
    assert not mine & {row["id"] for row in theirs}


@pytest.mark.parametrize("form", ["id", "object"])
def test_no_reference_leads_to_another_company(book: Book, other_book: Book, form: str) -> None:
    def foreign(resource: str) -> Any:
        record_id = other_book.ids[resource]
        return record_id if form == "id" else {"id": record_id}

    bodies: list[tuple[str, dict[str, Any], str]] = [
        ("accounts", {"name": "A", "type": "Expense", "parent": foreign("accounts")}, "/parent"),
        ("departments", {"name": "A", "parent": foreign("departments")}, "/parent"),
        ("vendors", {"name": "A", "terms": foreign("terms")}, "/terms"),
        ("bills", book.bill(vendor=foreign("vendors")), "/vendor"),
        ("bills", book.bill(payable_account=foreign("accounts")), "/payable_account"),
        (
            "bills",
            book.bill(expense_lines=[{"account": foreign("accounts"), "amount": "1.00"}]),
            "/expense_lines/0/account",
        ),
        ("invoices", book.invoice(customer=foreign("customers")), "/customer"),
        ("invoices", book.invoice(customer=foreign("jobs")), "/customer"),
        ("invoices", book.invoice(lines=[{"item": foreign("items")}]), "/lines/0/item"),
    ]
    for resource, body, pointer in bodies:
        with pytest.raises(Invalid) as caught:
            book.create(resource, body)
        assert pointer in {error.pointer for error in caught.value.fields}


def test_a_name_is_looked_up_in_the_own_company(book: Book, other_book: Book) -> None:
    other_book.create("vendors", {"name": "Only there"})
    with pytest.raises(Invalid, match="/vendor"):
        book.create("bills", book.bill(vendor={"name": "Only there"}))
    assert book.create("bills", book.bill(vendor={"name": "Acme"}))["vendor"] == {
        "id": book.ids["vendors"],
        "name": "Acme",
    }


def test_another_records_line_cannot_be_taken_over(book: Book, other_book: Book) -> None:
    own = book.create("bills", book.bill())["expense_lines"][0]["id"]
    foreign = other_book.get("bills", other_book.ids["bills"])["expense_lines"][0]["id"]
    for line_id in (own, foreign):
        with pytest.raises(Invalid, match="/expense_lines/0/id"):
            book.change("bills", book.ids["bills"], {"expense_lines": [{"id": line_id}]})


@contextmanager
def statements(conn: Connection) -> Iterator[list[tuple[str, str]]]:
    """What is sent to the database meanwhile: statement and parameters."""
    seen: list[tuple[str, str]] = []

    def note(*arguments: Any) -> None:
        seen.append((str(arguments[2]), str(arguments[3]).replace("-", "")))

    event.listen(conn.engine, "before_cursor_execute", note)
    yield seen
    event.remove(conn.engine, "before_cursor_execute", note)


def test_every_statement_names_the_company(book: Book, other_book: Book) -> None:
    with statements(book.conn) as seen:
        companies.show(book.conn, book.company_id)
        companies.set_preferences(
            book.conn, book.company_id, {"money_in_clearing": "Checking"}, "ann", NOW
        )
        for resource in resources.RESOURCES:
            resources.list_records(book.conn, book.company_id, resource, limit=2)
            book.get(resource, book.ids[resource])
        book.change("accounts", book.ids["accounts"], {"name": "Renamed"})
        book.create("vendors", {"name": "New", "terms": {"name": "Net 30"}})
        book.change("bills", book.ids["bills"], book.bill(memo="x", due_date="2024-06-01"))
        book.change("invoices", book.ids["invoices"], book.invoice(memo="x"))
        resources.approve(book.conn, book.company_id, "bills", book.ids["bills"], NOW, "ann")
        resources.delete(book.conn, book.company_id, "bills", book.ids["bills"], NOW, "ann")
        ids = [book.ids["vendors"]]
        changes.record(book.conn, book.company_id, SHAPES["vendors"].entity, ids, Action.MOD, NOW)
        changes.open_changes(book.conn, book.company_id, ids)
        changes.any_waiting(book.conn, book.company_id, NOW)
        changes.close_record(book.conn, book.company_id, ids, NOW)
    assert len(seen) > 100
    mine, theirs = (b.company_id.replace("-", "") for b in (book, other_book))
    for statement, parameters in seen:
        assert "company_id" in statement or " company" in statement, statement
        assert mine in parameters, statement
        assert theirs not in parameters, statement


def test_a_page_costs_the_same_number_of_statements_whatever_its_length(book: Book) -> None:
    def cost(limit: int) -> int:
        with statements(book.conn) as seen:
            listed = resources.list_records(book.conn, book.company_id, "bills", limit=limit)
        assert len(listed) == limit
        return len(seen)

    for _ in range(11):
        book.create("bills", book.bill())
    assert cost(1) == cost(12)
