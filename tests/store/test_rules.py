"""What the App may do to a record, for every resource there is."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from qbxml.entities import ENTITIES
from qbxml.entity import Family, Undo
from store import resources
from store.changes import State
from store.errors import NotFound, Refused
from store.rules import APPROVED
from store.syncing import change, company, link
from store.types import new_key
from tests.store.conftest import NOW, Book

READ_ONLY = ["jobs", "items", "terms"]
LISTS = [entity.resource for entity in ENTITIES if entity.family is Family.LIST]


def act(book: Book, name: str, resource: str, record_id: str, *body: Any) -> Any:
    function = getattr(resources, name)
    return function(book.conn, book.company_id, resource, record_id, *body, NOW, "tester")


def linked(book: Book, resource: str, record_id: str) -> None:
    book.conn.execute(
        insert(link).values(
            company_id=book.company_id,
            id=new_key(),
            resource=resource,
            record_id=record_id,
            quickbooks_id=f"8000-{record_id[:8]}",
            family="Txn",
            noun=resource,
            edit_sequence="1",
            time_modified="2024-05-06T07:08:09",
            synced_version=1,
            synced_at=NOW,
        )
    )


@pytest.mark.parametrize("resource", READ_ONLY)
def test_what_quickbooks_keeps_is_read_only_in_the_app(book: Book, resource: str) -> None:
    record_id = book.ids[resource]
    with pytest.raises(Refused, match="QuickBooks"):
        book.create(resource, {"name": "New"})
    with pytest.raises(Refused, match="QuickBooks"):
        book.change(resource, record_id, {"name": "New"})
    with pytest.raises(Refused, match="QuickBooks"):
        act(book, "delete", resource, record_id)


def test_bank_balances_are_read_only(book: Book) -> None:
    record_id = book.ids["bank-balances"]
    for call in (
        lambda: book.create("bank-balances", {}),
        lambda: book.change("bank-balances", record_id, {}),
        lambda: act(book, "delete", "bank-balances", record_id),
        lambda: act(book, "approve", "bank-balances", record_id),
        lambda: act(book, "void", "bank-balances", record_id),
    ):
        with pytest.raises(Refused, match="read from QuickBooks"):
            call()


@pytest.mark.parametrize("resource", [name for name in LISTS if name not in READ_ONLY])
def test_lists_are_made_inactive_instead_of_deleted(book: Book, resource: str) -> None:
    record_id = book.ids[resource]
    with pytest.raises(Refused, match="inactive instead"):
        act(book, "delete", resource, record_id)
    assert book.change(resource, record_id, {"active": False})["active"] is False


@pytest.mark.parametrize(
    "resource", [entity.resource for entity in ENTITIES if entity.undo is Undo.NEVER]
)
def test_documents_and_lists_cannot_be_voided(book: Book, resource: str) -> None:
    with pytest.raises(Refused, match="cannot be voided"):
        act(book, "void", resource, book.ids[resource])


@pytest.mark.parametrize(
    "resource", [entity.resource for entity in ENTITIES if entity.resource not in APPROVED]
)
def test_only_bills_and_vendor_credits_are_approved(book: Book, resource: str) -> None:
    with pytest.raises(Refused, match="no approval"):
        act(book, "approve", resource, book.ids[resource])


def test_a_linked_bill_may_be_changed_and_deleted(book: Book) -> None:
    linked(book, "bills", book.ids["bills"])
    assert book.change("bills", book.ids["bills"], {"memo": "x"})["memo"] == "x"
    assert act(book, "delete", "bills", book.ids["bills"])["deleted_at"] == NOW.isoformat()


def test_a_deleted_bill_stays_as_it_is(book: Book) -> None:
    record_id = book.ids["bills"]
    act(book, "delete", "bills", record_id)
    for call in (
        lambda: book.change("bills", record_id, {"memo": "x"}),
        lambda: act(book, "delete", "bills", record_id),
        lambda: act(book, "approve", "bills", record_id),
    ):
        with pytest.raises(Refused, match="is deleted"):
            call()
    assert book.get("bills", record_id)["memo"] is None


def test_an_app_invoice_is_open_until_it_syncs_and_locked_afterwards(book: Book) -> None:
    record_id = book.ids["invoices"]
    assert book.change("invoices", record_id, {"memo": "x"})["memo"] == "x"
    linked(book, "invoices", record_id)
    for call in (
        lambda: book.change("invoices", record_id, {"memo": "y"}),
        lambda: act(book, "delete", "invoices", record_id),
    ):
        with pytest.raises(Refused, match="locked here"):
            call()


def test_an_invoice_whose_answer_is_owed_is_locked_too(book: Book) -> None:
    book.conn.execute(
        update(change)
        .where(change.c.company_id == book.company_id, change.c.record_id == book.ids["invoices"])
        .values(state=State.SENT)
    )
    with pytest.raises(Refused, match="on its way"):
        book.change("invoices", book.ids["invoices"], {"memo": "y"})


def test_an_invoice_made_in_quickbooks_is_read_only_from_the_start(book: Book) -> None:
    record_id = book.arrived(
        "invoices",
        customer_id=book.ids["customers"],
        invoice_date=NOW.date(),
        to_be_emailed=False,
        to_be_printed=False,
        subtotal="1.00",
        is_paid=False,
    )
    with pytest.raises(Refused, match="made in QuickBooks"):
        book.change("invoices", record_id, {"memo": "y"})
    with pytest.raises(Refused, match="made in QuickBooks"):
        act(book, "delete", "invoices", record_id)


def test_an_unsent_invoice_can_be_deleted_and_never_goes(book: Book) -> None:
    record_id = book.ids["invoices"]
    act(book, "delete", "invoices", record_id)
    rows = book.conn.execute(
        select(change.c.state).where(
            change.c.company_id == book.company_id, change.c.record_id == record_id
        )
    )
    assert list(rows.scalars()) == [State.DROPPED]


def test_a_company_that_left_can_be_read_but_not_written(book: Book) -> None:
    book.conn.execute(
        update(company).where(company.c.id == book.company_id).values(state="removed")
    )
    for call in (
        lambda: book.create("vendors", {"name": "New"}),
        lambda: book.change("vendors", book.ids["vendors"], {"name": "New"}),
        lambda: act(book, "delete", "bills", book.ids["bills"]),
        lambda: act(book, "approve", "bills", book.ids["bills"]),
    ):
        with pytest.raises(Refused, match="has left"):
            call()
    assert book.get("vendors", book.ids["vendors"])["name"] == "Acme"


def test_an_unknown_resource_is_not_found_and_the_known_are_named(book: Book) -> None:
    with pytest.raises(NotFound, match="vendors"):
        book.get("vendor", book.ids["vendors"])
    with pytest.raises(NotFound, match="bank-balances"):
        book.create("vendor", {})
