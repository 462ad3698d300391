"""Fixtures of the browser tests: Debian's chromium, and one scene for all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.scene import Scene, scene
from webconnector.demo import LOGIN


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; skips with its reason where there is none."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is missing (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """The server with the demo company, its problems and its neighbours."""
    with scene(tmp_path_factory.mktemp("scene")) as found:
        yield found


@pytest.fixture
def open_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make a browser of its own, with its own cookies; all are closed at the end."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        made.append(chromium.new_context(timezone_id="America/New_York", **options))
        return made[-1]

    yield make
    for one in made:
        one.close()


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Through the login page, as a person does."""
    page.goto(f"{url}/console/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()


@pytest.fixture
def admin(played: Scene, open_context: Callable[..., BrowserContext]) -> Page:
    """The demo's administrator, signed in."""
    page = open_context().new_page()
    sign_in(page, played.url, LOGIN, played.demo.login_password)
    return page


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    """Where downloaded files go."""
    return tmp_path
