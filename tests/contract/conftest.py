"""Worlds for the contract tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.acceptance.world import world
from tests.contract.ground import Ground


@pytest.fixture
def make_ground(database_url: str) -> Iterator[Callable[..., Ground]]:
    """Make a connected world with what references point at; every switch is on unless told."""
    with ExitStack() as stack:

        def make(**options: Any) -> Ground:
            chosen = {"two_way_bills": True, "personal_data": True} | options
            return Ground(stack.enter_context(world(database_url, **chosen)))

        yield make


@pytest.fixture
def ground(make_ground: Callable[..., Ground]) -> Ground:
    """The usual one."""
    return make_ground()
