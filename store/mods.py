"""What a write carries: for a Mod the changed parts, with all lines when any line changed.

Owns the difference between the values QuickBooks has (the base) and ours, in the order that
QuickBooks wants. It must not know when or whether anything is sent.
"""

from __future__ import annotations

from typing import Any

from qbxml.entity import Entity
from store import class_tracking
from store.arrival import equal
from store.changes import Action
from store.context import Sync
from store.rows import Values


def carried(
    sync: Sync, entity: Entity, action: Action, values: Values, linked: Any | None
) -> Values | None:
    """The parts that the request of this act would hold; None: there is nothing to send.

    `linked` is the record's link, or None while QuickBooks does not have it.
    """
    if action is Action.ADD:
        return values
    if linked is None:
        return None
    if action is Action.MOD:
        names = class_tracking.left_out(sync, entity)
        return class_tracking.without(entity, names, _changed(entity, linked.base, values)) or None
    return {}


def _changed(entity: Entity, base: Values | None, ours: Values) -> Values:
    """What a Mod must carry: the changed header fields, and all lines when any line changed."""
    base, found = base or {}, {}
    ours = _with_quickbooks_own(entity, base, ours)
    for part in entity.shared_parts:
        if part.name not in ours:
            continue
        if part.name in base:
            if not equal((part,), base, ours):
                found[part.name] = ours[part.name]
            continue
        if ours[part.name] not in (None, []):
            found[part.name] = ours[part.name]
    if any(part.name in found for part in entity.lines):
        for part in entity.lines:
            found[part.name] = _in_quickbooks_order(base.get(part.name), ours[part.name])
    return found


def _with_quickbooks_own(entity: Entity, base: Values, ours: Values) -> Values:
    """Our lines with the words that QuickBooks alone sets (HasBeenBilled), where it has set them.

    Without 2-way bill sync the App does not learn of them, and QuickBooks refuses to change them.
    """
    found: Values = {}
    for part in entity.lines:
        own = {f.name: f.read_words for f in part.fields if f.read_words}
        theirs = {line["quickbooks_line_id"]: line for line in base.get(part.name) or ()}
        if not own or not theirs or not ours.get(part.name):
            continue
        found[part.name] = [
            line
            | {
                name: there[name]
                for name, words in own.items()
                if (there := theirs.get(line["quickbooks_line_id"], {})).get(name) in words
            }
            for line in ours[part.name]
        ]
    return ours | found


def _in_quickbooks_order(base: list[Values] | None, ours: list[Values]) -> list[Values]:
    """QuickBooks wants its lines in its order (3290), new ones behind; unknown ids are new."""
    theirs = {line["quickbooks_line_id"]: line for line in base or ()}
    order = {line_id: i for i, line_id in enumerate(theirs)}
    kept = [line for line in ours if line["quickbooks_line_id"] in order]
    kept.sort(key=lambda line: order[line["quickbooks_line_id"]])
    new = [
        {**line, "quickbooks_line_id": None}
        for line in ours
        if line["quickbooks_line_id"] not in order
    ]
    return [
        # Emptied is only what was there: an element sent empty for nothing is refused (3190).
        {
            name: value
            for name, value in line.items()
            if value is not None or theirs.get(line["quickbooks_line_id"], {}).get(name) is not None
        }
        | {"quickbooks_line_id": line["quickbooks_line_id"]}
        for line in kept + new
    ]
