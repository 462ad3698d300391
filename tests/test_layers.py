"""Which package may import what: the contracts of pyproject.toml, and two rules they cannot say."""

from fnmatch import fnmatch

import grimp
import pytest
from importlinter import cli

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


def test_the_contracts_hold(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = cli.lint_imports(no_cache=True)
    assert result == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


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
