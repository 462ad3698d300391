"""Carrying out Add, Mod, Del and Void requests.

Owns the passage from a judged request to the rules of lists and transactions and back to a
reply. Must not know the rules themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from webconnector.rehearsal import lists, transactions
from webconnector.rehearsal.clock import edit_sequence
from webconnector.rehearsal.document import Request
from webconnector.rehearsal.kinds import LIST_KINDS
from webconnector.rehearsal.outcomes import Outcome
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.register import Record, Register
from webconnector.rehearsal.replies import Writer, leaf
from webconnector.rehearsal.reply_tables import ret_grammar
from webconnector.rehearsal.rets import ret_fields, withheld
from webconnector.rehearsal.values import Fields, MacroName, from_element


@dataclass
class Macros:
    """Names that an Add of this message set gave to its transaction."""

    known: dict[str, str] = field(default_factory=dict)

    def define(self, name: str | None, txn_id: str) -> None:
        if name:
            self.known[name] = txn_id

    def put_in(self, value: Any) -> Any:
        """The same fields with every used name replaced by its TxnID. 9100 when it has none."""
        if isinstance(value, dict):
            return {name: self.put_in(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.put_in(inner) for inner in value]
        if isinstance(value, MacroName):
            if value not in self.known:
                raise StatusError(9100, f'The macro "{value}" stands for nothing.')
            return self.known[value]
        return value


def carry_out(
    register: Register, request: Request, version: tuple[int, int], macros: Macros
) -> Outcome:
    """The outcome of a write. Raises StatusError when it is refused."""
    outcome = Outcome(request.noun, request.node.get("requestID"))
    if request.noun in ("ListDel", "TxnDel", "TxnVoid"):
        return _remove(register, request, outcome)
    kind = request.noun[:-3]
    body = request.body
    fields = macros.put_in(from_element(body, request.grammar.by_name[request.noun]))
    if request.noun.endswith("Add"):
        act = lists.add if kind in LIST_KINDS else transactions.add
        record = act(register, kind, fields, wire=True)
        macros.define(body.get("defMacro"), record.id)
    else:
        record = _change(register, kind, fields)
    trim = [node.text or "" for node in request.node.iterchildren("IncludeRetElement")]
    shown = withheld(register, ret_fields(register, record))
    # Neither an Add nor a Mod shows the links it made or met.
    shown.pop("LinkedTxn", None)
    if not record.id:
        # Credits applied without money leave no payment behind: the reply is a thin one.
        shown = {name: value for name, value in record.fields.items() if name != "IsToBePrinted"}
    ret = Writer(register, kind, version, trim).aggregate(ret_grammar(kind), shown)
    return replace(outcome, body=ret, remedy=_remedy(record))


def _change(register: Register, kind: str, fields: Fields) -> Record:
    edit = str(fields.pop("EditSequence"))
    if kind in LIST_KINDS:
        return lists.change(register, kind, str(fields.pop("ListID")), fields, edit=edit)
    return transactions.change(register, kind, str(fields.pop("TxnID")), fields, edit=edit)


def _remedy(record: Record) -> Fields:
    if not record.id:
        return {}
    id_name = "ListID" if record.kind in LIST_KINDS else "TxnID"
    found: Fields = {
        id_name: record.id,
        "EditSequence": edit_sequence(record.modified),
        "ExternalGUID": record.fields.get("ExternalGUID"),
    }
    if id_name == "TxnID" and record.number:
        found["TxnNumber"] = str(record.number)
    return {name: value for name, value in found.items() if value}


def _remove(register: Register, request: Request, outcome: Outcome) -> Outcome:
    asked = {str(child.tag): child.text or "" for child in request.node}
    if request.noun == "ListDel":
        kind, key = asked["ListDelType"], asked["ListID"]
        if kind not in LIST_KINDS:
            raise StatusError(1030, f"This stand-in has no {kind} list.")
        record = lists.delete(register, kind, key, wire=True)
        told = {
            "ListDelType": kind,
            "ListID": key,
            "TimeDeleted": register.told(register.now()),
            "FullName": record.name,
        }
        # The one write whose reply has no place for ErrorRecovery.
        return replace(_told(outcome, told, record), remedy={})
    void = request.noun == "TxnVoid"
    kind, key = asked[f"{request.noun}Type"], asked["TxnID"]
    act = transactions.void if void else transactions.delete
    record = act(register, kind, key, wire=True)
    told = {f"{request.noun}Type": kind, "TxnID": key}
    if void:
        told |= {
            "TimeCreated": register.told(record.created),
            "TimeModified": register.told(record.modified),
        }
    else:
        told["TimeDeleted"] = register.told(register.now())
    if number := record.fields.get("RefNumber"):
        told["RefNumber"] = number
    return _told(outcome, told, record)


def _told(outcome: Outcome, told: Mapping[str, str], record: Record) -> Outcome:
    body = "".join(leaf(name, value) for name, value in told.items())
    return replace(outcome, body=body, remedy=_remedy(record))
