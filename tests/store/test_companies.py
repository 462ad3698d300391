"""Companies: made once, found by user name, preferred, paused, started, their file confirmed."""

import re
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from store import companies
from store.errors import Invalid, NotFound, Refused
from store.syncing import audit, connector, problem, session
from store.syncing import company as company_table
from store.types import new_key
from tests.store.conftest import NOW, OWNER, SECRET, Book, add_company

GUID = re.compile(r"\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}")


def acts(conn: Connection, company_id: str) -> list[tuple[str, Any]]:
    rows = conn.execute(
        select(audit.c.act, audit.c.detail)
        .where(audit.c.company_id == company_id)
        .order_by(audit.c.id)
    )
    return [(row.act, row.detail) for row in rows]


def make(conn: Connection, **facts: Any) -> companies.NewCompany:
    usual: dict[str, Any] = {
        "name": "Acme Ltd",
        "time_zone": "Europe/Berlin",
        "owner_id": OWNER,
        "secret_key": SECRET,
        "now": NOW,
    }
    return companies.add_company(conn, **usual | facts)


def test_a_new_company_is_active_waits_for_its_preview_and_has_its_own_file_id(
    conn: Connection,
) -> None:
    one, two = make(conn), make(conn, two_way_bills=True, every_minutes=30, preview=False)
    shown = companies.show(conn, one.id)
    assert (shown["state"], shown["preview"], shown["start_date"]) == ("active", True, None)
    assert companies.show(conn, two.id)["preferences"]["two_way_bills"]
    assert companies.show(conn, two.id)["connector"]["every_minutes"] == 30
    assert GUID.fullmatch(one.file_id)
    assert one.file_id != two.file_id
    assert one.owner_id == two.owner_id == OWNER
    assert one.username != two.username


def test_qwc_facts_stay_the_same(conn: Connection) -> None:
    made = make(conn)
    companies.new_password(conn, made.id, SECRET, NOW)
    assert companies.qwc_facts(conn, made.id) == {
        "company_id": made.id,
        "name": "Acme Ltd",
        "username": made.username,
        "owner_id": made.owner_id,
        "file_id": made.file_id,
        "every_minutes": 15,
    }


def test_every_wrong_fact_is_named_at_once(conn: Connection) -> None:
    with pytest.raises(Invalid) as caught:
        make(conn, name=" ", time_zone="../../etc/passwd", every_minutes=0)
    assert [error.pointer for error in caught.value.fields] == [
        "/name",
        "/time_zone",
        "/every_minutes",
    ]
    with pytest.raises(Invalid, match="owner_id"):
        make(conn, owner_id="me")
    assert companies.list_companies(conn) == []


# --- passwords


def test_a_password_is_long_easy_to_read_and_kept_as_a_hash_only(conn: Connection) -> None:
    made = make(conn)
    assert re.fullmatch(r"([a-z2-9]{4}-){6}[a-z2-9]{4}", made.password)
    assert not set(made.password) & set("ilo01")
    row = companies.find_connector(conn, made.username)
    assert row is not None
    assert made.password not in str(row)
    assert re.fullmatch(r"[0-9a-f]{64}", row.password_hash)
    assert made.password not in str(acts(conn, made.id))


def test_only_the_right_password_under_the_right_key_matches(conn: Connection) -> None:
    one, two = make(conn), make(conn)
    row = companies.find_connector(conn, one.username)
    assert companies.password_matches(row, one.password, SECRET)
    assert companies.password_matches(row, f" {one.password}\n", SECRET)
    assert not companies.password_matches(row, two.password, SECRET)
    assert not companies.password_matches(row, one.password, b"another key")
    assert not companies.password_matches(row, "", SECRET)
    assert not companies.password_matches(row, "passwörd", SECRET)


def test_an_unknown_user_never_matches(conn: Connection) -> None:
    assert companies.find_connector(conn, "nobody") is None
    assert not companies.password_matches(None, "", SECRET)
    assert not companies.password_matches(None, "0" * 64, SECRET)


def test_a_new_password_ends_the_old_one(conn: Connection) -> None:
    made = make(conn)
    fresh = companies.new_password(conn, made.id, SECRET, NOW, "ann")
    row = companies.find_connector(conn, made.username)
    assert companies.password_matches(row, fresh, SECRET)
    assert not companies.password_matches(row, made.password, SECRET)
    assert acts(conn, made.id)[-1] == ("company.password", None)


def test_the_same_password_has_another_hash_in_another_company(conn: Connection) -> None:
    one, two = make(conn), make(conn)
    assert companies.password_hash(one.id, "p", SECRET) != companies.password_hash(
        two.id, "p", SECRET
    )


# --- pause, resume, start


def test_pausing_and_resuming_move_the_state_once_each(conn: Connection) -> None:
    made = make(conn)
    for act, state in ((companies.pause, "paused"), (companies.resume, "active")):
        act(conn, made.id, "ann", NOW)
        act(conn, made.id, "ann", NOW)
        assert companies.show(conn, made.id)["state"] == state
        found = companies.find_connector(conn, made.username)
        assert found is not None
        assert found.company_state == state
    assert [act for act, _ in acts(conn, made.id)][1:] == ["company.pause", "company.resume"]


def test_start_ends_the_preview_once(conn: Connection) -> None:
    made = make(conn)
    companies.start(conn, made.id, "ann", NOW)
    companies.start(conn, made.id, "ann", NOW)
    assert not companies.show(conn, made.id)["preview"]
    assert [act for act, _ in acts(conn, made.id)] == ["company.add", "company.start"]


def test_a_company_that_left_does_not_come_back(conn: Connection) -> None:
    made = make(conn)
    conn.execute(update(company_table).where(company_table.c.id == made.id).values(state="removed"))
    for act in (companies.pause, companies.resume, companies.start):
        with pytest.raises(Refused, match="has left"):
            act(conn, made.id, "ann", NOW)


@pytest.mark.parametrize("company_id", ["0190a44f-b733-7d98-8155-ac85bc87a7e7", "nonsense", ""])
def test_an_unknown_company_is_not_found_anywhere(conn: Connection, company_id: str) -> None:
    calls: list[Any] = [
        lambda: companies.show(conn, company_id),
        lambda: companies.qwc_facts(conn, company_id),
        lambda: companies.preferences_of(conn, company_id),
        lambda: companies.set_preferences(conn, company_id, {}, "ann", NOW),
        lambda: companies.pause(conn, company_id, "ann", NOW),
        lambda: companies.resume(conn, company_id, "ann", NOW),
        lambda: companies.start(conn, company_id, "ann", NOW),
        lambda: companies.new_password(conn, company_id, SECRET, NOW),
        lambda: companies.confirm_file(conn, company_id, "ann", NOW),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="no such company"):
            call()


# --- preferences


def test_preferences_change_together_and_leave_one_audit_row_each(book: Book) -> None:
    conn, company_id = book.conn, book.company_id
    before = len(acts(conn, company_id))
    after = companies.set_preferences(
        conn,
        company_id,
        {
            "two_way_bills": "yes",
            "money_out_clearing": "Checking",
            "default_expense_account": book.ids["accounts"].upper(),
            "push_bills": "saved",
        },
        "ann",
        NOW,
    )
    assert after.two_way_bills
    assert after.money_out_clearing == book.ids["bank"]
    assert after.default_expense_account == book.ids["accounts"]
    assert companies.preferences_of(conn, company_id) == after
    noted = acts(conn, company_id)[before:]
    assert [act for act, _ in noted] == ["company.preference"] * 3  # push_bills was so already
    assert noted[0][1] == {"key": "two_way_bills", "old": False, "new": True}


def test_one_wrong_preference_keeps_all_as_they_were(book: Book) -> None:
    with pytest.raises(Invalid) as caught:
        companies.set_preferences(
            book.conn,
            book.company_id,
            {
                "two_way_bills": "yes",
                "push_bills": "never",
                "deposit_to": "No Such",
                "ap_account": "Checking",
            },
            "ann",
            NOW,
        )
    texts = {error.pointer: error.text for error in caught.value.fields}
    assert set(texts) == {"/push_bills", "/deposit_to", "/ap_account"}
    assert "AccountsPayable" in texts["/ap_account"]
    assert not companies.preferences_of(book.conn, book.company_id).two_way_bills


def test_an_inactive_account_is_refused_and_none_takes_it_back(book: Book) -> None:
    book.change("accounts", book.ids["bank"], {"active": False})
    with pytest.raises(Invalid, match="inactive"):
        companies.set_preferences(
            book.conn, book.company_id, {"money_in_clearing": "Checking"}, "ann", NOW
        )
    book.change("accounts", book.ids["bank"], {"active": True})
    for text, wanted in (("Checking", book.ids["bank"]), ("none", None)):
        after = companies.set_preferences(
            book.conn, book.company_id, {"money_in_clearing": text}, "ann", NOW
        )
        assert after.money_in_clearing == wanted


def test_another_companys_account_does_not_exist(book: Book, other_book: Book) -> None:
    with pytest.raises(Invalid, match="no such account"):
        companies.set_preferences(
            book.conn,
            book.company_id,
            {"money_in_clearing": other_book.ids["bank"]},
            "ann",
            NOW,
        )


# --- the company file


def await_file(conn: Connection, company_id: str, **awaiting: Any) -> None:
    conn.execute(
        update(connector)
        .where(connector.c.company_id == company_id)
        .values(
            paths=["C:\\Books\\acme.qbw"],
            company_file_name="Acme",
            stamped=True,
            awaiting={"path": "D:\\acme.qbw", "name": "Acme Ltd", "stamp": None} | awaiting,
        )
    )


def test_a_confirmed_file_joins_the_paths_and_waits_no_more(conn: Connection) -> None:
    made = make(conn)
    await_file(conn, made.id, stamp=made.file_id.upper())
    companies.confirm_file(conn, made.id, "ann", NOW)
    found = companies.show(conn, made.id)["connector"]
    assert found["paths"] == ["D:\\acme.qbw", "C:\\Books\\acme.qbw"]
    assert found["company_file_name"] == "Acme Ltd"
    assert found["stamped"]
    assert found["awaiting"] is None
    assert acts(conn, made.id)[-1][0] == "company.confirm-file"
    with pytest.raises(Refused, match="waits"):
        companies.confirm_file(conn, made.id, "ann", NOW)


def test_a_known_path_in_other_letters_is_not_added_again(conn: Connection) -> None:
    made = make(conn)
    await_file(conn, made.id, path="c:\\books\\ACME.QBW")
    companies.confirm_file(conn, made.id, "ann", NOW)
    found = companies.show(conn, made.id)["connector"]
    assert found["paths"] == ["C:\\Books\\acme.qbw"]
    assert not found["stamped"]  # the confirmed file carries no mark, so none is expected


def test_a_file_with_anothers_mark_is_never_confirmed(conn: Connection) -> None:
    made = make(conn)
    await_file(conn, made.id, stamp=OWNER)
    with pytest.raises(Refused, match="rebind"):
        companies.confirm_file(conn, made.id, "ann", NOW)


# --- what people see


# What `conftest.fill` makes.
RECORDS = {
    "accounts": 2,
    "departments": 1,
    "terms": 1,
    "vendors": 1,
    "customers": 1,
    "jobs": 1,
    "items": 1,
    "bills": 2,
    "vendor-credits": 1,
    "invoices": 1,
    "bill-payments": 1,
    "invoice-payments": 1,
    "funds-transfers": 1,
    "bank-balances": 1,
}


def test_show_counts_records_backlog_problems_and_the_last_session(book: Book) -> None:
    conn, company_id = book.conn, book.company_id
    line = conn.execute(select(connector).where(connector.c.company_id == company_id)).one()
    for number, resolved_at in ((1, None), (2, NOW)):
        conn.execute(
            insert(problem).values(
                company_id=company_id,
                id=new_key(),
                number=number,
                cause=f"c{number}",
                kind="k",
                title="t",
                text="t",
                advice="a",
                count=1,
                opened_at=NOW,
                last_seen_at=NOW,
                resolved_at=resolved_at,
            )
        )
    conn.execute(
        insert(session).values(
            company_id=company_id,
            id=new_key(),
            connector_id=line.id,
            ticket_hash="0" * 64,
            state="done",
            started_at=NOW,
            last_call_at=NOW,
            calls=5,
            changes_in=1,
            changes_out=2,
            problems=0,
            percent=100,
            connection_errors=0,
            plan={},
        )
    )
    shown = companies.show(conn, company_id)
    assert shown["records"] == RECORDS
    assert shown["backlog"]["bills"] == {"pending": 2}
    assert "items" not in shown["backlog"]
    assert shown["open_problems"] == 1
    assert shown["last_session"]["changes_out"] == 2
    assert "ticket" not in str(shown)
    assert line.password_hash not in str(shown)


def test_the_list_of_companies_counts_each_on_its_own(book: Book) -> None:
    quiet = add_company(book.conn, "Quiet Ltd")
    listed = companies.list_companies(book.conn)
    assert [row["name"] for row in listed] == ["Acme Ltd", "Quiet Ltd"]
    assert [row["id"] for row in listed] == [book.company_id, quiet]
    assert [row["backlog"] for row in listed] == [12, 0]
