"""Preferences: every one has an effect, a default and a strict reading."""

import re
from dataclasses import fields
from typing import Any

import pytest

from store.errors import Invalid
from store.preferences import CHOICES, Preferences, account_types, changed, parse

KEYS = [field.name for field in fields(Preferences)]
ID = "0190a44f-b733-7d98-8155-ac85bc87a7e7"


@pytest.mark.parametrize("key", KEYS)
def test_every_preference_says_what_it_does(key: str) -> None:
    assert Preferences.effect(key).endswith(".")


@pytest.mark.parametrize("key", KEYS)
def test_every_preference_refuses_nonsense_and_names_itself(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(key, "purple")
    assert [error.pointer for error in caught.value.fields] == [f"/{key}"]


@pytest.mark.parametrize(
    "key, text, value",
    [
        ("two_way_bills", " Yes ", True),
        ("two_way_bills", "off", False),
        ("push_bills", "APPROVED", "approved"),
        ("master_in_conflict", "cashflow", "cashflow"),
        ("payment_posting", "direct", "direct"),
        ("ap_account", ID.upper(), ID),
        ("ap_account", "none", None),
        ("classes_on", "", None),
        ("classes_on", "true", True),
        ("minimum_interval_minutes", "0", 0),
        ("minimum_interval_minutes", "10080", 10080),
        ("earlier_transactions", "ALL", "all"),
        ("earlier_transactions", "2024-01-31", "2024-01-31"),
        ("earlier_transactions", "Never", "never"),
        ("earlier_transactions", "all, Bills: NEVER", "all,bills:never"),
    ],
)
def test_text_becomes_the_value(key: str, text: str, value: Any) -> None:
    assert parse(key, text) == value


@pytest.mark.parametrize("text", ["-1", "10081", "1.5", "٣", ""])
def test_minutes_are_whole_and_at_most_a_week(text: str) -> None:
    with pytest.raises(Invalid, match="minimum_interval_minutes"):
        parse("minimum_interval_minutes", text)


@pytest.mark.parametrize("text", ["sometimes", "bills:", "vendors:all", "bill:all", "all,"])
def test_earlier_transactions_are_chosen_in_known_words_and_types(text: str) -> None:
    with pytest.raises(Invalid, match="earlier_transactions"):
        parse("earlier_transactions", text)


def test_a_misspelt_preference_gets_a_suggestion() -> None:
    with pytest.raises(Invalid, match=re.escape("Did you mean two_way_bills?")):
        parse("two_way_bill", "true")


def test_an_unknown_preference_gets_the_list() -> None:
    with pytest.raises(Invalid, match="push_bills"):
        Preferences.effect("zzz")


def test_json_and_back_is_the_same() -> None:
    chosen = changed(Preferences(), {"two_way_bills": True, "ap_account": ID})
    assert Preferences.from_json(chosen.to_json()) == chosen
    assert chosen.two_way_bills
    assert not Preferences().two_way_bills


def test_keys_of_another_version_are_passed_over() -> None:
    assert Preferences.from_json({"gone": 1, "push_bills": "approved"}).push_bills == "approved"


def test_only_account_preferences_ask_for_account_types() -> None:
    accounts = {key for key in CHOICES if account_types(key)}
    assert accounts == {
        "money_out_clearing",
        "money_in_clearing",
        "ap_account",
        "ar_account",
        "deposit_to",
        "default_expense_account",
        "discount_account",
    }
    assert all(parse(key, "none") is None for key in accounts)
