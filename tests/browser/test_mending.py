"""What support does all day: find why something has not synced, and mend it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import insert

from store import companies, sessions
from store.engine import Connection
from store.sessions import Session
from store.syncing import call
from store.types import new_key
from tests.browser.conftest import sign_in
from tests.browser.scene import Scene
from webconnector.demo import sync
from webconnector.demo_edits import App

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def silent(_what: str) -> None:
    """Nobody watches."""


def bill(played: Scene, number: str) -> dict[str, str]:
    """The bill of that number as the stand-in QuickBooks holds it."""
    (found,) = played.demo.books.find("Bill", RefNumber=number)
    return found


@pytest.fixture
def support(played: Scene, open_context: Callable[..., BrowserContext]) -> Page:
    """Somebody of the support staff, signed in."""
    page, email = open_context().new_page(), "support@example.com"
    if email not in _PASSWORDS:
        _PASSWORDS[email] = played.person(email, "support")
    sign_in(page, played.url, email, _PASSWORDS[email])
    return page


# The scene lasts as long as the process; who was let in is let in.
_PASSWORDS: dict[str, str] = {}


def test_support_finds_why_bill_4711_has_not_synced_and_mends_it(
    support: Page, played: Scene
) -> None:
    assert played.demo.books.find("Bill", RefNumber="4711") == []
    support.goto(f"{played.url}/console/")
    support.get_by_role("link", name="Search").click()
    support.get_by_label("Search for").fill("4711")
    support.get_by_role("button", name="Find").click()
    support.get_by_role("link", name="4711").click()
    expect(support.get_by_role("heading", name="4711")).to_be_visible()
    # The bill waits for its vendor, and that one's name is taken.
    support.get_by_role("link", name="Mend it").click()
    expect(support.get_by_text("What to do")).to_be_visible()
    support.get_by_label("New name or number").fill("Renee Francois (vendor)")
    support.get_by_role("button", name="Change it and send").click()
    expect(support.get_by_role("status")).to_contain_text("at the next session")
    sync(played.demo, "after mending", silent)
    assert bill(played, "4711")["RefNumber"] == "4711"


def test_a_duplicate_bill_is_linked(support: Page, played: Scene) -> None:
    before = bill(played, "ST-10")["TxnID"]
    support.goto(f"{played.url}/console/companies/{played.demo.company_id}/matching/")
    card = support.locator("section", has=support.get_by_role("heading", name="ST-10"))
    expect(card.get_by_text("differs").first).to_be_visible()
    card.get_by_role("button", name="The same: link them").click()
    expect(support.get_by_role("status")).to_contain_text("They are linked")
    sync(played.demo, "after linking", silent)
    assert bill(played, "ST-10")["TxnID"] == before
    support.reload()
    expect(support.get_by_role("heading", name="ST-10")).to_have_count(0)


def test_a_duplicate_invoice_is_linked(support: Page, played: Scene) -> None:
    app, books = App(played.demo.store, played.demo.company_id), played.demo.books
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    customer = app.first("customers", lambda row: row["name"] == "Cedar Grove Bakery")
    sold = app.first("items", lambda row: row["kind"] == "ItemService" and row["active"])
    # Entered on both sides between two sessions.
    ours = {"item": sold["id"], "quantity": "2", "rate": "85"}
    facts = {"customer": customer["id"], "number": "CG-78", "invoice_date": today, "lines": [ours]}
    made = app.add("invoices", **facts)
    line = {"ItemRef": sold["full_name"], "Quantity": "2", "Rate": "85.00"}
    fields = {"RefNumber": "CG-78", "TxnDate": today, "InvoiceLine": [line]}
    theirs = books.add("Invoice", {"CustomerRef": customer["full_name"], **fields})
    sync(played.demo, "after it was entered twice", silent)
    path = f"/console/companies/{played.demo.company_id}/matching/?type=invoices"
    support.goto(played.url + path)
    card = support.locator("section", has=support.get_by_role("heading", name="CG-78"))
    card.get_by_role("button", name="The same: link them").click()
    expect(support.get_by_role("status")).to_contain_text("They are linked")
    sync(played.demo, "after linking", silent)
    assert [one["TxnID"] for one in books.find("Invoice", RefNumber="CG-78")] == [theirs]
    found = app.first("invoices", lambda row: row["number"] == "CG-78")
    assert found["id"] == made["id"]
    assert found["sync"]["state"] == "synced"
    assert found["sync"]["quickbooks_id"] == theirs


def test_a_conflict_is_turned_to_the_other_side(support: Page, played: Scene) -> None:
    support.goto(f"{played.url}/console/companies/{played.demo.company_id}/conflicts/")
    card = support.locator("section", has=support.get_by_role("heading", name="Blue Ridge"))
    expect(card.get_by_text("office@blueridge.example")).to_be_visible()
    card.get_by_role("button", name="Use CashFlow's instead").click()
    expect(support.get_by_role("status")).to_contain_text("other side's value is back")
    sync(played.demo, "after turning", silent)
    (vendor,) = played.demo.books.find("Vendor", Name="Blue Ridge Paper Co.")
    assert vendor["Email"] == "accounts@blueridge.example"


def test_a_running_session_is_followed_without_the_page_shifting(
    support: Page, played: Scene
) -> None:
    company_id = played.neighbours["Cobalt Freight Lines"]
    opened = played.demo.store.run(lambda conn: begin(conn, company_id))
    support.goto(f"{played.url}/console/companies/{company_id}/sessions/{opened.id}")
    expect(support.get_by_text("running").first).to_be_visible()
    support.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
            for (const one of list.getEntries()) window.shift += one.value;
        }).observe({type: "layout-shift", buffered: true}); }"""
    )
    played.demo.store.run(lambda conn: called(conn, company_id, opened.id, 12))
    expect(support.get_by_role("row")).to_have_count(13)
    assert support.evaluate("window.shift") < 0.01
    played.demo.store.run(lambda conn: ended(conn, opened))
    expect(support.get_by_text("Ended well")).to_be_visible()


def begin(conn: Connection, company_id: str) -> Session:
    """A session that goes on."""
    line = companies.load_connector(conn, company_id)
    opened = sessions.begin(conn, line, sessions.new_ticket(), "ready", "34", datetime.now(UTC))
    assert opened is not None
    return opened


def called(conn: Connection, company_id: str, session_id: str, times: int) -> None:
    """The Web Connector called that often."""
    keys = {"company_id": company_id, "session_id": session_id, "operation": "sendRequestXML"}
    facts = {"at": datetime.now(UTC), "milliseconds": 5, "answer": "310 characters"}
    conn.execute(insert(call), [{**keys, **facts, "id": new_key()} for _ in range(times)])


def ended(conn: Connection, opened: Session) -> None:
    """It came to its end."""
    opened.end("closed", "finished", datetime.now(UTC))
    sessions.save(conn, opened)


def test_a_viewer_cannot_see_raw_data(
    played: Scene, open_context: Callable[..., BrowserContext]
) -> None:
    email = "looker@example.com"
    password = played.person(email, "viewer", played.demo.company_id)
    page = open_context().new_page()
    sign_in(page, played.url, email, password)
    page.goto(f"{played.url}/console/companies/{played.demo.company_id}/sessions/")
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Requests to QuickBooks")).to_be_visible()
    expect(page.locator("a[href*='/exchanges/']")).to_have_count(0)
    raw = played.pages()["sessions-raw"]
    answer = page.goto(f"{played.url}{raw}")
    assert answer is not None
    assert answer.status == 403
    expect(page.locator("pre")).to_have_count(0)
