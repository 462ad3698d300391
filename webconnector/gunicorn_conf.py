"""How gunicorn has to run this server.

Owns gunicorn's settings and the C library's memory settings. Must not know the application.
`serve` passes them on; to start gunicorn by hand:
`gunicorn -c python:webconnector.gunicorn_conf webconnector.wsgi:app`.
"""

from __future__ import annotations

import ctypes
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# gthread: its workers report life while a slow line uploads ten minutes long. The sync worker
# is killed after `timeout` seconds, cuts the connection and knows no keep-alive.
worker_class = "gthread"
threads = 4
# Seconds without any sign of life from a worker process; not a limit for one call.
timeout = 120
# Seconds for calls under way when the server is told to stop.
graceful_timeout = 30
# Seconds an idle connection stays open: QuickBooks is busy that long between two calls.
keepalive = 30
# Bytes and numbers of what a client may send before the body.
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# gunicorn 27 would open a control socket in the home folder.
control_socket_disable = True
# Heartbeats on a disk can block for seconds.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not a temp file

# glibc's mallopt() parameters and values: one arena for all threads, and memory above 1 MB goes
# back to the system. The peak after 10 MB calls falls by a third, the rest after them by half.
MALLOC_PARAMETERS = {-8: 1, -1: 1_000_000}


def post_worker_init(worker: object) -> None:
    """Keep a worker's memory small; MALLOC_* in the environment would do the same."""
    if sys.platform != "linux":
        return
    _ = worker
    # musl has no mallopt.
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt:
        for parameter, value in MALLOC_PARAMETERS.items():
            mallopt(parameter, value)


def ssl_context(config: object, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    """TLS 1.2 and 1.3: Windows before 11 has no 1.3, nothing older than 1.2 is offered."""
    _ = config
    context = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def options(
    *, bind: str, workers: int, tls_cert: str | None = None, tls_key: str | None = None
) -> dict[str, Any]:
    """All settings for a `gunicorn.app.base.BaseApplication`, by gunicorn's names."""
    names = (
        "worker_class",
        "threads",
        "timeout",
        "graceful_timeout",
        "keepalive",
        "limit_request_line",
        "limit_request_fields",
        "limit_request_field_size",
        "control_socket_disable",
        "worker_tmp_dir",
        "post_worker_init",
    )
    chosen = {name: globals()[name] for name in names}
    tls = {"certfile": tls_cert, "keyfile": tls_key, "ssl_context": ssl_context}
    return chosen | {"bind": bind, "workers": workers} | (tls if tls_cert else {})
