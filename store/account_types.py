"""Which types of account fit which field.

Owns these facts, for bodies and for what is about to be sent. It must not know the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbxml.entity import Entity
from store.preferences import PROFIT_AND_LOSS

_TYPES: dict[tuple[str, str], tuple[str, ...]] = {
    ("bills", "payable_account"): ("AccountsPayable",),
    ("vendor-credits", "payable_account"): ("AccountsPayable",),
    ("invoices", "receivable_account"): ("AccountsReceivable",),
    ("bill-payments", "discount_account"): PROFIT_AND_LOSS,
}
# Where the type depends on another field: that field, and what its words want.
_TOLD_BY: dict[tuple[str, str], tuple[str, dict[str, tuple[str, ...]]]] = {
    ("bill-payments", "paid_from"): ("method", {"check": ("Bank",), "card": ("CreditCard",)}),
}


def account_types(entity: Entity, field: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The types of account that this field of the record takes; empty: any."""
    key = (entity.resource, field)
    if key not in _TOLD_BY:
        return _TYPES.get(key, ())
    other, wanted = _TOLD_BY[key]
    return wanted.get(values.get(other) or "", ())
