"""`webconnector check`: each fault is found, and says how it is mended."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store.engine import open_store
from store.health import database_clock
from tests.webconnector.command_line import CommandLine
from tests.webconnector.soap_calls import Recorder, serving
from webconnector import checks
from webconnector.app import create_app
from webconnector.settings import load


def findings(webconnector: CommandLine) -> dict[str, dict[str, Any]]:
    """What was found, by check; of several findings of one check the worst."""
    order = {"good": 0, "warning": 1, "wrong": 2}
    found: dict[str, dict[str, Any]] = {}
    for one in webconnector("check", "--json").json["findings"]:
        worst = found.get(one["check"])
        if worst is None or order[one["verdict"]] > order[worst["verdict"]]:
            found[one["check"]] = one
    return found


def test_a_new_machine_has_warnings_but_nothing_wrong_and_is_left_as_it_was(
    webconnector: CommandLine, tmp_path: Path
) -> None:
    said = webconnector("check")
    assert said.code == 0
    assert "webconnector serve" in said.out
    assert list(tmp_path.iterdir()) == []


def test_a_running_server_is_found_good(webconnector: CommandLine, free_port: int) -> None:
    webconnector.done("db", "upgrade")
    app = create_app(load(), Recorder())
    with serving(app) as url:
        port = url.split(":")[2].split("/")[0]
        webconnector.set(PUBLIC_URL=f"http://localhost:{port}")
        found = findings(webconnector)
        assert found["server"]["verdict"] == "good"
    app.extensions["store"].close()
    webconnector.set(PUBLIC_URL=f"http://localhost:{free_port}")
    assert findings(webconnector)["server"]["verdict"] == "warning"


def test_every_fault_says_how_it_is_mended(webconnector: CommandLine) -> None:
    for one in findings(webconnector).values():
        assert (one["verdict"] == "good") == (one["cure"] == "")


def test_a_wrong_setting_stops_the_check_with_its_name(webconnector: CommandLine) -> None:
    webconnector.set(PUBLIC_URL="http://connect.example.com")
    assert "WEBCONNECTOR_PUBLIC_URL" in webconnector.refused("check")


def test_a_missing_secret_key_and_a_dead_postgresql_are_found(
    webconnector: CommandLine, free_port: int
) -> None:
    webconnector.set(DATABASE_URL=f"postgresql://u:hidden-word@127.0.0.1:{free_port}/d")
    said = webconnector("check", "--json")
    assert said.code == 1
    assert "hidden-word" not in said.out + said.err
    found = findings(webconnector)
    assert "SECRET_KEY" in found["settings"]["text"]
    assert found["database"]["verdict"] == "wrong"


@pytest.mark.postgresql
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_an_unmigrated_postgresql_is_found(
    webconnector: CommandLine, empty_database_url: str
) -> None:
    webconnector.set(DATABASE_URL=empty_database_url, SECRET_KEY="k" * 40)
    found = findings(webconnector)
    assert found["migrations"]["verdict"] == "wrong"
    assert "db upgrade" in found["migrations"]["cure"]
    webconnector.done("db", "upgrade")
    found = findings(webconnector)
    assert found["migrations"]["verdict"] == found["clock"]["verdict"] == "good"


def test_a_clock_behind_the_last_call_is_found(
    webconnector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    webconnector.done("db", "upgrade")
    ahead = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(checks, "latest_call_at", lambda _conn: ahead)
    found = findings(webconnector)["clock"]
    assert found["verdict"] == "wrong"
    assert "time server" in found["cure"]


def test_a_database_clock_that_differs_is_found(
    webconnector: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    webconnector.done("db", "upgrade")
    late = datetime.now(UTC) - timedelta(minutes=5)
    monkeypatch.setattr(checks, "database_clock", lambda _store: late)
    assert "differ" in findings(webconnector)["clock"]["text"]


def test_the_real_clocks_agree(webconnector: CommandLine) -> None:
    webconnector.done("db", "upgrade")
    store = open_store(load().database)
    assert abs((database_clock(store) - datetime.now(UTC)).total_seconds()) < 5
    store.close()


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[int]:
    """A TLS server on the loopback whose certificate nobody vouches for; its port."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            connection, _ = listener.accept()
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    yield int(listener.getsockname()[1])
    stopped.set()
    socket.create_connection(listener.getsockname()).close()
    thread.join()
    listener.close()


def test_a_certificate_that_windows_would_not_trust_is_found(
    webconnector: CommandLine, self_signed: int
) -> None:
    webconnector.set(PUBLIC_URL=f"https://localhost:{self_signed}")
    found = findings(webconnector)["certificate"]
    assert found["verdict"] == "wrong"
    assert "authority" in found["cure"]


def test_an_https_address_that_nobody_serves_is_found(
    webconnector: CommandLine, free_port: int
) -> None:
    webconnector.set(PUBLIC_URL=f"https://localhost:{free_port}")
    assert "cannot be reached" in findings(webconnector)["certificate"]["text"]


def test_a_certificate_about_to_end_is_a_warning() -> None:
    soon = datetime.now(UTC) + timedelta(days=3)
    late = datetime.now(UTC) + timedelta(days=90)
    form = "%b %d %H:%M:%S %Y GMT"
    assert checks.validity("localhost", soon.strftime(form)).verdict == "warning"
    assert checks.validity("localhost", late.strftime(form)).verdict == "good"
