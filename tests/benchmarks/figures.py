"""What was measured: one line per figure, on the screen and in bench/results.md.

Owns the wording. It must not know how anything is measured.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parents[2] / "bench" / "results.md"

_INTRODUCTION = """# Figures

Written by `make bench`. Times differ from machine to machine and from run to run: compare the
ratios, which were taken in one run on one machine; absolute values are there for the scale only.
The floor is what nobody can do without, written plainly: `tests/benchmarks/floor.py`.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; `within` says whether the goal was reached, None when there is none."""

    what: str
    value: str
    goal: str = ""
    within: bool | None = None

    @property
    def judged(self) -> str:
        """`within` in words."""
        return {None: "", True: "yes", False: "NO"}[self.within]


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one benchmark and the command that makes them again."""

    command: str
    seconds: float
    figures: Sequence[Figure]


def ratio(what: str, mine: float, floor: float, goal: float, *, more: str = "") -> Figure:
    """How many times the floor's seconds we take."""
    times = mine / floor
    return Figure(what, f"{times:.2f}x the floor{more}", f"at most {goal:.1f}x", times <= goal)


def printed(section: Section) -> str:
    """For the screen."""
    lines = [f"\n$ {section.command}   ({section.seconds:.0f} s)"]
    for one in section.figures:
        goal = f"   [goal: {one.goal}; reached: {one.judged}]" if one.goal else ""
        lines.append(f"  {one.what}: {one.value}{goal}")
    return "\n".join(lines)


def written(sections: Sequence[Section]) -> str:
    """The text of bench/results.md."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    parts = [_INTRODUCTION, f"Made with {python} on {platform.system()} {platform.machine()}.\n"]
    for section in sections:
        parts.append(f"## `{section.command}`\n")
        parts.append("| figure | value | goal | reached |\n|---|---|---|---|")
        parts += [f"| {f.what} | {f.value} | {f.goal} | {f.judged} |" for f in section.figures]
        parts.append("")
    return "\n".join(parts)
