"""`make screenshots`: a picture of each page in light, dark and phone width, to be looked at.

Plays the demo with problems in it, signs in through the login page, and walks every route.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene, scene
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
        for name, company_id in found.neighbours.items():
            if only in "companies-show" and name.startswith(("Bright", "Elm", "Fair")):
                path = f"/console/companies/{company_id}/"
                word = name.partition(" ")[0].lower()
                _picture(page, f"{found.url}{path}", folder / f"companies-show-{word}-{view}.png")
        context.close()
    sys.stdout.write(f"{len(list(folder.glob('*.png')))} pictures in {folder.absolute()}\n")


def _picture(page: Page, address: str, path: Path) -> None:
    page.goto(address)
    page.screenshot(path=path, full_page=True)


if __name__ == "__main__":
    sys.exit(main())
