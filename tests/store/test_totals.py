"""Amounts that follow from others: exact, rounded half up, never contradicting."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.totals import complete_line, fits, line_amount, total

quantities = st.decimals(min_value=-(10**6), max_value=10**6, places=5)
prices = st.decimals(min_value=-(10**6), max_value=10**6, places=5)
amounts = st.decimals(min_value=-(10**10), max_value=10**10, places=2)


def D(text: str) -> Decimal:  # noqa: N802 - as short as a literal
    return Decimal(text)


@pytest.mark.parametrize(
    "quantity, price, amount",
    [
        ("3", "0.33333", "1.00"),
        ("1", "0.005", "0.01"),
        ("1", "-0.005", "-0.01"),
        ("3", "1.115", "3.35"),
        ("0", "5", "0.00"),
        ("0.00001", "1", "0.00"),
    ],
)
def test_an_amount_is_rounded_half_up(quantity: str, price: str, amount: str) -> None:
    assert str(line_amount(D(quantity), D(price))) == amount


def test_no_quantity_counts_as_one_and_no_price_is_unknown() -> None:
    assert line_amount(None, D("12.5")) == D("12.50")
    assert line_amount(D("3"), None) is None


@given(quantities, prices)
def test_a_computed_amount_has_cents_and_fits(quantity: Decimal, price: Decimal) -> None:
    amount = line_amount(quantity, price)
    assert amount is not None
    assert amount.as_tuple().exponent == -2
    assert abs(amount - quantity * price) <= D("0.005")
    assert fits(quantity, price, amount)
    assert not fits(quantity, price, amount + abs(quantity) + 1)


@given(st.decimals(min_value="0.01", max_value=10**6, places=2), amounts)
def test_a_price_that_quickbooks_made_of_an_amount_fits_it(
    quantity: Decimal, amount: Decimal
) -> None:
    price = (amount / quantity).quantize(D("0.00001"))
    assert fits(quantity, price, amount)


@given(st.lists(amounts, min_size=1, max_size=50))
def test_a_total_loses_no_cent_and_knows_no_order(values: list[Decimal]) -> None:
    lines = [{"amount": value} for value in values]
    cents = sum(int(value * 100) for value in values)
    assert int(total(lines) * 100) == cents
    assert total(lines) == total(lines[::-1])


def test_a_line_without_amount_counts_as_nothing() -> None:
    assert total([{"amount": None}, {"amount": D("1.00")}]) == D("1.00")


def test_a_new_line_gets_its_amount() -> None:
    line = {"quantity": D("2"), "rate": D("1.5")}
    assert complete_line("rate", line, None) is None
    assert line["amount"] == D("3.00")


def test_a_contradicting_amount_is_refused() -> None:
    line = {"quantity": D("2"), "rate": D("1.5"), "amount": D("4.00")}
    assert "Leave the amount out" in (complete_line("rate", line, None) or "")


BEFORE = {"quantity": D("2"), "rate": D("1.5"), "amount": D("3.00")}


def test_another_quantity_makes_another_amount() -> None:
    line = {"quantity": D("4")}
    assert complete_line("rate", line, BEFORE) is None
    assert line["amount"] == D("6.00")


def test_another_amount_alone_makes_the_price_unknown() -> None:
    line = {"amount": D("5.00")}
    assert complete_line("rate", line, BEFORE) is None
    assert line == {"amount": D("5.00"), "rate": None}


def test_a_line_that_is_not_touched_keeps_an_odd_amount() -> None:
    line: dict[str, Decimal | None] = {}
    assert complete_line("rate", line, BEFORE | {"amount": D("9.99")}) is None
    assert line == {}


def test_an_emptied_amount_is_computed_again() -> None:
    line: dict[str, Decimal | None] = {"amount": None}
    assert complete_line("rate", line, BEFORE | {"amount": D("9.99")}) is None
    assert line == {"amount": D("3.00")}


def test_an_amount_beyond_quickbooks_is_refused() -> None:
    line = {"quantity": D("9999999999"), "cost": D("9999999999")}
    assert "more than QuickBooks" in (complete_line("cost", line, None) or "")
