"""Answering queries: find, page, trim, write.

Owns the steps of a query, paging by iterator, and the queries that answer with something else
than whole records (bills to pay, deletions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from lxml import etree

from webconnector.rehearsal import payments, refusals
from webconnector.rehearsal.company_info import INFO
from webconnector.rehearsal.document import Request
from webconnector.rehearsal.filters import list_records, period, txn_records
from webconnector.rehearsal.iterators import Iterators
from webconnector.rehearsal.kinds import TXN_KINDS, query_rets
from webconnector.rehearsal.outcomes import NO_MATCH, Outcome
from webconnector.rehearsal.register import Deletion, Record, Register
from webconnector.rehearsal.replies import Writer
from webconnector.rehearsal.reply_tables import ret_grammar
from webconnector.rehearsal.rets import ret_fields, withheld
from webconnector.rehearsal.values import ZERO, Fields, from_element, money


@dataclass(frozen=True)
class Query:
    """One query being answered."""

    register: Register
    iterators: Iterators
    request: Request
    version: tuple[int, int]
    asked: Fields

    @property
    def noun(self) -> str:
        return self.request.noun

    def writer(self, kind: str) -> Writer:
        owners = {owner.upper() for owner in self.asked.get("OwnerID", ())}
        trim = frozenset(self.asked.get("IncludeRetElement", ()))
        return Writer(self.register, kind, self.version, trim, owners)

    def write(self, record: Record) -> str:
        """The Ret of one record, as far as the query asks for it."""
        fields = withheld(self.register, ret_fields(self.register, record))
        if record.kind in TXN_KINDS:
            if self.asked.get("IncludeLineItems") != "true":
                for table in TXN_KINDS[record.kind].lines:
                    fields.pop(table, None)
            if self.asked.get("IncludeLinkedTxns") != "true":
                fields.pop("LinkedTxn", None)
        return self.writer(record.kind).aggregate(ret_grammar(record.kind), fields)


def answer(
    register: Register, iterators: Iterators, request: Request, version: tuple[int, int]
) -> Outcome:
    """The outcome of a query. Raises StatusError when it is refused."""
    asked = from_element(request.node, request.grammar)
    query = Query(register, iterators, request, version, asked)
    outcome = Outcome(request.noun, request.node.get("requestID"))
    special = _SPECIAL.get(request.noun)
    if special is not None:
        return _plain(query, outcome, list(special(query)))
    if request.noun in INFO:
        fields = INFO[request.noun](register, asked)
        noun = query_rets(request.noun)[0]
        return replace(outcome, body=query.writer(noun).aggregate(ret_grammar(noun), fields))
    return _records(query, outcome)


def _records(query: Query, outcome: Outcome) -> Outcome:
    step = query.request.attribute("iterator")
    if step in ("Continue", "Stop"):
        return _go_on(query, outcome, step)
    find = txn_records if query_rets(query.noun)[0] in TXN_KINDS else list_records
    found, gone = find(query.register, query.noun, query.asked)
    if step == "Start":
        if gone or not found:
            return replace(outcome, code=1, text=NO_MATCH)
        keys = [(record.kind, record.id) for record in found]
        iterator_id, _ = query.iterators.start(query.noun, _signature(query), keys)
        return _page(query, outcome, iterator_id)
    many = query.asked.get("MaxReturned")
    shown = found[: int(many)] if many else found
    outcome = _plain(
        query,
        outcome,
        [partial(query.write, record) for record in shown],
    )
    if gone:
        text = (
            "The query request has not been fully completed. There was a required element "
            f'("{gone[0]}") that could not be found in QuickBooks.'
        )
        return replace(outcome, code=500, text=text)
    return outcome


def _plain(query: Query, outcome: Outcome, rets: list[Callable[[], str]]) -> Outcome:
    """All rows at once, or only their number."""
    attributes = {}
    meta = query.request.attribute("metaData")
    if meta not in ("", "NoMetaData"):
        attributes["retCount"] = str(len(rets))
    if not rets:
        return replace(outcome, code=1, text=NO_MATCH, attributes=attributes)
    body = "" if meta == "MetaDataOnly" else "".join(ret() for ret in rets)
    return replace(outcome, body=body, attributes=attributes)


def _go_on(query: Query, outcome: Outcome, step: str) -> Outcome:
    iterator_id = query.request.attribute("iteratorID")
    if step == "Stop":
        query.iterators.stop(iterator_id)
        return outcome
    query.iterators.resume(iterator_id, query.noun, _signature(query))
    return _page(query, outcome, iterator_id)


def _page(query: Query, outcome: Outcome, iterator_id: str) -> Outcome:
    page = query.iterators.take(iterator_id, int(query.asked["MaxReturned"]))
    rest = query.iterators.left(iterator_id)
    records = (query.register.of_kind[kind].get(key) for kind, key in page)
    body = "".join(query.write(record) for record in records if record is not None)
    return replace(
        outcome,
        body=body,
        attributes={"iteratorRemainingCount": str(rest), "iteratorID": iterator_id},
    )


def _signature(query: Query) -> str:
    """Everything a Continue must repeat: all but the page size."""
    return "".join(
        etree.tostring(child, encoding="unicode", with_tail=False)
        for child in query.request.node
        if child.tag != "MaxReturned"
    )


# --- queries that answer with something of their own


def _bills_to_pay(query: Query) -> Iterator[Callable[[], str]]:
    register, asked = query.register, query.asked
    payee = register.wanted(("Vendor",), asked["PayeeEntityRef"])
    if payee is None:
        value = asked["PayeeEntityRef"].get("ListID") or asked["PayeeEntityRef"].get("FullName")
        raise refusals.bad_reference("Vendor", value or "", "BillToPayQuery")
    account = None
    if "APAccountRef" in asked:
        account = register.wanted(("Account",), asked["APAccountRef"])
        if account is None:
            raise refusals.bad_reference("Account", str(asked["APAccountRef"]), "BillToPayQuery")
    for kind, group, left_name in (
        ("Bill", "BillToPay", "AmountDue"),
        ("VendorCredit", "CreditToApply", "CreditRemaining"),
    ):
        for key in register.by_party.get((kind, payee.id), {}):
            record = register.txns[key]
            left = (
                payments.open_amount(register, record)
                if kind == "Bill"
                else (payments.unused(register, record))
            )
            wrong_account = account is not None and (
                record.fields["APAccountRef"]["ListID"] != account.id
            )
            late = kind == "Bill" and record.fields["DueDate"] > asked.get("DueDate", "9999")
            if left <= ZERO or wrong_account or late:
                continue
            fields = {**record.fields, "TxnID": record.id, "TxnType": kind, left_name: money(left)}
            yield _writing(query, "BillToPay", {group: fields}, kind)


def _writing(query: Query, ret: str, fields: Fields, kind: str) -> Callable[[], str]:
    return lambda: query.writer(kind).aggregate(ret_grammar(ret), fields)


def _list_deletions(query: Query) -> Iterator[Callable[[], str]]:
    return _deletions(query, query.register.list_deletions, "ListDelType", "ListDeleted")


def _txn_deletions(query: Query) -> Iterator[Callable[[], str]]:
    return _deletions(query, query.register.txn_deletions, "TxnDelType", "TxnDeleted")


def _deletions(
    query: Query, deletions: list[Deletion], type_name: str, ret: str
) -> Iterator[Callable[[], str]]:
    register = query.register
    inside = period(register, query.asked.get("DeletedDateRangeFilter", {}), "Deleted")
    recent = register.recent(deletions)
    for kind in dict.fromkeys(query.asked[type_name]):
        for gone in sorted((d for d in recent if d.kind == kind), key=lambda d: d.deleted):
            if not inside(gone.deleted):
                continue
            fields = {
                type_name: kind,
                "ListID": gone.id,
                "TxnID": gone.id,
                "TimeCreated": register.told(gone.created),
                "TimeDeleted": register.told(gone.deleted),
                "FullName": gone.label,
                "RefNumber": gone.label or None,
            }
            yield _writing(query, ret, fields, kind)


_SPECIAL: Mapping[str, Callable[[Query], Iterator[Callable[[], str]]]] = {
    "BillToPayQuery": _bills_to_pay,
    "ListDeletedQuery": _list_deletions,
    "TxnDeletedQuery": _txn_deletions,
}
