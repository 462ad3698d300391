"""One sabotage, and how its tests are named.

Owns the form of the lists in `of_exchanges.py` and `of_books.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

ACCEPTANCE = "tests/acceptance/"


@dataclass(frozen=True, slots=True)
class Sabotage:
    """`name` says what the bug does; `old` in `file` becomes `new`; `tests` must then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def in_acceptance(file: str, *tests: str) -> tuple[str, ...]:
    """Tests of one file in tests/acceptance; the whole file when none is named."""
    return tuple(f"{ACCEPTANCE}{file}.py::{test}" for test in tests) or (f"{ACCEPTANCE}{file}.py",)
