"""`webconnector serve`: the real server as a process, over TLS too, and what it refuses."""

from __future__ import annotations

import http.client
import json
import os
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from store.engine import current, head, open_store
from tests.webconnector.command_line import CommandLine
from webconnector.server_process import free_port, running

ROOT = Path(__file__).parents[2]


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_it_upgrades_an_sqlite_file_serves_and_stops_in_good_order(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "server.log"
    settings = {
        "WEBCONNECTOR_DATA_DIR": str(tmp_path / "data"),
        "WEBCONNECTOR_LOG_FORMAT": "json",
    }
    with running(port, settings, log):
        store = open_store(f"sqlite:///{tmp_path}/data/webconnector.sqlite3")
        assert current(store) == head()
        store.close()
        assert get(port, "/support")[0] == 200
        assert get(port, "/qbwc")[0] == 200
        for _ in range(20):  # by both workers
            assert get(port, "/healthz")[0] == 200
        status, text = get(port, "/metrics")
        counted = [line for line in text.splitlines() if 'page="pages.healthz"' in line]
        assert status == 200
        # Added up over all worker processes.
        assert 'webconnector_pages_total{page="pages.healthz",status="200"} 20.0' in counted
    lines = log.read_text().splitlines()
    assert [line for line in lines if "Ctrl-C stops it" in line and str(port) in line]
    events = [json.loads(line) for line in lines if line.startswith("{")]
    assert len(events) == len(lines) - 1
    assert any("Shutting down" in event["event"] for event in events)
    assert not [event for event in events if event["level"] in {"warning", "error"}]


@pytest.mark.postgresql
@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_an_unmigrated_postgresql_is_refused(
    webconnector: CommandLine, empty_database_url: str
) -> None:
    webconnector.set(DATABASE_URL=empty_database_url, SECRET_KEY="k" * 40)
    assert "webconnector db upgrade" in webconnector.refused("serve")


def test_postgresql_without_a_secret_key_is_refused(webconnector: CommandLine) -> None:
    webconnector.set(DATABASE_URL="postgresql://u:p@127.0.0.1:1/d")
    assert "WEBCONNECTOR_SECRET_KEY" in webconnector.refused("serve")


def test_certificate_and_key_belong_together(webconnector: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("x")
    assert "--tls-key" in webconnector.refused(
        "serve", "--tls-cert", str(tmp_path / "cert.pem"), code=2
    )


def test_it_speaks_tls_itself_and_nothing_older_than_1_2(tmp_path: Path, free_port: int) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "webconnector.cli", "serve", "--workers", "1", "--json"),
            *("--bind", f"127.0.0.1:{free_port}"),
            *("--tls-cert", str(certificate), "--tls-key", str(key)),
        ],
        env={**os.environ, "WEBCONNECTOR_DATA_DIR": str(tmp_path / "data")},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "{\n"  # it is listening
        context = ssl.create_default_context(cafile=str(certificate))
        connection = http.client.HTTPSConnection(
            "localhost", free_port, context=context, timeout=30
        )
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        assert connection.sock.version() in {"TLSv1.2", "TLSv1.3"}
        connection.close()
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(certificate)
        old.set_ciphers("DEFAULT@SECLEVEL=0")
        with pytest.warns(DeprecationWarning, match="TLSv1_1"):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        refused = http.client.HTTPSConnection("localhost", free_port, context=old, timeout=30)
        with pytest.raises(OSError, match=r"(?i)ssl|reset|eof"):
            refused.request("GET", "/healthz")
        refused.close()
    finally:
        server.terminate()
        server.wait(60)
        if server.stdout is not None:
            server.stdout.close()
