"""Restored and condensed company files: noticed by CompanyActivity, confirmed by a person.

Owns `connector.activity`: the times last accepted, and those that wait. It must not know how
QuickBooks was asked, nor what a session leaves undone meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from qbxml.parse import CompanyActivity, Record
from store import binding, comparing, cursors, feed
from store.context import Sync
from store.problems import Problem, open_problem, resolve
from store.syncing import connector, problem

CAUSE = "company-activity"
_AWAITING = "awaiting"
_WORDS = {"restored": "restored from a backup", "condensed": "condensed"}


def awaits(sync: Sync) -> bool:
    """Whether a restore or condense waits for an admin's word."""
    return bool((binding.connector_of(sync).activity or {}).get(_AWAITING))


def waits(conn: Connection, company_id: str) -> bool:
    """The same, outside of any session."""
    kept: dict[str, Any] | None = conn.execute(_ACTIVITY, {"company": company_id}).scalar()
    return bool((kept or {}).get(_AWAITING))


_ACTIVITY = select(connector.c.activity).where(connector.c.company_id == bindparam("company"))


def notice(sync: Sync, told: CompanyActivity) -> bool:
    """Compare with what was last accepted; whether something new waits from now on."""
    found = {"restored": told.last_restored, "condensed": told.last_condensed}
    kept: dict[str, Any] | None = binding.connector_of(sync).activity
    if kept is None:
        binding.keep(sync, activity=found)
        return False
    known = kept.get(_AWAITING) or kept
    moved = {name: moment for name, moment in found.items() if moment and moment != known.get(name)}
    if not moved:
        return False
    binding.keep(sync, activity={**kept, _AWAITING: {**known, **moved}})
    comparing.again(sync)
    _tell(sync, " and ".join(f"{_WORDS[name]} ({moved[name]})" for name in moved))
    return True


def notice_older(sync: Sync, changed: Sequence[tuple[Record, Any]]) -> None:
    """A linked record that is older than we saw it: the file was put back without a word.

    A file copied back in Windows has no restore time. `changed`: records whose EditSequence is
    not their link's, with that link. More than the overlap: clocks go back one hour in autumn.
    """
    older = [
        (record, linked)
        for record, linked in changed
        if record.time_modified
        and linked.time_modified
        and linked.gone_at is None
        and cursors.hours_between(record.time_modified, linked.time_modified)
        > cursors.overlap_hours
    ]
    if not older or awaits(sync):
        return
    record, linked = older[0]
    kept: dict[str, Any] = binding.connector_of(sync).activity or {}
    told = {"went_back": record.time_modified}
    binding.keep(sync, activity={**kept, _AWAITING: {**kept, **told}})
    comparing.again(sync)
    sync.went_back = True
    _tell(
        sync,
        f"put back to an earlier state (a {record.entity.singular} last changed on "
        f"{linked.time_modified} is there as it was on {record.time_modified})",
    )


def _tell(sync: Sync, what: str) -> None:
    open_problem(
        sync,
        Problem(
            cause=CAUSE,
            kind="company_activity",
            title="The company file was restored or condensed",
            text=(
                f"The QuickBooks company file was {what}, so CashFlow compares all records and, "
                "until somebody has confirmed this, writes nothing to QuickBooks and takes over no "
                "deletions."
            ),
            advice=(
                "Look whether the right file is open and nothing is missing in it, then let an "
                "administrator confirm it under Connection in CashFlow, which marks as deleted "
                "what QuickBooks no longer has."
            ),
        ),
    )


def tell_missing(sync: Sync, missing: dict[str, int]) -> None:
    """Add to the open problem how many linked records the file no longer has, per resource."""
    counts = ", ".join(f"{count} {resource}" for resource, count in sorted(missing.items()))
    mine = (
        problem.c.company_id == sync.company_id,
        problem.c.cause == CAUSE,
        problem.c.resolved_at.is_(None),
    )
    told = sync.conn.execute(select(problem.c.text).where(*mine)).scalar()
    line = f" No longer in QuickBooks: {counts}."
    if told is not None and line not in told:
        sync.conn.execute(update(problem).where(*mine).values(text=told + line))


def confirm(conn: Connection, company_id: str, now: datetime) -> dict[str, Any] | None:
    """Accept what waits; gives its times, None when nothing does. All ids are compared anew."""
    kept: dict[str, Any] = conn.execute(_ACTIVITY, {"company": company_id}).scalar() or {}
    accepted: dict[str, Any] | None = kept.get(_AWAITING)
    if not accepted:
        return None
    conn.execute(
        update(connector).where(connector.c.company_id == company_id).values(activity=accepted)
    )
    comparing.force_all(conn, company_id)
    mine = (problem.c.company_id == company_id, problem.c.cause == CAUSE)
    feed.publish(conn, company_id, resolve(conn, mine, "done", now), now)
    return accepted
