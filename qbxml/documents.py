"""The document types of THE table: bills and invoices, their parts in 13.0 element order.

Owns their facts and policy; `entities.py` gathers them. It must not know how they are built,
read, stored or sent.
"""

from __future__ import annotations

from qbxml.entity import NEVER, Entity, Family, Field, Flow, In, Kind, Lines, Switch

NUMBER = 20
_NUMBER_INVOICE = 11
_MEMO = 4095


# Most characters of a reference by full name.
_FULL_NAMES = {
    "accounts": 159,
    "departments": 159,
    "vendors": 41,
    "customers": 209,
    "terms": 31,
    "sales_tax_code": 3,
    "method": 31,
}


def ref(element: str, name: str, *to: str, required: bool = False, clearable: bool = True) -> Field:
    """A reference; its longest full name follows from what it points at."""
    return Field(
        element,
        name,
        Kind.REF,
        max_characters=_FULL_NAMES.get(to[0] if to else name),
        to=to,
        required=required,
        clearable=clearable,
    )


_BILLABLE = Field(
    "BillableStatus",
    "billable_status",
    Kind.ENUM,
    clearable=False,
    words=(
        ("billable", "Billable"),
        ("not_billable", "NotBillable"),
        ("has_been_billed", "HasBeenBilled"),
    ),
    read_words=("has_been_billed",),
    beside="customer",
    neutral="not_billable",
)
MEMO = Field("Memo", "memo", max_characters=_MEMO, multiline=True)
# Without `shared`: documents are in their party's currency, which nobody can change.
_CURRENCY = Field("CurrencyRef/FullName", "currency", messages=In.RET, shared=False)
GUID = Field("ExternalGUID", "external_guid", Kind.GUID, In.ADD | In.RET, shared=False)

EXPENSE_LINE = Lines(
    "ExpenseLine",
    "expense_lines",
    (
        ref("AccountRef", "account", "accounts", required=True, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, required=True, clearable=False),
        MEMO,
        ref("CustomerRef", "customer", "customers", "jobs"),
        ref("ClassRef", "department", "departments"),
        _BILLABLE,
    ),
    clear="ClearExpenseLines",
)

ITEM_LINE = Lines(
    "ItemLine",
    "item_lines",
    (
        ref("ItemRef", "item", "items", clearable=False),
        Field("Desc", "description", max_characters=_MEMO, multiline=True),
        Field("Quantity", "quantity", Kind.QUANTITY, clearable=False),
        Field("Cost", "cost", Kind.PRICE, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, clearable=False),
        ref("CustomerRef", "customer", "customers", "jobs"),
        ref("ClassRef", "department", "departments"),
        _BILLABLE,
    ),
    group="ItemGroupLine",
    clear="ClearItemLines",
)

BILL = Entity(
    resource="bills",
    singular="bill",
    noun="Bill",
    family=Family.TXN,
    pull=Flow(new=True, edited=True, deleted=True, switch=Switch.TWO_WAY_BILLS),
    push=Flow(new=True, edited=True, deleted=True),
    needs=("accounts", "departments", "terms", "vendors", "customers", "jobs", "items"),
    external_guid=True,
    line_items=True,
    party="vendor",
    number="number",
    dated="bill_date",
    max_page_records=50,
    balance="open_amount",
    moved_by=("BillPaymentCheck", "BillPaymentCreditCard", "VendorCredit"),
    parts=(
        ref("VendorRef", "vendor", "vendors", required=True, clearable=False),
        ref("APAccountRef", "payable_account", "accounts", clearable=False),
        Field("TxnDate", "bill_date", Kind.DATE, required=True, clearable=False),
        Field("DueDate", "due_date", Kind.DATE, clearable=False),
        Field("AmountDue", "amount", Kind.AMOUNT, In.RET, shared=False),
        _CURRENCY,
        Field("RefNumber", "number", max_characters=NUMBER),
        ref("TermsRef", "terms", "terms"),
        MEMO,
        Field("IsPaid", "is_paid", Kind.BOOL, In.RET, shared=False, empty=False),
        GUID,
        EXPENSE_LINE,
        ITEM_LINE,
        Field("OpenAmount", "open_amount", Kind.AMOUNT, In.RET, shared=False),
    ),
)

VENDOR_CREDIT = Entity(
    resource="vendor-credits",
    singular="vendor credit",
    noun="VendorCredit",
    family=Family.TXN,
    pull=NEVER,
    push=Flow(new=True, edited=True),
    needs=("accounts", "departments", "vendors", "customers", "jobs", "items"),
    external_guid=True,
    line_items=True,
    party="vendor",
    number="number",
    dated="credit_date",
    max_page_records=50,
    parts=(
        ref("VendorRef", "vendor", "vendors", required=True, clearable=False),
        ref("APAccountRef", "payable_account", "accounts", clearable=False),
        Field("TxnDate", "credit_date", Kind.DATE, required=True, clearable=False),
        Field("CreditAmount", "amount", Kind.AMOUNT, In.RET, shared=False),
        Field("RefNumber", "number", max_characters=NUMBER),
        MEMO,
        GUID,
        EXPENSE_LINE,
        ITEM_LINE,
        Field("OpenAmount", "open_amount", Kind.AMOUNT, In.RET, shared=False),
    ),
)

INVOICE_LINE = Lines(
    "InvoiceLine",
    "lines",
    (
        ref("ItemRef", "item", "items", clearable=False),
        Field("Desc", "description", max_characters=_MEMO, multiline=True),
        Field("Quantity", "quantity", Kind.QUANTITY, clearable=False),
        Field("Rate", "rate", Kind.PRICE, clearable=False),
        ref("ClassRef", "department", "departments"),
        Field("Amount", "amount", Kind.AMOUNT, clearable=False),
        # Without `to`: the code's own name counts, `taxable` is made of it (interfaces.md).
        ref("SalesTaxCodeRef", "sales_tax_code", clearable=False),
    ),
    group="InvoiceLineGroup",
)

INVOICE = Entity(
    resource="invoices",
    singular="invoice",
    noun="Invoice",
    family=Family.TXN,
    pull=Flow(new=True, edited=True, deleted=True),
    push=Flow(new=True),
    needs=("accounts", "departments", "terms", "customers", "jobs", "items"),
    external_guid=True,
    starts="invoice_date",
    locked_once_synced=True,
    line_items=True,
    party="customer",
    number="number",
    dated="invoice_date",
    max_page_records=50,
    balance="balance_remaining",
    moved_by=("ReceivePayment", "CreditMemo"),
    parts=(
        ref("CustomerRef", "customer", "customers", "jobs", required=True, clearable=False),
        ref("ClassRef", "department", "departments"),
        ref("ARAccountRef", "receivable_account", "accounts", clearable=False),
        Field("TxnDate", "invoice_date", Kind.DATE, required=True, clearable=False),
        Field("RefNumber", "number", max_characters=_NUMBER_INVOICE),
        Field("PONumber", "po_number", max_characters=25),
        ref("TermsRef", "terms", "terms"),
        Field("DueDate", "due_date", Kind.DATE, clearable=False),
        Field("Subtotal", "subtotal", Kind.AMOUNT, In.RET, shared=False),
        Field("SalesTaxTotal", "tax_total", Kind.AMOUNT, In.RET, shared=False),
        Field("BalanceRemaining", "balance_remaining", Kind.AMOUNT, In.RET, shared=False),
        _CURRENCY,
        MEMO,
        Field("IsPaid", "is_paid", Kind.BOOL, In.RET, shared=False, empty=False),
        Field(
            "IsToBePrinted",
            "to_be_printed",
            Kind.BOOL,
            In.ADD | In.RET,
            shared=False,
            empty=False,
            always=True,
        ),
        Field("IsToBeEmailed", "to_be_emailed", Kind.BOOL, empty=False, always=True),
        GUID,
        INVOICE_LINE,
    ),
)
