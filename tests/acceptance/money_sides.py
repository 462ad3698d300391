"""The two people of `two_sided.py`, judged in the middle of anything.

Owns what must be true of credits, payments and transfers at every moment: hence the bookkeeper
never touches them here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select

from store.changes import State
from store.syncing import change
from tests.acceptance.both_books import Both
from tests.acceptance.two_money import Money
from tests.acceptance.two_people import People
from tests.acceptance.two_sided import TwoSides, acts_of

_AMOUNT = {
    "vendor-credits": "CreditAmount",
    "invoice-payments": "TotalAmount",
    "funds-transfers": "Amount",
}
_KIND = {
    "vendor-credits": "VendorCredit",
    "invoice-payments": "ReceivePayment",
    "funds-transfers": "Transfer",
}


class MoneySides(TwoSides):
    """One world in which the bookkeeper leaves credits, payments and transfers alone."""

    def begin(self) -> None:
        """As little as every act can do with: a schedule begins with one sync."""
        books = self.made.books
        books.add("Account", {"Name": "Checking", "AccountType": "Bank"})
        books.add("Account", {"Name": "Clearing", "AccountType": "Bank"})
        books.add("Account", {"Name": "Rent", "AccountType": "Expense"})
        books.add("Account", {"Name": "Sales", "AccountType": "Income"})
        books.add("StandardTerms", {"Name": "Net 30", "StdDueDays": "30"})
        books.add("Vendor", {"Name": "Vendor 0"})
        books.add("Customer", {"Name": "Client 0"})
        books.add("Class", {"Name": "Class 0"})
        service = {"Price": "10.00", "AccountRef": "Sales"}
        books.add("ItemService", {"Name": "Work", "SalesOrPurchase": service})
        self.made.sync()

    # --- what is true at every moment

    def broken_promises(self) -> list[str]:
        """Money that is there twice, or said to be there when it is not; who waits for nothing."""
        return [
            *self._untrue(),
            *Both(self.made).twice(),
            *self._moved_twice(),
            *self._waiting_for_nothing(),
        ]

    def _waiting_for_nothing(self) -> Iterator[str]:
        waiting = select(change.c.resource, change.c.record_id).where(
            change.c.company_id == self.made.id,
            change.c.finished_at.is_(None),
            change.c.state == State.WAITING,
            change.c.waits_for.is_(None),
        )
        with self.made.store.read() as conn:
            for row in conn.execute(waiting):
                yield f"{row.resource} {row.record_id} waits and does not say for what"

    def _untrue(self) -> Iterator[str]:
        for resource, kind in _KIND.items():
            theirs = {record["TxnID"]: record for record in self.made.books.all(kind)}
            for ours in self.made.all(resource):
                if ours["sync"]["state"] != "synced" or ours.get("voided_at"):
                    continue
                there = theirs.get(ours["sync"]["quickbooks_id"])
                if there is None:
                    yield f"{resource} {ours['id']} is said to be synced and is not there"
                elif Decimal(there[_AMOUNT[resource]]) != Decimal(ours["amount"]):
                    yield f"{resource} {ours['id']} is said to be synced and has another amount"

    def _moved_twice(self) -> Iterator[str]:
        memos = Counter(record.get("Memo") for record in self.made.books.all("Transfer"))
        yield from (f"transfer {memo} is there {n} times" for memo, n in memos.items() if n > 1)

    def _broken(self) -> Iterator[str]:
        yield from super()._broken()
        yield from self.broken_promises()


MoneySides.acts = (
    *acts_of(People),
    *(act for act in acts_of(Money) if act.__name__.startswith("app_")),
)
