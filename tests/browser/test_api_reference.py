"""The API's reference with everything unfolded: accessible, and no wider than its window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.scene import Scene
from tests.browser.test_every_page import VIEWS, WCAG, complaints

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.mark.parametrize("view", ["light", "phone"])
def test_the_unfolded_reference_is_accessible_and_fits(
    played: Scene, open_context: Callable[..., BrowserContext], view: str
) -> None:
    page = open_context(**VIEWS[view]).new_page()
    page.goto(f"{played.url}/api/v1/docs")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert complaints(page, WCAG) == []
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= VIEWS[view]["viewport"]["width"]
