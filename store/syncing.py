"""The tables of syncing: company, connector, session, exchange, link, change, cursor, problem.

Owns their columns and the constraints that settle races. It must not know what moves when.
Tenant tables begin every key with `company_id`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.ledger import metadata
from store.types import Instant, Key, Money

_JSON = JSON(none_as_null=True)


def _tenant(name: str, *columns: Any, key: bool = True) -> Table:
    own = (Column("id", Key, primary_key=True),) if key else ()
    return Table(
        name,
        metadata,
        Column("company_id", Key, primary_key=True),
        *own,
        *columns,
        ForeignKeyConstraint(["company_id"], ["company.id"]),
    )


company = Table(
    "company",
    metadata,
    Column("id", Key, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("state", String(10), nullable=False),  # active | paused | removed
    Column("preferences", _JSON, nullable=False),  # see preferences.py
    Column("start_date", Date),  # day of the first bound session, company's zone
    Column("connected_at", Instant),  # when the company file was bound
    Column("two_way_since", Instant),  # when 2-way bill sync was last switched on
    Column("preview", Boolean, nullable=False),  # writes wait for `company start`
    Column("created_at", Instant, nullable=False),
    Column("removed_at", Instant),
    Column("erased_at", Instant),  # its records and raw exchanges were deleted
    Column("tidied_at", Instant),  # when retention last had nothing left to delete
)

connector = _tenant(
    "connector",
    Column("username", String(100), nullable=False, unique=True),
    Column("password_hash", String(64), nullable=False),  # keyed hash, hex
    Column("owner_id", String(38), nullable=False),  # {GUID}, one per application
    Column("file_id", String(38), nullable=False),  # {GUID}, one per company, for ever
    Column("every_minutes", Integer, nullable=False),
    Column("paths", _JSON, nullable=False),  # confirmed company file paths, the bound one first
    Column("company_file_name", String(200)),  # CompanyName of the bound file
    Column("stamped", Boolean, nullable=False),  # our FileID was seen in the bound file
    Column("awaiting", _JSON),  # the file found that waits for an admin's confirmation
    Column("quickbooks", _JSON),  # host, country, preferences as last read; no EIN, no SSN
    Column("activity", _JSON),  # CompanyActivity as last read
    Column("exchange_count", BigInteger, nullable=False),
    Column("last_call_at", Instant),
    Column("last_full_session_at", Instant),
    Column("last_address", String(64)),  # the computer that called last
    Column("late_at", Instant),  # without a call until then, the company counts as late
    Column("last_outcome", String(20)),  # of the session that ended last
    Column("refused_at", Instant),  # when somebody last came with a wrong password
    Column("wrong_address", String(64)),  # that a wrong one came from last
    Column("wrong_passwords", Integer, nullable=False, server_default="0"),  # not made good since
    Column("alerted_of", String(60)),  # the trouble people were last told of, see alerts.py
    Column("alerted_to", Integer, nullable=False, server_default="0"),  # the last problem's number
)

session = _tenant(
    "session",
    Column("connector_id", Key, nullable=False),
    Column("ticket_hash", String(64), nullable=False, unique=True),
    Column("state", String(20), nullable=False),  # protocol.State
    Column("started_at", Instant, nullable=False),
    Column("last_call_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("outcome", String(20)),  # finished | stopped | lost | refused
    Column("text", Text),  # what closeConnection said
    Column("last_error", Text),  # what getLastError says
    Column("calls", Integer, nullable=False),
    Column("changes_in", Integer, nullable=False),
    Column("changes_out", Integer, nullable=False),
    Column("problems", Integer, nullable=False),
    Column("percent", Integer, nullable=False),
    Column("connection_errors", Integer, nullable=False),
    Column("web_connector", String(40)),
    Column("quickbooks", String(120)),
    Column("company_file", String(500)),
    Column("plan", _JSON, nullable=False),  # see webconnector/plan.py
    ForeignKeyConstraint(["company_id", "connector_id"], ["connector.company_id", "connector.id"]),
    Index(
        "uq_session_open",
        "company_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "company_id", "started_at"),
)

call = _tenant(
    "call",
    Column("session_id", Key, nullable=False),
    Column("operation", String(30), nullable=False),
    Column("at", Instant, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("answer", String(200), nullable=False),  # never a ticket, never contents
    Index(None, "company_id", "session_id", "at"),
)

exchange = _tenant(
    "exchange",
    Column("session_id", Key, nullable=False),  # the session that made it
    Column("number", BigInteger, nullable=False),  # counts per connector
    Column("kind", String(10), nullable=False),  # read | write
    Column("state", String(10), nullable=False),  # see exchanges.State
    Column("purpose", _JSON, nullable=False),  # requestID -> what it was for
    Column("message_set_id", String(23)),
    Column("request", Text, nullable=False),  # the exact text, committed before it leaves
    Column("response", Text),
    Column("parked", Boolean, nullable=False),  # documents in it wait for the lists
    Column("hresult", String(20)),
    Column("message", Text),
    Column("sent_at", Instant, nullable=False),
    Column("sent_in_session_id", Key, nullable=False),  # the session that sent it last
    Column("times_sent", Integer, nullable=False),
    Column("answered_at", Instant),
    Column("records", Integer, nullable=False),
    UniqueConstraint("company_id", "number"),
    UniqueConstraint("company_id", "message_set_id"),
    Index(None, "company_id", "session_id", "number"),
    Index("ix_exchange_sent_in", "company_id", "sent_in_session_id", "number"),
    Index(
        "ix_exchange_owed",
        "company_id",
        "number",
        sqlite_where=text("state = 'sent'"),
        postgresql_where=text("state = 'sent'"),
    ),
)

link = _tenant(
    "link",
    Column("resource", String(30), nullable=False),
    Column("record_id", Key, nullable=False),
    Column("quickbooks_id", String(36), nullable=False),
    Column("family", String(4), nullable=False),  # ListIDs are unique per type only
    Column("noun", String(30), nullable=False),  # the query noun: Customer for jobs too
    Column("edit_sequence", String(16), nullable=False),
    Column("time_modified", String(19), nullable=False),  # QuickBooks' wall clock
    Column("base", _JSON),  # the shared values as last sent or received; None: not yet merged
    Column("written_edit_sequence", String(16)),  # of our own last write: its echo
    Column("synced_version", Integer, nullable=False),  # the record's version QuickBooks holds
    Column("synced_at", Instant, nullable=False),
    Column("gone_at", Instant),  # found deleted in QuickBooks
    UniqueConstraint("company_id", "noun", "quickbooks_id"),
    UniqueConstraint("company_id", "record_id"),
    Index(
        "ix_link_unmerged",
        "company_id",
        sqlite_where=text("base IS NULL"),
        postgresql_where=text("base IS NULL"),
    ),
    Index(
        "ix_link_unseen",
        "company_id",
        sqlite_where=text("time_modified = ''"),
        postgresql_where=text("time_modified = ''"),
    ),
)

# What another document settles of a linked one, in QuickBooks' words when that was last read.
settlement = _tenant(
    "settlement",
    Column("noun", String(30), primary_key=True),
    Column("document_id", String(36), primary_key=True),  # QuickBooks' id
    Column("source_id", String(36), primary_key=True),  # of the payment or credit
    Column("amount", Money, nullable=False),
    Index(None, "company_id", "source_id"),
    key=False,
)

dangling = _tenant(
    "dangling",
    Column("resource", String(30), nullable=False),
    Column("record_id", Key, nullable=False),
    Column("line_id", Key),
    Column("lines", String(30)),
    Column("field", String(40), nullable=False),
    Column("noun", String(30), nullable=False),
    Column("quickbooks_id", String(36), nullable=False),
    Column("full_name", String(512)),
    Index(None, "company_id", "noun", "quickbooks_id"),
    Index(None, "company_id", "record_id"),
)

change = _tenant(
    "change",
    Column("resource", String(30), nullable=False),
    Column("record_id", Key, nullable=False),
    Column("action", String(10), nullable=False),  # add | mod | delete | void
    Column("state", String(12), nullable=False),  # see changes.State
    Column("version", Integer, nullable=False),  # the record's version when last claimed
    Column("values", _JSON),  # what was sent, to become the base
    Column("left_after", String(19)),  # QuickBooks' wall clock, passed before that left
    Column("made_at", Instant, nullable=False),
    Column("try_after", Instant),
    Column("attempts", Integer, nullable=False),
    Column("exchange_id", Key),
    Column("looked_up_in", Key),  # session in which QuickBooks was asked for duplicates
    Column("waits_for", Text),  # for people: vendor Acme
    Column("waits_for_id", Key),  # the record that QuickBooks must have first
    Column("reason", Text),
    Column("finished_at", Instant),
    Index(
        "uq_change_open",
        "company_id",
        "record_id",
        unique=True,
        sqlite_where=text("finished_at IS NULL AND state <> 'sent'"),
        postgresql_where=text("finished_at IS NULL AND state <> 'sent'"),
    ),
    Index("ix_change_record", "company_id", "record_id", "made_at"),
    Index(
        "ix_change_waiting",
        "company_id",
        "resource",
        "made_at",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
)

cursor = Table(
    "cursor",
    metadata,
    Column("company_id", Key, primary_key=True),
    Column("name", String(40), primary_key=True),  # a query noun, or ListDeleted, TxnDeleted
    Column("read_to", String(19)),  # greatest TimeModified seen, QuickBooks' wall clock
    Column("first_read_at", Instant),  # when its first full read was complete
    Column("read_at", Instant),
    ForeignKeyConstraint(["company_id"], ["company.id"]),
)

problem = _tenant(
    "problem",
    Column("number", Integer, nullable=False),  # short, for people
    Column("cause", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("resource", String(30)),
    Column("record_id", Key),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("code", String(20)),
    Column("quickbooks_text", Text),
    Column("session_id", Key),
    Column("count", Integer, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolution", String(40)),  # by_itself | retry | skip | link | apart | ...
    UniqueConstraint("company_id", "number"),
    Index(
        "uq_problem_open",
        "company_id",
        "cause",
        unique=True,
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
    Index(None, "company_id", "record_id"),
)

# What QuickBooks has that looks like a record of ours: a person says whether it is the same.
candidate = _tenant(
    "candidate",
    Column("resource", String(30), nullable=False),
    Column("record_id", Key, nullable=False),
    Column("noun", String(30), nullable=False),
    Column("quickbooks_id", String(36), nullable=False),
    Column("full_name", Text),  # a list record's; documents have none
    Column("edit_sequence", String(16), nullable=False),
    Column("time_modified", String(19), nullable=False),
    Column("values", _JSON, nullable=False),  # the record in plain form, to be compared
    Column("session_id", Key, nullable=False),  # the session that found it last
    Column("found_at", Instant, nullable=False),
    Column("apart_at", Instant),  # somebody said: another one
    Column("reason", Text),
    UniqueConstraint("company_id", "record_id", "noun", "quickbooks_id"),
)

# What QuickBooks sent and the ledger cannot hold: set aside, so that the rest goes on.
unstored = _tenant(
    "unstored",
    Column("resource", String(30), nullable=False),
    Column("noun", String(30), nullable=False),
    Column("quickbooks_id", String(36), nullable=False),
    Column("values", _JSON, nullable=False),  # as far as it could be read
    Column("why", Text, nullable=False),
    Column("exchange_id", Key),  # its whole text, as long as exchanges are kept
    Column("again", Boolean, nullable=False),  # the next session reads it once more
    Column("at", Instant, nullable=False),
    UniqueConstraint("company_id", "noun", "quickbooks_id"),
)

conflict = _tenant(
    "conflict",
    Column("resource", String(30), nullable=False),
    Column("record_id", Key, nullable=False),
    Column("field", String(40), nullable=False),
    Column("cashflow_value", _JSON),
    Column("quickbooks_value", _JSON),
    Column("winner", String(12), nullable=False),  # quickbooks | cashflow
    Column("at", Instant, nullable=False),
    Column("session_id", Key),
    Column("settled_at", Instant),  # when a person decided
    Column("settlement", String(10)),  # turned | kept
    Index(None, "company_id", "record_id"),
    Index(None, "company_id", "at"),
)

audit = _tenant(
    "audit",
    Column("at", Instant, nullable=False),
    Column("who", String(200), nullable=False),
    Column("act", String(60), nullable=False),
    Column("detail", _JSON),
    Column("record_id", Key),  # the record that it is about, as in the detail
    Index(None, "company_id", "at"),
    Index(None, "company_id", "record_id", "at"),
)

# The numbers of the change feed, see feed.py.
feed = _tenant("feed", Column("last_number", BigInteger, nullable=False), key=False)

event = _tenant(
    "event",
    Column("number", BigInteger, primary_key=True),
    Column("kind", String(30), nullable=False),  # see feed.Happened
    Column("resource", String(30), nullable=False),
    Column("subject", String(40), nullable=False),  # its id in the API
    Column("at", Instant, nullable=False),
    Index(None, "company_id", "at"),
    key=False,
)

# Who called before it could say for whom: clientVersion comes before authenticate.
greeting = Table(
    "greeting",
    metadata,
    Column("peer", String(64), primary_key=True),
    Column("version", String(40), nullable=False),
    Column("at", Instant, nullable=False),
)

# What people are told by mail: one row is one mail, see alerts.py.
alert = _tenant(
    "alert",
    Column("news", _JSON, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),  # that failed
    Column("try_after", Instant),
    Column("sent_at", Instant),
)

# The daily mail about all companies; a day is sent once.
digest = Table(
    "digest",
    metadata,
    Column("day", String(10), primary_key=True),  # ISO, UTC
    Column("attempts", Integer, nullable=False),
    Column("try_after", Instant),
    Column("sent_at", Instant),
)
