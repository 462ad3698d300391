"""What can go wrong on the way, by name: the table of faults, and how a wish for them is written.

Owns the words of `webconnector rehearse --faults`. It must not know how a fault is played;
`faults.py` does.

    NAME[:ARGUMENT][@PLACE][#OCCURRENCE][*TIMES], separated by commas
    lost-reply@BillAdd, status:3175@VendorMod*2, kill-before@receive#3, random:seed=7
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webconnector.rehearsal.request_tables import REQUESTS

CALLS: dict[str, str] = {
    "server-version": "serverVersion",
    "client-version": "clientVersion",
    "authenticate": "authenticate",
    "send": "sendRequestXML",
    "receive": "receiveResponseXML",
    "connection-error": "connectionError",
    "last-error": "getLastError",
    "close": "closeConnection",
}
"""The word for a call -> its operation."""
OPEN = "open"
"""QuickBooks opens the company file."""
READ, WRITE, REQUEST = "read", "write", "request"
"""QuickBooks executes a set of queries, a set of writes, any set."""
RANDOM = "random"
CRASH_HRESULT = "0x80010105"
RATE_PERCENT = 50
_WRITES = tuple(noun for noun in REQUESTS if not noun.endswith("Query"))
_SETS = (READ, WRITE, REQUEST)
_SET_CODES = ("600", "9001", "9002", "9004", "9005")
_CLOCKS = ("spring", "autumn")
_MINUTES_MAX = 60 * 24 * 30
_FORM = re.compile(
    r"(?P<name>[a-z-]+)(?::(?P<argument>[^@#*]*))?(?:@(?P<place>[\w-]+))?"
    r"(?:#(?P<occurrence>\d{1,4}))?(?:\*(?P<times>\d{1,4}))?"
)


class FaultSpecError(ValueError):
    """A wish that cannot be played; the text names the wrong word and what would be right."""


@dataclass(frozen=True)
class Kind:
    """One row of the table."""

    words: str
    """What happens, for people."""
    places: tuple[str, ...]
    """Where it can happen, the usual place first. WRITE stands for single requests too."""
    argument: Callable[[str], bool] | None = None
    told: str = ""
    """What its argument may be."""
    usual: str = ""
    """The argument when none is given; empty: one must be given."""


def _is_hresult(text: str) -> bool:
    return re.fullmatch(r"0x[0-9A-Fa-f]{8}", text) is not None


def _is_code(text: str) -> bool:
    return re.fullmatch(r"\d{1,5}", text) is not None


def _is_minutes(text: str) -> bool:
    return re.fullmatch(r"\d{1,5}", text) is not None and int(text) <= _MINUTES_MAX


_HRESULT = "an hresult such as 0x80040402"
_MINUTES = f"minutes, at most {_MINUTES_MAX}"
_EVERY = (*CALLS, *_SETS)

FAULTS: dict[str, Kind] = {
    "lost-reply": Kind("QuickBooks does it; its answer never arrives", (WRITE, READ, REQUEST)),
    "kill-before": Kind("the Web Connector is killed before this", ("receive", *_EVERY)),
    "kill-after": Kind("the Web Connector is killed right after this", ("receive", *_EVERY)),
    "duplicate": Kind("the call arrives twice", ("receive", *CALLS)),
    "replay": Kind("the call arrives again, after the next one", ("receive", "send", "close")),
    "crash-before": Kind(
        "QuickBooks dies before it did anything",
        (WRITE, READ, REQUEST),
        _is_hresult,
        _HRESULT,
        CRASH_HRESULT,
    ),
    "crash-after": Kind(
        "QuickBooks does it and dies", (WRITE, READ, REQUEST), _is_hresult, _HRESULT, CRASH_HRESULT
    ),
    "hresult": Kind(
        "QuickBooks refuses with this hresult", (OPEN, WRITE, READ, REQUEST), _is_hresult, _HRESULT
    ),
    "status": Kind("QuickBooks answers this request so", (WRITE, READ), _is_code, "a status code"),
    "locked": Kind("somebody has the record open (3175)", (WRITE,)),
    "set-status": Kind(
        "QuickBooks answers the set with this code and nothing else; 9005: after doing it",
        (WRITE,),
        lambda text: text in _SET_CODES,
        f"one of {', '.join(_SET_CODES)}",
    ),
    "garbled": Kind("QuickBooks does it; its answer is cut in half", (WRITE, READ, REQUEST)),
    "empty": Kind("QuickBooks does it; its answer is empty", (WRITE, READ, REQUEST)),
    "incomplete": Kind("QuickBooks does it; its answer lacks the last part", (WRITE, READ)),
    "iterators-lost": Kind("QuickBooks forgets its open iterators", (READ,)),
    "slow": Kind("QuickBooks takes that long", (WRITE, READ, REQUEST), _is_minutes, _MINUTES, "5"),
    "asleep": Kind("the computer sleeps before this", ("receive", *_EVERY), _is_minutes, _MINUTES,
                   "20"),
    "second-connector": Kind("another Web Connector of the company syncs before this",
                             ("send", *CALLS)),
    "restored-backup": Kind("the file as it was at first, restored from a backup", (OPEN,)),
    "reverted-file": Kind("the file as it was at first, copied back in Windows", (OPEN,)),
    "clock": Kind(
        "the clocks change during this sync",
        (OPEN,),
        lambda text: text in _CLOCKS,
        f"one of {', '.join(_CLOCKS)}",
    ),
}  # fmt: skip


@dataclass
class Fault:
    """One fault that waits for its moment; it happens `times` times from `occurrence` on."""

    name: str
    place: str
    argument: str = ""
    occurrence: int = 1
    times: int = 1

    def __str__(self) -> str:
        argument = f":{self.argument}" if self.argument else ""
        occurrence = f"#{self.occurrence}" if self.occurrence > 1 else ""
        times = f"*{self.times}" if self.times > 1 else ""
        return f"{self.name}{argument}@{self.place}{occurrence}{times}"

    def happens(self, name: str, places: Sequence[str]) -> bool:
        """Whether it happens now; counts the occasion."""
        if name != self.name or self.place not in places or not self.times:
            return False
        if self.occurrence > 1:
            self.occurrence -= 1
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class Chance:
    """Faults at random: in `rate_percent` of the sessions, from a seed that repeats them."""

    seed: int
    rate_percent: int = RATE_PERCENT

    def sessions(self) -> Iterator[list[Fault]]:
        """The faults of each session in turn."""
        chosen = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret
        while True:
            hit = chosen.randrange(100) < self.rate_percent
            yield [any_fault(chosen.randrange)] if hit else []


_ARGUMENTS = {
    "crash-before": (CRASH_HRESULT, "0x80040402", "0x8004040D"),
    "crash-after": (CRASH_HRESULT, "0x80040402", "0x8004040D"),
    "hresult": ("0x8004041B", "0x80040400", "0x8004041D", "0x80040422"),
    "status": ("3175", "3180", "3200", "3261", "3391"),
    "set-status": ("9002", "9005", "9001"),
    "slow": ("5", "20"),
    "asleep": ("1", "20"),
    "clock": _CLOCKS,
}
_NEED_A_PERSON = ("restored-backup", "reverted-file")


def any_fault(pick: Callable[[int], int]) -> Fault:
    """A fault that recovers by itself; `pick` gives a number below the one it is given."""
    names = [name for name in FAULTS if name not in _NEED_A_PERSON]
    name = names[pick(len(names))]
    places = [place for place in FAULTS[name].places if place != "connection-error"]
    arguments = _ARGUMENTS.get(name, ("",))
    return Fault(name, places[pick(len(places))], arguments[pick(len(arguments))], 1 + pick(3))


def parse(spec: str) -> tuple[list[Fault], Chance | None]:
    """The faults that a wish names. Raises FaultSpecError."""
    faults: list[Fault] = []
    chance = None
    for part in (part.strip() for part in spec.split(",")):
        if part.partition(":")[0] == RANDOM:
            chance = _chance(part)
        else:
            faults.append(_fault(part))
    return faults, chance


def _chance(part: str) -> Chance:
    wishes = dict(word.partition("=")[::2] for word in part.split(":")[1:])
    wrong = [name for name, value in wishes.items()
             if name not in {"seed", "rate"} or not value.isdecimal()]  # fmt: skip
    if wrong or "seed" not in wishes:
        raise FaultSpecError(
            f'"{part}" is not understood: write random:seed=NUMBER or '
            "random:seed=NUMBER:rate=PERCENT."
        )
    return Chance(int(wishes["seed"]), min(100, int(wishes.get("rate", RATE_PERCENT))))


def _fault(part: str) -> Fault:
    form = _FORM.fullmatch(part)
    if form is None:
        raise FaultSpecError(
            f'"{part}" is not understood: write NAME[:ARGUMENT][@PLACE][#OCCURRENCE][*TIMES], '
            "such as lost-reply@BillAdd."
        )
    name = form["name"]
    kind = FAULTS.get(name)
    if kind is None:
        known = ", ".join((*FAULTS, RANDOM))
        raise FaultSpecError(f'"{name}" is no fault; there are {known}.')
    place = form["place"] or kind.places[0]
    _check_place(name, kind, place)
    argument = _argument(name, kind, form["argument"])
    return Fault(
        name, place, argument, max(1, int(form["occurrence"] or 1)), int(form["times"] or 1)
    )


def _check_place(name: str, kind: Kind, place: str) -> None:
    if place in kind.places or (WRITE in kind.places and place in REQUESTS):
        return
    known = ", ".join(dict.fromkeys(kind.places))
    more = " or a request such as BillAdd" if WRITE in kind.places else ""
    raise FaultSpecError(f'"{place}" is no place for {name}; it can happen at {known}{more}.')


def _argument(name: str, kind: Kind, given: str | None) -> str:
    if kind.argument is None:
        if given is not None:
            raise FaultSpecError(f'"{name}:{given}": {name} takes no argument.')
        return ""
    argument = given or kind.usual
    if not kind.argument(argument):
        raise FaultSpecError(f'"{name}:{argument}": the argument of {name} is {kind.told}.')
    return argument


def told() -> list[tuple[str, str, str]]:
    """The table for people: name with its argument, places, what happens."""
    return [
        (
            f"{name}:{kind.usual or 'ARGUMENT'}" if kind.argument else name,
            ", ".join(dict.fromkeys(kind.places)),
            kind.words,
        )
        for name, kind in FAULTS.items()
    ]
