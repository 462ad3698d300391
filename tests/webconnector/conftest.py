"""Fixtures of the web connector's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Store, open_store
from tests.webconnector.command_line import CommandLine


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """The database of this test, open."""
    made = open_store(database_url)
    yield made
    made.close()


@pytest.fixture
def webconnector(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> CommandLine:
    """The command line with an empty data folder."""
    return CommandLine(tmp_path, capsys, monkeypatch)
