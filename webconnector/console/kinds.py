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
    "unreadable": "not understood by QuickBooks",
    "unread": "list not given by QuickBooks",
    "unstored": "not taken from QuickBooks",
    "quickbooks": "QuickBooks failed",
    "connection": "QuickBooks could not be opened",
    "program": "trouble in CashFlow itself",
    "company_file": "another company file is open",
    "country": "no US company file",
    "edit_against_delete": "deleted in QuickBooks, edited here",
    "delete_against_edit": "deleted here, edited in QuickBooks",
    "credits_applied": "credits still applied",
    "paid_deleted": "paid record deleted in QuickBooks",
    "paid_document_deleted": "paid record deleted in QuickBooks",
    "foreign_currency_arrived": "foreign currency in QuickBooks",
    "accountant_copy": "accountant's copy",
    "accountant_copy_accounts": "accountant's copy",
    "inactive_reference": "refers to something inactive",
    "account_type": "wrong type of account",
    "posting": "no account to pay from",
    "payable": "several payable accounts",
    "open_amount": "more than is open",
    "mass_change": "many changes at once",
    "characters": "characters changed",
    "company_activity": "restored company file",
    "clock": "clock of the QuickBooks computer",
}


def kind_words(kind: str) -> str:
    """What people call this kind of problem."""
    return words(_WORDS.get(kind, kind))
