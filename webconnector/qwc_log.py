"""QWCLog.txt, the Web Connector's own log: its sessions, how each ended, and the first error.

Owns reading that file's text and what its error codes mean. It must not know our sessions; the
caller matches them by their times. Lines: `20240131.14:03:59 UTC : Class.method() : text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qbxml.hresult import decide_hresult, explain_hresult
from webconnector.redaction import redacted

log_characters_max = 5_000_000
sessions_max = 500

_LINE = re.compile(
    r"(?P<day>\d{8})\.(?P<time>\d\d:\d\d:\d\d) UTC\s*:\s*(?P<place>[^:]*?)\s*:\s?(?P<text>.*)"
)
_CODE = re.compile(r"\bQBWC(?P<code>\d{4})\b")
_HRESULT = re.compile(r"\b0x8[0-9A-Fa-f]{7}\b")
_ANSWER = re.compile(r"authRet\[(?P<place>[0-3])\]\s*=\s*(?P<value>[^>]*)>")
_BEGIN: Final = "Password management - Started"
_TOLD_OF_ERROR: Final = re.compile(r"error|exception|failed|aborted|denied", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code of the Web Connector says, and what to do."""

    text: str
    cure: str


def _many(codes: tuple[int, ...], text: str, cure: str) -> dict[int, Meaning]:
    return dict.fromkeys(codes, Meaning(text, cure))


# The Web Connector's codes (its programmer's guide, appendix): meaning and cure.
CODES: Final[dict[int, Meaning]] = {
    **_many(
        (1000, 1001, 1002, 1010, 1034, 1051),
        "The .qwc file names an address that the Web Connector does not accept.",
        "Check the server's public address (https, a host name), download the .qwc file again "
        "and add it anew.",
    ),
    **_many(
        (1003, 1004),
        "The support page of the server could not be opened.",
        "Open the server's /support page in a browser on that PC; mend the network or certificate.",
    ),
    **_many(
        (1005, 1006, 1033, 1085),
        "The Web Connector has trouble with its own log or folders.",
        "Rename QWCLog.txt and start the Web Connector again; check the folder's rights.",
    ),
    **_many(
        (1007, 1008, 1009, 1013, 1022, 1023, 1024),
        "QuickBooks could not be opened for the session.",
        "Open the company file in QuickBooks as the Admin user, close any dialog that waits, and "
        "press Update Selected.",
    ),
    **_many(
        (1011, 1032),
        "The application is missing from the Web Connector's list.",
        "Download the .qwc file again and add it in the Web Connector.",
    ),
    **_many(
        (1012, 1036, 1037, 1041, 1042, 1043, 1044, 1045, 1046),
        "The server could not be reached, or its answer was not understood.",
        "Open the server's address in a browser on that PC. If the page shows, tell support the "
        "time of this line.",
    ),
    1014: Meaning(
        "QuickBooks did not tell about itself when the session began.",
        "Close dialogs in QuickBooks, restart it and press Update Selected.",
    ),
    1015: Meaning(
        "The session ended untidily; nothing was lost.",
        "Nothing needs to be done; the next one goes on.",
    ),
    **_many(
        (1016, 1017, 1018, 1019, 1020),
        "Nothing was selected in the Web Connector, or it was closed.",
        "Tick the application and press Update Selected.",
    ),
    1021: Meaning(
        "The Web Connector and QuickBooks are of versions that do not fit.",
        "Update QuickBooks and the Web Connector.",
    ),
    **_many(
        (1025, 1026, 1027, 1039),
        "The company file already carries a stamp of this application, or it may not be stamped.",
        "As Admin in single-user mode, remove the application in the Web Connector and add the "
        ".qwc file again. If that does not help, ask support to rebind the company.",
    ),
    **_many(
        (1028, 1029, 1030, 1038),
        "The Web Connector has no usable password.",
        "Type the password again in the Web Connector's list; a new one comes from the company's "
        "connection page.",
    ),
    1031: Meaning(
        "The session ended with a message from the server.",
        "Read the message beside it, and the company's session log.",
    ),
    1035: Meaning("The PC does not know its own name localhost.", "Mend the PC's hosts file."),
    1040: Meaning(
        "The password is not right.",
        "Type the password again in the Web Connector; make a new one if it is lost.",
    ),
    1048: Meaning(
        "The server's certificate could not be verified.",
        "Check that the certificate is valid, matches the host name and has its whole chain; "
        "check the PC's date.",
    ),
}

# What authenticate may answer instead of a company file.
ANSWERS: Final = {
    "none": "nothing to do",
    "nvu": "wrong password",
    "busy": "another session was running",
}


@dataclass(slots=True)
class LoggedSession:
    """One session in the log."""

    started_at: datetime
    ended_at: datetime
    lines: int = 0
    answer: str | None = None
    """What authenticate answered, in words."""
    errors: list[dict[str, Any]] = field(default_factory=list)
    """At most ten: `at`, `line` (its number), `text`, `code`, `hresult`, `meaning`, `cure`."""
    _errors_max: int = 10

    def note(self, at: datetime, number: int, text: str) -> None:
        """One line of it."""
        self.ended_at = max(self.ended_at, at)
        self.lines += 1
        for found in _ANSWER.finditer(text):
            if found["place"] == "1":
                self.answer = ANSWERS.get(found["value"].strip(' "').lower(), "work to do")
        if len(self.errors) < self._errors_max and (error := _error(text)):
            self.errors.append({"at": at, "line": number, "text": redacted(text[:500]), **error})


def _error(text: str) -> dict[str, Any] | None:
    code = _CODE.search(text)
    result = _HRESULT.search(text)
    if code is None and result is None and not _TOLD_OF_ERROR.search(text):
        return None
    known = CODES.get(int(code["code"])) if code else None
    found: dict[str, Any] = {
        "code": f"QBWC{code['code']}" if code else None,
        "hresult": result[0] if result else None,
        "meaning": known.text if known else None,
        "cure": known.cure if known else None,
    }
    if result is not None:
        words = explain_hresult(decide_hresult(result[0]), text)
        found |= {"meaning": words.title, "cure": words.advice}
    return found


def read(text: str) -> list[LoggedSession]:
    """The sessions in a log, oldest first; the last `sessions_max`.

    Text that is no such log gives none. Lines before the first session are passed over.
    """
    sessions: list[LoggedSession] = []
    for number, line in enumerate(text[-log_characters_max:].splitlines(), start=1):
        found = _LINE.match(line.strip())
        if found is None:
            continue
        at = _moment(found)
        if at is None:
            continue
        if _BEGIN in found["text"]:
            sessions.append(LoggedSession(at, at))
        if sessions:
            sessions[-1].note(at, number, found["text"])
    return sessions[-sessions_max:]


def first_error(sessions: list[LoggedSession]) -> dict[str, Any] | None:
    """The first error of the latest session that has one: the rest usually follows from it."""
    for session in reversed(sessions):
        if session.errors:
            return session.errors[0]
    return None


def _moment(found: re.Match[str]) -> datetime | None:
    try:
        return datetime.strptime(f"{found['day']} {found['time']} +0000", "%Y%m%d %H:%M:%S %z")
    except ValueError:
        return None
