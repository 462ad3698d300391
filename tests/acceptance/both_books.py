"""Both books as they stand at one moment: what differs, who owes what, what the banks hold.

Owns the reading of both sides' own words and their sums. It must not know the script.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import select

from qbxml.entities import BY_RESOURCE
from qbxml.entity import Undo
from store.syncing import company
from tests.acceptance.world import World
from webconnector.rehearsal_compare import Difference, Scope, compare

Fields = dict[str, Any]
Held = tuple[str, str, str, int]
"""A resource or kind, its party, its open amount, and the sign that amount counts with."""

_WITH_GUID = ("Vendor", "Customer", "Bill", "VendorCredit", "Invoice", "ReceivePayment")
# Balances of accounts that are no bank accounts are not kept (sync-rules 1); banks are compared.
_ELSEWHERE = {("accounts", "balance"), ("accounts", "total_balance")}
_RECEIVABLE: tuple[Held, ...] = (
    ("invoices", "customer", "balance_remaining", 1),
    ("invoice-payments", "customer", "unapplied", -1),
)
_RECEIVABLE_THERE: tuple[Held, ...] = (
    ("Invoice", "CustomerRef", "BalanceRemaining", 1),
    ("ReceivePayment", "CustomerRef", "UnusedPayment", -1),
    ("CreditMemo", "CustomerRef", "CreditRemaining", -1),
)
_PAYABLE: tuple[Held, ...] = (
    ("bills", "vendor", "open_amount", 1),
    ("vendor-credits", "vendor", "open_amount", -1),
)
_PAYABLE_THERE: tuple[Held, ...] = (
    ("Bill", "VendorRef", "OpenAmount", 1),
    ("VendorCredit", "VendorRef", "OpenAmount", -1),
)


class Both:
    """Both books at the moment when this was made."""

    def __init__(self, made: World) -> None:
        self.made = made
        self._there: dict[str, list[Fields]] = {}

    @cached_property
    def ours(self) -> dict[str, list[Fields]]:
        """The App's records that are to be in QuickBooks too, by resource."""
        return {
            resource: [one for one in self.made.all(resource) if not self._undone(resource, one)]
            for resource in BY_RESOURCE
        }

    @staticmethod
    def _undone(resource: str, record: Fields) -> bool:
        """A payment or transfer that was voided is not compared; a void invoice is."""
        return BY_RESOURCE[resource].undo is not Undo.NEVER and bool(record["voided_at"])

    def there(self, kind: str) -> list[Fields]:
        """QuickBooks' records of a kind."""
        if kind not in self._there:
            self._there[kind] = self.made.books.all(kind)
        return self._there[kind]

    def differences(self) -> dict[str, list[str]]:
        """What differs, in words, by record: the App's id, or QuickBooks' where it has none."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.differing():
            found[one.key].append(str(one))
        left = {bill["TxnID"]: bill["OpenAmount"] for bill in self.there("Bill")}
        for bill in self.ours["bills"]:
            theirs = left.get(bill["sync"]["quickbooks_id"])
            if theirs is not None and bill["open_amount"] != theirs:
                found[bill["id"]].append(f"open here {bill['open_amount']}, there {theirs}")
        return dict(found)

    def differing(self) -> list[Difference]:
        """What the referee finds, without the balances that are kept elsewhere."""
        found = compare(self.ours, self.there, self._scope()).differences
        return [one for one in found if (one.resource, one.field) not in _ELSEWHERE]

    def _scope(self) -> Scope:
        with self.made.store.read() as conn:
            found = conn.execute(
                select(company.c.start_date, company.c.preferences).where(
                    company.c.id == self.made.id
                )
            ).one()
        return Scope(str(found.start_date), two_way_bills=found.preferences["two_way_bills"])

    def twice(self) -> list[str]:
        """What carries our id and is there more than once."""
        found = []
        for kind in _WITH_GUID:
            ids = Counter(record.get("ExternalGUID") for record in self.there(kind))
            del ids[None]
            found += [f"{kind} {key} is there {n} times" for key, n in ids.items() if n > 1]
        return found

    def owed(self, kind: str) -> dict[str, Decimal]:
        """What QuickBooks says each vendor is owed, or each customer and job owes."""
        return {
            one.get("FullName") or one["Name"]: Decimal(one["Balance"])
            for one in self.there(kind)
            if Decimal(one["Balance"])
        }

    def receivables(self, apart: Collection[str]) -> dict[str, Decimal]:
        """What customers owe by what the App holds.

        What never comes over, and what is declared `apart`, counts as QuickBooks has it.
        """
        return self._owing(_RECEIVABLE, _RECEIVABLE_THERE, apart)

    def payables(self, apart: Collection[str]) -> dict[str, Decimal]:
        """What vendors are owed, likewise."""
        return self._owing(_PAYABLE, _PAYABLE_THERE, apart)

    def _owing(
        self, held: tuple[Held, ...], outside: tuple[Held, ...], apart: Collection[str]
    ) -> dict[str, Decimal]:
        found: defaultdict[str, Decimal] = defaultdict(Decimal)
        counted = set()
        for resource, party, amount, sign in held:
            for record in self.ours[resource]:
                key = record["sync"]["quickbooks_id"]
                if key is None or record["id"] in apart:
                    continue
                counted.add(key)
                found[record[party]["name"]] += sign * Decimal(record[amount] or 0)
        for kind, party, amount, sign in outside:
            for one in self.there(kind):
                if one["TxnID"] not in counted:
                    found[one[party]["FullName"]] += sign * Decimal(one[amount] or 0)
        return {name: total for name, total in found.items() if total}

    def banks(self) -> dict[str, str]:
        """The newest balance of each bank account here."""
        return {one["account"]["name"]: one["balance"] for one in self.made.all("bank-balances")}

    def banks_there(self) -> dict[str, str]:
        """The same in QuickBooks."""
        return {
            one["FullName"]: one["Balance"]
            for one in self.there("Account")
            if one["AccountType"] == "Bank"
        }
