"""What a record looks like from outside: its stored fields and all that follows from them.

Owns the computed elements (full names, balances, paid, open and applied amounts, links). Must
not know filters or the wire.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from webconnector.rehearsal import payments
from webconnector.rehearsal.clock import edit_sequence
from webconnector.rehearsal.kinds import BALANCE_SHEET_TYPES, CREDIT_TYPES, LIST_KINDS, TXN_KINDS
from webconnector.rehearsal.links import Link
from webconnector.rehearsal.orders import ORDER
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import ZERO, Fields, money, plain_flag

_BLOCK_LINES_MAX = 5
_ADDRESSES = {
    "VendorAddress": "VendorAddressBlock",
    "BillAddress": "BillAddressBlock",
    "ShipAddress": "ShipAddressBlock",
}
_STOCK_DEFAULTS = {
    "QuantityOnHand": "0",
    "AverageCost": "0.00",
    "QuantityOnOrder": "0",
    "QuantityOnSalesOrder": "0",
}


def ret_fields(register: Register, record: Record) -> Fields:
    """All elements of the record's Ret, by storage name; nothing is left out or withheld yet."""
    is_list = record.kind in LIST_KINDS
    found: Fields = {
        "ListID" if is_list else "TxnID": record.id or None,
        "TimeCreated": register.told(record.created),
        "TimeModified": register.told(record.modified),
        "EditSequence": edit_sequence(record.modified),
        **record.fields,
    }
    if is_list:
        found["FullName"] = register.full_name(record)
        found["Sublevel"] = str(found["FullName"].count(":"))
    else:
        found["TxnNumber"] = str(record.number)
        found["LinkedTxn"] = _linked(register, record)
    for address, block in _ADDRESSES.items():
        if address in record.fields:
            found[block] = _block(record.fields[address])
    compute = _COMPUTED.get(record.kind)
    if compute is not None:
        found.update(compute(register, record))
    return found


def _block(address: Mapping[str, str]) -> Fields:
    lines = [address[f"Addr{n}"] for n in range(1, 6) if address.get(f"Addr{n}")]
    town = ", ".join(address[n] for n in ("City", "State") if address.get(n))
    town = " ".join(part for part in (town, address.get("PostalCode")) if part)
    lines += [line[:41] for line in (town, address.get("Country", "")) if line]
    return {f"Addr{n}": line for n, line in enumerate(lines[:_BLOCK_LINES_MAX], 1)}


def natural_balance(register: Register, account: Record) -> Decimal:
    """The balance as the account's own side shows it: money owed is positive on a liability."""
    sign = -1 if account.fields["AccountType"] in CREDIT_TYPES else 1
    return sign * register.books.balance(account.id)


def _account(register: Register, record: Record) -> Fields:
    found: Fields = {}
    if record.fields["AccountType"] in BALANCE_SHEET_TYPES:
        below = [natural_balance(register, one) for one in register.with_children(record)]
        found = {"Balance": money(below[0]), "TotalBalance": money(sum(below, ZERO))}
    if line := record.fields.get("TaxLineID"):
        found["TaxLineInfo"] = {"TaxLineID": line}
    return found


def _vendor(register: Register, record: Record) -> Fields:
    return {"Balance": money(-register.books.owed(record.id))}


def _customer(register: Register, record: Record) -> Fields:
    below = [register.books.owed(one.id) for one in register.with_children(record)]
    return {
        "Balance": money(below[0]),
        "TotalBalance": money(sum(below, ZERO)),
        "JobStatus": record.fields.get("JobStatus", "None"),
    }


def _stock(_register: Register, record: Record) -> Fields:
    return {**_STOCK_DEFAULTS, **record.fields}


def _bill(register: Register, record: Record) -> Fields:
    left = payments.open_amount(register, record)
    told = left
    if register.prefs.open_amounts == "vendor":
        told = -register.books.owed(record.fields["VendorRef"]["ListID"])
    return {"IsPaid": plain_flag(left == ZERO), **_open_amount(register, told)}


def _vendor_credit(register: Register, record: Record) -> Fields:
    return _open_amount(register, payments.unused(register, record))


def _open_amount(register: Register, told: Decimal) -> Fields:
    return {} if register.prefs.open_amounts == "omitted" else {"OpenAmount": money(told)}


def _invoice(register: Register, record: Record) -> Fields:
    left = payments.open_amount(register, record)
    return {
        "AppliedAmount": money(-register.links.settled(record.id)),
        "BalanceRemaining": money(left),
        "IsPaid": plain_flag(left == ZERO),
    }


def _credit_memo(register: Register, record: Record) -> Fields:
    return {"CreditRemaining": money(payments.unused(register, record))}


def _payment(register: Register, record: Record) -> Fields:
    found: Fields = {"AppliedToTxn": applications(register, record)}
    if record.kind == "ReceivePayment":
        party = record.fields["CustomerRef"]["ListID"]
        credit_links = (
            payments.unused(register, register.txns[key])
            for key in register.by_party.get(("CreditMemo", party), {})
        )
        found["UnusedPayment"] = money(payments.unused(register, record))
        found["UnusedCredits"] = money(sum(credit_links, ZERO))
    return found


def applications(register: Register, payment: Record) -> list[Fields]:
    """What a payment settled, one entry per bill or invoice."""
    own = register.links.out_of(payment.id)
    credit_links = register.links.set_by(payment.id)
    found = []
    for target in dict.fromkeys(link.target for link in own + credit_links):
        document = register.txns[target]
        entry: Fields = {
            "TxnID": target,
            "TxnType": document.kind,
            "TxnDate": document.fields["TxnDate"],
            "RefNumber": document.fields.get("RefNumber"),
            "BalanceRemaining": money(payments.open_amount(register, document)),
            "Amount": money(sum((k.amount for k in own if k.target == target), ZERO)),
            "LinkedTxn": [
                _link(register.txns[k.source], k) for k in credit_links if k.target == target
            ],
        }
        for link in own:
            if link.target == target and link.discount:
                entry["DiscountAmount"] = money(link.discount)
                entry["DiscountAccountRef"] = {"ListID": link.discount_account}
                if link.discount_class:
                    entry["DiscountClassRef"] = {"ListID": link.discount_class}
        found.append(entry)
    return found


def _linked(register: Register, record: Record) -> list[Fields]:
    """Payments and credits applied to a document, or the documents a credit is applied to."""
    if TXN_KINDS[record.kind].family == "payment":
        return []
    onto = [_link(register.txns[link.source], link) for link in register.links.onto(record.id)]
    out = [_link(register.txns[link.target], link) for link in register.links.out_of(record.id)]
    return onto + out


def _link(other: Record, link: Link) -> Fields:
    return {
        "TxnID": other.id,
        "TxnType": other.kind,
        "TxnDate": other.fields["TxnDate"],
        "RefNumber": other.fields.get("RefNumber"),
        "LinkType": "QUANTYPE" if other.kind == ORDER else "AMTTYPE",
        "Amount": other.fields["TotalAmount"] if other.kind == ORDER else money(-link.amount),
    }


def _transfer(register: Register, record: Record) -> Fields:
    found = {}
    for element, name in (
        ("TransferFromAccountRef", "FromAccountBalance"),
        ("TransferToAccountRef", "ToAccountBalance"),
    ):
        account = register.referred(record.fields, element)
        if account is not None:
            found[name] = money(natural_balance(register, account))
    return found


_COMPUTED: Mapping[str, Callable[[Register, Record], Fields]] = {
    "Account": _account,
    "Vendor": _vendor,
    "Customer": _customer,
    "ItemInventory": _stock,
    "ItemInventoryAssembly": _stock,
    "Bill": _bill,
    "VendorCredit": _vendor_credit,
    "Invoice": _invoice,
    "CreditMemo": _credit_memo,
    "BillPaymentCheck": _payment,
    "BillPaymentCreditCard": _payment,
    "ReceivePayment": _payment,
    "Transfer": _transfer,
}


def withheld(register: Register, fields: Fields) -> Fields:
    """The same without what an application may not see."""
    if register.prefs.personal_data:
        return fields
    hidden = ("VendorTaxIdent", "CreditCardInfo", "CreditCardTxnInfo")
    return {name: value for name, value in fields.items() if name not in hidden}


def is_paid(register: Register, record: Record) -> bool:
    """Whether nothing is left of a bill or invoice."""
    return payments.open_amount(register, record) == ZERO


def plain_view(register: Register, record: Record) -> dict[str, Any]:
    """What the bookkeeper sees: every element, references with ListID and FullName."""
    found = {
        name: value
        for name, value in ret_fields(register, record).items()
        if value not in (None, [], {})
    }
    return {name: _named(register, record.kind, name, value) for name, value in found.items()}


def _named(register: Register, kind: str, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_named(register, kind, name, one) for one in value]
    if not isinstance(value, dict):
        return value
    if name.endswith("Ref") and "ListID" in value:
        record = register.referred({name: value}, name, kind)
        if record is None:
            raise AssertionError(f"{kind}.{name} refers to {value}, which is gone")
        return {"ListID": record.id, "FullName": register.full_name(record)}
    return {
        inner: _named(register, kind, inner, one)
        for inner, one in value.items()
        if one not in (None, [])
    }
