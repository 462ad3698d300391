"""Which records a query means.

Owns every filter of list and transaction queries. Raises StatusError for filters that make no
sense; returns records and the ids or names that were asked for and are not there.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from webconnector.rehearsal import refusals, rets
from webconnector.rehearsal.clock import read_bound
from webconnector.rehearsal.kinds import ENTITY_KINDS, TXN_KINDS, query_rets
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.register import Record, Register, fold
from webconnector.rehearsal.values import Fields, amount, as_list

_MATCHES: Mapping[str, Callable[[str, str], bool]] = {
    "StartsWith": str.startswith,
    "EndsWith": str.endswith,
    "Contains": operator.contains,
}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "Equal": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
}
_ACTIVE = {"ActiveOnly": (True,), "InactiveOnly": (False,), "All": (True, False)}
Found = tuple[list[Record], list[str]]


def period(register: Register, asked: Mapping[str, Any], what: str) -> Callable[[datetime], bool]:
    """A test of an aware moment against From<what>Date and To<what>Date, both inclusive."""
    start = asked.get(f"From{what}Date")
    end = asked.get(f"To{what}Date")
    first = read_bound(start, is_end=False) if start else datetime.min  # noqa: DTZ901 - wall time
    last = read_bound(end, is_end=True) if end else datetime.max  # noqa: DTZ901 - wall time
    if first > last:
        raise StatusError(3030, "The From date is after the To date.")
    if not start and not end:
        return lambda _moment: True
    return lambda moment: first <= register.wall(moment) <= last


def list_records(register: Register, noun: str, asked: Fields) -> Found:
    """The records of a list query."""
    kinds = query_rets(noun)
    if "ListID" in asked:
        return _each(asked["ListID"], lambda key: register.wanted(kinds, {"ListID": key}))
    if "FullName" in asked:
        return _each(asked["FullName"], lambda key: register.named(kinds, key))
    tests = list(_list_tests(register, asked))
    records = (record for kind in kinds for record in register.of_kind[kind].values())
    return [record for record in records if all(test(record) for test in tests)], []


def _each(keys: Iterable[str], look: Callable[[str], Record | None]) -> Found:
    found, gone = [], []
    for key in dict.fromkeys(keys):
        record = look(key)
        if record is None:
            gone.append(key)
        else:
            found.append(record)
    return found, gone


def _list_tests(register: Register, asked: Fields) -> Iterator[Callable[[Record], bool]]:
    wanted = _ACTIVE[asked.get("ActiveStatus", "ActiveOnly")]
    yield lambda record: record.is_active in wanted
    inside = period(register, asked, "Modified")
    yield lambda record: inside(record.modified)
    if "NameFilter" in asked:
        matches = _MATCHES[asked["NameFilter"]["MatchCriterion"]]
        part = fold(asked["NameFilter"]["Name"])
        yield lambda record: matches(fold(record.name), part)
    if "NameRangeFilter" in asked:
        yield _in_range(asked["NameRangeFilter"], "Name", lambda record: record.name)
    if "AccountType" in asked:
        yield lambda record: record.fields["AccountType"] in asked["AccountType"]
    if "TotalBalanceFilter" in asked:
        compare = _OPERATORS[asked["TotalBalanceFilter"]["Operator"]]
        limit = amount(asked["TotalBalanceFilter"], "Amount")
        yield lambda record: compare(_total_balance(register, record), limit)
    if "CurrencyFilter" in asked and not register.prefs.multicurrency:
        raise refusals.not_enabled()
    if "ClassFilter" in asked:
        if not register.prefs.class_tracking:
            raise refusals.not_enabled()
        classes = _referred(register, ("Class",), asked["ClassFilter"])
        yield lambda record: (record.fields.get("ClassRef") or {}).get("ListID") in classes


def _total_balance(register: Register, record: Record) -> Decimal:
    fields = rets.ret_fields(register, record)
    return amount(fields, "TotalBalance" if "TotalBalance" in fields else "Balance")


def _in_range(asked: Fields, what: str, of: Callable[[Record], str]) -> Callable[[Record], bool]:
    low, high = asked.get(f"From{what}", ""), asked.get(f"To{what}", "")
    if low and high and _rank(low) > _rank(high):
        raise StatusError(3031, "The From value is after the To value.")
    return lambda record: (
        (not low or _rank(of(record)) >= _rank(low))
        and (not high or _rank(of(record)) <= _rank(high))
    )


def _rank(text: str) -> tuple[int, Decimal, str]:
    """Numbers by value before words by letter."""
    if text.isdecimal():
        return 0, Decimal(text), ""
    return 1, Decimal(0), fold(text)


def _referred(register: Register, kinds: tuple[str, ...], asked: Fields) -> set[str]:
    """The ListIDs a reference filter means. 3120 for one that is not there."""
    found: set[str] = set()
    for name in ("ListID", "FullName", "ListIDWithChildren", "FullNameWithChildren"):
        for key in as_list(asked, name):
            ref = {"ListID" if name.startswith("ListID") else "FullName": key}
            record = register.wanted(kinds, ref)
            if record is None:
                raise refusals.not_found(key)
            below = register.with_children(record) if "With" in name else (record,)
            found |= {one.id for one in below}
    return found


def txn_records(register: Register, noun: str, asked: Fields) -> Found:
    """The records of a transaction query, in the order they were entered."""
    kind = query_rets(noun)[0]
    of_kind = register.of_kind[kind]
    if "TxnID" in asked:
        return _each(asked["TxnID"], of_kind.get)
    if "RefNumber" in asked or "RefNumberCaseSensitive" in asked:
        exact = asked.get("RefNumberCaseSensitive", ())
        keys = [*asked.get("RefNumber", ()), *exact]
        records = [
            of_kind[key]
            for number in dict.fromkeys(k.casefold() for k in keys)
            for key in register.by_number.get((kind, number), ())
        ]
        if exact:
            records = [r for r in records if r.fields.get("RefNumber") in exact]
        return records, []
    parties = (
        _referred(register, ENTITY_KINDS, asked["EntityFilter"])
        if ("EntityFilter" in asked)
        else None
    )
    if parties is None:
        candidates: Iterable[Record] = of_kind.values()
    else:
        candidates = sorted(
            (of_kind[key] for party in parties for key in register.by_party.get((kind, party), ())),
            key=lambda record: record.number,
        )
    tests = list(_txn_tests(register, kind, asked))
    return [record for record in candidates if all(test(record) for test in tests)], []


def _txn_tests(register: Register, kind: str, asked: Fields) -> Iterator[Callable[[Record], bool]]:
    if "ModifiedDateRangeFilter" in asked:
        inside = period(register, asked["ModifiedDateRangeFilter"], "Modified")
        yield lambda record: inside(record.modified)
    if "TxnDateRangeFilter" in asked:
        yield _dated(register, asked["TxnDateRangeFilter"])
    if "AccountFilter" in asked:
        accounts = _referred(register, ("Account",), asked["AccountFilter"])
        names = TXN_KINDS[kind].filter_accounts
        yield lambda record: any(
            (record.fields.get(name) or {}).get("ListID") in accounts for name in names
        )
    if "RefNumberFilter" in asked:
        matches = _MATCHES[asked["RefNumberFilter"]["MatchCriterion"]]
        part = asked["RefNumberFilter"]["RefNumber"].casefold()
        yield lambda record: matches(record.fields.get("RefNumber", "").casefold(), part)
    if "RefNumberRangeFilter" in asked:
        yield _in_range(
            asked["RefNumberRangeFilter"],
            "RefNumber",
            lambda record: record.fields.get("RefNumber", ""),
        )
    if "CurrencyFilter" in asked and not register.prefs.multicurrency:
        raise refusals.not_enabled()
    paid = asked.get("PaidStatus", "All")
    if paid != "All":
        yield lambda record: rets.is_paid(register, record) == (paid == "PaidOnly")


def _dated(register: Register, asked: Fields) -> Callable[[Record], bool]:
    macro = asked.get("DateMacro")
    if macro == "All":
        return lambda _record: True
    if macro not in (None, "Today"):
        raise StatusError(1030, f"The date macro {macro} is not supported by this stand-in.")
    today = register.today() if macro else ""
    low, high = asked.get("FromTxnDate", today), asked.get("ToTxnDate", today)
    if low and high and low > high:
        raise StatusError(3030, "The From date is after the To date.")
    return lambda record: (
        (not low or record.fields["TxnDate"] >= low)
        and (not high or record.fields["TxnDate"] <= high)
    )
