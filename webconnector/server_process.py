"""The real server as a process of its own, for the demo.

Owns starting it on a free port, waiting until it is ready, and stopping it. Must not know what it
is used for.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from webconnector.settings import PREFIX
from webconnector.terminal import CommandError

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 40.0
PAUSE_SECONDS = 0.1
WORKERS = 2


def free_port() -> int:
    """A port of this machine that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(port: int, settings: Mapping[str, str], log: Path) -> Iterator[None]:
    """`webconnector serve` with these settings alone, until the block ends.

    CommandError, with the end of its log, when it does not get ready.
    """
    environ = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with log.open("wb") as written:
        process = subprocess.Popen(  # noqa: S603 - our own program, fixed arguments
            [
                *(sys.executable, "-m", "webconnector.cli", "serve"),
                *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)),
            ],
            env={**environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for us; we stop the server in good order.
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, port, log)
        yield
    finally:
        _stop(process)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if _ready(port):
            return
        time.sleep(PAUSE_SECONDS)
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    raise CommandError(f"The server did not start. {log}: {lines[-1] if lines else 'empty'}")


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
