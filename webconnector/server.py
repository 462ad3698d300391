"""gunicorn in this process, with this server's settings.

Owns starting and stopping gunicorn, and where its processes count. Must not know the application
beyond its place, `webconnector.wsgi:app`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from webconnector import gunicorn_conf

# As in metrics.FOLDER_VARIABLE, which must not be imported before the variable is set.
METRICS_FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


class Log(Logger):  # type: ignore[misc]
    """gunicorn's log without handlers of its own: its events go where ours go."""

    def setup(self, cfg: Any) -> None:  # noqa: ARG002 - gunicorn's signature
        """Leave what `logs.configure` has set up; gunicorn has just cut its logger off from it."""
        self.error_log.propagate = True


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn without its command line."""

    def __init__(self, options: dict[str, Any], load_app: Callable[[], Any]) -> None:
        self._options = options
        self._load_app = load_app
        super().__init__()

    def load_config(self) -> None:
        """Take over our settings; gunicorn refuses unknown names and wrong values."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, in each worker."""
        return self._load_app()


def _application() -> Any:
    from webconnector import wsgi  # noqa: PLC0415 - after the fork and the metrics' folder

    return wsgi.app


def _worker_gone(_server: object, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - as above

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def run(
    *,
    bind: str,
    workers: int,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    when_ready: Callable[[], None],
) -> None:
    """Serve until a signal ends it. `when_ready` is called once the address is bound."""
    folder = tempfile.mkdtemp(prefix="webconnector-metrics-")
    os.environ[METRICS_FOLDER_VARIABLE] = folder
    owner = os.getpid()
    options = gunicorn_conf.options(bind=bind, workers=workers, tls_cert=tls_cert, tls_key=tls_key)
    options |= {
        "logger_class": Log,
        "proc_name": "webconnector",
        "child_exit": _worker_gone,
        "when_ready": lambda _server: when_ready(),
    }
    try:
        Server(options, _application).run()
    finally:
        if os.getpid() == owner:  # a worker leaves through here too
            shutil.rmtree(folder, ignore_errors=True)
