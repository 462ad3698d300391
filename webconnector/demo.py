"""The demo: real server, stand-in QuickBooks, three syncs, both books compared.

Owns the course of events. It works like a user: the server is a process of its own, the Web
Connector talks to it over HTTP, the app's edits go through the store. Must not print.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from store import companies, persons
from store.engine import Store, open_store, upgrade
from webconnector import connection_file
from webconnector.demo_edits import WHO, App, before_the_first_sync, between_the_syncs
from webconnector.movement import (
    Moved,
    cashflow_snapshot,
    moved,
    quickbooks_snapshot,
    records_of,
)
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.sample import sample_company
from webconnector.rehearsal.web_connector import SessionLog, WebConnector
from webconnector.rehearsal_compare import Result, Scope, compare
from webconnector.server_process import free_port, running
from webconnector.settings import Settings, load
from webconnector.terminal import CommandError

COMPANY: Final = "Demo Company"
LOGIN: Final = "admin@demo.example"
TIME_ZONE: Final = "America/New_York"
SECONDS_BETWEEN_SYNCS: Final = 60
GOOD_OUTCOMES: Final = frozenset({"finished", "none"})
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Sync:
    """One session of the Web Connector and what it moved, by API resource."""

    title: str
    log: SessionLog
    to_cashflow: dict[str, Moved]
    to_quickbooks: dict[str, Moved]

    @property
    def quiet(self) -> bool:
        """Whether nothing moved."""
        return not self.to_cashflow and not self.to_quickbooks


@dataclass
class Demo:
    """A demo under way; `syncs` and `result` fill as it goes on."""

    folder: Path
    settings: Settings
    port: int
    company_id: str
    username: str
    password: str
    qwc: Path
    books: CompanyFile
    store: Store
    login: str
    login_password: str
    syncs: list[Sync] = field(default_factory=list)
    result: Result = field(default_factory=Result)

    @property
    def url(self) -> str:
        """The server's address."""
        return self.settings.public_url

    @property
    def agrees(self) -> bool:
        """The last session moved nothing, and both books are the same."""
        return bool(self.syncs) and self.syncs[-1].quiet and self.result.agrees


@contextmanager
def started(data_dir: Path) -> Iterator[Demo]:
    """A fresh company and the running server, until the block ends.

    Everything lies in `data_dir/demo`, which is emptied first and kept afterwards. CommandError
    when a demo is running there already, or the server does not start.
    """
    folder = data_dir / "demo"
    with alone(folder):
        port = free_port()
        variables = {
            "WEBCONNECTOR_DATA_DIR": str(folder),
            "WEBCONNECTOR_PUBLIC_URL": f"http://localhost:{port}",
        }
        settings = load(variables)
        settings.make_files()
        upgrade(settings.database)
        store = open_store(settings.database)
        try:
            demo = _demo(folder, settings, port, store)
            with running(port, variables, folder / "server.log"):
                yield demo
        finally:
            store.close()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """An empty folder that no other demo uses meanwhile."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with folder.with_name("demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CommandError(
                f"A demo is running in {folder} already. End it with Ctrl-C, or set "
                "WEBCONNECTOR_DATA_DIR to another folder."
            ) from None
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        yield


def _demo(folder: Path, settings: Settings, port: int, store: Store) -> Demo:
    key = settings.secret_key_bytes
    made = store.run(
        lambda conn: companies.add_company(
            conn,
            name=COMPANY,
            time_zone=TIME_ZONE,
            two_way_bills=True,
            preview=False,
            owner_id=settings.owner_id,
            secret_key=key,
            now=datetime.now(UTC),
            who=WHO,
        )
    )
    somebody, password = store.run(
        lambda conn: persons.add_person(
            conn,
            email=LOGIN,
            role=persons.Role.ADMIN,
            company_ids=[made.id],
            who=WHO,
            now=datetime.now(UTC),
        )
    )
    with store.read() as conn:
        facts = companies.qwc_facts(conn, made.id)
    content = connection_file.connection_file(facts, settings.public_url)
    qwc = connection_file.write(folder / "demo-company.qwc", content)
    now = datetime.now(UTC)
    books = sample_company(
        start=now.date(),
        company_name=COMPANY,
        path=r"C:\QuickBooks\Demo Company.QBW",
        time_zone=TIME_ZONE,
        clock=SettableClock(now),
    )
    # What the Web Connector does when the .qwc file is added.
    books.stamp(made.owner_id, made.file_id)
    return Demo(
        folder=folder,
        settings=settings,
        port=port,
        company_id=made.id,
        username=made.username,
        password=made.password,
        qwc=qwc,
        books=books,
        store=store,
        login=somebody.email,
        login_password=password,
    )


def play(demo: Demo, tell: Tell) -> None:
    """Three syncs with edits before and between them, then the comparison; all kept in `demo`."""
    app = App(demo.store, demo.company_id)
    before_the_first_sync(app, demo.books)
    sync(demo, "first sync", tell)
    tell("edits on both sides")
    between_the_syncs(app, demo.books)
    sync(demo, "second sync", tell)
    sync(demo, "third sync", tell)
    tell("comparing both books")
    demo.result = compare_books(demo.store, demo.company_id, demo.books)


def sync(demo: Demo, title: str, tell: Tell) -> Sync:
    """One session of the Web Connector; what moved is measured from outside.

    CommandError when it does not come to its end.
    """
    # No two edits within one second: QuickBooks' EditSequence would not tell them apart.
    demo.books.advance(SECONDS_BETWEEN_SYNCS)
    ours = cashflow_snapshot(records_of(demo.store, demo.company_id))
    theirs = quickbooks_snapshot(demo.books)
    connector = WebConnector(f"{demo.url}/qbwc", demo.username, demo.password)
    for count, (operation, _) in enumerate(connector.steps(demo.books), start=1):
        tell(f"{title}: call {count}, {operation}")
    found = Sync(
        title,
        connector.log,
        moved(ours, cashflow_snapshot(records_of(demo.store, demo.company_id))),
        moved(theirs, quickbooks_snapshot(demo.books)),
    )
    demo.syncs.append(found)
    if found.log.outcome not in GOOD_OUTCOMES:
        raise CommandError(
            f"The {title} ended as {found.log.outcome}: {found.log.last_error} "
            f"{demo.folder / 'server.log'} tells more."
        )
    return found


def compare_books(store: Store, company_id: str, books: CompanyFile) -> Result:
    """Hold a company's records against a company file, by the company's own switches."""
    with store.read() as conn:
        facts: dict[str, Any] = companies.show(conn, company_id)
    scope = Scope(
        start_date=facts["start_date"] or "9999-12-31",
        two_way_bills=facts["preferences"]["two_way_bills"],
        personal_data=books.personal_data,
    )
    return compare(records_of(store, company_id), books.all, scope)
