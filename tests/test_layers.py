"""Which package may import what: the contracts of pyproject.toml, and two rules they cannot say."""

import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import grimp
import pytest

from tests.conftest import ROOT

PACKAGES = ("webconnector", "store", "qbxml", "qwc")
XML_ROOMS = (
    "qbxml*",
    "qwc*",
    "webconnector.soap*",
    "webconnector.spyne_compat",
    "webconnector.rehearsal*",
)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


def test_the_contracts_hold() -> None:
    # A process of its own: import-linter sets up logging and switches off every logger it finds.
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout + found.stderr


def test_only_the_rooms_where_xml_is_handled_import_lxml(graph: grimp.ImportGraph) -> None:
    importers = graph.find_modules_that_directly_import("lxml")
    assert [m for m in sorted(importers) if not any(fnmatch(m, room) for room in XML_ROOMS)] == []


def test_the_stand_in_quickbooks_is_an_independent_referee(graph: grimp.ImportGraph) -> None:
    """It shares no code with what it judges: nothing of ours outside its own package."""
    room = "webconnector.rehearsal"
    foreign = [
        f"{module} imports {imported}"
        for module in sorted({room, *graph.find_descendants(room)})
        for imported in sorted(graph.find_modules_directly_imported_by(module))
        if imported.split(".")[0] in PACKAGES
        and imported != "webconnector"
        and not f"{imported}.".startswith(f"{room}.")
    ]
    assert foreign == []
