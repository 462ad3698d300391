"""A company with something wrong of each kind, for the tests of the pages on which it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import insert, select

from qbxml.entities import BY_RESOURCE
from store import companies, resources, sessions
from store.engine import Connection
from store.syncing import call, candidate, conflict, exchange, link, problem, session
from store.types import new_key
from tests.console.site import Site

TAX_ID = "12-3456789"
REQUEST = f"<QBXML><VendorAdd><Name>=Acme</Name><VendorTaxIdent>{TAX_ID}</VendorTaxIdent>"


@dataclass(frozen=True)
class Trouble:
    """What there is to mend, by its ids."""

    company_id: str
    record_id: str
    conflict_id: str
    session_id: str
    number: int = 1
    resource: str = "vendors"

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of routes, for addresses that lead to something."""
        return {
            "company_id": self.company_id,
            "record_id": self.record_id,
            "conflict_id": self.conflict_id,
            "session_id": self.session_id,
            "number": self.number,
            "resource": self.resource,
            "form": "csv",
        }


def trouble(site: Site, company_id: str) -> Trouble:
    """A vendor that may be a duplicate, with a conflict, and a session that wrote something."""
    found: Trouble = site.run(lambda conn: _make(conn, company_id, datetime.now(UTC)))
    return found


def _make(conn: Connection, company_id: str, now: datetime) -> Trouble:
    body = {"name": "=Acme Supplies", "tax_id": TAX_ID, "phone": "+1 555"}
    record = resources.create(conn, company_id, "vendors", body, now, "test")
    made = Trouble(company_id, record["id"], new_key(), _session(conn, company_id, now))
    keys = {"company_id": company_id, "resource": "vendors", "record_id": made.record_id}
    theirs = {"name": "=Acme Supplies", "tax_id": TAX_ID, "phone": "2"}
    _looks_alike(conn, made, theirs, "=Acme Supplies", now)
    conn.execute(
        insert(conflict).values(
            **keys,
            id=made.conflict_id,
            field="tax_id",
            cashflow_value={"tax_id": TAX_ID},
            quickbooks_value={"tax_id": "99-9999999"},
            winner="quickbooks",
            at=now,
        )
    )
    return made


def doubled_bill(site: Site, company_id: str, vendor_id: str) -> Trouble:
    """A bill with lines that QuickBooks seems to have already: problem 2."""
    found: Trouble = site.run(
        lambda conn: _doubled_bill(conn, company_id, vendor_id, datetime.now(UTC))
    )
    return found


def _doubled_bill(conn: Connection, company_id: str, vendor_id: str, now: datetime) -> Trouble:
    made = _bill(conn, company_id, vendor_id, "4711", now)
    _looks_alike(conn, made, _AS_IN_QUICKBOOKS, None, now)
    return made


def synced_bill(site: Site, company_id: str, vendor_id: str) -> Trouble:
    """A bill that both sides have, with its vendor."""
    found: Trouble = site.run(
        lambda conn: _synced_bill(conn, company_id, vendor_id, datetime.now(UTC))
    )
    return found


def _synced_bill(conn: Connection, company_id: str, vendor_id: str, now: datetime) -> Trouble:
    made = _bill(conn, company_id, vendor_id, "4712", now)
    _linked(conn, made.company_id, "bills", made.record_id, now, "7B-1", _AS_IN_QUICKBOOKS)
    _linked(conn, made.company_id, "vendors", vendor_id, now, "80-1", {"name": "=Acme Supplies"})
    return made


_AS_IN_QUICKBOOKS: Final = {
    "number": "4711",
    "bill_date": "2026-03-02",
    "vendor": {"id": "80-1", "name": "=Acme Supplies"},
    "amount": "50.00",
    "expense_lines": [{"account": {"id": "80-2", "name": "Rent"}, "amount": "50.00"}],
}


def _bill(conn: Connection, company_id: str, vendor_id: str, number: str, now: datetime) -> Trouble:
    rent = {"name": f"Rent of {number}", "type": "Expense"}
    account = resources.create(conn, company_id, "accounts", rent, now, "test")["id"]
    lines = [{"account": account, "amount": amount} for amount in ("20.00", "30.00")]
    facts = {"vendor": vendor_id, "bill_date": "2026-03-02", "number": number}
    bill = resources.create(
        conn, company_id, "bills", facts | {"expense_lines": lines}, now, "test"
    )
    ids = conn.execute(
        select(session.c.id).where(session.c.company_id == company_id).order_by(session.c.id)
    ).scalars()
    return Trouble(company_id, bill["id"], new_key(), next(ids), number=2, resource="bills")


def _linked(
    conn: Connection,
    company_id: str,
    resource: str,
    record_id: str,
    now: datetime,
    quickbooks_id: str,
    base: dict[str, Any] | None = None,
) -> None:
    entity = BY_RESOURCE[resource]
    conn.execute(
        insert(link).values(
            company_id=company_id,
            id=new_key(),
            resource=resource,
            record_id=record_id,
            quickbooks_id=quickbooks_id,
            family=entity.family.value,
            noun=entity.query_noun,
            edit_sequence="1",
            time_modified="2026-01-01T00:00:00",
            base=base,
            synced_version=1,
            synced_at=now,
        )
    )


def _looks_alike(
    conn: Connection, made: Trouble, theirs: dict[str, Any], name: str | None, now: datetime
) -> None:
    """The problem of a duplicate, and what QuickBooks has."""
    keys = {
        "company_id": made.company_id,
        "resource": made.resource,
        "record_id": made.record_id,
    }
    conn.execute(
        insert(problem).values(
            **keys,
            id=new_key(),
            number=made.number,
            cause=f"duplicate of a test, {made.resource}",
            kind="duplicate",
            title='"=Acme Supplies" is in QuickBooks already',
            text="QuickBooks has one of this name.",
            advice="Say whether it is the same one.",
            opened_at=now,
            last_seen_at=now,
            count=1,
        )
    )
    conn.execute(
        insert(candidate).values(
            **keys,
            id=new_key(),
            noun=BY_RESOURCE[made.resource].query_noun,
            quickbooks_id="80-1",
            full_name=name,
            edit_sequence="1",
            time_modified="2026-01-01T00:00:00",
            values=theirs,
            session_id=made.session_id,
            found_at=now,
        )
    )


def _session(conn: Connection, company_id: str, now: datetime) -> str:
    line = companies.load_connector(conn, company_id)
    opened = sessions.begin(conn, line, sessions.new_ticket(), "ready", "34", now)
    assert opened is not None
    opened.end("closed", "finished", now)
    sessions.save(conn, opened)
    keys = {"company_id": company_id, "session_id": opened.id}
    conn.execute(
        insert(call).values(
            **keys, id=new_key(), operation="authenticate", at=now, milliseconds=3, answer="ready"
        )
    )
    conn.execute(
        insert(exchange).values(
            **keys,
            id=new_key(),
            number=1,
            kind="write",
            state="answered",
            purpose={},
            request=REQUEST,
            response=None,
            parked=False,
            sent_at=now,
            sent_in_session_id=opened.id,
            times_sent=1,
            records=0,
        )
    )
    return opened.id


def linked(site: Site, company_id: str, resource: str, name: str) -> str:
    """A record that QuickBooks has; gives its id."""

    def make(conn: Connection) -> str:
        now = datetime.now(UTC)
        record = resources.create(conn, company_id, resource, {"name": name}, now, "test")
        _linked(conn, company_id, resource, record["id"], now, f"80-{record['id'][-8:]}")
        return str(record["id"])

    made: str = site.run(make)
    return made
