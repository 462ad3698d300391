"""The kinds of records in a company file, as rows.

Owns what differs between kinds: name spaces, hierarchies, what a reference may point at, which
accounts a transaction may use, how totals are called. A further kind is a further row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

NAMES_DEPTH_MAX = 5


@dataclass(frozen=True)
class ListKind:
    """One kind of list record.

    `space` is the set of kinds whose ids and names are kept together; `label` and `plural` are
    the words QuickBooks uses in its messages.
    """

    noun: str
    space: str
    label: str
    plural: str
    nests: bool = False


ITEM_KINDS = tuple(
    f"Item{word}"
    for word in (
        "Service",
        "NonInventory",
        "OtherCharge",
        "Inventory",
        "InventoryAssembly",
        "FixedAsset",
        "Subtotal",
        "Discount",
        "Payment",
        "SalesTax",
        "SalesTaxGroup",
        "Group",
    )
)
NESTING_ITEMS = frozenset(ITEM_KINDS[:5]) | {"ItemDiscount"}
HELPER_LISTS = (
    "SalesTaxCode",
    "PaymentMethod",
    "SalesRep",
    "CustomerType",
    "VendorType",
    "JobType",
    "ShipMethod",
    "CustomerMsg",
    "PriceLevel",
    "Template",
    "Currency",
    "BillingRate",
    "InventorySite",
    "UnitOfMeasureSet",
)
ENTITY_KINDS = ("Vendor", "Customer", "Employee", "OtherName")
TERMS_KINDS = ("StandardTerms", "DateDrivenTerms")

LIST_KINDS: Mapping[str, ListKind] = {
    kind.noun: kind
    for kind in (
        ListKind("Account", "account", "Account", "Accounts", nests=True),
        ListKind("Class", "class", "Class", "Classes", nests=True),
        ListKind("Vendor", "names", "Vendor", "Vendors"),
        ListKind("Customer", "names", "Customer", "Customers", nests=True),
        ListKind("Employee", "names", "Employee", "Employees"),
        ListKind("OtherName", "names", "Other Name", "Other Names"),
        *(ListKind(noun, "terms", "Terms", "Terms") for noun in TERMS_KINDS),
        *(ListKind(noun, "item", "Item", "Items", noun in NESTING_ITEMS) for noun in ITEM_KINDS),
        *(ListKind(noun, noun.lower(), noun, noun) for noun in HELPER_LISTS),
    )
}

# What an element that ends in Ref may name. Every other ...AccountRef names an account.
_REFS: Mapping[str, tuple[str, ...]] = {
    "VendorRef": ("Vendor",),
    "PrefVendorRef": ("Vendor",),
    "TaxVendorRef": ("Vendor",),
    "PayeeEntityRef": ("Vendor",),
    "CustomerRef": ("Customer",),
    "EntityRef": ENTITY_KINDS,
    "ClassRef": ("Class",),
    "DiscountClassRef": ("Class",),
    "TermsRef": TERMS_KINDS,
    "ItemRef": ITEM_KINDS,
    "ItemGroupRef": ("ItemGroup",),
    "ItemSalesTaxRef": ("ItemSalesTax", "ItemSalesTaxGroup"),
    "ItemInventoryRef": ("ItemInventory", "ItemInventoryAssembly"),
    "CustomerSalesTaxCodeRef": ("SalesTaxCode",),
    "PreferredPaymentMethodRef": ("PaymentMethod",),
    "OverrideUOMSetRef": ("UnitOfMeasureSet",),
    "InventorySiteLocationRef": ("InventorySite",),
    "HomeCurrencyRef": ("Currency",),
    "DefaultItemSalesTaxRef": ("ItemSalesTax", "ItemSalesTaxGroup"),
    "DefaultTaxableSalesTaxCodeRef": ("SalesTaxCode",),
    "DefaultNonTaxableSalesTaxCodeRef": ("SalesTaxCode",),
    **{f"{noun}Ref": (noun,) for noun in HELPER_LISTS},
}


def ref_targets(element: str, kind: str) -> tuple[str, ...]:
    """The kinds an element of a `kind` may refer to. KeyError when it is no reference."""
    if element == "ParentRef":
        return ITEM_KINDS if kind in ITEM_KINDS else (kind,)
    if element.endswith("AccountRef"):
        return ("Account",)
    return _REFS[element]


BALANCE_SHEET_TYPES = frozenset(
    (
        "Bank",
        "CreditCard",
        "OtherCurrentAsset",
        "OtherAsset",
        "FixedAsset",
        "OtherCurrentLiability",
        "LongTermLiability",
        "Equity",
        "AccountsPayable",
        "AccountsReceivable",
    )
)
_PROFIT_AND_LOSS = frozenset(
    (
        "Income",
        "OtherIncome",
        "Expense",
        "OtherExpense",
        "CostOfGoodsSold",
    )
)
CREDIT_TYPES = frozenset(
    (
        "AccountsPayable",
        "CreditCard",
        "OtherCurrentLiability",
        "LongTermLiability",
        "Equity",
        "Income",
        "OtherIncome",
    )
)
_LINE_TYPES = (BALANCE_SHEET_TYPES | _PROFIT_AND_LOSS) - {"AccountsPayable", "AccountsReceivable"}
_MONEY_TYPES = BALANCE_SHEET_TYPES - {"AccountsPayable", "AccountsReceivable"}
NEEDED_ACCOUNT_TYPE: Mapping[str, frozenset[str]] = {
    "APAccountRef": frozenset(("AccountsPayable",)),
    "ARAccountRef": frozenset(("AccountsReceivable",)),
    "BankAccountRef": frozenset(("Bank",)),
    "CreditCardAccountRef": frozenset(("CreditCard",)),
    "DepositToAccountRef": frozenset(("Bank", "OtherCurrentAsset")),
    "TransferFromAccountRef": _MONEY_TYPES,
    "TransferToAccountRef": _MONEY_TYPES,
    "DiscountAccountRef": _PROFIT_AND_LOSS,
    "OverrideItemAccountRef": _LINE_TYPES,
}
EXPENSE_LINE_TYPES = _LINE_TYPES


@dataclass(frozen=True)
class TxnKind:
    """One kind of transaction.

    `party` and `account` are the elements that name whose it is and which payable, receivable or
    paying account it stands in ('' for what posts nowhere); `filter_accounts` are those an
    AccountFilter looks at; `lines` its line tables; `total` the element of its total.
    """

    noun: str
    family: str
    party: str = ""
    account: str = ""
    filter_accounts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    total: str = ""


_PURCHASE_LINES = ("ExpenseLine", "ItemLine", "ItemGroupLine")
TXN_KINDS: Mapping[str, TxnKind] = {
    kind.noun: kind
    for kind in (
        TxnKind(
            "Bill",
            "purchase",
            "VendorRef",
            "APAccountRef",
            ("APAccountRef",),
            _PURCHASE_LINES,
            "AmountDue",
        ),
        TxnKind(
            "VendorCredit",
            "purchase",
            "VendorRef",
            "APAccountRef",
            ("APAccountRef",),
            _PURCHASE_LINES,
            "CreditAmount",
        ),
        TxnKind(
            "Invoice",
            "sale",
            "CustomerRef",
            "ARAccountRef",
            ("ARAccountRef",),
            ("InvoiceLine", "InvoiceLineGroup"),
            "",
        ),
        TxnKind(
            "CreditMemo",
            "sale",
            "CustomerRef",
            "ARAccountRef",
            ("ARAccountRef",),
            ("CreditMemoLine", "CreditMemoLineGroup"),
            "TotalAmount",
        ),
        TxnKind(
            "Estimate",
            "sale",
            "CustomerRef",
            lines=("EstimateLine", "EstimateLineGroup"),
            total="TotalAmount",
        ),
        TxnKind(
            "BillPaymentCheck",
            "payment",
            "PayeeEntityRef",
            "APAccountRef",
            ("BankAccountRef", "APAccountRef"),
            ("AppliedToTxn",),
            "Amount",
        ),
        TxnKind(
            "BillPaymentCreditCard",
            "payment",
            "PayeeEntityRef",
            "APAccountRef",
            ("CreditCardAccountRef", "APAccountRef"),
            ("AppliedToTxn",),
            "Amount",
        ),
        TxnKind(
            "ReceivePayment",
            "payment",
            "CustomerRef",
            "ARAccountRef",
            ("DepositToAccountRef", "ARAccountRef"),
            ("AppliedToTxn",),
            "TotalAmount",
        ),
        TxnKind(
            "PurchaseOrder",
            "order",
            "VendorRef",
            lines=("PurchaseOrderLine",),
            total="TotalAmount",
        ),
        TxnKind("Transfer", "movement", total="Amount"),
        TxnKind("JournalEntry", "movement", lines=("JournalDebitLine", "JournalCreditLine")),
        TxnKind("Deposit", "movement", lines=("DepositLine",), total="DepositTotal"),
    )
}
NOT_DELETABLE = frozenset(("Transfer",))
NOT_VOIDABLE = frozenset(("Transfer", "ReceivePayment", "Estimate"))

_SPECIAL_RETS: Mapping[str, tuple[str, ...]] = {
    "ItemQuery": ITEM_KINDS,
    "TermsQuery": TERMS_KINDS,
    "ListDel": (),
    "TxnDel": (),
    "TxnVoid": (),
}


def query_rets(noun: str) -> tuple[str, ...]:
    """The Ret nouns a request may be answered with."""
    if noun in _SPECIAL_RETS:
        return _SPECIAL_RETS[noun]
    for ending in ("Query", "Add", "Mod"):
        if noun.endswith(ending):
            return (noun[: -len(ending)],)
    return ()
