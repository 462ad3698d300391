"""What holds for every page of the console: accessible, narrow enough, no script refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import sign_in
from tests.browser.scene import Scene
from webconnector.demo import LOGIN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What may differ from the first view; each page costs half a second.
RULES = {"light": WCAG, "phone": WCAG, "dark": ["color-contrast"], "zoomed": ["target-size"]}
VIEWS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    # 200 % zoom on a screen of 1280 is a page of 640.
    "zoomed": {"viewport": {"width": 640, "height": 400}, "color_scheme": "light"},
}


def complaints(page: Page, rules: list[str]) -> list[str]:
    """What axe-core finds, in short."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    return [
        f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.long
@pytest.mark.parametrize("view", VIEWS)
def test_every_page_is_accessible_and_fits(
    played: Scene, open_context: Callable[..., BrowserContext], view: str
) -> None:
    page = open_context(**VIEWS[view]).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    sign_in(page, played.url, LOGIN, played.demo.login_password)
    wrong: dict[str, Any] = {}
    for name, path in played.pages().items():
        said.clear()
        if name == "login":
            continue
        page.goto(f"{played.url}{path}")
        found = complaints(page, RULES[view])
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > VIEWS[view]["viewport"]["width"]:
            found.append(f"scrolls sideways: {width}")
        # A page that is not there is told of by the browser too.
        found += [text for text in said if "404" not in text]
        if found:
            wrong[name] = found
    assert wrong == {}


def test_the_login_page_is_accessible(
    played: Scene, open_context: Callable[..., BrowserContext]
) -> None:
    for view in VIEWS.values():
        page = open_context(**view).new_page()
        page.goto(f"{played.url}/console/login")
        assert complaints(page, WCAG) == []


def test_the_theme_is_chosen_and_kept(admin: Page, played: Scene) -> None:
    admin.locator("summary", has_text=LOGIN).click()
    admin.get_by_role("button", name="Dark").click()
    assert admin.locator("html").get_attribute("data-theme") == "dark"
    admin.goto(f"{played.url}/console/account/")
    assert admin.locator("html").get_attribute("data-theme") == "dark"
    background = "getComputedStyle(document.body).backgroundColor"
    assert admin.evaluate(background) == "rgb(14, 20, 27)"


def test_the_console_is_walked_by_keyboard_alone(admin: Page, played: Scene) -> None:
    admin.goto(f"{played.url}/console/")
    admin.keyboard.press("Tab")
    assert admin.evaluate("document.activeElement.textContent") == "Skip to the content"
    admin.keyboard.press("Enter")
    for _ in range(30):
        admin.keyboard.press("Tab")
        if admin.evaluate("document.activeElement.textContent") == "Demo Company":
            break
    outline = admin.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    admin.keyboard.press("Enter")
    admin.get_by_role("heading", level=1, name="Demo Company").wait_for()


def test_what_moves_does_not_shift_the_page(admin: Page, played: Scene) -> None:
    admin.goto(f"{played.url}/console/companies/{played.demo.company_id}/")
    admin.evaluate(
        """() => { window.shift = 0; new PerformanceObserver((list) => {
            for (const one of list.getEntries()) window.shift += one.value;
        }).observe({type: "layout-shift", buffered: true}); }"""
    )
    with admin.expect_response(lambda answer: answer.url.endswith("/now")):
        admin.evaluate("htmx.trigger('#now', 'every')")
        admin.evaluate(
            "htmx.ajax('GET', document.querySelector('#now').getAttribute('hx-get'),"
            " {target: '#now', swap: 'outerHTML'})"
        )
    admin.wait_for_function("htmx.findAll('.htmx-request').length === 0")
    assert admin.evaluate("window.shift") < 0.01
