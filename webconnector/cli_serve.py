"""`webconnector serve`: the server, until it is told to stop."""

from __future__ import annotations

from pathlib import Path

import click

from store.engine import open_store, require_migrated, upgrade
from webconnector import logs, terminal
from webconnector.cli_options import examples, json_option
from webconnector.settings import Settings, load
from webconnector.terminal import CommandError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WORKERS_MAX = 64


@click.command(
    epilog=examples(
        "webconnector serve",
        "webconnector serve --bind 0.0.0.0:8000 --workers 4",
        "webconnector serve --bind 0.0.0.0:443 --tls-cert chain.pem --tls-key key.pem",
    )
)
@click.option("--bind", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
@click.option(
    "--workers", default=2, show_default=True, type=click.IntRange(1, WORKERS_MAX), metavar="N"
)
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="Certificate with its chain (PEM).")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="Its private key (PEM).")
@json_option
def serve(
    *, bind: str, workers: int, tls_cert: Path | None, tls_key: Path | None, as_json: bool
) -> None:
    """Serve the Web Connector until told to stop.

    An SQLite database is upgraded first. A PostgreSQL database has to be upgraded beforehand by
    `webconnector db upgrade`. Without TLS options a proxy in front has to speak https.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together.")
    # Imported here: it loads gunicorn, which no other command needs.
    from webconnector import server  # noqa: PLC0415

    settings = load()
    prepare(settings)
    logs.configure(settings.log_format, settings.log_level)

    def when_ready() -> None:
        facts = {"listening": bind, "public_url": settings.public_url, "workers": workers}
        if as_json:
            terminal.give_json(facts)
        else:
            terminal.note(f"Serving {settings.public_url} on {bind}. Ctrl-C stops it.")

    server.run(
        bind=bind,
        workers=workers,
        tls_cert=str(tls_cert) if tls_cert else None,
        tls_key=str(tls_key) if tls_key else None,
        when_ready=when_ready,
    )


def prepare(settings: Settings) -> None:
    """Make sure of the database and the secret key before anything listens.

    Raises SettingsError or NotMigrated.
    """
    settings.make_files()
    if settings.embedded:
        upgrade(settings.database)
    if not settings.secret_key_bytes:
        raise CommandError("The secret key is empty.")
    store = open_store(settings.database)
    try:
        require_migrated(store)
    finally:
        store.close()


COMMANDS = (serve,)
