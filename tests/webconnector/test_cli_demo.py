"""`webconnector demo --once`: the whole product at work, and exit code 0 only when books agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

import pytest

from store.engine import open_store
from tests.webconnector.command_line import CommandLine
from webconnector.demo import Demo, Sync, alone
from webconnector.movement import Moved
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.web_connector import SessionLog
from webconnector.rehearsal_compare import Difference, Result
from webconnector.settings import load
from webconnector.terminal import CommandError


def test_the_demo_moves_records_both_ways_and_both_books_agree(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "webconnector.cli", "demo", "--once", "--json"],
        env={**os.environ, "WEBCONNECTOR_DATA_DIR": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    first, second, third = found["syncs"]
    assert found["agrees"] is True
    assert found["differences"] == []
    assert found["fields_compared"] > 1000
    assert sum(found["linked"].values()) >= 200
    for sync in (first, second):
        assert sync["outcome"] == "finished"
        assert sync["to_cashflow"]
        assert sync["to_quickbooks"]
    for resource in ("vendors", "customers", "bills", "invoices"):
        assert second["to_quickbooks"][resource]["new"] == 1
        assert second["to_cashflow"][resource]["new"] >= 1
    assert second["to_cashflow"]["invoices"]["gone"] == 1
    assert third["to_cashflow"] == third["to_quickbooks"] == {}
    assert Path(found["qwc"]).is_file()
    assert found["console"].startswith("http://localhost:")
    assert done.stderr == ""


def made(tmp_path: Path, *differences: Difference) -> Demo:
    """A demo that is over, without a server."""
    log = SessionLog(outcome="finished")
    return Demo(
        folder=tmp_path,
        settings=load(),
        port=1,
        company_id="c",
        username="u",
        password="p",
        qwc=tmp_path / "demo.qwc",
        books=CompanyFile(),
        store=open_store(f"sqlite:///{tmp_path}/store"),
        login="admin@demo.example",
        login_password="p",
        syncs=[Sync("first sync", log, {}, {})],
        result=Result(Counter(vendors=1), 5, list(differences)),
    )


@pytest.mark.parametrize("agree", [True, False])
def test_the_exit_code_is_0_only_when_both_sides_agree(
    webconnector: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, agree: bool
) -> None:
    differences = () if agree else (Difference("vendors", "Acme", "phone", "1", "2"),)
    demo = made(tmp_path, *differences)
    monkeypatch.setattr("webconnector.cli_demo.started", lambda _folder: nullcontext(demo))
    monkeypatch.setattr("webconnector.cli_demo.play", lambda _demo, _tell: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    said = webconnector("demo", "--once")
    assert said.code == (0 if agree else 1)
    assert ("Both sides agree." in said.out) == agree
    for difference in differences:
        assert str(difference) in said.out


def test_a_last_sync_that_still_moves_something_is_no_agreement(tmp_path: Path) -> None:
    demo = made(tmp_path)
    assert demo.agrees
    demo.syncs.append(Sync("second sync", SessionLog(), {"vendors": Moved(new=1)}, {}))
    assert not demo.agrees


def test_two_demos_never_share_a_folder(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "demo"),
        pytest.raises(CommandError, match="running"),
        alone(tmp_path / "demo"),
    ):
        pass
