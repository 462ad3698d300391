"""The promises of conftest.py, databases.py and required.py."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, BeyondLoopbackError, is_here
from tests.databases import RunFolder


def one_query(url: str, statement: str) -> object:
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            return connection.execute(sa.text(statement)).scalar()
    finally:
        engine.dispose()


def test_an_empty_database_is_real_and_empty(empty_database_url: str) -> None:
    assert one_query(empty_database_url, "SELECT 1") == 1
    engine = sa.create_engine(empty_database_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_a_database_of_its_own(empty_database_url: str, turn: int) -> None:
    engine = sa.create_engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE mine (turn integer)"))
        connection.execute(sa.text("INSERT INTO mine VALUES (:turn)"), {"turn": turn})
    engine.dispose()
    assert one_query(empty_database_url, "SELECT sum(turn) FROM mine") == turn


def test_a_migrated_database_has_a_schema(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    assert "alembic_version" in sa.inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.postgresql
def test_a_dropped_database_is_gone_even_while_someone_is_connected(run_folder: RunFolder) -> None:
    name, url = run_folder.new_postgresql(migrated=False)
    engine = sa.create_engine(url)
    connection = engine.connect()
    run_folder.drop_postgresql(name)
    listed = f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"  # noqa: S608  our own name
    assert one_query(run_folder.postgresql(), listed) == 0
    connection.invalidate()
    connection.close()
    engine.dispose()


def test_a_free_port_can_be_listened_on(free_port: int) -> None:
    with socket.create_server(("127.0.0.1", free_port)) as server:
        assert server.getsockname()[1] == free_port


def test_loopback_may_be_reached(free_port: int) -> None:
    with (
        socket.create_server(("127.0.0.1", free_port)),
        socket.create_connection(("localhost", free_port)) as client,
    ):
        assert client.getpeername()[1] == free_port


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "example.test"])
def test_nothing_beyond_loopback_may_be_reached(address: str) -> None:
    with socket.socket() as client, pytest.raises(BeyondLoopbackError):
        client.connect((address, 80))
    with (
        socket.socket(type=socket.SOCK_DGRAM) as client,
        pytest.raises(BeyondLoopbackError),
    ):
        client.sendto(b"", (address, 80))
    with pytest.raises(BeyondLoopbackError):
        socket.create_connection((address, 80))


@pytest.mark.parametrize(
    ("host", "here"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("0.0.0.0", True), ("", True),  # noqa: S104
     ("localhost", True), ("8.8.8.8", False), ("localhost.example", False)],
)  # fmt: skip
def test_only_loopback_is_here(host: str, here: bool) -> None:
    assert is_here(host) is here


SKIPPING = {
    "test_plain.py": "def test_it():\n    pytest.skip('not at hand')\n",
    "test_marked.py": "@pytest.mark.postgresql\ndef test_it():\n    pytest.skip('no server')\n",
    "test_module.py": "pytest.skip('no chromium', allow_module_level=True)\n",
}


@pytest.mark.parametrize(
    ("ci", "outcomes"),
    [("", "3 skipped"), ("true", "1 failed, 1 skipped, 1 error")],
)
def test_ci_turns_required_skips_into_failures(tmp_path: Path, ci: str, outcomes: str) -> None:
    for name, text in SKIPPING.items():
        (tmp_path / name).write_text(f"import pytest\n{text}")
    command = [
        *(sys.executable, "-m", "pytest", "-p", "tests.required", "-p", "no:randomly"),
        *(
            "--continue-on-collection-errors",
            "-o",
            "markers=postgresql",
            "--rootdir",
            str(tmp_path),
        ),
    ]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert outcomes in run.stdout.splitlines()[-1]
    assert ("CI requires postgresql tests" in run.stdout) is bool(ci)
