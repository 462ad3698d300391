"""Two people at random: credits, transfers and payments, merges, and 2-way bills on and off.

Owns these acts. What the bookkeeper does to documents that never come back is remembered.
"""

from __future__ import annotations

from typing import Any

from tests.acceptance.two_people import DAYS, NUMBERS, People

BANKS = ("Checking", "Clearing")


class Money(People):
    """What two people do to money, beyond bills and invoices."""

    def begin(self) -> None:
        """Bills and invoices, and some money that moves."""
        super().begin()
        for _ in range(2):
            self.app_adds_a_vendor_credit()
            self.app_adds_a_transfer()
            self.app_takes_a_payment()

    # --- the App

    def app_adds_a_vendor_credit(self) -> None:
        body = {"vendor": self.one(self.made.all("vendors"))["id"], "credit_date": self.one(DAYS)}
        lines = [self._expense() for _ in range(1 + self.pick(2))]
        self.made.add("vendor-credits", **body, number=self.one(NUMBERS), expense_lines=lines)

    def app_edits_a_vendor_credit(self) -> None:
        found = self.one(self.made.all("vendor-credits"))
        body: dict[str, Any] = {"memo": self.word()}
        if not self.pick(3):
            body["expense_lines"] = [*found["expense_lines"][self.pick(2) :], self._expense()]
        self.made.change("vendor-credits", found["id"], **body)

    def app_deletes_a_vendor_credit(self) -> None:
        self.made.delete("vendor-credits", self.one(self.made.all("vendor-credits"))["id"])

    def app_adds_a_transfer(self) -> None:
        start = self.pick(2)
        self.made.add(
            "funds-transfers",
            from_account={"name": BANKS[start]},
            to_account={"name": BANKS[1 - start]},
            amount=f"{self.pick(9) + 1}.50",
            transfer_date=self.one(DAYS),
        )

    def app_voids_a_transfer(self) -> None:
        self.made.void("funds-transfers", self.one(self.made.all("funds-transfers"))["id"])

    def app_takes_a_payment(self) -> None:
        first = self.one(self.made.all("invoices"))
        party = first["customer"]["id"]
        mine = [one for one in self.made.all("invoices") if one["customer"]["id"] == party]
        lines = [
            {"invoice": one["id"], "amount": f"{self.pick(40) + 1}.00"}
            for one in mine[: 1 + self.pick(2)]
        ]
        total = sum(int(line["amount"][:-3]) for line in lines) + self.pick(2)
        self.made.add(
            "invoice-payments",
            customer=party,
            payment_date=self.one(DAYS),
            amount=f"{total}.00",
            applications=lines,
        )

    def app_voids_a_payment(self) -> None:
        self.made.void("invoice-payments", self.one(self.made.all("invoice-payments"))["id"])

    def app_approves_a_bill(self) -> None:
        bill = self.one(self.made.all("bills"))
        self.made.change("bills", bill["id"], approval="approved")

    # --- an admin

    def admin_switches_two_way_bills(self) -> None:
        self.two_way_bills = not self.two_way_bills
        self.made.prefer(two_way_bills=str(self.two_way_bills))

    def admin_changes_the_master(self) -> None:
        self.made.prefer(master_in_conflict=self.one(["quickbooks", "cashflow"]))

    # --- the bookkeeper

    def _never_back(self, kind: str) -> str:
        """One of those whose edits in QuickBooks never come over."""
        key = str(self._theirs(kind)["TxnID"])
        self.never_back.add(key)
        return key

    def books_edit_a_vendor_credit(self) -> None:
        key = self._never_back("VendorCredit")
        self.made.books.edit("VendorCredit", key, {"Memo": self.word()})

    def books_delete_a_vendor_credit(self) -> None:
        self.made.books.delete("VendorCredit", self._never_back("VendorCredit"))

    def books_void_a_bill(self) -> None:
        bill = self._theirs("Bill")
        self.made.books.void("Bill", bill["TxnID"])
        self.theirs_alone.add(bill["TxnID"])

    def books_edit_a_payment(self) -> None:
        key = self._never_back("ReceivePayment")
        self.made.books.edit("ReceivePayment", key, {"Memo": self.word()})

    def books_delete_a_payment(self) -> None:
        self.made.books.delete("ReceivePayment", self._never_back("ReceivePayment"))

    def books_delete_a_payment_of_a_bill(self) -> None:
        key = self._theirs("BillPaymentCheck")["TxnID"]
        self.made.books.delete("BillPaymentCheck", key)

    def books_credit_an_invoice(self) -> None:
        invoice = self._theirs("Invoice")
        party = {"ListID": invoice["CustomerRef"]["ListID"]}
        line = {"ItemRef": "Work", "Quantity": "1", "Rate": "5.00"}
        memo = self.made.books.add("CreditMemo", {"CustomerRef": party, "CreditMemoLine": [line]})
        applied = {"TxnID": invoice["TxnID"]}
        applied |= {"SetCredit": [{"CreditTxnID": memo, "AppliedAmount": "5.00"}]}
        fields = {"CustomerRef": party, "TotalAmount": "0.00", "AppliedToTxn": [applied]}
        self.made.books.add("ReceivePayment", fields)

    def books_merge_two_vendors(self) -> None:
        self._merge("Vendor", "VendorRef", ("Bill", "VendorCredit"))

    def books_merge_two_customers(self) -> None:
        self._merge("Customer", "CustomerRef", ("Invoice", "CreditMemo"))

    def _merge(self, kind: str, element: str, documents: tuple[str, ...]) -> None:
        """What referred to the one refers to the other, and the one is no more."""
        books = self.made.books
        gone, survivor = self._theirs(kind)["ListID"], self._theirs(kind)["ListID"]
        if gone == survivor:
            return
        for document in documents:
            for one in books.all(document):
                if one[element]["ListID"] == gone:
                    books.edit(document, one["TxnID"], {element: {"ListID": survivor}})
                    (self.theirs_alone if document == "Bill" else self.never_back).add(one["TxnID"])
        books.delete(kind, gone)
