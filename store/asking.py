"""What QuickBooks is asked before documents are added or taken back (sync-rules 4, 5 and 6).

Owns which questions those are. It must not know what the answers mean; `lookups.py` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qbxml import build
from qbxml.entities import BY_RESOURCE
from qbxml.entity import Entity
from store import paying, undoing
from store.changes import Action
from store.context import Sync
from store.push import Asked
from store.ready import Ready
from store.rows import Values

lookups_per_set_max = 40


def lookups(sync: Sync, claimed: Sequence[Ready]) -> list[Asked]:
    """What QuickBooks must be asked before these changes go."""
    asked: list[Asked] = []
    due = [r for r in claimed if r.asks_first and not r.asked][:lookups_per_set_max]
    _ask_for_the_lost(asked, due)
    for entity in dict.fromkeys(r.sent_as for r in due):
        mine = [r for r in due if r.sent_as is entity]
        adds = [r for r in mine if r.change.action == Action.ADD and not r.lacks]
        _ask_for_documents(asked, entity, [(r, r.values) for r in adds])
        removals = {r.link.quickbooks_id: r for r in mine if r.removes and r.link is not None}
        if removals:
            _ask(asked, entity, list(removals.values()), {"ids": list(removals)})
        for r in removals.values():
            if r.reverses:
                day = undoing.day_of(sync, r.row).isoformat()
                _ask(asked, entity, [r], _on_day(entity, r.values, day))
        _refresh(asked, entity, adds)
    return asked


def _ask_for_the_lost(asked: list[Asked], due: Sequence[Ready]) -> None:
    """What may have arrived is asked for by nothing but the time since it left.

    Whatever people changed there meanwhile, date, number and party too, our id on it stays. It is
    asked for as it was as well: QuickBooks' clock may have been set back.
    """
    lost = [r for r in due if r.may_have_arrived]
    for entity in dict.fromkeys(r.entity.sent_as(r.change.values) for r in lost):
        mine = [r for r in lost if r.entity.sent_as(r.change.values) is entity]
        since = min(r.change.left_after for r in mine)
        _ask(asked, entity, mine, {"modified_from": since})
        # Its party may be gone there, and naming it would be refused.
        entered = [(r, r.change.values) for r in mine if r.link is None]
        _ask_for_documents(asked, entity, entered, of_party=False)


def _ask_for_documents(
    asked: list[Asked],
    entity: Entity,
    wanted: Sequence[tuple[Ready, Values]],
    *,
    of_party: bool = True,
) -> None:
    """Ask for documents of these values: by number, without one by day and party."""
    numbered = [(r, values) for r, values in wanted if values.get(str(entity.number))]
    if numbered:
        numbers = dict.fromkeys(values[str(entity.number)] for _, values in numbered)
        _ask(asked, entity, [r for r, _ in numbered], {"ref_numbers": list(numbers)})
    for r, values in wanted:
        if not values.get(str(entity.number)):
            narrow = _on_day(entity, values, values[str(entity.dated)], of_party=of_party)
            _ask(asked, entity, [r], narrow)


def _refresh(asked: list[Asked], entity: Entity, payments: Sequence[Ready]) -> None:
    """What is open of the documents to be paid is read in the same session (sync-rules 5)."""
    wanted: dict[str, list[str]] = {}
    for item in payments:
        for resource, ids in paying.documents(entity, item.values).items():
            wanted.setdefault(resource, []).extend(ids)
    for resource, ids in wanted.items():
        request_id = f"l{len(asked) + 1}"
        unique = list(dict.fromkeys(ids))
        read = BY_RESOURCE[resource]
        linked = "open_amount" in read.by_name  # what is open is worked out with their links
        text = build.query(read, request_id, ids=unique, linked=linked)
        purpose = {
            "do": "refresh",
            "resource": resource,
            "ids": unique,
            "changes": [item.change.id for item in payments],
        }
        asked.append(Asked(request_id, text, purpose))


def _on_day(entity: Entity, values: Values, day: str, *, of_party: bool = True) -> dict[str, Any]:
    """Filters for what QuickBooks has of that day, of the same party where there is one."""
    narrow: dict[str, Any] = {"date_from": day, "date_to": day}
    if entity.party and of_party:
        narrow["party_ids"] = [values[entity.party]["id"]]
    return narrow


def _ask(asked: list[Asked], entity: Entity, due: list[Ready], narrow: dict[str, Any]) -> None:
    request_id = f"l{len(asked) + 1}"
    asked.append(
        Asked(
            request_id,
            build.query(entity, request_id, **narrow),
            {
                "do": "lookup",
                "resource": entity.resource,
                "changes": [r.change.id for r in due],
                "versions": {r.change.id: r.row.version for r in due},
                "lacking": [r.change.id for r in due if r.lacks],
            },
        )
    )
