"""Names of list records: unique below their parent, and the full names that follow from them.

Owns the tree of a list: depth, circles, full names. It must not know why a record is renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, func, select, update

from qbxml.entity import Entity
from store.changes import chunks

levels_max = 5
"""QuickBooks' lists are at most five levels deep."""


def name_problem(
    conn: Connection, table: Table, entity: Entity, company_id: str, row: dict[str, Any]
) -> str | None:
    """Why the row's name cannot be: another record below the same parent has it."""
    query = select(table.c.id).where(
        table.c.company_id == company_id,
        table.c.name == row["name"],
        table.c.id != row["id"],
        table.c.deleted_at.is_(None),
    )
    if "parent_id" in table.c:
        query = query.where(table.c.parent_id == row.get("parent_id"))
    if conn.execute(query.limit(1)).first() is None:
        return None
    return name_taken(entity, row.get("parent_id"))


def name_taken(entity: Entity, parent_id: str | None) -> str:
    """What to do about a name that another record below the same parent has."""
    where = " there" if parent_id else ""
    return f"Another {entity.singular} has this name{where}. Choose another name."


def names_taken(
    conn: Connection, table: Table, company_id: str, names: Iterable[str]
) -> set[tuple[str, str | None]]:
    """Which of these names living records have, each with the parent they stand below."""
    columns = [table.c.name, *([table.c.parent_id] if "parent_id" in table.c else [])]
    found: set[tuple[str, str | None]] = set()
    for some in chunks(sorted(set(names))):
        for row in conn.execute(
            select(*columns).where(
                table.c.company_id == company_id,
                table.c.name.in_(some),
                table.c.deleted_at.is_(None),
            )
        ):
            found.add((row.name, getattr(row, "parent_id", None)))
    return found


def parent_problem(record_id: str, above: Sequence[str], below: int) -> str | None:
    """Why the record cannot stand below these ids: a circle, or too many levels."""
    if record_id in above:
        return "A record cannot stand below itself."
    depth = len(above) + 1 + below
    if depth > levels_max:
        return f"That would be {depth} levels; QuickBooks keeps at most {levels_max}."
    return None


def levels_below(conn: Connection, table: Table, company_id: str, record_id: str) -> int:
    """Levels below a record."""
    levels = 0
    children = _children(conn, table, company_id, [record_id])
    while children and levels <= levels_max:
        levels += 1
        children = _children(conn, table, company_id, [child.id for child in children])
    return levels


def _children(conn: Connection, table: Table, company_id: str, ids: list[str]) -> list[Any]:
    found: list[Any] = []
    for some in chunks(ids):
        found.extend(
            conn.execute(
                select(table.c.id, table.c.name, table.c.parent_id).where(
                    table.c.company_id == company_id, table.c.parent_id.in_(some)
                )
            )
        )
    return found


def full_name(
    conn: Connection, table: Table, company_id: str, name: str, parent_id: str | None
) -> str:
    """`Parent:Name`, or the name alone."""
    if parent_id is None:
        return name
    above = conn.execute(
        select(table.c.full_name).where(table.c.company_id == company_id, table.c.id == parent_id)
    ).scalar_one()
    return f"{above}:{name}"


def rename_below(
    conn: Connection, table: Table, company_id: str, record_id: str, path: str, now: datetime
) -> None:
    """Give all descendants the full names that follow; level by level, deleted ones too.

    Their versions stay: QuickBooks renames them by itself, so there is nothing to send.
    """
    paths = {record_id: path}
    seen = {record_id}
    renaming = (
        update(table)
        .where(table.c.company_id == company_id, table.c.id == bindparam("record"))
        .values(full_name=bindparam("path"), updated_at=now)
    )
    while paths:
        children = _children(conn, table, company_id, list(paths))
        paths = {c.id: f"{paths[c.parent_id]}:{c.name}" for c in children if c.id not in seen}
        seen |= set(paths)
        if paths:
            rows = [{"record": child_id, "path": name} for child_id, name in paths.items()]
            conn.execute(renaming, rows)


def settle_paths(
    conn: Connection,
    table: Table,
    company_id: str,
    arrived: Sequence[str],
    renamed: Sequence[str],
    now: datetime,
) -> None:
    """Put records that QuickBooks sent below the App's own parents, whatever it calls those.

    QuickBooks' full name of a record below a parent that the App renamed and has not sent yet is
    out of date already. `renamed`: what stands below them follows too.
    """
    moved = dict.fromkeys(renamed)
    above = table.alias("above")
    for ids in chunks([*renamed, *arrived]):
        rows = conn.execute(
            select(table.c.id, table.c.name, table.c.full_name, above.c.full_name.label("path"))
            .join_from(
                table,
                above,
                and_(above.c.company_id == table.c.company_id, above.c.id == table.c.parent_id),
                isouter=True,
            )
            .where(table.c.company_id == company_id, table.c.id.in_(ids))
            .where(table.c.full_name != func.coalesce(above.c.full_name + ":", "") + table.c.name)
        )
        # Without a parent but with a path: its parent has not arrived yet.
        moved |= {row.id: None for row in rows if row.path is not None or ":" not in row.full_name}
    for record_id in moved:
        row = conn.execute(
            select(table.c.name, table.c.parent_id, table.c.full_name).where(
                table.c.company_id == company_id, table.c.id == record_id
            )
        ).one()
        path = row.full_name
        if row.parent_id is not None or ":" not in path:
            path = full_name(conn, table, company_id, row.name, row.parent_id)
        if path != row.full_name:
            conn.execute(
                update(table)
                .where(table.c.company_id == company_id, table.c.id == record_id)
                .values(full_name=path, updated_at=now)
            )
        rename_below(conn, table, company_id, record_id, path, now)
