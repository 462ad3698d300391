"""Mails to the people in charge: alerts of one company, and support's daily digest.

Owns their words and who gets them. What is news and what has gone is `store/alerts.py`'s; SMTP is
`mail.py`'s. Of a record no mail says more than its problem's title.

`tell` and `send_digest` are jobs of `webconnector housekeep`, idle without a mail server.
"""

from __future__ import annotations

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

import structlog

from store import alerts
from store.console_overview import Health
from store.engine import Store
from webconnector import mail
from webconnector.settings import Settings

_SIGNATURE: Final = "Key CashFlow Web Connector"
_HEADLINES: Final[dict[str | None, str]] = {
    Health.FAILING.value: "the sync with QuickBooks is failing",
    Health.LATE.value: "the Web Connector has not called in time",
    None: "the sync with QuickBooks works again",
}
_ADVICE: Final[dict[str | None, str]] = {
    Health.FAILING.value: "Open the company's page; it says what stopped and what to do.",
    Health.LATE.value: (
        "Check that the computer with QuickBooks is on, that the Web Connector runs there, and "
        "that this application is ticked and set to Auto-Run."
    ),
    None: "Nothing is to be done.",
}

_log = structlog.get_logger("webconnector.alerts")


def tell(store: Store, settings: Settings, now: datetime) -> int:
    """Write down what is new and send what has not gone; gives how many mails were taken.

    MailError when the mail server cannot be reached; NotTaken when it refused a mail. Either way
    what has not gone is tried again by a later run.
    """
    if not settings.mail_host:
        return 0
    with store.read() as conn:
        rows = alerts.to_look_at(conn, now)
    for row in rows:
        store.run(partial(alerts.notice, row=row, now=now))
    store.run(lambda conn: alerts.sweep(conn, now))
    with store.read() as conn:
        mails = alerts.due(conn, now)
    if not mails:
        return 0
    with mail.connected(settings) as server:
        return _all(store, settings, server, mails, now)


def _all(
    store: Store, settings: Settings, server: smtplib.SMTP, mails: list[Any], now: datetime
) -> int:
    count = 0
    refused: mail.NotTaken | None = None
    for row in mails:
        try:
            count += _one(store, settings, server, row, now)
        except mail.NotTaken as error:
            refused = error
    if refused is not None:
        raise refused
    return count


def _one(store: Store, settings: Settings, server: smtplib.SMTP, row: Any, now: datetime) -> int:
    """One mail; 0 when another run is at it."""
    if not store.run(lambda conn: alerts.claim(conn, row, now)):
        return 0
    with store.read() as conn:
        people = alerts.admins(conn, row.company_id)
    recipients = list(dict.fromkeys([*people, settings.mail_support]))
    subject, text = alert_words(row.company_name, row.company_id, row.news, settings)
    message = _message(settings, recipients, subject, text, f"alert-{row.id}", row.made_at)
    try:
        left_out = mail.send(server, message, recipients)
    except (mail.MailError, mail.NotTaken):
        store.run(lambda conn: alerts.failed(conn, row, now))
        raise
    store.run(lambda conn: alerts.sent(conn, row, now))
    if left_out:
        _log.warning("mail_refused", company=row.company_id, recipients=len(left_out))
    return 1


def alert_words(
    name: str, company_id: str, news: dict[str, Any], settings: Settings
) -> tuple[str, str]:
    """Subject and text of a company's alert."""
    count = news.get("problem_count", 0)
    subjects, lines = [], []
    if "trouble" in news:
        trouble = news["trouble"]
        subjects.append(_HEADLINES[trouble])
        why = f" ({news['why']})" if news["why"] else ""
        called = news["last_call_at"]
        lines += [f"{name}: {_HEADLINES[trouble]}{why}."]
        if called:
            lines += [f"The Web Connector called last at {_clock(called)}."]
        lines += [_ADVICE[trouble], ""]
    if count:
        subjects.append("1 new problem" if count == 1 else f"{count} new problems")
        lines += [f"{name}: {subjects[-1]}."]
        lines += [f"  {one['number']}. {_line(one['title'])}" for one in news["problems"]]
        if count > len(news["problems"]):
            lines += [f"  and {count - len(news['problems'])} more"]
        lines += [""]
    lines += [f"{settings.public_url}/console/companies/{company_id}/"]
    return f"{name}: {', '.join(subjects)}", "\n".join(lines)


def send_digest(store: Store, settings: Settings, now: datetime) -> int:
    """Send the day's digest when its hour has come and it has not gone; 1 when it was taken."""
    moment = now.astimezone(UTC)
    day = moment.date().isoformat()
    if not settings.mail_host or moment.hour < settings.mail_digest_hour:
        return 0
    with store.read() as conn:
        if not alerts.digest_due(conn, day, now):
            return 0
    with mail.connected(settings) as server:
        if not store.run(lambda conn: alerts.claim_digest(conn, day, now)):
            return 0
        with store.read() as conn:
            subject, text = digest_words(day, alerts.summary(conn, now), settings)
        recipients = [settings.mail_support]
        message = _message(settings, recipients, subject, text, f"digest-{day}", now)
        try:
            mail.send(server, message, recipients)
        except (mail.MailError, mail.NotTaken):
            store.run(lambda conn: alerts.digest_failed(conn, day, now))
            raise
        store.run(lambda conn: alerts.digest_sent(conn, day, now))
    return 1


def digest_words(day: str, found: dict[str, Any], settings: Settings) -> tuple[str, str]:
    """Subject and text of the digest."""
    totals = found["totals"]
    bad = totals[Health.FAILING] + totals[Health.LATE]
    told = ", ".join(f"{count} {how}" for how, count in totals.items() if how != Health.REMOVED)
    lines = [
        f"Companies: {told}.",
        f"Problems: {found['open_problems']} open, {found['new_problems']} new in 24 hours.",
        f"Sessions of 24 hours: {found['sessions']}, {found['bad_sessions']} did not end well.",
        "",
    ]
    for row in found["worst"]:
        why = f", {row['why']}" if row["why"] else ""
        lines += [f"  {row['health']}{why}: {row['name']}, {row['problems']} open problems"]
    if bad > len(found["worst"]):
        lines += [f"  and {bad - len(found['worst'])} more"]
    lines += ["", f"{settings.public_url}/console/"]
    return f"Digest of {day}: {bad} companies in trouble", "\n".join(lines)


def _message(
    settings: Settings, recipients: list[str], subject: str, text: str, key: str, made: datetime
) -> EmailMessage:
    """A mail; tried again it has the same id, so that a second copy is known for one."""
    message = EmailMessage()
    message["Subject"] = f"[{_SIGNATURE}] {_line(subject)}"
    message["From"] = settings.mail_from
    message["To"] = ", ".join(recipients)
    message["Date"] = format_datetime(made)
    message["Message-ID"] = f"<{key}@{urlsplit(settings.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _line(text: str) -> str:
    """Without line breaks, which would end a header."""
    return " ".join(text.split())


def _clock(iso: str) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
