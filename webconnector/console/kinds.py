"""Kinds of problems in an admin's words, for the inbox's buttons and the details of a problem.

Owns these words only; a kind without an entry is shown as its name reads.
"""

from __future__ import annotations

from typing import Final

from webconnector.console.showing import words

_WORDS: Final = {
    "ask": "refused by QuickBooks",
    "person": "refused by QuickBooks",
    "skip": "refused by QuickBooks",
    "link": "name taken",
    "later": "in use in QuickBooks",
    "again": "changed meanwhile",
    "unsendable": "cannot be written as it is",
    "unapplied": "payment not applied",
    "brake": "many changes at once",
    "mass_change": "many changes at once",
    "outcome_unknown": "outcome unknown",
    "characters": "characters changed",
    "company_activity": "restored company file",
    "clock": "clock of the QuickBooks computer",
}


def kind_words(kind: str) -> str:
    """What people call this kind of problem."""
    return words(_WORDS.get(kind, kind))
