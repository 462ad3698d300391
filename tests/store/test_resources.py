"""Records as the App makes, changes, lists and deletes them."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from store import companies, resources
from store.errors import Invalid, NotFound, Refused
from store.ledger import TABLES, bank_balance
from store.ledger import bill_expense_line as table
from store.syncing import audit, change, dangling, problem
from store.types import new_key
from tests.store.conftest import NOW, Book

LATER = NOW + timedelta(hours=1)


def changes_of(book: Book, record_id: str) -> list[tuple[str, str]]:
    rows = book.conn.execute(
        select(change.c.action, change.c.state)
        .where(change.c.company_id == book.company_id, change.c.record_id == record_id)
        .order_by(change.c.id)
    )
    return [(row.action, row.state) for row in rows]


def version_of(book: Book, resource: str, record_id: str) -> int:
    table = TABLES[resource]
    version: int = book.conn.execute(
        select(table.c.version).where(
            table.c.company_id == book.company_id, table.c.id == record_id
        )
    ).scalar_one()
    return version


def test_a_made_record_shows_what_was_given_and_waits_for_quickbooks(book: Book) -> None:
    made = book.create(
        "vendors",
        {
            "name": " Müller & Söhne ",
            "company_name": "",
            "email": "a@b.example",
            "address": {"city": "Berlin", "line1": "Straße 1", "line2": ""},
            "is_1099": True,
            "terms": {"name": "Net 30"},
        },
    )
    assert made["name"] == "Müller & Söhne"
    assert made["company_name"] is None
    assert made["address"] == {"line1": "Straße 1", "city": "Berlin"}
    assert made["terms"] == {"id": book.ids["terms"], "name": "Net 30"}
    assert (made["active"], made["is_1099"], made["origin"]) == (True, True, "app")
    assert made["created_at"] == made["updated_at"] == NOW.isoformat()
    assert made["sync"]["state"] == "pending"
    assert "deleted_at" not in made
    assert made == book.get("vendors", made["id"])
    assert changes_of(book, made["id"]) == [("add", "pending")]


@pytest.mark.parametrize("resource", list(resources.SHAPES))
def test_a_record_read_and_given_back_changes_nothing(book: Book, resource: str) -> None:
    record_id = book.ids[resource]
    shown = book.get(resource, record_id)
    version = version_of(book, resource, record_id)
    try:
        assert book.change(resource, record_id, shown) == shown
    except Refused:
        assert resource in {"jobs", "items", "terms"}
    assert version_of(book, resource, record_id) == version


def test_a_change_counts_the_version_and_moves_updated_at(book: Book) -> None:
    record_id = book.ids["vendors"]
    changed = resources.change_record(
        book.conn, book.company_id, "vendors", record_id, {"phone": "1"}, LATER, "ann"
    )
    assert changed["phone"] == "1"
    assert changed["updated_at"] == LATER.isoformat()
    assert changed["created_at"] == NOW.isoformat()
    assert version_of(book, "vendors", record_id) == 2
    assert changes_of(book, record_id) == [("add", "pending")]  # it is not there yet: still an add


def test_acts_leave_an_audit_row_without_contents(book: Book) -> None:
    book.change("vendors", book.ids["vendors"], {"phone": "555 secret", "name": "Acme"})
    row = book.conn.execute(
        select(audit.c.act, audit.c.who, audit.c.detail)
        .where(audit.c.company_id == book.company_id)
        .order_by(audit.c.id.desc())
        .limit(1)
    ).one()
    assert tuple(row) == (
        "vendors.change",
        "tester",
        {"record": book.ids["vendors"], "fields": ["phone"]},
    )


# --- lines


def test_lines_come_as_the_complete_list(book: Book) -> None:
    body = book.bill(
        expense_lines=[
            {"account": book.ids["accounts"], "amount": "10.00", "memo": "one"},
            {"account": book.ids["accounts"], "amount": "20.00", "memo": "two"},
        ]
    )
    made = book.create("bills", body)
    one, two = made["expense_lines"]
    lines = [
        {"id": two["id"], "amount": "25.50"},
        {"account": {"name": "Rent"}, "amount": "1.00"},
    ]
    changed = book.change("bills", made["id"], {"expense_lines": lines})
    assert changed["expense_lines"][0]["id"] == two["id"]
    assert one["id"] not in {line["id"] for line in changed["expense_lines"]}
    assert changed["expense_lines"][0]["memo"] == "two"  # left out: it stays
    assert [line["amount"] for line in changed["expense_lines"]] == ["25.50", "1.00"]
    assert changed["amount"] == "26.50"


def test_a_line_keeps_its_place_in_quickbooks_when_it_moves(book: Book) -> None:
    made = book.create(
        "bills",
        book.bill(
            expense_lines=[
                {"account": book.ids["accounts"], "amount": f"{n}.00"} for n in range(1, 4)
            ]
        ),
    )
    ids = [line["id"] for line in made["expense_lines"]]
    book.conn.execute(
        update(table)
        .where(table.c.company_id == book.company_id, table.c.id == ids[2])
        .values(quickbooks_line_id="7-1")
    )
    turned = [{"id": line_id} for line_id in reversed(ids)]
    changed = book.change("bills", made["id"], {"expense_lines": turned})
    assert [line["id"] for line in changed["expense_lines"]] == list(reversed(ids))
    kept = book.conn.execute(
        select(table.c.position).where(
            table.c.company_id == book.company_id, table.c.quickbooks_line_id == "7-1"
        )
    ).scalar_one()
    assert kept == 0


def test_a_bill_adds_up_both_kinds_of_lines(book: Book) -> None:
    made = book.create(
        "bills",
        book.bill(item_lines=[{"item": book.ids["items"], "quantity": "3", "cost": "0.33333"}]),
    )
    assert made["item_lines"][0]["amount"] == "1.00"
    assert made["amount"] == "121.00"
    changed = book.change("bills", made["id"], {"expense_lines": []})
    assert changed["amount"] == "1.00"
    with pytest.raises(Invalid, match="at least one line"):
        book.change("bills", made["id"], {"item_lines": []})


def test_an_invoice_knows_its_subtotal_and_leaves_tax_to_quickbooks(book: Book) -> None:
    shown = book.get("invoices", book.ids["invoices"])
    assert shown["subtotal"] == "120.00"
    assert (shown["tax_total"], shown["total"], shown["balance_remaining"]) == (None, None, None)
    assert shown["lines"][0]["taxable"] is True
    assert "sales_tax_code" not in shown["lines"][0]
    line = {"id": shown["lines"][0]["id"], "quantity": "3"}
    changed = book.change("invoices", shown["id"], {"lines": [line]})
    assert changed["lines"][0]["amount"] == changed["subtotal"] == "180.00"


def test_expense_lines_without_account_take_the_companys_default(book: Book) -> None:
    body = book.bill(expense_lines=[{"amount": "1.00"}])
    with pytest.raises(Invalid, match="/expense_lines/0/account"):
        book.create("bills", body)
    companies.set_preferences(
        book.conn, book.company_id, {"default_expense_account": "Rent"}, "ann", NOW
    )
    made = book.create("bills", body)
    assert made["expense_lines"][0]["account"]["name"] == "Rent"


# --- approval, deletion


def test_approving_a_bill_sends_nothing(book: Book) -> None:
    record_id = book.ids["bills"]
    before = version_of(book, "bills", record_id)
    assert book.get("bills", record_id)["approval"] == "needs_approval"
    for _ in range(2):
        approved = resources.approve(book.conn, book.company_id, "bills", record_id, LATER, "ann")
    assert approved["approval"] == "approved"
    assert version_of(book, "bills", record_id) == before
    assert book.change("bills", record_id, {"approval": "needs_approval"})["approval"] == (
        "needs_approval"
    )
    assert version_of(book, "bills", record_id) == before
    acts = book.conn.execute(select(audit.c.act).where(audit.c.company_id == book.company_id))
    assert list(acts.scalars()).count("bills.approve") == 1


def test_a_deleted_record_is_marked_and_its_problems_are_over(book: Book) -> None:
    record_id = book.ids["bills"]
    book.conn.execute(
        insert(problem).values(
            company_id=book.company_id,
            id=new_key(),
            number=1,
            cause="c",
            kind="k",
            record_id=record_id,
            title="t",
            text="t",
            advice="a",
            count=1,
            opened_at=NOW,
            last_seen_at=NOW,
        )
    )
    assert book.get("bills", record_id)["sync"]["problem"]["number"] == 1
    deleted = resources.delete(book.conn, book.company_id, "bills", record_id, LATER, "ann")
    assert deleted["deleted_at"] == LATER.isoformat()
    assert deleted["sync"]["problem"] is None
    listed = resources.list_records(book.conn, book.company_id, "bills")
    assert record_id not in {row["id"] for row in listed}
    listed = resources.list_records(book.conn, book.company_id, "bills", include_deleted=True)
    assert record_id in {row["id"] for row in listed}
    assert book.get("bills", record_id)["deleted_at"] == LATER.isoformat()


def test_a_reference_that_a_person_gave_is_no_longer_owed(book: Book) -> None:
    shown = book.get("bills", book.ids["bills"])
    line_id = shown["expense_lines"][0]["id"]
    owed: list[dict[str, Any]] = [
        {"field": "terms_id", "line_id": None, "lines": None},
        {"field": "payable_account_id", "line_id": None, "lines": None},
        {"field": "department_id", "line_id": line_id, "lines": "expense_lines"},
        {"field": "customer_id", "line_id": line_id, "lines": "expense_lines"},
    ]
    for row in owed:
        book.conn.execute(
            insert(dangling).values(
                company_id=book.company_id,
                id=new_key(),
                resource="bills",
                record_id=shown["id"],
                noun="X",
                quickbooks_id="1",
                **row,
            )
        )
    line = {"id": line_id, "department": book.ids["departments"]}
    book.change("bills", shown["id"], {"terms": book.ids["terms"], "expense_lines": [line]})
    left = book.conn.execute(
        select(dangling.c.field).where(dangling.c.company_id == book.company_id)
    )
    assert sorted(left.scalars()) == ["customer_id", "payable_account_id"]


# --- lists


def test_customers_and_jobs_are_listed_apart(book: Book) -> None:
    customers = resources.list_records(book.conn, book.company_id, "customers")
    jobs = resources.list_records(book.conn, book.company_id, "jobs")
    assert [row["full_name"] for row in customers] == ["Best"]
    assert [row["full_name"] for row in jobs] == ["Best:Roof"]
    assert jobs[0]["parent"] == {"id": book.ids["customers"], "name": "Best"}
    with pytest.raises(NotFound):
        book.get("customers", book.ids["jobs"])
    with pytest.raises(NotFound):
        book.get("jobs", book.ids["customers"])


def test_pages_show_every_record_once_in_order(book: Book) -> None:
    ids = [book.create("departments", {"name": f"D{n:02}"})["id"] for n in range(11)]
    ids.append(book.ids["departments"])
    seen: list[str] = []
    after = None
    while True:
        page = resources.list_records(
            book.conn, book.company_id, "departments", after=after, limit=5
        )
        if not page:
            break
        seen += [row["id"] for row in page]
        after = resources.cursor_of(page[-1])
    assert sorted(seen) == sorted(ids)
    assert len(seen) == len(set(seen))


def test_updated_after_shows_what_changed_since(book: Book) -> None:
    assert resources.list_records(book.conn, book.company_id, "vendors", updated_after=NOW) == []
    resources.change_record(
        book.conn, book.company_id, "vendors", book.ids["vendors"], {"phone": "1"}, LATER, "ann"
    )
    found = resources.list_records(book.conn, book.company_id, "vendors", updated_after=NOW)
    assert [row["id"] for row in found] == [book.ids["vendors"]]


@pytest.mark.parametrize(
    "option",
    [
        {"limit": 0},
        {"limit": 1001},
        {"after": "x"},
        {"after": "äö"},
        {"after": "Z" * 40},
        {"updated_after": datetime(2024, 1, 1)},  # noqa: DTZ001 - the point of the test
    ],
)
@pytest.mark.parametrize("resource", ["vendors", "bank-balances"])
def test_a_wrong_list_option_is_named(book: Book, resource: str, option: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        resources.list_records(book.conn, book.company_id, resource, **option)
    assert caught.value.fields[0].pointer == f"/{next(iter(option))}"


def test_bank_balances_show_the_newest_of_each_account(book: Book) -> None:
    book.conn.execute(
        insert(bank_balance).values(
            company_id=book.company_id,
            id=new_key(),
            account_id=book.ids["bank"],
            balance="-5.05",
            as_of=LATER,
            first_read_at=LATER,
        )
    )
    found = resources.list_records(book.conn, book.company_id, "bank-balances")
    assert [(row["balance"], row["total_balance"], row["as_of"]) for row in found] == [
        ("-5.05", None, LATER.isoformat())
    ]
    assert found[0]["account"] == {"id": book.ids["bank"], "name": "Checking"}
    assert book.get("bank-balances", book.ids["bank-balances"])["balance"] == "1000.10"
    with pytest.raises(NotFound):
        book.get("bank-balances", new_key())
