"""`make mutants`: each sabotage in a copy of the tree; the tests named with it must fail.

python -m tests.mutations [WORD ...]    only those whose name holds one of the words
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutations.sabotage import Sabotage
from tests.mutations.sabotages import SABOTAGES

ROOT = Path(__file__).parents[2]
COPIED = ("qbxml", "qwc", "store", "webconnector", "tests", "pyproject.toml")
SECONDS_MAX = 900
TEST_SECONDS_MAX = 60
"""Some bugs make a session go on for ever; a test that is stopped counts as failed."""
TESTS_FAILED = 1


def copy_tree(folder: Path) -> None:
    """What the tests need of the project."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
            )
        else:
            shutil.copy2(source, folder / name)


def run(folder: Path, tests: tuple[str, ...]) -> tuple[int, str]:
    """The exit code and the last lines of the tests in that copy."""
    environ = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [
            *command,
            "-p",
            "no:randomly",
            f"--timeout={TEST_SECONDS_MAX}",
            "-k",
            "not postgresql",
            *tests,
        ],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    return done.returncode, done.stdout


def caught(folder: Path, sabotage: Sabotage) -> str:
    """`caught`, or what went wrong; the copy is as it was afterwards."""
    path = folder / sabotage.file
    before = path.read_text("utf-8")
    after = before.replace(sabotage.old, sabotage.new)
    if before.count(sabotage.old) != 1:
        return "ITS LINE IS GONE"
    ast.parse(after)
    path.write_text(after, "utf-8")
    try:
        code, said = run(folder, sabotage.tests)
    finally:
        path.write_text(before, "utf-8")
    if code == TESTS_FAILED:
        return "caught"
    return "SURVIVED" if code == 0 else f"NO TEST RAN ({code})\n{said[-2000:]}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(words: list[str]) -> int:
    """Run the chosen ones and print a table; 1 when one survived."""
    chosen = [s for s in SABOTAGES if not words or any(word in s.name for word in words)]
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        folder = Path(place)
        copy_tree(folder)
        tests = tuple(dict.fromkeys(test for s in chosen for test in s.tests))
        code, said = run(folder, tests)
        if code:
            _say(f"The tests fail without any sabotage:\n{said[-3000:]}")
            return 1
        bad = 0
        for number, sabotage in enumerate(chosen, 1):
            started = time.monotonic()
            verdict = caught(folder, sabotage)
            bad += verdict != "caught"
            seconds = time.monotonic() - started
            _say(f"{number:3}  {verdict:9} {seconds:5.1f} s  {sabotage.name}")
    _say(f"{len(chosen) - bad} of {len(chosen)} sabotages were caught.")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
