"""Which company file is the right one: every combination of stamp, path, name and binding."""

from __future__ import annotations

from itertools import product

import pytest

from webconnector.company_file import Bound, Found, Verdict, judge, stamp_of

FILE_ID = "{0B3F7B1E-9A3C-4F5D-8F2E-1C2D3E4F5A6B}"
OTHER_ID = "{11111111-2222-3333-4444-555555555555}"
OWNER = "{6d7a3f0e-2c51-4b89-9a64-f1c0d8e5b372}"
PATH, NAME = r"C:\QuickBooks\Acme.QBW", "Acme Ltd"

STAMPS = {"equal": FILE_ID, "case": FILE_ID.lower(), "other": OTHER_ID, "none": None}
PATHS = {"same": PATH, "other": r"D:\Moved\Acme.QBW", "case": PATH.upper()}
NAMES = {"same": NAME, "other": "Acme Incorporated"}
BOUND = {"bound": (PATH,), "free": ()}
BEFORE = {"stamped": True, "plain": False}

# sync-rules 9 as rows, the first that fits counts; "*" is anything, "=" the same whatever the case.
# bound, stamped before, stamp, path, name -> verdict
RULES: tuple[tuple[str, str, str, str, str, Verdict], ...] = (
    ("*", "*", "other", "*", "*", Verdict.WRONG),
    ("free", "*", "*", "*", "*", Verdict.BIND),
    ("bound", "*", "*", "other", "*", Verdict.CONFIRM),
    ("bound", "*", "*", "*", "other", Verdict.CONFIRM),
    ("bound", "stamped", "none", "*", "*", Verdict.CONFIRM),
    ("bound", "*", "=", "=", "same", Verdict.RIGHT),
    ("bound", "plain", "none", "=", "same", Verdict.RIGHT),
)
EVERY = list(product(BOUND, BEFORE, STAMPS, PATHS, NAMES))


def fits(wanted: str, found: str) -> bool:
    """Whether a column of a rule takes this."""
    same = {"equal", "same", "case"}
    return wanted in ("*", found) or (wanted == "=" and found in same)


def expected(*case: str) -> Verdict:
    """What the rules say."""
    return next(
        rule[-1]
        for rule in RULES
        if all(fits(wanted, found) for wanted, found in zip(rule[:5], case, strict=True))
    )


@pytest.mark.parametrize(("bound", "stamped", "stamp", "path", "name"), EVERY)
def test_every_combination_is_judged_as_the_rules_say(
    bound: str, stamped: str, stamp: str, path: str, name: str
) -> None:
    found = Found(PATHS[path], NAMES[name], STAMPS[stamp])
    known = Bound(BOUND[bound], NAME if bound == "bound" else "", FILE_ID, BEFORE[stamped])
    judgement = judge(found, known)
    assert judgement.verdict is expected(bound, stamped, stamp, path, name)
    assert bool(judgement.reason) == (judgement.verdict in (Verdict.WRONG, Verdict.CONFIRM))
    if judgement.verdict is Verdict.CONFIRM:
        said = judgement.reason
        assert ("mark" in said) == ((stamp, stamped) == ("none", "stamped"))
        assert ("place" in said) == (path == "other")
        assert (NAMES["other"] in said) == (name == "other")


def test_the_rules_cover_everything_and_reach_every_verdict() -> None:
    assert {expected(*case) for case in EVERY} == set(Verdict)
    assert len(EVERY) == 96


def test_any_confirmed_path_is_right() -> None:
    bound = Bound((PATH, r"\\server\books\acme.qbw"), NAME, FILE_ID, stamped=True)
    for path in (PATH, r"\\SERVER\Books\Acme.QBW"):
        assert judge(Found(path, NAME, FILE_ID), bound).verdict is Verdict.RIGHT
    elsewhere = Found(r"\\server\backup\acme.qbw", NAME, FILE_ID)
    assert judge(elsewhere, bound).verdict is Verdict.CONFIRM


@pytest.mark.parametrize(
    ("owner", "name", "value", "stamp"),
    [
        (OWNER, "FileID", FILE_ID, FILE_ID),
        (OWNER.upper().strip("{}"), "FileID", f" {FILE_ID} ", FILE_ID),
        (OWNER, "FileID", " ", None),
        (OWNER, "AppLock", "LOCKED:PC:1", None),
        (OTHER_ID, "FileID", FILE_ID, None),
        ("0", "FileID", FILE_ID, None),
    ],
)
def test_only_the_file_id_under_our_owner_id_is_our_stamp(
    owner: str, name: str, value: str, stamp: str | None
) -> None:
    assert stamp_of([(OTHER_ID, "FileID", OTHER_ID), (owner, name, value)], OWNER) == stamp


def test_a_file_nobody_stamped_has_no_stamp() -> None:
    assert stamp_of([], OWNER) is None


@pytest.mark.parametrize("mark", [FILE_ID.strip("{}"), FILE_ID.upper(), FILE_ID.lower()])
def test_a_mark_is_the_same_in_any_letters_with_or_without_braces(mark: str) -> None:
    bound = Bound((PATH,), "Acme Ltd", FILE_ID, stamped=True)
    assert judge(Found(PATH, "Acme Ltd", mark), bound).verdict is Verdict.RIGHT
