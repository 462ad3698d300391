"""What each call of the Web Connector does: one method per call, one transaction each.

Owns the way from a call to the state machine, the session's plan and the store, and back. Between
calls all state is in the database: any worker of any machine takes the next call. It must not
know SOAP; `steps.py` does a session's work.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as package_version
from typing import Any

import structlog

from qbxml.hresult import Action, decide_hresult, explain_hresult
from store import binding, changes, companies, exchanges, feed, problems, sessions, wrong_passwords
from store.context import Sync
from store.cursors import wall_clock
from store.engine import Connection, Row, Store
from store.feed import Happened
from store.preferences import Preferences
from store.sessions import Session
from store.tenants import load, session_facts
from webconnector import logs, protocol
from webconnector.calls import peer
from webconnector.protocol import Call, Move, State
from webconnector.settings import Settings
from webconnector.steps import Answered, Steps

_log = structlog.get_logger("webconnector.exchange")

connection_errors_max = 1
_busy_retry_seconds = 5
_OVER = "This sync is over. Press Update Selected in the Web Connector to start another."
_NO_SUCH_USER = "No connection of CashFlow has this user name and password."
_FAILED = (
    "CashFlow could not store QuickBooks' answer, and stopped. Nothing is lost: the next sync "
    "goes on from here."
)


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


class Exchange:
    """Answers the Web Connector's calls (`calls.WebConnectorCalls`)."""

    def __init__(
        self, store: Store, settings: Settings, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._store = store
        self._settings = settings
        self._now = clock

    # --- before a session

    def server_version(self) -> str:
        """Shown in the Web Connector's "More information" window."""
        return f"Key CashFlow {package_version('key-cashflow-webconnector')}"

    def client_version(self, version: str) -> str:
        """Every version may go on; it is remembered for the session that follows."""
        now = self._now()
        self._store.run(lambda conn: sessions.greet(conn, peer.get(), version[:40], now))
        return ""

    def authenticate(self, username: str, password: str) -> tuple[str, ...]:
        """Ticket and company file, or why there is nothing to do (sync-rules 8)."""
        return self._store.run(lambda conn: self._authenticate(conn, username, password))

    def _authenticate(self, conn: Connection, username: str, password: str) -> tuple[str, ...]:
        now, ticket = self._now(), sessions.new_ticket()
        found = companies.find_connector(conn, username)
        if not self._let_in(conn, found, password, now) or found is None:
            return ticket, "nvu"
        # The company before its connector, as every call does: two in other orders would deadlock.
        company = load(conn, found.company_id, to_change=True)
        last_full = sessions.heard(conn, found, peer.get(), now)
        refused = self._refusal(conn, company, last_full, now)
        if refused:
            _log.info("session_refused", company=found.company_id, reason=refused[0])
            return (ticket, *refused)
        greeted = sessions.greeted(conn, peer.get(), now)
        opened = sessions.begin(conn, found, ticket, State.READY, greeted, now)
        if opened is None:
            return ticket, "busy", str(_busy_retry_seconds)
        sessions.note_call(conn, opened, "authenticate", "accepted", timedelta(), now)
        _log.info("session_opened", company=opened.company_id, session=opened.id)
        return ticket, (found.paths[0] if found.paths else "")

    def _let_in(
        self, conn: Connection, found: Row[Any] | None, password: str, now: datetime
    ) -> bool:
        """Whether the password is right; who gives wrong ones is slowed down, told and logged."""
        address = peer.get()
        whose = {"company": found.company_id} if found is not None else {}
        if wrong_passwords.held_back(conn, found, address, now):
            if found is not None:
                wrong_passwords.note_held_back(conn, found, address, now)
            _log.info("session_refused", reason="held_back", address=address, **whose)
            return False
        if companies.password_matches(found, password, self._settings.secret_key_bytes):
            assert found is not None  # noqa: S101 - nobody's password never matches
            wrong_passwords.right(conn, found, address, now)
            return True
        times = wrong_passwords.wrong(conn, found, address, now)
        if found is not None:
            sessions.refused(conn, found, now)
        _log.warning("session_refused", reason="nvu", address=address, times=times, **whose)
        return False

    def _refusal(
        self, conn: Connection, company: Row[Any], last_full: datetime | None, now: datetime
    ) -> tuple[str, ...]:
        """`none` or `busy` with its seconds; empty when a session may begin."""
        if company.state != "active":
            return ("none",)
        standing = sessions.open_one(conn, company.id)
        if standing is not None:
            left = self._seconds_left(standing, now)
            if left > 0:
                return ("busy", str(left))
            self._take_over(conn, standing, now)
        pause = Preferences.from_json(company.preferences).minimum_interval_minutes
        rested = last_full is None or last_full + timedelta(minutes=pause) <= now
        if not rested and not changes.any_waiting(conn, company.id, now):
            return ("none",)
        return ()

    def _seconds_left(self, standing: Session, now: datetime) -> int:
        limit = protocol.silence_seconds_max(
            State(standing.state),
            waiting=self._settings.session_silence_seconds,
            working=self._settings.reply_silence_seconds,
        )
        silent = (now - standing.last_call_at).total_seconds()
        return max(0, int(limit - silent))

    def _take_over(self, conn: Connection, dead: Session, now: datetime) -> None:
        """The old session is dead: what it was owed is settled by the new one."""
        dead.end(State.EXPIRED, "lost", now)
        dead.text = "The Web Connector fell silent; another session went on."
        sync = self._sync(conn, dead, now)
        exchanges.abandon(sync, dead.id)
        sessions.save(conn, dead)
        sync.note(Happened.SESSION_FINISHED, "sessions", dead.id)
        feed.publish(conn, dead.company_id, sync.notices, now)
        _log.warning("session_lost", company=dead.company_id, session=dead.id)

    # --- in a session

    def send_request_xml(
        self,
        ticket: str,
        hcp_response: str,
        company_file: str,
        country: str,
        major: int,
        minor: int,
    ) -> str:
        """The next request; the first call of a session says which company file is open."""

        def act(step: Steps, move: Move) -> str:
            if move is Move.RESEND:
                return step.resend(company_file)
            return step.next_request(hcp_response, company_file, country, (major, minor))

        return str(self._called(ticket, Call.SEND, act, _summary_of_request))

    def receive_response_xml(self, ticket: str, response: str, hresult: str, message: str) -> int:
        """Store the answer and say how far the session is; never lose what QuickBooks said."""

        def act(step: Steps, move: Move) -> int:
            if move is Move.REPEAT:
                return step.repeat()
            return step.take(Answered(response, hresult, message), late=move is Move.LATE)

        try:
            return int(self._called(ticket, Call.RECEIVE, act, str))
        except Exception as error:  # noqa: BLE001 - the answer of QuickBooks must be kept
            _log.error("answer_not_stored", **logs.what_failed(error))
            return int(self._called(ticket, Call.RECEIVE, _give_up(response), str))

    def connection_error(self, ticket: str, hresult: str, message: str) -> str:
        """QuickBooks could not be opened: once more with whatever is open, then give up."""

        def act(step: Steps, _move: Move) -> str:
            session = step.session
            session.connection_errors += 1
            if session.connection_errors <= connection_errors_max:
                return ""
            decision = decide_hresult(hresult)
            words = explain_hresult(decision, message)
            step.stop(str(words))
            if decision.action is not Action.RETRY:
                problems.open_problem(
                    step.sync,
                    problems.Problem(
                        cause="connection",
                        kind="connection",
                        title=words.title,
                        text=words.why,
                        advice=words.advice,
                        code=decision.hex,
                        quickbooks_text=message,
                    ),
                )
            return "done"

        return str(self._called(ticket, Call.CONNECTION_ERROR, act, str))

    def get_last_error(self, ticket: str) -> str:
        """What went wrong, in words; never blank."""
        return str(
            self._called(
                ticket, Call.LAST_ERROR, lambda step, _: step.session.last_error or _OVER, _quiet
            )
        )

    def close_connection(self, ticket: str) -> str:
        """What was done, for the Web Connector's status column."""

        def act(step: Steps, move: Move) -> str:
            return step.close() if move is Move.END else step.session.text or _OVER

        return str(self._called(ticket, Call.CLOSE, act, _quiet))

    def knows_ticket(self, ticket: str) -> bool:
        """Sessions that are over count: a late answer is stored before it is refused."""
        with self._store.read() as conn:
            return sessions.is_known(conn, ticket)

    # --- interactive mode is not offered

    def get_interactive_url(self, ticket: str, session_id: str) -> str:
        """There is no interactive page."""
        del session_id
        return str(self._called(ticket, Call.INTERACTIVE_URL, None, str))

    def interactive_rejected(self, ticket: str, reason: str) -> str:
        """Nothing was asked for."""
        del reason
        return str(self._called(ticket, Call.INTERACTIVE_REJECTED, None, str))

    def interactive_done(self, ticket: str) -> str:
        """Over at once."""
        return str(self._called(ticket, Call.INTERACTIVE_DONE, None, str))

    # --- one call, one transaction

    def _called(
        self,
        ticket: str,
        call: Call,
        act: Callable[[Steps, Move], str | int] | None,
        summary: Callable[[str | int], str],
    ) -> str | int:
        began = time.perf_counter()

        def run(conn: Connection) -> str | int:
            session = sessions.find(conn, ticket)
            move = protocol.move(State(session.state) if session else State.UNKNOWN, call)
            if session is None:
                return protocol.REFUSALS.get(call, _OVER)
            now = self._now()
            answer = protocol.REFUSALS.get(call, _OVER)
            happened: list[feed.Notice] = []
            if act is not None and move not in (Move.REFUSE, Move.DECLINE):
                was_open = session.ended_at is None
                step = Steps(self._sync(conn, session, now), session, self._settings)
                answer = act(step, move)
                step.keep()
                if was_open and session.ended_at is not None:
                    step.sync.note(Happened.SESSION_FINISHED, "sessions", session.id)
                happened = step.sync.notices
            took = timedelta(seconds=time.perf_counter() - began)
            session.called(now)
            sessions.note_call(conn, session, call, summary(answer), took, now)
            sessions.save(conn, session)
            feed.publish(conn, session.company_id, happened, now)
            return answer

        return self._store.run(run)

    def _sync(self, conn: Connection, session: Session, now: datetime) -> Sync:
        row = session_facts(conn, session.company_id)
        return Sync(
            conn=conn,
            company_id=session.company_id,
            session_id=session.id,
            now=now,
            preferences=Preferences.from_json(row.preferences),
            start_date=row.start_date,
            time_zone=row.time_zone,
            connected=binding.connected(row),
            quickbooks=row.quickbooks or {},
            two_way_since=wall_clock(row.two_way_since, row.time_zone),
            preview=row.preview,
            paused=row.state == "paused",
        )


def _give_up(response: str) -> Callable[[Steps, Move], int]:
    """After an error of ours: keep QuickBooks' answer for support, stop, say so."""

    def act(step: Steps, _move: Move) -> int:
        step.keep_raw(response)
        step.stop(_FAILED)
        problems.open_problem(
            step.sync,
            problems.Problem(
                cause="program",
                kind="program",
                title="CashFlow could not store an answer of QuickBooks",
                text=_FAILED,
                advice=problems.SEND_BUNDLE,
            ),
        )
        return -1

    return act


def _summary_of_request(answer: str | int) -> str:
    return f"{len(str(answer))} characters" if answer else "nothing"


def _quiet(answer: str | int) -> str:
    return str(answer)
