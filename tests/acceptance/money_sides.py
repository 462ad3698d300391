"""Two people at random with money: credits, payments and transfers on top of `two_sided.py`.

Owns those acts of the App, and what must be true of them at every moment. The bookkeeper never
touches them, so they may be judged in the middle of anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from tests.acceptance.two_sided import ACTS, DAYS, NUMBERS, TwoSides, acts_of

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
    """One world, and two people who move money in it."""

    resources = (*TwoSides.resources, *_KIND)
    guided = (*TwoSides.guided, "VendorCredit", "ReceivePayment")

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
        self.acts = _EVERY

    # --- the App

    def app_adds_a_vendor_credit(self) -> None:
        vendor = self.one(self.made.all("vendors"))
        line = {"account": {"name": "Rent"}, "amount": f"{self.pick(3) + 1}.00"}
        self.made.add(
            "vendor-credits",
            vendor=vendor["id"],
            credit_date=self.one(list(DAYS)),
            number=self.one(list(NUMBERS)),
            expense_lines=[line] * (1 + self.pick(2)),
        )

    def app_edits_a_vendor_credit(self) -> None:
        found = self.one(self.made.all("vendor-credits"))
        self.made.change("vendor-credits", found["id"], memo=self.word())

    def app_adds_an_invoice_payment(self) -> None:
        invoice = self.one(self.made.all("invoices"))
        amount = f"{1 + self.pick(4)}.25"
        self.made.add(
            "invoice-payments",
            customer=invoice["customer"]["id"],
            payment_date=DAYS[1],
            amount=amount,
            applications=[{"invoice": invoice["id"], "amount": amount}],
        )

    def app_voids_an_invoice_payment(self) -> None:
        self.made.void("invoice-payments", self.one(self.made.all("invoice-payments"))["id"])

    def app_adds_a_transfer(self) -> None:
        there, here = ("Checking", "Clearing")[:: 1 if self.pick(2) else -1]
        self.made.add(
            "funds-transfers",
            from_account={"name": there},
            to_account={"name": here},
            amount=f"{1 + self.pick(9)}.50",
            transfer_date=DAYS[1],
        )

    def app_voids_a_transfer(self) -> None:
        self.made.void("funds-transfers", self.one(self.made.all("funds-transfers"))["id"])

    # --- what is true at every moment

    def broken_promises(self) -> list[str]:
        """Money that is there twice, or said to be there when it is not."""
        return [*self._untrue(), *self._twice(), *self._moved_twice()]

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


_EVERY = (*ACTS, *acts_of(MoneySides))
