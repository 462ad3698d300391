"""Sync-rules 9, 0x80040400: halved until the guilty record is alone; its problem says why."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from qbxml import write
from tests.acceptance.world import World
from tests.plain_words import jargon, sentences, sentences_max
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.refusals import UNREADABLE, RequestRefused

NAMES = ["One", "Two", "Three", "Four", "Five"]


class _Stricter:
    """A QuickBooks that refuses every set in which something stands that others take."""

    def __init__(self, books: CompanyFile, refuses: Callable[[str], object]) -> None:
        self._books = books
        self._refuses = refuses

    def __getattr__(self, name: str) -> object:
        return getattr(self._books, name)

    def process(self, text: str) -> str:
        """Refuse it whole, as it does what it cannot read."""
        if self._refuses(text):
            raise RequestRefused
        return self._books.process(text)


def among_others(acme: World, guilty: str) -> tuple[dict[str, Any], Any]:
    """A vendor of that name in the middle of five others; gives it and its problem."""
    names = [*NAMES[:2], guilty, *NAMES[2:]]
    made = {name: acme.add("vendors", name=name) for name in names}
    log = acme.sync_any()
    assert log.outcome == "finished"
    states = {name: acme.get("vendors", made[name]["id"])["sync"]["state"] for name in names}
    assert states == dict.fromkeys(NAMES, "synced") | {guilty: "failed"}
    assert sorted(vendor["Name"] for vendor in acme.books.all("Vendor")) == sorted(NAMES)
    (problem,) = acme.problems()
    assert (problem.kind, problem.code) == ("unreadable", "0x80040400")
    assert problem.record_id == made[guilty]["id"]
    assert problem.quickbooks_text == UNREADABLE
    assert guilty in problem.title
    assert sentences(problem.text) + sentences(problem.advice) <= sentences_max
    told = f"{problem.title} {problem.text} {problem.advice}"
    assert jargon(told.replace(UNREADABLE.rstrip("."), "")) == []
    return made[guilty], problem


def test_where_nothing_is_wrong_quickbooks_words_stand_and_whom_to_ask(acme: World) -> None:
    acme.sync()
    plain, acme.books = acme.books, _Stricter(acme.books, lambda text: "Poison" in text)
    ours, problem = among_others(acme, "Poison")
    assert "CashFlow finds nothing wrong in it" in problem.text
    assert UNREADABLE.rstrip(".") in problem.text
    assert "CashFlow support" in problem.advice
    acme.books = plain
    acme.change("vendors", ours["id"], name="Elixir")
    acme.sync()
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_what_is_unusual_is_named_where_quickbooks_is_stricter_than_others(acme: World) -> None:
    """Some editions read no letter outside of ASCII, in whatever form."""
    acme.sync()
    acme.books = _Stricter(acme.books, lambda text: re.search("&#[0-9]+;", text))
    ours, problem = among_others(acme, "Café Größe")
    assert "Name holds é and ö and ß." in problem.text
    assert "Write this another way in CashFlow" in problem.advice
    acme.change("vendors", ours["id"], name="Cafe Groesse")
    acme.sync()
    assert acme.get("vendors", ours["id"])["sync"]["state"] == "synced"
    assert acme.problems() == []


def test_what_is_against_the_rules_is_named_though_no_check_held_it(
    acme: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours between check and wire; the stand-in's own grammar refuses it."""
    acme.sync()
    spoilt, escaped = "Guilty\u2019s", write.escaped
    monkeypatch.setattr(
        write, "escaped", lambda text: escaped(spoilt if text == "Guilty" else text)
    )
    _, problem = among_others(acme, "Guilty")
    assert "Name holds \u2019, which QuickBooks cannot read." in problem.text
    assert "Correct this in CashFlow" in problem.advice
