"""The document types of THE table: bills and invoices, their parts in 13.0 element order.

Owns their facts and policy; `entities.py` gathers them. It must not know how they are built,
read, stored or sent.
"""

from __future__ import annotations

from qbxml.entity import NEVER, Entity, Family, Field, Flow, In, Kind, Lines, Switch, Undo

_NUMBER_BILL = 20
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
}


def _ref(
    element: str, name: str, *to: str, required: bool = False, clearable: bool = True
) -> Field:
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
_MEMO_FIELD = Field("Memo", "memo", max_characters=_MEMO, multiline=True)
_GUID = Field("ExternalGUID", "external_guid", Kind.GUID, In.ADD | In.RET, shared=False)

EXPENSE_LINE = Lines(
    "ExpenseLine",
    "expense_lines",
    (
        _ref("AccountRef", "account", "accounts", required=True, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, required=True, clearable=False),
        _MEMO_FIELD,
        _ref("CustomerRef", "customer", "customers", "jobs"),
        _ref("ClassRef", "department", "departments"),
        _BILLABLE,
    ),
    clear="ClearExpenseLines",
)

ITEM_LINE = Lines(
    "ItemLine",
    "item_lines",
    (
        _ref("ItemRef", "item", "items", clearable=False),
        Field("Desc", "description", max_characters=_MEMO, multiline=True),
        Field("Quantity", "quantity", Kind.QUANTITY, clearable=False),
        Field("Cost", "cost", Kind.PRICE, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, clearable=False),
        _ref("CustomerRef", "customer", "customers", "jobs"),
        _ref("ClassRef", "department", "departments"),
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
    parts=(
        _ref("VendorRef", "vendor", "vendors", required=True, clearable=False),
        _ref("APAccountRef", "payable_account", "accounts", clearable=False),
        Field("TxnDate", "bill_date", Kind.DATE, required=True, clearable=False),
        Field("DueDate", "due_date", Kind.DATE, clearable=False),
        Field("AmountDue", "amount", Kind.AMOUNT, In.RET, shared=False),
        Field("RefNumber", "number", max_characters=_NUMBER_BILL),
        _ref("TermsRef", "terms", "terms"),
        _MEMO_FIELD,
        Field("IsPaid", "is_paid", Kind.BOOL, In.RET, shared=False, empty=False),
        _GUID,
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
        _ref("VendorRef", "vendor", "vendors", required=True, clearable=False),
        _ref("APAccountRef", "payable_account", "accounts", clearable=False),
        Field("TxnDate", "credit_date", Kind.DATE, required=True, clearable=False),
        Field("CreditAmount", "amount", Kind.AMOUNT, In.RET, shared=False),
        Field("RefNumber", "number", max_characters=_NUMBER_BILL),
        _MEMO_FIELD,
        _GUID,
        EXPENSE_LINE,
        ITEM_LINE,
        Field("OpenAmount", "open_amount", Kind.AMOUNT, In.RET, shared=False),
    ),
)

TRANSFER = Entity(
    resource="funds-transfers",
    singular="funds transfer",
    noun="Transfer",
    family=Family.TXN,
    pull=NEVER,
    push=Flow(new=True),
    needs=("accounts",),
    locked_once_synced=True,
    dated="transfer_date",
    undo=Undo.REVERSE,
    scheduled=True,
    alone=True,
    token=True,
    parts=(
        Field("TxnDate", "transfer_date", Kind.DATE, required=True, clearable=False),
        _ref("TransferFromAccountRef", "from_account", "accounts", required=True, clearable=False),
        _ref("TransferToAccountRef", "to_account", "accounts", required=True, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, required=True, clearable=False),
        _MEMO_FIELD,
    ),
)

INVOICE_LINE = Lines(
    "InvoiceLine",
    "lines",
    (
        _ref("ItemRef", "item", "items", clearable=False),
        Field("Desc", "description", max_characters=_MEMO, multiline=True),
        Field("Quantity", "quantity", Kind.QUANTITY, clearable=False),
        Field("Rate", "rate", Kind.PRICE, clearable=False),
        _ref("ClassRef", "department", "departments"),
        Field("Amount", "amount", Kind.AMOUNT, clearable=False),
        # Without `to`: the code's own name counts, `taxable` is made of it (interfaces.md).
        _ref("SalesTaxCodeRef", "sales_tax_code", clearable=False),
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
    parts=(
        _ref("CustomerRef", "customer", "customers", "jobs", required=True, clearable=False),
        _ref("ClassRef", "department", "departments"),
        _ref("ARAccountRef", "receivable_account", "accounts", clearable=False),
        Field("TxnDate", "invoice_date", Kind.DATE, required=True, clearable=False),
        Field("RefNumber", "number", max_characters=_NUMBER_INVOICE),
        Field("PONumber", "po_number", max_characters=25),
        _ref("TermsRef", "terms", "terms"),
        Field("DueDate", "due_date", Kind.DATE, clearable=False),
        Field("Subtotal", "subtotal", Kind.AMOUNT, In.RET, shared=False),
        Field("SalesTaxTotal", "tax_total", Kind.AMOUNT, In.RET, shared=False),
        Field("BalanceRemaining", "balance_remaining", Kind.AMOUNT, In.RET, shared=False),
        _MEMO_FIELD,
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
        _GUID,
        INVOICE_LINE,
    ),
)

__all__ = [
    "BILL",
    "EXPENSE_LINE",
    "INVOICE",
    "INVOICE_LINE",
    "ITEM_LINE",
    "TRANSFER",
    "VENDOR_CREDIT",
]
