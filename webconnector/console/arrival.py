"""The first call of a company's Web Connector, step by step, and what is wrong while it is out.

Owns these steps and their words. Pure: it judges what the store says, and asks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from store.engine import Row

patience = timedelta(minutes=2)
"""After this silence the page says what may be wrong."""

GOOD_OUTCOME: Final = "finished"
Standing = Literal["good", "bad", "now", "later"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the first session: how it stands, in the person's words."""

    standing: Standing
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """All steps, whether the session is over and well, and whether to say why nobody calls."""

    steps: tuple[Step, ...]
    complete: bool
    silent: bool

    @property
    def failed(self) -> bool:
        """Whether a step went wrong."""
        return any(step.standing == "bad" for step in self.steps)


def arrival(
    state: Mapping[str, Any], session: Row[Any] | None, since: datetime, now: datetime
) -> Arrival:
    """Judge `console_company.state_of`, the latest session, and how long somebody has watched."""
    steps = [_called(state), _password(state), _file(state, session), _read(state, session)]
    # What comes after a step that is not good has not begun.
    for place, step in enumerate(steps):
        if step.standing != "good":
            steps[place + 1 :] = [Step("later", one.title) for one in steps[place + 1 :]]
            break
    complete = all(step.standing == "good" for step in steps)
    heard = state["last_call_at"] or state["refused_at"]
    return Arrival(tuple(steps), complete, not heard and now - since > patience)


def _called(state: Mapping[str, Any]) -> Step:
    title = "The Web Connector calls"
    if state["last_call_at"] or state["refused_at"]:
        place = state["wrong_address"] if state["refused_at"] else state["last_address"]
        return Step("good", title, f"It reached this server{f' from {place}' if place else ''}.")
    return Step("now", title, "Nothing was heard yet. Press Update Selected in the Web Connector.")


def _password(state: Mapping[str, Any]) -> Step:
    title = "Its password is right"
    if state["held_seconds"]:
        return Step(
            "bad",
            title,
            f"Held back: too many wrong passwords came from {state['wrong_address']}. For the next"
            " minute none is looked at from there, not even the right one, and the Web Connector"
            " says that the password is wrong. Untick Auto-Run, type the password again, wait"
            " until this text has gone, and press Update Selected.",
        )
    if state["refused_at"]:
        return Step(
            "bad",
            title,
            "Somebody came with this company's user name and a wrong password. Type it again in"
            " the Web Connector, without blanks at its ends, or make a new one here.",
        )
    return Step("good", title)


def _file(state: Mapping[str, Any], session: Row[Any] | None) -> Step:
    title = "QuickBooks opens the company file"
    if state["awaiting"]:
        text = f"Another file is open: {state['awaiting']['path']}. Confirm it, or open the right"
        return Step("bad", title, f"{text} one in QuickBooks and press Update Selected.")
    if session is not None and session.ended_at and session.outcome != GOOD_OUTCOME:
        return Step("bad", title, why(session))
    if state["connected_at"]:
        name = state["company_file_name"] or "The company file"
        return Step("good", title, f"{name}: {state['paths'][0]}" if state["paths"] else name)
    if session is not None:
        text = (
            "QuickBooks asks its Admin once whether this application may read and write the"
            " company file. Choose: Yes, always; allow access even if QuickBooks is not running."
        )
        return Step("now", title, text)
    return Step("now", title, "The next call opens it.")


def why(session: Row[Any]) -> str:
    """What ended a session before its end, in the words that the Web Connector shows too."""
    if session.outcome == "lost":
        return (
            "The Web Connector fell silent in the middle: it was closed, or the computer slept."
            " Press Update Selected again; it goes on where it stopped."
        )
    return str(session.last_error or session.text or "The session stopped without a reason.")


def _read(state: Mapping[str, Any], session: Row[Any] | None) -> Step:
    title = "Everything is read from QuickBooks"
    if state["last_full_session_at"]:
        came = session.changes_in if session is not None else 0
        records = "1 record" if came == 1 else f"{came:,} records"
        return Step("good", title, f"{records} came over in the latest session.")
    percent = session.percent if session is not None else 0
    return Step("now", title, f"{percent} % so far. A large company file takes a while.")
