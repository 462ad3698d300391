"""The payment types of THE table: transfers and invoice payments, in 13.0 element order.

Owns their facts and policy; `entities.py` gathers them. They go to QuickBooks and never come back
(sync-rules 1); what they did to an invoice or bill comes with that document.
"""

from __future__ import annotations

from qbxml.documents import GUID, MEMO, NUMBER, ref
from qbxml.entity import NEVER, Entity, Family, Field, Flow, In, Kind, Lines, Undo


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
