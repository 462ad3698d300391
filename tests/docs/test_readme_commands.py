"""What README.md tells people to type exists: commands, options, targets, settings, files."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from webconnector.cli import webconnector
from webconnector.settings import SECRETS, variables

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")
TYPED = sorted(
    {
        *re.findall(r"^\$ (?:.*\| )?(webconnector .+)$", TEXT, re.MULTILINE),
        *re.findall(r"`(webconnector [^`]+)`", TEXT),
    }
)
TARGETS = sorted(set(re.findall(r"(?:`|^    )make ([a-z]+)", TEXT, re.MULTILINE)))


def walk(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that these words name, and the words that are left for it."""
    command: click.Command = webconnector
    rest = words
    while isinstance(command, click.Group) and rest and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


def test_there_is_something_to_type() -> None:
    assert len(TYPED) > 10
    assert {"demo", "test"} <= set(TARGETS)


@pytest.mark.parametrize("line", TYPED)
def test_a_command_of_the_readme_exists_with_its_options(line: str) -> None:
    command, rest = walk(shlex.split(line)[1:])
    assert command is not webconnector, line
    if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        command = command.commands["show"]  # `session SHOW`
    known = {option for one in command.params for option in one.opts} | {"--help"}
    assert {word for word in rest if word.startswith("-") and word != "-"} <= known


@pytest.mark.parametrize(
    "line", [line for line in TYPED if "SHOW" not in line and len(shlex.split(line)) > 3]
)
def test_a_whole_command_line_of_the_readme_is_right_usage(line: str, tmp_path: Path) -> None:
    (tmp_path / "chain.pem").touch()
    (tmp_path / "key.pem").touch()
    command, rest = walk(shlex.split(line)[1:])
    rest = [str(tmp_path / word) if word.endswith(".pem") else word for word in rest]
    if "--help" not in rest:
        command.make_context("webconnector", rest)


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_setting_that_the_readme_names_exists() -> None:
    known = {*variables(), *(f"WEBCONNECTOR_{name.upper()}_FILE" for name in SECRETS)}
    assert set(re.findall(r"WEBCONNECTOR_[A-Z_]+", TEXT)) <= known


def test_every_link_of_the_readme_leads_somewhere() -> None:
    for path in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (ROOT / path).is_file(), path
