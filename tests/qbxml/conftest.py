"""Fixtures for reading."""

from __future__ import annotations

import pytest

from qbxml import wellformed


@pytest.fixture(params=["at once", "streamed"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small answers are read at once, large ones piece by piece."""
    if request.param == "streamed":
        monkeypatch.setattr(wellformed, "AT_ONCE_CHARACTERS_MAX", 0)
        monkeypatch.setattr(wellformed, "PIECE_CHARACTERS", 7)
