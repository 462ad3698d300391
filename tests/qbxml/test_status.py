"""Status codes: the table is complete, the texts decide where they must, the words can be read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml.status import (
    MESSAGE_SETS,
    STATUSES,
    Act,
    Decision,
    Row,
    _by_code,
    decide,
    decide_message_set,
    explain,
    rows,
)
from qbxml.status_texts import LOCK
from qbxml.statuses import RANGES, UNNAMED
from tests.plain_words import jargon, sentences, sentences_max

# What each known code asks for when its message says nothing more. This is the list of codes that
# the reference names; a code that goes from the table fails here.
NAMED = {
    0: Act.OK, 1: Act.EMPTY, 500: Act.MISSING, 501: Act.SKIP, 510: Act.SKIP, 530: Act.FIX,
    531: Act.FIX, 540: Act.OK, 550: Act.OK, 560: Act.OK, 570: Act.OK, 600: Act.UNKNOWN,
    1000: Act.RETRY, 1010: Act.RETRY, 1030: Act.SKIP, 1060: Act.FIX, 2000: Act.FIX, 2040: Act.FIX,
    3000: Act.REREAD, 3010: Act.FIX, 3020: Act.FIX, 3030: Act.FIX, 3031: Act.FIX, 3035: Act.FIX,
    3040: Act.FIX, 3045: Act.FIX, 3050: Act.FIX, 3060: Act.FIX, 3065: Act.FIX, 3070: Act.FIX,
    3080: Act.FIX, 3085: Act.FIX, 3090: Act.USER, 3100: Act.LINK, 3101: Act.USER, 3110: Act.FIX,
    3120: Act.REREAD, 3121: Act.FIX, 3130: Act.DEPEND, 3140: Act.DEPEND, 3150: Act.FIX,
    3151: Act.FIX, 3152: Act.FIX, 3153: Act.FIX, 3160: Act.USER, 3161: Act.USER, 3162: Act.USER,
    3170: Act.USER, 3171: Act.USER, 3172: Act.USER, 3173: Act.USER, 3175: Act.RETRY,
    3176: Act.RETRY, 3177: Act.USER, 3180: Act.USER, 3185: Act.USER, 3190: Act.FIX,
    3200: Act.REREAD, 3205: Act.FIX, 3210: Act.USER, 3220: Act.USER, 3230: Act.ALONE,
    3231: Act.ALONE, 3240: Act.REREAD, 3250: Act.SKIP, 3260: Act.USER, 3261: Act.USER,
    3262: Act.SKIP, 3263: Act.USER, 3264: Act.SKIP, 3270: Act.USER, 3280: Act.FIX,
    3290: Act.REREAD, 3300: Act.FIX, 3310: Act.USER, 3350: Act.USER, 3351: Act.FIX,
    3370: Act.USER, 3390: Act.RETRY, 3391: Act.RESTART, 3500: Act.USER, 9001: Act.UNKNOWN,
    9002: Act.UNKNOWN, 9003: Act.UNKNOWN, 9004: Act.FIX, 9005: Act.UNKNOWN, 9100: Act.FIX,
    9199: Act.FIX,
}  # fmt: skip
SET_CODES = (0, 600, 9001, 9002, 9003, 9004, 9005)
LOCKED = "QuickBooks error message: The transaction could not be locked. It is in use."
codes = st.integers(min_value=-10, max_value=10_000)


@pytest.mark.parametrize("code", NAMED)
def test_every_code_of_the_reference_has_its_act(code: int) -> None:
    decision = decide(code, "")
    assert decision.act is NAMED[code]
    assert decision.title != "QuickBooks refused {record}" or 3310 <= code <= 3370


def test_the_table_names_no_code_that_the_list_above_lacks() -> None:
    assert {status.code for status in STATUSES} <= NAMED.keys()


def test_no_code_may_stand_twice() -> None:
    with pytest.raises(ValueError, match="code 0 stands twice"):
        _by_code((STATUSES[0], STATUSES[0]))


def test_a_placeholder_that_nobody_filled_stays_readable() -> None:
    decision = Decision(Act.USER, "{record} waits", "", "Look at {account}.", "")
    assert str(explain(decision)) == "The record waits. Look at the account."
    assert str(explain(decision, account="Rent")) == "The record waits. Look at Rent."


def test_an_act_of_every_kind_is_in_use() -> None:
    assert {status.act for status in STATUSES} == set(Act)


@pytest.mark.parametrize("code", [2, 99, 499, 502, 555, 999])
def test_unnamed_infos_and_warnings_are_successes_with_a_note(code: int) -> None:
    decision = decide(code, "Something odd.", severity="Warn")
    assert (decision.act, decision.note, decision.succeeded) == (Act.OK, True, True)
    assert "Something odd" in str(explain(decision))


def test_an_unnamed_warning_that_calls_itself_an_error_is_no_success() -> None:
    assert decide(555, "Something odd.", severity="Error").act is Act.USER


def test_the_severity_does_not_overrule_a_named_code() -> None:
    assert decide(3210, "too much", severity="Info").act is Act.USER
    assert decide(1, "none", severity="Error").act is Act.EMPTY


@pytest.mark.parametrize("code", [-1, 1001, 3099, 3999, 9099, 9200, 12345])
def test_an_unknown_error_shows_quickbooks_words_and_is_never_retried(code: int) -> None:
    decision = decide(code, "The moon is in the wrong house.")
    assert decision.act is Act.USER
    assert "The moon is in the wrong house. CashFlow does not try again" in str(explain(decision))


@pytest.mark.parametrize("text", LOCK.texts)
@pytest.mark.parametrize("code", [1030, 3120, 3140, 3160, 3170, 3176, 3180, 3185, 3200, 3210, 8888])
def test_a_lock_is_retried_whatever_the_code(code: int, text: str) -> None:
    decision = decide(code, f'Error with element "X".  QuickBooks  error message: {text.upper()}.')
    assert decision.act is Act.RETRY


@pytest.mark.parametrize("code", [0, 1, 500, 530, 555, 600, 9001, 9002, 9005])
def test_a_lock_text_never_starts_a_retry_where_something_may_have_been_saved(code: int) -> None:
    assert decide(code, LOCKED, severity="Error").act is not Act.RETRY


@pytest.mark.parametrize("code", [3100, 3180])
def test_a_name_already_in_use_is_no_lock(code: int) -> None:
    decision = decide(code, 'The name "Acme" of the list element is already in use.')
    assert decision.act is Act.LINK


def test_a_vendor_may_be_called_like_a_lock() -> None:
    decision = decide(3140, 'invalid reference to QuickBooks Vendor "could not be locked" in Bill')
    assert decision.act is Act.DEPEND


@pytest.mark.parametrize(
    "code, tail, act, words",
    [
        (3170, "This list has been modified by another user.", Act.RETRY, "open in QuickBooks"),
        (3170, "Cannot merge list elements.", Act.USER, "merge"),
        (3170, "You need to delete this transaction from the deposit", Act.USER, "deposit"),
        (3170, "Something else.", Act.USER, "Something else"),
        (3180, "The list element is in use.", Act.RETRY, "open in QuickBooks"),
        (3180, "Failed to acquire the lock", Act.RETRY, "open in QuickBooks"),
        (3180, "The customer's credit limit would be exceeded.", Act.USER, "credit limit"),
        (3180, "The sales rep initials are taken", Act.USER, "initials"),
        (3180, "There is no asset account for this item.", Act.USER, "asset account"),
        (3180, "Insufficient quantities on hand", Act.USER, "quantity on hand"),
        (3180, "The amount cannot be negative.", Act.USER, "amounts"),
        (3180, "on or before the closing date of the company", Act.USER, "closing date"),
        (3180, "Nothing anybody knows.", Act.USER, "Nothing anybody knows"),
        (3185, "The transaction could not be locked.", Act.RETRY, "open in QuickBooks"),
        (3210, "You cannot pay more than the amount due.", Act.REREAD, "open amount"),
        (3210, "A bad date.", Act.USER, "A bad date"),
    ],
)
def test_the_text_decides_where_the_code_leaves_it_open(
    code: int, tail: str, act: Act, words: str
) -> None:
    decision = decide(code, f'Error with element "X".  QuickBooks error message: {tail}')
    assert decision.act is act
    assert words in str(explain(decision, record="Acme"))


def test_the_number_of_own_attempts_belongs_to_the_code_and_not_to_a_lock() -> None:
    assert decide(3200, "").attempts_max == 3
    assert decide(3391, "").attempts_max == 1
    assert decide(1000, "").attempts_max == 3
    assert decide(1000, LOCKED).attempts_max is None


def test_only_warnings_and_open_outcomes_may_have_saved() -> None:
    assert decide(550, "").may_have_saved
    assert decide(530, "").may_have_saved
    assert decide(9002, "").may_have_saved
    assert not decide(3180, "").may_have_saved


@pytest.mark.parametrize(
    "code, act",
    [
        (None, Act.OK),
        (0, Act.OK),
        (600, Act.UNKNOWN),
        (9001, Act.UNKNOWN),
        (9002, Act.UNKNOWN),
        (9003, Act.UNKNOWN),
        (9004, Act.FIX),
        (9005, Act.UNKNOWN),
        (9006, Act.UNKNOWN),
        (-7, Act.UNKNOWN),
    ],
)
def test_message_set_codes(code: int | None, act: Act) -> None:
    assert decide_message_set(code).act is act


EVERY_ROW = [*rows(), *rows(MESSAGE_SETS), *rows((*RANGES, UNNAMED))]


@pytest.mark.parametrize("row", EVERY_ROW, ids=lambda row: row.code)
def test_every_text_is_plain_short_whole_and_has_known_placeholders_only(row: Row) -> None:
    said = (row.title, row.why, row.advice)
    assert row.title
    assert not row.title.endswith(".")
    for sentence in (row.why, row.advice):
        assert not sentence or sentence.endswith(".")
        assert sentences(sentence) <= 1
    assert set(re.findall(r"{(.*?)}", "".join(said))) <= {"record", "quickbooks"}
    assert "  " not in "".join(said)
    assert jargon(" ".join(said)) == []


def test_every_failure_says_why_and_what_to_do() -> None:
    quiet = {row.code for row in EVERY_ROW if not (row.why and row.advice)}
    assert quiet == {"0", "1"}


@pytest.mark.parametrize("code", [*NAMED, 4711])
def test_every_code_of_the_reference_is_told_in_three_sentences_at_most(code: int) -> None:
    decided = [decide(code, ""), decide_message_set(code if code in SET_CODES else 9005)]
    for decision in decided:
        told = str(explain(decision, record="Bill 17"))
        assert 1 <= sentences(told) <= sentences_max
        assert "{" not in told


def test_unknown_codes_show_quickbooks_own_words_and_whom_to_ask() -> None:
    told = explain(decide(4711, "The moon is in the wrong house."), record="Bill 17")
    assert told.why == "QuickBooks says: The moon is in the wrong house."
    assert "CashFlow support" in told.advice


def test_explain_names_the_record_and_begins_with_a_capital() -> None:
    decision = decide(3200, "The provided edit sequence is out-of-date.")
    assert (
        explain(decision, record="Bill 17").title == "Bill 17 was changed in QuickBooks meanwhile"
    )
    assert explain(decision).title == "The record was changed in QuickBooks meanwhile"


@given(codes, st.text(), st.text(), st.sampled_from(["", "Info", "Warn", "Error", "?"]))
def test_any_answer_is_decided_and_explained(
    code: int, message: str, record: str, severity: str
) -> None:
    decision = decide(code, message, severity=severity)
    assert isinstance(decision, Decision)
    assert decision.text == message
    assert explain(decision, record=record).title
    assert decide_message_set(code).act in {Act.OK, Act.UNKNOWN, Act.FIX}


@given(st.sampled_from(["{record.__class__}", "{quickbooks}", "{0}", "{", "}{", "{x!r:>9}"]))
def test_braces_in_names_and_messages_stay_as_they_are(braces: str) -> None:
    text = str(explain(decide(3999, braces), record=braces))
    assert text.count(braces) == 2


@given(codes)
def test_a_blind_retry_is_never_chosen_without_a_reason(code: int) -> None:
    assert decide(code, "").act is not Act.RETRY or code in {1000, 1010, 3175, 3176, 3390}
