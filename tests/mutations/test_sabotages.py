"""The list of sabotages does not rot: each line still stands, each test still exists.

Whether they are caught is `make mutants`' business.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.mutations.__main__ import COPIED
from tests.mutations.sabotage import Sabotage
from tests.mutations.sabotages import SABOTAGES

ROOT = Path(__file__).parents[2]
IDS = [sabotage.name for sabotage in SABOTAGES]


def functions_of(path: Path) -> set[str]:
    """The names of the test functions in a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_there_are_enough_and_each_has_a_name_of_its_own() -> None:
    assert len(SABOTAGES) >= 15
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=IDS)
def test_its_line_stands_exactly_once_and_the_bug_is_python(sabotage: Sabotage) -> None:
    before = (ROOT / sabotage.file).read_text("utf-8")
    assert before.count(sabotage.old) == 1
    assert sabotage.file.split("/")[0] in COPIED
    ast.parse(before.replace(sabotage.old, sabotage.new))


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=IDS)
def test_the_tests_that_must_catch_it_exist(sabotage: Sabotage) -> None:
    assert sabotage.tests
    for test in sabotage.tests:
        path, _, name = test.partition("::")
        assert (ROOT / path).is_file(), test
        assert not name or name in functions_of(ROOT / path), test
