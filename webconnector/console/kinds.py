"""Kinds of problems in an admin's words, for the inbox's buttons and the details of a problem.

Owns these words only; a kind without an entry is shown as its name reads.
"""

from __future__ import annotations

from typing import Final

from webconnector.console.showing import words

_WORDS: Final = {
    "fix": "refused by QuickBooks",
    "user": "refused by QuickBooks",
    "skip": "refused by QuickBooks",
    "alone": "refused by QuickBooks",
    "depend": "something is missing in QuickBooks",
    "missing": "something is missing in QuickBooks",
    "link": "name taken",
    "retry": "in use in QuickBooks",
    "reread": "changed meanwhile in QuickBooks",
    "unknown": "outcome unknown",
    "unsendable": "cannot be written as it is",
    "unapplied": "payment not applied",
    "mass_change": "many changes at once",
    "characters": "characters changed",
    "company_activity": "restored company file",
    "clock": "clock of the QuickBooks computer",
}


def kind_words(kind: str) -> str:
    """What people call this kind of problem."""
    return words(_WORDS.get(kind, kind))
