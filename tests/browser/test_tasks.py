"""Whole tasks, as people do them: a browser, the real server, the stand-in QuickBooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.web_connector import WebConnector

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def tag(text: str, name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", text)
    assert found
    return found[1]


def test_a_new_admin_connects_a_company_and_watches_its_first_session(
    played: Scene, open_context: Callable[..., BrowserContext], downloads: Path
) -> None:
    password = played.person("new.admin@example.com", "admin")
    page = open_context().new_page()
    sign_in(page, played.url, "new.admin@example.com", password)

    expect(page.get_by_role("heading", name="There is no company yet")).to_be_visible()
    page.get_by_role("link", name="Connect a company").first.click()
    page.get_by_label("Name").fill("Garnet Hill Nursery")
    expect(page.get_by_label("Time zone")).to_have_value("America/New_York")
    page.get_by_role("button", name="Go on").click()

    page.get_by_role("radiogroup", name="2-way bill sync").get_by_text("on").click()
    page.get_by_role("button", name="Go on").click()

    with page.expect_download() as download:
        page.get_by_role("button", name="Download the .qwc file").click()
    download.value.save_as(downloads / "garnet.qwc")
    qwc = (downloads / "garnet.qwc").read_text("utf-8")
    page.get_by_role("button", name="Show the password").click()
    secret = page.locator("#secret").inner_text()
    expect(page.get_by_text("Nothing was heard yet")).to_be_visible()

    books = CompanyFile(company_name="Garnet Hill Nursery")
    books.stamp(tag(qwc, "OwnerID"), tag(qwc, "FileID"))
    for name in ("Rose Wholesale", "Peat and Pots"):
        books.add("Vendor", {"Name": name})
    user = tag(qwc, "UserName")
    WebConnector(f"{played.url}/qbwc", user, "wrong").run(books)
    expect(page.get_by_text("a wrong password")).to_be_visible()
    log = WebConnector(f"{played.url}/qbwc", user, secret).run(books)
    assert log.outcome == "finished"
    expect(page.get_by_text("The first session is complete.")).to_be_visible()

    page.get_by_role("link", name="See what it found").click()
    row = page.get_by_role("row", name=re.compile("Vendors"))
    expect(row.get_by_role("cell").nth(1)).to_have_text("2")
    page.get_by_role("button", name="Start writing to QuickBooks").click()
    expect(page.get_by_role("status")).to_contain_text("Started.")
    expect(page.get_by_text("Connected", exact=True).first).to_be_visible()


def test_a_password_is_rotated(admin: Page, played: Scene) -> None:
    company_id = played.neighbours["Alder & Finch Architects"]
    admin.goto(f"{played.url}/console/companies/{company_id}/connection/")
    user = admin.locator("dd code").first.inner_text()
    admin.get_by_text("New password for the Web Connector").click()
    admin.get_by_role("button", name="Make a new password").click()
    secret = admin.locator("#secret").inner_text()
    books = CompanyFile(company_name="Alder & Finch Architects")
    assert WebConnector(f"{played.url}/qbwc", user, "old").run(books).outcome == "nvu"
    assert WebConnector(f"{played.url}/qbwc", user, secret).run(books).outcome != "nvu"
    admin.goto(f"{played.url}/console/companies/{company_id}/connection/")
    expect(admin.locator("body")).not_to_contain_text(secret)


def test_a_preference_is_changed_after_its_effect_was_read(admin: Page, played: Scene) -> None:
    company_id = played.neighbours["Elm Street Bakery"]
    admin.goto(f"{played.url}/console/companies/{company_id}/preferences/")
    admin.get_by_role("radiogroup", name="Bills go to QuickBooks").get_by_text("approved").click()
    admin.get_by_role("button", name="Review the changes").click()
    expect(admin.get_by_role("heading", level=3)).to_contain_text("once they are approved")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("status")).to_contain_text("Saved.")
    group = admin.get_by_role("radiogroup", name="Bills go to QuickBooks")
    expect(group.get_by_label("once they are approved")).to_be_checked()


def test_a_viewer_looks_and_changes_nothing(
    played: Scene, open_context: Callable[..., BrowserContext]
) -> None:
    password = played.person("viewer@example.com", "viewer", played.demo.company_id)
    page = open_context().new_page()
    sign_in(page, played.url, "viewer@example.com", password)
    expect(page.get_by_role("link", name="Demo Company")).to_be_visible()
    expect(page.get_by_role("link", name="Connect a company")).to_have_count(0)
    expect(page.get_by_text("Fairview Clinic")).to_have_count(0)
    for part in ("connection/", "preferences/", "people/"):
        page.goto(f"{played.url}/console/companies/{played.demo.company_id}/{part}")
        expect(page.locator("main form button")).to_have_count(0)
