"""THE table: one block per record type, its parts in qbXML 13.0 element order.

Owns the facts and the policy of each record type (sync-rules 1; element order and lengths:
Intuit's 13.0 specification). Everything else is derived from it. Document types stand in
`documents.py`, so that no file grows past 400 lines.
"""

from __future__ import annotations

from qbxml.documents import BILL, INVOICE, VENDOR_CREDIT
from qbxml.entity import NEVER, Entity, Family, Field, Flow, In, Kind
from qbxml.payments import BILL_PAYMENT, INVOICE_PAYMENT, TRANSFER

_EVERYTHING = Flow(new=True, edited=True, inactive=True, deleted=True)
_NO_DELETION = Flow(new=True, edited=True, inactive=True)
_ACTIVE = Field("IsActive", "active", Kind.BOOL, empty=True)
_TERMS = Field("TermsRef", "terms", Kind.REF, max_characters=31, to=("terms",))
_GUID = Field("ExternalGUID", "external_guid", Kind.GUID, In.ADD | In.RET, shared=False)

_CURRENCY = Field("CurrencyRef/FullName", "currency", messages=In.RET, shared=False)


def _name(max_characters: int) -> Field:
    return Field(
        "Name", "name", max_characters=max_characters, required=True, a_name=True, clearable=False
    )


def _parent(*resources: str) -> Field:
    return Field("ParentRef", "parent", Kind.REF, to=resources)


ACCOUNT_TYPES = (
    "AccountsPayable",
    "AccountsReceivable",
    "Bank",
    "CostOfGoodsSold",
    "CreditCard",
    "Equity",
    "Expense",
    "FixedAsset",
    "Income",
    "LongTermLiability",
    "NonPosting",
    "OtherAsset",
    "OtherCurrentAsset",
    "OtherCurrentLiability",
    "OtherExpense",
    "OtherIncome",
)

ACCOUNT = Entity(
    resource="accounts",
    singular="account",
    noun="Account",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=_NO_DELETION,
    iterates=False,
    hierarchical=True,
    parts=(
        _name(31),
        _ACTIVE,
        _parent("accounts"),
        Field(
            "AccountType",
            "type",
            Kind.ENUM,
            required=True,
            clearable=False,
            words=tuple((word, word) for word in ACCOUNT_TYPES),
            read_words=("NonPosting",),
        ),
        Field("AccountNumber", "number", max_characters=7),
        Field("Desc", "description", max_characters=200),
        Field("Balance", "balance", Kind.AMOUNT, In.RET, shared=False),
        Field("TotalBalance", "total_balance", Kind.AMOUNT, In.RET, shared=False),
        _CURRENCY,
    ),
)

DEPARTMENT = Entity(
    resource="departments",
    singular="department",
    noun="Class",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=_NO_DELETION,
    iterates=False,
    hierarchical=True,
    parts=(_name(31), _ACTIVE, _parent("departments")),
)

TERMS = Entity(
    resource="terms",
    singular="terms",
    noun="StandardTerms",
    family=Family.LIST,
    pull=Flow(new=True, edited=True),
    push=NEVER,
    rets=("StandardTerms", "DateDrivenTerms"),
    query="Terms",
    deleted_as=("StandardTerms", "DateDrivenTerms"),
    iterates=False,
    parts=(
        _name(31),
        _ACTIVE,
        Field("StdDueDays", "due_days", Kind.INT, In.RET),
        Field("StdDiscountDays", "discount_days", Kind.INT, In.RET),
        Field("DiscountPct", "discount_percent", Kind.PERCENT, In.RET),
        Field("DayOfMonthDue", "day_of_month_due", Kind.INT, In.RET),
        Field("DueNextMonthDays", "due_next_month_days", Kind.INT, In.RET),
        Field("DiscountDayOfMonth", "discount_day_of_month", Kind.INT, In.RET),
    ),
)

VENDOR = Entity(
    resource="vendors",
    singular="vendor",
    noun="Vendor",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=_NO_DELETION,
    external_guid=True,
    needs=("terms",),
    parts=(
        _name(41),
        _ACTIVE,
        Field("CompanyName", "company_name", max_characters=41),
        Field("VendorAddress", "address", Kind.ADDRESS),
        Field("Phone", "phone", max_characters=21),
        Field("Email", "email", max_characters=1023),
        Field("AccountNumber", "account_number", max_characters=99),
        _TERMS,
        Field("VendorTaxIdent", "tax_id", max_characters=15, withheld=True),
        Field("IsVendorEligibleFor1099", "is_1099", Kind.BOOL, empty=False),
        _GUID,
        _CURRENCY,
    ),
)

_CUSTOMER_PARTS = (
    _name(41),
    _ACTIVE,
    _parent("customers", "jobs"),
    Field("CompanyName", "company_name", max_characters=41),
    Field("BillAddress", "bill_address", Kind.ADDRESS),
    Field("ShipAddress", "ship_address", Kind.ADDRESS),
    Field("Phone", "phone", max_characters=21),
    Field("Email", "email", max_characters=1023),
    _TERMS,
    _GUID,
    _CURRENCY,
)

CUSTOMER = Entity(
    resource="customers",
    singular="customer",
    noun="Customer",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=_NO_DELETION,
    external_guid=True,
    needs=("terms",),
    child=False,
    hierarchical=True,
    parts=_CUSTOMER_PARTS,
)

JOB = Entity(
    resource="jobs",
    singular="job",
    noun="Customer",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=NEVER,
    needs=("customers",),
    child=True,
    hierarchical=True,
    parts=_CUSTOMER_PARTS,
)

ITEM_KINDS = (
    "ItemService",
    "ItemNonInventory",
    "ItemOtherCharge",
    "ItemInventory",
    "ItemInventoryAssembly",
    "ItemFixedAsset",
    "ItemSubtotal",
    "ItemDiscount",
    "ItemPayment",
    "ItemSalesTax",
    "ItemSalesTaxGroup",
    "ItemGroup",
)

ITEM = Entity(
    resource="items",
    singular="item",
    noun="Item",
    family=Family.LIST,
    pull=_EVERYTHING,
    push=NEVER,
    rets=ITEM_KINDS,
    deleted_as=ITEM_KINDS,
    hierarchical=True,
    parts=(
        _name(31),
        _ACTIVE,
        _parent("items"),
        Field(
            (
                "SalesOrPurchase/Desc",
                "SalesAndPurchase/SalesDesc",
                "SalesDesc",
                "ItemDesc",
                "AssetDesc",
                "FixedAssetSalesInfo/SalesDesc",
            ),
            "description",
            messages=In.RET,
        ),
        Field(
            ("SalesOrPurchase/Price", "SalesAndPurchase/SalesPrice", "SalesPrice"),
            "price",
            Kind.PRICE,
            In.RET,
        ),
        Field(
            ("SalesOrPurchase/PricePercent", "DiscountRatePercent", "TaxRate"),
            "percent",
            Kind.PERCENT,
            In.RET,
        ),
        Field(
            ("SalesAndPurchase/PurchaseCost", "PurchaseCost"),
            "cost",
            Kind.PRICE,
            In.RET,
        ),
        Field(
            (
                "SalesOrPurchase/AccountRef",
                "SalesAndPurchase/IncomeAccountRef",
                "IncomeAccountRef",
                "AccountRef",
                "AssetAccountRef",
                "DepositToAccountRef",
            ),
            "account",
            Kind.REF,
            In.RET,
            to=("accounts",),
        ),
    ),
)

# Reading and writing order: whatever a record refers to stands above it.
ENTITIES: tuple[Entity, ...] = (
    ACCOUNT,
    DEPARTMENT,
    TERMS,
    VENDOR,
    CUSTOMER,
    JOB,
    ITEM,
    BILL,
    VENDOR_CREDIT,
    INVOICE,
    BILL_PAYMENT,
    INVOICE_PAYMENT,
    TRANSFER,
)

WIRE: tuple[Entity, ...] = tuple(one for entity in ENTITIES for one in entity.wire)
"""The same as QuickBooks knows them: a type with variants is each of its variants."""

BY_RESOURCE: dict[str, Entity] = {entity.resource: entity for entity in ENTITIES}


def _by_ret() -> dict[str, tuple[Entity, ...]]:
    found: dict[str, tuple[Entity, ...]] = {}
    for entity in WIRE:
        for element in entity.ret_elements:
            found[element] = (*found.get(element, ()), entity)
    return found


def _by_del_type() -> dict[tuple[Family, str], tuple[Entity, ...]]:
    found: dict[tuple[Family, str], tuple[Entity, ...]] = {}
    for entity in WIRE:
        for name in entity.del_types:
            key = (entity.family, name)
            found[key] = (*found.get(key, ()), entity)
    return found


# `CustomerRet` serves customers and jobs: hence tuples.
BY_RET: dict[str, tuple[Entity, ...]] = _by_ret()
BY_DEL_TYPE: dict[tuple[Family, str], tuple[Entity, ...]] = _by_del_type()


def _by_mover() -> dict[str, tuple[Entity, ...]]:
    found: dict[str, tuple[Entity, ...]] = {}
    for entity in ENTITIES:
        for noun in entity.moved_by:
            found[noun] = (*found.get(noun, ()), entity)
    return found


# QuickBooks' noun of what moves balances -> the types whose balances it moves.
MOVERS: dict[str, tuple[Entity, ...]] = _by_mover()


def queries() -> tuple[tuple[Entity, ...], ...]:
    """The entities grouped by the query that reads them, in reading order; variants singly."""
    groups: dict[str, tuple[Entity, ...]] = {}
    for entity in WIRE:
        groups[entity.query_noun] = (*groups.get(entity.query_noun, ()), entity)
    return tuple(groups.values())


def sharing_rows(resource: str) -> tuple[str, ...]:
    """The resources kept in one ledger table with this one: customers and jobs."""
    entity = BY_RESOURCE[resource]
    return tuple(other.resource for other in ENTITIES if other.query_noun == entity.query_noun)


for _position, _entity in enumerate(ENTITIES):
    for _needed in _entity.needs:
        # A table that contradicts itself must not even import.
        if ENTITIES.index(BY_RESOURCE[_needed]) >= _position:
            raise AssertionError(f"{_entity.resource} stands before {_needed}, which it needs")
