"""A real gunicorn with one worker, as a process of its own, and what it costs.

Owns starting, stopping and the readings from /proc (Linux). It must not know what is served.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.ground import SECRET, Ground
from webconnector.settings import PREFIX

ROOT = Path(__file__).parents[2]
start_seconds_max = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its port and the process id of its worker."""

    port: int
    worker: int

    @property
    def url(self) -> str:
        """The Web Connector's address."""
        return f"http://127.0.0.1:{self.port}/qbwc"

    def cpu_seconds(self) -> float:
        """What the worker has used so far, its own and the system's for it."""
        fields = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_bytes(self, name: str) -> int:
        """`VmRSS` (now) or `VmHWM` (the most so far)."""
        for line in Path(f"/proc/{self.worker}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        raise LookupError(name)


@contextmanager
def serving(target: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Served]:
    """Serve a WSGI application (`module:name`) with the product's gunicorn settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    log = folder / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:webconnector.gunicorn_conf"),
                *("--bind", "127.0.0.1:0", "--workers", "1", target),
            ],
            cwd=ROOT,
            env={**clean, **settings, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
            stdout=output,
            stderr=output,
        )
    try:
        yield Served(_port_in(log, process), _worker_of(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def product(ground: Ground, folder: Path) -> Iterator[Served]:
    """The product itself over this database."""
    settings = {
        f"{PREFIX}DATABASE_URL": ground.url.replace("postgresql+psycopg:", "postgresql:"),
        f"{PREFIX}SECRET_KEY": SECRET,
        f"{PREFIX}DATA_DIR": str(folder),
        f"{PREFIX}LOG_LEVEL": "warning",
    }
    with serving("webconnector.wsgi:app", folder, settings) as served:
        yield served


def _port_in(log: Path, process: subprocess.Popen[bytes]) -> int:
    deadline = time.monotonic() + start_seconds_max
    while time.monotonic() < deadline and process.poll() is None:
        text = log.read_text()
        if "Listening at: http://127.0.0.1:" in text and "Booting worker" in text:
            port = int(text.split("Listening at: http://127.0.0.1:")[1].split()[0])
            _wait_until_answered(port)
            return port
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")


def _wait_until_answered(port: int) -> None:
    """The worker has loaded the application when it answers, whatever it says."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=start_seconds_max)
    connection.request("GET", "/nothing")
    connection.getresponse().read()
    connection.close()


def _worker_of(master: int) -> int:
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(children[-1])
