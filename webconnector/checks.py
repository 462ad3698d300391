"""Whether this server is set up right: one function per thing that can be wrong.

Owns the checks and how to mend each fault. Must not change anything.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from qwc.document import public_urls
from store.engine import current, head, open_store
from store.health import database_clock
from store.session_log import latest_call_at
from webconnector import mail
from webconnector.settings import Settings, SettingsError

CONNECT_SECONDS_MAX = 10.0
CERTIFICATE_DAYS_MIN = 14
CLOCK_SECONDS_MAX = 60
# No right clock is before this program was written.
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)

Verdict = Literal["good", "warning", "wrong"]


@dataclass(frozen=True)
class Finding:
    """What one check found; `cure` says how to mend it, empty when nothing is to be done."""

    check: str
    verdict: Verdict
    text: str
    cure: str = ""


def check_all(settings: Settings, *, with_mail: bool = False) -> Iterator[Finding]:
    """Each finding as it is made; none of them raises. `with_mail`: log in at the mail server."""
    yield _secret_key(settings)
    yield from _database(settings)
    yield from check_address(settings)
    yield from _clock(settings)
    yield _mail(settings, connect=with_mail)


def _secret_key(settings: Settings) -> Finding:
    name = "settings"
    if settings.secret_key is None and settings.embedded and not settings.secret_key_path.exists():
        return Finding(name, "good", "All settings are good. The secret key is made by `serve`.")
    try:
        _ = settings.secret_key_bytes
    except SettingsError as error:
        return Finding(name, "wrong", str(error), "Set the secret key as the text says.")
    except OSError as error:
        text = f"The secret key cannot be read: {error.strerror}."
        return Finding(name, "wrong", text, f"Make {settings.secret_key_path} readable.")
    return Finding(name, "good", "All settings are good.")


def _database(settings: Settings) -> Iterator[Finding]:
    kind = "SQLite file" if settings.embedded else "PostgreSQL"
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        text = "The SQLite file is not there yet."
        yield Finding("database", "warning", text, "Run `webconnector serve` or `db upgrade`.")
        return
    store = open_store(settings.database)
    try:
        found = current(store)
    except Exception as error:  # noqa: BLE001 - whatever the driver raises is the finding
        reason = type(getattr(error, "orig", None) or error).__name__
        text = f"The {kind} cannot be reached ({reason})."
        cure = "Start it, and compare WEBCONNECTOR_DATABASE_URL with its host, user and password."
        yield Finding("database", "wrong", text, cure)
        return
    finally:
        store.close()
    yield Finding("database", "good", f"The {kind} answers.")
    if found == head():
        yield Finding("migrations", "good", f"The tables are at version {found}.")
    else:
        text = f"The tables are at version {found or 'none'}, this program needs {head()}."
        yield Finding("migrations", "wrong", text, "Run `webconnector db upgrade`.")


def check_address(settings: Settings) -> Iterator[Finding]:
    """Whether the Web Connector can reach this server: address, certificate, answers."""
    app_url, support_url = public_urls(settings.public_url)
    text = f"The Web Connector takes {app_url}."
    if settings.public_url.startswith("http://"):
        yield Finding(
            "public address",
            "warning",
            f"{text} Only a QuickBooks on this computer can reach it.",
            "For others set WEBCONNECTOR_PUBLIC_URL to the https address of this server.",
        )
    else:
        yield Finding("public address", "good", text)
        certificate = _certificate(settings.public_url)
        yield certificate
        if certificate.verdict == "wrong":
            return
    for url in (app_url, support_url):
        yield _answers(url)


def _certificate(url: str) -> Finding:
    name = "certificate"
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), timeout=CONNECT_SECONDS_MAX) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            certificate = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return Finding(
            name,
            "wrong",
            f"Windows would not trust the certificate of {host}: {error.verify_message}.",
            "Use a certificate for this very host name from an authority that Windows trusts, "
            "and serve its whole chain.",
        )
    except OSError as error:
        return Finding(
            name,
            "wrong",
            f"{host} port {port} cannot be reached: {error.strerror or error}.",
            "Check the name server's entry, the firewall, and that the server or its proxy runs.",
        )
    return validity(host, str(certificate.get("notAfter", "")))


def validity(host: str, not_after: str) -> Finding:
    """Whether a certificate is good for long enough; `not_after` as Python's ssl gives it."""
    name = "certificate"
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC)
    days = (ends - datetime.now(UTC)).days
    if days < CERTIFICATE_DAYS_MIN:
        text = f"The certificate of {host} ends in {days} days, on {ends:%Y-%m-%d}."
        return Finding(name, "warning", text, "Renew it now.")
    return Finding(name, "good", f"The certificate of {host} is good until {ends:%Y-%m-%d}.")


def _answers(url: str) -> Finding:
    """Whether a GET gives 200, as the Web Connector wants it before it adds an application."""
    name = "server"
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=CONNECT_SECONDS_MAX)
    try:
        connection.request("GET", parts.path)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        text = f"{url} does not answer ({type(error).__name__})."
        return Finding(name, "warning", text, "Start the server: `webconnector serve`.")
    finally:
        connection.close()
    if status != http.client.OK:
        text = f"{url} answers {status}; the Web Connector wants 200."
        return Finding(name, "wrong", text, "Let the proxy pass this path on unchanged.")
    return Finding(name, "good", f"{url} answers.")


def _clock(settings: Settings) -> Iterator[Finding]:
    now = datetime.now(UTC)
    cure = "Set the clock and let it follow a time server."
    if now < EARLIEST:
        yield Finding("clock", "wrong", f"This machine thinks it is {now:%Y-%m-%d}.", cure)
        return
    if settings.sqlite_path is not None and not settings.sqlite_path.exists():
        yield Finding("clock", "good", f"The clock says {now:%Y-%m-%d %H:%M}Z.")
        return
    store = open_store(settings.database)
    try:
        seconds = abs((database_clock(store) - now).total_seconds())
        with store.read() as conn:
            heard = latest_call_at(conn)
    except Exception:  # noqa: BLE001 - `_database` has told it
        seconds, heard = 0.0, None
    finally:
        store.close()
    if seconds > CLOCK_SECONDS_MAX:
        text = f"This machine's clock and the database's differ by {seconds:.0f} seconds."
        yield Finding("clock", "wrong", text, cure)
    elif heard is not None and (heard - now).total_seconds() > CLOCK_SECONDS_MAX:
        text = f"The last call came at {heard:%Y-%m-%d %H:%M}Z, which is still to come."
        yield Finding("clock", "wrong", text, cure)
    else:
        yield Finding("clock", "good", f"The clock says {now:%Y-%m-%d %H:%M}Z.")


def _mail(settings: Settings, *, connect: bool) -> Finding:
    """Whether alerts can go; the mail server is called only when that was asked for."""
    if not settings.mail_host:
        if not connect:
            return Finding("mail", "good", "No mail server is set: alerts are not sent.")
        text = "No mail server is set: nobody is told when a company fails or is late."
        return Finding("mail", "warning", text, "Set WEBCONNECTOR_MAIL_HOST, see docs/settings.md.")
    place = f"{settings.mail_host} port {settings.mail_port}"
    if not connect:
        text = f"Mail goes to {place}; `webconnector check --mail` tries it."
        return Finding("mail", "good", text)
    try:
        with mail.connected(settings):
            pass
    except mail.MailError as error:
        cure = "Compare the WEBCONNECTOR_MAIL_ settings with your mail provider's."
        return Finding("mail", "wrong", f"Mail cannot be sent. {error}.", cure)
    return Finding("mail", "good", f"{place} takes mail from us.")
