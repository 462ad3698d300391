"""What people are told by mail: companies in trouble or well again, new problems, the daily digest.

Owns what is news, that each piece of it is put into one mail only, and whether a mail has gone.
It must not know mail: `webconnector/alerts.py` writes and sends.

What is found is kept in the same transaction that remembers it as told, so that neither a crash
nor a mail server that is down loses it or makes it twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Table,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from store import console_overview
from store.access import membership, person
from store.console_overview import GOOD_OUTCOME, Health, Wanted
from store.persons import Person, Role
from store.syncing import alert, company, connector, digest, problem, session
from store.types import new_key
from store.upserting import insert_of

companies_max = 1000
"""Companies whose news is written down in one run; the others are next minute's."""
mails_max = 500
"""Mails in one run."""
problems_shown_max = 50
"""Problems named in one mail; the others are counted."""
quiet_hours = 24
"""A cause that was open less than this ago is not told again when it comes back."""
pause_seconds_min, pause_seconds_max = 60, 6 * 60 * 60
"""Pauses after failures double between these."""
claim_seconds = 300
"""A mail under way keeps others off this long."""
kept_days = 90
"""Days that mails which have gone are remembered."""

_TROUBLE: Final = (Health.FAILING.value, Health.LATE.value)
_EVERYBODY: Final = Person("", "", Role.SUPPORT, sees_secrets=False, time_zone=None)


# --- finding what is new


def to_look_at(conn: Connection, now: datetime) -> list[Row[Any]]:
    """Companies that may have news: their rows with `health`, `alerted_of` and `alerted_to`."""
    how = console_overview.health(now)
    fresh = exists().where(
        problem.c.company_id == company.c.id,
        problem.c.number > connector.c.alerted_to,
        problem.c.resolved_at.is_(None),
    )
    trouble = case((how.in_(_TROUBLE), how), else_=None)
    return list(
        conn.execute(
            select(
                company,
                connector.c.last_call_at,
                connector.c.refused_at,
                connector.c.last_outcome,
                connector.c.awaiting,
                connector.c.alerted_of,
                connector.c.alerted_to,
                how.label("health"),
            )
            .join(connector, connector.c.company_id == company.c.id)
            .where(
                company.c.state == "active",
                or_(trouble.is_distinct_from(connector.c.alerted_of), fresh),
            )
            .order_by(company.c.id)
            .limit(companies_max)
        )
    )


def notice(conn: Connection, row: Row[Any], now: datetime) -> bool:
    """Write down the news of a company from `to_look_at`; whether there is any for a mail."""
    trouble = row.health if row.health in _TROUBLE else None
    problems = _new_problems(conn, row)
    told_to = max((one.number for one in problems), default=row.alerted_to)
    if trouble == row.alerted_of and told_to == row.alerted_to:
        return False
    mine = (
        connector.c.company_id == row.id,
        connector.c.alerted_of.is_not_distinct_from(row.alerted_of),
        connector.c.alerted_to == row.alerted_to,
    )
    seen = update(connector).where(*mine).values(alerted_of=trouble, alerted_to=told_to)
    if not conn.execute(seen).rowcount:
        return False  # another run was here first
    told = [one for one in problems if not _back_again(conn, one)]
    news: dict[str, Any] = {}
    if trouble != row.alerted_of:
        news["trouble"] = trouble
        news["why"] = console_overview.why(row) if trouble == Health.FAILING else ""
        news["last_call_at"] = row.last_call_at.isoformat() if row.last_call_at else None
    if told:
        shown = sorted(told, key=lambda one: (one.kind, one.number))[:problems_shown_max]
        news["problems"] = [{"number": one.number, "title": one.title} for one in shown]
        news["problem_count"] = len(told)
    if not news:
        return False
    conn.execute(
        insert(alert).values(company_id=row.id, id=new_key(), news=news, made_at=now, attempts=0)
    )
    return True


def _new_problems(conn: Connection, row: Row[Any]) -> list[Row[Any]]:
    return list(
        conn.execute(
            select(problem).where(
                problem.c.company_id == row.id,
                problem.c.number > row.alerted_to,
                problem.c.resolved_at.is_(None),
            )
        )
    )


def _back_again(conn: Connection, one: Row[Any]) -> bool:
    """Whether the same cause was open a short while before: people know of it."""
    earlier = exists().where(
        problem.c.company_id == one.company_id,
        problem.c.cause == one.cause,
        problem.c.number < one.number,
        problem.c.resolved_at > one.opened_at - timedelta(hours=quiet_hours),
    )
    return bool(conn.execute(select(earlier)).scalar_one())


# --- mails


def due(conn: Connection, now: datetime) -> list[Row[Any]]:
    """Mails that have not gone and may be tried now, with `company_name`, the oldest first."""
    return list(
        conn.execute(
            select(alert, company.c.name.label("company_name"))
            .join(company, company.c.id == alert.c.company_id)
            .where(company.c.state != "removed", *_open(alert, now))
            .order_by(alert.c.made_at, alert.c.id)
            .limit(mails_max)
        )
    )


def admins(conn: Connection, company_id: str) -> list[str]:
    """E-mail addresses of the admins who reach a company."""
    return list(
        conn.execute(
            select(person.c.email)
            .join(membership, membership.c.person_id == person.c.id)
            .where(membership.c.company_id == company_id, person.c.role == Role.ADMIN)
            .order_by(person.c.email)
        ).scalars()
    )


def claim(conn: Connection, row: Row[Any], now: datetime) -> bool:
    """Keep others off this mail for a while; False: another one is at it, or it has gone."""
    return _claimed(conn, alert, _which(row), now)


def sent(conn: Connection, row: Row[Any], now: datetime) -> None:
    """The mail server has taken it."""
    conn.execute(update(alert).where(*_which(row)).values(sent_at=now, try_after=None))


def failed(conn: Connection, row: Row[Any], now: datetime) -> None:
    """The mail server did not take it: the pause before the next try doubles."""
    conn.execute(update(alert).where(*_which(row)).values(**_later(row.attempts, now)))


def _which(row: Row[Any]) -> tuple[Any, ...]:
    return alert.c.company_id == row.company_id, alert.c.id == row.id


def _open(table: Table, now: datetime) -> tuple[Any, ...]:
    may_be_tried = table.c.try_after.is_(None) | (table.c.try_after <= now)
    return table.c.sent_at.is_(None), may_be_tried


def _claimed(conn: Connection, table: Table, which: tuple[Any, ...], now: datetime) -> bool:
    until = now + timedelta(seconds=claim_seconds)
    taken = update(table).where(*which, *_open(table, now)).values(try_after=until)
    return bool(conn.execute(taken).rowcount)


def _later(attempts: int, now: datetime) -> dict[str, Any]:
    pause = min(pause_seconds_max, pause_seconds_min * 2 ** min(attempts, 20))
    return {"attempts": attempts + 1, "try_after": now + timedelta(seconds=pause)}


def sweep(conn: Connection, now: datetime) -> int:
    """Forget mails that went long ago."""
    before = now - timedelta(days=kept_days)
    return sum(
        conn.execute(delete(table).where(table.c.sent_at < before)).rowcount
        for table in (alert, digest)
    )


# --- the digest


def claim_digest(conn: Connection, day: str, now: datetime) -> bool:
    """Keep others off the digest of that day; False: it has gone, or another one is at it."""
    conn.execute(insert_of(conn)(digest).values(day=day, attempts=0).on_conflict_do_nothing())
    return _claimed(conn, digest, (digest.c.day == day,), now)


def digest_due(conn: Connection, day: str, now: datetime) -> bool:
    """Whether that day's has not gone and may be tried now."""
    row = conn.execute(select(digest).where(digest.c.day == day)).one_or_none()
    if row is None:
        return True
    return row.sent_at is None and (row.try_after is None or row.try_after <= now)


def digest_sent(conn: Connection, day: str, now: datetime) -> None:
    """The mail server has taken that day's."""
    done = update(digest).where(digest.c.day == day).values(sent_at=now, try_after=None)
    conn.execute(done)


def digest_failed(conn: Connection, day: str, now: datetime) -> None:
    """The mail server did not take it."""
    attempts = conn.execute(select(digest.c.attempts).where(digest.c.day == day)).scalar_one()
    conn.execute(update(digest).where(digest.c.day == day).values(**_later(attempts, now)))


def summary(conn: Connection, now: datetime) -> dict[str, Any]:
    """`totals` per health; `worst`: the first failing and late companies; counts of a day.

    The counts: `open_problems`, `new_problems`, `sessions` and `bad_sessions` of 24 hours.
    """
    since = now - timedelta(days=1)
    found = console_overview.list_health(conn, _EVERYBODY, Wanted(), now)
    mine = select(func.count()).select_from(problem).join(company)
    mine = mine.where(problem.c.resolved_at.is_(None), company.c.state != "removed")
    ended = conn.execute(
        select(func.count(), func.count().filter(session.c.outcome != GOOD_OUTCOME)).where(
            session.c.ended_at >= since
        )
    ).one()
    return {
        "totals": found["totals"],
        "worst": [row for row in found["rows"] if row["health"] in _TROUBLE],
        "open_problems": conn.execute(mine).scalar_one(),
        "new_problems": conn.execute(mine.where(problem.c.opened_at >= since)).scalar_one(),
        "sessions": ended[0],
        "bad_sessions": ended[1],
    }
