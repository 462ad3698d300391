"""The outbox: one open change per record says what is still to be sent."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from store import changes
from store.changes import Action, State
from store.ledger import TABLES
from store.shapes import SHAPES
from store.syncing import change, company, link
from store.types import new_key
from tests.store.conftest import NOW, Book

LATER = NOW + timedelta(hours=1)


def note(book: Book, action: Action, resource: str = "bills", record_id: str = "") -> None:
    ids = [record_id or book.ids[resource]]
    changes.record(book.conn, book.company_id, SHAPES[resource].entity, ids, action, LATER)


def rows(book: Book, resource: str = "bills") -> list[tuple[str, str]]:
    """Unfinished changes, the older first."""
    found = book.conn.execute(
        select(change.c.action, change.c.state)
        .where(
            change.c.company_id == book.company_id,
            change.c.record_id == book.ids[resource],
            change.c.finished_at.is_(None),
        )
        .order_by(change.c.id)
    )
    return [(row.action, row.state) for row in found]


def stand(book: Book, resource: str = "bills", **values: object) -> None:
    """Put the record's open change into a state."""
    book.conn.execute(
        update(change)
        .where(
            change.c.company_id == book.company_id,
            change.c.record_id == book.ids[resource],
            change.c.finished_at.is_(None),
        )
        .values(**values)
    )


def join(book: Book, resource: str = "bills", version: int = 1) -> None:
    """QuickBooks confirmed the record."""
    stand(book, resource, state=State.DONE, finished_at=NOW)
    book.conn.execute(
        insert(link).values(
            company_id=book.company_id,
            id=new_key(),
            resource=resource,
            record_id=book.ids[resource],
            quickbooks_id="1A-1",
            family="Txn",
            noun="Bill",
            edit_sequence="1",
            time_modified="2024-05-06T07:08:09",
            synced_version=version,
            synced_at=NOW,
        )
    )


def state_of(book: Book, resource: str = "bills") -> str:
    record_id = book.ids[resource]
    version = select(TABLES[resource].c.version).where(TABLES[resource].c.id == record_id)
    versions = {record_id: book.conn.execute(version).scalar_one()}
    found = changes.sync_objects(book.conn, book.company_id, versions)
    return str(found[record_id]["state"])


# What an open change becomes by the next act; None: nothing is left to send.
MERGED = {
    ("add", "mod"): "add",
    ("add", "delete"): None,
    ("add", "void"): None,
    ("mod", "mod"): "mod",
    ("mod", "delete"): "delete",
    ("mod", "void"): "void",
    ("delete", "delete"): "delete",
    ("void", "void"): "void",
    ("void", "delete"): "delete",
}


@pytest.mark.parametrize("pair", MERGED)
def test_acts_on_an_unsent_change_become_one(book: Book, pair: tuple[str, str]) -> None:
    stand(book, action=pair[0])
    note(book, Action(pair[1]))
    merged = MERGED[pair]
    assert rows(book) == ([(merged, "pending")] if merged else [])


@pytest.mark.parametrize("state", [s for s in State if s not in {State.DONE, State.DROPPED}])
def test_an_edit_is_tried_again_but_decides_nothing_for_a_person(book: Book, state: State) -> None:
    stand(book, state=state, attempts=3, waits_for="vendor Acme", looked_up_in=new_key())
    note(book, Action.MOD)
    again = {State.FAILED: State.PENDING, State.WAITING: State.PENDING}
    if state is State.SENT:
        assert rows(book) == [("add", "sent"), ("mod", "pending")]
    else:
        assert rows(book) == [("add", again.get(state, state))]


def test_after_a_failure_the_tries_begin_anew(book: Book) -> None:
    stand(book, state=State.FAILED, attempts=3, try_after=LATER)
    note(book, Action.MOD)
    row = changes.open_changes(book.conn, book.company_id, [book.ids["bills"]])[book.ids["bills"]]
    assert (row.attempts, row.try_after, row.waits_for) == (0, None, None)


def test_what_quickbooks_has_is_changed_and_deleted_there(book: Book) -> None:
    join(book)
    note(book, Action.MOD)
    assert rows(book) == [("mod", "pending")]
    note(book, Action.DELETE)
    assert rows(book) == [("delete", "pending")]


def test_deleting_while_an_answer_is_owed_follows_the_answer(book: Book) -> None:
    stand(book, state=State.SENT)
    note(book, Action.DELETE)
    assert rows(book) == [("add", "sent"), ("delete", "pending")]


def test_deleting_what_quickbooks_never_had_sends_nothing(book: Book) -> None:
    stand(book, state=State.DROPPED, finished_at=NOW)
    note(book, Action.DELETE)
    assert rows(book) == []
    note(book, Action.MOD)
    assert rows(book) == [("add", "pending")]


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("resource", ["jobs", "items", "terms"])
def test_nothing_is_noted_for_what_never_goes(book: Book, resource: str, action: Action) -> None:
    note(book, action, resource)
    assert rows(book, resource) == []


def test_documents_made_before_the_connection_wait_for_a_decision(book: Book) -> None:
    book.conn.execute(
        update(company).where(company.c.id == book.company_id).values(connected_at=None)
    )
    bill = book.create("bills", book.bill())
    assert bill["sync"]["state"] == "not_synced"
    assert book.create("vendors", {"name": "New"})["sync"]["state"] == "pending"


def test_many_records_are_noted_at_once(book: Book) -> None:
    ids = [new_key() for _ in range(changes.ids_per_query_max + 1)]
    entity = SHAPES["vendors"].entity
    changes.record(book.conn, book.company_id, entity, ids, Action.ADD, NOW)
    assert set(changes.open_changes(book.conn, book.company_id, ids)) == set(ids)
    changes.close_record(book.conn, book.company_id, ids, LATER)
    assert changes.open_changes(book.conn, book.company_id, ids) == {}


def test_a_record_has_one_unsent_change_at_most(book: Book) -> None:
    with pytest.raises(IntegrityError), book.conn.begin_nested():
        book.conn.execute(
            insert(change).values(
                company_id=book.company_id,
                id=new_key(),
                resource="bills",
                record_id=book.ids["bills"],
                action="mod",
                state="pending",
                version=0,
                made_at=NOW,
                attempts=0,
            )
        )


# --- what the sync object says


@pytest.mark.parametrize(
    "state",
    [State.PENDING, State.SCHEDULED, State.WAITING, State.FAILED, State.SKIPPED, State.SENT],
)
def test_an_unfinished_change_says_its_state(book: Book, state: State) -> None:
    stand(book, state=state)
    assert state_of(book) == state


def test_synced_is_said_of_the_confirmed_version_only(book: Book) -> None:
    join(book, version=1)
    assert state_of(book) == "synced"
    book.change("bills", book.ids["bills"], {"memo": "x"})
    assert state_of(book) == "pending"
    stand(book, state=State.SENT)
    assert state_of(book) == "sent"
    stand(book, state=State.DONE, finished_at=NOW)
    assert state_of(book) == "pending"  # version 2 was not confirmed


def test_the_sync_object_names_what_it_waits_for_and_the_id_in_quickbooks(book: Book) -> None:
    stand(book, state=State.WAITING, waits_for="vendor Acme")
    found = book.get("bills", book.ids["bills"])["sync"]
    assert found["waits_for"] == "vendor Acme"
    join(book)
    found = book.get("bills", book.ids["bills"])["sync"]
    assert (found["waits_for"], found["quickbooks_id"]) == (None, "1A-1")
    assert found["last_synced_at"] == NOW.isoformat()


def test_waiting_means_that_a_change_could_go_now(book: Book) -> None:
    ids = [row.record_id for row in book.conn.execute(select(change.c.record_id))]
    assert changes.any_waiting(book.conn, book.company_id, NOW)
    changes.close_record(book.conn, book.company_id, ids, NOW)
    assert not changes.any_waiting(book.conn, book.company_id, NOW)
    book.create("vendors", {"name": "New"})
    book.conn.execute(update(change).values(try_after=LATER))
    assert not changes.any_waiting(book.conn, book.company_id, NOW)
    assert changes.any_waiting(book.conn, book.company_id, LATER)
