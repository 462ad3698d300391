"""The log: one line per event, no passwords, no tickets, no record contents."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

import pytest
import structlog

from webconnector import logs


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Gives what was logged up to its call."""
    return lambda: capsys.readouterr().err


def events(written: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.splitlines()]


def test_an_event_has_its_fields_and_its_time(stderr: Callable[[], str]) -> None:
    logs.configure("json")
    structlog.get_logger("webconnector.test").info("hello", company="c1")
    (event,) = events(stderr())
    assert (event["event"], event["company"], event["level"]) == ("hello", "c1", "info")
    assert str(event["timestamp"]).endswith("Z")


def test_text_is_one_line_per_event(stderr: Callable[[], str]) -> None:
    logs.configure("text")
    structlog.get_logger("webconnector.test").info("hello", text="two\nlines")
    written = stderr()
    assert written.count("\n") == 1
    assert "event=hello" in written


@pytest.mark.parametrize("style", ["json", "text"])
def test_secret_fields_never_appear_whoever_logs_them(
    stderr: Callable[[], str], style: str
) -> None:
    logs.configure(style, "debug")
    structlog.get_logger("webconnector.test").info(
        "call", ticket="hush-1", strPassword="hush-2", nested={"password": "hush-3"}
    )
    logging.getLogger("elsewhere").warning(
        "x", extra={"secret_key": "hush-4", "response": "hush-5"}
    )
    written = stderr()
    assert written.count("[hidden]") == 5
    assert "hush" not in written


def test_an_exception_tells_its_place_but_not_its_message(stderr: Callable[[], str]) -> None:
    logs.configure("json")
    try:
        int("Acme owes 120.00")
    except ValueError:
        structlog.get_logger("webconnector.test").exception("failed")
        logging.getLogger("library").exception("failed too")
    written = stderr()
    assert "Acme" not in written
    assert len(events(written)) == 2
    for event in events(written):
        assert event["error"] == "ValueError"
        assert "test_logs.py:" in str(event["where"])


@pytest.mark.parametrize("name", ["sqlalchemy.engine.Engine", "werkzeug", "alembic.runtime"])
def test_libraries_stay_quiet_even_at_debug(stderr: Callable[[], str], name: str) -> None:
    logs.configure("json", "debug")
    logging.getLogger(name).info("SELECT everything")
    assert stderr() == ""


def test_events_below_the_level_are_not_written(stderr: Callable[[], str]) -> None:
    logs.configure("json", "warning")
    structlog.get_logger("webconnector.test").info("quiet")
    structlog.get_logger("webconnector.test").warning("loud")
    assert [event["event"] for event in events(stderr())] == ["loud"]
