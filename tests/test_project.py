"""The project's own files keep their promises: lock files, sizes, places, versions, documents."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

PACKAGES = {"webconnector", "qbxml", "store", "qwc"}
BESIDE = {"tests", "docs", "deploy", "bench", ".ci"}
SIZED = {".py", ".html", ".css", ".js", ".toml", ".sh"}
file_lines_max = 400
function_lines_max = 60

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DEPENDENCIES = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
GROUPS = {
    name: [Requirement(text) for text in group]
    for name, group in PYPROJECT["dependency-groups"].items()
}
LOCKS = {
    "requirements-build.lock": GROUPS["build"],
    "requirements.lock": [*DEPENDENCIES, *GROUPS["build"], *GROUPS["dev"]],
}


def project_files() -> list[Path]:
    """What git holds or would add, relative to the root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip(f"not a git checkout: {run.stderr.strip()}")
    paths = [Path(name) for name in run.stdout.split("\0") if name]
    return [path for path in paths if (ROOT / path).is_file()]


def locked(name: str) -> dict[str, tuple[str, int]]:
    """Per project of a lock file: its version and how many hashes it has."""
    blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text())[1:]
    heads = [(re.match(r"([\w.-]+)==([^ ;]+)", block), block) for block in blocks]
    assert all(match for match, _ in heads), "a requirement is not pinned with =="
    return {
        canonicalize_name(match[1]): (match[2], block.count("--hash=sha256:"))
        for match, block in heads
        if match
    }


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_requirement_has_hashes(name: str) -> None:
    assert [project for project, (_, hashes) in locked(name).items() if not hashes] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_index_and_no_place(name: str) -> None:
    text = (ROOT / name).read_text()
    words = ("://", "index-url", "find-links", "trusted-host", " @ ", "/work", "/opt", "/root")
    assert [word for word in words if word in text] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_fits_pyproject(name: str) -> None:
    versions = {project: version for project, (version, _) in locked(name).items()}
    missed = [
        str(wanted)
        for wanted in LOCKS[name]
        if not wanted.specifier.contains(versions.get(canonicalize_name(wanted.name), "0.0"))
    ]
    assert missed == [], "run 'make lock'"


def test_both_lock_files_agree() -> None:
    assert locked("requirements-build.lock").items() <= locked("requirements.lock").items()


def test_every_dependency_has_its_reason_in_the_decisions() -> None:
    text = (ROOT / "docs/decisions.md").read_text()
    wanted = {r.name for r in [*DEPENDENCIES, *GROUPS["build"], *GROUPS["dev"]]}
    assert wanted == set(re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE))


def test_the_top_holds_four_packages_and_nothing_unexpected() -> None:
    folders = {path.parts[0] for path in project_files() if len(path.parts) > 1}
    assert folders >= PACKAGES
    assert folders <= PACKAGES | BESIDE


def test_no_python_file_lies_at_the_top() -> None:
    assert [p for p in project_files() if p.suffix == ".py" and len(p.parts) == 1] == []


def test_files_stay_short() -> None:
    sizes = {
        str(path): len((ROOT / path).read_text().splitlines())
        for path in project_files()
        if path.suffix in SIZED and not {"migrations", "vendor"} & set(path.parts)
    }
    assert {path: size for path, size in sizes.items() if size > file_lines_max} == {}


def test_functions_stay_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in project_files()
        if path.suffix == ".py" and "migrations" not in path.parts
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > function_lines_max
    ]
    assert long == []


def test_no_file_is_named_for_nothing() -> None:
    names = {"utils", "helpers", "common", "base", "manager"}
    assert [p for p in project_files() if p.suffix == ".py" and p.stem in names] == []


def test_the_changelog_opens_with_this_version() -> None:
    headings = re.findall(r"^## \[([^]]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == PYPROJECT["project"]["version"]


def test_each_make_target_has_a_line_of_help() -> None:
    text = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))


def test_ci_runs_make_test() -> None:
    script = ROOT / ".ci/run"
    assert re.search(r"^make test\b", script.read_text(), re.MULTILINE)
    assert script.stat().st_mode & 0o100, ".ci/run is not executable"
