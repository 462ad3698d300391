"""Two people at random: what the App and the bookkeeper may do to lists, bills and invoices.

Owns the ground on which they stand and these acts; `two_money.py` adds what moves money. Whatever
one side refuses is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from store.errors import NotFound
from tests.acceptance.world import World

NAMES = (
    "Acme",
    "ACME",
    "Acme, Inc.",
    "North",
    "South",
    "O\u2019Neil & S\u00f6hne",
    "\u201cBest\u201d \u0152uvres <1>",
    "Zo\u00eb 100%",
    "A & B",
    "Gamma",
    "Delta",
    "delta",
    "Epsilon - Z",
    "\u201aEta\u2018",
)
NUMBERS = (None, "1", "2", "b-7", "B-7")
DAYS = ("2026-02-20", "2026-03-01", "2026-03-02", "2026-03-09")
KINDS = {
    "accounts": "Account",
    "departments": "Class",
    "vendors": "Vendor",
    "customers": "Customer",
}
_TEXT = {"accounts": "description", "vendors": "phone", "customers": "email"}
_ELEMENT = {"Account": "Desc", "Vendor": "Phone", "Customer": "Email", "Bill": "Memo"}
Pick = Callable[[int], int]
"""A number from 0 up to and without the one given."""


class People:
    """One world, and two people who act on it; `pick` decides everything."""

    def __init__(self, made: World, pick: Pick, *, two_way_bills: bool) -> None:
        self.made = made
        self.pick = pick
        self.two_way_bills = two_way_bills
        self.theirs_alone: set[str] = set()
        """Bills that the bookkeeper changed: without two-way sync that never comes over."""
        self.never_back: set[str] = set()
        """Credits and payments that the bookkeeper changed: that never comes over."""
        self.begin()

    def begin(self) -> None:
        """What both sides have at first."""
        made, books = self.made, self.made.books
        books.add("Account", {"Name": "Checking", "AccountType": "Bank"})
        books.add("Account", {"Name": "Clearing", "AccountType": "Bank"})
        books.add("Account", {"Name": "Rent", "AccountType": "Expense"})
        books.add("Account", {"Name": "Sales", "AccountType": "Income"})
        books.add("StandardTerms", {"Name": "Net 30", "StdDueDays": "30"})
        for number in range(3):
            books.add("Vendor", {"Name": f"Vendor {number}", "TermsRef": "Net 30"})
            books.add("Customer", {"Name": f"Client {number}"})
            books.add("Class", {"Name": f"Class {number}"})
            books.add("Account", {"Name": f"Cost {number}", "AccountType": "Expense"})
        service = {"Price": "10.00", "AccountRef": "Sales"}
        books.add("ItemService", {"Name": "Work", "SalesOrPurchase": service})
        made.sync()
        for _ in range(3):
            self.app_adds_a_bill()
            self.books_add_an_invoice()
        made.sync()

    def one(self, found: Sequence[Any]) -> Any:
        """One of them; NotFound when there is none."""
        if not found:
            raise NotFound("There is none.")
        return found[self.pick(len(found))]

    def word(self) -> str:
        """Some value to enter."""
        return f"v{self.pick(4)}@example.com"

    # --- the App

    def app_adds_a_list_record(self) -> None:
        resource = self.one(list(KINDS))
        body: dict[str, Any] = {"name": self.one(NAMES)}
        if resource == "accounts":
            body["type"] = "Expense"
        if resource in {"accounts", "departments"} and self.pick(2):
            body["parent"] = self.one(self._above(resource))["id"]
        if resource in _TEXT and self.pick(2):
            body[_TEXT[resource]] = self.word()
        self.made.add(resource, **body)

    def app_edits_a_list_record(self) -> None:
        resource = self.one(list(KINDS))
        found = self.one(self.made.all(resource))
        body: dict[str, Any] = {}
        if self.pick(2) and resource in _TEXT:
            body[_TEXT[resource]] = self.word() if self.pick(4) else None
        if not self.pick(3):
            body["name"] = self.one(NAMES)
        if not self.pick(4):
            body["active"] = not found["active"]
        if resource in {"accounts", "departments"} and not self.pick(3):
            above = self.one([{"id": None}, *self._above(resource)])
            body["parent"] = above["id"]
        self.made.change(resource, found["id"], **body)

    def _above(self, resource: str) -> list[dict[str, Any]]:
        return [r for r in self.made.all(resource) if r.get("type") in {None, "Expense"}]

    def _expense(self) -> dict[str, Any]:
        line: dict[str, Any] = {"account": {"name": "Rent"}, "amount": f"{self.pick(3) + 1}.00"}
        if self.pick(2):
            line["memo"] = self.one(NAMES)
        if not self.pick(3):
            line["department"] = self.one(self.made.all("departments"))["id"]
        if not self.pick(3):
            line |= {"customer": self.one(self.made.all("customers"))["id"]}
            line |= {"billable_status": "billable"} if self.pick(2) else {}
        return line

    def _bill_lines(self) -> dict[str, Any]:
        lines: dict[str, Any] = {
            "expense_lines": [self._expense() for _ in range(1 + self.pick(2))]
        }
        if not self.pick(3):
            lines["item_lines"] = [{"item": {"name": "Work"}, "quantity": "2", "cost": "1.5"}]
        return lines

    def app_adds_a_bill(self) -> None:
        vendor = self.one(self.made.all("vendors"))
        body = {"vendor": vendor["id"], "bill_date": self.one(DAYS)} | self._bill_lines()
        if self.pick(2):
            body["terms"] = {"name": "Net 30"}
        self.made.add("bills", **body, number=self.one(NUMBERS))

    def app_edits_a_bill(self) -> None:
        bill = self.one(self.made.all("bills"))
        body: dict[str, Any] = {}
        if self.pick(2):
            body["memo"] = self.word() if self.pick(4) else None
        if not self.pick(3):
            body["number"] = self.one(NUMBERS)
        if not self.pick(3):
            body["expense_lines"] = [*bill["expense_lines"][self.pick(2) :], self._expense()]
        if not self.pick(4):
            body["item_lines"] = []
        self.made.change("bills", bill["id"], **body)

    def app_deletes_a_bill(self) -> None:
        self.made.delete("bills", self.one(self.made.all("bills"))["id"])

    def _invoice_body(self) -> dict[str, Any]:
        line = {"item": {"name": "Work"}, "quantity": "1.5", "rate": "99.99", "taxable": False}
        return {"invoice_date": self.one(DAYS), "lines": [line] * (1 + self.pick(2))}

    def app_adds_an_invoice(self) -> None:
        customer = self.one(self.made.all("customers") + self.made.all("jobs"))
        number = self.one(NUMBERS)
        self.made.add("invoices", customer=customer["id"], number=number, **self._invoice_body())

    def app_edits_an_invoice(self) -> None:
        found = self.one(self.made.all("invoices"))
        self.made.change("invoices", found["id"], number=self.one(NUMBERS), memo=self.word())

    def app_deletes_an_invoice(self) -> None:
        self.made.delete("invoices", self.one(self.made.all("invoices"))["id"])

    # --- the bookkeeper

    def _theirs(self, kind: str) -> dict[str, Any]:
        # The accounts that QuickBooks needs itself are left alone.
        known = self.made.books.all(kind)
        own = [r for r in known if r.get("AccountType") in {None, "Expense"}]
        found: dict[str, Any] = self.one(own)
        return found

    def books_add_a_list_record(self) -> None:
        kind = self.one(list(KINDS.values()))
        fields: dict[str, Any] = {"Name": self.one(NAMES)}
        if kind == "Account":
            fields["AccountType"] = "Expense"
        if kind != "Vendor" and self.pick(2):
            fields["ParentRef"] = {"ListID": self._theirs(kind)["ListID"]}
        if kind in _ELEMENT and self.pick(2):
            fields[_ELEMENT[kind]] = self.word()
        self.made.books.add(kind, fields)

    def books_edit_a_list_record(self) -> None:
        kind = self.one(list(KINDS.values()))
        found = self._theirs(kind)
        fields: dict[str, Any] = {}
        if self.pick(2) and kind in _ELEMENT:
            fields[_ELEMENT[kind]] = self.word() if self.pick(4) else ""
        if not self.pick(3):
            fields["Name"] = self.one(NAMES)
        if not self.pick(4):
            fields["IsActive"] = "false" if found["IsActive"] == "true" else "true"
        if kind != "Vendor" and not self.pick(3):
            fields["ParentRef"] = {"ListID": self._theirs(kind)["ListID"]} if self.pick(3) else ""
        self.made.books.edit(kind, found["ListID"], fields)

    def books_delete_a_list_record(self) -> None:
        kind = self.one([*KINDS.values(), "ItemService"])
        self.made.books.delete(kind, self._theirs(kind)["ListID"])

    def books_add_a_bill(self) -> None:
        line = {"AccountRef": "Rent", "Amount": f"{self.pick(3) + 1}.00"}
        fields = {
            "VendorRef": {"ListID": self._theirs("Vendor")["ListID"]},
            "TxnDate": self.one(DAYS),
            "ExpenseLine": [line] * (1 + self.pick(2)),
            "RefNumber": self.one(NUMBERS) or "",
        }
        self.made.books.add("Bill", fields)

    def books_edit_a_bill(self) -> None:
        bill = self._theirs("Bill")
        fields: dict[str, Any] = {"Memo": self.word()}
        if not self.pick(3):
            fields["ExpenseLine"] = [{"AccountRef": "Rent", "Amount": f"{self.pick(9) + 1}.00"}]
        self.made.books.edit("Bill", bill["TxnID"], fields)
        self.theirs_alone.add(bill["TxnID"])

    def books_delete_a_bill(self) -> None:
        bill = self._theirs("Bill")
        self.made.books.delete("Bill", bill["TxnID"])
        self.theirs_alone.add(bill["TxnID"])

    def books_pay_a_bill(self) -> None:
        bill = self._theirs("Bill")
        fields = {
            "PayeeEntityRef": {"ListID": bill["VendorRef"]["ListID"]},
            "BankAccountRef": "Checking",
            "AppliedToTxn": [{"TxnID": bill["TxnID"], "PaymentAmount": "0.50"}],
        }
        self.made.books.add("BillPaymentCheck", fields)

    def books_add_an_invoice(self) -> None:
        line = {"ItemRef": "Work", "Quantity": "2", "Rate": "25.00"}
        fields = {
            "CustomerRef": {"ListID": self._theirs("Customer")["ListID"]},
            "TxnDate": self.one(DAYS),
            "RefNumber": self.one(NUMBERS) or "",
            "InvoiceLine": [line] * (1 + self.pick(2)),
        }
        self.made.books.add("Invoice", fields)

    def books_edit_an_invoice(self) -> None:
        fields: dict[str, Any] = {"Memo": self.word()}
        if self.pick(2):
            fields["TxnDate"] = self.one(DAYS)
        self.made.books.edit("Invoice", self._theirs("Invoice")["TxnID"], fields)

    def books_void_an_invoice(self) -> None:
        self.made.books.void("Invoice", self._theirs("Invoice")["TxnID"])

    def books_delete_an_invoice(self) -> None:
        self.made.books.delete("Invoice", self._theirs("Invoice")["TxnID"])

    def books_take_a_payment(self) -> None:
        invoice = self._theirs("Invoice")
        fields = {
            "CustomerRef": {"ListID": invoice["CustomerRef"]["ListID"]},
            "TotalAmount": "10.00",
            "AppliedToTxn": [{"TxnID": invoice["TxnID"], "PaymentAmount": "10.00"}],
        }
        self.made.books.add("ReceivePayment", fields)
