"""The menus of the console, as data: what stands on every page, and what on a company's.

Owns order and words. A new page group adds its line here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from store.persons import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a menu; `count` names the number that stands behind it."""

    section: str
    endpoint: str
    words: str
    count: str = ""
    right: Right = Right.SEE


MAIN: Final = (
    Entry("overview", "console.overview.start", "Companies"),
    Entry("problems", "console.problems.inbox", "Problems", "problems"),
    Entry("search", "console.search.find", "Search"),
)

COMPANY: Final[tuple[Entry, ...]] = (
    Entry("company", "console.companies.show", "Overview"),
    Entry("problems", "console.problems.of_company", "Problems", "company_problems"),
    Entry("records", "console.records.start", "Records"),
    Entry("sessions", "console.sessions.listed", "Sessions"),
    Entry("conflicts", "console.conflicts.listed", "Conflicts", "conflicts"),
    Entry("matching", "console.matching.show", "Matching", "matching"),
    Entry("totals", "console.totals.show", "Totals"),
    Entry("connection", "console.connection.show", "Connection"),
    Entry("preferences", "console.preferences.show", "Preferences"),
    Entry("members", "console.members.show", "People"),
    Entry("trail", "console.trail.show", "Audit trail"),
)
