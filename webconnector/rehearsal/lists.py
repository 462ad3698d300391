"""Adding, changing and deleting list records: accounts, classes, names, items, terms.

Owns the rules of names, parents and EditSequence. The bookkeeper and the wire go the same way;
`wire` marks what only an application may be refused.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from webconnector.rehearsal import refusals
from webconnector.rehearsal.books import Posting
from webconnector.rehearsal.clock import edit_sequence
from webconnector.rehearsal.kinds import (
    BALANCE_SHEET_TYPES,
    CREDIT_TYPES,
    LIST_KINDS,
    NAMES_DEPTH_MAX,
)
from webconnector.rehearsal.refusals import StatusError
from webconnector.rehearsal.register import Record, Register, fold
from webconnector.rehearsal.values import Fields, amount, as_list, merged

OPENING_EQUITY = "Opening Balance Equity"
_PARTNERED = frozenset(("AccountsPayable", "AccountsReceivable"))
_NEVER_EMPTY = ("Name", "IsActive", "AccountType")
_SENSITIVE = ("VendorTaxIdent", "CreditCardInfo")
_OPENING = ("OpenBalance", "OpenBalanceDate")


def add(register: Register, kind: str, fields: Fields, *, wire: bool) -> Record:
    """A new list record. Raises StatusError; then nothing has changed."""
    sent = register.bind({k: v for k, v in fields.items() if v != ""}, kind)
    sent = {k: v for k, v in sent.items() if v != ""}
    _check_sent(register, kind, sent, wire=wire)
    opening = {name: sent.pop(name) for name in _OPENING if name in sent}
    now = register.now()
    sent["Name"] = _clean_name(kind, str(sent.get("Name", "")))
    sent.setdefault("IsActive", "true")
    parent_id = _check_place(register, kind, sent, "")
    holder = register.named_like(kind, parent_id, sent["Name"])
    if holder is not None:
        raise refusals.name_in_use(sent["Name"])
    if kind == "Account" and sent.get("AccountType") == "NonPosting":
        raise refusals.saving_failed("Account", "A non-posting account cannot be added.")
    record_id = register.new_id(LIST_KINDS[kind].space)
    record = Record(kind, record_id, _with_people(register, sent, {}, now), now, now)
    register.keep_list(record)
    if opening:
        _open_account(register, record, opening)
    return record


def change(
    register: Register, kind: str, list_id: str, fields: Fields, *, edit: str | None
) -> Record:
    """A changed list record. `edit` is the EditSequence sent; None for the bookkeeper."""
    old = register.element(kind, list_id)
    if edit is not None and list_id in register.prefs.in_use:
        raise refusals.in_use(LIST_KINDS[kind].label, old.name)
    if edit is not None and edit != edit_sequence(old.modified):
        raise refusals.stale_edit_sequence()
    for name in _NEVER_EMPTY:
        if fields.get(name) == "":
            raise refusals.cannot_clear(name)
    sent = register.bind(fields, kind)
    _check_sent(register, kind, sent, wire=edit is not None)
    if any(name in sent for name in _OPENING):
        raise refusals.saving_failed(kind, "An opening balance can only be given when adding.")
    _check_change(register, old, sent)
    now = register.now()
    people = _with_people(register, sent, old.fields, now)
    new = merged(old.fields, people)
    if "Name" in sent:
        new["Name"] = _clean_name(kind, sent["Name"])
    parent_id = _check_place(register, kind, new, list_id)
    holder = register.named_like(kind, parent_id, new["Name"])
    if holder is not None and holder is not old:
        raise refusals.cannot_modify(kind, "Cannot merge list elements.")
    record = replace(old, fields=new, modified=now)
    register.keep_list(record)
    return record


def delete(register: Register, kind: str, list_id: str, *, wire: bool) -> Record:
    """Take a list record away; refused while anything refers to it."""
    record = register.element(kind, list_id)
    if wire and list_id in register.prefs.in_use:
        raise refusals.in_use(LIST_KINDS[kind].label, record.name)
    if register.is_used(record) or (register.books.balance(list_id) and kind == "Account"):
        raise refusals.cannot_delete(list_id, "This list element is in use.")
    register.drop_list(record, register.now())
    return record


def _clean_name(kind: str, name: str) -> str:
    if not fold(name):
        raise refusals.missing("Name")
    if ":" in name:
        raise refusals.colon_in_name(name, LIST_KINDS[kind].label)
    return name.strip()


def _check_sent(register: Register, kind: str, sent: Fields, *, wire: bool) -> None:
    prefs = register.prefs
    if wire and not prefs.personal_data and any(name in sent for name in _SENSITIVE):
        raise refusals.personal_data()
    if wire and kind == "Class" and not prefs.class_tracking:
        raise refusals.not_enabled()
    if kind in ("Vendor", "Customer") and any(name in sent for name in _OPENING):
        raise StatusError(1030, "An opening balance of a name is not supported by this stand-in.")


def _check_place(register: Register, kind: str, fields: Fields, own_id: str) -> str:
    """The parent's ListID, after the rules of depth, rings and equal account types."""
    ref = fields.get("ParentRef")
    if not ref:
        return ""
    parent = register.element_of_space(kind, ref["ListID"])
    above = [parent, *register.ancestors(parent)]
    if any(record.id == own_id for record in above):
        raise refusals.saving_failed(kind, "A list element cannot be its own parent.")
    if not LIST_KINDS[kind].nests or len(above) >= NAMES_DEPTH_MAX:
        raise refusals.saving_failed(
            kind, f"A list element can be at most {NAMES_DEPTH_MAX} levels deep."
        )
    if kind == "Account" and parent.fields["AccountType"] != fields["AccountType"]:
        raise refusals.saving_failed(
            kind, "A subaccount must have the same type as its parent account."
        )
    if not parent.is_active and not own_id:
        raise refusals.saving_failed(kind, "The parent is inactive.")
    return parent.id


def _check_change(register: Register, old: Record, sent: Fields) -> None:
    if old.kind != "Account":
        return
    if register.prefs.accountant_copy_until is not None:
        raise refusals.cannot_modify("Account", "An accountant's copy of this company file exists.")
    types = {old.fields["AccountType"], sent.get("AccountType", old.fields["AccountType"])}
    if len(types) > 1 and (types & _PARTNERED or register.children.get(("account", old.id))):
        raise refusals.cannot_modify("Account", "The type of this account cannot be changed.")


def _with_people(register: Register, sent: Fields, old: Fields, now: datetime) -> Fields:
    """Contacts and notes get the ids and times that QuickBooks gives them."""
    result = dict(sent)
    if "AdditionalNotes" in sent:
        kept = {note["NoteID"]: note for note in as_list(old, "AdditionalNotes")}
        notes = []
        for note in sent["AdditionalNotes"]:
            number = note.get("NoteID") or str(len(kept) + 1)
            if "NoteID" in note and number not in kept:
                raise refusals.not_found(number)
            kept[number] = {"NoteID": number, "Date": register.today(), "Note": note["Note"]}
        notes = list(kept.values())
        result["AdditionalNotes"] = notes
    if "Contacts" in sent:
        people = {person["ListID"]: person for person in as_list(old, "Contacts")}
        for person in sent["Contacts"]:
            list_id = person.get("ListID") or register.new_id("contact")
            before = people.get(list_id)
            if "ListID" in person and before is None:
                raise refusals.not_found(list_id)
            if before is not None and person.get("EditSequence") != before["EditSequence"]:
                raise refusals.stale_edit_sequence()
            people[list_id] = {
                **merged(before or {}, person),
                "ListID": list_id,
                "TimeCreated": (before or {}).get("TimeCreated") or register.told(now),
                "TimeModified": register.told(now),
                "EditSequence": edit_sequence(now),
            }
        result["Contacts"] = list(people.values())
    return result


def _open_account(register: Register, record: Record, opening: Fields) -> None:
    kind = record.fields["AccountType"]
    if kind not in BALANCE_SHEET_TYPES - _PARTNERED:
        register.drop_list(record, register.now())
        register.list_deletions.pop()
        raise refusals.saving_failed("Account", "This type of account has no opening balance.")
    equity = register.named(("Account",), OPENING_EQUITY)
    if equity is None:
        raise AssertionError(f"the chart of accounts lacks {OPENING_EQUITY}")
    value = amount(opening, "OpenBalance") * (-1 if kind in CREDIT_TYPES else 1)
    register.books.post(
        f"opening {record.id}", (Posting(record.id, value), Posting(equity.id, -value))
    )
