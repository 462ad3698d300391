"""Lists are trees: names unique below a parent, full names that follow, no circles."""

from datetime import timedelta

import pytest

from store import resources
from store.errors import Invalid
from tests.store.conftest import NOW, Book


def chain(book: Book, *names: str) -> list[str]:
    """Departments each below the one before."""
    ids: list[str] = []
    for name in names:
        parent = ids[-1] if ids else None
        ids.append(book.create("departments", {"name": name, "parent": parent})["id"])
    return ids


def full_name(book: Book, record_id: str) -> str:
    return str(book.get("departments", record_id)["full_name"])


def test_a_full_name_is_the_path_of_names(book: Book) -> None:
    ids = chain(book, "A", "B", "C")
    assert [full_name(book, record_id) for record_id in ids] == ["A", "A:B", "A:B:C"]


def test_renaming_a_parent_renames_the_path_of_all_below(book: Book) -> None:
    ids = chain(book, "A", "B", "C")
    later = NOW + timedelta(hours=1)
    resources.change_record(
        book.conn, book.company_id, "departments", ids[0], {"name": "Z"}, later, "ann"
    )
    assert [full_name(book, record_id) for record_id in ids] == ["Z", "Z:B", "Z:B:C"]
    below = book.get("departments", ids[2])
    assert below["updated_at"] == later.isoformat()
    assert below["name"] == "C"


def test_a_customers_jobs_follow_its_name(book: Book) -> None:
    book.change("customers", book.ids["customers"], {"name": "Better"})
    job = book.get("jobs", book.ids["jobs"])
    assert job["full_name"] == "Better:Roof"
    assert job["parent"]["name"] == "Better"


def test_moving_below_another_parent_moves_the_branch(book: Book) -> None:
    a, b, c = chain(book, "A", "B", "C")
    book.change("departments", b, {"parent": book.ids["departments"]})
    assert full_name(book, c) == "North:B:C"
    book.change("departments", b, {"parent": None})
    assert [full_name(book, i) for i in (a, b, c)] == ["A", "B", "B:C"]


def test_nothing_stands_below_itself(book: Book) -> None:
    ids = chain(book, "A", "B", "C")
    for below in ids:
        with pytest.raises(Invalid, match="below itself"):
            book.change("departments", ids[0], {"parent": below})


def test_a_list_is_five_levels_deep_at_most(book: Book) -> None:
    ids = chain(book, "A", "B", "C", "D", "E")
    with pytest.raises(Invalid, match="at most 5"):
        book.create("departments", {"name": "F", "parent": ids[-1]})
    with pytest.raises(Invalid, match="at most 5"):
        book.change("departments", ids[0], {"parent": book.ids["departments"]})


def test_a_name_is_unique_below_its_parent(book: Book) -> None:
    ids = chain(book, "A", "B")
    for body in ({"name": "A"}, {"name": " A "}, {"name": "B", "parent": ids[0]}):
        with pytest.raises(Invalid, match="/name"):
            book.create("departments", body)
    top = book.create("departments", {"name": "B"})["id"]
    with pytest.raises(Invalid, match="/name"):
        book.change("departments", top, {"parent": ids[0]})
    with pytest.raises(Invalid, match="/name"):
        book.change("departments", top, {"name": "A"})


def test_a_vendor_may_have_a_customers_name_in_the_app(book: Book) -> None:
    assert book.create("vendors", {"name": "Best"})["name"] == "Best"


def test_a_deleted_records_name_is_free(book: Book) -> None:
    book.arrived("vendors", name="Gone", active=True, is_1099=False, deleted_at=NOW)
    assert book.create("vendors", {"name": "Gone"})["name"] == "Gone"


def test_a_customer_below_another_would_be_a_job(book: Book) -> None:
    with pytest.raises(Invalid, match="job"):
        book.create("customers", {"name": "X", "parent": book.ids["customers"]})
    assert book.create("customers", {"name": "X", "parent": None})["parent"] is None


def test_a_sub_account_is_of_its_parents_type(book: Book) -> None:
    rent = book.ids["accounts"]
    with pytest.raises(Invalid, match="of type Expense"):
        book.create("accounts", {"name": "X", "type": "Income", "parent": rent})
    made = book.create("accounts", {"name": "X", "type": "Expense", "parent": {"name": "Rent"}})
    assert made["full_name"] == "Rent:X"
