"""Worlds for the contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.acceptance.in_process import Server, silent
from tests.contract.ground import Ground


@pytest.fixture
def make_ground(
    database_kind: str, shared_server: Callable[[str], Server]
) -> Iterator[Callable[..., Ground]]:
    """Make a connected world with what references point at; every switch is on unless told."""
    running = shared_server(database_kind)

    def make(**options: Any) -> Ground:
        return Ground(running.world(**{"two_way_bills": True, "personal_data": True} | options))

    with silent():
        yield make
        running.check()


@pytest.fixture
def ground(make_ground: Callable[..., Ground]) -> Ground:
    """The usual one."""
    return make_ground()
