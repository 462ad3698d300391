"""The migrations make exactly the tables that the program describes."""

import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Integer,
    String,
    TableClause,
    UniqueConstraint,
    column,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy import table as table_of

import store.access
import store.syncing  # noqa: F401 - as above
from store.engine import current, head, open_store, require_migrated, upgrade
from store.errors import NotMigrated
from store.ledger import metadata
from store.types import Instant, Key, new_key

# Looked up before anybody knows the company, hence unique in the whole installation.
GLOBAL_KEYS = {
    ("api_token", ("handle",)),
    ("connector", ("username",)),
    ("session", ("ticket_hash",)),
}
# A membership belongs to both its company and its person.
WITHOUT_COMPANY = {
    "access_audit",
    "bucket",
    "company",
    "digest",
    "greeting",
    "login",
    "membership",
    "person",
}


def test_migrated_tables_are_those_of_the_metadata(database_url: str) -> None:
    opened = open_store(database_url)
    with opened.read() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    opened.close()


def shape(conn: Connection) -> dict[str, Any]:
    """Keys, constraints and indexes by name, as the database itself knows them."""
    found: dict[str, Any] = {}
    reflected = inspect(conn)
    for table in reflected.get_table_names():
        if table == "alembic_version":
            continue
        columns = [
            (column["name"], str(column["type"]), column["nullable"])
            for column in reflected.get_columns(table)
        ]
        indexes = [
            (index["name"], tuple(index["column_names"]), bool(index["unique"]))
            for index in reflected.get_indexes(table)
        ]
        foreign = [
            (key["name"], tuple(key["constrained_columns"]), key["referred_table"],
             tuple(key["referred_columns"]), str(key["options"]))
            for key in reflected.get_foreign_keys(table)
        ]  # fmt: skip
        unique = [
            (key["name"], tuple(key["column_names"]))
            for key in reflected.get_unique_constraints(table)
        ]
        primary = reflected.get_pk_constraint(table)
        found[table] = {
            "primary": (primary["name"], tuple(primary["constrained_columns"])),
            "columns": sorted(columns),
            "indexes": sorted(indexes),
            "foreign": sorted(foreign),
            "unique": sorted(unique),
        }
    return found


def test_migrations_and_metadata_name_every_constraint_alike(
    database_url: str, empty_database_url: str
) -> None:
    migrated, made = open_store(database_url), open_store(empty_database_url)
    with made.write() as conn:
        metadata.create_all(conn)
    with migrated.read() as conn, made.read() as other:
        assert shape(conn) == shape(other)
    migrated.close()
    made.close()


def test_partial_unique_indexes_keep_their_condition(database_url: str) -> None:
    wanted = {"uq_session_open", "uq_change_open", "uq_problem_open"}
    opened = open_store(database_url)
    query = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes",
    }[opened.engine.dialect.name]
    with opened.read() as conn:
        found = {str(name): str(sql) for name, sql in conn.execute(text(query)) if name in wanted}
    assert set(found) == wanted
    assert all("UNIQUE" in sql and " WHERE " in sql for sql in found.values())
    opened.close()


def test_every_key_of_a_company_table_begins_with_the_company() -> None:
    for table in metadata.sorted_tables:
        if table.name in WITHOUT_COMPANY:
            continue
        assert next(column.name for column in table.primary_key) == "company_id", table.name
        for key in table.foreign_key_constraints:
            assert key.column_keys[0] == "company_id", (table.name, key.name)
        for index in table.indexes:
            assert next(iter(index.columns)).name == "company_id", index.name
        for unique in (c for c in table.constraints if isinstance(c, UniqueConstraint)):
            names = tuple(column.name for column in unique.columns)
            assert names[0] == "company_id" or (table.name, names) in GLOBAL_KEYS, unique.name


def test_an_empty_database_is_refused_until_it_is_upgraded(empty_database_url: str) -> None:
    opened = open_store(empty_database_url)
    assert current(opened) is None
    with pytest.raises(NotMigrated, match="webconnector db upgrade"):
        require_migrated(opened)
    upgrade(empty_database_url)
    upgrade(empty_database_url)  # a second time there is nothing to do
    assert current(opened) == head()
    require_migrated(opened)
    opened.close()


def test_a_database_of_another_version_is_refused(database_url: str) -> None:
    opened = open_store(database_url)
    with opened.write() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NotMigrated, match="9999"):
        require_migrated(opened)
    opened.close()


def _company() -> tuple[TableClause, dict[str, Any]]:
    """The table of companies as it always was, and one of them."""
    firm = table_of(
        "company",
        *(column(name, String()) for name in ("name", "time_zone", "state")),
        column("id", Key),
        column("preferences", JSON()),
        column("preview", Boolean()),
        column("created_at", Instant()),
    )
    mine = {"id": new_key(), "name": "Acme Ltd", "time_zone": "UTC", "state": "active"}
    return firm, {**mine, "preferences": {}, "preview": False, "created_at": datetime.now(UTC)}


def test_acts_from_before_are_found_by_their_record(empty_database_url: str) -> None:
    """0015: acts without a record, and with none in their detail, stay as they are."""
    firm, mine = _company()
    trail = table_of(
        "audit",
        *(column(name, Key) for name in ("company_id", "id", "record_id")),
        *(column(name, String()) for name in ("who", "act")),
        column("at", Instant()),
        column("detail", JSON(none_as_null=True)),
    )
    now, record = datetime.now(UTC), new_key()
    details = {
        "bills.change": {"record": record, "fields": ["memo"]},
        "problem.done": {"problem": 4, "record": None},
        "session.raw": {"number": 7},
        "company.pause": None,
    }
    upgrade(empty_database_url, "0014")
    opened = open_store(empty_database_url)
    with opened.write() as conn:
        conn.execute(insert(firm).values(**mine))
        for act, detail in details.items():
            one = {"company_id": mine["id"], "id": new_key(), "at": now, "who": "test"}
            conn.execute(insert(trail).values(**one, act=act, detail=detail))
    upgrade(empty_database_url)
    with opened.read() as conn:
        found = {row.act: row.record_id for row in conn.execute(select(trail))}
    assert found == dict.fromkeys(details) | {"bills.change": record}
    opened.close()


def test_what_was_in_doubt_left_after_it_was_made(empty_database_url: str) -> None:
    """0017: only what left and has no end yet is in doubt; QuickBooks' clock may be behind."""
    firm, mine = _company()
    waiting = table_of(
        "change",
        *(column(name, Key) for name in ("company_id", "id", "record_id")),
        *(column(name, String()) for name in ("resource", "action", "state")),
        *(column(name, Integer()) for name in ("version", "attempts")),
        *(column(name, Instant()) for name in ("made_at", "finished_at")),
        column("left_after", String()),
        column("values", JSON(none_as_null=True)),
    )
    now = datetime(2026, 3, 2, 14, tzinfo=UTC)
    lost, unsent, done = new_key(), new_key(), new_key()
    facts = {lost: ({"memo": "x"}, None), unsent: (None, None), done: ({"memo": "x"}, now)}
    upgrade(empty_database_url, "0016")
    opened = open_store(empty_database_url)
    with opened.write() as conn:
        conn.execute(insert(firm).values(**mine))
        for key, (values, finished) in facts.items():
            one = {"company_id": mine["id"], "id": key, "record_id": new_key()}
            one |= {"resource": "bills", "action": "add", "state": "pending", "version": 1}
            one |= {"attempts": 0, "made_at": now, "finished_at": finished, "values": values}
            conn.execute(insert(waiting).values(**one))
    upgrade(empty_database_url)
    with opened.read() as conn:
        found = {row.id: row.left_after for row in conn.execute(select(waiting))}
    assert found == {lost: "2026-03-01T12:00:00", unsent: None, done: None}
    opened.close()


def test_servers_that_start_together_migrate_once(empty_database_url: str) -> None:
    command = [
        sys.executable,
        "-c",
        "import sys; from store.engine import upgrade; upgrade(sys.argv[1])",
        empty_database_url,
    ]
    started = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    opened = open_store(empty_database_url)
    require_migrated(opened)
    opened.close()
