"""Pages of an iterator: nothing that remains is lost, however QuickBooks names it (qbxml.md 3)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.acceptance.conftest import stock
from tests.acceptance.world import World

VENDORS = 250


@pytest.fixture
def many(make_world: Callable[..., World]) -> World:
    """A company file with three pages of vendors."""
    made = make_world()
    stock(made)
    for number in range(VENDORS):
        made.books.add("Vendor", {"Name": f"Vendor {number:03}"})
    return made


def without_id(made: World, pattern: str) -> None:
    """QuickBooks leaves out the iteratorID of the replies that match."""
    answer = made.books.process

    def process(text: str, *, app: str = "app") -> str:
        named = re.search(pattern, text)
        reply = answer(text, app=app)
        return re.sub(r' iteratorID="[^"]*"', "", reply) if named else reply

    made.books.process = process  # type: ignore[method-assign]


def test_a_page_that_does_not_name_its_iterator_is_one_of_the_same(many: World) -> None:
    without_id(many, 'iterator="Continue"')
    many.sync()
    assert len(many.all("vendors")) == VENDORS


def test_a_rest_that_nobody_can_ask_for_makes_the_list_unread(many: World) -> None:
    many.add("vendors", name="Ours")
    without_id(many, 'iterator="Start"')
    many.sync()
    assert any(problem.kind == "unread" for problem in many.problems())
    assert len(many.books.all("Vendor")) == VENDORS, "nothing is written on half a picture"
    del many.books.process
    many.sync()
    assert len(many.books.all("Vendor")) == VENDORS + 1
    assert many.problems() == []
