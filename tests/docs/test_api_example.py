"""The worked example of docs/api.md does what it says: the real server, a stand-in QuickBooks."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store import companies
from store.engine import Store, open_store, upgrade
from store.overview import list_companies
from tests.acceptance.world import SECRET
from webconnector.rehearsal.clock import SettableClock
from webconnector.rehearsal.company_file import CompanyFile
from webconnector.rehearsal.web_connector import WebConnector
from webconnector.server_process import free_port, running

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/api.md").read_text("utf-8")
STEPS = re.findall(r"^```(sh|text)\n(.*?)^```$|^<!-- (sync) -->$", TEXT, re.MULTILINE | re.DOTALL)
_KEPT = "kept.sh"
_RUN = f"set -euo pipefail; [ -f {_KEPT} ] && . ./{_KEPT}\n{{}}\ndeclare -p URL TOKEN > {_KEPT}\n"


@dataclass
class Reader:
    """Somebody who types what the document says."""

    folder: Path
    environ: dict[str, str]
    store: Store
    url: str
    books: CompanyFile
    said: str = ""
    connector: list[WebConnector] = field(default_factory=list)

    def types(self, commands: str) -> None:
        """Run the commands of one block; variables live on to the next."""
        run = subprocess.run(  # noqa: S602 - the document's own commands
            _RUN.format(commands),
            shell=True,
            executable=shutil.which("bash"),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        self.said = run.stdout

    def updates(self) -> None:
        """The Web Connector runs once, with the connection file added to it."""
        if not self.connector:
            with self.store.write() as conn:
                (company,) = list_companies(conn)
                facts = companies.qwc_facts(conn, company["id"])
                password = companies.new_password(
                    conn, company["id"], SECRET.encode(), datetime.now(UTC)
                )
            self.books.stamp(facts["owner_id"], facts["file_id"])
            address = f"{self.url}/qbwc"
            self.connector.append(WebConnector(address, facts["username"], password))
        self.books.advance(60)
        log = self.connector[0].run(self.books)
        assert log.outcome == "finished", (log.last_error, log.close_text)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A server of its own, `webconnector` to type, and a company file."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("the worked example needs bash and curl")
    port = free_port()
    settings = {
        "WEBCONNECTOR_DATA_DIR": str(tmp_path),
        "WEBCONNECTOR_PUBLIC_URL": f"http://localhost:{port}",
        "WEBCONNECTOR_SECRET_KEY": SECRET,
    }
    typed = tmp_path / "bin" / "webconnector"
    typed.parent.mkdir()
    typed.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m webconnector.cli "$@"\n')
    typed.chmod(0o700)
    url = f"http://localhost:{port}"
    database = f"sqlite:///{tmp_path / 'webconnector.sqlite3'}"
    upgrade(database)
    store = open_store(database)
    books = CompanyFile(clock=SettableClock())
    books.add("Account", {"Name": "Checking", "AccountType": "Bank"})
    books.add("Account", {"Name": "Rent", "AccountType": "Expense"})
    path = f"{typed.parent}:/usr/local/bin:/usr/bin:/bin"
    environ = {"PATH": path, "PYTHONPATH": str(ROOT), "URL": url, "TOKEN": "", **settings}
    with running(port, settings, tmp_path / "server.log"):
        yield Reader(tmp_path, environ, store, url, books)
    store.close()


def test_the_worked_example_does_what_it_says(reader: Reader) -> None:
    assert len(STEPS) > 10
    for kind, block, sync in STEPS:
        if sync:
            reader.updates()
        elif kind == "sh":
            reader.types(block)
        else:
            for line in block.splitlines():
                assert line in reader.said, (line, reader.said)
