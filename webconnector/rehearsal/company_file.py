"""The stand-in company file: what QuickBooks is to the Web Connector and to its bookkeeper.

Owns the two doors. `process` answers request documents the way QuickBooks does, only stricter;
`add`, `edit`, `delete`, `void` are the bookkeeper at the keyboard. All rules live elsewhere.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from webconnector.rehearsal import company_info, lists, transactions
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.document import MessageSet, Request, read
from webconnector.rehearsal.grammar import version_of
from webconnector.rehearsal.iterators import Iterators
from webconnector.rehearsal.kinds import LIST_KINDS, TXN_KINDS
from webconnector.rehearsal.lists import OPENING_EQUITY
from webconnector.rehearsal.message_sets import Decision, MessageSets
from webconnector.rehearsal.outcomes import NOT_PROCESSED, Outcome
from webconnector.rehearsal.preferences import SUPPORTED_VERSIONS, Preferences
from webconnector.rehearsal.queries import answer
from webconnector.rehearsal.refusals import RequestRefused, StatusError, not_found
from webconnector.rehearsal.register import Register
from webconnector.rehearsal.replies import Writer, document
from webconnector.rehearsal.reply_tables import REMEDY, ret_grammar
from webconnector.rehearsal.request_tables import REQUESTS, request_grammar
from webconnector.rehearsal.rets import plain_view
from webconnector.rehearsal.sales import TAX_PAYABLE, UNDEPOSITED
from webconnector.rehearsal.values import Fields, from_bookkeeper
from webconnector.rehearsal.writes import Macros, carry_out

REQUEST_ID_LENGTH_MAX = 50
_FIRST_ACCOUNTS = (
    ("Accounts Payable", "AccountsPayable", "AccountsPayable"),
    ("Accounts Receivable", "AccountsReceivable", "AccountsReceivable"),
    (UNDEPOSITED, "OtherCurrentAsset", "UndepositedFunds"),
    (OPENING_EQUITY, "Equity", "OpeningBalanceEquity"),
    (TAX_PAYABLE, "OtherCurrentLiability", "SalesTaxPayable"),
)
_CONSEQUENCES = frozenset(
    (
        "ListID",
        "TxnID",
        "TimeCreated",
        "TimeModified",
        "EditSequence",
        "TxnNumber",
        "FullName",
        "Sublevel",
        "LinkedTxn",
        "VendorAddressBlock",
        "BillAddressBlock",
        "ShipAddressBlock",
        "Balance",
        "TotalBalance",
        "AmountDue",
        "OpenAmount",
        "CreditAmount",
        "IsPaid",
        "Subtotal",
        "SalesTaxPercentage",
        "SalesTaxTotal",
        "AppliedAmount",
        "BalanceRemaining",
        "CreditRemaining",
        "UnusedPayment",
        "UnusedCredits",
        "FromAccountBalance",
        "ToAccountBalance",
        "DepositTotal",
    )
)
_FIRST_TAX_CODES = (("Tax", "true"), ("Non", "false"))


class CompanyFile(Preferences):
    """One company file. Its preferences are attributes and may be changed at any time.

    A new file holds five accounts (payable, receivable, undeposited funds, opening balance
    equity, sales tax payable) and the sales tax codes Tax and Non. Without `clock`, time stands
    still (at the real present when made) until `advance` moves it; two edits within one second
    share EditSequence and TimeModified, so call `advance` between edits that must be told apart.
    """

    def __init__(  # noqa: PLR0913 - a company file has that many settings
        self,
        *,
        path: str = r"C:\QuickBooks\Acme.QBW",
        company_name: str = "Acme Ltd",
        country: str = "US",
        supported_versions: Collection[str] = SUPPORTED_VERSIONS,
        time_zone: str = "America/New_York",
        clock: Callable[[], datetime] | None = None,
        class_tracking: bool = True,
        closing_date: date | None = None,
        sales_tax: bool = True,
        multicurrency: bool = False,
        personal_data: bool = False,
        accountant_copy_until: date | None = None,
        recovered_as_error_recovery: bool = True,
    ) -> None:
        super().__init__(
            path=path,
            company_name=company_name,
            country=country,
            supported_versions=tuple(supported_versions),
            time_zone=time_zone,
            clock=clock or SettableClock(),
            class_tracking=class_tracking,
            closing_date=closing_date,
            sales_tax=sales_tax,
            multicurrency=multicurrency,
            personal_data=personal_data,
            accountant_copy_until=accountant_copy_until,
            recovered_as_error_recovery=recovered_as_error_recovery,
        )
        self.requests: list[str] = []
        self.refused: list[tuple[str, RequestRefused]] = []
        self.sessions = 0
        self.on_request: Callable[[str], None] | None = None
        """Told the name of each request before it runs; a StatusError it raises is the answer."""
        self._register = Register(self)
        self._message_sets = MessageSets()
        self._iterators = Iterators(self)
        for name, kind, special in _FIRST_ACCOUNTS:
            self.add("Account", {"Name": name, "AccountType": kind, "SpecialAccountType": special})
        for name, taxable in _FIRST_TAX_CODES:
            self.add("SalesTaxCode", {"Name": name, "IsTaxable": taxable})

    # --- the Web Connector's door

    def begin_session(self) -> str:
        """Open the file for an application; iterators live until `end_session`."""
        self._iterators.close()
        self.sessions += 1
        return f"{{session-{self.sessions}}}"

    def end_session(self) -> None:
        self._iterators.close()

    def process(self, text: str, *, app: str = "app") -> str:
        """Answer one request document. Raises RequestRefused, with nothing run, when it is off."""
        self.requests.append(text)
        try:
            messages = read(text, self.supported_versions)
        except RequestRefused as refusal:
            self.refused.append((text, refusal))
            raise
        decision = self._message_sets.decide(
            app, text, messages.new_id, messages.old_id, has_requests=bool(messages.requests)
        )
        if decision.runs:
            outcomes = self._run(messages)
            self._message_sets.settle(app, decision, text, outcomes)
        else:
            outcomes = self._recovered(decision, messages.version)
        self._register.books.check()
        return _reply(messages, decision, outcomes)

    def _run(self, messages: MessageSet) -> tuple[Outcome, ...]:
        outcomes: list[Outcome] = []
        macros = Macros()
        stopped = False
        for request in messages.requests:
            outcome = self._one(request, messages.version, macros, stopped=stopped)
            stopped = stopped or (messages.stops_on_error and outcome.is_error)
            outcomes.append(outcome)
        return tuple(outcomes)

    def _one(
        self, request: Request, version: tuple[int, int], macros: Macros, *, stopped: bool
    ) -> Outcome:
        request_id = request.node.get("requestID")
        outcome = Outcome(request.noun, request_id)
        if stopped:
            return outcome.refused(StatusError(3231, NOT_PROCESSED))
        if request_id is not None and len(request_id) > REQUEST_ID_LENGTH_MAX:
            return replace(outcome, request_id=None).refused(
                StatusError(1060, "The requestID is invalid: it is too long.")
            )
        try:
            if self.on_request is not None:
                self.on_request(request.noun)
            if request.is_query:
                return answer(self._register, self._iterators, request, version)
            return carry_out(self._register, request, version, macros)
        except StatusError as error:
            return outcome.refused(error)

    def _recovered(self, decision: Decision, version: tuple[int, int]) -> tuple[Outcome, ...]:
        """What is told again of a set that already ran."""
        if not self.recovered_as_error_recovery:
            return decision.repeats
        writer = Writer(self._register, "", version)
        return tuple(
            replace(
                outcome,
                attributes={},
                body=writer.aggregate(REMEDY, outcome.remedy) if outcome.remedy else "",
            )
            for outcome in decision.repeats
        )

    def hcp(self) -> str:
        """What the Web Connector passes as strHCPResponse: host, company and preferences."""
        version = max(version_of(known) for known in self.supported_versions)
        owners = {ext["OwnerID"].upper() for ext in self._register.company_ext}
        responses = []
        for number, noun in enumerate(("Host", "Company", "Preferences")):
            fields = company_info.INFO[f"{noun}Query"](self._register, {})
            writer = Writer(self._register, noun, version, (), owners)
            body = writer.aggregate(ret_grammar(noun), fields)
            responses.append(Outcome(f"{noun}Query", str(number), body=body).written())
        return document({}, responses)

    def stamp(self, owner_id: str, file_id: str) -> None:
        """What adding a .qwc file does: FileID and AppLock under the owner's id."""
        company_info.stamp(self._register, owner_id, file_id)

    def remove_stamp(self, owner_id: str) -> None:
        company_info.remove_stamp(self._register, owner_id)

    def forget(self, set_id: str, *, app: str = "app") -> None:
        """Lose what is stored of a message set, as QuickBooks may."""
        self._message_sets.forget(app, set_id)

    # --- the bookkeeper's door

    def add(self, kind: str, fields: Mapping[str, Any]) -> str:
        """Enter a record; returns its ListID or TxnID.

        `fields` are QuickBooks' element names, nested; lines stand under `ExpenseLine`,
        `InvoiceLine`, ... as lists; a reference may be given as a plain full name. Amounts,
        dates and truths may be Python's. Raises StatusError (a ValueError) when refused.
        """
        sent = _entered(kind, fields)
        act = lists.add if _is_list(kind) else transactions.add
        record = act(self._register, kind, sent, wire=False)
        self._register.books.check()
        return record.id

    def edit(self, kind: str, id: str, fields: Mapping[str, Any]) -> None:  # noqa: A002
        """Change a record: absent stays, "" clears, a lines key replaces the lines of that kind."""
        sent = _entered(kind, fields)
        act = lists.change if _is_list(kind) else transactions.change
        act(self._register, kind, id, sent, edit=None)
        self._register.books.check()

    def delete(self, kind: str, id: str) -> None:  # noqa: A002
        act = lists.delete if _is_list(kind) else transactions.delete
        act(self._register, kind, id, wire=False)
        self._register.books.check()

    def void(self, kind: str, id: str) -> None:  # noqa: A002
        transactions.void(self._register, kind, id, wire=False)
        self._register.books.check()

    def apply_credit(self, kind: str, id: str, document: str, value: str) -> None:  # noqa: A002
        """Set some of a credit to a bill or invoice, in the credit's own window."""
        transactions.apply_credit(self._register, kind, id, document, Decimal(value))
        self._register.books.check()

    def get(self, kind: str, id: str) -> dict[str, Any]:  # noqa: A002
        """A record by its id: texts as in a reply, lines and applications by storage name."""
        record = self._register.of_kind[kind].get(id) if _known(kind) else None
        if record is None:
            raise not_found(id)
        return plain_view(self._register, record)

    def find(self, kind: str, **by: Any) -> list[dict[str, Any]]:
        """Records whose elements equal these values; a reference is compared by full name."""
        return [
            view
            for view in self.all(kind)
            if all(_plain(view.get(name)) == value for name, value in by.items())
        ]

    def all(self, kind: str) -> list[dict[str, Any]]:
        _known(kind)
        return [
            plain_view(self._register, record) for record in self._register.of_kind[kind].values()
        ]

    def trial_balance(self) -> dict[str, Decimal]:
        """Account full name -> signed balance, debit positive, zero balances left out."""
        return {
            self._register.full_name(account): balance
            for account in self._register.of_kind["Account"].values()
            if (balance := self._register.books.balance(account.id))
        }

    def balance(self, account_full_name: str) -> Decimal:
        """An account's own balance, debit positive."""
        account = self._register.named(("Account",), account_full_name)
        if account is None:
            raise not_found(account_full_name)
        return self._register.books.balance(account.id)

    def advance(self, seconds: int) -> None:
        """Let time pass. Only with the built-in clock."""
        if not isinstance(self.clock, SettableClock):
            raise TypeError("this company file was given a clock of its own; move that one")
        self.clock.advance(seconds)

    def backup(self) -> object:
        """A snapshot to `restore` later: records and stored message sets."""
        memo = {id(self): self}
        return copy.deepcopy((self._register, self._message_sets), memo)

    def restore(self, snapshot: object) -> None:
        """Put a snapshot back, as restoring a backup does; CompanyActivityQuery then shows it."""
        memo = {id(self): self}
        self._register, self._message_sets = copy.deepcopy(snapshot, memo)  # type: ignore[misc]
        self._iterators.close()
        self.last_restore = self.clock()


def _reply(messages: MessageSet, decision: Decision, outcomes: tuple[Outcome, ...]) -> str:
    attributes: dict[str, str] = {}
    if messages.new_id is not None:
        attributes["newMessageSetID"] = messages.new_id
    if decision.code is not None:
        attributes["messageSetStatusCode"] = str(decision.code)
    return document(attributes, [o.written(with_data=messages.wants_data) for o in outcomes])


def _known(kind: str) -> bool:
    if kind not in LIST_KINDS and kind not in TXN_KINDS:
        raise ValueError(
            f"{kind!r} is no kind of record; known are {sorted((*LIST_KINDS, *TXN_KINDS))}"
        )
    return True


def _is_list(kind: str) -> bool:
    return _known(kind) and kind in LIST_KINDS


def _entered(kind: str, fields: Mapping[str, Any]) -> Fields:
    """What the bookkeeper typed; what follows from other things is left aside."""
    grammars = [ret_grammar(kind)] if _known(kind) else []
    if f"{kind}Add" in REQUESTS:
        grammars.append(request_grammar(f"{kind}Add").by_name[f"{kind}Add"])
    typed = {name: value for name, value in fields.items() if name not in _CONSEQUENCES}
    return from_bookkeeper(typed, grammars)


def _plain(value: Any) -> Any:
    return value.get("FullName", value) if isinstance(value, dict) else value
