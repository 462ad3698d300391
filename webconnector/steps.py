"""A session's work, one step per call: what is sent next, what an answer does, how it ends.

Owns the order of a session (sync-rules 8): settle, read, write, balances. It must not know SOAP,
tickets or transactions; `exchange.py` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from qbxml.hresult import Action, HresultDecision, decide_hresult, explain_hresult
from qbxml.parse import Replies, replies
from qbxml.wellformed import UnreadableReply
from store import (
    cursors,
    earlier,
    exchanges,
    holding,
    lookups,
    problems,
    push,
    scheduling,
    sessions,
    written,
)
from store.context import Sync
from store.exchanges import Kind
from store.exchanges import State as Sent
from store.sessions import Session
from webconnector import applying, opening, reading, writing
from webconnector.plan import Plan, Read
from webconnector.protocol import State
from webconnector.settings import Settings

_log = structlog.get_logger("webconnector.steps")

ALL_DONE = 100
_GIVE_UP = -1
_NOTHING_LEFT = "Nothing is left to do."
_UNREADABLE = "QuickBooks' answer could not be read. Nothing is lost: the next sync asks again."
_PAUSED = (
    "CashFlow was paused for this company. Nothing is lost: it goes on from here once an "
    "administrator resumes it."
)
_NO_ANSWER = (
    "The Web Connector brought no answer of QuickBooks. The next sync finds out what was done."
)


@dataclass(frozen=True, slots=True)
class Answered:
    """What receiveResponseXML brought."""

    response: str
    hresult: str
    message: str


class _AnotherAnswerError(Exception):
    """An answer that came before arrived again: it does not belong to what is in flight."""


class Steps:
    """The session at work in the transaction of one call."""

    def __init__(self, sync: Sync, session: Session, settings: Settings) -> None:
        self.sync = sync
        self.session = session
        self.plan = Plan.from_json(session.plan)
        self._page_records_max = settings.page_records_max

    def keep(self) -> None:
        """Write the cursors that moved; put plan and counters back into the session."""
        cursors.keep(self.sync)
        self.session.plan = self.plan.to_json()
        tally = self.sync.tally
        self.session.changes_in += tally.changes_in
        self.session.changes_out += tally.changes_out
        self.session.problems += tally.problems

    # --- sending

    def next_request(
        self, hcp: str, company_file: str, country: str, version: tuple[int, int]
    ) -> str:
        """The next message set, committed before it leaves; '' when there is none."""
        if self.sync.paused:
            self.stop(_PAUSED)
            return ""
        try:
            row = None
            if self.plan.checked:
                self._same_file(company_file)
                row = exchanges.prepared(self.sync)
            else:
                opening.check(self.sync, self.session, hcp, company_file, country, version)
                self._begin()
        except opening.Stop as stop:
            self.stop(stop.text)
            return ""
        row = row or self._prepare()
        if row is None:
            self.session.state = State.DONE
            self.session.last_error = _NOTHING_LEFT
            return ""
        exchanges.send(self.sync, row)
        self.session.state = State.OWED
        return str(row.request)

    def _begin(self) -> None:
        """The right company file is open: from here on something may be asked."""
        self.plan.checked = True
        problems.resolve_cause(self.sync, "connection")
        earlier.release(self.sync)
        holding.ask_again(self.sync)
        scheduling.wake(self.sync)
        reading.begin(self.sync, self.plan, self._page_records_max)
        reading.go_on(self.plan, sessions.plan_before(self.sync, self.session))
        reading.again(self.plan, written.unfinished(self.sync))

    def _same_file(self, company_file: str) -> None:
        """Each later call names the file too; raises Stop when it is not the one judged."""
        try:
            opening.check_again(self.session, company_file)
        except opening.Stop:
            self.plan.checked = False  # no answer of this session is believed any more
            raise

    def resend(self, company_file: str) -> str:
        """The answer to our answer was lost: the same text once more.

        Only the next page of an iterator cannot be asked for twice: it would skip one.
        """
        try:
            self._same_file(company_file)
        except opening.Stop as stop:
            self.stop(stop.text)
            return ""
        row = exchanges.in_flight(self.sync)
        if row is None:
            return ""
        asked = [purpose["read"] for purpose in row.purpose.values() if "read" in purpose]
        if reading.start_again(self.plan, asked):
            exchanges.mark(self.sync, row.id, Sent.LOST)
            row = self._ask()
        exchanges.send(self.sync, row)
        return str(row.request)

    def _prepare(self) -> Any | None:
        """The next exchange, kept; None when all is done."""
        owed = exchanges.owed(self.sync)
        if owed is not None:
            return owed
        if self.plan.open_reads:
            return self._ask()
        writable = opening.may_write(self.sync) and not self.sync.preview and self.plan.writable
        if writable:
            made = writing.prepare(self.sync, self.plan)
            if made is not None:
                return made
        if self.plan.wrote:
            self.plan.wrote = False
            reading.balances_again(self.plan)
            return self._ask()
        return None

    def _ask(self) -> Any:
        return writing.keep(self.sync, reading.ask(self.plan), Kind.READ)

    # --- receiving

    def take(self, answered: Answered, *, late: bool) -> int:
        """Store QuickBooks' answer and act on it; -1 stops, 100 ends, else the percentage."""
        row = exchanges.in_flight(self.sync)
        if row is None or (late and row.kind != Kind.WRITE) or not self.plan.checked:
            # Unchecked, it may be another file's: a write stays owed, settled in the right one.
            return _GIVE_UP
        try:
            stopped = self._act_on(row, answered)
        except _AnotherAnswerError:
            _log.warning("answer_repeated", session=self.session.id)
            return _GIVE_UP if late else self.repeat()
        self.plan.restored |= self.sync.went_back
        if late:
            return _GIVE_UP
        if stopped:
            self.stop(stopped)
            return _GIVE_UP
        applying.settle(self.sync, self.plan)
        if self._prepare() is None:
            return self._all_done()
        self.session.state = State.READY
        waiting = push.open_count(self.sync.conn, self.sync.company_id, self.sync.now)
        # A bar that runs backwards frightens people: new work slows it down instead.
        self.session.percent = max(self.session.percent, self.plan.percent(waiting))
        return self.session.percent

    def _act_on(self, row: Any, answered: Answered) -> str:
        """Returns why the session must stop; '' to go on."""
        if answered.hresult.strip():
            return self._failed(row, answered)
        if not answered.response.strip():
            return _NO_ANSWER if row.kind == Kind.WRITE else self._read_lost(row, _NO_ANSWER)
        try:
            answer = replies(answered.response)
        except UnreadableReply as error:
            _log.warning("answer_unreadable", session=self.session.id, reason=str(error)[:200])
            return self._unreadable(row, answered.response)
        if not _answers(row, answer):
            raise _AnotherAnswerError
        records = sum(len(reply.records) for reply in answer.replies)
        exchanges.answered(self.sync, row, answered.response, records)
        if row.kind == Kind.WRITE:
            reading.again(self.plan, writing.take(self.sync, self.plan, row, answer))
        else:
            self._take_reads(row, answer)
        return ""

    def _take_reads(self, row: Any, answer: Replies) -> None:
        self.sync.exchange_id = row.id
        pairs = writing.pairs(row.purpose, answer.replies)
        lookups.take(self.sync, [pair for pair in pairs if pair[0]["do"] == "lookup"])
        for purpose, reply in pairs:
            if purpose["do"] == "lookup":
                continue
            if purpose["do"] == "refresh":
                reading.what_is_left(self.plan, lookups.refreshed(self.sync, purpose, reply))
                continue
            read: Read = self.plan.reads[purpose["read"]]
            if reply is None:
                reading.unanswered(self.sync, self.plan, read)
                continue
            reading.take(self.sync, self.plan, read, reply, row.id)

    def _failed(self, row: Any, answered: Answered) -> str:
        """QuickBooks could not be asked or refused the whole set."""
        decision = decide_hresult(answered.hresult)
        facts = {"hresult": decision.hex[:20], "message": answered.message}
        # That nothing of it ran this time tells nothing of the times before.
        sent_before = row.times_sent > 1 and decision.action is not Action.PARK
        if row.kind == Kind.WRITE and (decision.outcome_unknown or sent_before):
            exchanges.mark(self.sync, row.id, Sent.SENT, **facts)  # the next session settles it
            return self._why(decision, answered)
        exchanges.mark(self.sync, row.id, Sent.FAILED, **facts)
        if row.kind == Kind.WRITE and writing.refused_whole(
            self.sync, self.plan, row, decision, answered.message
        ):
            return ""
        return self._why(decision, answered)

    def _why(self, decision: HresultDecision, answered: Answered) -> str:
        words = explain_hresult(decision, answered.message)
        if decision.action is not Action.RETRY:
            problems.open_problem(
                self.sync,
                problems.Problem(
                    cause="hresult",
                    kind="quickbooks",
                    title=words.title,
                    text=words.why,
                    advice=words.advice,
                    code=decision.hex,
                    quickbooks_text=answered.message,
                ),
            )
        return str(words)

    def _read_lost(self, row: Any, why: str) -> str:
        exchanges.mark(self.sync, row.id, Sent.LOST)
        return why

    def _unreadable(self, row: Any, response: str) -> str:
        """Keep it for support. What it may have written is settled as after a lost answer.

        QuickBooks may have nothing readable to say about it: the second time it is looked for.
        """
        owed = row.kind == Kind.WRITE and row.response is None
        if row.kind == Kind.WRITE and not owed:
            push.release(self.sync, [row.id], unknown=True)
        state = Sent.SENT if owed else Sent.UNKNOWN
        exchanges.mark(self.sync, row.id, state, response=response)
        problems.open_problem(
            self.sync,
            problems.Problem(
                cause="unreadable-answer",
                kind="program",
                title="An answer of QuickBooks could not be read",
                text=_UNREADABLE,
                advice=problems.SEND_BUNDLE,
            ),
        )
        return _UNREADABLE

    def repeat(self) -> int:
        """Delivered twice: the same answer as before, nothing is changed."""
        return ALL_DONE if self.session.state == State.DONE else max(0, self.session.percent)

    def keep_raw(self, response: str) -> None:
        """Keep an answer that we failed to act on; a write stays owed and is settled later."""
        row = exchanges.in_flight(self.sync)
        if row is not None:
            state = Sent.SENT if row.kind == Kind.WRITE else Sent.FAILED
            exchanges.mark(self.sync, row.id, state, response=response)

    # --- ending

    def _all_done(self) -> int:
        reading.settle_problems(self.sync, self.plan)
        if self.plan.writable:
            self.session.is_full = True
        self.session.state = State.DONE
        self.session.outcome = "finished"
        self.session.percent = ALL_DONE
        return ALL_DONE

    def stop(self, why: str) -> None:
        """The session ends early; the Web Connector asks why and shows it."""
        self.session.state = State.STOPPING
        self.session.outcome = "stopped"
        self.session.last_error = why

    def close(self) -> str:
        """Say what was done and close."""
        if self.session.outcome is None:
            self.session.last_error = self.session.last_error or "Stopped before the end."
        self.session.end(State.CLOSED, "stopped", self.sync.now)
        exchanges.abandon(self.sync, self.session.id)
        self.session.text = self._summary()
        _log.info(
            "session_closed",
            company=self.session.company_id,
            session=self.session.id,
            outcome=self.session.outcome,
        )
        return self.session.text

    def _summary(self) -> str:
        """`12 changes in, 3 out, 1 problem`."""
        done = self.session
        moved = f"{_count(done.changes_in, 'change')} in, {done.changes_out} out"
        text = f"{moved}, {_count(done.problems, 'problem')}"
        if self.session.outcome != "finished":
            return f"Stopped: {self.session.last_error} ({text})"
        if self.plan.held or self.plan.restored:
            return f"{text}. Nothing was sent: an administrator has to decide first, see CashFlow."
        if not opening.may_write(self.sync):
            country = self.sync.quickbooks.get("country")
            return f"{text}. Nothing was sent: this is no US company file but one of {country}."
        if self.sync.preview:
            return f"{text}. Nothing was sent yet: an administrator starts the first sync."
        return text


def _answers(row: Any, answer: Replies) -> bool:
    """Whether this is an answer to that exchange; what says nothing of itself is believed."""
    named = {reply.request_id for reply in answer.replies if reply.request_id}
    return not named or bool(named & row.purpose.keys())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
