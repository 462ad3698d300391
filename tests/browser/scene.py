"""A scene for pictures and browser tests: the demo company with problems, neighbours in each state.

The server is the real one; QuickBooks is the stand-in. Every page of the console is listed here
with an address at which it has something to show.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from store import companies, persons, sessions
from store.engine import Connection
from store.persons import Person
from store.syncing import connector, session
from store.types import new_key
from tests.browser import addresses
from webconnector.app import create_app
from webconnector.demo import LOGIN, Demo, play, started, sync
from webconnector.demo_edits import App

DAYS = 30


@dataclass
class Scene:
    """The running server and who may sign in."""

    demo: Demo
    neighbours: dict[str, str]

    @property
    def url(self) -> str:
        """The server's address."""
        return self.demo.url

    def pages(self) -> dict[str, str]:
        """Every page of the console and the public ones: a short name and its path."""
        app = create_app(self.demo.settings)
        try:
            with self.demo.store.read() as conn:
                return addresses.pages(app, conn, self.demo.company_id)
        finally:
            app.extensions["store"].close()

    def person(self, email: str, role: str, *company_ids: str) -> str:
        """Let somebody in; gives their password."""
        made: tuple[Person, str] = self.demo.store.run(
            lambda conn: persons.add_person(
                conn,
                email=email,
                role=role,
                company_ids=company_ids,
                who="test",
                now=datetime.now(UTC),
            )
        )
        return made[1]


@contextmanager
def scene(data_dir: Path) -> Iterator[Scene]:
    """The scene, until the block ends; takes some seconds to play."""
    with started(data_dir) as demo:
        play(demo, _quiet)
        trouble(demo)
        sync(demo, "sync with problems", _quiet)
        found = Scene(demo, demo.store.run(lambda conn: neighbourhood(conn, demo)))
        demo.store.run(lambda conn: history(conn, demo.company_id, bad_every=9))
        yield found


def _quiet(_what: str) -> None:
    """Nobody watches."""


def trouble(demo: Demo) -> None:
    """Edits that QuickBooks or a guard refuses, and one field changed on both sides."""
    app, books = App(demo.store, demo.company_id), demo.books
    customer = next(row for row in books.all("Customer") if "ParentRef" not in row)
    taken = app.add("vendors", name=customer["FullName"], email="same-name@example.com")
    vendor = app.first("vendors", lambda row: row["name"] == "Summit Telecom")
    expense = app.first("accounts", lambda row: row["type"] == "Expense" and row["active"])
    bill = {"vendor": vendor["id"], "bill_date": f"{datetime.now(UTC):%Y-%m-%d}"}
    lines = [{"account": expense["id"], "amount": "59.90", "memo": "Line rental"}]
    app.add("bills", **bill, number="ST-9", expense_lines=lines)
    # Entered on both sides between two sessions.
    app.add("bills", **bill, number="ST-10", expense_lines=lines)
    theirs = {"AccountRef": expense["full_name"], "Amount": "59.90", "Memo": "Line rental"}
    books.add(
        "Bill",
        {
            "VendorRef": "Summit Telecom",
            "TxnDate": bill["bill_date"],
            "RefNumber": "ST-10",
            "ExpenseLine": [theirs],
        },
    )
    app.add("bills", **bill | {"vendor": taken["id"]}, number="4711", expense_lines=lines)
    blue = books.find("Vendor", Name="Blue Ridge Paper Co.")[0]
    ours = app.first("vendors", lambda row: row["name"] == "Blue Ridge Paper Co.")
    app.change("vendors", ours["id"], email="accounts@blueridge.example")
    books.edit("Vendor", blue["ListID"], {"Email": "office@blueridge.example"})


# Name, and what its connector knows of itself; times are minutes before now.
_NEIGHBOURS: dict[str, dict[str, Any]] = {
    "Alder & Finch Architects": {"called": 4, "running": True},
    "Brightwater Dental": {"called": 61, "refused": 9},
    "Cobalt Freight Lines": {"called": 190, "late": True},
    "Delmar Studio": {"called": 3000, "paused": True},
    "Elm Street Bakery": {},
    "Fairview Clinic": {"called": 12, "outcome": "stopped", "moved": r"D:\Restored\Fairview.QBW"},
}


def neighbourhood(conn: Connection, demo: Demo) -> dict[str, str]:
    """A company in each state of health; gives their ids by name."""
    now, ids = datetime.now(UTC), {}
    admin = persons.read(persons.get(conn, LOGIN))
    for name, facts in _NEIGHBOURS.items():
        made = companies.add_company(
            conn,
            name=name,
            time_zone="America/Chicago",
            owner_id=demo.settings.owner_id,
            secret_key=demo.settings.secret_key_bytes,
            now=now,
        )
        ids[name] = made.id
        persons.admit(conn, made.id, admin, "demo", now)
        if "called" in facts:
            _called(conn, made.id, now - timedelta(minutes=facts["called"]), facts, now)
            history(conn, made.id, bad_every=4 if "outcome" in facts else 40)
        if "running" in facts:
            _running(conn, made, now)
        if facts.get("paused"):
            companies.pause(conn, made.id, "demo", now)
    return ids


def _called(
    conn: Connection, company_id: str, at: datetime, facts: dict[str, Any], now: datetime
) -> None:
    values: dict[str, Any] = {
        "last_call_at": at,
        "late_at": now - timedelta(minutes=5) if "late" in facts else now + timedelta(hours=1),
        "last_address": "203.0.113.7",
        "last_outcome": facts.get("outcome", "finished"),
        "last_full_session_at": at,
        "paths": [r"C:\Users\Public\Documents\Intuit\QuickBooks\Company Files\Books.QBW"],
    }
    if "refused" in facts:
        values["refused_at"] = now - timedelta(minutes=facts["refused"])
    if "moved" in facts:
        values["awaiting"] = {"path": facts["moved"], "name": "Fairview Clinic", "stamp": None}
    conn.execute(update(connector).where(connector.c.company_id == company_id).values(**values))


def _running(conn: Connection, made: companies.NewCompany, now: datetime) -> None:
    """A session in the middle of its work."""
    found = companies.find_connector(conn, made.username)
    assert found is not None
    opened = sessions.begin(conn, found, sessions.new_ticket(), "ready", "34.0.10003.20", now)
    assert opened is not None
    opened.percent = 40
    sessions.save(conn, opened)
    for operation, answer in (("authenticate", "accepted"), ("sendRequestXML", "4460 characters")):
        sessions.note_call(conn, opened, operation, answer, timedelta(milliseconds=21), now)


def history(conn: Connection, company_id: str, *, bad_every: int) -> None:
    """Thirty days of sessions, so that the charts have something to show."""
    chance = random.Random(company_id)
    line = conn.execute(select(connector).where(connector.c.company_id == company_id)).one()
    rows = []
    for ago in range(1, DAYS):
        for number in range(chance.randint(4, 12)):
            begun = datetime.now(UTC) - timedelta(days=ago, minutes=15 * number)
            bad = chance.randrange(bad_every) == 0
            rows.append(
                {
                    "company_id": company_id,
                    "id": new_key(),
                    "connector_id": line.id,
                    "ticket_hash": sessions.ticket_hash(sessions.new_ticket()),
                    "state": "closed",
                    "started_at": begun,
                    "last_call_at": begun + timedelta(seconds=4),
                    "ended_at": begun + timedelta(seconds=4),
                    "outcome": "stopped" if bad else "finished",
                    "calls": 6,
                    "changes_in": chance.randint(0, 9),
                    "changes_out": chance.randint(0, 3),
                    "problems": int(bad),
                    "percent": 100,
                    "connection_errors": 0,
                    "plan": {},
                }
            )
    conn.execute(insert(session), rows)
