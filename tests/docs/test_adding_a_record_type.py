"""Adding one more record type is what docs/adding-a-record-type.md says, and no more."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "adding-a-record-type.md"
lines_max = 39
MODEL = "store/ledger.py"

# What runs in the copy: the tables, a company, an estimate in QuickBooks, two sessions.
RUN = """
import sys
from tests.acceptance.conftest import stock
from tests.acceptance.world import world
from store import engine, ledger

url = sys.argv[1]
opened = engine.open_store(url)
with opened.write() as conn:
    for table in (ledger.estimate, ledger.estimate_line):
        table.create(conn)
opened.close()
with world(url) as made:
    stock(made)
    books = made.books
    client = books.add("Customer", {"Name": "Client"})
    work = {"Name": "Work", "SalesOrPurchase": {"Price": "10.00", "AccountRef": "Sales"}}
    item = books.add("ItemService", work)
    fields = {"CustomerRef": {"ListID": client}, "TxnDate": "2026-03-02", "RefNumber": "E-1"}
    lines = [{"ItemRef": {"ListID": item}, "Quantity": "3", "Rate": "10"}]
    key = books.add("Estimate", fields | {"EstimateLine": lines})
    made.sync()
    (one,) = made.all("estimates")
    assert (one["number"], one["total"], one["customer"]["name"]) == ("E-1", "30.00", "Client"), one
    assert one["lines"][0]["item"]["name"] == "Work", one
    assert one["sync"]["state"] == "synced", one
    books.edit("Estimate", key, {"Memo": "accepted"})
    made.sync()
    assert made.all("estimates")[0]["memo"] == "accepted"
    books.delete("Estimate", key)
    made.sync()
    assert made.all("estimates") == []
    assert made.problems() == []
print("the estimate came over")
"""


class Edit(NamedTuple):
    """One block of the document: into which file, before which line (None: a new file)."""

    file: str
    before: str | None
    block: str


def edits() -> list[Edit]:
    """The blocks of the document, in their order."""
    text = DOCUMENT.read_text()
    found = re.findall(
        r"^(?:New file `([^`]+)`|In `([^`]+)`, before `([^`]+)`):\n\n```(?:python|text)\n(.*?)```$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    assert len(found) == text.count("```") // 2
    return [Edit(new or file, before or None, block) for new, file, before, block in found]


def make(edit: Edit, place: Path) -> None:
    """Do what the document says."""
    path = place / edit.file
    if edit.before is None:
        assert not path.exists()
        path.write_text(edit.block)
        return
    text = path.read_text()
    assert f"\n{edit.before}" in text, edit
    head, _, tail = text.rpartition(f"\n{edit.before}")
    path.write_text(f"{head}\n{edit.block}\n{edit.before}{tail}")


def test_all_but_the_model_takes_fewer_than_40_lines() -> None:
    counted = [
        line
        for edit in edits()
        if edit.file != MODEL
        for line in edit.block.splitlines()
        if line.strip()
    ]
    assert 0 < len(counted) <= lines_max


def test_estimates_added_as_the_document_says_come_from_quickbooks(
    tmp_path: Path, database_url: str
) -> None:
    for package in ("qbxml", "store", "qwc", "webconnector", "tests"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pyc*"))
    for edit in edits():
        make(edit, tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", RUN, database_url],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "the estimate came over" in done.stdout
