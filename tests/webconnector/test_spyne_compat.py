"""spyne runs on every supported Python, quietly; and the day its import hook can go is noticed."""

from __future__ import annotations

import importlib.metadata
import logging
import subprocess
import sys

from webconnector import spyne_compat

PREPARE = "from webconnector import spyne_compat; spyne_compat.prepare(); spyne_compat.prepare(); "


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )


def test_spyne_imports_without_a_warning_after_prepare() -> None:
    done = run(PREPARE + "import spyne.util.six as s; print(s.moves.urllib.parse.quote('a b'))")
    assert (done.stdout, done.stderr, done.returncode) == ("a%20b\n", "", 0)


def test_the_hook_can_go_when_a_spyne_release_ships_a_six_that_knows_find_spec() -> None:
    """Fails then: remove _replace_bundled_six (and six and legacy-cgi if cgi is gone as well)."""
    distribution = importlib.metadata.distribution("spyne")
    assert distribution.version == "2.14.0"
    six = str(distribution.locate_file("spyne/util/six.py"))
    with open(six, encoding="utf-8") as source:  # noqa: PTH123 - a path of importlib's own kind
        assert "find_spec" not in source.read()


def test_spyne_still_fails_to_import_by_itself_from_python_3_12_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import spyne"], capture_output=True, text=True, check=False
    )
    fails = "No module named 'spyne.util.six.moves'" in done.stderr
    assert fails == (sys.version_info >= (3, 12))


def test_a_missing_cgi_is_told_with_its_cure() -> None:
    done = run("import sys; sys.modules['cgi'] = None; " + PREPARE)
    assert "install legacy-cgi" in done.stderr


def test_a_missing_six_is_told_with_its_cure() -> None:
    code = (
        "import importlib.util as u; from webconnector import spyne_compat as s; "
        "u.find_spec = lambda name: None; s._replace_bundled_six()"
    )
    assert "install six" in run(code).stderr


def test_spyne_collects_no_garbage_in_a_request() -> None:
    done = run(PREPARE + "import spyne.context as c; print(c.const.MIN_GC_INTERVAL)")
    assert done.stdout == "inf\n"


def test_no_logger_of_spyne_that_sees_messages_speaks() -> None:
    spyne_compat.prepare()
    assert all(logging.getLogger(name).disabled for name in spyne_compat.TELLTALE_LOGGERS)
