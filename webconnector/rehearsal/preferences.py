"""What is set once for a company file: its place, its features, its clock.

Owns the settings the bookkeeper may change at any time; the rules that follow from them are
applied elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from webconnector.rehearsal.clock import SettableClock

SUPPORTED_VERSIONS = (
    "1.0",
    "1.1",
    "2.0",
    "2.1",
    "3.0",
    "4.0",
    "4.1",
    "5.0",
    "6.0",
    "7.0",
    "8.0",
    "9.0",
    "10.0",
    "11.0",
    "12.0",
    "13.0",
    "14.0",
    "15.0",
    "16.0",
)


@dataclass(eq=False)
class Preferences:
    """Settings of one company file. Dates are dates; limits carry their unit in the name."""

    path: str = r"C:\QuickBooks\Acme.QBW"
    company_name: str = "Acme Ltd"
    country: str = "US"
    supported_versions: tuple[str, ...] = SUPPORTED_VERSIONS
    time_zone: str = "America/New_York"
    clock: Callable[[], datetime] = field(default_factory=SettableClock)
    class_tracking: bool = True
    closing_date: date | None = None
    sales_tax: bool = True
    multicurrency: bool = False
    personal_data: bool = False
    accountant_copy_until: date | None = None
    recovered_as_error_recovery: bool = True
    ein: str = "12-3456789"
    bills_due_days: int = 10
    open_iterators_max: int = 10
    iterator_idle_seconds_max: int = 10
    deletions_kept_days: int = 90
    default_tax_item: str = ""
    open_amounts: str = "own"
    """OpenAmount of bills and vendor credits: `own`, `omitted`, or `vendor` (QuickBooks' bug)."""
    last_restore: datetime | None = None
    last_condense: datetime | None = None
    in_use: set[str] = field(default_factory=set)
    """ListIDs and TxnIDs that somebody has open in a window: writes to them get 3175."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
