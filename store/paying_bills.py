"""Bill payments on their way out: their accounts, and what bills and credits still take.

Owns sync-rules 5 on bill payments as far as one may go: the posting account by preference, the
payable account of the bills, and open amounts as QuickBooks said in this session. It must not build
requests nor decide what becomes of a payment that may not go; `guards.py` and `holding.py` do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select, update

from qbxml.parse import Record
from store.changes import chunks
from store.context import Sync
from store.ledger import (
    bill,
    bill_payment,
    bill_payment_application,
    bill_payment_credit,
    vendor_credit,
)
from store.rows import Loaded, Values, shown_name
from store.syncing import link

_NOTHING = Decimal(0)
_OPEN = {"bills": bill, "vendor-credits": vendor_credit}


# --- before it goes


def prepare(sync: Sync, values: Values, loaded: Loaded, record_id: str) -> Values:
    """Complete what the App leaves to preferences and bills; empty amounts are left out."""
    row = loaded.rows[record_id]
    chosen = sync.preferences
    source = values["paid_from"]
    if row.paid_from_id is None and chosen.payment_posting == "clearing":
        source = _quickbooks_has(sync, chosen.money_out_clearing)
    bills = [line.bill_id for line in loaded.lines.get(("applications", record_id), ())]
    payables = set(
        sync.conn.execute(
            select(bill.c.payable_account_id).where(
                bill.c.company_id == sync.company_id, bill.c.id.in_(bills)
            )
        ).scalars()
    ) - {None}
    payable = _quickbooks_has(sync, payables.pop()) if len(payables) == 1 else None
    applications = [_without_zeros(line) for line in values["applications"]]
    return values | {
        "paid_from": source,
        "payable_account": payable,
        "applications": applications,
    }


def _quickbooks_has(sync: Sync, account_id: str | None) -> Values | None:
    known = sync.conn.execute(
        select(link.c.quickbooks_id).where(
            link.c.company_id == sync.company_id,
            link.c.record_id == account_id,
            link.c.gone_at.is_(None),
        )
    ).scalar()
    return {"id": known, "name": None} if known else None


def _without_zeros(line: Values) -> Values:
    empty = [name for name in ("amount", "discount") if not Decimal(line[name] or 0)]
    if "discount" in empty:
        empty.append("discount_account")
    return line | dict.fromkeys(empty)


# --- what it applies to


@dataclass(frozen=True, slots=True)
class Applied:
    """A bill or credit that a payment applies to, as the ledger has it now."""

    resource: str
    quickbooks_id: str | None
    shown: str
    wanted: Decimal
    open: Decimal
    approved: bool
    payable_account_id: str | None


@dataclass(slots=True)
class Facts:
    """What the guards must know of one payment."""

    paid_from_id: str | None = None
    applied: list[Applied] = field(default_factory=list)


def facts(sync: Sync, payment_ids: Sequence[str]) -> dict[str, Facts]:
    """The facts of these payments, in a bounded number of queries."""
    found = {key: Facts() for key in payment_ids}
    for ids in chunks(payment_ids):
        mine = (bill_payment.c.company_id == sync.company_id, bill_payment.c.id.in_(ids))
        sources = select(bill_payment.c.id, bill_payment.c.paid_from_id).where(*mine)
        for row in sync.conn.execute(sources):
            found[row.id].paid_from_id = row.paid_from_id
        for owner_id, one in (*_bills(sync, ids), *_credits(sync, ids)):
            found[owner_id].applied.append(one)
    return found


def _bills(sync: Sync, ids: Sequence[str]) -> Iterator[tuple[str, Applied]]:
    taken: dict[tuple[str, str], Decimal] = {}
    for row in _lines(sync, bill_payment_credit, bill, "bill_id", ids):
        key = (row.owner_id, row.id)
        taken[key] = taken.get(key, _NOTHING) + row.applied
    for row in _lines(sync, bill_payment_application, bill, "bill_id", ids):
        wanted = (row.applied or _NOTHING) + (row.discount or _NOTHING)
        wanted += taken.get((row.owner_id, row.id), _NOTHING)
        yield row.owner_id, _one("bills", row, wanted)


def _credits(sync: Sync, ids: Sequence[str]) -> Iterator[tuple[str, Applied]]:
    wanted: dict[tuple[str, str], Decimal] = {}
    rows: dict[tuple[str, str], Any] = {}
    for row in _lines(sync, bill_payment_credit, vendor_credit, "vendor_credit_id", ids):
        key = (row.owner_id, row.id)
        rows[key] = row
        wanted[key] = wanted.get(key, _NOTHING) + row.applied
    for key, row in rows.items():
        yield row.owner_id, _one("vendor-credits", row, wanted[key])


def _lines(sync: Sync, lines: Any, table: Any, reference: str, ids: Sequence[str]) -> Sequence[Any]:
    discount = [lines.c.discount] if "discount" in lines.c else []
    return sync.conn.execute(
        select(
            lines.c.owner_id,
            lines.c.amount.label("applied"),
            *discount,
            table,
            link.c.quickbooks_id,
        )
        .join(
            table, and_(table.c.company_id == lines.c.company_id, table.c.id == lines.c[reference])
        )
        .outerjoin(
            link, and_(link.c.company_id == table.c.company_id, link.c.record_id == table.c.id)
        )
        .where(lines.c.company_id == sync.company_id, lines.c.owner_id.in_(ids))
        .order_by(lines.c.owner_id, lines.c.position)
    ).all()


def _one(resource: str, row: Any, wanted: Decimal) -> Applied:
    return Applied(
        resource,
        row.quickbooks_id,
        f"{_SINGULAR[resource]} {shown_name(row)}",
        wanted,
        row.amount if row.open_amount is None else row.open_amount,
        row.approval == "approved",
        row.payable_account_id,
    )


_SINGULAR = {"bills": "bill", "vendor-credits": "vendor credit"}


# --- open amounts, as read


def in_doubt(records: Sequence[Record]) -> list[str]:
    """The vendors (ListIDs) of bills whose OpenAmount is not what their links leave.

    It is missing, or that of the whole vendor, or a discount counts: the list of bills to pay
    tells (qbxml.md 2.6).
    """
    return sorted(
        {
            record.values["vendor"]["id"]
            for record in records
            if record.entity.noun == "Bill"
            and not record.values.get("is_paid")
            and record.values.get("vendor")
            and (rest := _rest(record)) is not None
            and record.values["open_amount"] != f"{rest:.2f}"
        }
    )


def _rest(record: Record) -> Decimal | None:
    """What its links leave of it; None where that says nothing."""
    total = record.values.get("amount")
    if "open_amount" not in record.values or total is None:
        return None
    linked = (abs(Decimal(one["amount"])) for one in record.linked if _settles(one))
    return max(Decimal(total) - sum(linked, _NOTHING), _NOTHING)


def with_open_amounts(records: Sequence[Record]) -> Sequence[Record]:
    """What is open of records that came with their links: QuickBooks' word, at most the rest.

    QuickBooks leaves it out at times, or tells that of the whole vendor (qbxml.md 2.6).
    """
    for record in records:
        rest = _rest(record)
        if rest is None:
            continue
        told = record.values["open_amount"]
        left = rest if told is None else min(Decimal(told), rest)
        record.values["open_amount"] = "0.00" if record.values.get("is_paid") else f"{left:.2f}"
    return records


def open_in_answer(record: Record, *, added: bool) -> None:
    """The same for the answer to a write, which never names links: only a new one has none."""
    if added or record.linked or record.values.get("open_amount") is not None:
        with_open_amounts((record,))
    else:
        record.values.pop("open_amount", None)  # unknown: what was read last stays


# Documents that a bill or credit is tied to without settling any of it.
_ORIGINS = frozenset({"PurchaseOrder", "ItemReceipt"})


def _settles(linked: Values) -> bool:
    return bool(linked["amount"]) and linked["type"] not in _ORIGINS


def told_left(sync: Sync, amounts: dict[str, str]) -> None:
    """What QuickBooks' list of bills to pay says of these TxnIDs: it is the one to trust."""
    for resource, table in _OPEN.items():
        for ids in chunks(amounts):
            ours = sync.conn.execute(
                select(link.c.record_id, link.c.quickbooks_id).where(
                    link.c.company_id == sync.company_id,
                    link.c.resource == resource,
                    link.c.quickbooks_id.in_(ids),
                )
            ).all()
            for one in ours:
                sync.conn.execute(
                    update(table)
                    .where(table.c.company_id == sync.company_id, table.c.id == one.record_id)
                    .values(open_amount=Decimal(amounts[one.quickbooks_id]))
                )


def missing(sync: Sync, resource: str, quickbooks_ids: Sequence[str]) -> None:
    """QuickBooks does not have these any more: nothing of them is open."""
    table = _OPEN.get(resource)
    if table is None or not quickbooks_ids:
        return
    mine = select(link.c.record_id).where(
        link.c.company_id == sync.company_id,
        link.c.resource == resource,
        link.c.quickbooks_id.in_(quickbooks_ids),
    )
    sync.conn.execute(
        update(table)
        .where(table.c.company_id == sync.company_id, table.c.id.in_(mine))
        .values(open_amount=_NOTHING)
    )
