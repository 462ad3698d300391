"""Lines of a transaction: keeping their identity, their order and their arithmetic.

Owns the rules that purchases and sales share: TxnLineIDs, amount from quantity and price, item
groups, billable status. Must not know totals, taxes or postings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from webconnector.rehearsal import refusals
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import (
    ZERO,
    Fields,
    amount,
    as_list,
    cents,
    merged,
    money,
    number,
)

NEW_LINE = "-1"
_PRICES = ("Cost", "Rate", "RatePercent")
_LineMaker = Callable[[Fields, Fields], Fields]


def bring_up_to_date(
    register: Register,
    old: Sequence[Fields],
    sent: Sequence[Fields],
    make: _LineMaker,
    *,
    wire: bool,
) -> list[Fields]:
    """The complete new list: known TxnLineIDs are merged in, -1 makes a line, the rest is gone.

    `make(line, before)` finishes one line. Raises 3290 when the known ids change their order and
    3120 for an id that is not there.
    """
    known = {line["TxnLineID"]: place for place, line in enumerate(old)}
    lines: list[Fields] = []
    last = -1
    for line in sent:
        line_id = line.get("TxnLineID") or NEW_LINE
        if line_id == NEW_LINE:
            fresh = {k: v for k, v in line.items() if k != "TxnLineID" and v != ""}
            lines.append({"TxnLineID": register.new_id("line"), **make(fresh, {})})
            continue
        if line_id not in known:
            raise refusals.not_found(line_id)
        if wire and known[line_id] <= last:
            raise refusals.out_of_order(line_id)
        last = max(last, known[line_id])
        before = old[known[line_id]]
        lines.append({**make(_overlaid(before, line), before), "TxnLineID": line_id})
    return lines


def _overlaid(before: Fields, sent: Fields) -> Fields:
    """A line with what was sent laid over it; what follows from the old figures is dropped."""
    line = merged(before, sent)
    touched = {"Quantity", "ItemRef", *_PRICES} & set(sent)
    if "Amount" not in sent and touched:
        line.pop("Amount", None)
    if "Amount" in sent and not set(_PRICES) & set(sent):
        for price in _PRICES:
            line.pop(price, None)
    if sent.get("CustomerRef") == "" and "BillableStatus" not in sent:
        line.pop("BillableStatus", None)
    return line


def priced(line: Fields, price_name: str, default_price: Decimal) -> Fields:
    """The line with amount, quantity and price in step: the amount wins, else quantity x price."""
    quantity, price = number(line, "Quantity"), number(line, price_name)
    result = dict(line)
    if number(line, "Amount") is not None:
        total = amount(line, "Amount")
        if quantity:
            result[price_name] = plain(total / quantity)
    else:
        price = default_price if price is None else price
        total = cents((Decimal(1) if quantity is None else quantity) * price)
        result[price_name] = plain(price)
    result["Amount"] = money(total)
    return result


def plain(value: Decimal) -> str:
    """A price or quantity with at most five decimals and at least two."""
    exact = value.quantize(Decimal("0.00001")).normalize()
    return f"{exact:.2f}" if exact == cents(exact) else f"{exact:f}"


def check_billable(line: Fields, before: Fields, kind: str, *, wire: bool) -> None:
    """BillableStatus needs a customer, and HasBeenBilled is QuickBooks' own to set."""
    status, was = line.get("BillableStatus"), before.get("BillableStatus")
    if status and not line.get("CustomerRef"):
        raise refusals.saving_failed(kind, "A billable status needs a customer or job.")
    if wire and status != was and "HasBeenBilled" in (status, was):
        raise refusals.saving_failed(kind, "Only QuickBooks sets or clears HasBeenBilled.")


def wanted_item(register: Register, line: Fields, allowed: Sequence[str]) -> Record | None:
    """The line's item; None for a line of description only. 3280 when its kind does not fit."""
    item = register.referred(line, "ItemRef")
    if item is None:
        if any(name in line for name in ("Amount", "Quantity", *_PRICES)):
            raise refusals.missing("ItemRef")
        return None
    if item.kind not in allowed:
        raise StatusError(3280, f'The item "{item.name}" is of a type that does not fit this line.')
    return item


def expand_group(
    register: Register,
    line: Fields,
    before: Fields,
    make: _LineMaker,
    inner_name: str,
    *,
    wire: bool,
) -> Fields:
    """A group line with one inner line per item of the group, and their total."""
    group = register.referred(line, "ItemGroupRef")
    if group is None:
        raise refusals.missing("ItemGroupRef")
    quantity = number(line, "Quantity")
    same = before.get("ItemGroupRef") == line["ItemGroupRef"]
    sent: Sequence[Any] = as_list(line, inner_name)
    if before and same and inner_name in line:
        inner = bring_up_to_date(register, as_list(before, inner_name), sent, make, wire=wire)
    else:
        times = Decimal(1) if quantity is None else quantity
        parts = [
            {
                "ItemRef": part["ItemRef"],
                "Quantity": plain(times * (number(part, "Quantity") or Decimal(1))),
            }
            for part in as_list(group.fields, "ItemGroupLine")
        ]
        inner = bring_up_to_date(register, [], parts, make, wire=wire)
    total = sum((amount(one, "Amount") for one in inner), ZERO)
    return {
        **line,
        inner_name: inner,
        "Desc": group.fields.get("ItemDesc"),
        "IsPrintItemsInGroup": group.fields.get("IsPrintItemsInGroup", "false"),
        "TotalAmount": money(total),
    }


def item_side(item: Record, *, buying: bool) -> tuple[Fields, str, str]:
    """Where an item keeps its price and account for buying or selling: (fields, price, account)."""
    fields = item.fields
    if "SalesAndPurchase" in fields:
        names = (
            ("PurchaseCost", "ExpenseAccountRef") if buying else ("SalesPrice", "IncomeAccountRef")
        )
        return fields["SalesAndPurchase"], *names
    if "SalesOrPurchase" in fields:
        return fields["SalesOrPurchase"], "Price", "AccountRef"
    if buying:
        return fields, "PurchaseCost", "AssetAccountRef"
    return (
        fields,
        "SalesPrice",
        "AssetAccountRef" if item.kind == "ItemFixedAsset" else ("IncomeAccountRef"),
    )


def item_account(register: Register, line: Fields, item: Record, *, buying: bool) -> str:
    """The ListID of the account an item line posts to; 3270 when the item has none."""
    if override := line.get("OverrideItemAccountRef"):
        return str(override["ListID"])
    fields, _, account = item_side(item, buying=buying)
    if not fields.get(account):
        raise StatusError(3270, f'The item "{register.full_name(item)}" has no posting account.')
    return str(fields[account]["ListID"])


def void_lines(lines: Sequence[Fields]) -> list[Fields]:
    """The same lines worth nothing."""
    result = []
    for line in lines:
        empty = {k: v for k, v in line.items() if k not in ("Quantity", *_PRICES)}
        for name, value in empty.items():
            if isinstance(value, list) and name.endswith("Line"):
                empty[name] = void_lines(value)
        if "Amount" in empty:
            empty["Amount"] = "0.00"
        if "TotalAmount" in empty:
            empty["TotalAmount"] = "0.00"
        result.append(empty)
    return result
