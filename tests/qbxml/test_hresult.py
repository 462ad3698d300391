"""Hresults: complete, read in every written form, careful where a write may have gone through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbxml.hresult import HRESULTS, Action, Row, decide_hresult, explain_hresult, rows
from tests.plain_words import jargon, sentences, sentences_max

R, ASK, ADMIN = Action.RETRY, Action.RETRY_THEN_ASK, Action.ADMIN
PARK, WRONG_FILE = Action.PARK, Action.WRONG_FILE

# The codes the reference names, with what each asks for.
NAMED = {
    0x80040400: PARK, 0x80040401: ASK, 0x80040402: ASK, 0x80040403: WRONG_FILE, 0x80040404: ASK,
    0x80040405: ASK, 0x80040406: ASK, 0x80040407: ASK, 0x80040408: ASK, 0x80040409: ASK,
    0x8004040A: WRONG_FILE, 0x8004040D: R, 0x80040410: ASK, 0x80040414: ASK, 0x80040416: ASK,
    0x80040418: ADMIN, 0x8004041A: ADMIN, 0x8004041B: R, 0x8004041C: ASK, 0x8004041D: ADMIN,
    0x8004041E: ADMIN, 0x8004041F: ADMIN, 0x80040420: ADMIN, 0x80040421: ASK, 0x80040422: R,
    0x80040423: ADMIN, 0x80040424: R, 0x80040427: ADMIN, 0x8004042A: ADMIN, 0x8004042C: ADMIN,
    0x80040308: ADMIN, 0x80040154: ADMIN, 0x80010105: R, 0x800706BA: R, 0x800706BE: R,
    0x80010108: R, 0x80041000: ASK, 0x80041ABC: ASK,
}  # fmt: skip
OPEN = {
    0x80040402, 0x8004040D, 0x80010105, 0x80010108, 0x800706BA, 0x800706BE, 0x80041000,
    0x80040404, 0x80040409,
}  # fmt: skip
REFUSED_BEFORE = {
    0x80040400, 0x80040403, 0x80040408, 0x8004040A, 0x80040416, 0x80040418, 0x8004041A, 0x80040420,
}  # fmt: skip


@pytest.mark.parametrize("code", NAMED)
def test_every_code_of_the_reference_has_its_action(code: int) -> None:
    decision = decide_hresult(f"0x{code:08X}")
    assert (decision.action, decision.known) == (NAMED[code], True)


def test_the_table_names_no_code_that_the_list_above_lacks() -> None:
    assert {row.code for row in HRESULTS} <= NAMED.keys()
    assert len({row.code for row in HRESULTS}) == len(HRESULTS)


@pytest.mark.parametrize("code", OPEN)
def test_a_write_may_have_gone_through(code: int) -> None:
    assert decide_hresult(hex(code)).outcome_unknown


@pytest.mark.parametrize("code", REFUSED_BEFORE)
def test_nothing_was_carried_out_when_the_file_was_never_opened(code: int) -> None:
    assert not decide_hresult(hex(code)).outcome_unknown


@given(st.integers(min_value=0x80000000, max_value=0xFFFFFFFF))
def test_every_written_form_of_a_code_means_the_same(code: int) -> None:
    forms = [f"0x{code:x}", f"0X{code:X}", f"{code:x}", f" {code:X}\n", str(code - 2**32)]
    decisions = {decide_hresult(form) for form in [*forms, str(code), f"QBWC: 0x{code:x}."]}
    assert len(decisions) == 1
    assert decisions.pop().hex == f"0x{code:08X}"


@given(st.text())
def test_anything_else_is_unknown_with_an_open_outcome(text: str) -> None:
    decision = decide_hresult(text)
    if not decision.known:
        assert decision.outcome_unknown
        assert decision.action is ASK
    assert decision.advice


@pytest.mark.parametrize(
    "text", ["", "0x8004FFFF", "?", "-99999999999", "9999999999", "0x800404000"]
)
def test_unlisted_codes_are_not_known(text: str) -> None:
    assert not decide_hresult(text).known


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)
def test_every_text_is_plain_short_and_whole(row: Row) -> None:
    said = (row.title, row.why, row.advice)
    assert all(said)
    assert not row.title.endswith(".")
    for sentence in (row.why, row.advice):
        assert sentence.endswith(".")
        assert sentences(sentence) == 1
    assert set(re.findall(r"{(.*?)}", "".join(said))) <= {"quickbooks"}
    assert "{" not in row.advice
    assert "  " not in "".join(said)
    assert jargon(" ".join(said)) == []


@pytest.mark.parametrize("code", [*NAMED, 0x8004FFFF])
def test_every_code_of_the_reference_is_told_in_three_sentences_at_most(code: int) -> None:
    told = str(explain_hresult(decide_hresult(f"0x{code:08X}"), ""))
    assert 2 <= sentences(told) <= sentences_max
    assert "{" not in told


@pytest.mark.parametrize("code", ["0x8004FFFF", "0x80040405", "0x80041ABC", "?"])
def test_unknown_codes_show_quickbooks_own_words_and_whom_to_ask(code: str) -> None:
    told = explain_hresult(decide_hresult(code), "The moon is {in} the wrong house.")
    assert told.why == "QuickBooks says: The moon is {in} the wrong house."
    assert "CashFlow support" in told.advice
    assert code in explain_hresult(decide_hresult(code), "").why
