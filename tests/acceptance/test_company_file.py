"""Sync-rules 9: never the wrong company's books."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store import companies
from tests.acceptance.world import World
from webconnector.rehearsal.company_file import CompanyFile


def other_file(acme: World, *, path: str | None = None, name: str | None = None) -> CompanyFile:
    """Another company file on the same computer."""
    return CompanyFile(
        clock=acme.clock,
        path=path or acme.books.path,
        company_name=name or "Acme Ltd",
    )


def refused(acme: World, books: CompanyFile) -> str:
    """Sync with that file open: nothing moves; gives the text that the user reads."""
    acme.add("vendors", name="Not yet")
    before = len(books.requests)
    acme.books = books
    log = acme.sync_any()
    assert log.outcome != "finished"
    assert len(books.requests) == before, "a request of ours reached the wrong file"
    assert books.all("Vendor") == []
    return str(log.last_error)


def test_the_first_file_found_is_bound_and_its_path_asked_for_later(acme: World) -> None:
    acme.sync()
    steps = acme.connector.steps(acme.books)
    answer = dict(steps)["authenticate"]
    assert isinstance(answer, list)
    assert answer[1] == acme.books.path


def test_another_companys_stamp_is_never_accepted(acme: World) -> None:
    acme.sync()
    wrong = other_file(acme)
    wrong.stamp(acme.company.owner_id, "{00000000-1111-2222-3333-444444444444}")
    text = refused(acme, wrong)
    assert "another CashFlow company" in text
    with acme.store.write() as conn, pytest.raises(Exception, match=r"waits|mark"):
        companies.confirm_file(conn, acme.id, "test", acme.clock())


def test_another_companys_stamp_is_not_even_bound_first(acme: World) -> None:
    wrong = other_file(acme)
    wrong.stamp(acme.company.owner_id, "{00000000-1111-2222-3333-444444444444}")
    refused(acme, wrong)


@pytest.mark.parametrize(
    ("path", "name", "stamped"),
    [
        (r"D:\Moved\Acme.QBW", None, True),
        (None, "Acme Incorporated", True),
        (None, None, False),
    ],
    ids=["moved file", "renamed company", "missing stamp"],
)
def test_what_might_be_the_same_file_waits_for_an_admin(
    acme: World, path: str | None, name: str | None, stamped: bool
) -> None:
    acme.sync()
    right = acme.books
    found = other_file(acme, path=path, name=name)
    if stamped:
        found.stamp(acme.company.owner_id, acme.company.file_id)
    acme.books = found
    if path:  # authenticate names the bound path; the Web Connector then offers what is open
        log = acme.sync_any()
        assert log.outcome != "finished"
    else:
        text = refused(acme, found)
        assert found.path in text
        assert right.path in text
    assert any(p.kind in ("company_file", "connection") for p in acme.problems())


def test_a_confirmed_file_goes_on(acme: World) -> None:
    acme.sync()
    renamed = other_file(acme, name="Acme Incorporated")
    renamed.stamp(acme.company.owner_id, acme.company.file_id)
    refused(acme, renamed)
    with acme.store.write() as conn:
        companies.confirm_file(conn, acme.id, "test", acme.clock())
    acme.sync()
    assert acme.problems() == []
    assert [v["Name"] for v in renamed.all("Vendor")] == ["Not yet"]


def test_without_any_stamp_path_and_name_decide(make_world: Callable[..., World]) -> None:
    made = make_world()
    plain = CompanyFile(clock=made.clock)
    made.books = plain
    made.sync()
    made.sync()
    text = refused(made, other_file(made, name="Somebody Else"))
    assert "Somebody Else" in text


def test_paths_are_compared_without_case(acme: World) -> None:
    acme.sync()
    acme.books.path = acme.books.path.upper()
    acme.sync()


@pytest.mark.parametrize(
    ("options", "word"),
    [({"supported_versions": ("1.0", "11.0", "12.0")}, "2014")],
)
def test_a_quickbooks_older_than_2014_is_refused_with_a_clear_text(
    make_world: Callable[..., World], options: dict[str, object], word: str
) -> None:
    made = make_world(**options)
    log = made.sync_any()
    assert word in str(log.last_error)
    assert made.books.requests == []


def test_a_foreign_edition_is_read_but_never_written(make_world: Callable[..., World]) -> None:
    made = make_world(country="CA")
    made.books.add("Vendor", {"Name": "Theirs"})
    made.add("vendors", name="Ours")
    made.sync()
    assert made.named("vendors", "Theirs")
    assert len(made.books.all("Vendor")) == 1
    assert [p.kind for p in made.problems()] == ["country"]


def test_no_ein_and_no_ssn_is_kept_anywhere(acme: World) -> None:
    assert "<EIN>" in acme.books.hcp()
    ein = acme.books.hcp().split("<EIN>")[1].split("<")[0]
    acme.sync()
    with acme.store.read() as conn:
        for table in conn.exec_driver_sql("SELECT quickbooks FROM connector"):
            assert ein not in str(table)
        for table in conn.exec_driver_sql("SELECT request, response FROM exchange"):
            assert ein not in str(table)
