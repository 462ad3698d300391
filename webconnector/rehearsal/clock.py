"""Time as a QuickBooks PC tells it.

Owns the settable clock and the two ways a moment is written. QuickBooks writes the wall time of
the PC but, while daylight saving time is on, with the offset of standard time: the documented bug
that makes the instant an hour wrong, and the reason why only the wall-clock part means anything.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


class SettableClock:
    """Stands still until it is told to move. Starts at the real present unless told otherwise."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = (start or datetime.now(UTC)).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, seconds: int) -> None:
        self._now += timedelta(seconds=seconds)


def wall_time(moment: datetime, zone: ZoneInfo) -> datetime:
    """The naive wall-clock time of an aware moment, to the second."""
    return moment.astimezone(zone).replace(microsecond=0, tzinfo=None)


def quickbooks_time(moment: datetime, zone: ZoneInfo) -> str:
    """Wall time with the zone's standard-time offset, daylight saving time or not."""
    local = moment.astimezone(zone)
    offset = (local.utcoffset() or timedelta()) - (local.dst() or timedelta())
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02d}:{rest:02d}"


def edit_sequence(moment: datetime) -> str:
    """Looks like a Unix time and moves at most once a second."""
    return str(int(moment.timestamp()))


def read_bound(text: str, *, is_end: bool) -> datetime:
    """A From or To bound as naive wall time: offsets are ignored, a bare date is a whole day."""
    wall = text[:19]
    if len(wall) > len("2024-01-01"):
        return datetime.fromisoformat(wall)
    day = datetime.fromisoformat(wall)
    return day.replace(hour=23, minute=59, second=59) if is_end else day
