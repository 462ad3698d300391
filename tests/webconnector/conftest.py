"""Fixtures of the web connector's tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.webconnector.command_line import CommandLine


@pytest.fixture
def webconnector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line with an empty data folder."""
    return CommandLine(tmp_path, capsys, monkeypatch)


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """What a test does to logging ends with it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
