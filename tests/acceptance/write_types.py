"""Every write that goes to QuickBooks: how the App causes it, and what must be there afterwards.

Owns the rows of the matrix in `test_matrix.py`. It must not know faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.acceptance.conftest import stock
from tests.acceptance.world import World

DAY = "2026-03-02"
Record = dict[str, Any]


@dataclass(frozen=True)
class WriteType:
    """One kind of write: `prepare` makes what both sides have before, `act` causes the write."""

    resource: str
    noun: str
    """Its request in QuickBooks."""
    prepare: Callable[[World, int], Record | None]
    act: Callable[[World, int, Record | None], Record]
    adds: int = 1
    """How many more records of its kind QuickBooks has afterwards."""

    @property
    def kind(self) -> str:
        """What QuickBooks calls such a record."""
        return KINDS[self.resource]


KINDS = {
    "accounts": "Account",
    "departments": "Class",
    "vendors": "Vendor",
    "customers": "Customer",
    "bills": "Bill",
    "vendor-credits": "VendorCredit",
    "bill-payments": "BillPaymentCheck",
    "invoices": "Invoice",
    "invoice-payments": "ReceivePayment",
    "funds-transfers": "Transfer",
}


def ground(made: World) -> None:
    """What all writes stand on."""
    stock(made)
    made.books.add("Account", {"Name": "Clearing", "AccountType": "Bank"})
    price = {"Price": "10.00", "AccountRef": {"FullName": "Sales"}}
    made.books.add("ItemService", {"Name": "Work", "SalesOrPurchase": price})
    made.books.add("Vendor", {"Name": "Old Vendor"})
    made.books.add("Customer", {"Name": "Old Client"})
    made.sync()
    made.prefer(money_out_clearing="Clearing")


def _expense(amount: str) -> list[Record]:
    return [{"account": {"name": "Rent"}, "amount": amount}]


def _bodies(resource: str, number: int, what: str) -> Record:
    """A record of that resource; `what` keeps the rows of the matrix apart."""
    bodies: dict[str, Record] = {
        "accounts": {"name": f"{what} {number}", "type": "Expense"},
        "departments": {"name": f"{what} {number}"},
        "vendors": {"name": f"{what} vendor {number}"},
        "customers": {"name": f"{what} customer {number}"},
        "bills": {
            "vendor": {"name": "Old Vendor"},
            "bill_date": DAY,
            "number": f"{what}{number}",
            "expense_lines": _expense("12.00"),
        },
        "vendor-credits": {
            "vendor": {"name": "Old Vendor"},
            "credit_date": DAY,
            "number": f"{what}{number}",
            "expense_lines": _expense("3.00"),
        },
        "invoices": {
            "customer": {"name": "Old Client"},
            "invoice_date": DAY,
            "number": f"{what}{number}",
            "lines": [{"item": {"name": "Work"}, "quantity": "2", "rate": "9.99"}],
        },
        "funds-transfers": {
            "from_account": {"name": "Checking"},
            "to_account": {"name": "Clearing"},
            "amount": f"{number + 1}.50",
            "transfer_date": DAY,
        },
    }
    return bodies[resource]


def _nothing(_made: World, _number: int) -> None:
    return None


def _made_before(resource: str, what: str) -> Callable[[World, int], Record]:
    return lambda made, number: made.add(resource, **_bodies(resource, number, what))


def _adding(resource: str) -> Callable[[World, int, Record | None], Record]:
    return lambda made, number, _: made.add(resource, **_bodies(resource, number, "A"))


def _changing(resource: str, **body: Any) -> Callable[[World, int, Record | None], Record]:
    return lambda made, _, known: made.change(resource, _of(known)["id"], **body)


def _of(known: Record | None) -> Record:
    assert known is not None
    return known


def _delete_bill(made: World, _number: int, known: Record | None) -> Record:
    made.delete("bills", _of(known)["id"])
    return _of(known)


def _pay(made: World, invoice: Record) -> Record:
    return made.add(
        "invoice-payments",
        customer={"name": "Old Client"},
        payment_date=DAY,
        amount="5.00",
        applications=[{"invoice": invoice["id"], "amount": "5.00"}],
    )


def _paying(made: World, _number: int, known: Record | None) -> Record:
    return _pay(made, _of(known))


def _paid_before(made: World, number: int) -> Record:
    invoice = made.add("invoices", **_bodies("invoices", number, "V"))
    return _pay(made, invoice)


def _pay_bill(made: World, bill: Record) -> Record:
    return made.add(
        "bill-payments",
        vendor={"name": "Old Vendor"},
        payment_date=DAY,
        method="check",
        applications=[{"bill": bill["id"], "amount": "12.00"}],
    )


def _paying_a_bill(made: World, _number: int, known: Record | None) -> Record:
    return _pay_bill(made, _of(known))


def _bill_paid_before(made: World, number: int) -> Record:
    return _pay_bill(made, made.add("bills", **_bodies("bills", number, "W")))


def _voiding(resource: str) -> Callable[[World, int, Record | None], Record]:
    def act(made: World, _number: int, known: Record | None) -> Record:
        made.void(resource, _of(known)["id"])
        return _of(known)

    return act


def _new(resource: str, noun: str) -> WriteType:
    return WriteType(resource, noun, _nothing, _adding(resource))


def _edit(resource: str, noun: str, **body: Any) -> WriteType:
    return WriteType(resource, noun, _made_before(resource, "M"), _changing(resource, **body), 0)


WRITE_TYPES: tuple[WriteType, ...] = (
    _new("accounts", "AccountAdd"),
    _edit("accounts", "AccountMod", description="changed"),
    _new("departments", "ClassAdd"),
    _edit("departments", "ClassMod", active=False),
    _new("vendors", "VendorAdd"),
    _edit("vendors", "VendorMod", phone="555-1"),
    _new("customers", "CustomerAdd"),
    _edit("customers", "CustomerMod", email="a@example.com"),
    _new("bills", "BillAdd"),
    _edit("bills", "BillMod", expense_lines=[*_expense("12.00"), *_expense("1.00")]),
    WriteType("bills", "TxnDel", _made_before("bills", "D"), _delete_bill, -1),
    _new("vendor-credits", "VendorCreditAdd"),
    _edit("vendor-credits", "VendorCreditMod", memo="changed"),
    WriteType("bill-payments", "BillPaymentCheckAdd", _made_before("bills", "Q"), _paying_a_bill),
    WriteType("bill-payments", "TxnVoid", _bill_paid_before, _voiding("bill-payments"), 0),
    _new("invoices", "InvoiceAdd"),
    WriteType("invoice-payments", "ReceivePaymentAdd", _made_before("invoices", "P"), _paying),
    WriteType("invoice-payments", "TxnDel", _paid_before, _voiding("invoice-payments"), -1),
    _new("funds-transfers", "TransferAdd"),
    WriteType(
        "funds-transfers",
        "TransferAdd",
        _made_before("funds-transfers", "R"),
        _voiding("funds-transfers"),
    ),
)
