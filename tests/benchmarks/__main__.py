"""`python -m tests.benchmarks [NAME ...]`: measure, print, and write bench/results.md.

Owns the command line. The file is written when all benchmarks ran at their usual size.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

from tests.benchmarks import console, growth, intake, memory, polling, sessions, soap_call
from tests.benchmarks.figures import RESULTS, Figure, Section, printed, written
from tests.benchmarks.ground import Grounds, grounds

_COMMAND = ".venv/bin/python -m tests.benchmarks"
records_usual = 10_000
grown_usual = 100_000
grown_full = 1_000_000

Measure = Callable[[Grounds, argparse.Namespace], Sequence[Figure]]
BENCHMARKS: dict[str, Measure] = {
    "intake": lambda made, chosen: intake.measure(made, chosen.records),
    "soap": lambda made, _: soap_call.measure(made),
    "idle": lambda made, _: sessions.measure(made),
    "memory": lambda made, _: memory.measure(made),
    "console": lambda _made, _chosen: console.measure(),
    "polling": lambda made, _: polling.measure(made),
    "growth": lambda made, chosen: growth.measure(made, grown_full if chosen.full else grown_usual),
}


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--records", type=int, default=records_usual, help="customers of intake")
    parser.add_argument("--full", action="store_true", help="grow to 1,000,000 customers")
    chosen = parser.parse_args()
    if unknown := set(chosen.names) - set(BENCHMARKS):
        known = ", ".join(BENCHMARKS)
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {known}")
    return chosen


def main() -> None:
    """Run what was asked for, everything by default."""
    chosen = _chosen()
    sections = []
    with grounds() as made:
        for name in chosen.names or BENCHMARKS:
            began = time.perf_counter()
            figures = BENCHMARKS[name](made, chosen)
            grown = " --full" if chosen.full and name == "growth" else ""
            section = Section(f"{_COMMAND} {name}{grown}", time.perf_counter() - began, figures)
            print(printed(section), flush=True)  # noqa: T201 - a command line program
            sections.append(section)
    if not chosen.names and chosen.records == records_usual:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(written(sections))
        print(f"\nWritten: {RESULTS}")  # noqa: T201


if __name__ == "__main__":
    main()
