"""The payment types of THE table: payments of bills and invoices, transfers; 13.0 element order.

Owns their facts and policy; `entities.py` gathers them. They go to QuickBooks and never come back
(sync-rules 1); what they did to an invoice or bill comes with that document.
"""

from __future__ import annotations

from dataclasses import replace

from qbxml.documents import GUID, MEMO, NUMBER, ref
from qbxml.entity import NEVER, Entity, Family, Field, Flow, In, Kind, Lines, Undo

_CHECK_NUMBER = 11


def document(element: str, name: str, *to: str) -> Field:
    """A document that a payment applies to, by its bare id."""
    return Field(element, name, Kind.REF, to=to, required=True, by_id=True)


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
    alike=("from_account", "to_account", "transfer_date", "amount"),
    undo=Undo.REVERSE,
    scheduled=True,
    alone=True,
    token=True,
    parts=(
        Field("TxnDate", "transfer_date", Kind.DATE, required=True, clearable=False),
        ref("TransferFromAccountRef", "from_account", "accounts", required=True, clearable=False),
        ref("TransferToAccountRef", "to_account", "accounts", required=True, clearable=False),
        Field("Amount", "amount", Kind.AMOUNT, required=True, clearable=False),
        MEMO,
    ),
)

INVOICE_PAYMENT = Entity(
    resource="invoice-payments",
    singular="invoice payment",
    noun="ReceivePayment",
    family=Family.TXN,
    pull=NEVER,
    push=Flow(new=True),
    needs=("accounts", "customers", "jobs", "invoices"),
    external_guid=True,
    locked_once_synced=True,
    party="customer",
    dated="payment_date",
    undo=Undo.DELETE,
    scheduled=True,
    parts=(
        ref("CustomerRef", "customer", "customers", "jobs", required=True, clearable=False),
        Field("TxnDate", "payment_date", Kind.DATE, required=True, clearable=False),
        Field("RefNumber", "number", max_characters=NUMBER),
        Field("TotalAmount", "amount", Kind.AMOUNT, required=True, clearable=False),
        # Without `to`: QuickBooks' payment methods are a list that only it keeps.
        ref("PaymentMethodRef", "method"),
        MEMO,
        ref("DepositToAccountRef", "deposit_to", "accounts"),
        Field("UnusedPayment", "unapplied", Kind.AMOUNT, In.RET, shared=False),
        GUID,
        Field("IsAutoApply", "auto_apply", Kind.BOOL, In.ADD, shared=False, made=True),
        Lines(
            "AppliedToTxn",
            "applications",
            (
                document("TxnID", "invoice", "invoices"),
                Field("PaymentAmount", "amount", Kind.AMOUNT, required=True),
            ),
            messages=In.ADD,
        ),
    ),
)

# A payee may be anybody, hence the room; we pay vendors.
_PAYEE = Field(
    "PayeeEntityRef",
    "vendor",
    Kind.REF,
    In.ADD | In.RET,
    max_characters=209,
    to=("vendors",),
    required=True,
    clearable=False,
)
_PAYABLE = replace(
    ref("APAccountRef", "payable_account", "accounts", clearable=False),
    messages=In.ADD | In.RET,
)
_AMOUNT_PAID = Field("Amount", "amount", Kind.AMOUNT, In.RET)
_APPLICATIONS = Lines(
    "AppliedToTxn",
    "applications",
    (
        document("TxnID", "bill", "bills"),
        # Absent where credits or a discount cover the bill.
        Field("PaymentAmount", "amount", Kind.AMOUNT),
        Field("DiscountAmount", "discount", Kind.AMOUNT),
        ref("DiscountAccountRef", "discount_account", "accounts"),
    ),
    messages=In.ADD,
    required=True,
)
_CREDITS = Lines(
    "SetCredit",
    "credits",
    (
        document("", "bill", "bills"),
        document("CreditTxnID", "vendor_credit", "vendor-credits"),
        Field("AppliedAmount", "amount", Kind.AMOUNT, required=True),
    ),
    messages=In.ADD,
    within="applications",
    after="amount",
    by="bill",
)


def _paying_bills(noun: str, source: str, *printing: Field) -> Entity:
    """One of QuickBooks' two kinds of bill payments; `source`: the account the money leaves."""
    return Entity(
        resource="bill-payments",
        singular="bill payment",
        noun=noun,
        family=Family.TXN,
        pull=NEVER,
        push=Flow(new=True),
        needs=("accounts", "vendors", "bills", "vendor-credits"),
        external_guid=True,
        thin_replies=True,
        locked_once_synced=True,
        party="vendor",
        dated="payment_date",
        undo=Undo.VOID,
        scheduled=True,
        parts=(
            _PAYEE,
            _PAYABLE,
            Field("TxnDate", "payment_date", Kind.DATE, required=True, clearable=False),
            _AMOUNT_PAID,
            ref(source, "paid_from", "accounts", required=True, clearable=False),
            *printing,
            Field("RefNumber", "number", max_characters=_CHECK_NUMBER),
            MEMO,
            GUID,
            _APPLICATIONS,
            _CREDITS,
        ),
    )


BY_CHECK = _paying_bills(
    "BillPaymentCheck",
    "BankAccountRef",
    # Exactly one of the two goes: a payment is never queued for printing by itself.
    Field(
        "IsToBePrinted",
        "to_be_printed",
        Kind.BOOL,
        In.ADD | In.RET,
        shared=False,
        empty=False,
        always=True,
        unless="number",
    ),
)
BY_CARD = _paying_bills("BillPaymentCreditCard", "CreditCardAccountRef")

_WAYS = (("check", BY_CHECK), ("card", BY_CARD))
BILL_PAYMENT = replace(
    BY_CHECK,
    noun="BillPayment",  # QuickBooks has none of this name: only the variants travel
    rets=tuple(way.noun for _, way in _WAYS),
    deleted_as=tuple(way.noun for _, way in _WAYS),
    told_by="method",
    variants=_WAYS,
    parts=(
        Field(
            "",
            "method",
            Kind.ENUM,
            In.ADD,
            required=True,
            words=tuple((word, word) for word, _ in _WAYS),
        ),
        *(
            replace(part, element=("BankAccountRef", "CreditCardAccountRef"), required=False)
            if isinstance(part, Field) and part.name == "paid_from"
            else part
            for part in BY_CHECK.parts
        ),
    ),
)
