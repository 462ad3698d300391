"""The list of sabotages: which line becomes what, and which tests must notice.

Owns data only. `old` stands exactly once in its file (test_sabotages.py sees to it); the tests
named are the ones that guard this very promise, not all that would fail.
"""

from __future__ import annotations

from tests.mutations.of_books import ACCESS, BOOKS
from tests.mutations.of_exchanges import READING, WRITING
from tests.mutations.sabotage import Sabotage

SABOTAGES: tuple[Sabotage, ...] = (*WRITING, *READING, *BOOKS, *ACCESS)
