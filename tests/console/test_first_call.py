"""The wizard's last page says why the first call is refused, also when it is not looked at."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store import companies, wrong_passwords
from store.engine import Connection, Row
from tests.console.site import Browser, Site

OFFICE = "203.0.113.7"


def refused(conn: Connection, site: Site, times: int) -> None:
    """So many wrong passwords of Acme Ltd's Web Connector just now, and one more try."""
    now = datetime.now(UTC)
    for _ in range(times):
        wrong_passwords.wrong(conn, connected(conn, site), OFFICE, now)
    wrong_passwords.note_held_back(conn, connected(conn, site), OFFICE, now)


def connected(conn: Connection, site: Site) -> Row[Any]:
    """Its connector."""
    username = companies.load_connector(conn, site.acme).username
    found = companies.find_connector(conn, username)
    assert found is not None
    return found


def test_a_wrong_password_is_named_by_the_wizard(site: Site, admin: Browser) -> None:
    site.run(lambda conn: refused(conn, site, 1))
    page = admin.get(site.address("console.wizard.now", company_id=site.acme)).text
    assert f"It reached this server from {OFFICE}." in page
    assert "and a wrong password. Type it again" in page
    assert "Too many" not in page


def test_held_back_after_many_wrong_passwords_is_explained(site: Site, admin: Browser) -> None:
    site.run(lambda conn: refused(conn, site, wrong_passwords.per_connector.events))
    for endpoint in ("console.wizard.now", "console.companies.now"):
        page = admin.get(site.address(endpoint, company_id=site.acme)).text
        assert OFFICE in page, endpoint
        assert "not even the right one" in page, endpoint
