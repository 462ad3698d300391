"""A company with something wrong of each kind, for the tests of the pages on which it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from qbxml.entities import BY_RESOURCE
from store import companies, resources, sessions
from store.engine import Connection
from store.syncing import call, candidate, conflict, exchange, link, problem
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

    @property
    def values(self) -> dict[str, Any]:
        """Arguments of routes, for addresses that lead to something."""
        return {
            "company_id": self.company_id,
            "record_id": self.record_id,
            "conflict_id": self.conflict_id,
            "session_id": self.session_id,
            "number": self.number,
            "resource": "vendors",
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
    conn.execute(
        insert(problem).values(
            **keys,
            id=new_key(),
            number=made.number,
            cause="duplicate of a test",
            kind="duplicate",
            title='Vendor "=Acme Supplies" is in QuickBooks already',
            text="QuickBooks has a vendor of this name.",
            advice="Say whether it is the same one.",
            opened_at=now,
            last_seen_at=now,
            count=1,
        )
    )
    theirs = {"name": "=Acme Supplies", "tax_id": TAX_ID, "phone": "2"}
    conn.execute(
        insert(candidate).values(
            **keys,
            id=new_key(),
            noun=BY_RESOURCE["vendors"].query_noun,
            quickbooks_id="80-1",
            full_name="=Acme Supplies",
            edit_sequence="1",
            time_modified="2026-01-01T00:00:00",
            values=theirs,
            session_id=made.session_id,
            found_at=now,
        )
    )
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
        entity = BY_RESOURCE[resource]
        conn.execute(
            insert(link).values(
                company_id=company_id,
                id=new_key(),
                resource=resource,
                record_id=record["id"],
                quickbooks_id=f"80-{record['id'][-8:]}",
                family=entity.family.value,
                noun=entity.query_noun,
                edit_sequence="1",
                time_modified="2026-01-01T00:00:00",
                synced_version=1,
                synced_at=now,
            )
        )
        return str(record["id"])

    made: str = site.run(make)
    return made
