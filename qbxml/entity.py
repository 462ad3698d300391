"""The vocabulary of the record-type table: Entity, Field, Lines, Flow, Switch.

Owns the words in which a QuickBooks record type is described as data, and what follows from a
description alone (lookups by name). It must not know any record type, nor build or read XML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, Flag, auto
from functools import cached_property


class Kind(Enum):
    """What a field holds; each kind has one written form, see `parse.py` and `build.py`.

    In a plain record every value is JSON-ready: texts and dates are `str` (dates ISO), amounts a
    `str` with two places, prices, quantities and percents a `str` without trailing zeros, booleans
    `bool`, references `{"id": ListID, "name": FullName}`, addresses a `dict` of their parts. Empty
    is always None.
    """

    TEXT = auto()
    AMOUNT = auto()
    PRICE = auto()
    QUANTITY = auto()
    PERCENT = auto()
    INT = auto()
    BOOL = auto()
    DATE = auto()
    ENUM = auto()
    GUID = auto()
    REF = auto()
    ADDRESS = auto()


class In(Flag):
    """The messages a field appears in."""

    ADD = auto()
    MOD = auto()
    RET = auto()
    WRITE = ADD | MOD
    ALL = ADD | MOD | RET


class Family(Enum):
    """QuickBooks' two families of records; they differ in their ids and query filters."""

    LIST = "List"
    TXN = "Txn"

    @property
    def id_element(self) -> str:
        """`ListID` or `TxnID`."""
        return f"{self.value}ID"


class Switch(Enum):
    """A company preference that turns a flow on (sync-rules 1)."""

    TWO_WAY_BILLS = "two_way_bills"


@dataclass(frozen=True, slots=True)
class Flow:
    """What moves in one direction, and which company switch it needs (None: always)."""

    new: bool = False
    edited: bool = False
    inactive: bool = False
    deleted: bool = False
    switch: Switch | None = None

    def __bool__(self) -> bool:
        """Whether anything moves at all."""
        return self.new or self.edited or self.inactive or self.deleted


NEVER = Flow()

# The parts of an address in QuickBooks' order: element, our name, most characters.
ADDRESS_PARTS: tuple[tuple[str, str, int], ...] = (
    ("Addr1", "line1", 41),
    ("Addr2", "line2", 41),
    ("Addr3", "line3", 41),
    ("Addr4", "line4", 41),
    ("Addr5", "line5", 41),
    ("City", "city", 31),
    ("State", "state", 21),
    ("PostalCode", "postal_code", 13),
    ("Country", "country", 31),
)


@dataclass(frozen=True, slots=True)
class Field:
    """One element of a record.

    `element` is QuickBooks' name; a path with `/` or several alternatives (first present wins)
    are allowed where the field is only read. `name` is ours, the same in the API and the ledger.
    `shared` fields are merged between both sides; the others follow QuickBooks or never leave.
    `withheld` fields are left out of replies without personal-data access: absent then means
    unknown, not empty (sync-rules 4). `to` names the resources a reference may point at.
    """

    element: str | tuple[str, ...]
    name: str
    kind: Kind = Kind.TEXT
    messages: In = In.ALL
    max_characters: int | None = None
    to: tuple[str, ...] = ()
    required: bool = False
    shared: bool = True
    withheld: bool = False
    multiline: bool = False
    a_name: bool = False
    empty: bool | None = None
    """For booleans: what an absent element means."""
    always: bool = False
    """Written in every Add, even when False, because QuickBooks' own default differs."""
    clearable: bool = True
    by_id: bool = False
    """A reference that is the bare id of a document: `<TxnID>1-2</TxnID>`."""
    made: bool = False
    """Made when the record is sent; neither side keeps it."""
    words: tuple[tuple[str, str], ...] = ()
    """For enums: our word and QuickBooks' word; without it QuickBooks' words are ours too."""
    read_words: tuple[str, ...] = ()
    """Of our words those that only QuickBooks sets: read, never written."""
    beside: str | None = None
    """The field next to it without which it means nothing (`customer` of `billable_status`)."""
    neutral: str | None = None
    """Written when the field it stands beside is filled and it is not itself."""
    unless: str | None = None
    """The field that excludes it: where that one is filled, this one is not written."""

    @property
    def elements(self) -> tuple[str, ...]:
        """All alternatives, in order of preference."""
        return (self.element,) if isinstance(self.element, str) else self.element


@dataclass(frozen=True, slots=True)
class Lines:
    """A repeated line aggregate: `<element>Add`, `<element>Mod`, `<element>Ret`.

    `group` is the aggregate that holds such lines in a group (`ItemGroupLine`): on reading, its
    lines stand in for it, since they carry the amounts.
    """

    element: str
    name: str
    fields: tuple[Field, ...]
    group: str | None = None
    messages: In = In.ALL
    clear: str | None = None
    """The Mod's element that removes all of them; None: it has none."""
    required: bool = False
    """QuickBooks refuses an Add without any of these."""
    within: str = ""
    """The lines in which these are written; the element is then QuickBooks' whole name."""
    after: str = ""
    """The field of those lines behind which they are written."""
    by: str = ""
    """The field, of both, that tells in which line each belongs; the API does not show it."""

    @property
    def shared(self) -> bool:
        """Lines are always shared: all of them with the amount are one field (sync-rules 4)."""
        return True


Part = Field | Lines


class Undo(Enum):
    """How a payment or transfer that QuickBooks has is undone (sync-rules 1 and 5)."""

    NEVER = auto()
    VOID = auto()  # TxnVoid
    DELETE = auto()  # TxnDel
    REVERSE = auto()  # the same the other way round: QuickBooks can do nothing else


@dataclass(frozen=True)
class Entity:
    """One record type: a row of THE table."""

    resource: str
    """The API's and the store's name, plural: `vendors`."""
    singular: str
    """For people: `vendor`."""
    noun: str
    """QuickBooks' name in requests: `Vendor`."""
    family: Family
    parts: tuple[Part, ...]
    pull: Flow
    push: Flow
    rets: tuple[str, ...] = ()
    """Names of the reply aggregates without `Ret`; default: the noun."""
    query: str = ""
    """The noun of its query (`Item`, `Terms`); default: the noun."""
    deleted_as: tuple[str, ...] = ()
    """Its ListDelType or TxnDelType values; default: the noun."""
    iterates: bool = True
    needs: tuple[str, ...] = ()
    """Resources that must be written before it."""
    child: bool | None = None
    """True: only records with a parent, False: only those without; None: no matter."""
    hierarchical: bool = False
    """Its full name is the path of its parents' names."""
    external_guid: bool = False
    """Add carries our record id in `ExternalGUID` (qbxml.md 6.3)."""
    starts: str | None = None
    """The field that the company's start date filters (sync-rules 2)."""
    locked_once_synced: bool = False
    """The App may not change it after its first successful sync (sync-rules 7)."""
    line_items: bool = False
    """Its query needs `IncludeLineItems`."""
    party: str | None = None
    """For documents: the field that names vendor or customer, for the duplicate check."""
    number: str | None = None
    dated: str | None = None
    alike: tuple[str, ...] = ()
    """For what has no number of its own: the fields that tell one made before the connection."""
    max_page_records: int = 100
    undo: Undo = Undo.NEVER
    """What voiding it in the App does in QuickBooks."""
    scheduled: bool = False
    """It goes on its date (`dated`), not when it is saved."""
    alone: bool = False
    """It travels alone: nothing but its message set tells whether it was written."""
    token: bool = False
    """Its memo carries our record id, because it has no `ExternalGUID`."""
    balance: str | None = None
    """The field with what is open of it, where other documents move that."""
    moved_by: tuple[str, ...] = ()
    """QuickBooks' nouns that move its balance without its own modification time (sync-rules 5).

    They need not be types of ours. Its query then asks for the documents it is tied to.
    """
    thin_replies: bool = False
    """QuickBooks may do what an Add asks and keep no record of its own (qbxml.md 6.5)."""
    told_by: str = ""
    """The field whose word says which of the `variants` a record is."""
    variants: tuple[tuple[str, Entity], ...] = ()
    """A type of ours that is several in QuickBooks: our word, and how such a record is sent."""

    @cached_property
    def ret_elements(self) -> tuple[str, ...]:
        """`("VendorRet",)`."""
        return tuple(f"{noun}Ret" for noun in (self.rets or (self.noun,)))

    @cached_property
    def query_noun(self) -> str:
        """The noun in front of `QueryRq`."""
        return self.query or self.noun

    @cached_property
    def del_types(self) -> tuple[str, ...]:
        """Its names in ListDeletedQuery or TxnDeletedQuery."""
        return self.deleted_as or (self.noun,)

    @cached_property
    def is_settled(self) -> bool:
        """Whether others settle it: what is open is only known with the documents it is tied to."""
        return bool(self.moved_by) or "open_amount" in self.by_name

    @cached_property
    def total(self) -> str:
        """The field with a document's amount, without sales tax."""
        return "amount" if "amount" in self.by_name else "subtotal"

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Its header fields."""
        return tuple(part for part in self.parts if isinstance(part, Field))

    @cached_property
    def lines(self) -> tuple[Lines, ...]:
        """Its kinds of lines."""
        return tuple(part for part in self.parts if isinstance(part, Lines))

    @cached_property
    def by_name(self) -> dict[str, Part]:
        """Parts by our name."""
        return {part.name: part for part in self.parts}

    @cached_property
    def shared_parts(self) -> tuple[Part, ...]:
        """What both sides share, in element order."""
        return tuple(part for part in self.parts if part.shared)

    @property
    def wire(self) -> tuple[Entity, ...]:
        """What QuickBooks knows: itself, or each of its variants."""
        return tuple(variant for _, variant in self.variants) or (self,)

    def sent_as(self, values: Mapping[str, object]) -> Entity:
        """What a record of these values is in QuickBooks; KeyError when no variant fits."""
        return dict(self.variants)[str(values[self.told_by])] if self.variants else self

    def field(self, name: str) -> Field:
        """The header field of that name; KeyError when there is none."""
        part = self.by_name[name]
        if isinstance(part, Lines):
            raise KeyError(name)
        return part
