"""Fixtures of the console's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.site import Browser, Site, build


@pytest.fixture
def site(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The console over the database of this test."""
    # Choosing a password takes a tenth of a second on purpose; four people would take half of one.
    monkeypatch.setattr("store.persons.password_hash", lambda password: f"not hashed: {password}")
    found = build(database_url, tmp_path)
    monkeypatch.undo()
    yield found
    found.store.close()


@pytest.fixture
def admin(site: Site) -> Browser:
    """The administrator of Acme Ltd."""
    return site.browser("admin")
