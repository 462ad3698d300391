"""The Web Connector's own log is read, whatever state it is in."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webconnector import qwc_log

GOOD = """\
20261123.09:00:01 UTC : QB.Manager.Update() : Password management - Started
20261123.09:00:02 UTC : QB.authenticate() : Received:<authRet[0]="t"><authRet[1]=""><authRet[2]="">
20261123.09:00:09 UTC : QB.Manager.Update() : Update completed successfully
"""
WRONG_PASSWORD = """\
20261123.10:00:01 UTC : QB.Manager.Update() : Password management - Started
20261123.10:00:02 UTC : QB.authenticate() : Received:<authRet[0]=t><authRet[1]=nvu>
20261123.10:00:03 UTC : QB.authenticate() : QBWC1040: Access is denied. <EIN>12-3456789</EIN>
20261123.10:00:04 UTC : QB.x() : Update aborted
"""
CLOSED = """\
20261123.11:00:01 UTC : QBWebConnector.X() : Password management - Started
20261123.11:00:02 UTC : QBWebConnector.X() : 0x80040408: Could not start QuickBooks.
"""


def test_each_update_has_its_times_and_what_authenticate_answered() -> None:
    first, second = qwc_log.read(GOOD + WRONG_PASSWORD)
    assert (first.answer, first.errors) == ("work to do", [])
    assert first.started_at.isoformat() == "2026-11-23T09:00:01+00:00"
    assert (first.ended_at - first.started_at).total_seconds() == 8
    assert second.answer == "wrong password"


def test_the_first_error_is_explained_with_a_cure_and_without_secrets() -> None:
    error = qwc_log.first_error(qwc_log.read(GOOD + WRONG_PASSWORD))
    assert error is not None
    assert (error["code"], error["line"]) == ("QBWC1040", 6)
    assert "password" in error["cure"]
    assert "12-3456789" not in error["text"]


def test_an_hresult_of_quickbooks_is_explained_by_our_table() -> None:
    error = qwc_log.first_error(qwc_log.read(GOOD + CLOSED))
    assert error is not None
    assert error["hresult"] == "0x80040408"
    assert error["meaning"]
    assert error["cure"]


def test_a_good_log_has_no_error_and_other_text_no_updates() -> None:
    assert qwc_log.first_error(qwc_log.read(GOOD)) is None
    assert qwc_log.read("hello\n20261399.99:99:99 UTC : x : Password management - Started") == []
    assert qwc_log.read("") == []


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    qwc_log.read(text)


def test_every_code_has_a_meaning_and_a_cure() -> None:
    assert all(m.text and m.cure for m in qwc_log.CODES.values())
    assert set(range(1000, 1047)) <= set(qwc_log.CODES)
