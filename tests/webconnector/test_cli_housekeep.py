"""`webconnector housekeep` and the timer that runs it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.webconnector.command_line import CommandLine
from webconnector import housekeeping
from webconnector.housekeeping import Job, Work

ROOT = Path(__file__).parents[2]


def test_all_jobs_are_run_and_told(webconnector: CommandLine) -> None:
    told = webconnector.done("housekeep")["jobs"]
    assert [one["job"] for one in told] == [job.name for job in housekeeping.JOBS]
    assert {(one["count"], one["failed"]) for one in told} == {(0, "")}
    said = webconnector("housekeep")
    assert said.code == 0
    assert housekeeping.JOBS[0].name in said.out


def test_a_failed_job_gives_exit_code_1(
    webconnector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_work: Work) -> int:
        raise OSError("full")

    monkeypatch.setattr(housekeeping, "JOBS", (Job("broken", broken),))
    said = webconnector("housekeep", "--json")
    assert said.code == 1
    assert said.json == {"jobs": [{"job": "broken", "count": 0, "failed": "OSError"}]}


def test_the_shipped_timer_runs_the_command_each_minute() -> None:
    service = (ROOT / "deploy/webconnector-housekeep.service").read_text()
    timer = (ROOT / "deploy/webconnector-housekeep.timer").read_text()
    assert re.search(r"^ExecStart=\S+/webconnector housekeep$", service, re.MULTILINE)
    assert re.search(r"^OnUnitInactiveSec=1min$", timer, re.MULTILINE)
    text = (ROOT / "docs/housekeeping.md").read_text()
    for name in re.findall(r"deploy/(webconnector-\S+\.\w+)", text):
        assert (ROOT / "deploy" / name).is_file()
