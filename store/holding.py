"""Holding back what guards forbid, and asking again in each session.

Owns what becomes of a change that a guard keeps from going: its state, its problems, and their
end. It must not know the rules; `guards.py` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, or_, select, update

from store import covered, mods, paying_bills, problems, referred
from store.changes import Action, State
from store.context import Sync
from store.guards import GUARDS, Case, Guard, Held, Outgoing
from store.payment_guards import PAYMENT_GUARDS
from store.syncing import change, problem

_ALL = (*GUARDS, *PAYMENT_GUARDS)
KINDS = tuple(guard.name for guard in _ALL if not guard.quiet)
"""The kinds of the problems that guards open."""
_LATE = tuple(guard for guard in _ALL if guard.late)
_Item = TypeVar("_Item", bound=Outgoing)


def allowed(sync: Sync, items: Sequence[_Item]) -> list[_Item]:
    """Those of the changes that may go; the others are held back until the next session.

    What may be there is looked for first, whatever forbids to send it.
    """
    free = [item for item in items if _in_doubt(item)]
    cases = _cases(sync, [item for item in items if not _in_doubt(item)])
    causes = {_cause(guard, item) for item in free for guard in _ALL}
    for item, case in cases:
        held = _held(case) if case is not None else []
        if held:
            causes |= _hold(sync, item, held)
        else:
            free.append(item)
            # Until QuickBooks was asked, these are neither found nor over.
            late = () if item.asked else _LATE
            causes |= {_cause(guard, item) for guard in late}
    _resolve_gone(sync, {item.change.record_id for item in items}, causes)
    return free


def _in_doubt(item: Outgoing) -> bool:
    """Whether it is to be found out whether it arrived, in QuickBooks or by bills and credits."""
    return item.to_be_found or covered.in_doubt(item.change)


def _cause(guard: Guard, item: Outgoing) -> str:
    return f"{guard.name}:{item.change.record_id}"


def _cases(sync: Sync, items: Sequence[_Item]) -> list[tuple[_Item, Case | None]]:
    """Each change with what the guards must know; None: it has nothing to send."""
    carried = [
        mods.carried(sync, item.entity, Action(item.change.action), item.values, item.link)
        for item in items
    ]
    pairs = list(zip(items, carried, strict=True))
    wanted = {k for item, one in pairs if one for _, k in referred.keys(item.entity, one)}
    rows = referred.read(sync, wanted)
    taxable: set[str] = set()
    if sync.quickbooks.get("sales_tax") is False:
        invoices = [i.change.record_id for i in items if i.entity.resource == "invoices"]
        taxable = referred.with_taxable_lines(sync, invoices)
    payments = [i.change.record_id for i in items if i.entity.resource == "bill-payments"]
    paid = paying_bills.facts(sync, payments)
    return [
        (
            item,
            None
            if one is None
            else Case(
                sync,
                item,
                Action(item.change.action),
                one,
                referred.named(item.entity, one, rows),
                item.change.record_id in taxable,
                paid.get(item.change.record_id),
            ),
        )
        for item, one in pairs
    ]


def _held(case: Case) -> list[tuple[Guard, Held]]:
    """All that is in the way; one quiet reason is enough, and then nothing is a problem."""
    found: list[tuple[Guard, Held]] = []
    for guard in _ALL:
        judged = guard.applies(case.entity, case.action)
        judged = judged and (not guard.late or case.item.asked)
        held = guard.check(case) if judged else None
        if held is not None and guard.quiet:
            return [(guard, held)]
        if held is not None:
            found.append((guard, held))
    return found


def _hold(sync: Sync, item: Outgoing, found: Sequence[tuple[Guard, Held]]) -> set[str]:
    """Take the change out of the queue; gives the causes of the problems opened."""
    quiet = found[0][0].quiet
    sync.conn.execute(
        update(change)
        .where(change.c.company_id == sync.company_id, change.c.id == item.change.id)
        .values(
            state=State.WAITING if quiet else State.FAILED,
            waits_for=found[0][1].waits_for,
            waits_for_id=None,
        )
    )
    causes: set[str] = set()
    for guard, held in () if quiet else found:
        cause = _cause(guard, item)
        causes.add(cause)
        problems.open_problem(
            sync,
            problems.Problem(
                cause=cause,
                kind=guard.name,
                title=held.title,
                text=held.text,
                advice=held.advice,
                resource=item.entity.resource,
                record_id=item.change.record_id,
            ),
        )
    return causes


def _resolve_gone(sync: Sync, record_ids: set[str], causes: set[str]) -> None:
    """What was in the way of these records and is no more: its problem is over."""
    standing = sync.conn.execute(
        select(problem.c.cause, problem.c.record_id).where(
            problem.c.company_id == sync.company_id,
            problem.c.resolved_at.is_(None),
            problem.c.kind.in_(KINDS),
        )
    ).all()
    for row in standing:
        if row.record_id in record_ids and row.cause not in causes:
            problems.resolve_cause(sync, row.cause)


# A change held by a guard, or by somebody in QuickBooks, waits for something that is no record:
# that tells it from all others.
_WAITS = (
    change.c.finished_at.is_(None),
    change.c.state.in_((State.FAILED, State.WAITING)),
    change.c.waits_for.is_not(None),
)
_HELD_BACK = (*_WAITS, change.c.waits_for_id.is_(None))
_AGAIN_PENDING = {"state": State.PENDING, "waits_for": None, "waits_for_id": None}
_ASK_AGAIN = (
    update(change)
    .where(
        change.c.company_id == bindparam("company"),
        or_(change.c.try_after.is_(None), change.c.try_after <= bindparam("now")),
        *_WAITS,
        # What may have arrived is looked for, whatever it waits for.
        or_(change.c.waits_for_id.is_(None), change.c.left_after.is_not(None)),
    )
    .values(**_AGAIN_PENDING)
)


def ask_again(sync: Sync) -> None:
    """A session begins: whatever was held back may have become possible in QuickBooks."""
    sync.conn.execute(_ASK_AGAIN, {"company": sync.company_id, "now": sync.now})


def wake(conn: Connection, company_id: str, record_id: str) -> None:
    """Somebody did what the record's change was held back for, such as approving it."""
    conn.execute(
        update(change)
        .where(change.c.company_id == company_id, change.c.record_id == record_id, *_HELD_BACK)
        .values(**_AGAIN_PENDING)
    )
