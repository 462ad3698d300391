"""The pages on which problems are read and mended: roles, personal data, the audit trail, files."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from store.syncing import audit, candidate, change, problem
from tests.console.site import Browser, Site
from tests.console.test_queries import NO_PAGE, queries_max
from tests.console.test_who_may import OPEN, dump
from tests.console.trouble import TAX_ID, Trouble, linked, trouble
from webconnector.console.visit import BODY_BYTES_MAX
from webconnector.redaction import REMOVED

LOG = """\
20261123.10:00:01 UTC : QB.Manager.Update() : Password management - Started
20261123.10:00:03 UTC : QB.authenticate() : QBWC1040: Access is denied.
"""


@pytest.fixture
def mess(site: Site) -> Trouble:
    """What is wrong in Acme Ltd."""
    return trouble(site, site.acme)


def at(mess: Trouble, rest: str) -> str:
    return f"/console/companies/{mess.company_id}/{rest}"


def address(site: Site, endpoint: str, values: dict[str, Any], names: set[str]) -> str:
    with site.app.test_request_context():
        return str(url_for(endpoint, **{name: values[name] for name in names}))


def acts(site: Site) -> list[str]:
    """What people did to Acme in the console, oldest first."""
    with site.store.read() as conn:
        query = select(audit.c.act).where(
            audit.c.company_id == site.acme, audit.c.who.contains("@example.com")
        )
        return list(conn.execute(query.order_by(audit.c.at, audit.c.id)).scalars())


def raw(mess: Trouble) -> str:
    return at(mess, f"sessions/{mess.session_id}/exchanges/1")


# --- who


@pytest.mark.parametrize("of", ["theirs", "mine"])
def test_an_outsider_gets_404_also_by_real_ids_and_through_a_company_of_their_own(
    site: Site, mess: Trouble, of: str
) -> None:
    browser, before = site.browser("outsider"), dump(site)
    ids = {"record_id", "conflict_id", "session_id", "number"}
    for method in ("GET", "POST"):
        for rule in site.rules(method):
            names = set(rule.arguments)
            known = names <= set(mess.values) and "company_id" in names
            if not known or (of == "mine" and not names & ids):
                continue
            values = mess.values | ({"company_id": site.other} if of == "mine" else {})
            path = address(site, rule.endpoint, values, names)
            answer = browser.get(path) if method == "GET" else browser.post(path, act="done")
            if of == "mine" and method == "POST":
                # What is not there is said on the page that the act came from.
                assert "no such" in answer.text or answer.status_code in {303, 404}, rule
            else:
                assert answer.status_code == 404, rule
            assert "Acme" not in answer.text
    assert dump(site) == before


def test_a_viewer_neither_acts_nor_sees_raw_data_nor_is_offered_either(
    site: Site, mess: Trouble
) -> None:
    browser = site.browser("viewer")
    for path in (raw(mess), at(mess, f"sessions/{mess.session_id}/bundle")):
        assert browser.get(path).status_code == 403
    assert browser.get(at(mess, "diagnostics.zip")).status_code == 403
    for rest in ("problems/1", "matching/", "conflicts/"):
        page = browser.get(at(mess, rest)).text
        assert 'method="post" action="/console/companies' not in page
    assert "exchanges/1" not in browser.get(at(mess, f"sessions/{mess.session_id}")).text
    assert acts(site) == []


# --- personal data


PERSONAL = ("problems/1", "matching/", "conflicts/", "conflicts/export.json")


@pytest.mark.parametrize("rest", PERSONAL)
@pytest.mark.parametrize(("name", "sees"), [("admin", True), ("support", False), ("viewer", False)])
def test_tax_ids_are_shown_to_admins_only(
    site: Site, mess: Trouble, rest: str, name: str, *, sees: bool
) -> None:
    page = site.browser(name).get(at(mess, rest)).text
    assert (TAX_ID in page) is sees
    assert (REMOVED in page) is not sees


@pytest.mark.parametrize(("name", "sees"), [("admin", True), ("support", False), ("viewer", False)])
def test_a_records_story_and_its_export_hide_the_tax_id(
    site: Site, mess: Trouble, name: str, *, sees: bool
) -> None:
    browser = site.browser(name)
    for rest in (f"records/vendors/{mess.record_id}", "records/vendors/export.csv"):
        assert (TAX_ID in browser.get(at(mess, rest)).text) is sees


def test_raw_data_is_redacted_for_support_and_each_look_is_noted(site: Site, mess: Trouble) -> None:
    support, admin = site.browser("support"), site.browser("admin")
    assert TAX_ID not in support.get(raw(mess)).text
    assert TAX_ID not in support.get(raw(mess) + "?download=request").text
    assert TAX_ID in admin.get(raw(mess)).text
    download = admin.get(raw(mess) + "?download=request")
    assert download.headers["Content-Disposition"] == 'attachment; filename="request-1.xml"'
    assert acts(site) == ["session.raw"] * 4
    assert admin.get(at(mess, f"sessions/{mess.session_id}/exchanges/2")).status_code == 404
    assert acts(site) == ["session.raw"] * 4


def test_a_request_that_was_cut_off_is_shown_as_far_as_it_goes(site: Site, mess: Trouble) -> None:
    page = site.browser("admin").get(raw(mess)).text
    assert "&lt;QBXML&gt;\n  &lt;VendorAdd&gt;\n    &lt;Name&gt;=Acme&lt;/Name&gt;\n" in page
    assert "There is none" in page


def test_a_bundle_of_a_session_is_redacted_for_everybody(site: Site, mess: Trouble) -> None:
    answer = site.browser("admin").get(at(mess, f"sessions/{mess.session_id}/bundle"))
    whole = zipfile.ZipFile(io.BytesIO(answer.data))
    texts = [whole.read(name).decode() for name in whole.namelist()]
    assert any(REMOVED in text for text in texts)
    assert not any(TAX_ID in text for text in texts)
    assert acts(site) == ["session.export"]


def test_a_companys_diagnostics_hold_what_support_asks_for_and_no_secret(
    site: Site, mess: Trouble
) -> None:
    answer = site.browser("support").get(at(mess, "diagnostics.zip"))
    whole = zipfile.ZipFile(io.BytesIO(answer.data))
    parts = {name: whole.read(name).decode() for name in whole.namelist()}
    found = json.loads(parts["company.json"])
    assert found["name"] == "Acme Ltd"
    assert found["preferences"]["master_in_conflict"] == "quickbooks"
    assert [one["number"] for one in json.loads(parts["problems.json"])] == [1]
    assert len(json.loads(parts["sessions.json"])) == 1
    assert "spyne" in json.loads(parts["server.json"])["packages"]
    everything = " ".join(parts.values())
    key = site.settings.secret_key
    assert key is not None
    for secret in (TAX_ID, key.get_secret_value(), "password_hash", "ticket_hash", "data_dir"):
        assert secret not in everything
    assert acts(site) == ["company.bundle"]


# --- acts


def state_of(site: Site, mess: Trouble) -> tuple[str | None, str]:
    """The problem's resolution and the state of the record's change."""
    with site.store.read() as conn:
        how = conn.execute(select(problem.c.resolution)).scalar_one()
        state = conn.execute(
            select(change.c.state).where(
                change.c.record_id == mess.record_id, change.c.finished_at.is_(None)
            )
        ).scalar_one()
    return how, state


def test_a_record_is_left_out_with_a_reason_and_taken_in_again(
    site: Site, admin: Browser, mess: Trouble
) -> None:
    one = at(mess, "problems/1")
    assert "Say why" in admin.said(one, act="skip", reason=" ")
    assert acts(site) == []
    assert "not synced until" in admin.said(one, act="skip", reason="A test vendor")
    assert state_of(site, mess) == ("skip", "skipped")
    assert "Sync it again" in admin.get(one).text
    assert "not synced by choice" in admin.get(at(mess, "problems/?standing=skipped")).text
    admin.said(one, act="retry")
    assert state_of(site, mess) == ("skip", "pending")
    assert acts(site) == ["problem.skip", "problem.retry"]


def test_all_of_a_kind_are_retried(site: Site, admin: Browser, mess: Trouble) -> None:
    page = admin.get(at(mess, "problems/?kind=duplicate")).text
    assert "Retry all of this kind" in page
    assert "All of this kind" in admin.said(at(mess, "problems/retry"), kind="duplicate")
    assert state_of(site, mess) == ("retry", "pending")
    assert "no open problem" in admin.said(at(mess, "problems/retry"), kind="duplicate")


def test_a_duplicate_is_linked_or_kept_apart_on_the_matching_page(
    site: Site, admin: Browser, mess: Trouble
) -> None:
    page = admin.get(at(mess, "matching/")).text
    assert "In QuickBooks: =Acme Supplies" in page
    form = {"act": "apart", "back": "matching"}
    assert "Say why" in admin.said(at(mess, "problems/1"), **form, reason="")
    said = admin.said(at(mess, "problems/1"), **form, reason="Another branch")
    assert "kept apart" in said
    assert "Nothing looks like a duplicate" in said
    with site.store.read() as conn:
        assert conn.execute(select(candidate.c.reason)).scalar_one() == "Another branch"
    assert acts(site) == ["problem.apart"]


def test_a_duplicate_is_linked(site: Site, admin: Browser, mess: Trouble) -> None:
    said = admin.said(at(mess, "problems/1"), act="link", candidate="80-1", back="matching")
    assert "the next session merges them" in said
    assert state_of(site, mess) == ("link", "pending")


def test_names_without_a_partner_stand_beside_similar_ones(
    site: Site, admin: Browser, mess: Trouble
) -> None:
    linked(site, site.acme, "vendors", "Acme Supplies, Inc.")
    linked(site, site.other, "vendors", "ACME SUPPLIES")
    page = admin.get(at(mess, "matching/")).text
    assert "Acme Supplies, Inc." in page
    assert "ACME SUPPLIES" not in page


def test_an_unknown_act_changes_nothing(site: Site, admin: Browser, mess: Trouble) -> None:
    before = dump(site)
    assert "does not know that act" in admin.said(at(mess, "problems/1"), act="explode")
    assert dump(site) == before


def test_a_conflict_is_left_once(site: Site, admin: Browser, mess: Trouble) -> None:
    target = at(mess, f"conflicts/{mess.conflict_id}/keep")
    assert "It stays as it is" in admin.said(target)
    assert "already decided" in admin.said(target)
    assert "No conflict waits" in admin.get(at(mess, "conflicts/")).text
    assert "Left as it was" in admin.get(at(mess, "conflicts/?all=1")).text
    assert acts(site) == ["conflict.kept"]


# --- files


@pytest.mark.parametrize(
    "rest",
    ["problems/export", "conflicts/export", "sessions/export", "records/vendors/export"],
)
def test_every_list_is_given_as_a_file_and_that_is_noted(
    site: Site, admin: Browser, mess: Trouble, rest: str
) -> None:
    table = admin.get(at(mess, f"{rest}.csv"))
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.text.startswith("\ufeff")
    assert len(table.text.splitlines()) == 2
    assert len(json.loads(admin.get(at(mess, f"{rest}.json")).text)) == 1
    assert admin.get(at(mess, f"{rest}.xml")).status_code == 404
    assert acts(site) == ["list.export"] * 2


@pytest.mark.usefixtures("mess")
def test_the_inbox_export_holds_only_companies_that_the_person_reaches(site: Site) -> None:
    for name, count in (("admin", 1), ("outsider", 0), ("support", 1)):
        rows = json.loads(site.browser(name).get("/console/problems/export.json").text)
        assert len(rows) == count


def test_a_spreadsheet_takes_nothing_for_a_formula(admin: Browser, mess: Trouble) -> None:
    table = admin.get(at(mess, "records/vendors/export.csv")).text
    assert "'=Acme Supplies" in table
    assert "'+1 555" in table
    assert ",=Acme" not in table


def test_the_audit_trail_is_filtered_also_in_its_export(admin: Browser, mess: Trouble) -> None:
    admin.get(raw(mess))
    rows = json.loads(admin.get(at(mess, "audit/export.json?act=session.")).text)
    assert [row["act"] for row in rows] == ["session.raw"]
    assert "Nothing of the kind" in admin.get(at(mess, "audit/?act=nonsense")).text


# --- the Web Connector's log


def test_a_pasted_log_is_explained_and_not_kept(site: Site, admin: Browser, mess: Trouble) -> None:
    before = dump(site)
    for content in (LOG.encode(), LOG.encode("utf-16")):
        page = admin.client.post(
            at(mess, "web-connector-log/"),
            data={"token": admin.token, "file": (io.BytesIO(content), "QWCLog.txt")},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        assert "The password is not right." in page.text
    assert "QBWC1040" in admin.post(at(mess, "web-connector-log/"), log=LOG).text
    assert "No session was found" in admin.post(at(mess, "web-connector-log/"), log="x").text
    assert dump(site) == before


def test_a_log_may_be_large_but_not_huge(admin: Browser, mess: Trouble) -> None:
    target, most = at(mess, "web-connector-log/"), BODY_BYTES_MAX["console.weblog.read"]
    large = "x" * (2 * 1024 * 1024) + "\n" + LOG
    assert "The password is not right." in admin.post(target, log=large).text
    huge = admin.post(target, log="x" * most)
    assert huge.status_code == 413
    assert "That is too much" in huge.text
    assert admin.post(at(mess, "problems/1"), act="x" * (2 * 1024 * 1024)).status_code == 413


# --- speed


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_pages_with_something_to_show_ask_no_more_either(site: Site, mess: Trouble) -> None:
    browser = site.browser("support")
    for rule in site.rules("GET"):
        names = set(rule.arguments)
        if rule.endpoint in OPEN | NO_PAGE or not names <= set(mess.values):
            continue
        with site.counted() as seen:
            answer = browser.get(address(site, rule.endpoint, mess.values, names))
        assert answer.status_code < 400 or answer.status_code == 403, rule
        assert len(seen) <= queries_max, (rule, len(seen), seen)
