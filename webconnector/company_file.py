"""Is this the right company file? A pure judgement on what the Web Connector said was open.

Owns sync-rules 9, last points. It must not know the database; the caller keeps what it decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

STAMP = "FileID"


@dataclass(frozen=True, slots=True)
class Found:
    """The file that is open: its path as the PC sees it, its company name, our stamp in it."""

    path: str
    company_name: str
    stamp: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """The file that the company is bound to; no paths: none yet."""

    paths: tuple[str, ...]
    company_name: str
    file_id: str
    stamped: bool


class Verdict(StrEnum):
    """What may be done with the file that is open."""

    RIGHT = "right"
    BIND = "bind"  # the first one: from now on it is this company's
    CONFIRM = "confirm"  # an admin must say that it is the same company
    WRONG = "wrong"  # never, only `company rebind`


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and, unless it is right, the reason in the user's words."""

    verdict: Verdict
    reason: str = ""


def stamp_of(data_exts: Sequence[tuple[str, str, str]], owner_id: str) -> str | None:
    """The FileID that was stamped into the file under our OwnerID, or None."""
    for owner, name, value in data_exts:
        if _plain(owner) == _plain(owner_id) and name == STAMP and value.strip():
            return value.strip()
    return None


def _plain(guid: str) -> str:
    """A GUID in any letters, with its braces or without."""
    return guid.strip("{} ").casefold()


def judge(found: Found, bound: Bound) -> Judgement:
    """Compare what is open with what the company is bound to."""
    if found.stamp is not None and _plain(found.stamp) != _plain(bound.file_id):
        return Judgement(
            Verdict.WRONG, "it carries the mark of another CashFlow company's connection"
        )
    if not bound.paths:
        return Judgement(Verdict.BIND)
    reasons = []
    if found.stamp is None and bound.stamped:
        reasons.append("the mark of this connection is missing from it")
    if found.path.casefold() not in {path.casefold() for path in bound.paths}:
        reasons.append("it lies at another place")
    if found.company_name != bound.company_name:
        reasons.append(f'its company name is "{found.company_name}"')
    if reasons:
        return Judgement(Verdict.CONFIRM, " and ".join(reasons))
    return Judgement(Verdict.RIGHT)
