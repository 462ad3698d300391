"""Coming in and staying in: wrong passwords, idle and absolute time, cookies, revoking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from store import logins, persons
from store.access import access_audit, login
from store.errors import Refused
from tests.console.site import SAME_ORIGIN, Site
from webconnector.app import create_app
from webconnector.settings import load

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def password(site: Site) -> str:
    """The admin's password."""
    return str(
        site.run(
            lambda conn: logins.new_password(conn, site.people["admin"], "test", datetime.now(UTC))
        )
    )


def try_in(site: Site, password: str, email: str = "admin@example.com", **more: str) -> Any:
    return site.app.test_client().post(
        "/console/login", data={"email": email, "password": password, **more}, headers=SAME_ORIGIN
    )


def acts(site: Site) -> list[str]:
    with site.store.read() as conn:
        query = select(access_audit.c.act).order_by(access_audit.c.at, access_audit.c.id)
        return list(conn.execute(query).scalars())


@pytest.mark.parametrize("email", ["admin@example.com", " Admin@Example.COM "])
def test_the_right_password_leads_to_the_page_that_was_asked_for(
    site: Site, password: str, email: str
) -> None:
    answer = try_in(site, password, email, wanted="/console/account/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/account/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert acts(site)[-1] == "login"
    assert password not in str(acts(site))


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/console", ""]
)
def test_a_login_leads_to_no_other_site(site: Site, password: str, wanted: str) -> None:
    assert try_in(site, password, wanted=wanted).headers["Location"] == "/console/"


def test_a_wrong_password_and_an_unknown_person_look_the_same(site: Site, password: str) -> None:
    wrong, unknown = try_in(site, "no"), try_in(site, password, "nobody@example.com")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace("admin@", "") == unknown.text.replace("nobody@", "")
    assert acts(site)[-2:] == ["login.refused", "login.refused"]


def test_too_many_wrong_passwords_lock_out_even_the_right_one_for_a_while(
    site: Site, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.persons.password_fits", lambda _hash, given: given == password)

    def come_in(given: str, now: datetime) -> str:
        return logins.come_in(
            site.store, "admin@example.com", given, address="10.0.0.1", browser="", now=now
        )

    for _ in range(logins.PER_EMAIL.events):
        with pytest.raises(Refused, match="wrong"):
            come_in("no", NOON)
    with pytest.raises(Refused, match="too many tries"):
        come_in(password, NOON)
    later = NOON + timedelta(seconds=logins.PER_EMAIL.seconds)
    assert come_in(password, later)
    for _ in range(logins.PER_EMAIL.events):  # the right one forgave the wrong ones
        with pytest.raises(Refused, match="wrong"):
            come_in("no", later)


def test_one_address_may_not_try_many_people(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.persons.password_fits", lambda _hash, _given: False)
    for number in range(logins.PER_ADDRESS.events):
        with pytest.raises(Refused, match="wrong"):
            logins.come_in(
                site.store, f"p{number}@x.org", "no", address="10.0.0.1", browser="", now=NOON
            )
    with pytest.raises(Refused, match="too many"):
        logins.come_in(site.store, "q@x.org", "no", address="10.0.0.1", browser="", now=NOON)


@pytest.mark.parametrize(
    ("minutes", "looks_every", "status"),
    [
        (logins.idle_minutes_max - 1, 0, 200),
        (logins.idle_minutes_max + 1, 0, 303),
        (logins.absolute_hours_max * 60 - 1, 30, 200),
        (logins.absolute_hours_max * 60 + 1, 30, 303),
    ],
)
def test_a_login_ends_when_idle_and_at_last_in_any_case(
    site: Site, minutes: int, looks_every: int, status: int
) -> None:
    with time_machine.travel(NOON, tick=False):
        browser = site.browser("admin")
    for passed in range(looks_every, minutes, looks_every or minutes):
        if looks_every:
            with time_machine.travel(NOON + timedelta(minutes=passed), tick=False):
                browser.get("/console/account/")
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        assert browser.get("/console/account/").status_code == status


def test_another_browser_is_seen_and_signed_out(site: Site) -> None:
    here, there = site.browser("admin"), site.browser("admin")
    assert here.get("/console/account/").text.count("Firefox on Windows") >= 2
    with site.store.read() as conn:
        ids = conn.execute(select(login.c.id).order_by(login.c.started_at, login.c.id)).scalars()
        _, other = list(ids)
    assert "signed out" in here.said(f"/console/account/logins/{other}/end")
    assert there.get("/console/account/").status_code == 303
    assert here.get("/console/account/").status_code == 200
    assert acts(site)[-1] == "login.end"


def test_nobody_signs_out_somebody_elses_browser(site: Site) -> None:
    here, there = site.browser("viewer"), site.browser("admin")
    with site.store.read() as conn:
        person_id = site.people["admin"].id
        query = select(login.c.id).where(login.c.person_id == person_id)
        other = conn.execute(query).scalar_one()
    assert here.post(f"/console/account/logins/{other}/end").status_code == 404
    assert there.get("/console/account/").status_code == 200


def test_signing_out_ends_the_login_itself_not_only_the_cookie(site: Site) -> None:
    browser = site.browser("admin")
    secret = browser.client.get_cookie("kcf_login")
    assert secret is not None
    browser.post("/console/leave")
    browser.client.set_cookie("kcf_login", secret.value)
    assert browser.get("/console/").status_code == 303


def test_a_new_password_signs_out_all_other_browsers(site: Site, password: str) -> None:
    here, there = site.browser("admin"), site.browser("admin")
    chosen = "correct horse battery staple"
    assert "changed" in here.said("/console/account/password", old=password, new=chosen)
    assert here.get("/console/").status_code == 200
    assert there.get("/console/").status_code == 303
    assert try_in(site, password).status_code == 403
    assert try_in(site, chosen).status_code == 303


@pytest.mark.parametrize(
    ("new", "text"),
    [("short", "12 to 200"), ("aaaaaaaaaaaaa", "too easy"), ("admin@example.com", "too easy")],
)
def test_a_weak_password_is_not_taken(site: Site, password: str, new: str, text: str) -> None:
    answer = site.browser("admin").post("/console/account/password", old=password, new=new)
    assert answer.status_code == 422
    assert text in answer.text
    answer = site.browser("admin").post("/console/account/password", old="no", new="x" * 20)
    assert "not your present password" in answer.text
    assert try_in(site, password).status_code == 303


def test_only_a_hash_of_the_cookie_and_of_the_password_is_kept(site: Site, password: str) -> None:
    browser = site.browser("admin")
    secret = browser.client.get_cookie("kcf_login")
    assert secret is not None
    with site.store.read() as conn:
        kept = str(conn.execute(select(login)).all())
        hashed = str(persons.get(conn, "admin@example.com").password_hash)
    assert secret.value not in kept
    assert hashed.startswith("$argon2id$")
    assert password not in hashed


def test_with_https_the_cookie_is_bound_to_this_host(database_url: str, tmp_path: Any) -> None:
    app = create_app(
        load(
            {
                "WEBCONNECTOR_DATABASE_URL": database_url,
                "WEBCONNECTOR_DATA_DIR": str(tmp_path),
                "WEBCONNECTOR_PUBLIC_URL": "https://sync.example.com",
            }
        )
    )
    store, now = app.extensions["store"], datetime.now(UTC)
    _, password = store.run(
        lambda conn: persons.add_person(conn, email="a@b.co", role="support", who="t", now=now)
    )
    answer = app.test_client().post(
        "/console/login", data={"email": "a@b.co", "password": password}, headers=SAME_ORIGIN
    )
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-kcf_login=")
    assert "Secure" in cookie
    assert "Path=/;" in f"{cookie};"
    store.close()


def test_times_are_in_the_chosen_zone_with_utc_beside(site: Site) -> None:
    with time_machine.travel(NOON, tick=False):
        browser = site.browser("admin")
        assert "12:00" in browser.get("/console/account/").text
        browser.client.set_cookie("kcf_zone", "Asia/Tokyo")
        assert "21:00" in browser.get("/console/account/").text
        assert "Saved" in browser.said("/console/account/zone", time_zone="America/New_York")
        page = browser.get("/console/account/").text
        assert "07:00" in page
        assert 'title="2026-03-02 12:00:00 UTC"' in page
        assert browser.post("/console/account/zone", time_zone="../etc").status_code == 422
