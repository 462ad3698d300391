"""Purchase orders: what was ordered and not yet billed.

Owns their completion, and which bill they may be tied to. They post nothing, and only the
bookkeeper makes them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.kinds import ITEM_KINDS, TXN_KINDS
from webconnector.rehearsal.lines import bring_up_to_date, priced, wanted_item
from webconnector.rehearsal.links import Link
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.values import ZERO, Fields, amount, as_list, money

ORDER = "PurchaseOrder"
_LINES = f"{ORDER}Line"


def draft(
    register: Register,
    kind: str,
    fields: Fields,
    before: Record | None,
    *,
    touched: Collection[str],
    wire: bool,
) -> Fields:
    """The fields of an order, complete. Raises StatusError."""
    result = {name: value for name, value in fields.items() if value not in (None, "")}
    if not result.get("VendorRef"):
        raise refusals.missing("VendorRef")
    result.setdefault("TxnDate", register.today())

    def line(sent: Fields, _before: Fields) -> Fields:
        item = wanted_item(register, sent, ITEM_KINDS)
        return sent if item is None else priced(sent, "Rate", ZERO)

    if _LINES in touched:
        old = as_list(before.fields, _LINES) if before is not None else []
        sent = as_list(result, _LINES)
        result[_LINES] = bring_up_to_date(register, old, sent, line, wire=wire)
    if not result.get(_LINES):
        raise refusals.saving_failed(kind, "The transaction must have at least one line.")
    total = sum((amount(one, "Amount") for one in as_list(result, _LINES)), ZERO)
    return result | {"TotalAmount": money(total)}


def postings(_register: Register, _record: Record) -> list[Posting]:
    """An order moves no money."""
    return []


def wanted(register: Register, order_ids: Sequence[str], vendor: Fields) -> list[Record]:
    """The orders a bill of this vendor is to be tied to. Raises StatusError."""
    found = [register.txn(ORDER, order_id) for order_id in order_ids]
    for order in found:
        if order.fields["VendorRef"] != vendor:
            raise refusals.not_found(order.id)
    return found


def tie(register: Register, bill: Record, found: Sequence[Record]) -> None:
    """Tie a bill to what was ordered: that pays nothing of it."""
    for order in found:
        register.links.add(Link(order.id, bill.id, ZERO))


def loosen(register: Register, before: Record, after: Record) -> None:
    """The tie is in the lines of the bill: an edit that keeps none of them by its id undoes it."""
    ties = [
        link for link in register.links.onto(after.id) if register.txns[link.source].kind == ORDER
    ]
    if ties and not _line_ids(before) & _line_ids(after):
        register.links.drop(ties)


def _line_ids(record: Record) -> set[str]:
    return {
        line["TxnLineID"]
        for name in TXN_KINDS[record.kind].lines
        for line in as_list(record.fields, name)
    }
