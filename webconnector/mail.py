"""Sending mail: one connection to the mail server, encrypted and logged in as the settings say.

Owns SMTP and what its failures are called. It must not know what a mail says. The account's
password reaches neither a log nor an error.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Final

from webconnector.settings import Settings

timeout_seconds: Final = 10


class MailError(Exception):
    """The mail server cannot be reached, or did not let us in; the text says why."""


class NotTaken(Exception):
    """The mail server refused this mail; others may go."""


@contextmanager
def connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """The mail server, ready for mails; MailError when it is not."""
    server = _reached(settings)
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()  # what it has taken, it has taken


def _reached(settings: Settings) -> smtplib.SMTP:
    host, port = settings.mail_host, settings.mail_port
    context = ssl.create_default_context()
    server: smtplib.SMTP | None = None
    try:
        if settings.mail_security == "tls":
            server = smtplib.SMTP_SSL(host, port, timeout=timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=timeout_seconds)
        if settings.mail_security == "starttls":
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password.get_secret_value())
    except (OSError, smtplib.SMTPException) as error:
        if server is not None:
            server.close()
        raise MailError(f"{host} port {port}: {_reason(error)}") from None
    return server


def send(server: smtplib.SMTP, message: EmailMessage, recipients: Sequence[str]) -> list[str]:
    """Send it; gives who was refused while others were not.

    NotTaken when it was refused for all; MailError when the connection broke.
    """
    wide = server.has_extn("smtputf8")
    takers = [one for one in recipients if wide or one.isascii()]
    try:
        refused = server.send_message(message, to_addrs=takers)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if isinstance(error, smtplib.SMTPException) and not isinstance(
            error, smtplib.SMTPServerDisconnected
        ):
            raise NotTaken(_reason(error)) from None
        raise MailError(_reason(error)) from None
    return [*refused, *(one for one in recipients if one not in takers)]


def _reason(error: Exception) -> str:
    """In few words and without what we said: an answer may repeat a name or an address."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the login was refused ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answered {error.smtp_code}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good: {error.verify_message}"
    if isinstance(error, smtplib.SMTPException):
        return type(error).__name__
    return getattr(error, "strerror", None) or type(error).__name__
