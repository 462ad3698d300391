"""Every problem is told in plain words, in at most three sentences: text and advice, read in code.

What a sentence gets filled in at run time (names, amounts, QuickBooks' own words) counts as one
word; a constant of the module counts as what it says.
"""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.plain_words import jargon, sentences, sentences_max

ROOT = Path(__file__).parents[2]
CALLED = ("Problem", "problems.Problem", "Held")
HELD = ("waits_for", "title", "text", "advice")
"""The arguments of Held, which is called without their names."""
_FILLED_IN = "something"


def _said(node: ast.expr | None, module: ModuleType) -> str:
    """The longest text that this expression can say."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else _FILLED_IN
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _constant(node, module)
    if isinstance(node, (ast.BoolOp, ast.IfExp)):
        ways = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        return max((_said(way, module) for way in ways), key=sentences)
    parts = _parts(node)
    return "".join(_said(part, module) for part in parts) if parts else _FILLED_IN


def _constant(node: ast.Name | ast.Attribute, module: ModuleType) -> str:
    owner: object = module
    for name in ast.unparse(node).split("."):
        owner = getattr(owner, name, None)
    return owner if isinstance(owner, str) else _FILLED_IN


def _parts(node: ast.expr | None) -> list[ast.expr]:
    """What stands one behind the other in it."""
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.FormattedValue):
        return [node.value]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [node.left, node.right]
    return []


def _calls() -> Iterator[tuple[str, dict[str, str]]]:
    for folder in ("store", "webconnector"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            if "rehearsal" in path.parts or not any(f"{name}(" in source for name in CALLED):
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            module = importlib.import_module(name)
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLED:
                    yield f"{name}:{node.lineno}", _told(node, module)


def _told(call: ast.Call, module: ModuleType) -> dict[str, str]:
    given = dict(zip(HELD, call.args, strict=False))
    given |= {word.arg: word.value for word in call.keywords if word.arg}
    return {name: _said(given.get(name), module) for name in ("title", "text", "advice")}


EVERY = dict(_calls())


@pytest.mark.parametrize("said", EVERY.values(), ids=EVERY)
def test_it_takes_three_sentences_at_most_and_no_programmers_words(said: dict[str, str]) -> None:
    assert sentences(said["text"]) + sentences(said["advice"]) <= sentences_max, said
    assert not said["title"].endswith("."), said
    assert jargon(" ".join(said.values())) == [], said


def test_all_of_them_were_looked_at() -> None:
    assert len(EVERY) > 40
