"""Which payment or credit settles how much of which bill or invoice.

Owns the applications and the sums over them, from either end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from webconnector.rehearsal.values import ZERO


@dataclass(frozen=True)
class Link:
    """`source` (payment or credit) settles `amount` plus `discount` of `target`.

    `via` is the payment that set a credit; empty when none did. References are ListIDs.
    """

    source: str
    target: str
    amount: Decimal
    via: str = ""
    discount: Decimal = ZERO
    discount_account: str = ""
    discount_class: str = ""


class Links:
    """All applications, found from both ends."""

    def __init__(self) -> None:
        self._from: defaultdict[str, list[Link]] = defaultdict(list)
        self._to: defaultdict[str, list[Link]] = defaultdict(list)
        self._via: defaultdict[str, list[Link]] = defaultdict(list)

    def __deepcopy__(self, memo: object) -> Links:
        """Links are frozen, so a snapshot shares them."""
        twin = Links()
        for link in list(self):
            twin.add(link)
        return twin

    def __iter__(self) -> Iterator[Link]:
        return (link for links in self._to.values() for link in links)

    def add(self, link: Link) -> None:
        self._from[link.source].append(link)
        self._to[link.target].append(link)
        if link.via:
            self._via[link.via].append(link)

    def drop(self, links: list[Link]) -> None:
        for link in list(links):
            self._from[link.source].remove(link)
            self._to[link.target].remove(link)
            if link.via:
                self._via[link.via].remove(link)

    def onto(self, target: str) -> list[Link]:
        return list(self._to.get(target, ()))

    def out_of(self, source: str) -> list[Link]:
        return list(self._from.get(source, ()))

    def set_by(self, payment: str) -> list[Link]:
        """The credit applications a payment made."""
        return list(self._via.get(payment, ()))

    def settled(self, target: str) -> Decimal:
        return sum((link.amount + link.discount for link in self._to.get(target, ())), ZERO)

    def used(self, source: str) -> Decimal:
        return sum((link.amount for link in self._from.get(source, ())), ZERO)
