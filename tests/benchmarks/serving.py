"""A real gunicorn, as a process of its own, and what it costs.

Owns starting, stopping and the readings from /proc (Linux). It must not know what is served.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.ground import SECRET, Ground
from webconnector.settings import PREFIX

ROOT = Path(__file__).parents[2]
start_seconds_max = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its port and the process ids of its workers."""

    port: int
    workers: Sequence[int]

    @property
    def url(self) -> str:
        """The Web Connector's address."""
        return f"http://127.0.0.1:{self.port}/qbwc"

    def cpu_seconds(self) -> float:
        """What the workers have used so far, their own and the system's for them."""
        return sum(map(_cpu_seconds, self.workers))

    def memory_bytes(self, name: str) -> int:
        """`VmRSS` (now) or `VmHWM` (the most so far) of the only worker."""
        (worker,) = self.workers
        for line in Path(f"/proc/{worker}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
        raise LookupError(name)


@contextmanager
def serving(
    target: str, folder: Path, settings: Mapping[str, str], workers: int = 1
) -> Iterator[Served]:
    """Serve a WSGI application (`module:name`) with the product's gunicorn settings."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    log = folder / f"server-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:webconnector.gunicorn_conf"),
                *("--bind", "127.0.0.1:0", "--workers", str(workers), target),
            ],
            cwd=ROOT,
            env={**clean, **settings, "PYTHONPATH": str(ROOT), "HOME": str(folder)},
            stdout=output,
            stderr=output,
        )
    try:
        port = _port_in(log, process)
        yield Served(port, _workers_of(process.pid, workers))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def product(ground: Ground, folder: Path, workers: int = 1) -> Iterator[Served]:
    """The product itself over this database."""
    settings = {
        f"{PREFIX}DATABASE_URL": ground.url.replace("postgresql+psycopg:", "postgresql:"),
        f"{PREFIX}SECRET_KEY": SECRET,
        f"{PREFIX}DATA_DIR": str(folder),
        f"{PREFIX}LOG_LEVEL": "warning",
    }
    with serving("webconnector.wsgi:app", folder, settings, workers) as served:
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


def _workers_of(master: int, count: int) -> Sequence[int]:
    """The processes that gunicorn's master has started, as soon as all are there."""
    deadline = time.monotonic() + start_seconds_max
    while time.monotonic() < deadline:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        if len(children) >= count:
            return tuple(int(child) for child in children[-count:])
        time.sleep(0.05)
    raise RuntimeError(f"fewer than {count} workers after {start_seconds_max:.0f} s")


def _cpu_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
