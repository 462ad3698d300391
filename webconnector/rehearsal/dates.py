"""Due dates as QuickBooks reckons them from terms."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from webconnector.rehearsal.register import Record


def due_date(start: date, terms: Record | None, default_days: int) -> date:
    """The due date of a document dated `start`."""
    if terms is None:
        return start + timedelta(days=default_days)
    fields = terms.fields
    if terms.kind == "StandardTerms":
        return start + timedelta(days=int(fields.get("StdDueDays") or 0))
    day = int(fields["DayOfMonthDue"])
    months = 0
    # Too near the due day: the document falls due a month later.
    if start.day > day or day - start.day < int(fields.get("DueNextMonthDays") or 0):
        months = 1
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(day, monthrange(year, month + 1)[1]))
