"""Fixtures of the web connector's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.webconnector.command_line import CommandLine


@pytest.fixture
def webconnector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line with an empty data folder."""
    return CommandLine(tmp_path, capsys, monkeypatch)
