"""Sessions as support sees them, played by `webconnector rehearse` against the real application."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from store.engine import open_store
from store.session_log import find_session, list_sessions
from store.syncing import audit
from tests.webconnector.command_line import CommandLine
from tests.webconnector.soap_calls import serving
from webconnector.app import create_app
from webconnector.settings import load

Rehearse = Callable[..., Any]
SECRET = "98-7654321"


@pytest.fixture
def company(webconnector: CommandLine) -> dict[str, Any]:
    made: dict[str, Any] = webconnector.done(
        *("company", "add", "Acme Ltd", "--time-zone", "America/New_York", "--no-preview")
    )
    return made


@pytest.fixture
def url(webconnector: CommandLine) -> Iterator[str]:
    """The real application, served on the loopback."""
    webconnector.done("db", "upgrade")
    app = create_app(load())
    with serving(app) as address:
        yield address
    app.extensions["store"].close()


@pytest.fixture
def rehearse(webconnector: CommandLine, company: dict[str, Any], url: str) -> Rehearse:
    """Plays sessions with a small company file."""

    def run(*options: str, password: str = company["password"]) -> Any:
        user = ("--user", company["username"], "--password", password)
        return webconnector("rehearse", "--url", url, *user, "--profile", "XS", "--json", *options)

    return run


def file_of(tmp_path: Path, *records: dict[str, Any]) -> str:
    path = tmp_path / "records.json"
    path.write_text(json.dumps(records))
    return str(path)


def test_a_rehearsal_moves_records_both_ways(
    webconnector: CommandLine, rehearse: Rehearse, tmp_path: Path
) -> None:
    body = json.dumps({"name": "Made in CashFlow"})
    webconnector.done("record", "add", "Acme Ltd", "vendors", "-", stdin=body)
    vendor = {"kind": "Vendor", "fields": {"Name": "Made in QuickBooks"}}
    said = rehearse("--file", file_of(tmp_path, vendor), "--sessions", "2")
    assert said.code == 0, said.err
    first, second = said.json["sessions"]
    assert first["outcome"] == "finished"
    assert first["written_to_quickbooks"] == {"vendors": "1 new"}
    assert second["written_to_quickbooks"] == {}
    listed = webconnector.done("records", "Acme Ltd", "vendors")
    assert {row["name"]: row["sync"]["state"] for row in listed} == {
        "Made in CashFlow": "synced",
        "Made in QuickBooks": "synced",
    }


def test_a_rehearsal_with_faults_tells_what_went_wrong_and_loses_nothing(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    body = json.dumps({"name": "Made in CashFlow"})
    webconnector.done("record", "add", "Acme Ltd", "vendors", "-", stdin=body)
    said = rehearse("--sessions", "2", "--faults", "crash-after@VendorAdd")
    assert said.code == 0, said.err
    first, second = said.json["sessions"]
    assert (first["outcome"], first["faults"]) == ("error", ["crash-after@VendorAdd"])
    assert first["written_to_quickbooks"] == {"vendors": "1 new"}
    assert (second["outcome"], second["faults"]) == ("finished", [])
    assert second["written_to_quickbooks"] == {}
    (vendor,) = webconnector.done("records", "Acme Ltd", "vendors")
    assert vendor["sync"]["state"] == "synced"


def test_a_wrong_word_among_the_faults_is_named(rehearse: Rehearse) -> None:
    said = rehearse("--faults", "lost-replie")
    assert said.code == 1
    assert "lost-replie" in said.json["error"]


def test_the_faults_are_listed_with_their_places(webconnector: CommandLine) -> None:
    said = webconnector("rehearse", "--list-faults")
    assert said.code == 0
    assert "lost-reply" in said.out


def test_a_wrong_password_ends_with_nvu_and_exit_code_1(rehearse: Rehearse) -> None:
    said = rehearse(password="wrong")
    assert said.code == 1
    assert said.json["sessions"][0]["outcome"] == "nvu"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "not JSON"),
        ("{}", "JSON list"),
        ('[{"kind": "Vendor"}]', "record 0"),
        ('[{"kind": "Nothing", "fields": {}}]', "record 0"),
        (
            '[{"kind": "Vendor", "fields": {"Name": "A"}}, {"kind": "Vendor", "fields": {"X": 1}}]',
            "record 1",
        ),
    ],
)
def test_a_file_that_quickbooks_would_refuse_is_named(
    rehearse: Rehearse, tmp_path: Path, text: str, part: str
) -> None:
    path = tmp_path / "records.json"
    path.write_text(text)
    said = rehearse("--file", str(path))
    assert said.code == 1
    assert part in said.json["error"]


def test_a_server_that_is_not_there_is_one_line(webconnector: CommandLine, free_port: int) -> None:
    address = f"http://127.0.0.1:{free_port}/qbwc"
    arguments = ("--url", address, "--user", "u", "--password", "p", "--profile", "XS")
    assert "Session 1, after 0 calls" in webconnector.refused("rehearse", *arguments)


def test_a_session_shows_every_call_with_its_duration_and_answer(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    rehearse()
    (listed,) = webconnector.done("sessions")
    assert listed["outcome"] == "finished"
    assert listed["company"]["name"] == "Acme Ltd"
    assert listed["web_connector"]
    assert listed["quickbooks"]
    assert listed["company_file"]
    shown = webconnector.done("session", listed["id"])
    operations = [line["operation"] for line in shown["log"]]
    assert operations[0] == "authenticate"
    assert operations[-1] == "closeConnection"
    assert all(line["milliseconds"] >= 0 and line["answer"] for line in shown["log"])
    assert shown["exchanges"]
    assert all("request" not in line for line in shown["exchanges"])
    text = webconnector("session", listed["id"][:18]).out
    assert "receiveResponseXML" in text
    assert "Acme Ltd" in text
    assert listed["id"][:13] in webconnector("sessions", "Acme Ltd").out


def test_a_session_is_found_by_the_beginning_of_its_id(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    rehearse("--sessions", "2")
    one, other = webconnector.done("sessions")
    assert webconnector.done("session", one["id"].upper())["id"] == one["id"]
    assert webconnector.done("session", other["id"].replace("-", ""))["id"] == other["id"]
    assert "Several" in webconnector.refused("session", one["id"][:5])
    assert "at least" in webconnector.refused("session", one["id"][:3])
    for unknown in ("ffffffff", "no-session", "", "f" * 33):
        assert "no session" in webconnector.refused("session", "show", unknown)


def test_sessions_are_limited_and_newest_first(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    rehearse("--sessions", "3")
    listed = webconnector.done("sessions", "--limit", "2")
    assert len(listed) == 2
    assert listed[0]["started_at"] >= listed[1]["started_at"]


def acts() -> list[str]:
    store = open_store(load().database)
    try:
        with store.read() as conn:
            return [row.act for row in conn.execute(audit.select())]
    finally:
        store.close()


def test_raw_texts_are_shown_on_demand_and_that_is_noted(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    rehearse()
    (listed,) = webconnector.done("sessions")
    shown = webconnector.done("session", listed["id"], "--raw")
    assert "<QBXML>" in shown["exchanges"][0]["request"]
    assert "<QBXML>" in shown["exchanges"][0]["response"]
    assert acts().count("session.raw") == 1
    assert "--- request of exchange" in webconnector("session", listed["id"], "--raw").out


def test_an_export_is_redacted_and_noted(
    webconnector: CommandLine, rehearse: Rehearse, tmp_path: Path, company: dict[str, Any]
) -> None:
    vendor = {"kind": "Vendor", "fields": {"Name": "Blue", "AccountNumber": SECRET}}
    rehearse("--file", file_of(tmp_path, vendor))
    (listed,) = webconnector.done("sessions")
    path = tmp_path / "bundle.zip"
    assert webconnector.done("session", "export", listed["id"], "-o", str(path))["file"] == str(
        path
    )
    with zipfile.ZipFile(path) as found:
        whole = b"".join(found.read(name) for name in found.namelist()).decode()
    assert "Blue" in whole
    assert SECRET not in whole
    assert company["password"] not in whole
    assert acts().count("session.export") == 1
    raw = webconnector("session", listed["id"], "--raw").out
    assert SECRET in raw


def test_another_companys_session_is_not_found_when_the_company_is_given(
    webconnector: CommandLine, rehearse: Rehearse
) -> None:
    rehearse()
    other = webconnector.done("company", "add", "Best", "--time-zone", "America/New_York")
    assert webconnector.done("sessions", other["id"]) == []
    (listed,) = webconnector.done("sessions")
    store = open_store(load().database)
    try:
        with store.read() as conn:
            assert list_sessions(conn, other["id"]) == []
            found = find_session(conn, listed["id"], listed["company"]["id"])
            assert found == (listed["company"]["id"], listed["id"])
            with pytest.raises(Exception, match="no session"):
                find_session(conn, listed["id"], other["id"])
    finally:
        store.close()


def test_problems_are_listed_with_what_to_do(
    webconnector: CommandLine, rehearse: Rehearse, tmp_path: Path
) -> None:
    assert webconnector.done("problems") == []
    assert "no open problem" in webconnector("problems").out
    body = json.dumps({"name": "Same Name"})
    webconnector.done("record", "add", "Acme Ltd", "vendors", "-", stdin=body)
    customer = {"kind": "Customer", "fields": {"Name": "Same Name"}}
    rehearse("--file", file_of(tmp_path, customer))
    (found,) = webconnector.done("problems", "Acme Ltd")
    assert found["record"]["name"] == "Same Name"
    assert found["advice"]
    text = webconnector("problems").out
    assert found["title"] in text
    assert "What to do: " in text
