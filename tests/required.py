"""On CI nothing that needs PostgreSQL or chromium may be skipped: such a skip becomes a failure.

Loaded by conftest.py. Elsewhere a skip stays a skip, with its reason in the summary.
"""

import os
from collections.abc import Generator

import pytest

REQUIRED_MARKS = ("postgresql", "browser")


def on_ci() -> bool:
    """Whether CI=true (or 1) is set."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test with a required mark fails on CI."""
    report = yield
    missed = [mark for mark in REQUIRED_MARKS if item.get_closest_marker(mark)]
    if report.skipped and missed and on_ci():
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI requires {missed[0]} tests: {reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself while it is collected hides its marks, so on CI it fails too."""
    report = yield
    if report.skipped and on_ci():
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skips itself: {reason(report.longrepr)}"
    return report


def reason(longrepr: object) -> str:
    """The text of a skip, which pytest keeps as (path, line, text)."""
    return str(longrepr[-1] if isinstance(longrepr, tuple) else longrepr)
