"""Which voids, deletions and queries qbXML 13.0 knows, as data.

Owns these facts where they go beyond the record types of THE table. It must not build anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from qbxml.entities import MOVERS, WIRE
from qbxml.entity import Family

# QuickBooks can neither void customer payments nor void or delete transfers through qbXML.
VOIDABLE = frozenset(
    {
        "ARRefundCreditCard",
        "Bill",
        "BillPaymentCheck",
        "BillPaymentCreditCard",
        "Charge",
        "Check",
        "CreditCardCharge",
        "CreditCardCredit",
        "CreditMemo",
        "Deposit",
        "InventoryAdjustment",
        "Invoice",
        "ItemReceipt",
        "JournalEntry",
        "SalesReceipt",
        "VendorCredit",
    }
)
DELETABLE = VOIDABLE | {
    "BuildAssembly",
    "Estimate",
    "PurchaseOrder",
    "ReceivePayment",
    "SalesOrder",
    "SalesTaxPaymentCheck",
    "TimeTracking",
    "TransferInventory",
    "VehicleMileage",
}


@dataclass(frozen=True, slots=True)
class QueryFacts:
    """What a query takes: the names are those of `build.query`'s parameters."""

    family: Family
    takes: frozenset[str]
    iterates: bool = True


_ALWAYS = frozenset(("ids", "max_returned", "modified_from", "only"))
_LIST = _ALWAYS | {"full_names"}
_OWNED = _LIST | {"owner_ids"}
_TXN = _ALWAYS | {"ref_numbers", "dates", "party_ids", "number_range", "lines", "owner_ids"}
QUERIES: dict[str, QueryFacts] = {
    "Account": QueryFacts(Family.LIST, _OWNED | {"account_type"}, iterates=False),
    "Class": QueryFacts(Family.LIST, _LIST, iterates=False),
    "Terms": QueryFacts(Family.LIST, _LIST, iterates=False),
    "Vendor": QueryFacts(Family.LIST, _OWNED),
    "Customer": QueryFacts(Family.LIST, _OWNED),
    "Item": QueryFacts(Family.LIST, _OWNED),
    "Employee": QueryFacts(Family.LIST, _OWNED, iterates=False),
    "OtherName": QueryFacts(Family.LIST, _OWNED, iterates=False),
    "SalesTaxCode": QueryFacts(Family.LIST, _LIST, iterates=False),
    "Bill": QueryFacts(Family.TXN, _TXN | {"linked", "paid_status"}),
    "Invoice": QueryFacts(Family.TXN, _TXN | {"linked", "paid_status"}),
    "VendorCredit": QueryFacts(Family.TXN, _TXN | {"linked"}),
    "CreditMemo": QueryFacts(Family.TXN, _TXN | {"linked"}),
    "Estimate": QueryFacts(Family.TXN, _TXN | {"linked"}),
    "BillPaymentCheck": QueryFacts(Family.TXN, _TXN),
    "BillPaymentCreditCard": QueryFacts(Family.TXN, _TXN),
    "ReceivePayment": QueryFacts(Family.TXN, _TXN),
    "Transfer": QueryFacts(Family.TXN, _ALWAYS | {"dates"}),
}
PAID_STATUSES = ("All", "PaidOnly", "NotPaidOnly")

for _entity in WIRE:
    # Tables that contradict each other must not even import.
    _facts = QUERIES[_entity.query_noun]
    if (_facts.iterates, _facts.family) != (_entity.iterates, _entity.family):
        raise AssertionError(f"QUERIES and the table differ in {_entity.query_noun}")

for _noun in MOVERS:
    if _noun not in QUERIES or _noun not in DELETABLE:
        raise AssertionError(f"{_noun} moves balances, but nobody could ask for it")


def names_its_documents(noun: str) -> dict[str, bool]:
    """What a query must ask for so that the answer names the documents this noun moves."""
    return {"linked": True} if "linked" in QUERIES[noun].takes else {"lines": True}
