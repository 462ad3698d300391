"""`make soak`: all cells of the matrix, the API's document, tens of thousands of schedules.

    make soak ARGS="--schedules 50000 --seed 1 --processes 2"

A portion of schedules has a seed of its own, counted from --seed; a failing one is printed with
it. What was interrupted goes on with `--seed` and `--schedules` as the last line says.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager

import hypothesis

from tests.acceptance.in_process import Server, server
from tests.acceptance.test_matrix import AT_A_STEP, AT_A_WRITE
from tests.acceptance.test_matrix import play as play_cells
from tests.acceptance.test_schedules import STEPS, machine
from tests.acceptance.write_types import WRITE_TYPES
from tests.databases import RunFolder, new_folder

PORTION = 200
SCHEDULES = 50_000
API_CASES = 100
_API_TESTS = "tests/webconnector/api/test_document.py"
_API_SECONDS_MAX = 3600
"""Of one operation: ten times the cases of `make test` take longer than a test may."""
_CELLS_PER_WORLD = 12


@contextmanager
def _running() -> Iterator[Server]:
    """A server on a new SQLite database."""
    folder = new_folder("soak-")
    try:
        url = RunFolder(folder).new_sqlite(folder / "store.sqlite3", migrated=True)
        with server(url) as made:
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def schedules(seed: int, count: int) -> str:
    """Play so many schedules of that seed; the failure as text, empty when all went well."""
    settings = hypothesis.settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        with _running() as made:
            seeded = hypothesis.seed(seed)(machine(made))
            hypothesis.stateful.run_state_machine_as_test(seeded, settings=settings)
    except Exception:  # noqa: BLE001 - whatever it is, it is told with its seed
        return traceback.format_exc()
    return ""


def cells(number: int) -> str:
    """Play every cell of one write type, or those of the steps; the failed ones as text."""
    with _running() as made:
        if number < len(WRITE_TYPES):
            one = WRITE_TYPES[number]
            return "\n".join(
                play_cells(made, [one], [s.replace("{}", one.noun) for s in AT_A_WRITE])
            )
        start = (number - len(WRITE_TYPES)) * _CELLS_PER_WORLD
        return "\n".join(play_cells(made, WRITE_TYPES, AT_A_STEP[start : start + _CELLS_PER_WORLD]))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command line program


def _matrix(pool: ProcessPoolExecutor) -> int:
    parts = len(WRITE_TYPES) + -(-len(AT_A_STEP) // _CELLS_PER_WORLD)
    failed = [text for text in pool.map(cells, range(parts)) if text]
    count = len(WRITE_TYPES) * len(AT_A_WRITE) + len(AT_A_STEP)
    _say(f"matrix: {count} cells, {len(failed)} parts failed")
    for text in failed:
        _say(text)
    return len(failed)


def _api() -> int:
    """The API against its document, with more cases than `make test` has; how many runs failed."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, f"--timeout={_API_SECONDS_MAX}", _API_TESTS],
        env={**os.environ, "API_CASES": str(API_CASES)},
        capture_output=True,
        text=True,
        check=False,
    )
    _say(f"api: {API_CASES} cases per operation, {run.stdout.strip().splitlines()[-1]}")
    if run.returncode:
        _say(run.stdout + run.stderr)
    return int(run.returncode != 0)


def _schedules(pool: ProcessPoolExecutor, first: int, wanted: int) -> int:
    seeds = range(first, first + -(-wanted // PORTION))
    began, done, failed = time.monotonic(), 0, []
    jobs = {pool.submit(schedules, seed, PORTION): seed for seed in seeds}
    for job in as_completed(jobs):
        done += PORTION
        seed, text = jobs[job], job.result()
        if text:
            failed.append(seed)
            _say(f"seed {seed} FAILED\n{text}")
        minutes = (time.monotonic() - began) / 60
        _say(f"seed {seed}: {done} of {wanted} schedules, {minutes:.1f} min")
    _say(
        f"{done} schedules, seeds {first} to {seeds[-1]}, {minutes:.1f} minutes, "
        f"failed seeds: {failed or 'none'}. To go on: --seed {seeds[-1] + 1}"
    )
    return len(failed)


def main() -> int:
    """Command line; 1 when anything failed."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--schedules", type=int, default=SCHEDULES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-matrix", action="store_true")
    parser.add_argument("--no-api", action="store_true")
    wishes = parser.parse_args()
    with ProcessPoolExecutor(wishes.processes) as pool:
        failed = 0 if wishes.no_api else _api()
        failed += 0 if wishes.no_matrix else _matrix(pool)
        return 1 if failed + _schedules(pool, wishes.seed, wishes.schedules) else 0


if __name__ == "__main__":
    sys.exit(main())
