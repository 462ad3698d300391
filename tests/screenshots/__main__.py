"""`make screenshots`: a picture of each page in light, dark and phone width, to be looked at.

Plays the demo with problems in it, signs in through the login page, and walks every route.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from store import companies, console_company, wrong_passwords
from store.engine import Connection
from store.types import new_key
from tests.browser.conftest import sign_in
from tests.browser.scene import Scene, scene
from tests.webconnector.test_qwc_log import GOOD, WRONG_PASSWORD
from webconnector.demo import LOGIN

VIEWS: Final[dict[str, dict[str, Any]]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
}


def main() -> int:
    """Write the pictures; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("var/screenshots"))
    parser.add_argument("--only", default="", help="part of a page's name")
    wanted = parser.parse_args()
    with _chromium() as browser, tempfile.TemporaryDirectory() as data:
        if browser is None:
            sys.stderr.write("chromium is missing (Debian: apt-get install chromium).\n")
            return 1
        with scene(Path(data)) as found:
            _walk(browser, found, wanted.folder, wanted.only)
    return 0


@contextmanager
def _chromium() -> Iterator[Browser | None]:
    program = shutil.which("chromium")
    if program is None:
        yield None
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


def _walk(browser: Browser, found: Scene, folder: Path, only: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    pages = found.pages()
    for view, options in VIEWS.items():
        context = browser.new_context(timezone_id="America/New_York", **options)
        page = context.new_page()
        _picture(page, f"{found.url}{pages['login']}", folder / f"login-{view}.png")
        sign_in(page, found.url, LOGIN, found.demo.login_password)
        for name, path in pages.items():
            if name != "login" and only in name:
                _picture(page, f"{found.url}{path}", folder / f"{name}-{view}.png")
        for name, path in _of_neighbours(found).items():
            if only in name:
                _picture(page, f"{found.url}{path}", folder / f"{name}-{view}.png")
        for name, act in ACTS.items():
            if only in name:
                act(page, found)
                page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)
        context.close()
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder.absolute()}\n")


def _of_neighbours(found: Scene) -> dict[str, str]:
    """Pages of companies in other states than the demo's."""
    ids = {name.partition(" ")[0].lower(): key for name, key in found.neighbours.items()}
    with found.demo.store.read() as conn:
        (running,) = console_company.latest_sessions(conn, ids["alder"], 1)
    shown = {
        f"companies-show-{name}": f"/console/companies/{ids[name]}/"
        for name in ("alder", "brightwater", "cobalt", "delmar", "elm", "fairview")
    }
    return shown | {
        "connection-show-moved": f"/console/companies/{ids['fairview']}/connection/",
        "sessions-show-running": f"/console/companies/{ids['alder']}/sessions/{running.id}",
        "wizard-watch-refused": f"/console/companies/{ids['brightwater']}/setup/watch",
        "wizard-watch-awaited": f"/console/companies/{ids['elm']}/setup/watch",
    }


# --- pages that only an act leads to


def _company(page: Page, found: Scene, rest: str) -> None:
    page.goto(f"{found.url}/console/companies/{found.demo.company_id}/{rest}")


def _read_a_log(page: Page, found: Scene) -> None:
    _company(page, found, "web-connector-log/")
    page.get_by_label("or its text").fill(GOOD + WRONG_PASSWORD)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("heading", name="The first error").wait_for()


def _review_a_preference(page: Page, found: Scene) -> None:
    _company(page, found, "preferences/")
    page.get_by_role("radiogroup", name="Whose value stands").get_by_text("CashFlow").click()
    page.get_by_role("button", name="Review the changes").click()
    page.get_by_role("heading", name="from the next session on").wait_for()


def _let_somebody_in(page: Page, found: Scene) -> None:
    _company(page, found, "people/")
    page.get_by_label("E-mail address").fill(f"{new_key()[-8:]}@example.com")
    page.get_by_role("button", name="Let them in").click()
    page.get_by_role("heading", name="may come in").wait_for()


def _make_a_password(page: Page, found: Scene) -> None:
    page.goto(f"{found.url}/console/companies/{found.neighbours['Elm Street Bakery']}/connection/")
    page.locator("summary", has_text="New password").click()
    page.get_by_role("button", name="Make a new password").click()
    page.get_by_role("heading", name="The new password").wait_for()


def _hold_back(page: Page, found: Scene) -> None:
    company_id = found.neighbours["Brightwater Dental"]
    found.demo.store.run(lambda conn: _wrong_passwords(conn, company_id))
    page.goto(f"{found.url}/console/companies/{company_id}/setup/watch")
    page.get_by_text("Held back").wait_for()


def _wrong_passwords(conn: Connection, company_id: str) -> None:
    username = companies.load_connector(conn, company_id).username
    for _ in range(wrong_passwords.per_connector.events):
        connected, now = companies.find_connector(conn, username), datetime.now(UTC)
        assert connected is not None
        wrong_passwords.wrong(conn, connected, "198.51.100.20", now)
        wrong_passwords.note_held_back(conn, connected, "198.51.100.20", now)


def _open_everything(page: Page, found: Scene) -> None:
    _company(page, found, "connection/")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")


ACTS: Final[dict[str, Callable[[Page, Scene], None]]] = {
    "weblog-read": _read_a_log,
    "preferences-review": _review_a_preference,
    "members-admitted": _let_somebody_in,
    "connection-password": _make_a_password,
    "connection-show-open": _open_everything,
    "wizard-watch-held-back": _hold_back,
}


def _picture(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
