"""The records of a company file and everything by which they are found.

Owns records, their indexes, ids, references and deletions. Must not know requests, replies or
what a record of some kind means.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Books, Posting
from webconnector.rehearsal.clock import edit_sequence, quickbooks_time, wall_time
from webconnector.rehearsal.kinds import (
    EXPENSE_LINE_TYPES,
    LIST_KINDS,
    NEEDED_ACCOUNT_TYPE,
    TXN_KINDS,
    ref_targets,
)
from webconnector.rehearsal.links import Links
from webconnector.rehearsal.preferences import Preferences
from webconnector.rehearsal.values import Fields

_ID = re.compile(r"[0-9A-F]+-\d+")
_LIST_ID_START = 0x80000000
_NOT_REFS = frozenset(("AdditionalContactRef",))
_TAX_REFS = frozenset(("SalesTaxCodeRef", "CustomerSalesTaxCodeRef", "ItemSalesTaxRef"))
_CLASS_REFS = frozenset(("ClassRef", "DiscountClassRef", "OverrideClassRef"))


@dataclass
class Record:
    """One list element or transaction; `fields` are as stored, references by ListID alone."""

    kind: str
    id: str
    fields: Fields
    created: datetime
    modified: datetime
    number: int = 0
    refs: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        return str(self.fields.get("Name", ""))

    @property
    def parent_id(self) -> str:
        return str((self.fields.get("ParentRef") or {}).get("ListID", ""))

    @property
    def is_active(self) -> bool:
        return bool(self.fields.get("IsActive", "true") == "true")


@dataclass(frozen=True)
class Deletion:
    """A record that is gone; kept for a number of days."""

    kind: str
    id: str
    created: datetime
    deleted: datetime
    label: str


@dataclass
class Register:
    """All state of a company file except its preferences and its open iterators."""

    prefs: Preferences
    spaces: defaultdict[str, dict[str, Record]] = field(default_factory=lambda: defaultdict(dict))
    txns: dict[str, Record] = field(default_factory=dict)
    of_kind: defaultdict[str, dict[str, Record]] = field(default_factory=lambda: defaultdict(dict))
    books: Books = field(default_factory=Books)
    links: Links = field(default_factory=Links)
    list_deletions: list[Deletion] = field(default_factory=list)
    txn_deletions: list[Deletion] = field(default_factory=list)
    company_ext: list[Fields] = field(default_factory=list)
    _names: dict[tuple[str, str, str], str] = field(default_factory=dict)
    children: defaultdict[tuple[str, str], dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    by_party: defaultdict[tuple[str, str], dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    by_number: defaultdict[tuple[str, str], dict[str, None]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _uses: Counter[tuple[str, str]] = field(default_factory=Counter)
    _counters: Counter[str] = field(default_factory=Counter)

    # --- time and ids

    def now(self) -> datetime:
        return self.prefs.clock()

    def told(self, moment: datetime) -> str:
        return quickbooks_time(moment, self.prefs.zone)

    def wall(self, moment: datetime) -> datetime:
        return wall_time(moment, self.prefs.zone)

    def today(self) -> str:
        return self.wall(self.now()).date().isoformat()

    def new_id(self, space: str) -> str:
        """List ids count per list: two lists may well use the same one. Transactions share one."""
        self._counters[space] += 1
        start = 0 if space in ("txn", "line") else _LIST_ID_START
        return f"{start + self._counters[space]:X}-{edit_sequence(self.now())}"

    def next_number(self) -> int:
        self._counters["number"] += 1
        return self._counters["number"]

    # --- finding

    def in_list(self, kinds: Sequence[str], list_id: str) -> Record | None:
        record = self.spaces[LIST_KINDS[kinds[0]].space].get(list_id)
        return record if record is not None and record.kind in kinds else None

    def named(self, kinds: Sequence[str], full_name: str) -> Record | None:
        """The record of one of these kinds with this full name, in whatever case."""
        space = LIST_KINDS[kinds[0]].space
        found = ""
        for segment in full_name.split(":"):
            found = self._names.get((space, found, fold(segment)), "")
            if not found:
                return None
        return self.in_list(kinds, found)

    def wanted(self, kinds: Sequence[str], ref: Fields) -> Record | None:
        """The record a reference means: by ListID when there is one, else by FullName."""
        list_id = ref.get("ListID") or ""
        if list_id:
            if not _ID.fullmatch(list_id):
                raise refusals.invalid_id(list_id, "list id")
            return self.in_list(kinds, list_id)
        return self.named(kinds, ref.get("FullName") or "")

    def referred(self, record_fields: Fields, element: str, kind: str = "") -> Record | None:
        """The record behind a stored reference; None when the reference is absent."""
        ref = record_fields.get(element)
        if not ref:
            return None
        return self.in_list(ref_targets(element, kind), ref["ListID"])

    def txn(self, kind: str, txn_id: str) -> Record:
        if not _ID.fullmatch(txn_id):
            raise refusals.invalid_id(txn_id, "txn id")
        record = self.of_kind[kind].get(txn_id)
        if record is None:
            raise refusals.not_found(txn_id)
        return record

    def element(self, kind: str, list_id: str) -> Record:
        if not _ID.fullmatch(list_id):
            raise refusals.invalid_id(list_id, "list id")
        record = self.in_list((kind,), list_id)
        if record is None:
            raise refusals.not_found(list_id)
        return record

    def element_of_space(self, kind: str, list_id: str) -> Record:
        """A record known to exist in the name space of `kind`."""
        return self.spaces[LIST_KINDS[kind].space][list_id]

    def full_name(self, record: Record) -> str:
        names = [record.name, *(parent.name for parent in self.ancestors(record))]
        return ":".join(reversed(names))

    def ancestors(self, record: Record) -> Iterator[Record]:
        """Parent, grandparent and so on."""
        space = self.spaces[LIST_KINDS[record.kind].space]
        while record.parent_id:
            record = space[record.parent_id]
            yield record

    def with_children(self, record: Record) -> Iterator[Record]:
        """A record and everything below it."""
        yield record
        space = LIST_KINDS[record.kind].space
        for child in self.children.get((space, record.id), ()):
            yield from self.with_children(self.spaces[space][child])

    def named_like(self, record_kind: str, parent_id: str, name: str) -> Record | None:
        """Whoever holds a name under a parent: any kind of the name space, active or not."""
        space = LIST_KINDS[record_kind].space
        holder = self._names.get((space, parent_id, fold(name)))
        return self.spaces[space][holder] if holder else None

    # --- references

    def bind(self, fields: Fields, kind: str, table: str = "") -> Fields:
        """The same fields with every reference looked up and kept by ListID.

        An empty reference becomes "" (cleared). Raises StatusError for what cannot be referred to.
        """
        bound: Fields = {}
        for name, value in fields.items():
            is_ref = name.endswith("Ref") and name not in _NOT_REFS
            if isinstance(value, dict):
                bound[name] = (
                    self._reference(name, value, kind, table)
                    if is_ref
                    else (self.bind(value, kind, name))
                )
            elif isinstance(value, list) and is_ref:
                bound[name] = [self._reference(name, one, kind, table) for one in value]
            elif isinstance(value, list):
                bound[name] = [
                    self.bind(one, kind, name) if isinstance(one, dict) else one for one in value
                ]
            else:
                bound[name] = value
        return bound

    def _reference(self, element: str, ref: Fields, kind: str, table: str) -> Any:
        value = ref.get("ListID") or ref.get("FullName") or ""
        if not value:
            return ""
        if (
            (element in _CLASS_REFS and not self.prefs.class_tracking)
            or (element in _TAX_REFS and not self.prefs.sales_tax)
            or (element == "CurrencyRef" and not self.prefs.multicurrency)
        ):
            raise refusals.not_enabled()
        targets = ref_targets(element, kind)
        record = self.wanted(targets, ref)
        label = LIST_KINDS[targets[0]].label
        if record is None and element == "ParentRef":
            raise refusals.no_parent(value, LIST_KINDS[kind].plural)
        if record is None:
            raise refusals.bad_reference(label, value, kind)
        if kind in TXN_KINDS and not record.is_active:
            raise refusals.bad_reference(
                label, value, kind, "  QuickBooks error message: The list element is inactive."
            )
        self._check_account(element, record, kind, table)
        return {"ListID": record.id}

    def _check_account(self, element: str, record: Record, kind: str, table: str) -> None:
        if record.kind != "Account" or kind not in TXN_KINDS:
            return
        allowed = EXPENSE_LINE_TYPES if table == "ExpenseLine" else NEEDED_ACCOUNT_TYPE.get(element)
        if allowed is not None and record.fields["AccountType"] not in allowed:
            raise refusals.bad_reference(
                "Account",
                self.full_name(record),
                kind,
                "  QuickBooks error message: The specified account is of the wrong type.",
            )

    def is_used(self, record: Record) -> bool:
        """Whether anything refers to it, or it has children or postings."""
        space = LIST_KINDS[record.kind].space
        return self._uses[space, record.id] > 0 or bool(self.children.get((space, record.id)))

    # --- keeping

    def keep_list(self, record: Record) -> None:
        """Store a new or changed list record and bring the indexes up to date."""
        space = LIST_KINDS[record.kind].space
        old = self.spaces[space].get(record.id)
        if old is not None:
            self._unindex_list(old, space)
        self.spaces[space][record.id] = record
        self.of_kind[record.kind][record.id] = record
        self._names[space, record.parent_id, fold(record.name)] = record.id
        if record.parent_id:
            self.children[space, record.parent_id][record.id] = None
        self._count_refs(old, record)

    def _unindex_list(self, old: Record, space: str) -> None:
        self._names.pop((space, old.parent_id, fold(old.name)), None)
        if old.parent_id:
            self.children[space, old.parent_id].pop(old.id, None)

    def keep_txn(self, record: Record, postings: Iterable[Posting]) -> None:
        """Store a new or changed transaction with its postings."""
        old = self.txns.get(record.id)
        self.books.post(record.id, postings)
        if old is not None:
            self._unindex_txn(old)
        self.txns[record.id] = record
        self.of_kind[record.kind][record.id] = record
        self.by_party[record.kind, party_of(record)][record.id] = None
        self.by_number[record.kind, number_of(record)][record.id] = None
        self._count_refs(old, record)

    def _unindex_txn(self, old: Record) -> None:
        self.by_party[old.kind, party_of(old)].pop(old.id, None)
        self.by_number[old.kind, number_of(old)].pop(old.id, None)

    def _count_refs(self, old: Record | None, new: Record | None) -> None:
        if old is not None:
            self._uses.subtract(old.refs)
        if new is not None:
            new.refs = tuple(references(new.fields, new.kind))
            self._uses.update(new.refs)

    def drop_list(self, record: Record, gone: datetime) -> None:
        space = LIST_KINDS[record.kind].space
        label = self.full_name(record)
        self._unindex_list(record, space)
        self._count_refs(record, None)
        del self.spaces[space][record.id], self.of_kind[record.kind][record.id]
        self.list_deletions.append(Deletion(record.kind, record.id, record.created, gone, label))

    def drop_txn(self, record: Record, gone: datetime) -> None:
        self._unindex_txn(record)
        self._count_refs(record, None)
        self.books.forget(record.id)
        del self.txns[record.id], self.of_kind[record.kind][record.id]
        label = str(record.fields.get("RefNumber", ""))
        self.txn_deletions.append(Deletion(record.kind, record.id, record.created, gone, label))

    def recent(self, deletions: list[Deletion]) -> list[Deletion]:
        """The deletions still remembered."""
        since = self.now() - timedelta(days=self.prefs.deletions_kept_days)
        return [deletion for deletion in deletions if deletion.deleted >= since]


def fold(name: str) -> str:
    """Names are compared without case, outer blanks and doubled blanks."""
    return " ".join(name.split()).casefold()


def party_of(record: Record) -> str:
    """The ListID of whose transaction it is; empty when it is nobody's."""
    party = record.fields.get(TXN_KINDS[record.kind].party) or {}
    return str(party.get("ListID", ""))


def number_of(record: Record) -> str:
    """The RefNumber as it is compared."""
    return str(record.fields.get("RefNumber", "")).casefold()


def references(fields: Fields, kind: str) -> Iterator[tuple[str, str]]:
    """Every stored reference below these fields, as (space, ListID)."""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else (value,):
            if not isinstance(one, dict):
                continue
            if name.endswith("Ref") and name not in _NOT_REFS:
                yield LIST_KINDS[ref_targets(name, kind)[0]].space, one["ListID"]
            else:
                yield from references(one, kind)
