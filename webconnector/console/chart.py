"""Small charts as SVG paths: a bar a day.

Owns their geometry. Colours are the stylesheet's; no style attribute, which the pages' policy
forbids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

BAR: Final = 4
GAP: Final = 1
HEIGHT: Final = 24
_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Bars:
    """The paths of a chart, its size, and the same in words for who cannot see it."""

    good: str
    bad: str
    idle: str
    width: int
    height: int
    text: str


def bars(days: Sequence[tuple[date, int, int]]) -> Bars:
    """The chart of some days, oldest first: day, ended well, ended otherwise.

    What went wrong stands at the foot of its bar.
    """
    most = max((well + wrong for _, well, wrong in days), default=0)
    good, bad, idle = [], [], []
    for position, (_, well, wrong) in enumerate(days):
        x = position * (BAR + GAP)
        if not well + wrong:
            idle.append(f"M{x} {HEIGHT - 1}h{BAR}v1h-{BAR}z")
            continue
        whole = max(_LEAST, round(HEIGHT * (well + wrong) / most))
        # One failure among hundreds must still be seen.
        low = max(_LEAST, round(whole * wrong / (well + wrong))) if wrong else 0
        if low:
            bad.append(f"M{x} {HEIGHT - low}h{BAR}v{low}h-{BAR}z")
        if whole > low:
            good.append(f"M{x} {HEIGHT - whole}h{BAR}v{whole - low}h-{BAR}z")
    sessions, failed = sum(g + b for _, g, b in days), sum(b for *_, b in days)
    text = f"{sessions:,} sessions in {len(days)} days, {failed:,} failed"
    width = len(days) * (BAR + GAP) - GAP
    return Bars("".join(good), "".join(bad), "".join(idle), max(width, 1), HEIGHT, text)
