"""Both books side by side: what CashFlow holds against what the stand-in QuickBooks holds.

Owns the comparison that `webconnector demo` and the acceptance tests end with: every shared field
of every linked record, and nothing missing on either side that the sync rules bring there. It
reads both sides' own words and does not use the code that syncs them. Must not change anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qbxml.entities import ENTITIES
from qbxml.entity import ADDRESS_PARTS, Entity, Family, Field, In, Kind, Lines, Undo
from qbxml.text import to_quickbooks

Fields = Mapping[str, Any]
"""A record as QuickBooks tells it: element names, nested, texts in QuickBooks' form."""

_TOKEN = re.compile(r"\s*\[KCF [0-9a-f-]{36}R?\]")
"""What a transfer's memo carries for us in QuickBooks, which keeps no other id of ours there."""
_NUMBERS = frozenset({Kind.AMOUNT, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT, Kind.INT})


@dataclass(frozen=True)
class Difference:
    """One disagreement: which record, which field, and what each side says.

    `key` is the App's id of the record, QuickBooks' where the App has none.
    """

    resource: str
    record: str
    field: str
    cashflow: Any
    quickbooks: Any
    key: str = ""

    def __str__(self) -> str:
        return (
            f"{self.resource} {self.record}: {self.field} is {self.cashflow!r} in CashFlow and "
            f"{self.quickbooks!r} in QuickBooks"
        )


@dataclass(frozen=True)
class Scope:
    """Which of QuickBooks' documents the rules bring over (sync-rules 1 and 2)."""

    start_date: str
    two_way_bills: bool = False
    personal_data: bool = False


@dataclass
class Result:
    """What was compared, and where the books disagree."""

    linked: Counter[str] = field(default_factory=Counter)
    fields: int = 0
    differences: list[Difference] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether nothing differs, and anything was compared at all."""
        return not self.differences and self.fields > 0


def compare(
    cashflow: Mapping[str, Sequence[Mapping[str, Any]]],
    quickbooks: Callable[[str], Iterable[Fields]],
    scope: Scope,
) -> Result:
    """Compare the records of every resource.

    `cashflow`: the App's living records by resource, as `store.resources.list_records` gives them.
    `quickbooks`: gives all living records of a kind (`Vendor`, `ItemService`) as Fields.
    """
    return _Comparison(cashflow, quickbooks, scope).run()


class _Comparison:
    def __init__(
        self,
        cashflow: Mapping[str, Sequence[Mapping[str, Any]]],
        quickbooks: Callable[[str], Iterable[Fields]],
        scope: Scope,
    ) -> None:
        self.cashflow = cashflow
        self.quickbooks = quickbooks
        self.scope = scope
        self.result = Result()
        # App id -> QuickBooks' id, to hold references of both sides against each other.
        self.quickbooks_ids = {
            record["id"]: record["sync"]["quickbooks_id"]
            for records in cashflow.values()
            for record in records
            if record["sync"]["quickbooks_id"]
        }

    def run(self) -> Result:
        for entity in ENTITIES:
            self._compare_entity(entity)
        return self.result

    def _compare_entity(self, entity: Entity) -> None:
        theirs = {_id(entity, record): record for record in self._living(entity)}
        seen = set()
        for ours in self.cashflow.get(entity.resource, ()):
            quickbooks_id = ours["sync"]["quickbooks_id"]
            if ours.get("voided_at") and entity.undo in (Undo.VOID, Undo.DELETE):
                self._compare_voided(entity, ours, theirs.get(quickbooks_id))
                seen.add(quickbooks_id)
            elif entity.thin_replies and _kept_nowhere(ours):
                self.result.linked[entity.resource] += 1  # its credits' open amounts are compared
            elif quickbooks_id in theirs:
                seen.add(quickbooks_id)
                self._compare_record(entity, ours, theirs[quickbooks_id])
            elif quickbooks_id or entity.push.new:
                self._differ(entity, ours, "the record", ours["sync"]["state"], None)
        for quickbooks_id, record in theirs.items():
            if quickbooks_id not in seen and self._comes_over(entity, record):
                self._miss(entity, record, quickbooks_id)

    def _compare_voided(
        self, entity: Entity, ours: Mapping[str, Any], theirs: Fields | None
    ) -> None:
        """A payment that was taken back is gone there, or worth nothing."""
        self.result.fields += 1
        left = _theirs(entity.field("amount"), theirs) if theirs is not None else None
        if left:
            self._differ(entity, ours, "amount", "void", left)

    def _living(self, entity: Entity) -> Iterator[Fields]:
        for kind in entity.rets or (entity.noun,):
            for record in self.quickbooks(kind):
                if entity.child is None or bool(record.get("ParentRef")) == entity.child:
                    yield record

    def _comes_over(self, entity: Entity, record: Fields) -> bool:
        if not entity.pull or entity.family is Family.LIST:
            return bool(entity.pull)
        if entity.starts:
            return str(record["TxnDate"]) >= self.scope.start_date
        # A bill on which anything was paid or credited never comes over as new, nor one of nothing.
        left = Decimal(record.get("OpenAmount") or 0)
        return self.scope.two_way_bills and bool(left) and Decimal(record["AmountDue"]) == left

    def _compare_record(self, entity: Entity, ours: Mapping[str, Any], theirs: Fields) -> None:
        self.result.linked[entity.resource] += 1
        follows = bool(entity.pull) and (
            entity.pull.switch is None or getattr(self.scope, entity.pull.switch.value)
        )
        if ours["sync"]["state"] != "synced":
            self._differ(entity, ours, "sync", ours["sync"]["state"], "confirmed")
        for part in entity.parts:
            if part.name not in ours or not part.messages & In.RET:
                continue
            if not (part.shared or follows):
                continue
            if isinstance(part, Lines):
                self._compare_lines(entity, part, ours, theirs)
            elif not part.withheld or self.scope.personal_data:
                self._compare_field(entity, part, part.name, ours, ours, theirs)

    def _compare_field(
        self,
        entity: Entity,
        part: Field,
        path: str,
        ours: Mapping[str, Any],
        record: Mapping[str, Any],
        theirs: Fields,
    ) -> None:
        self.result.fields += 1
        one = self._ours(part, ours.get(part.name))
        other = _theirs(part, theirs)
        if entity.token and part.name == "memo" and other:
            other = _TOKEN.sub("", other) or None
        if one != other:
            self._differ(entity, record, path, one, other)

    def _compare_lines(
        self, entity: Entity, part: Lines, ours: Mapping[str, Any], theirs: Fields
    ) -> None:
        lines = list(theirs.get(part.element) or ())
        for group in theirs.get(part.group or "") or ():
            lines.extend(group.get(part.element) or ())
        mine = list(ours[part.name])
        if len(mine) != len(lines):
            self._differ(entity, ours, part.name, len(mine), len(lines))
            return
        fields = [one for one in part.fields if mine and one.name in mine[0]]
        if part.group and theirs.get(part.group):
            # Lines inside groups and beside them: QuickBooks' order is not told, compare as sets.
            mine.sort(key=lambda line: [str(self._ours(one, line[one.name])) for one in fields])
            lines.sort(key=lambda line: [str(_theirs(one, line)) for one in fields])
        for position, (mine_line, line) in enumerate(zip(mine, lines, strict=True)):
            for one in fields:
                path = f"{part.name}/{position}/{one.name}"
                self._compare_field(entity, one, path, mine_line, ours, line)

    def _ours(self, part: Field, value: Any) -> Any:
        """The App's value in the form that `_theirs` gives."""
        if part.kind is Kind.REF:
            return None if value is None else self.quickbooks_ids.get(value["id"], value["id"])
        if part.kind is Kind.ADDRESS:
            lines = value or {}
            return {name: _text(lines.get(name)) for _, name, _ in ADDRESS_PARTS if lines.get(name)}
        if part.kind in _NUMBERS:
            return None if value is None else Decimal(str(value))
        if part.kind is Kind.TEXT:
            return _text(value)
        return value

    def _differ(
        self, entity: Entity, ours: Mapping[str, Any], name: str, cashflow: Any, quickbooks: Any
    ) -> None:
        self.result.differences.append(
            Difference(entity.resource, _called(ours), name, cashflow, quickbooks, ours["id"])
        )

    def _miss(self, entity: Entity, theirs: Fields, key: str) -> None:
        """QuickBooks' record is not here."""
        self.result.differences.append(
            Difference(entity.resource, _called_there(theirs), "the record", None, key, key)
        )


def _kept_nowhere(ours: Mapping[str, Any]) -> bool:
    """Whether credits covered all of a payment, so that QuickBooks keeps no record of it."""
    done = ours["sync"]["state"] == "synced" and not ours["sync"]["quickbooks_id"]
    return done and not Decimal(ours["amount"])


def _theirs(part: Field, record: Fields) -> Any:
    """QuickBooks' value: numbers as Decimal, references as ListID, None when absent."""
    found = (_at(record, path) for path in part.elements)
    value = next((one for one in found if one not in (None, "")), None)
    if value is None:
        return {Kind.BOOL: part.empty, Kind.ADDRESS: {}}.get(part.kind)
    return _READERS.get(part.kind, _as_it_is)(part, value)


def _as_it_is(_part: Field, value: Any) -> Any:
    return value


def _address(_part: Field, value: Fields) -> dict[str, str | None]:
    return {name: _text(value[one]) for one, name, _ in ADDRESS_PARTS if value.get(one)}


def _word(part: Field, value: str) -> str:
    """Our word for one of QuickBooks', where the table has words of ours."""
    return {theirs: ours for ours, theirs in part.words}.get(value, value)


_READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.BOOL: lambda _part, value: value == "true",
    Kind.REF: lambda _part, value: value.get("ListID"),
    Kind.ADDRESS: _address,
    Kind.ENUM: _word,
    Kind.TEXT: lambda _part, value: _text(value),
    **{kind: lambda _part, value: Decimal(str(value)) for kind in _NUMBERS},
}


def _at(record: Fields, path: str) -> Any:
    value: Any = record
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: str | None) -> str | None:
    """In QuickBooks' form: its letters, no outer blanks, one kind of line ends."""
    return to_quickbooks(value, multiline=True).text or None if value else None


def _id(entity: Entity, record: Fields) -> str:
    return str(record[entity.family.id_element])


def _called(record: Mapping[str, Any]) -> str:
    names = (record.get(name) for name in ("full_name", "name", "number", "id"))
    return str(next(name for name in names if name))


def _called_there(record: Fields) -> str:
    return str(record.get("FullName") or record.get("Name") or record.get("RefNumber") or "?")
