"""Amounts that follow from others: of a line, and of a document from its lines.

Owns this arithmetic in exact decimals, rounded half up to cents. It must not know the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

_CENT = Decimal("0.01")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_HALF_OF_LAST_PLACE = Decimal("0.000005")

total_max = Decimal("9999999999999.99")

# The price that times the quantity makes a line's amount, where a line has one.
PRICES: dict[tuple[str, str], str] = {
    ("bills", "item_lines"): "cost",
    ("vendor-credits", "item_lines"): "cost",
    ("invoices", "lines"): "rate",
}


@dataclass(frozen=True, slots=True)
class Total:
    """The column that is the sum of a document's lines, and which kinds of lines it has."""

    column: str
    lines: tuple[str, ...]


TOTALS: dict[str, Total] = {
    "bills": Total("amount", ("expense_lines", "item_lines")),
    "vendor-credits": Total("amount", ("expense_lines", "item_lines")),
    "invoices": Total("subtotal", ("lines",)),
    "bill-payments": Total("amount", ("applications",)),
}


def own_sum(resource: str) -> str | None:
    """The column that holds the sum of the lines, for documents; None for all else."""
    adding = TOTALS.get(resource)
    return adding.column if adding else None


def cents(value: Decimal) -> Decimal:
    """Rounded half up to two places, as QuickBooks does."""
    return value.quantize(_CENT, context=_EXACT)


def line_amount(quantity: Decimal | None, price: Decimal | None) -> Decimal | None:
    """Quantity times price; no quantity counts as one, as in QuickBooks; no price: unknown."""
    if price is None:
        return None
    return cents(_EXACT.multiply(Decimal(1) if quantity is None else quantity, price))


def fits(quantity: Decimal | None, price: Decimal | None, amount: Decimal) -> bool:
    """Whether the amount can be the product: a price has five places only."""
    computed = line_amount(quantity, price)
    if computed is None or computed == amount:
        return True
    if quantity is None:
        return False
    slack = _EXACT.multiply(abs(quantity), _HALF_OF_LAST_PLACE) + _CENT / 2
    return abs(_EXACT.multiply(quantity, price or Decimal(0)) - amount) <= slack


def complete_line(
    price: str, given: dict[str, Any], before: Mapping[str, Any] | None
) -> str | None:
    """Set the amount of a line that is being made or changed; says what contradicts.

    `given` are the columns the body names, `before` the line as it was. An amount that is given
    stands, as in QuickBooks, but must not contradict a quantity and price given with it.
    """
    after = {**(before or {}), **given}
    quantity, cost, amount = after.get("quantity"), after.get(price), after.get("amount")
    touched = bool({"quantity", price} & given.keys())
    if given.get("amount") is None:
        if touched or ("amount" in given and cost is not None):
            given["amount"] = line_amount(quantity, cost)
        amount = given.get("amount", amount)
    elif cost is not None and not fits(quantity, cost, given["amount"]):
        if touched:
            return (
                f"Quantity times {price} is another amount. Leave the amount out to have it"
                f" computed, or leave the {price} out."
            )
        given[price] = None  # the amount alone was changed: the old price is no longer true
    if amount is not None and abs(amount) > total_max:
        return "The amount is more than QuickBooks can hold."
    return None


def total(lines: Sequence[Mapping[str, Any]]) -> Decimal:
    """The sum of the lines' amounts; a line without one counts as nothing."""
    return sum((line["amount"] or Decimal(0) for line in lines), Decimal("0.00"))
