"""What QuickBooks text may hold: every text fits, nothing is shortened, numbers come back equal."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from qbxml import text
from qbxml.errors import RecordError

# Plain text() seldom strikes the interesting corners.
anything = st.one_of(
    st.text(),
    st.text(alphabet=" \t\r\n\x00\x1f\x85\xa0\xad\u200b\u2019\u2028\u0301e\u00b5\u0130:\ufb01?"),
    st.text(alphabet=st.characters(codec="latin-1")),
)
dates = st.dates(min_value=date(1, 1, 1))
times = st.datetimes(datetime(1970, 1, 1), datetime(2038, 1, 19, 3, 14, 7))  # noqa: DTZ001


def amounts(digits: int, places: int) -> st.SearchStrategy[Decimal]:
    limit = 10 ** (digits + places) - 1
    whole = st.integers(min_value=-limit, max_value=limit)
    return whole.map(lambda number: Decimal(number).scaleb(-places))


@given(anything, st.booleans())
def test_to_quickbooks_twice_changes_nothing_more(value: str, multiline: bool) -> None:
    once = text.to_quickbooks(value, multiline=multiline)
    assert text.to_quickbooks(once.text, multiline=multiline) == text.Sent(once.text)


@given(anything, st.booleans())
def test_what_is_sent_is_latin_1_without_controls_and_outer_blanks(
    value: str,
    multiline: bool,
) -> None:
    sent = text.to_quickbooks(value, multiline=multiline)
    sent.text.encode("latin-1")
    controls = {letter for letter in sent.text if unicodedata.category(letter) == "Cc"}
    assert controls <= ({"\n", "\t"} if multiline else set())
    assert sent.text == sent.text.strip()
    assert unicodedata.is_normalized("NFC", sent.text)
    assert sent.length == len(sent.text)


@given(anything)
def test_a_question_mark_that_nobody_wrote_is_reported(value: str) -> None:
    sent = text.to_quickbooks(value)
    assert bool(sent.replaced) == (sent.text.count("?") > value.count("?"))
    assert len(set(sent.replaced)) == len(sent.replaced)


@given(st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"])))
def test_plain_text_only_loses_its_outer_blanks(value: str) -> None:
    assert text.to_quickbooks(value) == text.Sent(value.strip())


@pytest.mark.parametrize(
    "value, expected",
    [
        ("O\u2019Brien \u2013 Sons\u2026", "O'Brien - Sons..."),
        ("\u201cBig\u201d \u201eDeal\u201f", '"Big" "Deal"'),
        ("\u20ac5", "EUR5"),
        ("Caf\u00e9 Se\u00f1or", "Caf\u00e9 Se\u00f1or"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("\u0141\u00f3d\u017a", "L\u00f3dz"),
        ("\u5317\u4eac", "Bei Jing"),
        ("Acme\u2122", "Acme(TM)"),
        ("a\u00a0b\u200bc\u00add", "a bcd"),
        ("one\r\ntwo\n\n three\tfour", "one two three four"),
        ("a\x00b\x19c\x7fd\x93e", "abcde"),
        ("  x  y ", "x  y"),
        ("one\u2028two", "one two"),
        ("one\u3000two", "one two"),
    ],
)
def test_typical_texts(value: str, expected: str) -> None:
    assert text.to_quickbooks(value) == text.Sent(expected)


def test_line_ends_stay_where_they_may() -> None:
    assert text.to_quickbooks("one\r\ntwo\rthree\n", multiline=True).text == "one\ntwo\nthree"


def test_what_no_letters_can_stand_for_becomes_a_question_mark_and_is_named() -> None:
    sent = text.to_quickbooks("Hi \U0001f600\U0001f680\U0001f600 \ufffd")
    assert sent == text.Sent("Hi ??? ?", ("\U0001f600", "\U0001f680", "\ufffd"))


def test_half_a_surrogate_pair_does_no_harm() -> None:
    assert text.to_quickbooks("a\ud83db") == text.Sent("a?b", ("\ud83d",))


def check(value: str, limit: int | None = 41) -> list[str]:
    return text.check_text(value, field="Name", max_characters=limit, name=True)


def test_a_good_name_has_no_problem() -> None:
    assert check("Acme, Inc.") == []


def test_too_long_says_limit_and_count() -> None:
    (problem,) = check("x" * 42)
    assert "42 characters" in problem
    assert "at most 41" in problem


def test_the_length_is_that_of_what_is_sent() -> None:
    assert check("x" * 40 + "  ") == []
    assert check("x" * 40 + "\u2026") != []


@pytest.mark.parametrize("value", ["A:B", "A\uff1aB"])
def test_a_name_holds_no_colon_however_it_is_written(value: str) -> None:
    assert "colon" in check(value)[0]
    assert text.check_text(value, field="Memo", max_characters=None) == []


@pytest.mark.parametrize("value", ["", "  ", "\u200b"])
def test_a_name_is_not_empty(value: str) -> None:
    assert "empty" in check(value)[0]
    assert text.check_text(value, field="Memo", max_characters=9) == []
    assert text.check_text(value, field="Memo", max_characters=9, required=True) != []


def test_a_name_needs_something_that_can_be_stored() -> None:
    assert "Latin" in check("\U0001f600")[0]
    assert check("?") == []


@given(anything, st.integers(min_value=0, max_value=20))
def test_check_text_finds_exactly_what_is_too_long(value: str, limit: int) -> None:
    problems = text.check_text(value, field="Memo", max_characters=limit)
    assert bool(problems) == (text.to_quickbooks(value).length > limit)


@given(anything)
def test_canonical_names_are_stable_and_blind_to_how_quickbooks_writes(name: str) -> None:
    canonical = text.canonical_name(name)
    assert text.canonical_name(canonical) == canonical
    assert text.canonical_name(text.to_quickbooks(name).text) == canonical


@pytest.mark.parametrize(
    "one, other",
    [
        ("Acme, Inc.", "ACME INC"),
        ("O\u2019Brien", "obrien"),
        ("A & B", "a&b"),
        ("Acme Corp:Job-1", "AcmeCorp : job 1"),
    ],
)
def test_names_that_differ_in_case_blanks_and_punctuation_are_candidates(
    one: str, other: str
) -> None:
    assert text.canonical_name(one) == text.canonical_name(other)
    assert not text.same_name(one, other)


@pytest.mark.parametrize("one, other", [("Acme:Job", "AcmeJob"), ("--", "**"), ("Acme", "Acne")])
def test_other_names_are_no_candidates(one: str, other: str) -> None:
    assert text.canonical_name(one) != text.canonical_name(other)


@given(anything)
def test_a_name_is_the_same_as_its_form_in_quickbooks(name: str) -> None:
    assert text.same_name(name, text.to_quickbooks(name).text)


def test_same_name_is_exact() -> None:
    assert text.same_name(" O\u2019Brien ", "O'Brien")
    assert not text.same_name("Acme", "acme")


@given(amounts(13, 2))
def test_amounts_come_back_equal_with_two_places(value: Decimal) -> None:
    written = text.amount_text(value)
    assert written[-3] == "."
    assert text.parse_amount(written) == value


@given(amounts(10, 5))
def test_prices_and_quantities_come_back_equal(value: Decimal) -> None:
    assert text.parse_price(text.price_text(value)) == value
    assert text.parse_quantity(text.quantity_text(value)) == value


@pytest.mark.parametrize(
    "value, expected",
    [("120", "120.00"), ("1E+3", "1000.00"), ("1.500", "1.50"), ("-0", "0.00"), ("-.5", "-0.50")],
)
def test_amounts_have_exactly_two_places(value: str, expected: str) -> None:
    assert text.amount_text(Decimal(value)) == expected


@pytest.mark.parametrize(
    "value, expected",
    [("100", "100"), ("0.50000", "0.5"), ("12.34567", "12.34567"), ("0", "0"), ("1E+2", "100")],
)
def test_prices_have_no_trailing_zeros(value: str, expected: str) -> None:
    assert text.price_text(Decimal(value)) == expected


@pytest.mark.parametrize("value", ["0.005", "1e-9", "10000000000000", "NaN", "Infinity", "-sNaN"])
def test_amounts_that_would_be_rounded_or_do_not_fit_are_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.amount_text(Decimal(value))


@pytest.mark.parametrize("value", ["0.000001", "10000000000", "NaN"])
def test_prices_that_would_be_rounded_or_do_not_fit_are_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.price_text(Decimal(value))


def test_nobodys_decimal_settings_round_money() -> None:
    with localcontext(prec=3):
        assert text.parse_amount("1234567890123.45") == Decimal("1234567890123.45")
        assert text.amount_text(Decimal("1234567890123.45")) == "1234567890123.45"
        assert text.parse_price("1234567.12345") == Decimal("1234567.12345")


@pytest.mark.parametrize(
    "value", ["", "1,000.00", "$5", "1.234", "1e3", "NaN", "\u0661", "--1", "."]
)
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.parse_amount(value)


@pytest.mark.parametrize("value", ["18.0", "18.0%", " 18 % ", "+18"])
def test_percentages_come_with_and_without_their_sign(value: str) -> None:
    assert text.parse_percent(value) == 18


@pytest.mark.parametrize(
    "value, expected",
    [("true", True), ("1", True), ("false", False), ("0", False), (" TRUE ", True), ("", None)],
)
def test_bools(value: str, expected: bool | None) -> None:
    assert text.parse_bool(value) is expected


@pytest.mark.parametrize("value", ["Y", "yes", "2"])
def test_what_is_no_bool_is_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.parse_bool(value)


def test_bools_are_written_as_quickbooks_does() -> None:
    assert (text.bool_text(value=True), text.bool_text(value=False)) == ("true", "false")


@given(dates)
def test_dates_come_back_equal(value: date) -> None:
    assert text.parse_date(text.date_text(value)) == value


def test_an_empty_date_is_none() -> None:
    assert text.parse_date(" ") is None


@pytest.mark.parametrize("value", ["2024-02-30", "01/31/2024", "20240131", "2024-W05-3", "2024-1"])
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.parse_date(value)


@given(times, st.sampled_from(["", "Z", "-08:00", "+05:30", "+0530"]))
def test_the_wall_clock_stays_whatever_the_offset(time: datetime, offset: str) -> None:
    wall = time.isoformat(timespec="seconds")
    assert text.parse_datetime_wall(wall + offset) == wall
    assert text.datetime_text(wall + offset) == wall


@pytest.mark.parametrize(
    "value, expected",
    [
        ("2024-7-4", "2024-07-04T00:00:00"),
        ("2024-07-04T09", "2024-07-04T09:00:00"),
        ("2024-07-04T09:05", "2024-07-04T09:05:00"),
        ("2024-07-04T09:05:06.789-08:00", "2024-07-04T09:05:06"),
    ],
)
def test_short_times_are_filled_up(value: str, expected: str) -> None:
    assert text.parse_datetime_wall(value) == expected


@pytest.mark.parametrize("value", ["", "2024-07-04T25:00:00", "2024-07-04 09:05", "0000-01-01"])
def test_what_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.parse_datetime_wall(value)


@pytest.mark.parametrize("value", ["1969-12-31T23:59:59", "2038-01-19T03:14:08"])
def test_times_quickbooks_does_not_know_are_not_sent(value: str) -> None:
    with pytest.raises(RecordError):
        text.datetime_text(value)


@given(st.uuids())
def test_guids_come_back_equal_in_either_case_with_or_without_braces(uuid: object) -> None:
    written = text.guid_text(str(uuid))
    assert written == f"{{{uuid}}}"
    assert text.parse_guid(written.upper()) == text.parse_guid(str(uuid)) == str(uuid)


@pytest.mark.parametrize("value", ["", "{}", "{00000000-0000-0000-0000-000000000000", "0" * 32])
def test_what_is_no_guid_is_refused(value: str) -> None:
    with pytest.raises(RecordError):
        text.parse_guid(value)


def test_the_public_owner_is_a_bare_nought() -> None:
    assert text.guid_text("0") == text.parse_guid("0") == "0"


@given(anything)
def test_xml_is_ascii_and_reads_back_as_it_was(value: str) -> None:
    sent = text.to_quickbooks(value, multiline=True).text
    element = etree.Element("Memo")
    element.text = sent
    written = text.ascii_xml(element)
    assert written.isascii()
    assert (etree.fromstring(written).text or "") == sent


def test_xml_uses_numeric_references() -> None:
    element = etree.Element("Name")
    element.text = "D\u00e9cor & Co"
    assert text.ascii_xml(element) == "<Name>D&#233;cor &amp; Co</Name>"
