"""What is done to a company in the console: by the store's rules, each act in the audit."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from store import companies, sessions
from store.syncing import audit, company, connector
from tests.console.site import Browser, Site


def acts(site: Site) -> list[tuple[str, str]]:
    """Who did what to Acme, oldest first, after it was made."""
    with site.store.read() as conn:
        query = select(audit.c.who, audit.c.act).where(audit.c.company_id == site.acme)
        rows = conn.execute(query.order_by(audit.c.at, audit.c.id)).all()
    return [(row.who, row.act) for row in rows if row.who != "test" and "line" not in row.who]


def row_of(site: Site) -> Any:
    with site.store.read() as conn:
        return conn.execute(select(company).where(company.c.id == site.acme)).one()


def change(site: Site, table: Any, **values: Any) -> None:
    key = table.c.id if table is company else table.c.company_id
    site.run(lambda conn: conn.execute(update(table).where(key == site.acme).values(**values)))


def path(site: Site, rest: str = "") -> str:
    return f"/console/companies/{site.acme}/{rest}"


def test_pause_and_resume(site: Site, admin: Browser) -> None:
    assert "Paused." in admin.said(path(site, "connection/pause"))
    assert row_of(site).state == "paused"
    assert "Resumed." in admin.said(path(site, "connection/resume"))
    assert row_of(site).state == "active"
    who = "admin@example.com"
    assert acts(site) == [(who, "company.pause"), (who, "company.resume")]


def test_a_password_is_shown_once_and_the_old_one_ends(site: Site, admin: Browser) -> None:
    page = admin.post(path(site, "connection/password"))
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    shown = page.text.partition('id="secret">')[2].partition("<")[0]
    with site.store.read() as conn:
        line = companies.load_connector(conn, site.acme)
        found = companies.find_connector(conn, line.username)
        key = site.settings.secret_key_bytes
        assert companies.password_matches(found, shown, key)
    assert shown not in admin.get(path(site, "connection/")).text
    assert acts(site) == [("admin@example.com", "company.password")]


def test_the_qwc_file_is_given_and_noted(site: Site, admin: Browser) -> None:
    answer = admin.post(path(site, "connection/qwc"))
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="acme-ltd-kcf-')
    assert b"<QBWCXML>" in answer.data
    assert acts(site) == [("admin@example.com", "company.qwc")]


def test_reading_anew_needs_the_types_name_typed(site: Site, admin: Browser) -> None:
    target = path(site, "connection/resync")
    refused = admin.said(target, resource="vendors", confirm="vendor")
    assert "type vendors exactly" in refused
    assert acts(site) == []
    assert "reads all vendors anew" in admin.said(target, resource="vendors", confirm="vendors")
    assert "Give one of" in admin.said(target, resource="nonsense", confirm="nonsense")
    assert acts(site) == [("admin@example.com", "company.resync")]


def test_the_start_date_moves_earlier_when_typed(site: Site, admin: Browser) -> None:
    target = path(site, "connection/start-date")
    assert "set by the first sync" in admin.said(target, day="2026-01-01", confirm="2026-01-01")
    change(site, company, start_date=date(2026, 3, 2))
    assert "Type the new start date" in admin.said(target, day="2026-01-01", confirm="2026")
    assert "Give the new start date as a day" in admin.said(target, day="soon", confirm="soon")
    assert "only be moved earlier" in admin.said(target, day="2026-04-01", confirm="2026-04-01")
    assert "start date is moved" in admin.said(target, day="2026-01-01", confirm="2026-01-01")
    assert row_of(site).start_date == date(2026, 1, 1)


def test_the_file_that_waits_is_confirmed(site: Site, admin: Browser) -> None:
    target = path(site, "connection/confirm-file")
    assert "No company file of Acme Ltd waits" in admin.said(target)
    awaiting = {"path": r"D:\Acme.qbw", "name": "Acme", "stamp": None}
    change(site, connector, awaiting=awaiting, paths=[r"C:\Acme.qbw"])
    assert r"D:\Acme.qbw" in admin.get(path(site, "connection/")).text
    assert "is confirmed" in admin.said(target)
    with site.store.read() as conn:
        paths = companies.load_connector(conn, site.acme).paths
    assert set(paths) == {r"C:\Acme.qbw", r"D:\Acme.qbw"}


def test_a_restored_file_is_confirmed_where_its_problem_says(site: Site, admin: Browser) -> None:
    page, target = path(site, "connection/"), path(site, "connection/confirm-file")
    assert "restored or condensed" not in admin.get(page).text
    change(site, connector, activity={"restored": "1", "awaiting": {"restored": "2"}})
    assert "restored or condensed" in admin.get(page).text
    assert "is confirmed" in admin.said(target)
    assert "restored or condensed" not in admin.get(page).text


@pytest.mark.parametrize(
    ("act", "done"), [("rebind", "company.rebind"), ("remove", "company.remove")]
)
def test_what_cannot_be_undone_needs_the_companys_name(
    site: Site, admin: Browser, act: str, done: str
) -> None:
    admin.said(path(site, f"connection/{act}"), confirm="acme")
    assert acts(site) == []
    admin.said(path(site, f"connection/{act}"), confirm="Acme Ltd")
    assert acts(site) == [("admin@example.com", done)]


def test_writing_starts_after_the_preview(site: Site, admin: Browser) -> None:
    change(site, company, preview=True)
    assert "Nothing was read yet" in admin.get(path(site, "connection/first-sync")).text
    assert "Started." in admin.said(path(site, "connection/start"))
    assert row_of(site).preview is False


def test_a_stuck_session_is_ended(site: Site, admin: Browser) -> None:
    target = path(site, "connection/end-session")
    assert "No session of this company is running" in admin.said(target)

    def begin(conn: Any) -> None:
        line = companies.load_connector(conn, site.acme)
        sessions.begin(conn, line, sessions.new_ticket(), "ready", "34", datetime.now(UTC))

    site.run(begin)
    assert "End the running session" in admin.get(path(site, "connection/")).text
    assert "was ended" in admin.said(target)
    with site.store.read() as conn:
        assert sessions.open_one(conn, site.acme) is None
    assert acts(site) == [("admin@example.com", "session.end")]


def test_preferences_are_reviewed_with_their_effect_before_they_are_saved(
    site: Site, admin: Browser
) -> None:
    given = {"two_way_bills": "true", "master_in_conflict": "quickbooks"}
    page = admin.post(path(site, "preferences/review"), **given).text
    assert "1 change, from the next session on" in page
    assert "off &rarr; on" in page
    assert "come to CashFlow too" in page
    assert acts(site) == []
    assert "Saved." in admin.said(path(site, "preferences/"), two_way_bills="true")
    assert row_of(site).preferences["two_way_bills"] is True
    assert acts(site) == [("admin@example.com", "company.preference")]
    assert "No change." in admin.said(path(site, "preferences/review"), **given)


@pytest.mark.parametrize("step", ["preferences/review", "preferences/"])
def test_a_wrong_preference_is_named_beside_its_field(
    site: Site, admin: Browser, step: str
) -> None:
    answer = admin.post(path(site, step), minimum_interval_minutes="often")
    assert answer.status_code == 422
    assert "Give whole minutes" in answer.text
    assert 'value="often"' in answer.text
    assert acts(site) == []


def test_people_are_let_in_and_taken_out(site: Site, admin: Browser) -> None:
    page = admin.post(path(site, "people/"), email="New@Example.com", role="viewer").text
    assert "new@example.com may come in" in page
    assert 'id="secret"' in page
    again = admin.post(path(site, "people/"), email="outsider@example.com", role="viewer").text
    assert "password they have" in again
    assert site.browser("outsider").get(path(site)).status_code == 200
    person_id = site.people["outsider"].id
    assert "no longer reach" in admin.said(path(site, f"people/{person_id}/dismiss"))
    assert site.browser("outsider").get(path(site)).status_code == 404
    assert [act for _, act in acts(site)] == ["person.admit", "person.admit", "person.dismiss"]


@pytest.mark.parametrize(
    ("email", "role", "text"),
    [
        ("nonsense", "viewer", "Give an e-mail address"),
        ("a@example.com", "owner", "Give one of"),
        ("a@example.com", "support", "administrator or viewer"),
        ("support@example.com", "viewer", "support staff"),
    ],
)
def test_who_cannot_be_let_in_is_told_why(
    site: Site, admin: Browser, email: str, role: str, text: str
) -> None:
    answer = admin.post(path(site, "people/"), email=email, role=role)
    assert answer.status_code == 422
    assert text in answer.text


def test_an_admin_makes_no_password_for_people_who_reach_more_than_they_do(
    site: Site, admin: Browser
) -> None:
    theirs = path(site, f"people/{site.people['outsider'].id}/password")
    assert admin.post(theirs).status_code == 404
    admin.post(path(site, "people/"), email="outsider@example.com", role="viewer")
    assert admin.post(theirs).status_code == 403
    viewer = path(site, f"people/{site.people['viewer'].id}/password")
    assert "has a new password" in admin.post(viewer).text


def test_nobody_takes_away_their_own_way_in(site: Site, admin: Browser) -> None:
    mine = site.people["admin"].id
    assert "your own way in" in admin.said(path(site, f"people/{mine}/dismiss"))
    assert admin.get(path(site)).status_code == 200
