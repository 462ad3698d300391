"""Ten thousand companies with a million exchanges in a SQLite file, made once and kept in var/.

Owns what is in it, in the proportions of real life: a session for every five exchanges with its
calls, records with their links and changes, problems, an audit trail. One company is large and has
something wrong of each kind. It must not measure anything.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, func, insert, select, text, update

from qbxml.entities import BY_RESOURCE
from store import ledger, syncing
from store.engine import Connection, head, upgrade
from store.preferences import Preferences
from store.types import new_key
from tests.benchmarks.figures import RESULTS
from tests.console.site import Site, build, standing
from tests.console.trouble import Trouble, doubled_bill, synced_bill, trouble

CACHE = RESULTS.parents[1] / "var" / "bench"
companies = 10_000
exchanges = 1_000_000
sessions_each = 20
exchanges_each = exchanges // companies // sessions_each
vendors_each = 5
bills_each = 10
acts_each = 10
# Of the large company.
first_load_exchanges = 300
large_vendors = 10_000
large_acts = 50_000
_batch_companies = 250
# Numbers that the records with trouble do not have.
first_problem = 100
first_number = 1000
_NOW = datetime.now(UTC).replace(microsecond=0)
_REQUEST = "<QBXML><QBXMLMsgsRq><VendorQueryRq><ListID>80000001-1</ListID></VendorQueryRq>"
_REPLY = "<VendorRet><ListID>80000001-1</ListID><Name>Summit Telecom</Name></VendorRet>" * 4
_WORDS = ("Alder", "Bright", "Cobalt", "Delmar", "Elm", "Fairview", "Summit", "Harbor", "Iron")
_TRADES = ("Telecom", "Bakery", "Dental", "Freight", "Studio", "Clinic", "Architects")

_RECORDS = ("vendor", "bill", "synced")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The console over the crowd, and what of the large company is looked at."""

    site: Site
    vendor: Trouble
    bill: Trouble
    synced: Trouble
    first_load: str
    """The large company's longest session."""

    @property
    def size(self) -> str:
        """How much there is."""
        with self.site.store.read() as conn:
            asked = conn.execute(select(func.count()).select_from(syncing.exchange)).scalar_one()
            of = conn.execute(select(func.count()).select_from(syncing.company)).scalar_one()
        size = sum(one.stat().st_size for one in self.site.settings.data_dir.glob("crowd.sqlite3*"))
        return f"{of:,} companies, {asked:,} exchanges, {size / 1e9:.1f} GB"


def crowd() -> Crowd:
    """The crowd of an earlier run, or a new one when this program or the tables have changed."""
    stamp = hashlib.sha256(Path(__file__).read_bytes() + head().encode()).hexdigest()[:12]
    folder = CACHE / f"crowd-{stamp}"
    database, facts = f"sqlite:///{folder / 'crowd.sqlite3'}", folder / "crowd.json"
    if not facts.exists():
        shutil.rmtree(CACHE, ignore_errors=True)  # older ones go: they are large
        folder.mkdir(parents=True)
        upgrade(database)
        made = _fill(build(database, folder))
        kept = {"acme": made.site.acme, "other": made.site.other, "first_load": made.first_load}
        records = {name: asdict(getattr(made, name)) for name in _RECORDS}
        facts.write_text(json.dumps(kept | records))
        return made
    known = json.loads(facts.read_text())
    site = standing(database, folder, known["acme"], known["other"])
    vendor, bill, synced = (Trouble(**known[name]) for name in _RECORDS)
    return Crowd(site, vendor, bill, synced, known["first_load"])


def _fill(site: Site) -> Crowd:
    vendor = trouble(site, site.acme)
    bill = doubled_bill(site, site.acme, vendor.record_id)
    synced = synced_bill(site, site.acme, vendor.record_id)
    made = Crowd(site, vendor, bill, synced, new_key())
    for first in range(1, companies + 1, _batch_companies):
        site.run(partial(_fill_companies, numbers=range(first, first + _batch_companies)))
    site.run(partial(_fill_large, made=made))
    with site.store.engine.connect() as conn:
        conn.execute(text("ANALYZE"))
        conn.commit()
    return made


def _fill_companies(conn: Connection, numbers: range) -> None:
    conn.execute(text("PRAGMA cache_size = -200000"))
    rows = _Rows()
    for number in numbers:
        _company(rows, number)
    rows.write(conn)


def _fill_large(conn: Connection, made: Crowd) -> None:
    rows = _Rows()
    _large(rows, made, _connector_of(conn, made.site.acme))
    rows.write(conn)


class _Rows:
    """Rows that wait to be inserted, table by table."""

    def __init__(self) -> None:
        self.of: dict[str, list[Row]] = {table.name: [] for table in _TABLES}

    def add(self, table: Table, **values: Any) -> str:
        """One more; gives its id."""
        made = {"id": new_key(), **values}
        self.of[table.name].append(made)
        return str(made["id"])

    def write(self, conn: Connection) -> None:
        for table in _TABLES:
            if rows := self.of[table.name]:
                conn.execute(insert(table), rows)


_TABLES: Final = (
    syncing.company,
    syncing.connector,
    syncing.session,
    syncing.call,
    syncing.exchange,
    ledger.account,
    ledger.vendor,
    ledger.customer,
    ledger.bill,
    ledger.bill_expense_line,
    syncing.link,
    syncing.change,
    syncing.problem,
    syncing.audit,
)


def _company(rows: _Rows, number: int) -> None:
    """A company in one of the states that there are, with its history."""
    named = f"{_WORDS[number % len(_WORDS)]} {_TRADES[number % len(_TRADES)]} {number:05}"
    mine = rows.add(
        syncing.company,
        name=named,
        time_zone="America/New_York",
        state="paused" if number % 50 == 0 else "active",
        preferences=Preferences().to_json(),
        preview=False,
        created_at=_NOW - timedelta(days=90),
    )
    called = _NOW - timedelta(minutes=number % 15)
    line = rows.add(
        syncing.connector,
        company_id=mine,
        username=f"kcf-{number:08}",
        password_hash="-" * 64,
        owner_id="{0}",
        file_id=f"{{{number}}}",
        every_minutes=15,
        paths=["C:\\Books.QBW"],
        stamped=True,
        exchange_count=sessions_each * exchanges_each,
        last_call_at=None if number % 40 == 0 else called,
        late_at=_NOW + timedelta(hours=-1 if number % 30 == 0 else 24),
        last_outcome="stopped" if number % 25 == 0 else "finished",
    )
    for ago in range(sessions_each):
        _session(rows, mine, line, ago, exchanges_each, ago * exchanges_each)
    _records(rows, mine, number, vendors_each, bills_each)
    for act in range(acts_each):
        _act(rows, mine, act, "session.raw", {"number": act})


def _session(
    rows: _Rows, company_id: str, line: str, ago: int, asked: int, before: int, key: str = ""
) -> None:
    """One that ended, with a call to ask and one to answer for each exchange."""
    began = _NOW - timedelta(hours=7 * ago + 1)
    key = key or new_key()
    rows.add(
        syncing.session,
        company_id=company_id,
        id=key,
        connector_id=line,
        ticket_hash=key.replace("-", "") * 2,
        state="closed",
        started_at=began,
        last_call_at=began,
        ended_at=began + timedelta(seconds=4),
        outcome="stopped" if ago % 9 == 8 else "finished",
        calls=asked + 3,
        changes_in=3,
        changes_out=1,
        problems=0,
        percent=100,
        connection_errors=0,
        plan={},
    )
    ours = {"company_id": company_id, "session_id": key}
    for call in ("authenticate", *("receiveResponseXML",) * asked, "closeConnection"):
        rows.add(syncing.call, **ours, operation=call, at=began, milliseconds=4, answer="50")
    for number in range(1, asked + 1):
        rows.add(
            syncing.exchange,
            **ours,
            number=first_number + before + number,
            kind="read" if number % 5 else "write",
            state="answered",
            purpose={"r1": {"read": "Vendor"}},
            message_set_id=f"{company_id[-8:]}-{before + number}",
            request=_REQUEST,
            response=_REPLY,
            parked=False,
            sent_at=began,
            sent_in_session_id=key,
            times_sent=1,
            answered_at=began,
            records=1,
        )


def _records(rows: _Rows, company_id: str, number: int, vendors: int, bills: int) -> None:
    """Vendors, customers, an account, bills with a line, and how each was synced."""
    own = {"company_id": company_id, "origin": "quickbooks", "version": 1}
    own |= {"created_at": _NOW - timedelta(days=30), "updated_at": _NOW - timedelta(days=3)}
    rent = rows.add(
        ledger.account, **own, name="Rent", full_name="Rent", active=True, type="Expense"
    )
    sold_by = []
    for place in range(vendors):
        name = f"{_WORDS[place % len(_WORDS)]} {_TRADES[number % len(_TRADES)]} {place}"
        listed = {"name": name, "active": True, "company_name": name}
        sold_by.append(rows.add(ledger.vendor, **own, **listed, is_1099=False))
        _synced(rows, company_id, "vendors", sold_by[-1], place)
        sold_to = rows.add(ledger.customer, **own, **listed, full_name=name)
        _synced(rows, company_id, "customers", sold_to, place)
    for place in range(bills):
        bill = rows.add(
            ledger.bill,
            **own,
            vendor_id=sold_by[place % vendors],
            payable_account_id=None,
            number=str(4000 + place),
            bill_date=_NOW.date(),
            amount=Decimal(125),
            is_paid=False,
            paid_outside=Decimal(0),
            purchase_orders=[],
            total_differs=False,
            approval="approved",
        )
        line = {"position": 1, "account_id": rent, "amount": Decimal(125)}
        rows.add(ledger.bill_expense_line, company_id=company_id, owner_id=bill, **line)
        _synced(rows, company_id, "bills", bill, place)
        if place % 5 == 0:
            _wrong(rows, company_id, bill, first_problem + place)


def _synced(rows: _Rows, company_id: str, resource: str, record_id: str, place: int) -> None:
    entity = BY_RESOURCE[resource]
    about = {"company_id": company_id, "resource": resource, "record_id": record_id}
    rows.add(
        syncing.link,
        **about,
        quickbooks_id=f"{place + 1:X}-{record_id[-8:]}",
        family=entity.family.value,
        noun=entity.query_noun,
        edit_sequence="1767622364",
        time_modified="2026-01-05T09:12:44",
        base={"name": "Summit Telecom"},
        synced_version=1,
        synced_at=_NOW,
    )
    open_now = place % 10 == 9
    rows.add(
        syncing.change,
        **about,
        action="mod",
        state="pending" if open_now else "done",
        version=1,
        made_at=_NOW - timedelta(hours=5),
        attempts=1,
        finished_at=None if open_now else _NOW,
    )
    _act(rows, company_id, place, f"{resource}.change", {"record": record_id})


def _act(rows: _Rows, company_id: str, place: int, act: str, detail: Row) -> None:
    """A line of the audit trail."""
    rows.add(
        syncing.audit,
        company_id=company_id,
        at=_NOW - timedelta(minutes=place),
        who=f"person{place % 7}@example.com",
        act=act,
        detail=detail,
        record_id=detail.get("record"),
    )


def _wrong(rows: _Rows, company_id: str, record_id: str, number: int) -> None:
    ended = number % 2 == 1
    rows.add(
        syncing.problem,
        company_id=company_id,
        resource="bills",
        record_id=record_id,
        number=number,
        cause=f"refused:{record_id}",
        kind="refused",
        title=f"Bill {number} was refused by QuickBooks",
        text="QuickBooks does not have this account.",
        advice="Choose another account in CashFlow.",
        opened_at=_NOW - timedelta(days=2),
        last_seen_at=_NOW - timedelta(minutes=number),
        resolved_at=_NOW if ended else None,
        resolution="by_itself" if ended else None,
        count=3,
    )


def _large(rows: _Rows, made: Crowd, line: str) -> None:
    """The large company: ten thousand vendors, a long first load, a long trail."""
    large = made.site.acme
    _session(rows, large, line, 99, first_load_exchanges, exchanges, made.first_load)
    for ago in range(1, 30 * 96, 2):
        _session(rows, large, line, ago, 1, ago)
    _records(rows, large, 0, large_vendors, large_vendors)
    for act in range(large_acts):
        about = made.vendor.record_id if act % 1000 == 0 else new_key()
        _act(rows, large, act, "vendors.change", {"record": about, "fields": ["phone"]})


def _connector_of(conn: Connection, company_id: str) -> str:
    mine = syncing.connector.c.company_id == company_id
    key: str = conn.execute(select(syncing.connector.c.id).where(mine)).scalar_one()
    conn.execute(
        update(syncing.connector)
        .where(mine)
        .values(last_call_at=_NOW, late_at=_NOW + timedelta(days=1), last_outcome="finished")
    )
    return key
