"""What the records of the contract tests stand on: lists that both sides have.

Owns making two records of each list type and finding the targets of references. It must not know
the values of fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbxml.entities import ENTITIES as EVERY
from qbxml.entity import Entity, Family, Field
from store.shapes import SHAPES
from tests.acceptance.world import World
from webconnector.rehearsal.reply_tables import ret_grammar

Values = dict[str, Any]

# References to accounts: the type that fits; any other takes an expense account.
ACCOUNT_TYPE = {
    "payable_account": "AccountsPayable",
    "receivable_account": "AccountsReceivable",
    "from_account": "Bank",
    "to_account": "OtherCurrentAsset",
}
# Payments point at documents and have tests of their own.
ENTITIES = tuple(
    entity
    for entity in EVERY
    if not any(part.by_id for lines in entity.lines for part in lines.fields)
)


class Ground:
    """A connected world with two records of each list type, one made on each side that may."""

    def __init__(self, made: World) -> None:
        self.made = made
        self.ids: dict[tuple[str, int], str] = {}
        self.ours: dict[str, str] = {}
        """QuickBooks' id or full name -> the App's id."""
        for entity in ENTITIES:
            if entity.family is Family.LIST:
                self._build(entity)
        made.sync()
        made.sync()
        self.learn()
        made.clock.advance(days=28)  # the days of the samples are past, and after the start date

    def _build(self, entity: Entity) -> None:
        types = ("Expense", *ACCOUNT_TYPE.values()) if entity.resource == "accounts" else ("",)
        for kind, round_ in [(kind, round_) for kind in types for round_ in (1, 2)]:
            name = f"{kind or entity.resource} {round_}"
            if round_ == 2 and entity.push.new:
                body = {"name": name, **({"type": kind} if kind else {})}
                if "email" in entity.by_name:  # or nothing could be mailed to it
                    body["email"] = "a@example.com"
                self.ids[kind or entity.resource, round_] = self.made.add(entity.resource, **body)[
                    "id"
                ]
                continue
            noun = kinds_of(entity)[0]
            fields: Values = {"Name": name, **({"AccountType": kind} if kind else {})}
            if "email" in entity.by_name:
                fields["Email"] = "a@example.com"
            if entity.child:
                fields["ParentRef"] = {"FullName": "customers 1"}
            group = "SalesOrPurchase"
            if group in ret_grammar(noun).by_name:
                fields[group] = {"AccountRef": "Expense 1"}
            self.ids[kind or entity.resource, round_] = self.made.books.add(noun, fields)

    def learn(self) -> None:
        """Note the ids of everything that both sides have."""
        for entity in ENTITIES:
            for record in self.made.all(entity.resource):
                theirs = record["sync"]["quickbooks_id"]
                # Ids of lists repeat from list to list, so the resource belongs to them.
                self.ours[f"{entity.query_noun} {theirs}"] = record["id"]
                self.ours[f"{entity.query_noun} {record.get('full_name', record.get('name'))}"] = (
                    record["id"]
                )

    def target(self, part: Field, round_: int) -> tuple[str, str]:
        """The record a reference points at in this round: the App's id and QuickBooks'."""
        resource = part.to[min(round_, len(part.to)) - 1]
        key = (ACCOUNT_TYPE.get(part.name, "Expense"), round_)
        known = self.ids[key if resource == "accounts" else (resource, round_)]
        noun = SHAPES[resource].entity.query_noun
        if f"{noun} {known}" in self.ours:
            return self.ours[f"{noun} {known}"], known
        return known, self.made.get(resource, known)["sync"]["quickbooks_id"]

    def found(self, part: Field, ref: Mapping[str, str]) -> str:
        """The App's id of the record that QuickBooks' reference means."""
        noun = SHAPES[part.to[0]].entity.query_noun
        return self.ours[f"{noun} {ref.get('ListID') or ref['FullName']}"]


def kinds_of(entity: Entity) -> tuple[str, ...]:
    """The kinds of records in QuickBooks that are this one type."""
    return entity.rets or (entity.noun,)
