"""A year in the life of a company: both books are equal after every step, and at its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.acceptance.both_books import Both
from tests.acceptance.world import World
from tests.acceptance.year import Year
from tests.acceptance.year_april import APRIL
from tests.acceptance.year_autumn import AUTUMN
from tests.acceptance.year_march import MARCH
from tests.acceptance.year_paying import PAYING
from tests.acceptance.year_summer import SUMMER
from tests.acceptance.year_winter import WINTER

STEPS = [*MARCH, *APRIL, *SUMMER, *AUTUMN, *PAYING, *WINTER]
steps_least = 60
silence_days_least = 60
# What is left at the end, and why.
LEFT_APART = ["QuickBooks has it no more"]


def test_the_script_is_a_year_of_at_least_60_steps_with_a_silence_of_two_months() -> None:
    assert len(STEPS) >= steps_least
    assert len({step.day[:7] for step in STEPS}) == 12
    assert [step.day for step in STEPS] == sorted(step.day for step in STEPS)
    last = next(step for step in STEPS if "before_the_silence" in step.act.__name__)
    first = next(step for step in STEPS if "after_two_months" in step.act.__name__)
    silence = date.fromisoformat(first.day) - date.fromisoformat(last.day)
    assert silence.days >= silence_days_least


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_year_in_the_life_ends_with_both_books_equal(make_world: Callable[..., World]) -> None:
    year = Year(make_world(preview=True))
    year.run(STEPS)
    assert list(year.apart.values()) == LEFT_APART
    assert year.made.problems() == []
    both = Both(year.made)
    assert both.receivables(()) == both.owed("Customer")
    assert both.payables(()) == both.owed("Vendor")
    assert both.banks() == both.banks_there()
