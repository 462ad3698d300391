"""Bill payments in the App: what one must be, and what it protects.

Owns the checks of a payment before it is saved (sync-rules 5), and which bills and vendor credits
living payments apply to. It must not know QuickBooks' answers nor write anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, exists, func, select

from store.changes import chunks
from store.ledger import (
    bill_payment,
    bill_payment_application,
    bill_payment_credit,
)
from store.preferences import Preferences
from store.syncing import link

Lines = Mapping[str, list[dict[str, Any]]]
Wrong = tuple[str, str]
"""A JSON pointer and the cure."""

_NOTHING = Decimal(0)
_OF_BILLS: tuple[tuple[Table, Column[Any]], ...] = (
    (bill_payment_application, bill_payment_application.c.bill_id),
    (bill_payment_credit, bill_payment_credit.c.bill_id),
)
_OF_CREDITS = ((bill_payment_credit, bill_payment_credit.c.vendor_credit_id),)
APPLIED = {"bills": _OF_BILLS, "vendor-credits": _OF_CREDITS}
"""Where payments name what they apply to, by resource."""


# --- what living payments apply to


def _living(lines: Table, document: Column[Any], company_id: str) -> Select[Any]:
    value: ColumnElement[Any] = func.coalesce(lines.c.amount, 0)
    if "discount" in lines.c:
        value = value + func.coalesce(lines.c.discount, 0)
    return (
        select(document.label("document"), func.sum(value, type_=lines.c.amount.type).label("sum"))
        .join(
            bill_payment,
            and_(
                bill_payment.c.company_id == lines.c.company_id,
                bill_payment.c.id == lines.c.owner_id,
            ),
        )
        .where(
            lines.c.company_id == company_id,
            bill_payment.c.voided_at.is_(None),
            bill_payment.c.deleted_at.is_(None),
        )
        .group_by(document)
    )


def applied_to(
    conn: Connection, company_id: str, resource: str, record_ids: Sequence[str]
) -> dict[str, Decimal]:
    """What scheduled and made payments apply to each of these bills or vendor credits."""
    found: dict[str, Decimal] = {}
    for lines, document in APPLIED.get(resource, ()):
        for ids in chunks(record_ids):
            query = _living(lines, document, company_id).where(document.in_(ids))
            for row in conn.execute(query):
                found[row.document] = found.get(row.document, _NOTHING) + row.sum
    return found


def promised(
    conn: Connection,
    company_id: str,
    resource: str,
    record_ids: Sequence[str],
    payment_id: str | None,
) -> dict[str, Decimal]:
    """What other payments, which QuickBooks does not have yet, will apply to each of these."""
    found: dict[str, Decimal] = {}
    there = exists(link.c.id).where(
        link.c.company_id == bill_payment.c.company_id, link.c.record_id == bill_payment.c.id
    )
    for lines, document in APPLIED[resource]:
        query = _living(lines, document, company_id).where(document.in_(record_ids), ~there)
        if payment_id is not None:
            query = query.where(bill_payment.c.id != payment_id)
        for row in conn.execute(query):
            found[row.document] = found.get(row.document, _NOTHING) + row.sum
    return found


def protected(
    conn: Connection, company_id: str, resource: str, before: dict[str, Any], after: dict[str, Any]
) -> list[Wrong]:
    """What an edit must leave as it is, because payments apply to the record."""
    if resource not in APPLIED:
        return []
    applied = applied_to(conn, company_id, resource, [after["id"]]).get(after["id"])
    if applied is None:
        return []
    why = "A payment names this one. Void the payment first."
    names = ("vendor_id", "payable_account_id")
    found = [(f"/{n.removesuffix('_id')}", why) for n in names if before[n] != after[n]]
    if after["amount"] < applied:
        text = f"Payments apply {applied} of it already. Void the payment, or keep the amount."
        found.append(("/expense_lines", text))
    return found


def sums(lines: Lines) -> dict[str, dict[str, Decimal]]:
    """What a payment of these lines applies to each document, by resource."""
    bills: dict[str, Decimal] = {}
    taken: dict[str, Decimal] = {}
    for line in lines["applications"]:
        value = (line["amount"] or _NOTHING) + (line["discount"] or _NOTHING)
        bills[line["bill_id"]] = bills.get(line["bill_id"], _NOTHING) + value
    for line in lines["credits"]:
        for found, key in ((bills, line["bill_id"]), (taken, line["vendor_credit_id"])):
            found[key] = found.get(key, _NOTHING) + line["amount"]
    return {"bills": bills, "vendor-credits": taken}


# --- what a payment must be


@dataclass(frozen=True, slots=True)
class Wanted:
    """A payment as it would be; `lines`: its applications and credits."""

    row: dict[str, Any]
    lines: Lines
    preferences: Preferences
    rows: Callable[[str, Iterable[str]], dict[str, Any]]
    """The company's rows of a resource, by id."""
    promised: Callable[[str, list[str], str], Mapping[str, Decimal]]
    """As `promised`, of a resource, ids and this payment's id."""


def wrong(asked: Wanted) -> list[Wrong]:
    """Everything that is wrong with it; fills in the account of its discounts."""
    found = [*_way(asked), *_source(asked), *_discounts(asked), *_amounts(asked)]
    return found or [*_documents(asked)]


def _way(asked: Wanted) -> Iterator[Wrong]:
    row = asked.row
    if row["to_be_printed"] and row["method"] != "check":
        yield "/to_be_printed", "Only a check is printed."
    elif row["to_be_printed"] and row["number"]:
        yield "/number", "QuickBooks numbers a check when it prints it. Leave the number out."


def _source(asked: Wanted) -> Iterator[Wrong]:
    """The account that the money leaves: the preference decides, and what is given agrees."""
    given, chosen = asked.row["paid_from_id"], asked.preferences
    if chosen.payment_posting == "direct":
        if given is None:
            yield "/paid_from", "Give the bank account of the check, or the card's account."
        return
    if asked.row["method"] == "card":
        text = (
            "Payments post to the clearing account, which is a bank account. Pay by check, or set"
            " payment_posting to direct."
        )
        yield "/method", text
    elif given is not None and given != chosen.money_out_clearing:
        text = (
            "Payments post to the clearing account (preference money_out_clearing). Leave this out,"
            " or set payment_posting to direct."
        )
        yield "/paid_from", text


def _discounts(asked: Wanted) -> Iterator[Wrong]:
    for position, line in enumerate(asked.lines["applications"]):
        if not line["discount"]:
            line["discount_account_id"] = None
        elif line["discount_account_id"] is None:
            line["discount_account_id"] = asked.preferences.discount_account
        if line["discount"] and line["discount_account_id"] is None:
            text = "Give the discount_account, or set the preference of that name."
            yield f"/applications/{position}/discount_account", text


def _inner(asked: Wanted, line: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in asked.lines["credits"] if one["bill_id"] == line["bill_id"]]


def _amounts(asked: Wanted) -> Iterator[Wrong]:
    lines = asked.lines["applications"]
    bills = [line["bill_id"] for line in lines]
    for position, line in enumerate(lines):
        pointer = f"/applications/{position}"
        set_here = _inner(asked, line)
        if line["bill_id"] in bills[:position]:
            yield f"{pointer}/bill", "This bill stands here twice."
            continue
        for name in ("amount", "discount"):
            if (line[name] or _NOTHING) < 0:
                yield f"{pointer}/{name}", "Give an amount that is not below zero."
        for place, one in enumerate(set_here):
            if one["amount"] <= 0:
                yield f"{pointer}/credits/{place}/amount", "Give an amount above zero."
            if one["vendor_credit_id"] in [c["vendor_credit_id"] for c in set_here[:place]]:
                yield f"{pointer}/credits/{place}/vendor_credit", "This one stands here twice."
        if not (line["amount"] or line["discount"] or set_here):
            yield f"{pointer}/amount", "Give an amount, a discount or credits."


def _documents(asked: Wanted) -> Iterator[Wrong]:
    """Its bills and credits are of its vendor and one payable account, and open enough."""
    lines, taken = asked.lines["applications"], asked.lines["credits"]
    bills = asked.rows("bills", {line["bill_id"] for line in lines})
    given = asked.rows("vendor-credits", {line["vendor_credit_id"] for line in taken})
    payables = {row.payable_account_id for row in (*bills.values(), *given.values())} - {None}
    left_of_bills = _left(asked, "bills", bills)
    left_of_credits = _left(asked, "vendor-credits", given)
    for position, line in enumerate(lines):
        pointer = f"/applications/{position}"
        mine, bill = _inner(asked, line), bills[line["bill_id"]]
        if bill.vendor_id != asked.row["vendor_id"]:
            yield f"{pointer}/bill", "This bill is another vendor's."
            continue
        if len(payables) > 1 and bill.payable_account_id is not None:
            text = "One payment settles one payable account; these differ. Make one for each."
            yield f"{pointer}/bill", text
        wanted = sum((c["amount"] for c in mine), (line["amount"] or 0) + (line["discount"] or 0))
        left = left_of_bills[bill.id]
        if wanted > left:
            text = f"This is more than is open of the bill, which is {max(left, _NOTHING):.2f}."
            yield f"{pointer}/amount", text
        for place, one in enumerate(mine):
            where = f"{pointer}/credits/{place}"
            credit = given[one["vendor_credit_id"]]
            if credit.vendor_id != asked.row["vendor_id"]:
                yield f"{where}/vendor_credit", "This vendor credit is another vendor's."
            left_of_credits[credit.id] -= one["amount"]
            if left_of_credits[credit.id] < 0:
                yield f"{where}/amount", "The vendor credit has less left than is applied."


def _left(asked: Wanted, resource: str, rows: dict[str, Any]) -> dict[str, Decimal]:
    """What is open of each as far as the App knows, less what waits to be applied to it."""
    waiting = asked.promised(resource, list(rows), asked.row["id"])
    return {
        key: (row.amount if row.open_amount is None else row.open_amount)
        - waiting.get(key, _NOTHING)
        for key, row in rows.items()
    }


def credit_on_bill(conn: Connection, company_id: str, credit_id: str, bill_id: str) -> Decimal:
    """How much of a vendor credit living payments apply to a bill."""
    lines = bill_payment_credit
    query = _living(lines, lines.c.bill_id, company_id)
    row = conn.execute(
        query.where(lines.c.bill_id == bill_id, lines.c.vendor_credit_id == credit_id)
    ).first()
    return row.sum if row is not None else _NOTHING
