"""Writing what arrived: QuickBooks' values become ledger rows and lines, a page at a time.

Owns inserts and updates of records that come from QuickBooks. It must not decide what is taken;
`pull.py` and `written.py` do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from qbxml.compare import same
from qbxml.entity import Entity, Family, Field, In, Lines, Part
from qbxml.parse import Record
from store import adding_up, class_tracking, currency, tokens
from store.bulk import insert_rows
from store.changes import chunks
from store.context import Sync
from store.extras import FRESH, after_pull, approval_taken_back, void_mark
from store.feed import Happened
from store.ledger import LINE_TABLES, TABLES, column_name
from store.naming import settle_paths
from store.resolving import References
from store.rows import Loaded, Values, columns
from store.totals import own_sum
from store.types import new_key


def shared_values(entity: Entity, values: Values, base: Values | None = None) -> Values:
    """The values both sides share, to be kept as the base; what was withheld stays as it was."""
    found = {part.name: values[part.name] for part in entity.shared_parts if part.name in values}
    return {**base, **found} if base else found


def in_our_terms(sync: Sync, records: Iterable[Record]) -> None:
    """Make the values of records that arrived comparable with the App's.

    Where personal data may be read, an absent personal field is empty, not unknown; the token in a
    memo is ours, not the memo's; and a balance in another currency is no amount.
    """
    records = list(records)
    adding_up.note(sync, records)
    currency.without_foreign_amounts(sync, records)
    personal = sync.quickbooks.get("personal_data")
    for record in records:
        for part in record.entity.fields if personal else ():
            if part.withheld:
                record.values.setdefault(part.name, None)
        if record.entity.token and record.values.get("memo"):
            record.values["memo"] = tokens.take_out(record.values["memo"])


def equal(parts: Sequence[Part], a: Values, b: Values) -> bool:
    """Whether both hold the same in QuickBooks' form; a withheld part that is absent matches."""
    return all(
        # Equal values have equal forms; to find that out by their forms costs ten times as much.
        a[p.name] == b[p.name] or same(p, a[p.name], b[p.name])
        for p in parts
        if p.name in a and p.name in b
    )


def moved(entity: Entity, base: Values, theirs: Values) -> list[Part]:
    """The shared parts that differ; all lines are one field, so one moved line moves all."""
    found = [p for p in entity.shared_parts if not equal((p,), base, theirs)]
    if any(isinstance(part, Lines) for part in found):
        return [*(p for p in found if isinstance(p, Field)), *entity.lines]
    return found


class Page:
    """One page of records of one resource on their way into the ledger."""

    def __init__(
        self,
        sync: Sync,
        entity: Entity,
        loaded: Loaded | None = None,
        *,
        refs: References | None = None,
    ) -> None:
        self.sync = sync
        self.entity = entity
        self.table = TABLES[entity.resource]
        self.unsent = class_tracking.left_out(sync, entity)
        self.refs = refs or References(sync)
        self.loaded = loaded
        self._rows: list[dict[str, Any]] = []
        self._moving: set[str] = set()
        self._edited = 0
        self._relined: list[tuple[str, Record]] = []
        self._renamed: list[str] = []
        self._arrived: list[str] = []
        self._rewritten: list[tuple[str, str | None]] = []

    def insert(self, records: Sequence[Record], keys: dict[str, str]) -> None:
        """Add records that are new here; `keys`: QuickBooks' id -> ours."""
        if not records:
            return
        sync, rows = self.sync, []
        # Parents first: a job's row refers to its customer's.
        for record in sorted(records, key=lambda r: r.full_name.count(":")):
            record_id = keys[record.quickbooks_id]
            resolve = self.refs.within(self.entity.resource, record_id)
            row = columns(self.entity.fields, record.values, resolve)
            row |= self._names(record) | FRESH.get(self.entity.resource, {})
            row |= {
                "company_id": sync.company_id,
                "id": record_id,
                "origin": "quickbooks",
                "version": 1,
                "created_at": sync.now,
                "updated_at": sync.now,
            }
            row = after_pull(self.entity, row, record)
            rows.append(row | void_mark(self.entity, row, {}, record, sync.now))
        insert_rows(sync.conn, self.table, rows)
        # Below a parent that the App may have renamed meanwhile.
        self._arrived += [row["id"] for row in rows if row.get("parent_id")]
        owners = [(keys[r.quickbooks_id], r) for r in records]
        for part in self.entity.lines:
            self._insert_lines(part, owners, {})
        sync.tally.changes_in += len(rows)
        for row in rows:
            sync.note(Happened.RECORD_CHANGED, self.entity.resource, row["id"])

    def _names(self, record: Record) -> Values:
        found: Values = {}
        if "full_name" in self.table.c:
            found["full_name"] = record.full_name
        if "kind" in self.table.c:
            found["kind"] = record.values["kind"]
        return found

    def _insert_lines(
        self,
        part: Lines,
        owners: Sequence[tuple[str, Record]],
        before: dict[tuple[str, str], Any],
    ) -> None:
        """Write the lines; `before`: the rows that they replace, by owner and TxnLineID."""
        table = LINE_TABLES[self.entity.resource, part.name]
        unsent = [column_name(f) for f in part.fields if f.name in self.unsent]
        rows = []
        for owner_id, record in owners:
            for position, line in enumerate(record.values.get(part.name) or ()):
                known = line["quickbooks_line_id"]
                old = before.get((owner_id, known))
                line_id = old.id if old is not None else new_key()
                resolve = self.refs.within(self.entity.resource, owner_id, part.name, line_id)
                row = columns(part.fields, line, resolve) | {
                    "company_id": self.sync.company_id,
                    "id": line_id,
                    "owner_id": owner_id,
                    "position": position,
                    "quickbooks_line_id": known,
                }
                if old is not None:
                    row |= {column: getattr(old, column) for column in unsent}
                if "taxable" in table.c:
                    row["taxable"] = self._taxable(line)
                rows.append(row)
        insert_rows(self.sync.conn, table, rows)

    def _taxable(self, line: Values) -> bool | None:
        """Whether the line carries QuickBooks' default taxable code; None without any code."""
        code = line.get("sales_tax_code")
        if not code:
            return None
        default = self.sync.quickbooks.get("taxable_code") or {}
        return bool(code.get("name") == default.get("name"))

    def write(
        self,
        record: Record,
        record_id: str,
        taken: Sequence[Part],
        *,
        revive: bool = False,
        waits: bool = False,
        edited_there: bool = False,
    ) -> int:
        """Queue what changes of a record that is here; returns the version it will have.

        `taken` are the shared parts that QuickBooks' values replace; what only QuickBooks knows
        (balances, totals) is always taken. `revive`: nobody wants it deleted any more.
        While an App change `waits` to be sent, the sum of its own lines stays. `edited_there`:
        QuickBooks' users changed it, so an approval may be void.
        """
        assert self.loaded is not None  # noqa: S101 - a page of updates is made with its rows
        row = self.loaded.rows[record_id]
        relined = any(isinstance(part, Lines) for part in taken)
        names = {p.name for p in taken if isinstance(p, Field)}
        fields = [
            f
            for f in self.entity.fields
            if (f.name in names and f.name not in self.unsent)
            or (not f.shared and In.RET in f.messages)
        ]
        new = columns(fields, record.values, self.refs.within(self.entity.resource, record_id))
        if names & {"name", "parent"} or self.entity.resource not in _RENAMED_BY_US:
            new |= self._names(record)
        if revive:
            new["deleted_at"] = None
        new = after_pull(self.entity, new, record)
        if waits and not relined:
            new = {n: v for n, v in new.items() if n != own_sum(self.entity.resource)}
        current = row._asdict()
        new |= void_mark(self.entity, new, current, record, self.sync.now)
        new = {name: value for name, value in new.items() if _changes(current[name], value)}
        if edited_there and self.sync.preferences.reapprove_on_change:
            new |= approval_taken_back(self.entity, new, current)
        if not new and not relined:
            return int(row.version)
        # A list record whose balance moved has not changed: nobody edited it.
        edited = bool(taken) or self.entity.family is Family.TXN or "deleted_at" in new
        version = int(row.version) + edited
        self._edited += edited
        if edited:
            self.sync.note(Happened.RECORD_CHANGED, self.entity.resource, record_id)
        self._rewritten += [(record_id, column_name(f)) for f in fields if f.to]
        if relined:
            self._relined.append((record_id, record))
            self._rewritten.append((record_id, None))
        if "full_name" in new:
            self._renamed.append(record_id)
        updated_at = self.sync.now if edited else row.updated_at
        new |= {"version": version, "updated_at": updated_at}
        self._rows.append(current | new)
        self._moving.update(new)
        return version

    def flush(self, *, counted: bool = True) -> None:
        """Write what was queued; `counted`: as changes that came in."""
        sync = self.sync
        self.refs.forget(self._rewritten)
        if self._rows:
            # Columns that no row changes stay out: each costs its indexes and foreign keys.
            names = sorted(self._moving)
            sync.conn.execute(
                update(self.table).where(
                    self.table.c.company_id == sync.company_id,
                    self.table.c.id == bindparam("b_id"),
                ),
                [{"b_id": row["id"], **{name: row[name] for name in names}} for row in self._rows],
            )
            sync.tally.changes_in += self._edited if counted else 0
        if self.entity.hierarchical and (self._arrived or self._renamed):
            settle_paths(
                sync.conn, self.table, sync.company_id, self._arrived, self._renamed, sync.now
            )
        for part in self.entity.lines if self._relined else ():
            self._replace_lines(part)
        self.refs.keep_unresolved()

    def _replace_lines(self, part: Lines) -> None:
        table = LINE_TABLES[self.entity.resource, part.name]
        before: dict[tuple[str, str], Any] = {}
        for ids in chunks(owner for owner, _ in self._relined):
            mine = (table.c.company_id == self.sync.company_id, table.c.owner_id.in_(ids))
            for row in self.sync.conn.execute(select(table).where(*mine)):
                if row.quickbooks_line_id:
                    before[row.owner_id, row.quickbooks_line_id] = row
            self.sync.conn.execute(delete(table).where(*mine))
        self._insert_lines(part, self._relined, before)


# Resources whose full name the App maintains itself: only a taken name or parent changes it.
_RENAMED_BY_US = {"accounts", "departments", "customers"}


def _changes(current: Any, value: Any) -> bool:
    """Whether the column changes: decimals compare by value, whatever their text."""
    if hasattr(current, "quantize") and value is not None:
        return bool(current != type(current)(value))
    return bool(current != value)
