"""What each benchmark stands on: fresh databases, a company, its intake in this process.

Owns preparation. It must not measure anything.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from qbxml.parse import replies
from store import companies, pull
from store.companies import NewCompany
from store.context import Sync
from store.engine import Connection, Store, open_store
from store.preferences import Preferences
from store.types import new_key
from tests.databases import RunFolder
from webconnector.settings import OWNER_ID

SECRET = "a secret key of the benchmarks, long enough"
NOW = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated database with one company."""

    url: str
    store: Store
    company: NewCompany

    def take(self, pages: Sequence[str]) -> None:
        """Store these answers as a session does: parse and apply, one transaction a page."""
        for page in pages:
            self.store.run(partial(self._apply, page=page))

    def _apply(self, conn: Connection, page: str) -> None:
        sync = Sync(
            conn=conn,
            company_id=self.company.id,
            session_id=new_key(),
            now=NOW,
            preferences=Preferences(),
            start_date=None,
            time_zone="UTC",
            quickbooks={},
        )
        for reply in replies(page).replies:
            pull.apply(sync, reply.records)


class Grounds:
    """Makes databases of both kinds; all of them go when the benchmarks end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run_folder = RunFolder(folder)

    @contextmanager
    def fresh(self, kind: str) -> Iterator[Ground]:
        """A new database of that kind (`sqlite` or `postgresql`) with one company."""
        name = ""
        if kind == "sqlite":
            url = self.run_folder.new_sqlite(self.folder / f"{new_key()}.sqlite3", migrated=True)
        else:
            name, url = self.run_folder.new_postgresql(migrated=True)
        store = open_store(url)
        try:
            with store.write() as conn:
                company = companies.add_company(
                    conn,
                    name="Acme Ltd",
                    time_zone="America/New_York",
                    owner_id=OWNER_ID,
                    secret_key=SECRET.encode(),
                    now=NOW,
                    preview=False,
                )
            yield Ground(url, store, company)
        finally:
            store.close()
            if name:
                self.run_folder.drop_postgresql(name)


@contextmanager
def grounds() -> Iterator[Grounds]:
    """The maker of databases, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="wc-bench-"))
    made = Grounds(folder)
    try:
        yield made
    finally:
        made.run_folder.close()
        shutil.rmtree(folder, ignore_errors=True)
