"""Double entry: what each transaction posts, and the balances that come of it.

Owns postings, account balances and what each customer or vendor owes or is owed. Positive is
debit. Must not know how a transaction's amounts were worked out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from webconnector.rehearsal.values import ZERO, cents


@dataclass(frozen=True)
class Posting:
    """One side of an entry: an account's ListID, the entity it concerns, the signed amount."""

    account: str
    amount: Decimal
    entity: str = ""


class Books:
    """All postings by transaction, and their sums."""

    def __init__(self) -> None:
        self._of_txn: dict[str, tuple[Posting, ...]] = {}
        self._accounts: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self._entities: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)

    def __deepcopy__(self, memo: object) -> Books:
        """Postings are frozen, so a snapshot shares them."""
        twin = Books()
        twin._of_txn = dict(self._of_txn)
        twin._accounts.update(self._accounts)
        twin._entities.update(self._entities)
        return twin

    def post(self, txn_id: str, postings: Iterable[Posting]) -> None:
        """Put a transaction's postings in the place of its former ones. They must sum to zero."""
        new = tuple(p for p in postings if p.amount != ZERO)
        total = sum((p.amount for p in new), ZERO)
        if total != ZERO:
            raise AssertionError(f"transaction {txn_id} is out of balance by {total}: {new}")
        for posting in self._of_txn.get(txn_id, ()):
            self._move(posting, -1)
        for posting in new:
            self._move(posting, 1)
        self._of_txn[txn_id] = new

    def forget(self, txn_id: str) -> None:
        self.post(txn_id, ())
        self._of_txn.pop(txn_id)

    def _move(self, posting: Posting, sign: int) -> None:
        self._accounts[posting.account] += sign * cents(posting.amount)
        if posting.entity:
            self._entities[posting.entity] += sign * cents(posting.amount)

    def balance(self, account_id: str) -> Decimal:
        return self._accounts.get(account_id, ZERO)

    def owed(self, entity_id: str) -> Decimal:
        """What an entity's receivable and payable postings sum to: positive when it owes us."""
        return self._entities.get(entity_id, ZERO)

    def accounts(self) -> dict[str, Decimal]:
        return dict(self._accounts)

    def check(self) -> None:
        """Raise AssertionError when debits and credits differ."""
        total = sum(self._accounts.values(), ZERO)
        if total != ZERO:
            raise AssertionError(f"the trial balance is out by {total}")
