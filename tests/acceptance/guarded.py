"""What tests of guards share: two sides that have met, documents, and how one is held back."""

from __future__ import annotations

from typing import Any

from tests.acceptance.conftest import stock
from tests.acceptance.world import World
from tests.plain_words import jargon, sentences, sentences_max

SERVICE = {"Name": "Work", "SalesOrPurchase": {"Price": "10.00", "AccountRef": "Sales"}}


def met(made: World) -> World:
    """The lists that the tests need, on both sides."""
    stock(made)
    made.books.add("Customer", {"Name": "Client"})
    made.books.add("Vendor", {"Name": "Acme"})
    made.books.add("Class", {"Name": "North"})
    made.books.add("StandardTerms", {"Name": "Net 30", "StdDueDays": "30"})
    made.books.add("ItemService", SERVICE)
    made.sync()
    return made


def bill(made: World, **more: Any) -> dict[str, Any]:
    """A bill of one expense line."""
    lines = [{"account": {"name": "Rent"}, "amount": "120.00"}]
    body = {"vendor": {"name": "Acme"}, "bill_date": "2026-01-15", "expense_lines": lines}
    return made.add("bills", **(body | more))


def invoice(made: World, **more: Any) -> dict[str, Any]:
    """An invoice of one line; `taxable` goes to the line."""
    line = {"item": {"name": "Work"}, "quantity": "1", "rate": "10"} | more.pop("line", {})
    body = {"customer": {"name": "Client"}, "invoice_date": "2026-03-02", "lines": [line]}
    return made.add("invoices", **(body | more))


def state(made: World, resource: str, record: dict[str, Any]) -> str:
    """Where the record stands."""
    return str(made.get(resource, record["id"])["sync"]["state"])


def held(made: World, resource: str, record: dict[str, Any], *words: str) -> Any:
    """The record did not go, and its one problem says these words and a cure."""
    sync = made.get(resource, record["id"])["sync"]
    assert sync["state"] == "failed"
    assert sync["waits_for"]
    (problem,) = [p for p in made.problems() if p.record_id == record["id"]]
    for word in words:
        assert word in f"{problem.title} {problem.text} {problem.advice}", (word, problem)
    assert problem.advice.endswith(".")
    assert sentences(problem.text) + sentences(problem.advice) <= sentences_max, problem
    assert jargon(f"{problem.title} {problem.text} {problem.advice}") == []
    return problem


def goes(made: World, resource: str, record: dict[str, Any]) -> None:
    """The next session sends it by itself, and every problem is over."""
    made.sync()
    assert state(made, resource, record) == "synced"
    assert made.problems() == []
