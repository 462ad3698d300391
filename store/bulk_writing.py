"""Many records made at once: as `writing.create_record`, in a bounded number of statements.

Owns what differs when there are many: all bodies are read and checked before anything is written,
and those that are wrong are left out. It must not know JSON nor QuickBooks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from store import changes, rules, scheduling
from store.bodies import Given, read_bodies
from store.changes import Action
from store.drafts import Draft
from store.errors import Invalid, Refused
from store.known import Known
from store.ledger import LINE_TABLES, TABLES
from store.people import audit_rows
from store.shapes import Shape


def create_records(
    conn: Connection,
    company_id: str,
    shape: Shape,
    bodies: Sequence[Any],
    now: datetime,
    who: str,
) -> list[str | Invalid | Refused]:
    """Make what can be made; gives the id, or what is wrong, for each body."""
    rules.company_open(conn, company_id)
    rules.may_create(shape.entity)
    read = read_bodies(conn, company_id, shape, bodies)
    known = Known(conn, company_id)
    known.expect(shape, read)
    made: list[str | Invalid | Refused] = []
    drafts: list[Draft] = []
    for given in read:
        try:
            draft = _drafted(conn, company_id, shape, given, known)
        except (Invalid, Refused) as error:
            made.append(error)
        else:
            drafts.append(draft)
            made.append(str(draft.row["id"]))
    _write(conn, company_id, shape, drafts, now)
    ids = [str(draft.row["id"]) for draft in drafts]
    changes.record(conn, company_id, shape.entity, ids, Action.ADD, now)
    scheduling.place(conn, company_id, shape.entity, ids, now)
    details: list[dict[str, Any] | None] = [{"record": record_id} for record_id in ids]
    audit_rows(conn, company_id, who, f"{shape.entity.resource}.create", details, now)
    return made


def _drafted(
    conn: Connection,
    company_id: str,
    shape: Shape,
    given: Given,
    known: Known,
) -> Draft:
    draft = Draft(conn, company_id, shape, given, None, {}, known=known)
    draft.complete()
    known.made(shape.entity, draft.row, draft.lines)
    return draft


def _write(
    conn: Connection, company_id: str, shape: Shape, drafts: Sequence[Draft], now: datetime
) -> None:
    if not drafts:
        return
    own = {"company_id": company_id}
    life = {"origin": "app", "version": 1, "created_at": now, "updated_at": now}
    table = TABLES[shape.entity.resource]
    conn.execute(insert(table), [draft.row | own | life for draft in drafts])
    for kind in shape.lines:
        lines = [
            line | own | {"owner_id": draft.row["id"]}
            for draft in drafts
            for line in draft.lines[kind.part.name]
        ]
        if lines:
            conn.execute(insert(LINE_TABLES[shape.entity.resource, kind.part.name]), lines)
